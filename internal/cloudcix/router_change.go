package cloudcix

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// routerChange reads a VirtualRouterUpdate (section 13).
func routerChange(f *form) control.ChangeRouterIn {
	in := control.ChangeRouterIn{Pick: f.object(), State: f.state(101, 102)}
	if sent(f.body.Get("subnets")) || f.whole() {
		in.Subnets = subnetsIn(f)
	}
	return in
}

// subnetNameMax is how long the name of a subnet may be.
const subnetNameMax = 128

// subnetsIn reads subnets. A list whose items cannot be told apart is refused as a
// whole.
func subnetsIn(f *form) []control.SubnetIn {
	items, ok := f.list("subnets", 105, 106)
	if !ok {
		return nil
	}
	list := make([]control.SubnetIn, len(items))
	for i, item := range items {
		o, err := item.Object()
		if err != nil || !item.Given() {
			f.add("subnets", 108, "A subnet must be an object.")
			return nil
		}
		if list[i].Text = textOr(o, "address_range", ""); list[i].Text == "" {
			f.add("subnets", 108, "A subnet needs an address_range.")
			return nil
		}
		if v := o.Get("id"); sent(v) {
			n, err := v.Int()
			if err != nil {
				f.add("subnets", 113, "The id of an item is not a subnet.")
				return nil
			}
			list[i].ID = pickOf(n)
		}
	}
	for i, item := range items {
		o, _ := item.Object()
		list[i].Name = subnetName(f, o, i)
		list[i].SiteID = subnetNumber(f, o, i, "address_id", 102, 102)
		list[i].VLAN = subnetNumber(f, o, i, "vlan", 123, 120)
		list[i].VXLAN = subnetNumber(f, o, i, "vxlan", 125, 123)
		if o.Has("id") && list[i].SiteID == nil {
			f.item("subnets", i, "subnet_update", "address_id", 101, "address_id is required.")
		}
	}
	return list
}

func subnetName(f *form, o wire.Object, i int) *string {
	v := o.Get("name")
	if !sent(v) {
		return nil
	}
	name, err := v.Text()
	group, n := "subnet_create", 122
	if o.Has("id") {
		group, n = "subnet_update", 119
	}
	if err != nil || len([]rune(name)) > subnetNameMax {
		f.item("subnets", i, group, "name", n, "A name is text of at most %d characters.", subnetNameMax)
		return nil
	}
	if e := cloud.CheckText("name", name); e != nil && !o.Has("id") { // else the core knows whether it is another one
		f.item("subnets", i, group, "name", n, "%s.", e.Message)
		return nil
	}
	return &name
}

// subnetNumber reads a number of an item; create and update are the codes for
// what is none.
func subnetNumber(f *form, o wire.Object, i int, field string, create, update int) *int64 {
	v := o.Get(field)
	if !sent(v) {
		return nil
	}
	n, err := v.Int()
	if err == nil {
		return &n
	}
	group, code := "subnet_create", create
	if o.Has("id") {
		group, code = "subnet_update", update
	}
	f.item("subnets", i, group, field, code, "%s must be an integer.", field)
	return nil
}

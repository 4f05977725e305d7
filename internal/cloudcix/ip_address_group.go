package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var ipAddressGroups = listing{
	op: wirespec.ListIPAddressGroup.Spec, rows: reflect.TypeFor[cloud.IPAddressGroup](),
	named: map[string]column{"member_id": {field: "member_id", zero: true}}, // 0 is everybody
}

func (a *API) ipAddressGroups(h wire.Handlers) {
	index(a, h, wirespec.ListIPAddressGroup, (*control.Txn).IPAddressGroups, each(ipAddressGroup))
	get(a, h, wirespec.ReadIPAddressGroup, (*control.Txn).IPAddressGroup, pure(ipAddressGroup))
	write(h, wirespec.CreateIPAddressGroup, ipAddressGroupCreate, a.c.CreateIPAddressGroup, pure(ipAddressGroup))
	write(h, wirespec.UpdateIPAddressGroup, ipAddressGroupUpdate, a.c.UpdateIPAddressGroup, pure(ipAddressGroup))
	write(h, wirespec.PatchIPAddressGroup, ipAddressGroupUpdate, a.c.UpdateIPAddressGroup, pure(ipAddressGroup))
	end(h, wirespec.DeleteIPAddressGroup, a.c.DeleteIPAddressGroup)
}

func ipAddressGroupCreate(f *form) control.IPAddressGroupIn {
	return control.IPAddressGroupIn{
		MemberID: f.numberIf("member_id", 101),
		Name:     ptr(f.text("name")),
		Version:  version(f, 104),
		CIDRs:    cidrs(f, 106, 107, 108),
	}
}

// ipAddressGroupUpdate reads PUT and PATCH alike (section 5).
func ipAddressGroupUpdate(f *form) control.IPAddressGroupIn {
	in := control.IPAddressGroupIn{Pick: f.object(), Version: version(f, 103), CIDRs: cidrs(f, 105, 106, 107)}
	if sent(f.body.Get("name")) {
		in.Name = ptr(f.text("name"))
	}
	return in
}

func version(f *form, kind int) *int {
	if n := f.numberIf("version", kind); n != nil {
		return ptr(small(*n))
	}
	return nil
}

func cidrs(f *form, kind, empty, item int) []string {
	items, _ := f.list("cidrs", kind, empty)
	texts := make([]string, len(items))
	for i, v := range items {
		var err error
		if texts[i], err = v.Text(); err != nil {
			f.add("cidrs", item, "An item of cidrs must be text.")
			return nil
		}
	}
	return texts
}

func ipAddressGroup(g *cloud.IPAddressGroup) wirespec.IPAddressGroup {
	return wirespec.IPAddressGroup{
		ID: g.ID, MemberID: g.MemberID, Name: g.Name, Version: int64(g.Version), Cidrs: append([]string{}, g.CIDRs...),
		Created: stamp(g.Created), Updated: stamp(g.Updated), URI: uri("ip_address_group", g.ID),
	}
}

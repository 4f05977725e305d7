package cloudcix

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// updateVirtualRouter is PUT and PATCH virtual_router/{pk}/ (section 13).
func (a *API) updateVirtualRouter(r *wire.Request) (wire.Answer, error) {
	body, c, p, err := form(r)
	if err != nil {
		return wire.Answer{}, err
	}
	var in control.ChangeRouterIn
	if v := body.Get("state"); sent(v) {
		n, err := v.Int()
		switch {
		case err != nil:
			p.add("state", 101, "The state must be an integer.")
		case n < -1 || n > 17 && n != 99:
			p.add("state", 102, "%d is no state.", n)
		default:
			in.State = ptr(int(n))
		}
	}
	items := 0
	if v := body.Get("subnets"); sent(v) || r.HTTP.Method == http.MethodPut {
		in.Subnets, items = subnetsIn(p, v)
	}
	if p.err() != nil {
		return wire.Answer{}, a.complete(r, c, p, func(dry *control.Call) error {
			_, err := a.c.ChangeRouter(r.Context(), dry, id(r, "pk"), in, nothing[*control.ProjectView])
			return subnetError(err, items)
		})
	}
	rep, err := a.c.ChangeRouter(r.Context(), c, id(r, "pk"), in, func(t *control.Txn, v *control.ProjectView) (int, any, error) {
		sc, err := newScene(t, nil, []*control.ProjectView{v})
		if err != nil {
			return 0, nil, err
		}
		out, err := sc.routerOf(v)
		return http.StatusOK, content(out), err
	})
	return replied(rep, subnetError(err, items))
}

// subnetNameMax is how long the name of a subnet may be.
const subnetNameMax = 128

// subnetsIn reads subnets; the number of items is for errors that are aligned
// with them. What was refused is left out.
func subnetsIn(p *problems, v wire.Value) ([]control.SubnetIn, int) {
	if !v.Given() {
		p.add("subnets", 106, "At least one subnet is required.")
		return nil, 0
	}
	items, err := v.List()
	switch {
	case err != nil:
		p.add("subnets", 105, "subnets must be a list.")
		return nil, 0
	case len(items) == 0:
		p.add("subnets", 106, "At least one subnet is required.")
		return nil, 0
	}
	var list []control.SubnetIn
	for _, item := range items {
		o, err := item.Object()
		if err != nil || !item.Given() {
			p.add("subnets", 108, "A subnet must be an object.")
			return nil, len(items)
		}
		in := control.SubnetIn{Text: textOr(o, "address_range", "")}
		if in.Text == "" {
			p.add("subnets", 108, "A subnet needs an address_range.")
			return nil, len(items)
		}
		if v := o.Get("id"); sent(v) {
			n, err := v.Int()
			if err != nil {
				p.add("subnets", 113, "The id of an item is not a subnet.")
				return nil, len(items)
			}
			in.ID = pickOf(n)
		}
		list = append(list, in)
	}
	for i, item := range items {
		o, _ := item.Object()
		list[i].Name = subnetName(p, o, len(items), i)
		list[i].SiteID = subnetNumber(p, o, len(items), i, "address_id", 102, 102)
		list[i].VLAN = subnetNumber(p, o, len(items), i, "vlan", 123, 120)
		list[i].VXLAN = subnetNumber(p, o, len(items), i, "vxlan", 125, 123)
		if o.Has("id") && list[i].SiteID == nil {
			p.item("subnets", len(items), i, "subnet_update", "address_id", 101, "address_id is required.")
		}
	}
	if p.has("subnets") {
		return nil, len(items)
	}
	return list, len(items)
}

func subnetName(p *problems, o wire.Object, size, i int) *string {
	v := o.Get("name")
	if !sent(v) {
		return nil
	}
	name, err := v.Text()
	if err != nil || len([]rune(name)) > subnetNameMax {
		group, n := "subnet_create", 122
		if o.Has("id") {
			group, n = "subnet_update", 119
		}
		p.item("subnets", size, i, group, "name", n, "A name is text of at most %d characters.", subnetNameMax)
		return nil
	}
	return &name
}

// subnetNumber reads a number of an item; create and update are the codes for
// what is none.
func subnetNumber(p *problems, o wire.Object, size, i int, field string, create, update int) *int64 {
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
	p.item("subnets", size, i, group, field, code, "%s must be an integer.", field)
	return nil
}

// subnetError puts errors about one range into the list of its item; those that
// virtual_router_update numbers itself are for the field as a whole.
func subnetError(err error, items int) error {
	var e *cloud.Error
	if !errors.As(err, &e) {
		return err
	}
	to, ok := map[string]place{
		"subnets.same": {n: 115, field: "address_range"}, "subnets.taken": {n: 116, field: "address_range"},
		"subnets.inside": {n: 112, field: "address_range"}, "subnets.owner": {n: 103, field: "address_id"},
		"subnets.vlan": {n: 121, field: "vlan"}, "subnets.vxlan": {n: 124, field: "vxlan"},
	}[e.Code]
	var i int
	if _, scan := fmt.Sscanf(e.Field, "subnets[%d]", &i); !ok || scan != nil || i < 0 || i >= items {
		return err
	}
	group := "subnet_update"
	if e.Code == "subnets.same" || e.Code == "subnets.taken" {
		group = "subnet_create" // both tables give these the same numbers
	}
	p := newProblems("virtual_router_update")
	p.item("subnets", items, i, group, to.field, to.n, "%s", detail(e))
	return p.err()
}

package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var allocations = listing{
	op: wirespec.ListAllocation.Spec, rows: reflect.TypeFor[cloud.Allocation](),
	named: map[string]column{
		"address_id":    {field: "site_id"},
		"address_range": {field: "text"},
		"asn__number":   {field: "asn_number"},
	},
	order: map[string]cloud.Order{"address_range": {Field: "prefix"}}, // in the order of addresses, not of letters
}

func (a *API) allocations(h wire.Handlers) {
	index(a, h, wirespec.ListAllocation, (*control.Txn).Allocations, each(allocationView))
	get(a, h, wirespec.ReadAllocation, (*control.Txn).Allocation, pure(allocationView))
	write(h, wirespec.CreateAllocation, allocationIn, a.c.CreateAllocation, pure(allocationView))
	write(h, wirespec.UpdateAllocation, allocationIn, a.c.UpdateAllocation, pure(allocationView))
	write(h, wirespec.PatchAllocation, allocationIn, a.c.UpdateAllocation, pure(allocationView))
	end(h, wirespec.DeleteAllocation, a.c.DeleteAllocation)
}

func allocationIn(f *form) control.AllocationIn {
	in := control.AllocationIn{Pick: f.objectIf(), Site: f.numberIf("address_id", 101)}
	if f.whole() || sent(f.body.Get("asn_id")) {
		in.ASN = ptr(f.number("asn_id", 102, 102))
	}
	if f.whole() || sent(f.body.Get("address_range")) {
		in.Text = f.words("address_range", 104, 104)
	}
	if f.whole() || sent(f.body.Get("name")) {
		in.Name = ptr(f.name("name", 106, 107, 64))
	}
	return in
}

func allocationView(v *control.AllocationView) wirespec.Allocation {
	return allocationOf(v.Allocation, v.ASN)
}

func allocationOf(a *cloud.Allocation, asn *cloud.ASN) wirespec.Allocation {
	return wirespec.Allocation{
		AddressID: ref(a.SiteID), AddressRange: a.Text, ASN: asnOf(asn), Created: stamp(a.Created), ID: a.ID, ModifiedBy: ref(a.ModifiedBy),
		Name: a.Name, SubnetsInUse: a.Subnets, Updated: stamp(a.Updated), URI: uri("allocation", a.ID),
	}
}

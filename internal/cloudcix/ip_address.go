package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var ipAddresses = listing{
	op: wirespec.ListIPAddress.Spec, rows: reflect.TypeFor[cloud.IP](),
	named: map[string]column{
		"address":                            {field: "text"},
		"ping":                               {own: neverSet},
		"scan":                               {own: neverSet},
		"public_ip_id":                       {own: byPartner},
		"subnet__address_id":                 {field: "site_id", of: ofSubnet},
		"subnet__virtual_router_id":          {field: "router_id", of: ofSubnet},
		"subnet__vlan":                       {field: "vlan", of: ofSubnet},
		"subnet__allocation__asn__member_id": {field: "member_id", of: inAllocation},
		"subnet__allocation__asn__number":    {field: "asn_number", of: inAllocation},
		"vm_id":                              {field: "server_id"},
	},
	order: map[string]cloud.Order{"address": {Field: "addr"}},
}

// neverSet is a filter on a mark of older servers, which no address has here.
func neverSet(f searchFilter) (cloud.Cond, bool) {
	set, ok := truth.value(f.Value)
	if set == true {
		return cloud.Or(), ok
	}
	return cloud.Cond{}, ok
}

// byPartner is the filter public_ip_id: the address that another one is translated to.
func byPartner(f searchFilter) (cloud.Cond, bool) {
	translated := func(where ...cloud.Cond) cloud.Cond {
		where = append(where, cloud.Ne("private_id", int64(0)), cloud.Eq("leaving", ""))
		return cloud.In("id", cloud.Sub{Kind: "ip", Column: "private_id", Where: cloud.And(where...)})
	}
	if f.Op == "isnull" {
		null, ok := f.Bool()
		if null {
			return cloud.Not(translated()), ok
		}
		return translated(), ok
	}
	c, err := column{field: "id", values: number, zero: true}.compare(f)
	return translated(c), err == nil
}

func (a *API) ipAddresses(h wire.Handlers) {
	index(a, h, wirespec.ListIPAddress, (*control.Txn).IPAddresses, each(ipAddressView))
	get(a, h, wirespec.ReadIPAddress, (*control.Txn).IPAddress, pure(ipAddressView))
	write(h, wirespec.CreateIPAddress, ipAddressCreate, a.c.CreateIPAddress, pure(ipAddressView))
	write(h, wirespec.UpdateIPAddress, ipAddressUpdate, a.c.UpdateIPAddress, pure(ipAddressView))
	write(h, wirespec.PatchIPAddress, ipAddressUpdate, a.c.UpdateIPAddress, pure(ipAddressView))
	end(h, wirespec.DeleteIPAddress, a.c.DeleteIPAddress)
}

func ipAddressCreate(f *form) control.IPAddressIn {
	return control.IPAddressIn{
		Subnet:      ptr(f.number("subnet_id", 101, 102)),
		Address:     f.words("address", 104, 105),
		Name:        f.nameIfAny("name", 108, 64),
		Location:    f.nameIfAny("location", 109, 64),
		Credentials: f.nameIfAny("credentials", 110, 64),
	}
}

// ipAddressUpdate requires nothing: what is not sent stays.
func ipAddressUpdate(f *form) control.IPAddressIn {
	in := control.IPAddressIn{
		Pick: f.object(), Name: f.nameIfAny("name", 104, 64), Location: f.nameIfAny("location", 105, 64),
		Credentials: f.nameIfAny("credentials", 106, 64),
	}
	if sent(f.body.Get("address")) {
		in.Address = f.words("address", 101, 101)
	}
	return in
}

func ipAddressView(v *control.IPAddressView) wirespec.IPAddress {
	return ipAddressOf(v.IP, v.Partner, subnetOf(v.Subnet), v.Credentials)
}

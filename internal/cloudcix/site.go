package cloudcix

import (
	"reflect"
	"strings"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var addresses = listing{
	op: wirespec.ListMembershipAddress.Spec, rows: reflect.TypeFor[cloud.Site](),
	named: map[string]column{
		"member__self_managed": {field: "self_managed", of: &relation{via: "member_id", rows: reflect.TypeFor[cloud.Member]()}},
	},
}

func (a *API) sites(h wire.Handlers) {
	index(a, h, wirespec.ListMembershipAddress, (*control.Txn).Places, eachIn(addressOf))
	get(a, h, wirespec.ReadMembershipAddress, readAddress, addressOf)
	getAny(a, h, wirespec.ReadMembershipCloudBill, readLink)
}

func readAddress(t *control.Txn, p control.Pick) (*control.SiteView, error) { return t.Place(p.ID) }

// readLink is cloud_bill: whether a customer address may use a region.
func readLink(t *control.Txn, r *wire.Request) (wirespec.MembershipCloudBill, error) {
	region, err := t.Place(id(r, "address_id").ID)
	if err != nil {
		return wirespec.MembershipCloudBill{}, err
	}
	customer, err := t.Place(id(r, "target_address_id").ID)
	if err != nil {
		return wirespec.MembershipCloudBill{}, err
	}
	return wirespec.MembershipCloudBill{
		CloudCustomer: region.CloudRegion, Customer: region.CloudRegion, IsRegion: region.CloudRegion && customer.ID != 0,
		ResellerID: region.ID,
	}, nil
}

func addressOf(t *control.Txn, v *control.SiteView) (wirespec.Address, error) {
	return siteOf(t, v.Site, v.Member)
}

func siteOf(t *control.Txn, s *cloud.Site, m *cloud.Member) (wirespec.Address, error) {
	if s == nil {
		s = &cloud.Site{}
	}
	member, err := memberOf(t, m)
	var parts []string
	for _, part := range []string{s.Name, s.Location, s.Country} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return wirespec.Address{
		CloudRegion: s.CloudRegion, FullAddress: strings.Join(parts, ", "), ID: s.ID, Member: member, MemberID: s.MemberID, Name: s.Name,
		Linked: ptr(true), URI: ptr(uri("address", s.ID)),
	}, err
}

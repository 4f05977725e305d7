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

func readAddress(t *control.Txn, p control.Pick) (*control.SiteView, error) {
	s, err := t.Place(p.ID)
	switch {
	case cloud.IsKind(err, cloud.NotFound):
		return nil, membership(404, "address_read", 1, "There is no such address.")
	case cloud.IsKind(err, cloud.Forbidden):
		return nil, membership(403, "address_read", 201, "Your address has no link to that address.")
	}
	return s, err
}

// readLink is cloud_bill: whether a customer address may use a region.
func readLink(t *control.Txn, r *wire.Request) (wirespec.MembershipCloudBill, error) {
	region, err := t.Place(id(r, "address_id").ID)
	if err != nil {
		return wirespec.MembershipCloudBill{}, linkError(err)
	}
	customer, err := t.Place(id(r, "target_address_id").ID)
	if err != nil {
		return wirespec.MembershipCloudBill{}, linkError(err)
	}
	return wirespec.MembershipCloudBill{
		CloudCustomer: region.CloudRegion, Customer: region.CloudRegion, IsRegion: region.CloudRegion && customer.ID != 0,
		ResellerID: region.ID,
	}, nil
}

func linkError(err error) error {
	switch {
	case cloud.IsKind(err, cloud.NotFound):
		return membership(404, "cloud_bill_read", 2, "There is no cloud link between the addresses.")
	case cloud.IsKind(err, cloud.Forbidden):
		return membership(403, "cloud_bill_read", 201, "Only users of the customer or of the region's member may read this.")
	}
	return err
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

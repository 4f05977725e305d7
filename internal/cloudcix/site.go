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

func (a *API) listAddress(r *wire.Request) (wire.Answer, error) {
	l, s := a.asked(r)
	q, err := l.query(s)
	if err != nil {
		return wire.Answer{}, err
	}
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, total, err := t.Places(q)
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.Address, len(rows))
		for i, p := range rows {
			if items[i], err = addressOf(t, p.Site, p.Member); err != nil {
				return nil, err
			}
		}
		return page(items, s, total), nil
	})
}

func (a *API) readAddress(r *wire.Request) (wire.Answer, error) {
	return a.read(r, func(t *control.Txn) (any, error) {
		p, err := t.Place(id(r, "pk").ID)
		switch {
		case cloud.IsKind(err, cloud.NotFound):
			return nil, membership(404, "address_read", 1, "There is no such address.")
		case cloud.IsKind(err, cloud.Forbidden):
			return nil, membership(403, "address_read", 201, "Your address has no link to that address.")
		case err != nil:
			return nil, err
		}
		out, err := addressOf(t, p.Site, p.Member)
		return content(out), err
	})
}

// readLink is cloud_bill: whether a customer address may use a region.
func (a *API) readLink(r *wire.Request) (wire.Answer, error) {
	return a.read(r, func(t *control.Txn) (any, error) {
		region, err := t.Place(id(r, "address_id").ID)
		if err != nil {
			return nil, linkError(err)
		}
		customer, err := t.Place(id(r, "target_address_id").ID)
		if err != nil {
			return nil, linkError(err)
		}
		return content(wirespec.MembershipCloudBill{
			CloudCustomer: region.CloudRegion, Customer: region.CloudRegion, IsRegion: region.CloudRegion && customer.ID != 0,
			ResellerID: region.ID,
		}), nil
	})
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

func addressOf(t *control.Txn, s *cloud.Site, m *cloud.Member) (wirespec.Address, error) {
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

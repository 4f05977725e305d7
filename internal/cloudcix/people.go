package cloudcix

import (
	"strings"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// The membership application, as far as clients of the IaaS need it (section 26).

var users = list{
	table: wire.NewSearchTable("id, email, surname, created", "id n, email s, first_name s, surname s, member_id n, address_id n, administrator, robot"),
	cols: map[string]column{
		"id": {field: "id"}, "email": {field: "email", kind: words}, "first_name": {field: "first_name", kind: words},
		"surname": {field: "surname", kind: words}, "member_id": {field: "member_id"}, "address_id": {field: "site_id"},
		"administrator": {field: "administrator", kind: truth}, "robot": {field: "robot", kind: truth},
	},
	order: map[string]cloud.Order{"id": {Field: "id"}, "email": {Field: "email"}, "surname": {Field: "surname"}, "created": {Field: "created"}},
}

var addresses = list{
	table: wire.NewSearchTable("id, name, created", "id n, name s, member_id n, member__self_managed, cloud_region"),
	cols: map[string]column{
		"id": {field: "id"}, "name": {field: "name", kind: words}, "member_id": {field: "member_id"},
		"member__self_managed": {field: "self_managed", kind: truth, of: &relation{via: "member_id", kind: "member"}},
		"cloud_region":         {field: "cloud_region", kind: truth},
	},
	order: map[string]cloud.Order{"id": {Field: "id"}, "name": {Field: "name"}, "created": {Field: "created"}},
}

func (a *API) listUser(r *wire.Request) (wire.Answer, error) {
	s := users.table.Parse(r.Query)
	q, err := users.query(s)
	if err != nil {
		return wire.Answer{}, err
	}
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, total, err := t.People(q)
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.User, len(rows))
		for i, u := range rows {
			if items[i], err = userOf(t, u); err != nil {
				return nil, err
			}
		}
		return page(items, s, total), nil
	})
}

func (a *API) readUser(r *wire.Request) (wire.Answer, error) {
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, _, err := t.People(cloud.Where(cloud.Eq("id", id(r, "pk").ID)))
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, membership(404, "user_read", 1, "There is no such user.")
		}
		u, err := userOf(t, rows[0])
		return content(u), err
	})
}

func (a *API) listAddress(r *wire.Request) (wire.Answer, error) {
	s := addresses.table.Parse(r.Query)
	q, err := addresses.query(s)
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

func (a *API) readMember(r *wire.Request) (wire.Answer, error) {
	return a.read(r, func(t *control.Txn) (any, error) {
		m, err := t.Member(id(r, "pk").ID)
		if cloud.IsKind(err, cloud.NotFound) {
			return nil, membership(404, "member_read", 1, "There is no such member.")
		}
		if err != nil {
			return nil, err
		}
		out, err := memberOf(t, m)
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

// membership is a single error of that application.
func membership(status int, group string, n int, text string) error {
	err := one(status, group, n, "%s", text).(*single) //nolint:errorlint // one makes nothing else
	err.body.ErrorCode = "membership_" + strings.TrimPrefix(err.body.ErrorCode, "iaas_")
	return err
}

// never is the expiry date of users without one: the field may not be null.
const never = "9999-12-31T00:00:00"

func userOf(t *control.Txn, u *control.PersonView) (wirespec.User, error) {
	out := wirespec.User{
		AddressID: u.SiteID, Administrator: u.Administrator, Email: u.Email, ExpiryDate: never, FirstName: u.FirstName,
		GlobalActive: u.Global, GlobalUser: u.Global, ID: u.ID, IsPrivate: u.Private, Language: map[string]any{"id": 1, "name": "English"},
		MemberID: u.MemberID, Robot: u.Robot, StartDate: ptr(stamp(u.Created)), Surname: u.Surname, URI: ptr(uri("user", u.ID)),
	}
	if u.Expires != nil {
		out.ExpiryDate = stamp(*u.Expires)
	}
	var err error
	if out.Address, err = addressOf(t, u.Site, u.Member); err != nil {
		return out, err
	}
	out.Member = out.Address.Member
	return out, nil
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

func memberOf(t *control.Txn, m *cloud.Member) (wirespec.Member, error) {
	if m == nil {
		return wirespec.Member{}, nil
	}
	key, err := t.MemberKey(m)
	out := wirespec.Member{APIKey: key, ID: m.ID, Name: m.Name, SelfManaged: m.SelfManaged, URI: ptr(uri("member", m.ID))}
	if m.Currency != "" {
		out.Currency = &wirespec.MemberCurrency{ID: 1, Name: m.Currency, Symbol: m.Currency, URI: "/currency/1/"}
	}
	return out, err
}

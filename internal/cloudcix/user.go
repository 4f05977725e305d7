package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// The membership application, as far as clients of the IaaS need it (section 26).

var users = listing{
	op: wirespec.ListMembershipUser.Spec, rows: reflect.TypeFor[cloud.User](),
	named: map[string]column{"address_id": {field: "site_id"}},
}

func (a *API) users(h wire.Handlers) {
	index(a, h, wirespec.ListMembershipUser, (*control.Txn).People, eachIn(userOf))
	get(a, h, wirespec.ReadMembershipUser, readUser, userOf)
}

func readUser(t *control.Txn, p control.Pick) (*control.PersonView, error) {
	rows, _, err := t.People(cloud.Where(cloud.Eq("id", p.ID)))
	if err == nil && len(rows) == 0 {
		err = cloud.Errorf(cloud.NotFound, "user.missing", "There is no such user.")
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
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
	if out.Address, err = siteOf(t, u.Site, u.Member); err != nil {
		return out, err
	}
	out.Member = out.Address.Member
	return out, nil
}

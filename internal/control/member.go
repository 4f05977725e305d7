package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Member reads a member: the own one, and any for actors who see all. Others
// are missing.
func (t *Txn) Member(id int64) (*cloud.Member, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	if !t.everywhere() && id != t.Call.Actor.Member0() {
		return nil, missing("member", Pick{ID: id})
	}
	return pick[cloud.Member](t, Pick{ID: id}, "member")
}

// MemberKey is the API key of a member in clear, for its own users; "" for
// others.
func (t *Txn) MemberKey(m *cloud.Member) (string, error) {
	if m.ID != t.Call.Actor.Member0() {
		return "", nil
	}
	return t.C.Seal.Open(ofKey(m.APIKeyHash), m.APIKey)
}

// noMember says that nobody is called so, and who almost is.
func (t *Txn) noMember(name string) error {
	e := cloud.Errorf(cloud.NotFound, "member.missing", "there is no member %q", name).On("member")
	near, err := store.First[cloud.Member](t.Tx, cloud.Where(cloud.Cmp(cloud.OpIEq, "name", name)).By("id"))
	switch {
	case err == nil:
		return e.WithFix("There is %q.", near.Name)
	case !store.None(err):
		return err
	}
	return e.WithFix("`virga admin users` shows them; `virga admin user create` makes one with --new-member.")
}

// tenant finds a member by name, or makes one with a site.
func (t *Txn) tenant(name, key string, is MemberIs) (*cloud.Member, *cloud.Site, error) {
	m, err := store.First[cloud.Member](t.Tx, cloud.Where(cloud.Eq("name", name)))
	if err == nil {
		if is == MemberNew {
			return nil, nil, cloud.Errorf(cloud.Conflict, "member.taken", "there is a member %q already", name).On("member").
				WithFix("Leave --new-member out to make a user of it.")
		}
		site, err := store.First[cloud.Site](t.Tx, cloud.Where(cloud.Eq("member_id", m.ID)).By("id"))
		return m, site, err
	}
	if !store.None(err) {
		return nil, nil, err
	}
	if is == MemberThere {
		return nil, nil, t.noMember(name)
	}
	near, err := store.First[cloud.Member](t.Tx, cloud.Where(cloud.Cmp(cloud.OpIEq, "name", name)).By("id"))
	if err == nil {
		return nil, nil, cloud.Errorf(cloud.Conflict, "member.taken", "there is a member %q already, and nobody could tell them apart",
			near.Name).On("member")
	}
	if !store.None(err) {
		return nil, nil, err
	}
	m = &cloud.Member{Name: name, SelfManaged: true, APIKeyHash: auth.APIKeyHash(key), Currency: "EUR"}
	m.APIKey = t.C.Seal.Seal(ofKey(m.APIKeyHash), key)
	if err := store.Insert(t.Tx, m); err != nil {
		return nil, nil, err
	}
	site := &cloud.Site{MemberID: m.ID, Name: name}
	return m, site, store.Insert(t.Tx, site)
}

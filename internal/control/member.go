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

// tenant finds a member by name, or makes one with a site.
func (t *Txn) tenant(name, key string) (*cloud.Member, *cloud.Site, error) {
	m, err := store.First[cloud.Member](t.Tx, cloud.Where(cloud.Eq("name", name)))
	if err == nil {
		site, err := store.First[cloud.Site](t.Tx, cloud.Where(cloud.Eq("member_id", m.ID)).By("id"))
		return m, site, err
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

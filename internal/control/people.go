package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// PersonView is a user with its place.
type PersonView struct {
	*cloud.User
	Site   *cloud.Site
	Member *cloud.Member
}

// SiteView is a site with its member. Linked says whether the actor's own site
// has a link to it, or it is the own one.
type SiteView struct {
	*cloud.Site
	Member *cloud.Member
	Linked bool
}

// everywhere tells actors who read people and places of all members: the
// operator's, and the robot of a region, which mails the users of projects
// there.
func (t *Txn) everywhere() bool {
	a := t.Call.Actor
	return a.System || (a.User != nil && (a.User.MemberID == 1 || a.User.Robot))
}

// People lists users that the actor may see: those of the own member.
func (t *Txn) People(q cloud.Query) ([]*PersonView, int64, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, 0, err
	}
	if !t.everywhere() {
		q.Where = cloud.And(cloud.Eq("member_id", t.Call.Actor.Member0()), q.Where)
	}
	total, err := store.Count[cloud.User](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	rows, err := store.Find[cloud.User](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	sites, err := byID(t, gather(rows, func(u *cloud.User) int64 { return u.SiteID }), func(s *cloud.Site) int64 { return s.ID })
	if err != nil {
		return nil, 0, err
	}
	members, err := byID(t, gather(rows, func(u *cloud.User) int64 { return u.MemberID }), func(m *cloud.Member) int64 { return m.ID })
	if err != nil {
		return nil, 0, err
	}
	views := make([]*PersonView, len(rows))
	for i, u := range rows {
		views[i] = &PersonView{User: u, Site: sites[u.SiteID], Member: members[u.MemberID]}
	}
	return views, total, nil
}

// Places lists sites that the actor's site is linked with: those of the own
// member and, until an operator says otherwise, every region (CORE, Tenancy).
func (t *Txn) Places(q cloud.Query) ([]*SiteView, int64, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, 0, err
	}
	if !t.everywhere() {
		q.Where = cloud.And(cloud.Or(cloud.Eq("member_id", t.Call.Actor.Member0()), cloud.Eq("cloud_region", true)), q.Where)
	}
	total, err := store.Count[cloud.Site](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	rows, err := store.Find[cloud.Site](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	members, err := byID(t, gather(rows, func(s *cloud.Site) int64 { return s.MemberID }), func(m *cloud.Member) int64 { return m.ID })
	if err != nil {
		return nil, 0, err
	}
	views := make([]*SiteView, len(rows))
	for i, s := range rows {
		views[i] = &SiteView{Site: s, Member: members[s.MemberID], Linked: true}
	}
	return views, total, nil
}

// Place reads one site: missing when there is none, forbidden when it is not
// linked.
func (t *Txn) Place(id int64) (*SiteView, error) {
	list, _, err := t.Places(cloud.Where(cloud.Eq("id", id)))
	if err != nil {
		return nil, err
	}
	if len(list) == 1 {
		return list[0], nil
	}
	if _, err := pick[cloud.Site](t, Pick{ID: id}, "address"); err != nil {
		return nil, err
	}
	return nil, cloud.Errorf(cloud.Forbidden, "owner", "your address has no link to that address")
}

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
	return t.C.Seal.Open(m.APIKey)
}

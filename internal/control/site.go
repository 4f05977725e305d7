package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// SiteView is a site with its member. Linked says whether the actor's own site
// has a link to it, or it is the own one.
type SiteView struct {
	*cloud.Site
	Member *cloud.Member
	Linked bool
}

// Places lists sites that the actor's site is linked with: those of the own
// member and, until an operator says otherwise, every region.
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
	members, err := byID[cloud.Member](t, gather(rows, func(s *cloud.Site) int64 { return s.MemberID }))
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

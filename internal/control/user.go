package control

import (
	"slices"

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

// everywhere tells actors who read people and places of all members: who runs
// the installation, and the robot of a region, which mails the users of projects
// there. That somebody is of the operator's member is not enough.
func (t *Txn) everywhere() bool {
	a := t.Call.Actor
	return a.Operates() || a.User != nil && a.User.Robot
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
	sites, err := byID[cloud.Site](t, gather(rows, func(u *cloud.User) int64 { return u.SiteID }))
	if err != nil {
		return nil, 0, err
	}
	members, err := byID[cloud.Member](t, gather(rows, func(u *cloud.User) int64 { return u.MemberID }))
	if err != nil {
		return nil, 0, err
	}
	views := make([]*PersonView, len(rows))
	for i, u := range rows {
		views[i] = &PersonView{User: u, Site: sites[u.SiteID], Member: members[u.MemberID]}
	}
	return views, total, nil
}

// Emails are the addresses of users, without empty ones, each once, in the
// order of the ids.
func (t *Txn) Emails(ids ...int64) ([]string, error) {
	users, err := byID[cloud.User](t, ids)
	if err != nil {
		return nil, err
	}
	list := []string{}
	for _, id := range ids {
		if u := users[id]; u != nil && u.Email != "" && !slices.Contains(list, u.Email) {
			list = append(list, u.Email)
		}
	}
	return list, nil
}

// system is the call of the operator's socket.
func system() *Call { return &Call{Actor: &auth.Actor{System: true}} }

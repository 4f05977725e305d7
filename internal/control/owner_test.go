package control_test

import (
	"path"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// engineOf is the engine that a test of onBoth runs on.
func engineOf(t *testing.T) store.Engine { return store.Engine(path.Base(t.Name())) }

func contains(s, part string) bool { return strings.Contains(s, part) }

// sister makes a user of the same member at another site.
func (r *rig) sister(of *control.Call, name string, global bool) *control.Call {
	r.Helper()
	c := r.user("Acme", name)
	var site *cloud.Site
	r.write(func(tx *store.Tx) error {
		site = &cloud.Site{MemberID: of.Actor.Member0(), Name: "Branch " + name}
		return store.Insert(tx, site)
	})
	change(r, c.Actor.UserID(), func(u *cloud.User) { u.SiteID, u.Global, u.Administrator = site.ID, global, false })
	c.Actor = r.actor(c.Actor.UserID())
	return c
}

// Who meets which refusal on somebody else's server, verb by verb: in 1&1 it
// does not exist, in CloudCIX a code says whose it is.
func TestOwnersOfEveryVerb(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		reader, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "reader", ReadOnly: true})
		r.must(err)
		look := &control.Call{Actor: r.actor(reader.ID), Confined: true}
		branch, global := r.sister(r.alice, "branch", false), r.sister(r.alice, "head", true)
		plain, frozen := r.subject(r.alice, false), r.subject(r.alice, true)
		before := r.shot()
		for _, v := range verbs {
			s := plain
			if v.snap {
				s = frozen
			}
			for _, c := range []struct {
				who  string
				call *control.Call
				kind cloud.Kind
				code string
			}{
				{"another member in 1&1", r.bob, cloud.NotFound, "server.missing"},
				{"another site in 1&1", branch, cloud.NotFound, "server.missing"},
				{"a global user of another site in 1&1", global, cloud.Forbidden, "owner"},
				{"a reader in 1&1", look, cloud.Forbidden, "flag"},
				{"another member in CloudCIX", openly(r.bob), cloud.Forbidden, "owner"},
				{"another site in CloudCIX", openly(branch), cloud.Forbidden, "owner"},
				{"a reader in CloudCIX", openly(look), cloud.Forbidden, "flag"},
			} {
				_, err := v.do(r, c.call, s)
				if code(err) != c.code || cloud.KindOf(err) != c.kind {
					t.Errorf("%s by %s: %q %q (%v), want %q %q", v.name, c.who, cloud.KindOf(err), code(err), err, c.kind, c.code)
				}
			}
		}
		if after := r.shot(); after != before {
			t.Errorf("refusals changed something:\n%s", differ(before, after))
		}
	})
}

// What exists and what does not reads the same to a stranger of 1&1, to the
// letter.
func TestMissingAndForeignAreAlike(t *testing.T) {
	r := newRig(t, store.SQLite)
	s := r.subject(r.alice, true)
	for _, v := range verbs {
		_, foreign := v.do(r, r.bob, s)
		ghost := s
		view := *s.View
		row := *s.Server
		row.UID = cloud.UID{1, 2, 3}
		view.Server = &row
		ghost.View = &view
		_, missing := v.do(r, r.bob, ghost)
		if foreign == nil || missing == nil {
			t.Fatalf("%s: %v, %v", v.name, foreign, missing)
		}
		if a, b := strings.ReplaceAll(foreign.Error(), s.UID.String(), "X"), strings.ReplaceAll(missing.Error(), row.UID.String(), "X"); a != b {
			t.Errorf("%s: %q, %q", v.name, a, b)
		}
	}
}

// What lists show is what may be read one by one, on rows that control wrote.
func TestListsAgreeWithMay(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		branch, global := r.sister(r.alice, "branch", false), r.sister(r.alice, "head", true)
		one := &control.Call{Actor: r.actor(1), Confined: true}
		all := []*control.Call{r.alice, r.bob, branch, global, one}
		var servers []int64
		for _, c := range all {
			servers = append(servers, r.server(c, nil).ID)
		}
		for _, hidden := range all {
			for _, c := range []*control.Call{hidden, openly(hidden)} {
				r.must(r.c.Read(t.Context(), c, func(tx *control.Txn) error {
					views, total, err := tx.Servers(cloud.Query{}, control.Show{})
					if err != nil {
						return err
					}
					listed := map[int64]bool{}
					for _, v := range views {
						listed[v.ID] = true
					}
					if !c.Confined && int(total) != len(views) { // 1&1 does not count
						t.Errorf("%s (confined %v): %d of %d listed", c.Actor.User.Name, c.Confined, len(views), total)
					}
					for _, id := range servers {
						_, err := tx.Server(control.Pick{ID: id})
						if listed[id] != (err == nil) {
							t.Errorf("%s (confined %v) on server %d: listed %v, read %v", c.Actor.User.Name, c.Confined, id, listed[id], err)
						}
					}
					return agree(t, tx, c)
				}))
			}
		}
	})
}

// agree checks everything else with an owner.
func agree(t *testing.T, tx *control.Txn, c *control.Call) error {
	ips, err := store.Find[cloud.IP](tx.Tx, cloud.Where(cloud.Eq("kind", string(cloud.PublicIP))))
	if err != nil {
		return err
	}
	views, _, err := tx.IPs(cloud.Query{})
	if err != nil {
		return err
	}
	listed := map[int64]bool{}
	for _, v := range views {
		listed[v.IP.ID] = true
	}
	for _, ip := range ips {
		if _, err := tx.IP(control.Pick{ID: ip.ID}); listed[ip.ID] != (err == nil) {
			t.Errorf("%s on address %s: listed %v, read %v", c.Actor.User.Name, ip.Addr, listed[ip.ID], err)
		}
	}
	events, err := store.Find[cloud.Event](tx.Tx, cloud.Where(cloud.Eq("end", false)))
	if err != nil {
		return err
	}
	for _, e := range events {
		may := auth.May(c.Actor, "logs.show", false, auth.Owned{MemberID: e.MemberID, SiteID: e.SiteID, RegionID: e.RegionID}, c.Confined) == nil
		_, err := tx.Operation(e.Operation)
		if c.Confined && may != (err == nil) { // the log is a list of 1&1
			t.Errorf("%s on the log entry of %s: may %v, read %v", c.Actor.User.Name, e.Object, may, err)
		}
	}
	return nil
}

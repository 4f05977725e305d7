package control_test

import (
	"slices"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// Who is made without a word about where is nobody; who is of the operator's
// member alone reads nothing of other members.
func TestOperatorsPeople(t *testing.T) {
	r := newRig(t, store.SQLite)
	_, err := r.c.AddUser(t.Context(), control.NewUserIn{Name: "joe"})
	refused(t, err, cloud.Invalid, "user.member")
	seen := func(a *auth.Actor) (members []int64) {
		t.Helper()
		r.must(r.c.Read(t.Context(), &control.Call{Actor: a, Dialect: "cloudcix"}, func(t *control.Txn) error {
			people, _, err := t.People(cloud.Query{}.By("member_id"))
			for _, p := range people {
				members = append(members, p.MemberID)
			}
			members = slices.Compact(members)
			return err
		}))
		return members
	}
	joe, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Operator", Name: "joe"})
	r.must(err)
	eve, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Operator", Name: "eve", Administrator: true})
	r.must(err)
	for id, want := range map[int64]int{1: 3, joe.ID: 1, eve.ID: 3, r.alice.Actor.User.ID: 1} {
		a := r.actor(id)
		if got := seen(a); len(got) != want || a.Operates() != (want == 3) {
			t.Errorf("%s sees the members %v", a.Name(), got)
		}
	}
	if !r.alice.Actor.User.Administrator {
		t.Error("the control run: an administrator elsewhere is one too")
	}
}

// What the operator gives a name to is shown as it is named.
func TestOperatorsNamesAreShown(t *testing.T) {
	r := newRig(t, store.SQLite)
	const bad = "a\x1b[2Jb"
	region := find[cloud.Site](r)[0].ID
	_, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Operator", Name: bad})
	refused(t, err, cloud.Invalid, "user.form")
	_, err = r.c.AddUser(t.Context(), control.NewUserIn{Member: bad, Name: "joe"})
	refused(t, err, cloud.Invalid, "user.form")
	_, err = r.c.PutHost(t.Context(), cloud.Host{RegionID: region, Name: bad})
	refused(t, err, cloud.Invalid, "host.form")
	_, err = r.c.AddImage(t.Context(), cloud.Image{Kind: cloud.Appliance, Name: bad, Digest: "d"})
	refused(t, err, cloud.Invalid, "image.form")
	_, err = r.c.AddRegion(t.Context(), control.NewRegionIn{Name: "rome", Country: "IT", Location: bad, Pool: "203.0.113.0/24"})
	refused(t, err, cloud.Invalid, "region.form")
}

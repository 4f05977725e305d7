package control_test

import (
	"slices"
	"strings"
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
	if e := refused(t, err, cloud.Invalid, "region.form"); !strings.HasPrefix(e.Message, "a location holds no") {
		t.Errorf("the location: %s", e.Message)
	}
	_, err = r.c.AddUser(t.Context(), control.NewUserIn{Member: "Operator", Name: "joe", Email: "jo\u200be@acme.example"})
	if e := refused(t, err, cloud.Invalid, "user.form"); !strings.HasPrefix(e.Message, "an e-mail address holds no") || e.Field != "email" {
		t.Errorf("the address: %s: %s", e.Field, e.Message)
	}
}

// No slip of the pen makes a member, or gives somebody the things of one that is there.
func TestMembersAreMeant(t *testing.T) {
	r := newRig(t, store.SQLite)
	add := func(member, name string, is control.MemberIs) error {
		_, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: member, Name: name, Is: is})
		return err
	}
	before := len(find[cloud.Member](r))
	e := refused(t, add("operator", "eve", control.MemberThere), cloud.NotFound, "member.missing")
	if !strings.Contains(e.Fix, `"Operator"`) {
		t.Errorf("it does not say who is almost called so: %v", e)
	}
	if e := refused(t, add("Nobody", "eve", control.MemberThere), cloud.NotFound, "member.missing"); !strings.Contains(e.Fix, "--new-member") {
		t.Errorf("it does not say how one is made: %v", e)
	}
	refused(t, add("Operator", "eve", control.MemberNew), cloud.Conflict, "member.taken")
	refused(t, add("OPERATOR", "eve", control.MemberNew), cloud.Conflict, "member.taken")
	if n := len(find[cloud.Member](r)); n != before {
		t.Errorf("%d members more", n-before)
	}
	r.must(add("Operator", "eve", control.MemberThere))
	r.must(add("Umbrella", "eve", control.MemberNew))
}

// Who cannot be named cannot be addressed afterwards.
func TestUsersCanBeNamed(t *testing.T) {
	r := newRig(t, store.SQLite)
	for name, code := range map[string]string{
		"a/b": "user.form", "a\u3164": "user.form", strings.Repeat("x", 129): "user.long", "": "user.name",
	} {
		_, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Operator", Name: name})
		refused(t, err, cloud.Invalid, code)
		if name != "" {
			_, err = r.c.AddUser(t.Context(), control.NewUserIn{Member: name, Name: "x"})
			refused(t, err, cloud.Invalid, code)
		}
	}
	_, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Operator", Name: "x", Email: strings.Repeat("x", 250) + "@a.example"})
	refused(t, err, cloud.Invalid, "user.email")
	_, err = r.c.NewToken(t.Context(), "")
	if e := refused(t, err, cloud.Invalid, "user.empty"); !strings.Contains(e.Message, "MEMBER/NAME") {
		t.Errorf("it does not say what would be right: %v", e)
	}
	// Such names were taken once: they and their ids still name somebody.
	uid := "ABCDEFABCDEFABCDEFABCDEFABCDEFAB"
	for _, name := range []string{"a/b", uid} {
		u, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Operator", Name: "older"})
		r.must(err)
		r.write(func(tx *store.Tx) error {
			row, err := store.Get[cloud.User](tx, u.ID)
			if err != nil {
				return err
			}
			row.Name = name
			return store.Update(tx, row)
		})
		for _, text := range []string{name, "Operator/" + name, u.UID.String()} {
			if _, err := r.c.NewToken(t.Context(), text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

// The operator's own user is shut out by who is sure of it only, and is told the way back.
func TestOperatorIsShutOutKnowingly(t *testing.T) {
	r := newRig(t, store.SQLite)
	_, err := r.c.DisableUser(t.Context(), "Operator/admin", false)
	if e := refused(t, err, cloud.Conflict, "user.operator"); !strings.Contains(e.Fix, "virga admin user enable") {
		t.Errorf("%v", e)
	}
	if u := find[cloud.User](r, cloud.Eq("id", int64(1)))[0]; u.Disabled {
		t.Error("it is shut out")
	}
	u, err := r.c.DisableUser(t.Context(), "Operator/admin", true)
	r.must(err)
	_, err = r.c.EnableUser(t.Context(), u.UID.String())
	r.must(err)
}

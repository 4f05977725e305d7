package auth_test

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/api"
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
)

type row struct {
	cloud.Meta
	MemberID, SiteID, RegionID int64
}

func drawActor(t *rapid.T) *auth.Actor {
	few := rapid.Int64Range(1, 3)
	a := &auth.Actor{Source: netip.MustParseAddr("192.0.2.1")}
	switch rapid.IntRange(0, 9).Draw(t, "who") {
	case 0:
		return &auth.Actor{System: true}
	case 1:
		return a
	}
	a.User = &cloud.User{
		Meta: cloud.Meta{ID: few.Draw(t, "user")}, MemberID: few.Draw(t, "member"), SiteID: few.Draw(t, "site"),
		Global: rapid.Bool().Draw(t, "global"), Robot: rapid.Bool().Draw(t, "robot"), Private: rapid.Bool().Draw(t, "private"),
		Disabled: rapid.IntRange(0, 9).Draw(t, "disabled") == 0,
	}
	if rapid.IntRange(0, 9).Draw(t, "role") > 0 {
		a.Role = &cloud.Role{Flags: auth.ReadFlags(), Disabled: rapid.IntRange(0, 9).Draw(t, "role disabled") == 0}
	}
	return a
}

// What a list shows is exactly what may be read one by one.
func TestMayAndScopeAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawActor(t)
		confined := rapid.Bool().Draw(t, "confined")
		r := row{
			Meta: cloud.Meta{ID: 7}, MemberID: rapid.Int64Range(1, 3).Draw(t, "row member"),
			SiteID: rapid.Int64Range(0, 3).Draw(t, "row site"), RegionID: rapid.Int64Range(1, 3).Draw(t, "row region"),
		}
		may := auth.May(a, "servers.show", false, auth.Owned{MemberID: r.MemberID, SiteID: r.SiteID, RegionID: r.RegionID}, confined) == nil
		if seen := auth.Scope(a, confined).Match(r); seen != may {
			t.Fatalf("%+v on %+v (confined %v): may %v, listed %v", a.User, r, confined, may, seen)
		}
	})
}

// Who may write may read, except that robots and owners without the show flag
// are a matter of roles.
func TestWriteImpliesRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawActor(t)
		confined := rapid.Bool().Draw(t, "confined")
		o := auth.Owned{
			MemberID: rapid.Int64Range(1, 3).Draw(t, "member"), SiteID: rapid.Int64Range(0, 3).Draw(t, "site"),
			RegionID: rapid.Int64Range(1, 3).Draw(t, "region"),
		}
		if auth.May(a, auth.AnyRole, true, o, confined) == nil && auth.May(a, auth.AnyRole, false, o, confined) != nil {
			t.Fatalf("%+v writes %+v unseen", a.User, o)
		}
	})
}

// The table of section 4 for projects and machines, line by line.
func TestMayTable(t *testing.T) {
	full := &cloud.Role{Flags: auth.AllFlags()}
	user := func(f func(*cloud.User)) *auth.Actor {
		u := &cloud.User{Meta: cloud.Meta{ID: 9}, MemberID: 5, SiteID: 50}
		f(u)
		return &auth.Actor{User: u, Role: full}
	}
	owner := user(func(*cloud.User) {})
	global := user(func(u *cloud.User) { u.SiteID, u.Global = 51, true })
	private := user(func(u *cloud.User) { u.Private = true })
	robot := user(func(u *cloud.User) { u.MemberID, u.SiteID, u.Robot, u.Private = 1, 3, true, true })
	one := user(func(u *cloud.User) { u.ID, u.MemberID, u.SiteID = 1, 1, 1 })
	reader := &auth.Actor{User: owner.User, Role: &cloud.Role{Flags: auth.ReadFlags()}}
	norole := &auth.Actor{User: owner.User}
	disabled := user(func(u *cloud.User) { u.Disabled = true })

	mine := auth.Owned{MemberID: 5, SiteID: 50, RegionID: 3}
	sister := auth.Owned{MemberID: 5, SiteID: 52, RegionID: 3}
	other := auth.Owned{MemberID: 6, SiteID: 60, RegionID: 4}
	his := auth.Owned{MemberID: 6, SiteID: 60, RegionID: 4, ByOperator: true}
	for _, c := range []struct {
		name     string
		actor    *auth.Actor
		on       auth.Owned
		write    bool
		confined bool
		code     string // "" = allowed
	}{
		{"owner reads", owner, mine, false, false, ""},
		{"owner writes", owner, mine, true, false, ""},
		{"owner reads sister", owner, sister, false, false, "owner"},
		{"owner reads other", owner, other, false, false, "owner"},
		{"global reads sister", global, sister, false, false, ""},
		{"global writes sister", global, sister, true, false, "owner"},
		{"global reads other", global, other, false, false, "global"},
		{"private reads", private, mine, false, false, ""},
		{"private writes", private, mine, true, false, "private"},
		{"robot reads region", robot, mine, false, false, ""},
		{"robot writes region", robot, mine, true, false, ""},
		{"robot reads elsewhere", robot, other, false, false, "robot"},
		{"user 1 reads", one, other, false, false, ""},
		{"user 1 writes", one, other, true, false, "owner"},
		{"user 1 writes what is his to write", one, his, true, false, ""},
		{"others do not", owner, his, true, false, "owner"},
		{"1&1 user 1 writes it", one, his, true, true, "not_found"},
		{"reader reads", reader, mine, false, false, ""},
		{"reader writes", reader, mine, true, false, "flag"},
		{"no role", norole, mine, false, false, "role"},
		{"disabled", disabled, mine, false, false, "disabled"},
		{"1&1 owner", owner, mine, true, true, ""},
		{"1&1 other", owner, other, false, true, "not_found"},
		{"1&1 other write", owner, other, true, true, "not_found"},
		{"1&1 sister", owner, sister, false, true, "not_found"},
		{"1&1 global reads sister", global, sister, false, true, ""},
		{"1&1 global writes sister", global, sister, true, true, "owner"},
		{"1&1 private writes", private, mine, true, true, "owner"},
		{"1&1 user 1 reads other", one, other, false, true, "not_found"},
		{"nobody", &auth.Actor{}, mine, false, false, "token"},
		{"system", &auth.Actor{System: true}, other, true, false, ""},
	} {
		flag := "servers.show"
		if c.write {
			flag = "servers.delete"
		}
		code := ""
		if err := auth.May(c.actor, flag, c.write, c.on, c.confined); err != nil {
			code = err.(*cloud.Error).Code
		}
		if code != c.code {
			t.Errorf("%s: %q, want %q", c.name, code, c.code)
		}
	}
}

// The matrix is that of the contract: 99 flags, every one a property of the
// schema of permissions.
func TestFlags(t *testing.T) {
	all := auth.AllFlags()
	if len(all) != 99 || len(auth.Sections()) != 16 {
		t.Errorf("%d flags in %d sections", len(all), len(auth.Sections()))
	}
	if slices.Sort(all); len(slices.Compact(all)) != 99 {
		t.Error("a flag is listed twice")
	}
	if !slices.Contains(auth.ReadFlags(), "servers.show") || slices.Contains(auth.ReadFlags(), "servers.create") {
		t.Error(auth.ReadFlags())
	}
	for _, s := range auth.Sections() {
		if !bytes.Contains(api.OneAndOne(), []byte(s.Name+":")) {
			t.Errorf("the contract has no %s", s.Name)
		}
		for _, f := range s.Flags {
			if !bytes.Contains(api.OneAndOne(), []byte(f+":")) {
				t.Errorf("the contract has no flag %s", f)
			}
		}
	}
	for sent, want := range map[string]string{
		"firewalls": "firewall_policies", "ips": "public_ips",
		"vpn": "vpn", "vpns": "vpn", "nothing": "",
	} {
		if got, ok := auth.SectionName(sent); got != want || ok != (want != "") {
			t.Errorf("%s is %s", sent, got)
		}
	}
}

// Every flag that a CloudCIX action needs is one of the matrix.
func TestActions(t *testing.T) {
	all := auth.AllFlags()
	for _, action := range auth.Actions() {
		if f := auth.For(action); f != auth.AnyRole && !slices.Contains(all, f) {
			t.Errorf("%s asks for %s", action, f)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an action that nobody knows asks for nothing")
		}
	}()
	auth.For("run_robot.list")
}

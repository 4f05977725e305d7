package auth_test

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

const (
	annKey    = "0123456789abcdef0123456789abcdef"
	memberKey = "fedcba9876543210fedcba9876543210"
)

var home = netip.MustParseAddr("192.0.2.7")

// people is a database with one member, its site, a role and the user Ann.
func people(t *testing.T, change func(*cloud.User)) (*store.DB, *cloud.User) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "virga.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ann := &cloud.User{Email: "ann@example.org", APIActive: true, APIKeyHash: auth.APIKeyHash(annKey)}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		m := &cloud.Member{Name: "Example", APIKeyHash: auth.APIKeyHash(memberKey)}
		if err := store.Insert(tx, m); err != nil {
			return err
		}
		s := &cloud.Site{MemberID: m.ID, Name: "Office"}
		if err := store.Insert(tx, s); err != nil {
			return err
		}
		r := &cloud.Role{Name: auth.FullRole, Flags: auth.AllFlags()}
		if err := store.Insert(tx, r); err != nil {
			return err
		}
		ann.MemberID, ann.SiteID, ann.RoleID = m.ID, s.ID, r.ID
		if change != nil {
			change(ann)
		}
		return store.Insert(tx, ann)
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, ann
}

func read[T any](t *testing.T, db *store.DB, f func(*store.Tx) (T, error)) (out T, err error) {
	t.Helper()
	err = db.Read(context.Background(), func(tx *store.Tx) error {
		var err error
		out, err = f(tx)
		return err
	})
	return out, err
}

func TestByAPIKeyAndByUserID(t *testing.T) {
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	future := time.Date(2220, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name         string
		change       func(*cloud.User)
		key, token   string // code of the error, "" = resolved
		kind1, kind2 cloud.Kind
	}{
		{"plain", nil, "", "", "", ""},
		{"disabled", func(u *cloud.User) { u.Disabled = true }, "token", "disabled", cloud.Unauthorized, cloud.Forbidden},
		{"key switched off", func(u *cloud.User) { u.APIActive = false }, "token", "", cloud.Unauthorized, ""},
		{"elsewhere", func(u *cloud.User) { u.AllowedIPs = []string{"198.51.100.1"} }, "source", "source", cloud.Forbidden, cloud.Forbidden},
		{"from home", func(u *cloud.User) { u.AllowedIPs = []string{"198.51.100.1", "192.0.2.7"} }, "", "", "", ""},
		{"expired", func(u *cloud.User) { u.Expires = &past }, "token", "expired", cloud.Unauthorized, cloud.Forbidden},
		{"expired administrator", func(u *cloud.User) { u.Expires, u.Administrator = &past, true }, "token", "", cloud.Unauthorized, ""},
		{"expires later", func(u *cloud.User) { u.Expires = &future }, "", "", "", ""},
		{"no role", func(u *cloud.User) { u.RoleID = 0 }, "", "", "", ""},
		{"role gone", func(u *cloud.User) { u.RoleID = 99 }, "", "", "", ""},
	} {
		db, ann := people(t, c.change)
		check := func(how, code string, kind cloud.Kind, a *auth.Actor, err error) {
			t.Helper()
			if code == "" {
				if err != nil || a.User.ID != ann.ID || a.Member.ID != ann.MemberID || a.Site.ID != ann.SiteID || a.Source != home {
					t.Errorf("%s by %s: %+v, %v", c.name, how, a, err)
				} else if want := ann.RoleID != 0 && ann.RoleID != 99; a.Has("servers.create") != want {
					t.Errorf("%s by %s: role %v", c.name, how, a.Role)
				}
				return
			}
			var e *cloud.Error
			if !errors.As(err, &e) || e.Code != code || e.Kind != kind {
				t.Errorf("%s by %s: %v, want %s", c.name, how, err, code)
			}
		}
		a, err := read(t, db, func(tx *store.Tx) (*auth.Actor, error) { return auth.ByAPIKey(tx, annKey, home) })
		check("key", c.key, c.kind1, a, err)
		a, err = read(t, db, func(tx *store.Tx) (*auth.Actor, error) { return auth.ByUserID(tx, ann.ID, home) })
		check("token", c.token, c.kind2, a, err)
	}
}

// What is nobody's is nobody's: other keys, a member's key, ids of nobody.
func TestByAPIKeyUnknown(t *testing.T) {
	db, _ := people(t, func(u *cloud.User) { u.APIKeyHash = nil })
	for _, key := range []string{"", "x", annKey, memberKey, annKey + "0"} {
		a, err := read(t, db, func(tx *store.Tx) (*auth.Actor, error) { return auth.ByAPIKey(tx, key, home) })
		if !cloud.IsKind(err, cloud.Unauthorized) {
			t.Errorf("%q: %+v, %v", key, a, err)
		}
	}
	for _, id := range []int64{0, -1, 77} {
		_, err := read(t, db, func(tx *store.Tx) (*auth.Actor, error) { return auth.ByUserID(tx, id, home) })
		if !cloud.IsKind(err, cloud.Unauthorized) {
			t.Errorf("%d: %v", id, err)
		}
	}
}

func TestLogin(t *testing.T) {
	db, ann := people(t, nil)
	for _, c := range []struct {
		email string
		key   []byte
		found bool
	}{
		{"ann@example.org", auth.APIKeyHash(memberKey), true},
		{" Ann@Example.org ", auth.APIKeyHash(memberKey), true},
		{"ann@example.org", nil, true},
		{"ann@example.org", auth.APIKeyHash(annKey), false},
		{"bob@example.org", auth.APIKeyHash(memberKey), false},
		{"bob@example.org", nil, false},
		{"", nil, false},
		{"%", nil, false},
	} {
		u, err := read(t, db, func(tx *store.Tx) (*cloud.User, error) { return auth.Login(tx, c.email, c.key) })
		if err != nil || (u != nil) != c.found || (u != nil && u.ID != ann.ID) {
			t.Errorf("%q: %+v, %v", c.email, u, err)
		}
	}
	db, _ = people(t, func(u *cloud.User) { u.Email = "" })
	if u, err := read(t, db, func(tx *store.Tx) (*cloud.User, error) { return auth.Login(tx, "", nil) }); u != nil || err != nil {
		t.Errorf("a user without an address logs in: %+v, %v", u, err)
	}
}

func TestSourceAllowed(t *testing.T) {
	for _, c := range []struct {
		list []string
		from string
		ok   bool
	}{
		{nil, "192.0.2.1", true},
		{[]string{"192.0.2.1"}, "192.0.2.1", true},
		{[]string{"192.0.2.1"}, "::ffff:192.0.2.1", true},
		{[]string{"192.0.2.1"}, "192.0.2.2", false},
		{[]string{"192.0.2.0/24"}, "192.0.2.200", true},
		{[]string{"192.0.2.10-192.0.2.20"}, "192.0.2.15", true},
		{[]string{"192.0.2.10 - 192.0.2.20"}, "192.0.2.20", true},
		{[]string{"192.0.2.10-192.0.2.20"}, "192.0.2.21", false},
		{[]string{"2001:db8::/32"}, "2001:db8::1", true},
		{[]string{"fe80::1"}, "fe80::1%eth0", true},
		{[]string{"::-ffff::"}, "192.0.2.1", false},
		{[]string{"nonsense", ""}, "192.0.2.1", false},
	} {
		if got := auth.SourceAllowed(c.list, netip.MustParseAddr(c.from)); got != c.ok {
			t.Errorf("%v from %s: %v", c.list, c.from, got)
		}
	}
}

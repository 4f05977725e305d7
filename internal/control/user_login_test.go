package control_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

var (
	home     = netip.MustParseAddr("192.0.2.1")
	stranger = netip.MustParseAddr("2001:db8::bad")
)

// A stranger who guesses is counted, slowed down and written into the log of the
// member whose user he is after; the user himself logs in meanwhile.
func TestFailedLogins(t *testing.T) {
	r := newRig(t, store.SQLite)
	u, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "ann", Email: "ann@example.org", Password: "right"})
	r.must(err)
	login := func(from netip.Addr, email, password string) error {
		token, err := r.c.Login(t.Context(), email, password, u.MemberKey, from)
		if err == nil && token == "" {
			t.Error("no token")
		}
		return err
	}
	events := func(member int64) []*cloud.Event {
		return find[cloud.Event](r, cloud.Eq("action", "LOGIN"), cloud.Eq("end", true), cloud.Eq("member_id", member))
	}
	for i := range 5 {
		if err := login(stranger, "ann@example.org", "guess"); !cloud.IsKind(err, cloud.Invalid) {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	for _, password := range []string{"guess", "right"} {
		if err := login(stranger, "Ann@example.org", password); !cloud.IsKind(err, cloud.TooMany) {
			t.Errorf("the stranger's next try %q: %v", password, err)
		}
	}
	r.must(login(home, "ann@example.org", "right"))
	list := events(u.MemberID)
	if len(list) != 5 {
		t.Fatalf("%d events of failed logins, want 5", len(list))
	}
	e := list[4]
	if !e.Failed || e.Kind != "user" || e.ObjectID != u.ID ||
		e.UserID != 0 || e.Source != stranger.String() || !strings.Contains(e.Reason, "number 5") {
		t.Errorf("the event says %+v", e)
	}

	// Nobody's address: written down too, for the operator, without what was typed.
	if _, err := r.c.Login(t.Context(), "hunter2", "guess", "", stranger); !cloud.IsKind(err, cloud.Invalid) {
		t.Errorf("nobody: %v", err)
	}
	if list := events(1); len(list) != 1 || list[0].Object != "" || strings.Contains(list[0].Reason, "hunter2") {
		t.Errorf("the operator's log says %+v", list)
	}
}

// Many logins at once are let in a few at a time; those of one source that are
// refused can come back, and nobody's count suffers.
func TestLoginsAtOnce(t *testing.T) {
	r := newRig(t, store.SQLite)
	u, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "ann", Email: "ann@example.org", Password: "right"})
	r.must(err)
	var mu sync.Mutex
	kinds := map[cloud.Kind]int{}
	var all sync.WaitGroup
	for i := range 75 {
		all.Go(func() {
			_, err := r.c.Login(t.Context(), fmt.Sprintf("user%d@example.org", i), "guess", "", stranger)
			mu.Lock()
			defer mu.Unlock()
			kinds[cloud.KindOf(err)]++
		})
	}
	all.Wait()
	if kinds[cloud.Invalid] == 0 || kinds[cloud.Invalid] > 20 || kinds[cloud.Invalid]+kinds[cloud.TooMany] != 75 {
		t.Errorf("75 at once: %v", kinds)
	}
	_, err = r.c.Login(t.Context(), u.Email, "right", u.MemberKey, home)
	r.must(err)
}

// A password is set by name, is void for nobody else, and leaves an event.
func TestSetPassword(t *testing.T) {
	r := newRig(t, store.SQLite)
	u, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "ann", Email: "ann@example.org"})
	r.must(err)
	fits := func(password string) bool {
		_, err := r.c.Login(t.Context(), u.Email, password, u.MemberKey, home)
		return err == nil
	}
	before := len(find[cloud.Event](r, cloud.Eq("kind", "user"), cloud.Eq("action", "UPDATE"), cloud.Eq("object_id", u.ID)))
	if _, got, err := r.c.SetPassword(t.Context(), "Acme/ann", "long enough"); err != nil || got != "long enough" {
		t.Fatalf("%q, %v", got, err)
	}
	if fits(u.Password) || !fits("long enough") {
		t.Error("the old password fits, or the new one does not")
	}
	who, made, err := r.c.SetPassword(t.Context(), "ann@example.org", "")
	r.must(err)
	if who.ID != u.ID || len(made) < 12 || !fits(made) {
		t.Errorf("a made one: %q", made)
	}
	// Two lines each.
	if n := len(find[cloud.Event](r, cloud.Eq("kind", "user"), cloud.Eq("action", "UPDATE"), cloud.Eq("object_id", u.ID))); n != before+4 {
		t.Errorf("%d lines of events, want 4", n-before)
	}
	for _, c := range []struct{ user, password, code string }{
		{"nobody", "", "user.missing"},
		{"Acme/alice", "", "user.email"},
		{"Acme/ann", "short", "password.length"},
		{"Acme/ann", strings.Repeat("x", 1025), "password.length"},
		{"Acme/ann", "two\nlines", "password.text"},
	} {
		var e *cloud.Error
		if _, _, err := r.c.SetPassword(t.Context(), c.user, c.password); !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("%s %.10q: %v, want %s", c.user, c.password, err, c.code)
		}
	}
	if !fits(made) {
		t.Error("a refused verb changed the password")
	}
}

// What the first start made is told until somebody says that it was.
func TestOperatorsFirstPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		for range 2 {
			cred, err := r.c.Setup(t.Context(), control.SetupIn{})
			r.must(err)
			if !cred.First || cred.Password != "operator" {
				t.Fatalf("not told yet: %+v", cred)
			}
		}
		if rows := find[cloud.Setting](r); len(rows) != 1 || strings.Contains(rows[0].Value, "operator") {
			t.Errorf("kept in clear: %+v", rows)
		}
		r.must(r.c.CredentialsTold(t.Context()))
		r.must(r.c.CredentialsTold(t.Context()))
		for kept, want := range map[string]string{"": "", "wrong": "", "operator": "operator"} {
			cred, err := r.c.Setup(t.Context(), control.SetupIn{Kept: kept})
			r.must(err)
			if cred.First || cred.Password != want || cred.Token == "" {
				t.Errorf("kept %q: %+v", kept, cred)
			}
		}
	})
}

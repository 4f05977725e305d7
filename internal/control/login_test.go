package control_test

import (
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
	if !e.Failed || e.Kind != "user" || e.ObjectID != u.ID || e.UserID != 0 || e.Source != stranger.String() || !strings.Contains(e.Reason, "number 5") {
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

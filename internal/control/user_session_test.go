package control_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// What ends a session, and what does not.
func TestSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "ann", Email: "ann@example.org", Password: "long enough"})
		r.must(err)
		login := func() string {
			t.Helper()
			token, err := r.c.Login(t.Context(), u.Email, "long enough", u.MemberKey, home)
			r.must(err)
			return token
		}
		enters := func(token string) error { _, err := r.c.ActorByToken(t.Context(), token, home); return err }
		byKey := func(key string) error { _, err := r.c.ActorByKey(t.Context(), key, home); return err }
		for name, c := range map[string]struct {
			verb         func() error
			session, key bool // still good afterwards
		}{
			"nothing":      {func() error { return nil }, true, true},
			"end sessions": {func() error { _, err := r.c.EndSessions(t.Context(), "Acme/ann"); return err }, false, true},
			"password":     {func() error { _, _, err := r.c.SetPassword(t.Context(), "Acme/ann", "long enough"); return err }, false, true},
			"disable":      {func() error { _, err := r.c.DisableUser(t.Context(), "Acme/ann", true); return err }, false, false},
			"disable and enable": {func() error {
				_, err := r.c.DisableUser(t.Context(), "Acme/ann", true)
				r.must(err)
				_, err = r.c.EnableUser(t.Context(), "Acme/ann")
				return err
			}, false, true},
		} {
			token := login()
			a, err := r.c.ActorByToken(t.Context(), token, home)
			r.must(err)
			r.must(c.verb())
			if (enters(token) == nil) != c.session {
				t.Errorf("%s: the session: %v", name, enters(token))
			}
			if _, err := r.c.ActorBySession(t.Context(), a.Session, home); (err == nil) != c.session {
				t.Errorf("%s: an open stream: %v", name, err)
			}
			if (byKey(u.Token) == nil) != c.key {
				t.Errorf("%s: the key: %v", name, byKey(u.Token))
			}
			_, err = r.c.EnableUser(t.Context(), "Acme/ann")
			r.must(err)
			r.must(enters(login()))
		}
		if n := len(find[cloud.Event](r, cloud.Eq("action", "END_SESSIONS"), cloud.Eq("end", true), cloud.Eq("object_id", u.ID))); n != 1 {
			t.Errorf("%d events of ended sessions", n)
		}
		if _, err := r.c.DisableUser(t.Context(), "nobody", true); !cloud.IsKind(err, cloud.NotFound) {
			t.Errorf("nobody: %v", err)
		}
	})
}

// A token that is renewed again and again ends a day after the login.
func TestRenewalsEnd(t *testing.T) {
	r := newRig(t, store.SQLite)
	u, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "ann", Email: "ann@example.org", Password: "long enough"})
	r.must(err)
	token, err := r.c.Login(t.Context(), u.Email, "long enough", u.MemberKey, home)
	r.must(err)
	begin := r.now
	for {
		r.now = r.now.Add(auth.RenewLifetime - time.Minute)
		a, err := r.c.ActorByToken(t.Context(), token, home)
		if err != nil {
			break
		}
		if token, err = r.c.RenewToken(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		if r.now.Sub(begin) > 2*auth.SessionLifetime {
			t.Fatal("it can be renewed for ever")
		}
	}
	if lived := r.now.Sub(begin); lived < auth.SessionLifetime-auth.RenewLifetime {
		t.Errorf("it could be renewed for %v only", lived)
	}
}

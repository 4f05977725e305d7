package admin_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/store"
)

// ask sends a verb to the socket's handler.
func (r *rig) ask(method, path, body string, out any) int {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.admin.Handler().ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	if out != nil && w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			r.t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
		}
	}
	return w.Code
}

func TestUsersAndTokens(t *testing.T) {
	r := newRig(t)
	var u admin.NewUser
	if got := r.ask("POST", "/users", `{"member":"Acme","name":"ann","email":"ann@acme.example","new_member":true}`,
		&u); got != 200 || u.Token == "" || u.Password == "" || u.MemberKey == "" {
		t.Fatalf("%d %+v", got, u)
	}
	if got := r.ask("POST", "/users", `{"member":"Acme","name":"ANN"}`, nil); got != 409 {
		t.Errorf("taken name: %d", got)
	}
	if got := r.ask("POST", "/users", `{"name":"x","shoe":1}`, nil); got != 400 {
		t.Errorf("unknown field: %d", got)
	}
	a, err := r.ctl.ActorByKey(t.Context(), u.Token, addr("127.0.0.1"))
	if err != nil || !a.User.Administrator || !a.Has("servers.create") {
		t.Fatalf("%+v %v", a, err)
	}
	var fresh admin.Token
	if got := r.ask("POST", "/users/token", `{"user":"Acme/ann"}`, &fresh); got != 200 || fresh.Token == u.Token {
		t.Fatalf("%d %+v", got, fresh)
	}
	if _, err := r.ctl.ActorByKey(t.Context(), u.Token, addr("127.0.0.1")); !cloud.IsKind(err, cloud.Unauthorized) {
		t.Errorf("the old token still works: %v", err)
	}
	if _, err := r.ctl.ActorByKey(t.Context(), fresh.Token, addr("127.0.0.1")); err != nil {
		t.Errorf("the new one does not: %v", err)
	}
	if got := r.ask("POST", "/users/token", `{"user":"nobody"}`, nil); got != 404 {
		t.Errorf("nobody: %d", got)
	}
}

func TestHostsAndPools(t *testing.T) {
	r := newRig(t)
	var tok admin.JoinToken
	if got := r.ask("POST", "/hosts", `{"name":"a"}`, &tok); got != 200 || tok.Token == "" {
		t.Fatalf("%d %+v", got, tok)
	}
	var list []admin.Host
	if r.ask("GET", "/hosts", "", &list); len(list) != 1 || list[0].State != "new" {
		t.Fatalf("%+v", list)
	}
	// Something waits for it, and somebody is told so.
	var router cloud.Router
	r.write(func(tx *store.Tx) error {
		p := &cloud.Project{MemberID: 1, SiteID: 1, RegionID: r.cred.RegionID, Name: "waiting"}
		if err := store.Insert(tx, p); err != nil {
			return err
		}
		router = cloud.Router{ProjectID: p.ID, RegionID: p.RegionID, HostID: list[0].ID}
		router.Begin(cloud.Create, 7, tx.Now())
		return store.Insert(tx, &router)
	})
	var wrong []httpd.Finding
	r.ask("GET", "/doctor", "", &wrong)
	if !slices.ContainsFunc(wrong, func(f httpd.Finding) bool {
		return f.Check == "waits" && strings.Contains(f.What, "waiting") && strings.Contains(f.What, "since") && f.Fix != ""
	}) {
		t.Errorf("the doctor says %+v", wrong)
	}
	r.write(func(tx *store.Tx) error { return store.Delete[cloud.Router](tx, router.ID) })
	if got := r.ask("POST", "/hosts/a/lost", "", nil); got != 200 {
		t.Fatal(got)
	}
	if r.ask("GET", "/hosts", "", &list); list[0].State != "lost" {
		t.Errorf("%+v", list)
	}
	for _, c := range []struct {
		body string
		want int
	}{
		{`{"range":"203.0.114.0/24"}`, 200},
		{`{"range":"203.0.114.0/25"}`, 409},
		{`{"range":"x"}`, 400},
		{`{"range":"203.0.115.0/24","region":"XX"}`, 404},
	} {
		if got := r.ask("POST", "/pools", c.body, nil); got != c.want {
			t.Errorf("%s: %d, want %d", c.body, got, c.want)
		}
	}
}

func TestRegions(t *testing.T) {
	r := newRig(t)
	var made admin.Region
	if got := r.ask("POST", "/regions", `{"name":"paris","country":"FR","range":"203.0.114.0/24"}`,
		&made); got != 200 || made.Name != "paris" || made.Country != "FR" || made.UID == "" {
		t.Fatalf("%d %+v", got, made)
	}
	for body, want := range map[string]int{
		`{"name":"Paris","country":"FR","range":"203.0.115.0/24"}`: 409,
		`{"name":"rome","country":"IT","range":"203.0.114.0/25"}`:  409,
		`{"name":"rome","range":"203.0.115.0/24"}`:                 400,
		`{"name":"rome","country":"IT"}`:                           400,
		`{"name":"rome","land":"IT"}`:                              400,
	} {
		if got := r.ask("POST", "/regions", body, nil); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
	var list []admin.Region
	if r.ask("GET", "/regions", "", &list); len(list) < 2 || list[len(list)-1].ID != made.ID {
		t.Errorf("%+v", list)
	}
	if got := r.ask("POST", "/hosts", `{"name":"louvre","region":"paris"}`, nil); got != 200 {
		t.Errorf("a host there: %d", got)
	}
}

// A host with servers stays; without any it is forgotten and its name is free.
func TestRemoveHost(t *testing.T) {
	r := newRig(t)
	var list []admin.Host
	r.ask("POST", "/hosts", `{"name":"a"}`, nil)
	r.ask("GET", "/hosts", "", &list)
	s := &cloud.Server{MemberID: 1, SiteID: 1, Name: "web", HostID: list[0].ID}
	r.write(func(tx *store.Tx) error { return store.Insert(tx, s) })
	if got := r.ask("POST", "/hosts/a/remove", "", nil); got != 409 {
		t.Errorf("with a server on it: %d", got)
	}
	r.write(func(tx *store.Tx) error { return store.Delete[cloud.Server](tx, s.ID) })
	if got := r.ask("POST", "/hosts/a/remove", "", nil); got != 200 {
		t.Errorf("empty: %d", got)
	}
	if r.ask("GET", "/hosts", "", &list); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	if a, b := r.ask("POST", "/hosts/a/remove", "", nil), r.ask("POST", "/hosts", `{"name":"a"}`, nil); a != 404 || b != 200 {
		t.Errorf("again %d, a new one of the name %d", a, b)
	}
}

func TestDoctorFindsWhatIsLeft(t *testing.T) {
	r := newRig(t)
	var list []httpd.Finding
	if r.ask("GET", "/doctor", "", &list); len(list) != 0 {
		t.Fatalf("a fresh installation: %+v", list)
	}
	r.write(func(tx *store.Tx) error {
		if err := store.Insert(tx, &cloud.IP{Kind: cloud.PublicIP, Addr: addr("198.18.0.7"), ServerID: 77}); err != nil {
			return err
		}
		if err := store.Insert(tx, &cloud.Volume{Kind: cloud.DiskVolume, ServerID: 77, Name: "main"}); err != nil {
			return err
		}
		s := &cloud.Server{MemberID: 1, SiteID: 1, Name: "stuck"}
		s.EventID = 5
		return store.Insert(tx, s)
	})
	r.ask("GET", "/doctor", "", &list)
	found := map[string]bool{}
	for _, f := range list {
		found[f.Check] = true
	}
	for _, want := range []string{"address of a removed server", "disk of a removed server", "operation that nobody works on"} {
		if !found[want] {
			t.Errorf("not found: %s in %+v", want, list)
		}
	}
	if got := r.ask("POST", "/orphans/9/remove", "", nil); got != 404 {
		t.Errorf("no such orphan: %d", got)
	}
}

func TestBackup(t *testing.T) {
	r := newRig(t)
	path := filepath.Join(t.TempDir(), "b.db")
	var b admin.BackedUp
	if got := r.ask("POST", "/backup", `{"path":"`+path+`"}`, &b); got != 200 || b.Bytes == 0 {
		t.Fatalf("%d %+v", got, b)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", st, err)
	}
	for _, bad := range []string{"b.db", "/nowhere/at/all/b.db"} {
		if got := r.ask("POST", "/backup", `{"path":"`+bad+`"}`, nil); got != 400 {
			t.Errorf("%s: %d", bad, got)
		}
	}
}

func TestImageComesAgain(t *testing.T) {
	r := newRig(t)
	in := cloud.Image{Kind: cloud.ISOImage, Name: "disc", Digest: strings.Repeat("ab", 32), Public: true}
	for range 2 {
		if _, err := r.ctl.AddImage(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		var list []admin.Image
		if r.ask("GET", "/images", "", &list); len(list) != 1 {
			t.Fatalf("%+v", list)
		}
		if got := r.ask("DELETE", "/images/disc", "", nil); got != 200 {
			t.Fatal(got)
		}
	}
	if got := r.ask("DELETE", "/images/disc", "", nil); got != 404 {
		t.Errorf("twice: %d", got)
	}
	if got := r.ask("POST", "/images", `{"path":"rel"}`, nil); got != 400 {
		t.Errorf("relative: %d", got)
	}
}

// A machine that is up is not put out by asking for a token, and one that is part
// of a control node by nothing.
func TestTokenForAHostThatIsUp(t *testing.T) {
	r := newRig(t)
	if got := r.ask("POST", "/hosts", `{"name":"a"}`, nil); got != 200 {
		t.Fatal(got)
	}
	if got := r.ask("POST", "/hosts", `{"name":"a"}`, nil); got != 200 {
		t.Errorf("a second token for a host that never spoke: %d", got)
	}
	var list []admin.Host
	r.ask("GET", "/hosts", "", &list)
	hear := func(ago time.Duration) {
		t.Helper()
		r.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO link (host, session, seen) VALUES ($1, 1, $2)
				ON CONFLICT (host) DO UPDATE SET seen = excluded.seen`, list[0].ID, tx.Now().Add(-ago))
			return err
		})
	}
	hear(3 * time.Second)
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"/hosts", `{"name":"a"}`, 409},
		{"/hosts", `{"name":"a","replace":true}`, 200},
		{"/hosts/a/moved", "", 409},
	} {
		if got := r.ask("POST", c.path, c.body, nil); got != c.want {
			t.Errorf("%s %s while it is up: %d, want %d", c.path, c.body, got, c.want)
		}
	}
	hear(time.Hour)
	for path, body := range map[string]string{"/hosts": `{"name":"a"}`, "/hosts/a/moved": ""} {
		if got := r.ask("POST", path, body, nil); got != 200 {
			t.Errorf("%s while it is away: %d", path, got)
		}
	}
	if _, err := r.ctl.OwnHost(t.Context(), cloud.Host{RegionID: r.cred.RegionID, Name: "b", Node: "0123456789abcdef"}, false); err != nil {
		t.Fatal(err)
	}
	if got := r.ask("POST", "/hosts", `{"name":"b","replace":true}`, nil); got != 409 {
		t.Errorf("a token for a part of a control node: %d", got)
	}
}

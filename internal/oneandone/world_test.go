package oneandone

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
	"github.com/virga-cloud/virga/internal/wire/contract"
)

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if code == 0 && everyTest() {
		code = answered.judge()
	}
	os.Exit(code)
}

// world is the dialect over a real control and a SQLite store, with the contract
// watched. Nobody carries out orders except settle.
type world struct {
	t      testing.TB
	db     *store.DB
	opened store.Options
	c      *control.Control
	h      *Handler
	served http.Handler // h under the eyes of the contract

	mu  sync.Mutex
	now time.Time

	member, other        *cloud.Member
	region, spain, robot *cloud.Site
	role                 *cloud.Role
	users                map[string]*cloud.User // by API key
	offices              map[int64]*cloud.Site  // by member
	linux, small, dvd    *cloud.Image
	flavor, metal        *cloud.Flavor
	policy               *cloud.Policy
}

// Keys of the users that every world has.
const (
	adminKey  = "11111111111111111111111111111111" // every flag
	readerKey = "22222222222222222222222222222222" // may only look
	otherKey  = "33333333333333333333333333333333" // of another member
	noRoleKey = "44444444444444444444444444444444"
)

type option func(*control.Options, *Options)

func newWorld(t testing.TB, options ...option) *world { return newWorldOn(t, store.SQLite, options...) }

// engines are the databases that lists must be alike on.
var engines = []store.Engine{store.SQLite, store.Postgres}

func newWorldOn(t testing.TB, engine store.Engine, options ...option) *world {
	t.Helper()
	w := &world{
		t: t, now: time.Date(2026, 3, 4, 5, 6, 7, 890_000_000, time.UTC), users: map[string]*cloud.User{}, offices: map[int64]*cloud.Site{},
	}
	so := store.Options{Now: w.clock, NoSync: true}
	if engine == store.Postgres {
		so.DSN = pgtest.New(t)
	} else {
		so.Path = filepath.Join(t.TempDir(), "db")
	}
	w.opened = so
	db, err := store.Open(t.Context(), so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w.db = db
	seal, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	co := control.Options{DB: db, Seal: seal, Rand: rand.Reader, Log: log, Fake: true}
	oo := Options{Now: w.clock, Log: log, Rate: -1}
	for _, o := range options {
		o(&co, &oo)
	}
	w.c = control.New(co)
	w.h = New(w.c, oo)
	doc, err := contract.OneAndOne()
	if err != nil {
		t.Fatal(err)
	}
	w.served = contract.Watch(doc, w.h.Resolve, w.violated, w.h)
	w.seed()
	return w
}

// violated fails the test.
func (w *world) violated(v contract.Violation) { w.t.Errorf("%s", v) }

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func insert[T any](w *world, row *T) *T {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { return store.Insert(tx, row) })
	return row
}

func uid(s string) cloud.Meta {
	u, ok := cloud.ParseUID(s)
	if !ok {
		panic(s)
	}
	return cloud.Meta{UID: u}
}

func (w *world) seed() {
	operator := insert(w, &cloud.Member{Name: "Operator", APIKeyHash: []byte("operator")})
	w.member, w.other = insert(w, &cloud.Member{Name: "Acme", APIKeyHash: []byte("acme")}),
		insert(w, &cloud.Member{Name: "Other", APIKeyHash: []byte("other")})
	w.region = insert(w, &cloud.Site{
		Meta: uid("908DC2072407C94C8054610AD5A53B8C"), MemberID: operator.ID, Name: "US",
		CloudRegion: true, Country: "US", Location: "United States of America", DefaultFor: true, Driver: "virga", Inside: "100.64.0.0/16",
	})
	w.spain = insert(w, &cloud.Site{
		Meta:     uid("81DEF28500FBC2A973FC0C620DF5B721"),
		MemberID: operator.ID, Name: "ES", CloudRegion: true, Country: "ES", Location: "Spain", Driver: "virga", Inside: "100.64.0.0/16",
	})
	w.robot = insert(w, &cloud.Site{MemberID: operator.ID, Name: "Robot", CloudRegion: true, Country: "IE", Location: "Cork", Driver: "robot"})
	for i, r := range []*cloud.Site{w.region, w.spain} {
		insert(w, &cloud.Host{
			RegionID: r.ID, Name: "host-" + r.Name, State: cloud.HostUp,
			Enabled: true, Fake: true, ServerType: 2, StorageType: 2, VCPU: 8000, Cores: 1000, RAM: 8 << 20, DiskGB: 1 << 20,
		})
		prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, byte(i * 64), 0}), 18)
		insert(w, &cloud.Subnet{RegionID: r.ID, Name: "pool", Text: prefix.String(), Prefix: prefix, Gateway: prefix.Addr().Next(), Pool: true})
	}
	w.role = insert(w, &cloud.Role{Name: "all", Flags: auth.AllFlags()})
	reader := insert(w, &cloud.Role{Name: "read", Flags: auth.ReadFlags()})
	for _, u := range []struct {
		key    string
		member *cloud.Member
		role   int64
	}{{adminKey, w.member, w.role.ID}, {readerKey, w.member, reader.ID}, {otherKey, w.other, w.role.ID}, {noRoleKey, w.member, 0}} {
		w.users[u.key] = w.user(u.key, u.member, u.role)
	}
	w.policy = insert(w, &cloud.Policy{MemberID: operator.ID, Name: "Linux", Default: true, Family: "Linux"})
	insert(w, &cloud.Policy{MemberID: operator.ID, Name: "Windows", Default: true, Family: "Windows"})
	w.linux = insert(w,
		&cloud.Image{
			Kind: cloud.Appliance, Name: "centos7-64min", Family: "Linux", OS: "Centos", OSVersion: "7", Architecture: 64,
			ImageType: "MINIMAL", Type: "IMAGE", Compatible: []string{"cloud"}, MinGB: 30, Public: true, ServerType: 2, CloudInit: true,
		})
	w.small = insert(w, &cloud.Image{
		Kind: cloud.Appliance, Name: "tiny", Family: "Linux",
		OS: "Tiny", Type: "APPLICATION", MinGB: 20, Public: true, ServerType: 2, CloudInit: true, Regions: []int64{w.region.ID},
	})
	w.dvd = insert(w, &cloud.Image{Kind: cloud.ISOImage, Name: "centos 6 dvd", Family: "Linux", OS: "Centos", Type: "OS", Public: true})
	w.flavor = insert(w,
		&cloud.Flavor{Meta: uid("81504C620D98BCEBAA5202D145203B4B"), Kind: fixed, Name: "L", VCPU: 2, Cores: 1, RAM: 2048, DiskGB: 80})
	w.metal = insert(w, &cloud.Flavor{
		Meta: uid("81504C620D98BCEBAA5202D145203B4B"), Kind: baremetal, Name: "BMC_L", VCPU: 4, Cores: 4, RAM: 32768, DiskGB: 1600,
	})
}

func (w *world) user(key string, m *cloud.Member, role int64) *cloud.User {
	site := w.offices[m.ID]
	if site == nil {
		site = insert(w, &cloud.Site{MemberID: m.ID, Name: m.Name + " office"})
		w.offices[m.ID] = site
	}
	return insert(w,
		&cloud.User{MemberID: m.ID, SiteID: site.ID, Name: "user-" + key[:2], RoleID: role, APIActive: true, APIKeyHash: auth.APIKeyHash(key)})
}

// reply is an answer in full.
type reply struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
}

// call sends one request as the admin. body may be nil, text, bytes or a value.
func (w *world) call(method, path string, body any) reply {
	w.t.Helper()
	return w.as(adminKey, method, path, body)
}

func (w *world) as(key, method, path string, body any, headers ...string) reply {
	w.t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	case []byte:
		raw = b
	default:
		var err error
		if raw, err = json.Marshal(b); err != nil {
			w.t.Fatal(err)
		}
	}
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(raw)
	}
	req := httptest.NewRequest(method, Base+path, in)
	if key != "" {
		req.Header.Set("X-TOKEN", key)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	op := w.h.Resolve(req).Op.ID
	w.served.ServeHTTP(rec, req)
	answered.note(op, rec.Code)
	return reply{w.t, method + " " + path, rec.Code, rec.Header(), rec.Body.Bytes()}
}

// want checks the status.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: status %d, want %d: %s", r.what, r.status, status, r.body)
	}
	return r
}

// fails checks status and type of an error, and that its message has a text.
func (r reply) fails(status int, kind, text string) oneandone.Error {
	r.t.Helper()
	r.want(status)
	e := parse[oneandone.Error](r)
	all := e.Message
	if e.Errors != nil {
		all += " " + *e.Errors
	}
	if e.Type != kind || !strings.Contains(all, text) {
		r.t.Fatalf("%s: error %+v (%s), want type %s and text %q", r.what, e, all, kind, text)
	}
	return e
}

func parse[T any](r reply) T {
	r.t.Helper()
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		r.t.Fatalf("%s: %v: %s", r.what, err, r.body)
	}
	return v
}

// create makes a server and lets it become ready.
func (w *world) create(name string, change ...func(map[string]any)) oneandone.Server {
	w.t.Helper()
	body := w.serverBody(name)
	for _, c := range change {
		c(body)
	}
	s := parse[oneandone.Server](w.call("POST", "/servers", body).want(202))
	w.settle()
	return w.get(s.ID)
}

func (w *world) serverBody(name string) map[string]any {
	return map[string]any{
		"name": name, "appliance_id": w.linux.UID.String(),
		"hardware": map[string]any{"vcore": 2, "cores_per_processor": 1, "ram": 2.5, "hdds": []any{map[string]any{"size": 40, "is_main": true}}},
	}
}

func (w *world) get(id string) oneandone.Server {
	w.t.Helper()
	return parse[oneandone.Server](w.call("GET", "/servers/"+id, nil).want(200))
}

// settle does what hosts and reconciler do with everything that is ordered.
func (w *world) settle() {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		if err := carryOutPolicies(tx); err != nil {
			return err
		}
		leaving := cloud.Sub{Kind: "ip", Column: "server_id", Where: cloud.Ne("leaving", "")}
		servers, err := store.Find[cloud.Server](tx, cloud.Where(cloud.Or(cloud.Ne("event_id", int64(0)), cloud.In("id", leaving))))
		if err != nil {
			return err
		}
		for _, s := range servers {
			if err := carryOut(tx, s); err != nil {
				return err
			}
		}
		gone, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("removing", true), cloud.Ne("event_id", int64(0))))
		if err != nil {
			return err
		}
		for _, n := range gone {
			start, err := store.First[cloud.Event](tx, cloud.Where(cloud.Eq("id", n.EventID)))
			if err != nil {
				return err
			}
			end := *start
			end.ID, end.End = 0, true
			if err := store.Insert(tx, &end); err != nil {
				return err
			}
			if err := store.CloseSubnet(tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// carryOutPolicies does what hosts do with policies and with what is bound to them.
func carryOutPolicies(tx *store.Tx) error {
	rebound, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("rebound", true)))
	if err != nil {
		return err
	}
	for _, ip := range rebound {
		ip.Rebound, ip.SeenPolicyID = false, 0
		if err := store.Update(tx, ip); err != nil {
			return err
		}
	}
	policies, err := store.Find[cloud.Policy](tx, cloud.Query{})
	if err != nil {
		return err
	}
	for _, p := range policies {
		if p.Since == nil {
			continue
		}
		for _, id := range p.Events {
			start, err := store.First[cloud.Event](tx, cloud.Where(cloud.Eq("id", id)))
			if err != nil {
				return err
			}
			end := *start
			end.ID, end.End, end.At = 0, true, tx.Now()
			if err := store.Insert(tx, &end); err != nil {
				return err
			}
		}
		if p.Since, p.Events = nil, nil; p.Removing {
			now := tx.Now()
			p.Closed = &now
		}
		if err := store.Update(tx, p); err != nil {
			return err
		}
	}
	return nil
}

func carryOut(tx *store.Tx, s *cloud.Server) error {
	if s.EventID != 0 {
		start, err := store.First[cloud.Event](tx, cloud.Where(cloud.Eq("id", s.EventID)))
		if err != nil {
			return err
		}
		end := *start
		end.ID, end.End, end.At = 0, true, tx.Now()
		if err := store.Insert(tx, &end); err != nil {
			return err
		}
	}
	now := tx.Now()
	s.EventID, s.Built, s.SeenOn, s.CloneOf = 0, true, s.On, 0
	s.SeenVCPU, s.SeenCores, s.SeenRAM, s.SeenBoot, s.SeenImageID, s.SeenDVDID, s.SeenFlavorID = s.VCPU, s.Cores,
		s.RAM, s.Boot, s.ImageID, s.DVDID, s.FlavorID
	if s.Remove == cloud.Now {
		s.Closed = &now
	}
	of := cloud.Where(cloud.Eq("server_id", s.ID))
	volumes, err := store.Find[cloud.Volume](tx, of)
	if err != nil {
		return err
	}
	for _, v := range volumes {
		v.SeenGB, v.SeenLayer = v.SizeGB, v.Layer
		if s.Closed != nil || v.Remove == cloud.Now {
			v.Closed = &now
		}
		if err := store.Update(tx, v); err != nil {
			return err
		}
	}
	snaps, err := store.Find[cloud.Snapshot](tx, of)
	if err != nil {
		return err
	}
	for _, n := range snaps {
		n.Made = true
		if s.Closed != nil || n.Removing || n.Hidden {
			n.Closed = &now
		}
		if err := store.Update(tx, n); err != nil {
			return err
		}
	}
	if err := carryOutCards(tx, s, of); err != nil {
		return err
	}
	if err := carryOutIPs(tx, s, of); err != nil {
		return err
	}
	return store.Update(tx, s)
}

func carryOutCards(tx *store.Tx, s *cloud.Server, of cloud.Query) error {
	cards, err := store.Find[cloud.NIC](tx, of)
	if err != nil {
		return err
	}
	now := tx.Now()
	for _, n := range cards {
		n.Built = true
		if n.Removing || s.Closed != nil {
			n.Closed = &now
			ip, err := store.First[cloud.IP](tx, cloud.Where(cloud.Eq("nic_id", n.ID), cloud.Eq("kind", string(cloud.PrivateIP))))
			if err != nil {
				return err
			}
			n.Had = ip.Addr.String()
			if err := store.ReleaseIP(tx, ip); err != nil {
				return err
			}
		}
		if err := store.Update(tx, n); err != nil {
			return err
		}
	}
	return nil
}

func carryOutIPs(tx *store.Tx, s *cloud.Server, of cloud.Query) error {
	ips, err := store.Find[cloud.IP](tx, of)
	if err != nil {
		return err
	}
	for _, ip := range ips {
		switch {
		case ip.Leaving == "keep":
			ip.ServerID, ip.NICID, ip.PrivateID, ip.Leaving, ip.PolicyID = 0, 0, 0, "", 0
			err = store.Update(tx, ip)
		case ip.Leaving == "free", s.Closed != nil:
			err = store.ReleaseIP(tx, ip)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// client is the generated Go client on a real connection.
func (w *world) client(key string) *oneandone.Client {
	srv := httptest.NewServer(w.served)
	w.t.Cleanup(srv.Close)
	return &oneandone.Client{Base: srv.URL + Base, Token: key, Poll: time.Millisecond}
}

// quiet sends a request past the watcher, for measurements.
func (w *world) quiet(method, path string) {
	w.t.Helper()
	req := httptest.NewRequest(method, Base+path, nil)
	req.Header.Set("X-TOKEN", adminKey)
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		w.t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
}

// nowhere is a source address for calls without a connection.
var nowhere = netip.MustParseAddr("192.0.2.1")

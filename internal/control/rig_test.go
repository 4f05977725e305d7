package control_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// engines are the databases that the rules must hold on.
var engines = []store.Engine{store.SQLite, store.Postgres}

// onBoth runs a test on both engines, each with a cloud of its own.
func onBoth(t *testing.T, fn func(t *testing.T, r *rig)) {
	t.Helper()
	for _, e := range engines {
		t.Run(string(e), func(t *testing.T) { fn(t, newRig(t, e)) })
	}
}

// rig is control over a store. Nobody carries out orders: land plays that a
// host has.
type rig struct {
	testing.TB
	db    *store.DB
	c     *control.Control
	alice *control.Call // full role, 1&1
	bob   *control.Call // another member, 1&1
	hosts []*cloud.Host
	image *cloud.Image
	other *cloud.Image
	iso   *cloud.Image
	pool  string

	mu  sync.Mutex
	now time.Time
}

// signing is shared: an RSA key takes longer to make than a test to run.
var signing = sync.OnceValue(func() *auth.Tokens {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return auth.NewTokens(key)
})

// small are limits that no test meets by accident.
var small = cloud.Limits{
	NameMax: 64, VCPUMin: 1, VCPUMax: 16, RAMMin: 512, RAMMax: 64 << 10,
	RAMStep: 512, DiskMin: 10, DiskMax: 500, DiskStep: 10, Description: 20,
}

const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPKH8EgAcnYYXM3jmuTG9wnRyD/xoqD6h3WGGP8JlRn test@virga"

func newRig(t testing.TB, engine store.Engine) *rig { return newRigWith(t, engine, "198.18.0.0/16") }

func newRigWith(t testing.TB, engine store.Engine, pool string) *rig {
	t.Helper()
	r := &rig{TB: t, now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), pool: pool}
	opt := store.Options{Now: r.clock, NoSync: true}
	if engine == store.Postgres {
		opt.DSN = pgtest.New(t)
	} else {
		opt.Path = filepath.Join(t.TempDir(), "db")
	}
	var err error
	if r.db, err = store.Open(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
	})
	seal, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	r.must(err)
	r.c = control.New(control.Options{DB: r.db, Seal: seal, Tokens: signing(), Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	_, err = r.c.Setup(t.Context(), control.SetupIn{Password: "operator", Pool: pool, Inside: "100.64.0.0/16"})
	r.must(err)
	for i := range 2 {
		h, err := r.c.PutHost(t.Context(), cloud.Host{
			Name: fmt.Sprintf("h%d", i+1), ServerType: 2, StorageType: 2, Cores: 256, RAM: 1 << 21, DiskGB: 100_000,
			Underlay: fmt.Sprintf("192.0.2.%d", i+1), UnderlayMTU: 1500,
		})
		r.must(err)
		r.hosts = append(r.hosts, h)
	}
	add := func(kind cloud.ImageKind, name string) *cloud.Image {
		img, err := r.c.AddImage(t.Context(), cloud.Image{
			Kind: kind, Name: name, Family: "Linux", Public: true, MinGB: 10,
			CloudInit: kind != cloud.ISOImage, MultipleIPs: true, ServerType: 2, Digest: fmt.Sprintf("%064x", len(name)),
		})
		r.must(err)
		return img
	}
	r.image, r.other, r.iso = add(cloud.Appliance, "tiny"), add(cloud.Appliance, "debian"), add(cloud.ISOImage, "rescue.iso")
	r.alice, r.bob = r.user("Acme", "alice"), r.user("Blue", "bob")
	return r
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// user makes a user of a member and gives calls as in the 1&1 dialect.
func (r *rig) user(member, name string) *control.Call {
	r.Helper()
	u, err := r.c.AddUser(r.Context(), control.NewUserIn{Member: member, Name: name})
	r.must(err)
	return &control.Call{Actor: r.actor(u.ID), Confined: true, Dialect: "oneandone", Method: "POST", Path: "/x"}
}

// operator is user 1 in the 1&1 dialect.
func (r *rig) operator() *control.Call {
	return &control.Call{Actor: r.actor(1), Confined: true, Dialect: "oneandone", Method: "POST", Path: "/x"}
}

func (r *rig) actor(user int64) (a *auth.Actor) {
	r.Helper()
	r.read(func(tx *store.Tx) (err error) {
		a, err = auth.ByUserID(tx, user, a0)
		return err
	})
	return a
}

// open is the call of the same user in the CloudCIX dialect.
func openly(call *control.Call) *control.Call {
	c := *call
	c.Confined, c.Dialect = false, "cloudcix"
	return &c
}

func (r *rig) write(fn func(tx *store.Tx) error) {
	r.Helper()
	r.must(r.db.Write(r.Context(), fn))
}

func (r *rig) read(fn func(tx *store.Tx) error) {
	r.Helper()
	r.must(r.db.Read(r.Context(), fn))
}

func get[T any](r *rig, id int64) (row *T) {
	r.Helper()
	r.read(func(tx *store.Tx) (err error) { row, err = store.GetAny[T](tx, id); return err })
	return row
}

func find[T any](r *rig, where ...cloud.Cond) (rows []*T) {
	r.Helper()
	r.read(func(tx *store.Tx) (err error) {
		rows, err = store.Find[T](tx, cloud.Where(where...).By("id"))
		return err
	})
	return rows
}

// change edits a row behind everybody's back.
func change[T any](r *rig, id int64, fn func(*T)) {
	r.Helper()
	r.write(func(tx *store.Tx) error {
		row, err := store.GetAny[T](tx, id)
		if err != nil {
			return err
		}
		fn(row)
		return store.Update(tx, row)
	})
}

// keep is a dialect that hands out results as they are.
func keep[T any](into *T) control.Answer[T] {
	return func(_ *control.Txn, v T) (int, any, error) {
		*into = v
		return 202, nil, nil
	}
}

func like(name string) control.CreateServerIn {
	return control.CreateServerIn{
		Limits: small, Name: name, VCPU: 1, Cores: 1,
		RAM: 1024, Disks: []control.DiskIn{{SizeGB: 20, Main: true}}, KeyTexts: []string{line}, PublicIP: true,
	}
}

// create makes a server that no host has touched.
func (r *rig) create(call *control.Call, edit func(*control.CreateServerIn)) (*control.View, error) {
	in := like("web")
	in.Image = control.Pick{UID: r.image.UID}
	if edit != nil {
		edit(&in)
	}
	var v *control.View
	_, err := r.c.CreateServer(r.Context(), call, in, keep(&v))
	return v, err
}

// server makes a server that is on.
func (r *rig) server(call *control.Call, edit func(*control.CreateServerIn)) *control.View {
	r.Helper()
	v, err := r.create(call, edit)
	r.must(err)
	r.land(v.ID)
	return r.view(call, v.ID)
}

func (r *rig) view(call *control.Call, id int64) (v *control.View) {
	r.Helper()
	r.must(r.c.Read(r.Context(), call, func(t *control.Txn) (err error) { v, err = t.Server(control.Pick{ID: id}); return err }))
	return v
}

// land plays that a host carried out everything that was asked of a server.
func (r *rig) land(id int64) {
	r.Helper()
	r.write(func(tx *store.Tx) error {
		s, err := store.Get[cloud.Server](tx, id)
		if err != nil {
			return err
		}
		s.EventID, s.Taken, s.Built, s.SeenOn, s.SeenBoot = 0, true, true, s.On, s.Boot
		s.SeenVCPU, s.SeenRAM, s.SeenCores, s.SeenFlavorID, s.SeenImageID, s.SeenDVDID = s.VCPU, s.RAM, s.Cores, s.FlavorID, s.ImageID, s.DVDID
		if s.Remove == cloud.AfterGrace {
			at := tx.Now().Add(time.Hour)
			s.RemoveAfter = &at
		}
		if err := store.Update(tx, s); err != nil {
			return err
		}
		volumes, err := store.Find[cloud.Volume](tx, cloud.Where(cloud.Eq("server_id", id)))
		if err != nil {
			return err
		}
		for _, v := range volumes {
			v.Built, v.SeenGB, v.SeenLayer = true, v.SizeGB, v.Layer
			if v.Remove == cloud.Now {
				now := tx.Now()
				v.Closed = &now
			}
			if err := store.Update(tx, v); err != nil {
				return err
			}
		}
		return r.landSnapshots(tx, id)
	})
}

func (r *rig) landSnapshots(tx *store.Tx, server int64) error {
	snaps, err := store.Find[cloud.Snapshot](tx, cloud.Where(cloud.Eq("server_id", server)))
	if err != nil {
		return err
	}
	for _, s := range snaps {
		s.Made = true
		if s.Removing {
			now := tx.Now()
			s.Closed = &now
		}
		if err := store.Update(tx, s); err != nil {
			return err
		}
	}
	return nil
}

// code is what a dialect tells errors apart by; "" is success.
func code(err error) string {
	var e *cloud.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return "internal: " + err.Error()
}

func refused(t testing.TB, err error, kind cloud.Kind, want string) *cloud.Error {
	t.Helper()
	if code(err) != want || cloud.KindOf(err) != kind {
		t.Fatalf("got %q of kind %q (%v), want %q of kind %q", code(err), cloud.KindOf(err), err, want, kind)
	}
	var e *cloud.Error
	errors.As(err, &e)
	return e
}

func pick(m cloud.Meta) control.Pick { return control.Pick{UID: m.UID} }

// a0 is where calls come from.
var a0 = netip.MustParseAddr("192.0.2.7")

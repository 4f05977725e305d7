package hub_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// rig is a store with a hub, and one host with an agent on a fake machine,
// under a clock that the test moves.
type rig struct {
	t   *testing.T
	now time.Time
	db  *store.DB
	hub *hub.Hub

	key     []byte // of the hub; nil: it believes hosts
	folder  *fake.Memory
	place   string // of folder
	machine *fake.Machine
	agent   *host.Agent
	wanted  map[plan.Ref]any // what put ordered last
}

const theHost = int64(7)

var server = hub.Owner{Kind: "server", Key: 42}

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// engines runs a test on both databases.
func engines(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Run("sqlite", func(t *testing.T) { f(t, newRig(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, newRigOn(t, store.Options{DSN: pgtest.New(t)})) })
}

func newRig(t *testing.T) *rig {
	return newRigOn(t, store.Options{Path: filepath.Join(t.TempDir(), "virga.db"), NoSync: true})
}

func newRigOn(t *testing.T, opt store.Options) *rig {
	r := &rig{t: t, now: time.Unix(1_700_000_000, 0), folder: fake.NewMemory()}
	r.open(opt)
	var err error
	r.machine, err = fake.New(fake.Options{Folder: fake.NewMemory(), Now: r.clock})
	if err != nil {
		t.Fatal(err)
	}
	r.start()
	return r
}

func (r *rig) clock() time.Time { return r.now }

func (r *rig) open(opt store.Options) {
	r.t.Helper()
	opt.Now = r.clock
	db, err := store.Open(context.Background(), opt)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			r.t.Error(err)
		}
	})
	r.db, r.hub = db, hub.New(hub.Options{DB: db, Now: r.clock, Key: r.key})
}

// start is a fresh agent on the same folder.
func (r *rig) start() {
	r.t.Helper()
	var err error
	r.agent, err = host.New(context.Background(), host.Options{
		Tag: "t35t", Folder: r.folder, Machine: r.machine, Now: r.clock, Place: r.place,
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) write(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.db.Write(context.Background(), f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) read(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.db.Read(context.Background(), f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) put(kind plan.Kind, n int, body any) bool {
	r.t.Helper()
	var changed bool
	if r.wanted == nil {
		r.wanted = map[plan.Ref]any{}
	}
	r.wanted[plan.Ref{Kind: kind, ID: id(n)}] = body
	r.write(func(tx *store.Tx) (err error) {
		changed, err = hub.Put(tx, theHost, kind, id(n), body, server)
		return err
	})
	return changed
}

func (r *rig) get(kind plan.Kind, n int) *hub.Order {
	r.t.Helper()
	var o *hub.Order
	r.read(func(tx *store.Tx) (err error) {
		o, err = hub.Get(tx, theHost, kind, id(n))
		return err
	})
	return o
}

func (r *rig) exchange(req plan.Request) plan.Reply {
	r.t.Helper()
	reply, err := r.hub.Exchange(context.Background(), theHost, req)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply
}

// talk makes one exchange of the agent.
func (r *rig) talk() plan.Reply {
	r.t.Helper()
	req := r.agent.Request(0)
	reply := r.exchange(req)
	if _, err := r.agent.Apply(req, reply); err != nil {
		r.t.Fatal(err)
	}
	return reply
}

// settle lets agent and hub go on until both have nothing to say.
func (r *rig) settle() {
	r.t.Helper()
	for quiet := 0; quiet < 3; {
		for range 10_000 {
			worked, next := r.agent.Step(context.Background())
			if worked {
				quiet = 0
				continue
			}
			if next >= time.Second {
				break
			}
			r.now = r.now.Add(next)
		}
		req := r.agent.Request(0)
		reply := r.exchange(req)
		if _, err := r.agent.Apply(req, reply); err != nil {
			r.t.Fatal(err)
		}
		if len(req.Reports) > 0 || req.Hello != nil || req.Adopt != nil || len(reply.Orders) > 0 || len(reply.Drop) > 0 {
			quiet = 0
			continue
		}
		quiet++
	}
}

// woken tells how often work of the server was enqueued since the last call.
func (r *rig) woken() bool {
	r.t.Helper()
	var n int64
	r.write(func(tx *store.Tx) (err error) {
		n, err = tx.Exec(`DELETE FROM work WHERE kind = $1 AND key = $2`, server.Kind, server.Key)
		return err
	})
	return n > 0
}

func id(n int) plan.ID { return plan.ID(fmt.Sprintf("%032x", n)) }

func vm(boot int64) *plan.VM {
	return &plan.VM{Name: "web", Boot: boot, Power: plan.On, VCPU: 1, RAM: 512, Volumes: []plan.Attach{{Volume: id(2)}}}
}

func volume() *plan.Volume {
	return &plan.Volume{Size: 1 << 30, Layer: "0", Create: true, VM: id(1)}
}

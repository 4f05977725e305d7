package reconcile_test

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
	"github.com/virga-cloud/virga/internal/work"
)

// rig is a control plane with fake hosts under a clock that tests move, in one
// goroutine.
type rig struct {
	*testing.T
	now      time.Time
	db       *store.DB
	c        *control.Control
	queue    *work.Queue
	hub      *hub.Hub
	handlers map[string]work.Handler
	hosts    []*machineHost
	image    *cloud.Image
	debian   *cloud.Image
	iso      *cloud.Image
	call     *control.Call
	// meter is told what is done on the writing side, and does it; nil but in tests
	// that ask what it costs.
	meter func(what string, do func())
}

// machineHost is a host of the rig.
type machineHost struct {
	id      int64
	folder  host.Folder // of the agent
	disks   host.Folder // of the machine
	machine *fake.Machine
	agent   *host.Agent
	silent  bool // does not talk
}

var limits = cloud.Limits{
	NameMax: 64, VCPUMin: 1, VCPUMax: 16, RAMMin: 512, RAMMax: 64 << 10,
	RAMStep: 512, DiskMin: 10, DiskMax: 500, DiskStep: 10, Description: 20,
}

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func newRig(t *testing.T, hosts int) *rig {
	t.Helper()
	return newRigOn(t, hosts, store.SQLite)
}

func newRigOn(t *testing.T, hosts int, engine store.Engine) *rig {
	t.Helper()
	r := bareRigOn(t, engine)
	for i := range hosts {
		r.addHost(fmt.Sprintf("h%d", i+1))
	}
	r.settle()
	return r
}

func bareRig(t *testing.T) *rig {
	t.Helper()
	return bareRigOn(t, store.SQLite)
}

// bareRigOn is for what differs between the databases. On PostgreSQL work becomes due
// by the real clock, so nothing may be waited for there.
func bareRigOn(t *testing.T, engine store.Engine) *rig {
	t.Helper()
	r := &rig{T: t, now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	clock := func() time.Time { return r.now }
	var err error
	opt := store.Options{Path: filepath.Join(t.TempDir(), "db"), Now: clock, NoSync: true}
	if engine == store.Postgres {
		opt.DSN = pgtest.New(t)
	}
	r.db, err = store.Open(t.Context(), opt)
	r.must(err)
	t.Cleanup(func() {
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
	})
	seal, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	r.must(err)
	log := slog.New(slog.DiscardHandler)
	r.c = control.New(control.Options{DB: r.db, Seal: seal, Rand: rand.Reader, Log: log, Fake: false})
	_, err = r.c.Setup(t.Context(), control.SetupIn{Password: "operator", Pool: "198.18.0.0/16", Inside: "100.64.0.0/16"})
	r.must(err)
	add := func(kind cloud.ImageKind, name string, n int) *cloud.Image {
		img, err := r.c.AddImage(t.Context(), cloud.Image{
			Kind: kind, Name: name, Family: "Linux", Public: true, MinGB: 10, CloudInit: true,
			MultipleIPs: true, ServerType: 2, Digest: strings.Repeat(fmt.Sprintf("%02x", 0xa0+n), 32), SizeBytes: 1 << 20,
		})
		r.must(err)
		return img
	}
	r.image, r.debian, r.iso = add(cloud.Appliance, "tiny", 1), add(cloud.Appliance, "debian", 2), add(cloud.ISOImage, "rescue", 3)
	u, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "alice"})
	r.must(err)
	r.read(func(tx *store.Tx) error {
		a, err := auth.ByUserID(tx, u.ID, netip.MustParseAddr("192.0.2.7"))
		r.call = &control.Call{Actor: a, Confined: true, Dialect: "oneandone", Method: "POST"}
		return err
	})
	r.queue = work.New(r.db, work.Options{Rand: rand.Reader, Log: log})
	r.hub = hub.New(hub.Options{DB: r.db, Now: clock, HostWork: reconcile.Host})
	r.handlers = reconcile.New(reconcile.Options{DB: r.db, Log: log, Retry: r.c.RetryServer}).Handlers()
	r.write(func(tx *store.Tx) error { return work.Enqueue(tx, reconcile.Sweep, 0, 0) })
	return r
}

func (r *rig) addHost(name string) *machineHost {
	r.Helper()
	return r.addHostAt(name, fmt.Sprintf("192.0.2.%d", len(r.hosts)+1))
}

// addHostAt adds a host with an address towards others, "" for none.
func (r *rig) addHostAt(name, address string) *machineHost {
	r.Helper()
	row, err := r.c.PutHost(r.Context(), cloud.Host{Name: name, ServerType: 2, StorageType: 2})
	r.must(err)
	h := &machineHost{id: row.ID, folder: fake.NewMemory(), disks: fake.NewMemory()}
	r.hosts = append(r.hosts, h)
	r.startAgent(h, plan.Facts{Name: name, CPUs: 64, RAM: 512 << 10, Disk: 20000 << 30, Address: address, MTU: 1500})
	return h
}

// startAgent starts a host's agent, again also, with what it says of itself.
func (r *rig) startAgent(h *machineHost, facts plan.Facts) {
	r.Helper()
	clock := func() time.Time { return r.now }
	var err error
	h.machine, err = fake.New(fake.Options{Folder: h.disks, Now: clock, Facts: facts})
	r.must(err)
	h.agent, err = host.New(r.Context(), host.Options{Tag: "5111", Folder: h.folder, Machine: h.machine, Now: clock})
	r.must(err)
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
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

func pick(m cloud.Meta) control.Pick { return control.Pick{UID: m.UID} }

func keep[T any](into *T) control.Answer[T] {
	return func(_ *control.Txn, v T) (int, any, error) {
		*into = v
		return 202, nil, nil
	}
}

// work carries out what is due.
func (r *rig) work() (moved bool) {
	r.Helper()
	for range 10_000 {
		var did bool
		r.metered("lease", func() {
			var err error
			did, err = r.queue.Step(r.Context(), r.handlers)
			r.must(err)
		})
		if !did {
			return moved
		}
		moved = true
	}
	r.Fatal("there is always work to do")
	return false
}

// round gives everybody one chance.
func (r *rig) round() (moved bool) {
	r.Helper()
	moved = r.work()
	for _, h := range r.hosts {
		for range 50 {
			if did, _ := h.agent.Step(context.Background()); !did {
				break
			}
		}
		if h.silent {
			continue
		}
		moved = moved || h.agent.Pressing()
		r.talk(h)
	}
	return moved
}

func (r *rig) talk(h *machineHost) {
	r.Helper()
	req := h.agent.Request(0)
	var reply plan.Reply
	r.metered("exchange", func() {
		var err error
		reply, err = r.hub.Exchange(r.Context(), h.id, req)
		r.must(err)
	})
	_, err := h.agent.Apply(req, reply)
	r.must(err)
}

func (r *rig) metered(what string, do func()) {
	if r.meter == nil {
		do()
		return
	}
	r.meter(what, do)
}

// play lets the world's time pass with everybody at work.
func (r *rig) play(d time.Duration) {
	r.Helper()
	for until := r.now.Add(d); r.now.Before(until); r.now = r.now.Add(time.Second) {
		for n := 0; r.round(); n++ {
			if n > 500 {
				r.Fatal("something moves without end")
			}
		}
	}
}

// settle plays until no event is open.
func (r *rig) settle() {
	r.Helper()
	for range 3600 {
		r.play(time.Second)
		if len(find[cloud.Server](r, cloud.Ne("event_id", 0))) == 0 {
			r.play(3 * time.Second)
			return
		}
	}
	r.Fatalf("did not settle: %s", r.orders())
}

// create makes a server and lets it be made.
func (r *rig) create(edit func(*control.CreateServerIn)) *cloud.Server {
	r.Helper()
	v := r.order(edit)
	r.settle()
	return get[cloud.Server](r, v.ID)
}

// small is a server to ask for.
func (r *rig) small() control.CreateServerIn {
	return control.CreateServerIn{
		Limits: limits, Name: "web", Image: pick(r.image.Meta), VCPU: 1, Cores: 1, RAM: 1024,
		Disks: []control.DiskIn{{SizeGB: 20, Main: true}}, Password: "Secret!23456", PublicIP: true,
	}
}

// order makes a server that nobody has made yet.
func (r *rig) order(edit func(*control.CreateServerIn)) *control.View {
	r.Helper()
	in := r.small()
	if edit != nil {
		edit(&in)
	}
	var v *control.View
	_, err := r.c.CreateServer(r.Context(), r.call, in, keep(&v))
	r.must(err)
	return v
}

func (r *rig) do(verb func(ans control.Answer[*control.View]) (control.Reply, error)) (v *control.View) {
	r.Helper()
	_, err := verb(keep(&v))
	r.must(err)
	return v
}

func (r *rig) power(s *cloud.Server, a control.Action, hard bool) {
	r.Helper()
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.PowerServer(r.Context(), r.call, control.PowerIn{Pick: pick(s.Meta), Action: a, Hard: hard}, ans)
	})
}

func (r *rig) resize(s *cloud.Server, in control.HardwareIn) {
	r.Helper()
	in.Limits, in.Pick = limits, pick(s.Meta)
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.ResizeServer(r.Context(), r.call, in, ans)
	})
}

func (r *rig) addDisk(s *cloud.Server, gb int) {
	r.Helper()
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.AddDisks(r.Context(), r.call, control.DisksIn{Pick: pick(s.Meta), Limits: limits, Add: []control.DiskIn{{SizeGB: gb}}}, ans)
	})
}

func (r *rig) snapshot(s *cloud.Server) {
	r.Helper()
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.CreateSnapshot(r.Context(), r.call, control.CreateSnapshotIn{Pick: pick(s.Meta)}, ans)
	})
}

func (r *rig) remove(s *cloud.Server) {
	r.Helper()
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.DeleteServer(r.Context(), r.call, control.DeleteServerIn{Pick: pick(s.Meta)}, ans)
	})
}

func (r *rig) clone(s *cloud.Server) *cloud.Server {
	r.Helper()
	v := r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.CloneServer(r.Context(), r.call, control.CloneIn{Pick: pick(s.Meta), Limits: limits, Name: "copy"}, ans)
	})
	return v.Server
}

// hostOf is the host of a server.
func (r *rig) hostOf(s *cloud.Server) *machineHost {
	for _, h := range r.hosts {
		if h.id == s.HostID {
			return h
		}
	}
	r.Fatalf("server %d has no host", s.ID)
	return nil
}

// events are the lines about a server, oldest first.
func (r *rig) events(s *cloud.Server) []*cloud.Event {
	r.Helper()
	return find[cloud.Event](r, cloud.Eq("kind", "server"), cloud.Eq("object_id", s.ID))
}

// ended is the newest line about a server, which must be an end.
func (r *rig) ended(s *cloud.Server, action string) *cloud.Event {
	r.Helper()
	list := r.events(s)
	last := list[len(list)-1]
	if !last.End || last.Action != action {
		r.Fatalf("the newest line is %s, end %v; want the end of %s", last.Action, last.End, action)
	}
	return last
}

// ordersOf are the documents for all hosts.
func (r *rig) ordersOf(kind plan.Kind) (list []*hub.Order) {
	r.Helper()
	r.read(func(tx *store.Tx) error {
		for _, h := range r.hosts {
			all, err := hub.OnHost(tx, h.id, 0, 10_000)
			if err != nil {
				return err
			}
			for _, o := range all {
				if kind == "" || o.Kind == kind {
					list = append(list, o)
				}
			}
		}
		return nil
	})
	return list
}

func (r *rig) orders() (s string) {
	for _, o := range r.ordersOf("") {
		s += fmt.Sprintf("host %d %s %s: generation %d taken %d acknowledged %d absent %v ready %v failed %v %s\n",
			o.Host, o.Kind, o.Object.Short(), o.Generation, o.Taken, o.Acknowledged, o.Absent, o.Status.Ready, o.Status.Failed, o.Status.Reason)
	}
	return s
}

// whole checks that store, hosts and addresses agree when nothing moves.
func (r *rig) whole() {
	r.Helper()
	used := map[int64][4]int{}
	want := map[plan.Ref]int64{}
	for _, s := range find[cloud.Server](r) {
		u := used[s.HostID]
		used[s.HostID] = [4]int{u[0] + s.VCPU, u[1] + s.RAM, u[2], u[3] + 1}
		if s.Open() {
			r.Errorf("server %d: %s is open: %s", s.ID, s.Change, s.Reason)
		}
		if !s.Failed {
			want[plan.Ref{Kind: plan.KindVM, ID: plan.ID(s.UID.Hex())}] = s.HostID
		}
		if !s.Failed && s.SeenOn != s.On {
			r.Errorf("server %d: on is %v, seen %v", s.ID, s.On, s.SeenOn)
		}
		for _, v := range find[cloud.Volume](r, cloud.Eq("server_id", s.ID)) {
			u := used[s.HostID]
			u[2] += v.SizeGB
			used[s.HostID] = u
			if !s.Failed {
				want[plan.Ref{Kind: plan.KindVolume, ID: plan.ID(v.UID.Hex())}] = s.HostID
			}
			if v.Remove == cloud.Now {
				r.Errorf("volume %d of server %d was not cleared", v.ID, s.ID)
			}
		}
		for _, sn := range find[cloud.Snapshot](r, cloud.Eq("server_id", s.ID)) {
			if sn.Removing || !sn.Made {
				r.Errorf("snapshot %s of server %d is neither there nor gone", sn.Name, s.ID)
			}
		}
	}
	for _, h := range find[cloud.Host](r) {
		if got := [4]int{h.UsedVCPU, h.UsedRAM, h.UsedGB, h.Servers}; got != used[h.ID] {
			r.Errorf("%s has given %v, rows say %v", h.Name, got, used[h.ID])
		}
	}
	for _, h := range r.hosts {
		have := map[plan.Ref]bool{}
		for _, kind := range []plan.Kind{plan.KindVM, plan.KindVolume} {
			ids, err := h.machine.List(r.Context(), kind)
			r.must(err)
			for _, id := range ids {
				ref := plan.Ref{Kind: kind, ID: id}
				if have[ref] = true; want[ref] != h.id {
					r.Errorf("host %d has %s, which nobody wants there", h.id, ref)
				}
			}
		}
		for ref, at := range want {
			if at == h.id && !have[ref] {
				r.Errorf("host %d lacks %s", h.id, ref)
			}
		}
	}
	for _, ip := range find[cloud.IP](r) {
		if ip.Leaving != "" {
			r.Errorf("address %s is still leaving", ip.Addr)
		}
	}
	for _, o := range r.ordersOf("") {
		if !o.Absent && !o.Done() {
			r.Errorf("%s on host %d is not done: %+v", o.Ref(), o.Host, o.Status)
		}
	}
}

// have counts the documents of a kind that are wanted on a host.
func (r *rig) have(h *machineHost, kind plan.Kind) (n int) {
	r.Helper()
	for _, o := range r.ordersOf(kind) {
		if o.Host == h.id && !o.Absent {
			n++
		}
	}
	return n
}

// made counts the artefacts of a kind on a host.
func (r *rig) made(h *machineHost, kind plan.Kind) int {
	r.Helper()
	ids, err := h.machine.List(r.Context(), kind)
	r.must(err)
	return len(ids)
}

// onEach makes a server on either of two hosts; the second is not the router's.
func (r *rig) onEach() (near, far *cloud.Server) {
	r.Helper()
	near = r.create(nil)
	for n := 0; far == nil; n++ {
		if n > 10 {
			r.Fatal("every server went to one host")
		}
		changeRow(r, near.HostID, func(h *cloud.Host) { h.Enabled = false })
		if s := r.create(nil); s.HostID != near.HostID {
			far = s
		}
		changeRow(r, near.HostID, func(h *cloud.Host) { h.Enabled = true })
	}
	return near, far
}

var update = flag.Bool("update", false, "write the golden files anew")

// changeRow edits a row behind everybody's back.
func changeRow[T any](r *rig, id int64, fn func(*T)) {
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

// Package sim is a whole cloud in one goroutine: API, control, work, hub and
// hosts with fake machines, under one clock and one seed. A runner makes one
// step at a time, so a run is the same every time it is repeated.
package sim

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"sync"
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
	"github.com/virga-cloud/virga/internal/work"
)

// World is a cloud with some fake hosts.
type World struct {
	Dir   string
	DSN   string // of a PostgreSQL that it is in, instead of a file
	Rand  *mrand.Rand
	Now   time.Time
	skew  time.Duration // how far the control plane's clock is ahead of it
	DB    *store.DB
	C     *control.Control
	Rec   *reconcile.Reconciler
	Queue *work.Queue
	Hub   *hub.Hub
	Hosts []*Host
	Cred  control.Credentials
	Image *cloud.Image

	seed     *auth.Sealer
	handlers map[string]work.Handler
	turned   func(map[string]work.Handler) map[string]work.Handler // lets a run hear of turns
	bytes    io.Reader
	may      map[place]bool // artefacts that are right to be there or not
	watch    *watch         // nil: asks at rest only
	heard    *[]word        // what hosts said, while somebody listens
	restored bool           // an older database was put in the place of a newer one
	traced   int            // packets that were followed
	older    time.Time      // when that was
	younger  int64          // servers with greater ids were made after that
}

// Host is a machine of the world. Folder and Disk survive its crashes.
type Host struct {
	ID      int64
	Name    string
	Folder  *fake.Memory
	Disk    *fake.Memory
	Machine *fake.Machine
	Agent   *host.Agent
	Down    bool

	standing bool // was told to stand down
	away     bool // was declared lost

	changed  map[string]bool     // files of the machine that were not looked at yet
	filed    map[string]bool     // files of its agent, likewise
	orders   map[plan.Ref]int64  // the generations of the documents that its agent holds
	bad      []string            // what it did that must never be done
	things   map[plan.Ref]*thing // what the files say
	disks    map[plan.ID]bool    // that were made, and not ordered away since
	lied     map[plan.Ref]bool   // about what the machine said what is not so
	lost     map[plan.Ref]bool   // that vanished behind everybody's back
	losing   bool
	troubles []trouble
	called   func(c fake.Call)                          // hears of each step
	hit      func(c fake.Call, m fake.Mode, lasts bool) // hears of each step that goes wrong
	untold   *untold                                    // it may have what the rows have not; nil: it told all of it
	late     bool                                       // it told after addresses had stopped waiting for it
	back     time.Time                                  // when it is heard again
}

// stream is a deterministic source of bytes.
type stream struct{ r *mrand.Rand }

func (s stream) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s.r.Uint32())
	}
	return len(p), nil
}

// tokens are signed with one key in all worlds of a process: making an RSA key
// costs more than running a world.
var tokens = sync.OnceValue(func() *auth.Tokens {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return auth.NewTokens(key)
})

// blank is a database after the first start, which costs more than what follows.
type blank struct {
	db   []byte
	cred control.Credentials
}

// template is copied into each world.
var template = sync.OnceValues(func() (b blank, err error) {
	dir, err := os.MkdirTemp("", "virga-sim")
	if err != nil {
		return b, err
	}
	defer os.RemoveAll(dir)
	w := &World{Dir: dir, Now: epoch, bytes: stream{mrand.New(mrand.NewPCG(1, 1))}}
	if w.seed, err = auth.NewSealer(make([]byte, 32), w.bytes); err != nil {
		return b, err
	}
	if err := w.Open(); err != nil {
		return b, err
	}
	b.cred, err = w.C.Setup(context.Background(), control.SetupIn{Password: "operator", Pool: "198.18.0.0/15", Inside: "100.64.0.0/10"})
	if err := errors.Join(err, w.Close()); err != nil {
		return b, err
	}
	b.db, err = os.ReadFile(w.path())
	return b, err
})

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// New makes a world in dir with n hosts, decided by seed.
func New(dir string, seed uint64, n int) (*World, error) {
	begin, err := template()
	if err != nil {
		return nil, err
	}
	w := seeded(dir, seed)
	w.Cred = begin.cred
	if err := os.WriteFile(w.path(), begin.db, 0o600); err != nil {
		return nil, err
	}
	if err := w.Open(); err != nil {
		return nil, err
	}
	return w, w.settled(seed, n)
}

// NewOn is New on an empty database of PostgreSQL.
func NewOn(dsn string, seed uint64, n int) (_ *World, err error) {
	w := seeded("", seed)
	w.DSN = dsn
	if err := w.Open(); err != nil {
		return nil, err
	}
	w.Cred, err = w.C.Setup(context.Background(), control.SetupIn{Password: "operator", Pool: "198.18.0.0/15", Inside: "100.64.0.0/10"})
	if err == nil {
		err = w.settled(seed, n)
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func seeded(dir string, seed uint64) *World {
	w := &World{Dir: dir, Rand: mrand.New(mrand.NewPCG(seed, 0x76697267)), Now: epoch}
	w.bytes = stream{mrand.New(mrand.NewPCG(seed, 0x62797465))}
	w.seed, _ = auth.NewSealer(make([]byte, 32), w.bytes) // a key of the right length is no error
	return w
}

// settled gives the world its image and its hosts.
func (w *World) settled(seed uint64, n int) (err error) {
	ctx := context.Background()
	digest := fmt.Sprintf("%064x", big.NewInt(int64(seed%1000)+77))
	w.Image, err = w.C.AddImage(ctx, cloud.Image{
		Kind: cloud.Appliance, Name: "tiny", Family: "Linux", OS: "Linux", Type: "IMAGE", MinGB: 1, CloudInit: true,
		MultipleIPs: true, Public: true, ServerType: 2, Digest: digest, SizeBytes: 1 << 20,
	})
	if err != nil {
		return err
	}
	for i := range n {
		if err := w.addHost(fmt.Sprintf("host-%d", i+1)); err != nil {
			return err
		}
	}
	return w.sweep()
}

func (w *World) sweep() error {
	return w.DB.Write(context.Background(), func(tx *store.Tx) error { return work.Enqueue(tx, reconcile.Sweep, 0, 0) })
}

func (w *World) path() string { return filepath.Join(w.Dir, "virga.db") }

// clock never stands still between two readings, so that times order events.
func (w *World) clock() time.Time { return w.Now.Add(w.skew) }

// hostClock is that of hosts, whose timers do not care what time it is.
func (w *World) hostClock() time.Time { return w.Now }

// Open starts the control plane on the database, as after a crash.
func (w *World) Open() (err error) {
	ctx := context.Background()
	w.DB, err = store.Open(ctx, store.Options{
		Path: w.path(), DSN: w.DSN, Now: w.clock, Rand: w.bytes, NoSync: true, Readers: 1, Unchecked: true,
	})
	if err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	w.C = control.New(control.Options{DB: w.DB, Seal: w.seed, Tokens: tokens(), Rand: w.bytes, Log: log, Fake: true})
	w.Rec = reconcile.New(reconcile.Options{DB: w.DB, Log: log, Retry: w.C.RetryServer})
	w.Queue = work.New(w.DB, work.Options{Rand: w.bytes, Log: log, WentBack: reconcile.PullTimes})
	w.Hub = hub.New(hub.Options{
		DB: w.DB, Now: w.clock, Rand: w.bytes, HostWork: reconcile.Host, Adopted: reconcile.Adopted, Mended: reconcile.Mended,
	})
	w.handlers = w.Rec.Handlers()
	if w.turned != nil {
		w.handlers = w.turned(w.handlers)
	}
	if w.watch != nil {
		w.watch = newWatch(w) // it may be another database
	}
	return w.Queue.Start(ctx)
}

// Close ends the control plane without a word, as a crash does.
func (w *World) Close() error { return w.DB.Close() }

func (w *World) addHost(name string) error {
	row, err := w.C.PutHost(context.Background(),
		cloud.Host{Name: name, ServerType: 2, StorageType: 2, Fake: true, Cores: 64, RAM: 512 << 10, DiskGB: 20000})
	if err != nil {
		return err
	}
	h := newHost(row.ID, name, fake.NewMemory(), fake.NewMemory())
	w.Hosts = append(w.Hosts, h)
	return w.Boot(h)
}

// newHost is a machine that was not started yet.
func newHost(id int64, name string, folder, disk *fake.Memory) *Host {
	return &Host{
		ID: id, Name: name, Folder: folder, Disk: disk, changed: map[string]bool{}, things: map[plan.Ref]*thing{},
		filed: map[string]bool{}, orders: map[plan.Ref]int64{}, disks: map[plan.ID]bool{}, lied: map[plan.Ref]bool{}, lost: map[plan.Ref]bool{},
	}
}

// Boot starts a host's agent on what its disks hold.
func (w *World) Boot(h *Host) (err error) {
	h.Machine, err = fake.New(fake.Options{
		Folder: &noted{h.Disk, h.changed}, Now: w.hostClock, Facts: plan.Facts{Name: h.Name, CPUs: 64, RAM: 512 << 10, Disk: 20000 << 30},
	})
	if err != nil {
		return err
	}
	h.Machine.Hook = func(c fake.Call) *fake.Fault {
		if h.called != nil {
			h.called(c)
		}
		if c.Op == fake.OpRemove {
			h.removes(c.Ref)
		}
		f := h.struck(w.Now, c)
		if c.Op == fake.OpList {
			h.listed(c.Ref.Kind, f == nil)
		}
		return f
	}
	h.untold.again()
	h.Agent, err = host.New(context.Background(), host.Options{
		Tag: "5111", Folder: &noted{h.Folder, h.filed}, Machine: h.Machine, Now: w.hostClock,
	})
	return err
}

// Work does one due row; false when none is due.
func (w *World) Work() (bool, error) { return w.Queue.Step(context.Background(), w.handlers) }

// Talk makes one exchange of a host with the control plane.
func (w *World) Talk(h *Host) error {
	req := h.Agent.Request(0)
	if w.heard != nil && len(req.Reports) > 0 {
		*w.heard = append(*w.heard, word{h.ID, req})
	}
	reply, err := w.Hub.Exchange(context.Background(), h.ID, req)
	if err != nil {
		h.Agent.Disconnect()
		return err
	}
	h.standing = reply.StandDown
	h.heard(w.Now, req, reply)
	w.sent(h, reply)
	_, err = h.Agent.Apply(req, reply)
	return err
}

// word is a request of a host.
type word struct {
	host int64
	req  plan.Request
}

// Settle runs everything until nothing moves any more, moving the clock when
// only time can help. It fails when that takes longer than limit of the
// world's time.
func (w *World) Settle(limit time.Duration) error {
	until := w.Now.Add(limit)
	idle, busy := 0, 0
	for w.Now.Before(until) {
		moved, err := w.round()
		if err != nil {
			return err
		}
		if moved {
			if idle, busy = 0, busy+1; busy > 2000 {
				return errors.New("something moves without end")
			}
			continue
		}
		if idle++; idle > 3 && w.quiet() {
			return nil
		}
		w.Now = w.Now.Add(time.Second)
	}
	return errors.New("did not settle")
}

// round gives everybody one chance.
func (w *World) round() (moved bool, err error) {
	for n := 0; ; n++ {
		did, err := w.Work()
		if err != nil {
			return false, fmt.Errorf("work: %w", err)
		}
		if !did {
			break
		}
		if moved = true; n > 10_000 {
			return false, errors.New("there is always work to do")
		}
		if err := w.ask(); err != nil {
			return false, fmt.Errorf("after a turn: %w", err)
		}
	}
	for _, h := range w.Hosts {
		if h.Down {
			continue
		}
		for range 50 {
			if did, _ := h.Agent.Step(context.Background()); !did {
				break
			}
			if err := w.ask(); err != nil {
				return false, fmt.Errorf("after a step of %s: %w", h.Name, err)
			}
		}
		// A host that stands down says hello for ever; nothing comes of it.
		if h.Agent.Pressing() && !h.standing {
			moved = true
		}
		if err := w.Talk(h); err != nil {
			return false, fmt.Errorf("%s: talk: %w", h.Name, err)
		}
		if err := w.ask(); err != nil {
			return false, fmt.Errorf("after a word of %s: %w", h.Name, err)
		}
	}
	return moved, nil
}

// quiet tells whether no event is open and nothing is waited for: a removal
// that a host refuses is tried again, if only once an hour.
func (w *World) quiet() bool {
	var open, work int64
	err := w.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		if open, err = store.Count[cloud.Server](tx, cloud.Where(cloud.Ne("event_id", int64(0)))); err != nil {
			return err
		}
		n, err := store.Count[cloud.Router](tx, cloud.Where(cloud.Ne("event_id", int64(0))))
		if err != nil {
			return err
		}
		open += n
		return tx.QueryRow(`SELECT count(*) FROM work WHERE kind <> $1`, reconcile.Sweep).Scan(&work)
	})
	return err == nil && open == 0 && work == 0
}

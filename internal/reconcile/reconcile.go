// Package reconcile turns what is wanted into orders to hosts, and what hosts
// report into what is shown. Every file is one resource. A reconciler has no
// input but its key: it reads the rows, compiles documents, compares with
// what hosts said, and ends the events that are over. Doing it once too often
// changes nothing. It never answers a user.
package reconcile

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// Kinds of work, named like the nouns.
const (
	Server  = "server"
	Router  = "router"
	Network = "network"
	Image   = "image"
	Policy  = "policy"
	Host    = "host"
	Sweep   = "sweep"
)

// Gather is what a hub should be made with where time is real: nobody sees a
// machine's order taken so much later, and its turns are a third fewer.
const Gather = 10 * time.Millisecond

// Options wires a Reconciler.
type Options struct {
	DB  *store.DB    // required
	Log *slog.Logger // required
	// SweepEvery is the pause between two comparisons of store and hosts;
	// 0 = a minute.
	SweepEvery time.Duration
	// Deadlines override the built-in table; optional, for tests.
	Deadlines map[cloud.Change]time.Duration
	// Retry orders a creation that gave up once more; cleared tells that no host
	// has anything of it left. An error takes all back that it wrote. Optional:
	// without it only people try again.
	Retry func(tx *store.Tx, s *cloud.Server, cleared bool) error
}

// Reconciler carries out work.
type Reconciler struct {
	opt Options
	// How many due rows the last sweep passed over; see eachDue.
	snapshots, routers atomic.Int64
	// The last address that the sweep has looked at; see heldOver.
	held atomic.Int64
}

// New makes a Reconciler.
func New(opt Options) *Reconciler {
	if opt.SweepEvery == 0 {
		opt.SweepEvery = time.Minute
	}
	return &Reconciler{opt: opt}
}

// Handlers are what a work queue runs.
func (r *Reconciler) Handlers() map[string]work.Handler {
	return map[string]work.Handler{
		Server: r.server, Router: r.router, Network: r.network, Image: r.image, Policy: r.policy, Host: r.host, Sweep: r.sweep,
	}
}

// deadlines say how long an event may stand still before it is given up: from
// the last time that anything moved, not from its start.
var deadlines = map[cloud.Change]time.Duration{
	cloud.Create:    15 * time.Minute,
	cloud.PowerOn:   5 * time.Minute,
	cloud.PowerOff:  5 * time.Minute, // longer than a guest's grace
	cloud.Reboot:    5 * time.Minute,
	cloud.Configure: 10 * time.Minute,
	cloud.Capture:   30 * time.Minute,
}

// deadline is 0 for what never gives up: removal.
func (r *Reconciler) deadline(c cloud.Change) time.Duration {
	if d, ok := r.opt.Deadlines[c]; ok {
		return d
	}
	return deadlines[c]
}

// once runs fn as the one transaction of a key's turn and finishes the row in
// it: done, or due again after what fn says.
func once(
	ctx context.Context, it *work.Item, fn func(tx *store.Tx) (again time.Duration, err error),
) (time.Duration, error) {
	return 0, it.Turn(ctx, fn)
}

// put orders a document for an owner and tells whether it changed.
func put(tx *store.Tx, host int64, kind plan.Kind, id plan.ID, body any, owner hub.Owner) error {
	_, err := hub.Put(tx, host, kind, id, body, owner)
	return err
}

// planID is the name of a row on a host.
func planID(u cloud.UID) plan.ID { return plan.ID(u.Hex()) }

// imageID is the name of an image on a host: it follows from its bytes.
func imageID(i *cloud.Image) plan.ID {
	if len(i.Digest) >= 32 {
		return plan.ID(i.Digest[:32])
	}
	return planID(i.UID)
}

// need wakes the reconciler of a shared document when a host has no order for
// it yet. Asking every time would make each new server rewrite its network.
func need(tx *store.Tx, host int64, kind plan.Kind, id plan.ID, work1 string, key int64) error {
	o, err := hub.Get(tx, host, kind, id)
	if err != nil || (o != nil && !o.Absent) {
		return err
	}
	return work.Enqueue(tx, work1, key, 0)
}

// end writes the second line of the operation that an object has open.
func end(tx *store.Tx, l *cloud.Life, state int, reason string) error {
	start, err := startOf(tx, l)
	if err != nil {
		return err
	}
	e := *start
	e.ID, e.End, e.At = 0, true, tx.Now()
	e.State, e.Failed, e.Reason = state, reason != "", reason
	l.EventID = 0
	l.Reason = reason
	return store.Add(tx, &e)
}

// startOf is the first line of the operation that an object has open.
func startOf(tx *store.Tx, l *cloud.Life) (*cloud.Event, error) {
	return store.First[cloud.Event](tx, cloud.Where(cloud.Eq("id", l.EventID)))
}

// same is the body of a document that is one on all hosts.
func same(body any) func(host int64) any { return func(int64) any { return body } }

// spread orders a shared document on every host of a set and its absence on
// all others that have it; what is gone is forgotten.
func spread(tx *store.Tx, owner hub.Owner, kind plan.Kind, id plan.ID, body func(host int64) any, hosts []int64) error {
	for _, h := range hosts {
		if err := put(tx, h, kind, id, body(h), owner); err != nil {
			return err
		}
	}
	list, err := hub.Of(tx, owner)
	if err != nil {
		return err
	}
	for _, o := range list {
		switch {
		case slices.Contains(hosts, o.Host) && o.Object == id:
		case o.Gone():
			if err := hub.Drop(tx, o.Host, o.Kind, o.Object); err != nil {
				return err
			}
		default:
			if err := put(tx, o.Host, o.Kind, o.Object, nil, owner); err != nil {
				return err
			}
		}
	}
	return nil
}

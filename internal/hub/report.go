package hub

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// report records what a host says about its documents and wakes those whom
// it concerns. drop names documents the host can forget; unknown says that
// the host has something that this store never ordered.
func (h *Hub) report(tx *store.Tx, host int64, reports []plan.Report) (drop []plan.Held, unknown bool, err error) {
	var wakes []Owner // in the order of the reports; one turn is enough for all of them
	after := map[Owner]time.Duration{}
	told := h.repairs.of(host, tx.Now())
	tx.AfterCommit(func() { h.repairs.keep(host, told) })
	for _, r := range reports {
		if !r.Ref().Valid() {
			return nil, false, fmt.Errorf("report about %q %q: not the name of a document", r.Kind, r.ID)
		}
		o, err := Get(tx, host, r.Kind, r.ID)
		if err == nil {
			err = tooFarAhead(r.Ref(), r.Generation, generationOf(o))
		}
		if err != nil {
			return nil, false, err
		}
		switch {
		case o == nil && r.Absent:
			// Its absence was recorded before and the reply got lost; until
			// it is gone there is nothing to say.
			if r.Gone() {
				drop = append(drop, heldOf(r))
			}
		case o == nil:
			known, err := isOrphan(tx, host, r.Ref())
			if err != nil {
				return nil, false, err
			}
			unknown = unknown || !known
		case r.Generation > o.Generation:
			unknown = true
		case r.Generation < o.first || r.Generation < o.Taken:
			// About a predecessor of the same name, or overtaken.
		default:
			wait := time.Duration(0)
			if o.Taken < r.Generation && !r.Status.Ready && !r.Status.Failed && r.Status.Reason == "" {
				wait = h.opt.Gather
			}
			gone, wake, err := h.record(tx, o, r, &told)
			if err != nil {
				return nil, false, err
			}
			if before, ok := after[o.Owner]; !ok && wake {
				wakes, after[o.Owner] = append(wakes, o.Owner), wait
			} else if wake {
				after[o.Owner] = min(before, wait)
			}
			if gone {
				drop = append(drop, heldOf(r))
			}
		}
	}
	for _, w := range wakes {
		if err := work.Enqueue(tx, w.Kind, w.Key, after[w]); err != nil {
			return nil, false, err
		}
	}
	return drop, unknown, nil
}

func heldOf(r plan.Report) plan.Held {
	return plan.Held{Kind: r.Kind, ID: r.ID, Generation: r.Generation, Absent: r.Absent}
}

// record writes one report into its order; wake says that its owner must look.
func (h *Hub) record(tx *store.Tx, o *Order, r plan.Report, told *repairsTold) (gone, wake bool, err error) {
	acknowledged := max(o.Acknowledged, min(r.Acknowledged, r.Generation))
	matters := acknowledged != o.Acknowledged || matters(o.Status, r.Status)
	// The same trouble as before the order was taken is the answer to it.
	matters = matters || !r.Status.Ready && o.Taken < o.Generation && r.Generation >= o.Generation
	was := o.Status
	o.Taken, o.Acknowledged, o.Status = r.Generation, acknowledged, r.Status
	if acknowledged >= o.Generation && r.Status.Ready {
		matters = matters || o.Lost
		o.Lost = false
	}
	if m := r.Status.Mended; m != nil && m.At.After(was.MendedAt()) && h.opt.Mended != nil {
		if what, ok := told.say(m.What); ok {
			if err := h.opt.Mended(tx, o.Owner, what); err != nil {
				return false, false, err
			}
		} else if told.leftOut == 1 {
			h.opt.Log.Warn("a host tells of more repairs than are written down", "host", o.Host, "minute", told.minute)
		}
	}
	gone = o.Gone() && r.Gone()
	if gone && o.Owner.Kind == orphanWork {
		// Nobody but the hub itself waits for this one.
		if err := settleOrphan(tx, o); err != nil {
			return false, false, err
		}
		return true, false, nil
	}
	if !matters && sameStatus(was, r.Status) {
		// Only that it was taken is news, or not even that.
		err := tx.Later(nil, `UPDATE orders SET taken = $2 WHERE id = $1 AND taken < $2`, o.ID, r.Generation)
		return gone, false, err
	}
	if err := saveReport(tx, o); err != nil {
		return false, false, err
	}
	return gone, matters && o.Owner.Kind != orphanWork, nil
}

// saveReport stores the part of an order that only reports move.
func saveReport(tx *store.Tx, o *Order) error {
	status, err := json.Marshal(o.Status)
	if err != nil {
		return err
	}
	err = tx.Later(nil, `UPDATE orders SET taken = $2, acknowledged = $3, status = $4, lost = $5, updated = $6 WHERE id = $1`,
		o.ID, o.Taken, o.Acknowledged, string(status), o.Lost, tx.Now())
	if err != nil {
		return fmt.Errorf("report about %s: %w", o.Ref(), err)
	}
	return nil
}

// matters tells whether a reconciler must look. Progress counts in tens, and
// what a disk takes up does not count: both are read when somebody asks.
func matters(a, b plan.Status) bool {
	if a.Ready != b.Ready || a.Failed != b.Failed || a.Reason != b.Reason || a.Percent/10 != b.Percent/10 ||
		!a.MendedAt().Equal(b.MendedAt()) {
		return true
	}
	if (a.VM == nil) != (b.VM == nil) || a.VM != nil && *a.VM != *b.VM {
		return true
	}
	if a.Volume == nil || b.Volume == nil {
		return a.Volume != b.Volume
	}
	x, y := *a.Volume, *b.Volume
	return x.Made != y.Made || x.Size != y.Size || x.Layer != y.Layer || x.HeldBy != y.HeldBy ||
		x.Image != y.Image || !slices.Equal(x.Snapshots, y.Snapshots)
}

func sameStatus(a, b plan.Status) bool {
	used := func(s plan.Status) int64 {
		if s.Volume == nil {
			return 0
		}
		return s.Volume.Used
	}
	return !matters(a, b) && a.Percent == b.Percent && used(a) == used(b)
}

package hub_test

import (
	"testing"

	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// says lets the host say something about its network 1 in its session, whatever its
// agent thinks.
func (r *rig) says(generation, acknowledged int64, absent bool, status plan.Status) plan.Reply {
	r.t.Helper()
	req := r.agent.Request(0)
	req.Hello, req.Orphans, req.Missing = nil, nil, nil
	req.Reports = []plan.Report{{
		Kind: plan.KindNetwork, ID: id(1), Generation: generation, Acknowledged: acknowledged, Absent: absent, Status: status,
	}}
	return r.exchange(req)
}

// ordered makes network 1 wanted with a number, nil with 0, and lets the host take it.
func (r *rig) ordered(vni int) *hub.Order {
	r.t.Helper()
	if vni == 0 {
		r.put(plan.KindNetwork, 1, nil)
	} else {
		r.put(plan.KindNetwork, 1, &plan.Network{VNI: vni})
	}
	return r.get(plan.KindNetwork, 1)
}

// What a host says about a document counts for that document and for none that came
// later: one that was overtaken, or another of the same name.
func TestLateReports(t *testing.T) {
	ready := plan.Status{Ready: true}
	engines(t, func(t *testing.T, r *rig) {
		r.talk()
		r.settle()
		first := r.ordered(1)
		r.says(first.Generation, first.Generation, false, ready)
		second := r.ordered(2)
		if second.Done() {
			t.Error("a change counts as carried out because what was before is")
		}
		r.says(second.Generation, first.Generation, false, plan.Status{Percent: 40})
		r.says(first.Generation, first.Generation, false, ready) // overtaken on the way
		if o := r.get(plan.KindNetwork, 1); o.Taken != second.Generation || o.Status.Percent != 40 || o.Done() {
			t.Errorf("a report that was overtaken counts: taken %d, %+v", o.Taken, o.Status)
		}
		gone := r.ordered(0)
		r.says(gone.Generation, second.Generation, true, plan.Status{})
		if o := r.get(plan.KindNetwork, 1); o.Taken != gone.Generation || o.Gone() {
			t.Errorf("a removal that was taken counts as carried out: %+v", o)
		}
		r.says(gone.Generation, gone.Generation, true, ready)
		if !r.get(plan.KindNetwork, 1).Gone() {
			t.Error("a removal that was carried out does not count as such")
		}
		next := r.ordered(3) // under the name of what is gone
		if next.Generation <= gone.Generation || next.Taken != 0 || next.Acknowledged != 0 || next.Status.Ready {
			t.Errorf("the successor begins with what was said of its predecessor: %+v", next)
		}
		r.says(gone.Generation, gone.Generation, true, ready) // said again, as its answer got lost
		if o := r.get(plan.KindNetwork, 1); o.Taken != 0 || o.Acknowledged != 0 || o.Status.Ready {
			t.Errorf("a report about a predecessor counts: %+v", o)
		}
	})
}

// What is ordered after a removal was forgotten is newer than the removal, which the
// host may still have.
func TestNewerThanWhatWasForgotten(t *testing.T) {
	engines(t, func(t *testing.T, r *rig) {
		r.talk()
		r.settle()
		r.ordered(1)
		gone := r.ordered(0)
		r.says(gone.Generation, gone.Generation, true, plan.Status{Ready: true})
		r.write(func(tx *store.Tx) error { return hub.Drop(tx, theHost, plan.KindNetwork, id(1)) })
		if o := r.ordered(2); o.Generation <= gone.Generation {
			t.Errorf("generation %d, and the host may have %d", o.Generation, gone.Generation)
		}
	})
}

// Nothing flows to a host that says something of what this store never ordered, until it
// has told everything.
func TestUnknownReportAdopts(t *testing.T) {
	engines(t, func(t *testing.T, r *rig) {
		r.talk()
		r.settle()
		r.put(plan.KindNetwork, 2, &plan.Network{VNI: 2})
		if reply := r.says(4, 4, false, plan.Status{Ready: true}); !reply.Adopt || len(reply.Orders) > 0 {
			t.Errorf("adopts %v, %d orders", reply.Adopt, len(reply.Orders))
		}
	})
}

package hub_test

import (
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// A host that tells of repairs without end fills no table: some are written down in a
// minute, and the next one says how many were left out.
func TestRepairsAreBounded(t *testing.T) {
	r := newRig(t)
	var written []string
	r.hub = hub.New(hub.Options{DB: r.db, Now: r.clock, Mended: func(_ *store.Tx, _ hub.Owner, what string) error {
		written = append(written, what)
		return nil
	}})
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.settle()
	r.now = r.now.Truncate(time.Minute).Add(time.Minute)
	at := r.now
	tell := func(n int) {
		t.Helper()
		o := r.get(plan.KindNetwork, 3)
		req := r.agent.Request(0)
		req.Reports = nil
		for range n {
			at = at.Add(time.Microsecond)
			req.Reports = append(req.Reports, plan.Report{
				Kind: plan.KindNetwork, ID: id(3), Generation: o.Generation, Acknowledged: o.Generation,
				Status: plan.Status{Ready: true, Mended: &plan.Mended{What: "the bridge was gone", At: at, Times: 1}},
			})
		}
		if _, err := r.agent.Apply(req, r.exchange(req)); err != nil {
			t.Fatal(err)
		}
	}
	const most = 20
	for range 5 {
		tell(100)
	}
	if len(written) != most {
		t.Errorf("%d repairs of a host are written down in a minute, want %d", len(written), most)
	}
	r.now = r.now.Add(time.Minute)
	tell(1)
	if n := len(written); n != most+1 || !strings.Contains(written[n-1], "480 more repairs") {
		t.Errorf("in the next minute %d are written down, the last is %q", n, written[n-1])
	}
	tell(1)
	if n := len(written); n != most+2 || strings.Contains(written[n-1], "more repairs") {
		t.Errorf("then %d are written down, the last is %q", n, written[n-1])
	}
}

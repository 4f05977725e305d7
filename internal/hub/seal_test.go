package hub_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// A host that is adopted claims only what this installation ordered from it: a
// restored store knows its own orders again, and takes no word for others. The
// control run is a hub without a key, which believes everything.
func TestAdoptionBelievesOnlyOrders(t *testing.T) {
	for _, key := range [][]byte{bytes.Repeat([]byte{7}, 32), nil} {
		r := newRig(t)
		r.key = key
		r.open(store.Options{Path: filepath.Join(t.TempDir(), "virga.db"), NoSync: true})
		r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
		r.settle()
		restore := r.backup()
		port := &plan.Port{Router: id(9), Network: id(3), NIC: id(4), Address: "10.0.0.2"}
		r.put(plan.KindPolicy, 5, &plan.Policy{})
		r.put(plan.KindPort, 6, port)
		r.settle()
		restore()
		var truth plan.Request
		for truth.Adopt == nil {
			if truth = r.agent.Request(0); truth.Adopt == nil {
				reply := r.exchange(truth)
				if _, err := r.agent.Apply(truth, reply); err != nil {
					t.Fatal(err)
				}
				r.agent.Step(context.Background())
			}
		}
		body, err := plan.Encode(&plan.Port{Router: id(9), Network: id(3), NIC: id(4), Address: "10.0.0.3"})
		if err != nil {
			t.Fatal(err)
		}
		// A document that was never ordered, and one whose seal is that of another.
		for i, seal := range []string{"", truth.Adopt.Documents[0].Seal} {
			truth.Adopt.Documents = append(truth.Adopt.Documents, plan.Adopted{
				Document: plan.Document{Kind: plan.KindPort, ID: id(20 + i), Generation: 1, Body: body, Seal: seal},
			})
		}
		if _, err := r.hub.Exchange(context.Background(), theHost, truth); err != nil {
			t.Fatal(err)
		}
		got := r.orphans()
		for ref, believed := range map[plan.Ref]bool{
			{Kind: plan.KindPort, ID: id(6)}:  true,
			{Kind: plan.KindPort, ID: id(20)}: key == nil, {Kind: plan.KindPort, ID: id(21)}: key == nil,
		} {
			o := got[ref]
			if o == nil {
				t.Fatalf("%s is no orphan", ref)
			}
			if (len(o.Body) > 0) != believed {
				t.Errorf("with key %v, %s has the body %q", key != nil, ref, o.Body)
			}
			if believed {
				continue
			}
			err := r.db.Write(context.Background(), func(tx *store.Tx) error { return hub.AdoptOrphan(tx, o.ID, server) })
			if err == nil {
				t.Errorf("%s was taken over, though nobody ordered it", ref)
			}
		}
	}
}

package hub_test

import (
	"context"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// far is what no document ever comes to.
const far = int64(1) << 41

// A host that says greater generations than anything can have is refused in words,
// wherever it says them, and is heard again once it does not.
func TestGenerationTooFarAhead(t *testing.T) {
	engines(t, func(t *testing.T, r *rig) {
		r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
		r.settle()
		refused := func(what string, req plan.Request) {
			t.Helper()
			_, err := r.hub.Exchange(context.Background(), theHost, req)
			if !cloud.IsKind(err, cloud.Invalid) || !strings.Contains(err.Error(), "network 00000000") {
				t.Errorf("%s: %v", what, err)
			}
		}
		for n := 3; n <= 4; n++ { // known and unknown
			ref := plan.Ref{Kind: plan.KindNetwork, ID: id(n)}
			held := []plan.Held{{Kind: ref.Kind, ID: ref.ID, Generation: far}}
			for _, incarnation := range []string{r.db.Incarnation().Hex(), "another"} {
				refused("hello", plan.Request{Hello: &plan.Hello{Incarnation: incarnation, Versions: []int{plan.DocumentVersion}, Held: held}})
			}
			r.agent.Disconnect()
			session := r.talk().Session
			refused("report", plan.Request{Session: session, Seq: 1 << 20, Reports: []plan.Report{{Kind: ref.Kind, ID: ref.ID, Generation: far}}})
			r.ask(session)
			refused("adoption", plan.Request{Session: session, Seq: 1 << 21, Adopt: &plan.Adopt{
				Documents: []plan.Adopted{{Document: plan.Document{Kind: ref.Kind, ID: ref.ID, Generation: far}}},
			}})
		}
		r.agent.Disconnect()
		r.settle()
		if !r.put(plan.KindNetwork, 3, &plan.Network{VNI: 2}) {
			t.Error("nothing was ordered")
		}
		r.settle()
		if o := r.get(plan.KindNetwork, 3); !o.Done() || o.Generation != 2 {
			t.Errorf("afterwards: %+v", o)
		}
	})
}

// ask has the host asked for everything in its session.
func (r *rig) ask(session int64) {
	r.t.Helper()
	r.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE link SET adopting = 1 WHERE session = $1`, session)
		return err
	})
}

// The greatest generation that is believed leaves room to count on, and what a
// host says it carried out is never beyond what it has.
func TestRoomAboveAHostsGeneration(t *testing.T) {
	r := newRig(t)
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.settle()
	session := r.talk().Session
	r.ask(session)
	body, err := plan.Encode(&plan.Network{VNI: 2})
	if err != nil {
		t.Fatal(err)
	}
	most := far / 2
	r.exchange(plan.Request{Session: session, Seq: 1 << 20, Adopt: &plan.Adopt{Documents: []plan.Adopted{{
		Document:     plan.Document{Kind: plan.KindNetwork, ID: id(3), Generation: most, Body: body},
		Acknowledged: 1 << 45, Status: plan.Status{Ready: true},
	}}}})
	if o := r.get(plan.KindNetwork, 3); o.Generation != most+1 || o.Acknowledged != most || o.Done() {
		t.Fatalf("adopted: %+v", o)
	}
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 3})
	o := r.get(plan.KindNetwork, 3)
	r.exchange(plan.Request{Session: session, Seq: 1 << 21, Reports: []plan.Report{{
		Kind: plan.KindNetwork, ID: id(3), Generation: o.Generation, Acknowledged: o.Generation, Status: plan.Status{Ready: true},
	}}})
	if o := r.get(plan.KindNetwork, 3); !o.Done() || o.Owner != (hub.Owner{Kind: "server", Key: 42}) {
		t.Errorf("the host cannot be heard above what it said itself: %+v", o)
	}
}

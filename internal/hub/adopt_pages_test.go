package hub_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// many is more than two pages of documents.
const many = 1201

// A host with a great many documents that the store does not know is adopted page by
// page; nothing is ordered before the last one, what it lacks among them is lost, and a
// page that was told twice or a control node that started anew changes nothing.
func TestAdoptionInPages(t *testing.T) { engines(t, testAdoptionInPages) }

func testAdoptionInPages(t *testing.T, r *rig) {
	key := []byte("a key of an installation")
	r.key = key
	r.hub = hub.New(hub.Options{DB: r.db, Now: r.clock, Key: key})
	for n := 1; n <= many; n++ {
		r.put(plan.KindNetwork, n, &plan.Network{VNI: n})
	}
	r.put(plan.KindVolume, 2, volume())
	r.settle()
	// The store forgets all but a few; one of them the host will not have.
	r.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`DELETE FROM orders WHERE kind = 'network' AND object > $1`, string(id(3)))
		return err
	})
	if err := r.folder.Remove("network/" + string(id(2))); err != nil {
		t.Fatal(err)
	}
	adopted := 0
	restarted := func() {
		r.hub = hub.New(hub.Options{DB: r.db, Now: r.clock, Key: key, Adopted: func(_ *store.Tx, _ int64, had []plan.Adopted) error {
			adopted += len(had)
			return nil
		}})
	}
	restarted()
	r.start()
	pages, orders := 0, 0
	for range 100 {
		r.stepAll()
		req := r.agent.Request(0)
		reply := r.exchange(req)
		if req.Adopt != nil {
			if pages++; len(req.Adopt.Documents) > 500 {
				t.Fatalf("a page of %d documents", len(req.Adopt.Documents))
			}
			switch {
			case pages == 1: // its answer gets lost
				if o := r.get(plan.KindVolume, 2); o.Lost || o.Taken == 0 {
					t.Errorf("what is not told yet counts as lost: %+v", o)
				}
				again := r.exchange(req)
				if !again.Adopt || again.After == nil || *again.After != *reply.After {
					t.Errorf("told twice: %+v, then %+v", reply, again)
				}
			case pages == 2: // another node has to be told from the beginning
				restarted()
			}
		}
		if reply.Adopt {
			orders += len(reply.Orders)
		}
		if _, err := r.agent.Apply(req, reply); err != nil {
			t.Fatal(err)
		}
		if req.Adopt != nil && !reply.Adopt {
			break
		}
	}
	if pages < 5 || orders > 0 {
		t.Errorf("%d pages, %d orders before the last", pages, orders)
	}
	r.settle()
	orphans := r.orphans()
	if len(orphans) != many-3 || orphans[plan.Ref{Kind: plan.KindNetwork, ID: id(many)}] == nil || adopted < many {
		t.Errorf("%d orphans, %d documents adopted", len(orphans), adopted)
	}
	if o := r.get(plan.KindNetwork, 2); !o.Done() {
		t.Errorf("what the host lacked: %+v", o)
	}
	if o := r.get(plan.KindVolume, 2); !o.Done() || o.Lost {
		t.Errorf("what both have: %+v", o)
	}
}

// stepAll lets the agent work until there is nothing to do.
func (r *rig) stepAll() {
	for range 10 * many {
		if worked, _ := r.agent.Step(context.Background()); !worked {
			return
		}
	}
}

// A page is about the names that follow the last one, and no others.
func TestPageOutOfPlace(t *testing.T) {
	r := newRig(t)
	r.folder = fake.NewMemory()
	ref := func(n int) *plan.Ref { return &plan.Ref{Kind: plan.KindNetwork, ID: id(n)} }
	page := func(after *plan.Ref, more bool, numbers ...int) *plan.Adopt {
		a := &plan.Adopt{After: after, More: more}
		for _, n := range numbers {
			doc := plan.Document{Kind: plan.KindNetwork, ID: id(n), Generation: 1, Body: []byte(`{}`)}
			a.Documents = append(a.Documents, plan.Adopted{Document: doc})
		}
		return a
	}
	held := []plan.Held{{Kind: plan.KindNetwork, ID: id(1), Generation: 1}}
	hello := r.exchange(plan.Request{Hello: &plan.Hello{Versions: []int{plan.DocumentVersion}, Held: held}})
	if !hello.Adopt || !hello.Pages {
		t.Fatalf("%+v", hello)
	}
	seq := int64(0)
	tell := func(a *plan.Adopt) (plan.Reply, error) {
		seq++
		return r.hub.Exchange(context.Background(), theHost, plan.Request{Session: hello.Session, Seq: seq, Adopt: a})
	}
	for _, step := range []struct {
		page  *plan.Adopt
		bad   bool
		after *plan.Ref // of what is asked for then
	}{
		{page: page(ref(5), true, 6)},               // nothing was told yet
		{page: page(nil, true, 1, 9, 2), bad: true}, // 9 is behind the last
		{page: page(nil, true, 1, 2), after: ref(2)},
		{page: page(nil, true, 1, 2), after: ref(2)},
		{page: page(ref(2), true, 2, 3), bad: true, after: ref(2)},
		{page: page(ref(2), true, 3), after: ref(3)},
	} {
		reply, err := tell(step.page)
		if step.bad {
			if !cloud.IsKind(err, cloud.Invalid) {
				t.Errorf("%+v: %+v, %v", step.page, reply, err)
			}
			continue
		}
		if err != nil || !reply.Adopt || !reflect.DeepEqual(reply.After, step.after) {
			t.Errorf("%+v: %+v, %v", step.page, reply, err)
		}
	}
	if reply, err := tell(page(ref(3), false, 4)); err != nil || reply.Adopt || len(r.orphans()) != 4 {
		t.Errorf("at last: %+v, %v, %d orphans", reply, err, len(r.orphans()))
	}
}

package hub_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// TestReplaceIsPut lets an order live by Put on one host and by Replace on
// another: both must come to the same, and Replace must say when it wrote.
func TestReplaceIsPut(t *testing.T) {
	r := newRig(t)
	type step struct{ Body, Report, Held int }
	hosts := int64(100)
	rapid.Check(t, func(rt *rapid.T) {
		hosts += 2
		a, b := hosts, hosts+1
		bodies := []any{nil, &plan.Network{VNI: 1}, &plan.Network{VNI: 2}}
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			return step{rapid.IntRange(0, 2).Draw(rt, "body"), rapid.IntRange(0, 2).Draw(rt, "report"), rapid.IntRange(0, 5).Draw(rt, "held")}
		}), 1, 12).Draw(rt, "steps")
		for _, s := range steps {
			r.write(func(tx *store.Tx) error { return orderBoth(tx, a, b, bodies[s.Body]) })
			r.write(func(tx *store.Tx) error { // as a report, or an adoption, would
				text := []string{`taken = taken`, `taken = generation`, `taken = generation, acknowledged = generation`}[s.Report]
				if s.Held == 0 {
					text += `, held = 1`
				}
				_, err := tx.Exec(`UPDATE orders SET `+text+` WHERE host IN ($1, $2)`, a, b)
				return err
			})
		}
	})
}

// orderBoth orders a body on both hosts and compares what came of it.
func orderBoth(tx *store.Tx, a, b int64, body any) error {
	if _, err := hub.Put(tx, a, plan.KindNetwork, id(3), body, server); err != nil {
		return err
	}
	before, err := hub.Get(tx, b, plan.KindNetwork, id(3))
	if err != nil {
		return err
	}
	written := true
	if before == nil {
		_, err = hub.Put(tx, b, plan.KindNetwork, id(3), body, server)
	} else {
		was := *before
		written, err = hub.Replace(tx, before, body)
		if !reflect.DeepEqual(was, *before) {
			return errors.New("Replace changed what the caller had read")
		}
	}
	if err != nil {
		return err
	}
	x, err := hub.Get(tx, a, plan.KindNetwork, id(3))
	if err != nil {
		return err
	}
	y, err := hub.Get(tx, b, plan.KindNetwork, id(3))
	if err != nil {
		return err
	}
	if (x == nil) != (y == nil) {
		return fmt.Errorf("Put made %v, Replace %v", x, y)
	}
	if x == nil {
		return nil
	}
	if !written && !reflect.DeepEqual(before, y) {
		return errors.New("Replace wrote and did not say so")
	}
	left, right := *x, *y
	left.ID, left.Host, right.ID, right.Host = 0, 0, 0, 0
	if !reflect.DeepEqual(left, right) {
		return fmt.Errorf("Put made %+v, Replace %+v", left, right)
	}
	return nil
}

func TestFind(t *testing.T) {
	engines(t, func(t *testing.T, r *rig) {
		r.put(plan.KindNetwork, 1, &plan.Network{VNI: 1})
		r.put(plan.KindNetwork, 2, &plan.Network{VNI: 2})
		r.put(plan.KindNetwork, 2, nil) // ordered away
		at := func(host int64, kind plan.Kind, n int) hub.At {
			return hub.At{Host: host, Ref: plan.Ref{Kind: kind, ID: id(n)}}
		}
		all := []hub.At{
			at(theHost, plan.KindNetwork, 1), at(theHost, plan.KindNetwork, 2), at(theHost, plan.KindNetwork, 3),
			at(theHost, plan.KindRouter, 1), at(theHost+1, plan.KindNetwork, 1),
		}
		for n := range len(all) + 1 {
			r.read(func(tx *store.Tx) error {
				got, err := hub.Find(tx, all[:n])
				if err != nil {
					return err
				}
				for i, at := range all[:n] {
					want, err := hub.Get(tx, at.Host, at.Ref.Kind, at.Ref.ID)
					if err != nil || !reflect.DeepEqual(got[at], want) || (want != nil) != (i < 2) {
						return fmt.Errorf("of %d documents %v is %+v, not %+v (%w)", n, at, got[at], want, err)
					}
					delete(got, at)
				}
				if len(got) > 0 {
					return fmt.Errorf("%d documents: others too: %v", n, got)
				}
				return nil
			})
		}
	})
}

// TestReportsWakeOnce: however many reports of an owner's documents an exchange
// brings, its owner has one turn to take for them.
func TestReportsWakeOnce(t *testing.T) {
	engines(t, func(t *testing.T, r *rig) {
		r.talk()
		r.settle()
		r.woken()
		other := hub.Owner{Kind: "server", Key: 43}
		r.write(func(tx *store.Tx) error {
			for n := 1; n <= 3; n++ {
				if _, err := hub.Put(tx, theHost, plan.KindNetwork, id(n), &plan.Network{VNI: n}, server); err != nil {
					return err
				}
			}
			_, err := hub.Put(tx, theHost, plan.KindNetwork, id(4), &plan.Network{VNI: 4}, other)
			return err
		})
		r.talk()
		var before, after int64
		r.write(func(tx *store.Tx) (err error) { before, err = tx.Next("work_revision"); return err })
		r.talk()
		r.write(func(tx *store.Tx) (err error) { after, err = tx.Next("work_revision"); return err })
		if woken := after - before - 1; woken != 2 {
			t.Errorf("%d owners were woken for four reports of two", woken)
		}
		for n := 1; n <= 4; n++ {
			if o := r.get(plan.KindNetwork, n); o.Taken != o.Generation {
				t.Errorf("the report of document %d is not recorded", n)
			}
		}
	})
}

// TestGather: that an order was taken may wait for what follows, and nothing
// else may.
func TestGather(t *testing.T) {
	const gather = 10 * time.Millisecond
	for _, c := range []struct {
		what   string
		status plan.Status
		late   bool
	}{
		{"taken", plan.Status{}, true},
		{"under way", plan.Status{Percent: 20}, true},
		{"done", plan.Status{Ready: true}, false},
		{"waits", plan.Status{Reason: "no room"}, false},
		{"failed", plan.Status{Failed: true}, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := newRig(t)
			r.hub = hub.New(hub.Options{DB: r.db, Now: r.clock, Gather: gather})
			reply := r.exchange(plan.Request{Hello: &plan.Hello{Versions: []int{plan.DocumentVersion}, Incarnation: r.db.Incarnation().Hex()}})
			r.put(plan.KindNetwork, 1, &plan.Network{VNI: 1})
			say := func(seq int64, s plan.Status) (due time.Duration) {
				one := plan.Report{Kind: plan.KindNetwork, ID: id(1), Generation: 1, Status: s}
				if s.Ready {
					one.Acknowledged = 1
				}
				r.exchange(plan.Request{Session: reply.Session, Seq: seq, Reports: []plan.Report{one}})
				r.read(func(tx *store.Tx) error {
					var at int64
					err := tx.QueryRow(`SELECT due_at FROM work WHERE kind = $1 AND key = $2`, server.Kind, server.Key).Scan(&at)
					due = time.UnixMicro(at).Sub(r.now)
					return err
				})
				return due
			}
			want := time.Duration(0)
			if c.late {
				want = gather
			}
			if due := say(1, c.status); due != want {
				t.Errorf("its owner looks after %s, not after %s", due, want)
			}
			// What follows does not wait for it, nor does it once it was taken.
			if due := say(2, plan.Status{Ready: true}); due != 0 {
				t.Errorf("once done, its owner looks after %s", due)
			}
			r.woken()
			if due := say(3, plan.Status{Percent: 50}); due != 0 {
				t.Errorf("an order that was taken before wakes its owner after %s", due)
			}
		})
	}
}

package control_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/store"
)

// keyed is a call with an idempotency key.
func keyed(call *control.Call, key, body string) *control.Call {
	c := *call
	c.Key, c.Body = key, []byte(body)
	return &c
}

// named answers as a dialect does, so that bodies differ between objects.
func named(_ *control.Txn, v *control.View) (int, any, error) {
	return 202, map[string]string{"id": v.UID.String(), "html": "<&>"}, nil
}

func (r *rig) createWith(call *control.Call, name string) (control.Reply, error) {
	in := like(name)
	in.Image = pick(r.image.Meta)
	return r.c.CreateServer(r.Context(), call, in, named)
}

func TestRepeatAnswersTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		first, err := r.createWith(keyed(r.alice, "k", "a"), "web")
		r.must(err)
		if first.Replayed || first.Status != 202 || !bytes.Contains(first.Body, []byte("<&>")) {
			t.Fatalf("first answer: %+v %s", first, first.Body)
		}
		again, err := r.createWith(keyed(r.alice, "k", "a"), "web")
		r.must(err)
		if !again.Replayed || again.Status != first.Status || !bytes.Equal(again.Body, first.Body) {
			t.Errorf("repeat: %+v %s, first %s", again, again.Body, first.Body)
		}
		if n := len(find[cloud.Server](r)); n != 1 {
			t.Errorf("%d servers after a repeat", n)
		}
		if rows := find[cloud.Idempotency](r); len(rows) != 1 || strings.Contains(rows[0].Body, `"id"`) || rows[0].Status != 202 {
			t.Errorf("the stored answer is not sealed: %+v", rows)
		}
	})
}

// Anything that makes it another request is a conflict, never a replay.
func TestKeyOfAnotherRequest(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		_, err := r.createWith(keyed(r.alice, "k", "a"), "web")
		r.must(err)
		for name, edit := range map[string]func(*control.Call){
			"body":    func(c *control.Call) { c.Body = []byte("b") },
			"path":    func(c *control.Call) { c.Path = "/y" },
			"method":  func(c *control.Call) { c.Method = "PUT" },
			"dialect": func(c *control.Call) { c.Dialect = "cloudcix" },
			"shift":   func(c *control.Call) { c.Method, c.Path = c.Method+c.Path[:1], c.Path[1:] },
		} {
			c := keyed(r.alice, "k", "a")
			edit(c)
			_, err := r.createWith(c, "web")
			if refused(t, err, cloud.Conflict, "idempotency.digest"); t.Failed() {
				t.Fatal(name)
			}
		}
		if _, err := r.createWith(keyed(r.bob, "k", "a"), "web"); err != nil {
			t.Errorf("the key of another user: %v", err)
		}
		if n := len(find[cloud.Server](r)); n != 2 {
			t.Errorf("%d servers, want one of each user", n)
		}
	})
}

func TestOnlySuccessesAreStored(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		_, err := r.createWith(keyed(r.alice, "k", "a"), "")
		refused(t, err, cloud.Invalid, "name.empty")
		if n := len(find[cloud.Idempotency](r)); n != 0 {
			t.Fatalf("%d answers stored after a failure", n)
		}
		// The same key with a request that works: nothing stands in its way.
		rep, err := r.createWith(keyed(r.alice, "k", "b"), "web")
		if r.must(err); rep.Replayed {
			t.Error("a failure was replayed")
		}
		// A translation that fails takes the verb with it.
		broken := func(*control.Txn, *control.View) (int, any, error) { return 0, nil, errors.New("broken") }
		in := like("two")
		in.Image = pick(r.image.Meta)
		if _, err := r.c.CreateServer(r.Context(), keyed(r.alice, "k2", ""), in, broken); err == nil {
			t.Fatal("a broken translation succeeded")
		}
		if n := len(find[cloud.Server](r)); n != 1 {
			t.Errorf("%d servers: one came from a request that failed", n)
		}
	})
}

func TestAnswersExpire(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		_, err := r.createWith(keyed(r.alice, "k", "a"), "web")
		r.must(err)
		r.pass(24 * time.Hour)
		rep, err := r.createWith(keyed(r.alice, "k", "a"), "web")
		if r.must(err); !rep.Replayed {
			t.Error("an answer is kept for 24 hours")
		}
		r.pass(time.Second)
		rep, err = r.createWith(keyed(r.alice, "k", "other"), "web")
		if r.must(err); rep.Replayed {
			t.Error("an answer is forgotten after 24 hours")
		}
		rep, err = r.createWith(keyed(r.alice, "k", "other"), "web")
		if r.must(err); !rep.Replayed {
			t.Error("the new answer was not stored")
		}
	})
}

// A crash on either side of the commit: before it nothing happened, after it
// the repeat finds the answer.
func TestCrashAroundTheCommit(t *testing.T) {
	for point, servers := range map[string]int{"store.commit.before": 0, "store.commit.after": 1} {
		t.Run(point, func(t *testing.T) {
			r := newRig(t, store.SQLite)
			r.crashAt(point, func() { _, _ = r.createWith(keyed(r.alice, "k", "a"), "web") })
			if n := len(find[cloud.Server](r)); n != servers {
				t.Fatalf("%d servers after the crash, want %d", n, servers)
			}
			rep, err := r.createWith(keyed(r.alice, "k", "a"), "web")
			if r.must(err); rep.Replayed != (servers == 1) {
				t.Errorf("replayed is %v", rep.Replayed)
			}
			if n := len(find[cloud.Server](r)); n != 1 {
				t.Errorf("%d servers in the end", n)
			}
		})
	}
}

// crashAt lets the first pass of a point be the last thing that happens.
func (r *rig) crashAt(point string, do func()) {
	r.Helper()
	restore := crash.Set(func(name string) error {
		if name == point {
			panic(crash.Crashed{Point: name})
		}
		return nil
	})
	defer restore()
	defer func() {
		c := recover()
		if _, played := c.(crash.Crashed); !played {
			r.Fatalf("no crash at %s: %v", point, c)
		}
	}()
	do()
}

// Many repeats at the same time are one request.
func TestRepeatsInParallel(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const n = 20
		type result struct {
			rep control.Reply
			err error
		}
		results := make(chan result, n)
		for range n {
			go func() {
				rep, err := r.createWith(keyed(r.alice, "k", "a"), "web")
				results <- result{rep, err}
			}()
		}
		fresh := 0
		bodies := map[string]bool{}
		for range n {
			res := <-results
			r.must(res.err)
			if !res.rep.Replayed {
				fresh++
			}
			bodies[string(res.rep.Body)] = true
		}
		if fresh != 1 || len(bodies) != 1 || len(find[cloud.Server](r)) != 1 {
			t.Errorf("%d fresh answers, %d bodies, %d servers", fresh, len(bodies), len(find[cloud.Server](r)))
		}
	})
}

// shot is everything that a dry run must not change.
func (r *rig) shot() string {
	r.Helper()
	var b strings.Builder
	r.read(func(tx *store.Tx) error {
		for _, table := range []string{
			"server", "volume", "snapshot", "nic", "ip", "subnet", "allocation", "asn", "project", "router", "host", "key", "event",
			"work", "idempotency", "orders", "policy", "image",
		} {
			rows, err := tx.Query(`SELECT * FROM "` + table + `" ORDER BY 1, 2`)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			cols, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				vals := make([]any, len(cols))
				for i := range vals {
					vals[i] = new(any)
				}
				if err := rows.Scan(vals...); err != nil {
					return err
				}
				b.WriteString(table)
				for i := range vals {
					fmt.Fprintf(&b, " %v", *vals[i].(*any))
				}
				b.WriteByte('\n')
			}
			if err := rows.Err(); err != nil {
				return err
			}
			_ = rows.Close()
		}
		return nil
	})
	return b.String()
}

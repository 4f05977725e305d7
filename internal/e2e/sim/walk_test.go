package sim

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/fake"
)

// verbs are what the walk does, each on a world that is at rest with one
// machine that is on (except for create). do answers the status of its call.
var verbs = []struct {
	name  string
	empty bool // starts without a machine
	snap  bool // starts with a snapshot
	net   bool // starts with a private network that the machine is in
	do    func(r *Run, s shown) int
}{
	{name: "create", empty: true, do: func(r *Run, _ shown) int {
		code, _ := r.call(r.tokens[1], "POST", "/servers", r.body())
		return code
	}},
	{name: "resize", do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "PUT", "/servers/"+s.ID+"/hardware", map[string]any{"vcore": 2, "cores_per_processor": 1, "ram": 2})
		return code
	}},
	{name: "disk", do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "POST", "/servers/"+s.ID+"/hardware/hdds",
			map[string]any{"hdds": []any{map[string]any{"size": 20, "is_main": false}}})
		return code
	}},
	{name: "reboot", do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "PUT", "/servers/"+s.ID+"/status/action", map[string]any{"action": "REBOOT"})
		return code
	}},
	{name: "off", do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "PUT", "/servers/"+s.ID+"/status/action", map[string]any{"action": "POWER_OFF"})
		return code
	}},
	{name: "snapshot", do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "POST", "/servers/"+s.ID+"/snapshots", nil)
		return code
	}},
	{name: "restore", snap: true, do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "PUT", "/servers/"+s.ID+"/snapshots/"+s.Snapshot.ID, nil)
		return code
	}},
	{name: "drop", snap: true, do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "DELETE", "/servers/"+s.ID+"/snapshots/"+s.Snapshot.ID, nil)
		return code
	}},
	{name: "clone", do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "POST", "/servers/"+s.ID+"/clone", map[string]any{"name": "copy"})
		return code
	}},
	{name: "join", do: (*Run).joins},
	{name: "leave", net: true, do: func(r *Run, s shown) int { // and its network is removed
		code := 0
		for _, n := range r.ids(r.tokens[1], "/private_networks") {
			r.call(r.tokens[1], "DELETE", "/private_networks/"+n.ID+"/servers/"+s.ID, nil)
			code, _ = r.call(r.tokens[1], "DELETE", "/private_networks/"+n.ID, nil)
		}
		return code
	}},
	{name: "reconnect", do: func(r *Run, _ shown) int {
		for _, h := range r.Hosts {
			h.Agent.Disconnect()
		}
		return 202
	}},
	{name: "delete", do: func(r *Run, s shown) int {
		code, _ := r.call(r.tokens[1], "DELETE", "/servers/"+s.ID, nil)
		return code
	}},
}

// joins makes a private network and lets a machine join it.
func (r *Run) joins(s shown) int {
	code, _ := r.call(r.tokens[1], "POST", "/private_networks", map[string]any{"name": "inner"})
	for _, n := range r.ids(r.tokens[1], "/private_networks") {
		code, _ = r.call(r.tokens[1], "POST", "/private_networks/"+n.ID+"/servers", map[string]any{"servers": []string{s.ID}})
	}
	return code
}

func (r *Run) body() map[string]any {
	return map[string]any{
		"name": "web", "appliance_id": r.Image.UID.String(), "password": "Secret!23456",
		"hardware": map[string]any{"vcore": 1, "cores_per_processor": 1, "ram": 1, "hdds": []any{map[string]any{"size": 20, "is_main": true}}},
	}
}

// base is a world at rest, ready for a verb.
func base(t *testing.T, empty, snap, net bool) *Run {
	t.Helper()
	w, err := New(t.TempDir(), 11, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	r := &Run{World: w}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	rest := func() {
		if err := r.Settle(time.Hour); err != nil {
			dump(t, w)
			t.Fatal(err)
		}
	}
	rest()
	if !empty {
		if code, answer := r.call(r.tokens[1], "POST", "/servers", r.body()); code != 202 {
			t.Fatalf("create: %d %s", code, answer)
		}
		rest()
	}
	if net {
		if code := r.joins(r.list(r.tokens[1])[0]); code != 202 {
			t.Fatalf("join: %d", code)
		}
		rest()
	}
	if snap {
		s := r.list(r.tokens[1])[0]
		if code, answer := r.call(r.tokens[1], "POST", "/servers/"+s.ID+"/snapshots", nil); code != 202 {
			t.Fatalf("snapshot: %d %s", code, answer)
		}
		rest()
	}
	return r
}

func (r *Run) first() shown {
	list := r.list(r.tokens[1])
	if len(list) == 0 {
		return shown{}
	}
	s := list[0]
	code, answer := r.call(r.tokens[1], "GET", "/servers/"+s.ID, nil)
	if code == 200 {
		unmarshal(answer, &s)
	}
	return s
}

// fault is what happens at the nth time that a point is passed.
type fault struct {
	point string
	nth   int
	die   bool
}

func (f fault) String() string {
	return fmt.Sprintf("%s #%d die=%v", f.point, f.nth, f.die)
}

// TestWalk passes every crash point of every verb, once dying there and once
// with an injected error, and looks afterwards whether anything is stuck or
// left over.
func TestWalk(t *testing.T) {
	if testing.Short() {
		t.Skip("the walk takes a while")
	}
	seen := map[string]bool{}
	ran := 0
	for _, v := range verbs {
		b := base(t, v.empty, v.snap, v.net)
		trail := trace(t, b, v.do)
		for _, f := range trail {
			seen[f.point] = true
			for _, die := range []bool{true, false} {
				if !die && strings.HasPrefix(f.point, "store.commit.after") {
					continue // what is committed cannot fail any more; only a death is possible
				}
				f.die = die
				ran++
				if err := walk(t, b, v.do, f); err != nil {
					t.Errorf("%s, %s: %v", v.name, f, err)
				}
			}
		}
	}
	for _, p := range crash.Points() {
		if !seen[p] && !rare[p] && !elsewhere(p) {
			t.Errorf("the crash point %s was passed by no verb", p)
		}
	}
	t.Log(crash.Tally("walk in process: %d fault points ran", ran))
}

// elsewhere tells the points of the real drivers, which package drivertest walks
// in each driver's own test, and those of files of an installation, which a
// world has none of: both with real SIGKILLs.
func elsewhere(point string) bool {
	family, _, _ := strings.Cut(point, ".")
	return slices.Contains([]string{"disk", "qemu", "netdev", "nft", "dhcp", "sys", "key", "data"}, family)
}

// rare are points off the way of these verbs, with where they are covered.
var rare = map[string]bool{
	"hub.adopt":        true, // a restored database: TestRestoredDatabase
	"host.mark.before": true, // first contact with a control plane: package host
	"host.mark.after":  true,
	// Shared by all machines and left in place while anything may use them:
	// removal is covered by the tests of package fake.
	"fake.image.remove.before": true, "fake.image.remove.after": true,
	"fake.policy.remove.before": true, "fake.policy.remove.after": true,
	"fake.router.remove.before": true, "fake.router.remove.after": true,
}

// trace runs a verb undisturbed and notes every point it passes.
func trace(t *testing.T, b *Run, do func(*Run, shown) int) []fault {
	t.Helper()
	r, err := b.Copy(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	count := map[string]int{}
	var trail []fault
	s := r.first()
	restore := crash.Set(func(name string) error {
		count[name]++
		trail = append(trail, fault{point: name, nth: count[name]})
		return nil
	})
	defer restore()
	if code := do(r, s); code != 202 {
		t.Fatalf("the verb answered %d", code)
	}
	if err := r.Settle(time.Hour); err != nil {
		dump(t, r.World)
		t.Fatal(err)
	}
	restore()
	if bad := r.Leaks(); len(bad) > 0 {
		t.Fatalf("undisturbed: %q", bad)
	}
	return trail
}

// walk runs a verb with one fault, brings all to rest, and then deletes all.
func walk(t *testing.T, b *Run, do func(*Run, shown) int, f fault) error {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := b.Copy(dir)
	if err != nil {
		return err
	}
	defer r.Close()
	s := r.first()
	count := 0
	restore := crash.Set(func(name string) error {
		if name != f.point {
			return nil
		}
		if count++; count != f.nth {
			return nil
		}
		if f.die {
			panic(crash.Crashed{Point: name})
		}
		return fmt.Errorf("%w at %s", fake.ErrInjected, name)
	})
	defer restore()
	do(r, s)
	if err := r.settleGuarded(time.Hour); err != nil {
		dump(t, r.World)
		return err
	}
	restore()
	if bad := r.Leaks(); len(bad) > 0 {
		return fmt.Errorf("at rest: %q", bad)
	}
	return r.Empty()
}

// settleGuarded is Settle in which components may die and start again.
func (r *Run) settleGuarded(limit time.Duration) error {
	until := r.Now.Add(limit)
	idle := 0
	for r.Now.Before(until) {
		moved := false
		for {
			did := false
			died := r.guard(func() { did, _ = r.Work() })
			moved = moved || did || died
			if !did && !died {
				break
			}
		}
		for _, h := range r.Hosts {
			for range 50 {
				did := false
				r.guardHost(h, func() { did, _ = h.Agent.Step(context.Background()) })
				if !did {
					break
				}
			}
			moved = moved || h.Agent.Pressing()
			req := h.Agent.Request(0)
			if r.guard(func() {
				reply, err := r.Hub.Exchange(context.Background(), h.ID, req)
				if err != nil {
					h.Agent.Disconnect()
					return
				}
				r.guardHost(h, func() { _, _ = h.Agent.Apply(req, reply) })
			}) {
				moved = true
			}
		}
		if moved {
			idle = 0
			continue
		}
		if idle++; idle > 3 && r.quiet() {
			return nil
		}
		r.Now = r.Now.Add(time.Second)
	}
	return fmt.Errorf("stuck after %s", limit)
}

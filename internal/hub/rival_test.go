package hub_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

func TestCopiedFolder(t *testing.T) { engines(t, testCopiedFolder) }

// A copy of an agent's folder runs nothing and gets no session, whether the host
// speaks or is silent, and it is an alarm. Only an operator's word lets the folder
// live elsewhere; what ran where it was stands down when it comes back.
func testCopiedFolder(t *testing.T, r *rig) {
	r.write(func(tx *store.Tx) error {
		for n := range theHost { // numbers are given in turn
			if err := store.Insert(tx, &cloud.Host{Name: fmt.Sprintf("rack-%d", n+1), State: cloud.HostUp}); err != nil {
				return err
			}
		}
		return nil
	})
	r.place = "here"
	r.start()
	r.put(plan.KindVolume, 2, volume())
	r.put(plan.KindVM, 1, vm(1))
	r.settle()
	runs := func(m *fake.Machine) bool { g, _ := m.Guest(id(1)); return g.Running }
	if !runs(r.machine) {
		t.Fatal("the machine does not run")
	}
	first, original := *r, r.agent

	second := copyOf(t, r, "there")
	refused := func(when string) {
		t.Helper()
		for range 100 {
			if worked, _ := second.agent.Step(context.Background()); worked {
				t.Fatalf("%s: the copy works on its machine", when)
			}
		}
		req := second.agent.Request(0)
		reply := second.exchange(req)
		_, err := second.agent.Apply(req, reply)
		if reply.Session != 0 || reply.Refused == "" || err == nil || !strings.Contains(err.Error(), "virga admin host moved") {
			t.Fatalf("%s: the copy was answered %+v, %v", when, reply, err)
		}
		if runs(second.machine) {
			t.Fatalf("%s: the copy runs the server", when)
		}
	}
	refused("the host speaks")
	r.talk()
	if reply := r.talk(); reply.Stale || !runs(r.machine) {
		t.Errorf("the host lost its session to the copy: %+v", reply)
	}
	r.now = r.now.Add(time.Hour)
	second.now = r.now
	refused("the host is silent")
	rivals := r.rivals()
	if len(rivals) != 1 || rivals[0].Name != "rack-7" || !strings.Contains(rivals[0].What, "copy") {
		t.Errorf("rivals: %+v", rivals)
	}
	r.read(func(tx *store.Tx) error {
		n, err := store.Count[cloud.Event](tx, cloud.Where(cloud.Eq("kind", "host"), cloud.Eq("failed", true)))
		if n != 2 { // the first, and the one after an hour of silence
			t.Errorf("%d events tell of the copy", n)
		}
		return err
	})

	r.write(func(tx *store.Tx) error { return hub.Moved(tx, theHost) })
	second.settle()
	if len(r.rivals()) != 0 {
		t.Error("still an alarm after an operator decided")
	}
	r.agent, r.machine = original, first.machine
	r.now = second.now
	req := r.agent.Request(0)
	_, _ = r.agent.Apply(req, r.exchange(req)) // its session is over
	req = r.agent.Request(0)
	reply := r.exchange(req)
	if _, err := r.agent.Apply(req, reply); reply.Refused == "" || err == nil {
		t.Fatalf("the machine before was answered %+v, %v", reply, err)
	}
	for range 1000 {
		if worked, _ := r.agent.Step(context.Background()); !worked {
			break
		}
	}
	if runs(r.machine) {
		t.Error("the server runs on both")
	}
}

func (r *rig) rivals() (list []hub.Rival) {
	r.t.Helper()
	r.read(func(tx *store.Tx) (err error) { list, err = hub.Rivals(tx); return err })
	return list
}

// copyOf is the agent on a copy of the folder, on a machine of its own.
func copyOf(t *testing.T, r *rig, place string) *rig {
	t.Helper()
	c := *r
	c.folder, c.place = fake.NewMemory(), place
	names, err := r.folder.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := r.folder.Read(name)
		if err == nil {
			err = c.folder.Write(name, b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if c.machine, err = fake.New(fake.Options{Folder: fake.NewMemory(), Now: c.clock}); err != nil {
		t.Fatal(err)
	}
	c.start()
	return &c
}

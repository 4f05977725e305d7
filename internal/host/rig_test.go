package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// rig is an agent on a fake machine under a clock that the test moves.
type rig struct {
	t       *testing.T
	now     time.Time
	folder  *fake.Memory
	disk    *fake.Memory
	machine *fake.Machine
	agent   *host.Agent
	order   []string // calls the machine got
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, now: time.Unix(1_700_000_000, 0), folder: fake.NewMemory(), disk: fake.NewMemory()}
	r.start()
	return r
}

// start is a fresh process on the same folders.
func (r *rig) start() {
	r.t.Helper()
	var err error
	now := func() time.Time { return r.now }
	r.machine, err = fake.New(fake.Options{Folder: r.disk, Now: now, Steps: func(plan.Kind) int { return 1 }})
	if err != nil {
		r.t.Fatal(err)
	}
	r.machine.Hook = func(c fake.Call) *fake.Fault {
		if c.Op != fake.OpList {
			r.order = append(r.order, fmt.Sprintf("%s %s", c.Op, c.Ref.Kind))
		}
		return nil
	}
	r.agent, err = host.New(context.Background(), host.Options{Tag: "t35t", Folder: r.folder, Machine: r.machine, Now: now})
	if err != nil {
		r.t.Fatal(err)
	}
}

// run steps until nothing is due within a second, moving the clock to what
// is due before.
func (r *rig) run() {
	r.t.Helper()
	for range 10_000 {
		worked, next := r.agent.Step(context.Background())
		if worked {
			continue
		}
		if next >= time.Second {
			return
		}
		r.now = r.now.Add(next)
	}
	r.t.Fatal("the agent does not come to rest")
}

func (r *rig) take(docs ...plan.Document) {
	r.t.Helper()
	for _, d := range docs {
		if err := r.agent.Take(d); err != nil {
			r.t.Fatal(err)
		}
	}
}

// open gives the agent a session, as the control plane would.
func (r *rig) open() {
	r.t.Helper()
	req := r.agent.Request(0)
	if req.Hello == nil {
		r.t.Fatalf("first request says no hello: %+v", req)
	}
	if _, err := r.agent.Apply(req, plan.Reply{Session: 1, Incarnation: "one"}); err != nil {
		r.t.Fatal(err)
	}
}

// reports is what the agent says now; confirmed when asked.
func (r *rig) reports(confirm bool) map[plan.Ref]plan.Report {
	r.t.Helper()
	req := r.agent.Request(0)
	m := map[plan.Ref]plan.Report{}
	for _, rep := range req.Reports {
		m[rep.Ref()] = rep
	}
	if confirm {
		r.apply(req, plan.Reply{Session: req.Session})
	}
	return m
}

func (r *rig) apply(req plan.Request, reply plan.Reply) {
	r.t.Helper()
	if _, err := r.agent.Apply(req, reply); err != nil {
		r.t.Fatal(err)
	}
}

func id(n int) plan.ID { return plan.ID(fmt.Sprintf("%032x", n)) }

func doc(kind plan.Kind, n int, generation int64, body any) plan.Document {
	d := plan.Document{Kind: kind, ID: id(n), Generation: generation}
	if body == nil {
		d.Absent = true
		return d
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	d.Body = b
	return d
}

func ref(kind plan.Kind, n int) plan.Ref { return plan.Ref{Kind: kind, ID: id(n)} }

// world is one machine with all it stands on, in an order that has to be
// turned round to work.
func world(boot int64, power plan.Power) []plan.Document {
	return []plan.Document{
		doc(plan.KindVM, 7, boot, &plan.VM{
			Name: "web", Boot: boot, Power: power, VCPU: 1, Cores: 1, RAM: 512, Image: id(1),
			Volumes: []plan.Attach{{Volume: id(6)}}, NICs: []plan.NIC{{ID: id(8), Network: id(2)}},
		}),
		doc(plan.KindVolume, 6, 1, &plan.Volume{Size: 1 << 30, Image: id(1), Layer: "0", Create: true, VM: id(7)}),
		doc(plan.KindPort, 5, 1,
			&plan.Port{Router: id(3), Network: id(2), NIC: id(8), Public: []plan.PublicAddr{{Address: "198.18.0.9", Policy: id(4)}}}),
		doc(plan.KindPolicy, 4, 1, &plan.Policy{}),
		doc(plan.KindRouter, 3, 1, &plan.Router{Legs: []plan.Leg{{Network: id(2), Address: "100.64.0.1/16"}}, Up: true}),
		doc(plan.KindNetwork, 2, 1, &plan.Network{VNI: 1}),
		doc(plan.KindImage, 1, 1, &plan.Image{Format: "virga"}),
	}
}

func (r *rig) guest(n int) fake.Guest {
	r.t.Helper()
	g, ok := r.machine.Guest(id(n))
	if !ok {
		r.t.Fatalf("no guest %d", n)
	}
	return g
}

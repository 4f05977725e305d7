package host_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// realRig is an agent on this machine, in namespaces of its own.
type realRig struct {
	t      *testing.T
	in     sys.Installation
	folder host.Dir
	real   *host.Real
	agent  *host.Agent
}

func newRealRig(t *testing.T) *realRig {
	if os.Geteuid() != 0 {
		t.Skip("skipped: making namespaces needs root")
	}
	for _, tool := range []string{"nft", "qemu-img", "qemu-system-x86_64"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: %s is not installed", tool)
		}
	}
	in := drivertest.NewInstallation(t)
	r := &realRig{t: t, in: in, folder: host.Dir{Path: t.TempDir()}}
	r.start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := r.real.Down(ctx); err != nil {
			t.Errorf("down: %v", err)
		}
		if err := r.real.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if left := r.leftovers(); len(left) > 0 {
			t.Errorf("left after down: %v", left)
		}
	})
	return r
}

// start is a fresh agent process.
func (r *realRig) start() {
	r.t.Helper()
	if r.real != nil {
		if err := r.real.Close(); err != nil {
			r.t.Error(err)
		}
	}
	r.real = host.NewReal(host.RealOptions{
		In: r.in, Accel: qemu.TCG, Now: time.Now,
		Fetch: func(context.Context, string, int64) (io.ReadCloser, error) { return nil, os.ErrNotExist },
	})
	var err error
	r.agent, err = host.New(context.Background(), host.Options{Tag: r.in.Tag, Folder: r.folder, Machine: r.real, Now: time.Now})
	if err != nil {
		r.t.Fatal(err)
	}
	req := r.agent.Request(0)
	if _, err := r.agent.Apply(req, plan.Reply{Session: 1, Incarnation: "one"}); err != nil {
		r.t.Fatal(err)
	}
}

// until steps until every document is as wanted.
func (r *realRig) until(what string, want func(map[plan.Ref]plan.Report) bool) map[plan.Ref]plan.Report {
	r.t.Helper()
	end := time.Now().Add(30 * time.Second)
	all := map[plan.Ref]plan.Report{}
	for {
		worked, next := r.agent.Step(context.Background())
		req := r.agent.Request(0)
		for _, rep := range req.Reports {
			all[rep.Ref()] = rep
		}
		if _, err := r.agent.Apply(req, plan.Reply{Session: req.Session}); err != nil {
			r.t.Fatal(err)
		}
		if want(all) {
			return all
		}
		if time.Now().After(end) {
			r.t.Fatalf("%s did not happen: %+v", what, all)
		}
		if !worked {
			<-time.After(min(next, 50*time.Millisecond))
		}
	}
}

func (r *realRig) take(docs ...plan.Document) {
	r.t.Helper()
	for _, d := range docs {
		if err := r.agent.Take(d); err != nil {
			r.t.Fatal(err)
		}
	}
}

func allReady(n int) func(map[plan.Ref]plan.Report) bool {
	return func(all map[plan.Ref]plan.Report) bool {
		for _, rep := range all {
			if !rep.Status.Ready || rep.Acknowledged != rep.Generation {
				return false
			}
		}
		return len(all) == n
	}
}

// leftovers names the namespaces and machine processes of the installation.
func (r *realRig) leftovers() []string {
	var left []string
	entries, _ := os.ReadDir(sys.NetnsDir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), r.in.Prefix()) {
			left = append(left, e.Name())
		}
	}
	return append(left, r.in.FindAll("v")...)
}

// small is a machine without an image: its firmware finds nothing to boot and
// waits, which is all that this test needs of a guest.
func small() []plan.Document {
	nic := plan.NIC{ID: id(8), Network: id(2), MAC: "02:00:00:00:00:08", Addresses: []string{"100.64.0.2"}}
	return []plan.Document{
		doc(plan.KindVM, 7, 1, &plan.VM{
			Name: "web", Boot: 1, Power: plan.On, VCPU: 1, Cores: 1, RAM: 64,
			Volumes: []plan.Attach{{Volume: id(6), Serial: "boot"}}, NICs: []plan.NIC{nic},
			Seed: plan.Seed{Instance: "i-1", Hostname: "web", NICs: []plan.SeedIF{{MAC: nic.MAC, DHCP: true}}},
		}),
		doc(plan.KindVolume, 6, 1, &plan.Volume{Size: 16 << 20, Layer: "0", Create: true, VM: id(7)}),
		doc(plan.KindPort, 5, 1, &plan.Port{
			Router: id(3), Network: id(2), NIC: nic.ID, MAC: nic.MAC, Address: "100.64.0.2", Hostname: "web",
			Public: []plan.PublicAddr{{Address: "198.18.0.9", Policy: id(4)}},
		}),
		doc(plan.KindPolicy, 4, 1, &plan.Policy{Rules: []plan.Rule{{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 22, To: 22}}}}}),
		doc(plan.KindRouter, 3, 1, &plan.Router{
			Outside: []plan.Outside{{Address: "198.18.0.5/16", Gateway: "198.18.0.1"}},
			Legs:    []plan.Leg{{Network: id(2), Address: "100.64.0.1/16", DHCP: true}}, Up: true, Pools: []string{"198.18.0.1/16"},
		}),
		doc(plan.KindNetwork, 2, 1, &plan.Network{VNI: 1}),
	}
}

func (r *realRig) rules() string {
	r.t.Helper()
	var out []byte
	err := r.in.Netns("r", id(3)).Do(func() (err error) {
		out, err = exec.Command("nft", "list", "ruleset").CombinedOutput()
		return err
	})
	if err != nil {
		r.t.Fatalf("rules: %v: %s", err, out)
	}
	return string(out)
}

func TestRealMachine(t *testing.T) {
	r := newRealRig(t)
	r.take(small()...)
	r.until("everything ready", allReady(6))
	p, ok := r.in.VMProcess(id(7))
	if !ok {
		t.Fatal("no process")
	}
	if rules := r.rules(); !strings.Contains(rules, "198.18.0.9") {
		t.Errorf("the port is ready and its address not translated:\n%s", rules)
	}

	t.Run("dial", func(t *testing.T) { dialGuest(t, r) })

	t.Run("a fresh agent adopts", func(t *testing.T) {
		r.start()
		all := r.until("everything ready again", allReady(6))
		if q, ok := r.in.VMProcess(id(7)); !ok || q != p {
			t.Errorf("process %v became %v", p, q)
		}
		if vm := all[ref(plan.KindVM, 7)].Status.VM; vm == nil || !vm.Running || vm.Boot != 1 || vm.Restarts != 0 {
			t.Errorf("seen = %+v", vm)
		}
	})

	t.Run("policy and port reach the rules", func(t *testing.T) {
		r.take(doc(plan.KindPolicy, 4, 2,
			&plan.Policy{Rules: []plan.Rule{{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 8443, To: 8443}}}}}))
		r.until("the policy", func(all map[plan.Ref]plan.Report) bool { return all[ref(plan.KindPolicy, 4)].Acknowledged == 2 })
		if rules := r.rules(); !strings.Contains(rules, "8443") {
			t.Errorf("the policy is ready and not in the rules:\n%s", rules)
		}
		r.take(doc(plan.KindPort, 5, 2, nil))
		r.until("the port's end", func(all map[plan.Ref]plan.Report) bool { return all[ref(plan.KindPort, 5)].Gone() })
		if rules := r.rules(); strings.Contains(rules, "198.18.0.9") {
			t.Errorf("the port is gone and its address is still there:\n%s", rules)
		}
	})

	t.Run("a dead hypervisor is started again", func(t *testing.T) {
		if _, err := sys.End(r.in.VMName(id(7)), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		r.until("a new process", func(all map[plan.Ref]plan.Report) bool {
			vm := all[ref(plan.KindVM, 7)].Status.VM
			return vm != nil && vm.Running && vm.Restarts == 1
		})
	})

	t.Run("everything goes, users first", func(t *testing.T) {
		docs := small()
		slices.Reverse(docs)
		for _, d := range docs {
			r.take(plan.Document{Kind: d.Kind, ID: d.ID, Generation: 9, Absent: true})
		}
		r.until("all gone", func(all map[plan.Ref]plan.Report) bool {
			gone := 0
			for _, rep := range all {
				if rep.Generation == 9 && rep.Gone() {
					gone++
				}
			}
			return gone == 6
		})
		left := slices.DeleteFunc(r.leftovers(), func(s string) bool { return strings.HasSuffix(s, "-ext") })
		if len(left) > 0 {
			t.Errorf("left: %v", left)
		}
		for _, k := range plan.Kinds {
			if ids, err := r.real.List(context.Background(), k); err != nil || len(ids) > 0 {
				t.Errorf("list %s: %v, %v", k, ids, err)
			}
		}
	})
}

func dialGuest(t *testing.T, r *realRig) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c, err := r.real.Dial(ctx, plan.Target{Kind: "vnc", VM: id(7)})
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if line, err := bufio.NewReader(io.LimitReader(c, 12)).ReadString('\n'); !strings.HasPrefix(line, "RFB ") {
		t.Errorf("screen says %q, %v", line, err)
	}
	_ = c.Close()
	if c, err = r.real.Dial(ctx, plan.Target{Kind: "serial", VM: id(7)}); err != nil {
		t.Errorf("serial: %v", err)
	} else {
		_ = c.Close()
	}
	// TCP goes out of the router's namespace: a listener there is reached.
	ln, err := r.in.Netns("r", id(3)).Listen(ctx, "tcp", "100.64.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if c, err = r.real.Dial(ctx, plan.Target{Kind: "tcp", Router: id(3), Address: ln.Addr().String()}); err != nil {
		t.Errorf("tcp: %v", err)
	} else {
		if _, ok := c.(*net.TCPConn); !ok {
			t.Errorf("a %T", c)
		}
		_ = c.Close()
	}
	for _, to := range []plan.Target{{Kind: "mail"}, {Kind: "vnc", VM: "../../x"}, {Kind: "tcp", Router: "../x"}} {
		if _, err := r.real.Dial(ctx, to); err == nil {
			t.Errorf("dialled %+v", to)
		}
	}
}

// The room that is offered is what is free and what our volumes take, as many
// times as the operator says.
func TestOvercommit(t *testing.T) {
	in := sys.Installation{Tag: "00aaee", Dir: t.TempDir()}
	for _, times := range []float64{0, 1, 3.5} {
		m := host.NewReal(host.RealOptions{In: in, Accel: qemu.TCG, Now: time.Now, Overcommit: times})
		f, err := m.Facts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := int64(float64(f.DiskFree+in.Used()) * max(1, times)); f.Disk != want || f.DiskFree <= 0 || f.DiskSize < f.DiskFree {
			t.Errorf("%v times: %d bytes are offered of %d free, want %d", times, f.Disk, f.DiskFree, want)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

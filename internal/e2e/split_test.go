package e2e

import (
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/image"
)

// split is a control plane and a host as two processes that meet on loopback
// with mutual TLS.
type split struct {
	*Cloud
	host  *Cloud // the agent's folder; its Installation has the machines
	links string
}

// agent starts the host's process.
func (s *split) agent(args ...string) *Process {
	s.T.Helper()
	return s.Spawn(s.host.Dir, nil, append([]string{"agent", "--disk-overcommit", "5"}, args...)...)
}

// Guest logs in from the host's namespace.
func (s *split) Guest(key Key, ip string) *Guest {
	s.T.Helper()
	return s.host.Guest(key, ip, machineLimit)
}

// Control plane and agent are processes of their own: each is killed alone and
// both together, and the guest is the same all the while.
func TestRealSplit(t *testing.T) {
	real(t)
	t.Parallel()
	begin := time.Now()
	step := func(what string) { t.Logf("%6.1f s  %s", time.Since(begin).Seconds(), what) }
	s := &split{Cloud: New(t, bin, spread, "control"), host: New(t, bin, spread, "host"), links: freePort(t)}
	serve := s.Start("serve", "--dev", "--test-clock", "--listen", "127.0.0.1:0", "--links", s.links)
	built, err := image.Cached(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Admin("POST", "/images", map[string]any{"path": built.Path}).Is(200)
	var token struct{ Token string }
	s.Admin("POST", "/hosts", map[string]any{"name": "metal"}).Is(200).Into(&token)
	agent := s.agent("--join", token.Token, "--control", s.links)
	s.hostUp("metal")
	step("the host joined")

	key := NewKey(t)
	web := s.Create(Body("web", s.Image("tiny"), key.Line()), machineLimit)
	ip := s.address(web.ID)
	g := s.Guest(key, ip)
	boot := g.BootID()
	step("a machine answers")
	same := func(when string) {
		t.Helper()
		g.Sh("true") // over the connection that was there
		if got := s.Guest(key, ip).BootID(); got != boot {
			t.Errorf("%s: the guest was rebooted", when)
		}
	}
	order := func(name string) {
		t.Helper()
		s.InState(web.ID, "POWERED_ON", machineLimit)
		var disks struct {
			Hardware struct{ Hdds []struct{ ID string } }
		}
		s.One("POST", "/servers/"+web.ID+"/hardware/hdds", map[string]any{"hdds": []any{map[string]any{"size": 20, "is_main": false}}}).Is(202)
		s.InState(web.ID, "POWERED_ON", machineLimit)
		s.One("GET", "/servers/"+web.ID, nil).Is(200).Into(&disks)
		g.Until("ls -d /sys/block/vd? | wc -l", strconv.Itoa(len(disks.Hardware.Hdds)), machineLimit)
		step(name + " was killed, came back and takes orders")
	}

	agent.Kill()
	same("without agent")
	agent = s.agent() // it knows where it belongs
	order("the agent")

	serve.Kill()
	same("without control plane")
	serve = s.Restart()
	order("the control plane")

	agent.Kill()
	serve.Kill()
	same("without both")
	agent, serve = s.agent(), s.Restart()
	order("everything")

	// The clock goes past the end of the host's certificate, but not of its machines.
	days := s.ahead("+2400h")
	folder := filepath.Join(s.host.Dir, "host", "agent")
	s.Until("the certificate is renewed", machineLimit, func() (bool, string) {
		end := certificateEnd(t, folder)
		return time.Until(end) > days, end.String()
	})
	same("100 days later")
	agent.Kill()
	agent = s.agent()
	order("the agent, 100 days later,")
	same("after all")

	s.One("DELETE", "/servers/"+web.ID, nil).Is(202)
	s.Gone(web.ID, machineLimit)
	nothingLeft(t, s.Cloud)
	hostIsEmpty(t, s.host)
	step("deleted")
	if err := serve.Stop(20 * time.Second); err != nil {
		t.Errorf("stop serve: %v", err)
	}
	s.host.Down() // ends the agent as well
	if err := agent.Wait(20 * time.Second); err != nil {
		t.Errorf("the agent: %v", err)
	}
	nothingRuns(t, s.host.Dir)
	nothingRuns(t, s.Dir)
	step("down")
}

// freePort is an address that nobody listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

package e2e

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// ahead moves the clock of a cloud by the verb, or asks it when nothing is given, and
// gives how far it is ahead.
func (c *Cloud) ahead(by ...string) time.Duration {
	c.T.Helper()
	out, err := c.Run(fakeLimit, append([]string{"admin", "clock", "-o", "json"}, by...)...)
	var said struct{ Ahead string }
	if err == nil {
		err = json.Unmarshal([]byte(out), &said)
	}
	d, bad := time.ParseDuration(said.Ahead)
	if err != nil || bad != nil {
		c.T.Fatalf("virga admin clock %v: %v: %s", by, err, out)
	}
	return d
}

// onClock runs a test on clouds whose clock may be moved, on both engines. links is where
// other hosts connect.
func onClock(t *testing.T, name string, f func(t *testing.T, c *Cloud, links string)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			links := freePort(t)
			args := []string{"up", "--fake", "--dev", "--test-clock", "--listen", "127.0.0.1:0", "--links", links}
			if engine == "postgres" {
				args = append(args, "--postgres", pgtest.New(t))
			}
			c := New(t, bin, quick, name+"-"+engine)
			c.Start(args...)
			f(t, c, links)
		})
	}
}

// printed waits for words in what a process prints.
func (c *Cloud) printed(p *Process, words string) error {
	c.T.Helper()
	say, ok := until(startLimit, func() (bool, string) {
		out := p.Output()
		return strings.Contains(out, words) || p.Ended(), out
	})
	if !ok || !strings.Contains(p.Output(), words) {
		return fmt.Errorf("it does not say %q, but: %s", words, say)
	}
	return nil
}

// joinToken makes a host and its token.
func (c *Cloud) joinToken(name string) string {
	c.T.Helper()
	var token struct{ Token string }
	c.Admin("POST", "/hosts", map[string]any{"name": name}).Is(200).Into(&token)
	return token.Token
}

// What ends by itself ends when the clock comes there and not before: a session, a join
// token, a snapshot.
func TestClockEndsThings(t *testing.T) {
	t.Parallel()
	onClock(t, "ends", func(t *testing.T, c *Cloud, links string) {
		s := c.Create(Body("web", c.Image("tiny"), ""), fakeLimit)
		c.One("POST", "/servers/"+s.ID+"/snapshots?expires=30h", nil).Is(202)
		if s = c.InState(s.ID, "POWERED_ON", fakeLimit); s.Snapshot == nil {
			t.Fatal("there is no snapshot")
		}
		old := c.joinToken("rack-1")                   // valid for an hour
		c.CIX("GET", "/iaas/v1/project/", nil).Is(200) // logs in, for two hours

		if d := c.ahead("+1h59m"); d != 119*time.Minute {
			t.Fatalf("it is %v ahead", d)
		}
		c.CIX("GET", "/iaas/v1/project/", nil).Is(200)
		c.ahead("+2m")
		if a := c.CIX("GET", "/iaas/v1/project/", nil).Is(401); !strings.Contains(string(a.Body), "expired") {
			t.Errorf("a session after its end: %s", a.Body)
		}
		c.jwt = "" // another one
		c.CIX("GET", "/iaas/v1/project/", nil).Is(200)

		agent := New(t, bin, quick, filepath.Base(c.Dir)+"-rack")
		join := func(token string) *Process {
			return c.Spawn(agent.Dir, nil, "agent", "--fake", "--join", token, "--control", links)
		}
		if p := join(old); p.Wait(startLimit) == nil || !strings.Contains(p.Output(), "this join token is not valid") {
			t.Errorf("with a token of two hours ago: %s", p.Output())
		}
		if err := c.printed(join(c.joinToken("rack-1")), "\nready "); err != nil {
			t.Errorf("with a new token: %v", err)
		}

		shown := func() string {
			t.Helper()
			out, err := c.Run(fakeLimit, "server", "show", "web")
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			return out
		}
		if out := shown(); !strings.Contains(out, "removes itself in 27 hours") {
			t.Errorf("28 hours before its end a snapshot is shown so: %s", out)
		}
		c.ahead("+27h")
		if out := shown(); !strings.Contains(out, "removes itself in 5") { // minutes, fewer than an hour
			t.Errorf("an hour before its end a snapshot is shown so: %s", out)
		}
		c.ahead("+1h")
		c.Until("the snapshot is gone", fakeLimit, func() (bool, string) {
			s = c.InState(s.ID, "POWERED_ON", fakeLimit)
			return s.Snapshot == nil, fmt.Sprint(s.Snapshot)
		})
		c.Until("all hosts are seen", fakeLimit, func() (bool, string) {
			var list []struct {
				State string
				Quiet float64
			}
			a := c.Admin("GET", "/hosts", nil).Is(200)
			a.Into(&list)
			for _, h := range list {
				if h.State != "up" || h.Quiet < 0 || h.Quiet > 120 {
					return false, string(a.Body)
				}
			}
			return len(list) == 17, string(a.Body)
		})
	})
}

// A project that was shut down is there until its grace period is over, and so is a
// machine in it.
func TestClockEndsGrace(t *testing.T) {
	t.Parallel()
	onClock(t, "grace", func(t *testing.T, c *Cloud, _ string) {
		s := c.Create(Body("web", c.Image("tiny"), ""), fakeLimit)
		project := func() (pr struct {
			ID       int64
			Closed   bool
			Stable   bool
			ShutDown bool `json:"shut_down"`
		},
		) {
			t.Helper()
			var list struct{ Content []json.RawMessage }
			c.CIX("GET", "/iaas/v1/project/", nil).Is(200).Into(&list)
			if len(list.Content) != 1 {
				t.Fatalf("projects: %s", list.Content)
			}
			if err := json.Unmarshal(list.Content[0], &pr); err != nil {
				t.Fatal(err)
			}
			return pr
		}
		c.Until("the project is stable", fakeLimit, func() (bool, string) { pr := project(); return pr.Stable, fmt.Sprint(pr) })
		c.CIX("PATCH", fmt.Sprintf("/iaas/v1/project/%d/", project().ID), map[string]any{"state": 8, "grace_period": 48}).Is(200)
		c.Until("the machine is off", fakeLimit, func() (bool, string) {
			got := c.Server(s.ID)
			return got.Status.State == "POWERED_OFF", got.Status.State
		})
		c.ahead("+47h")
		c.jwt = ""
		if pr := project(); pr.Closed {
			t.Fatal("the project is closed an hour too early")
		}
		c.One("GET", "/servers/"+s.ID, nil).Is(200)
		c.ahead("+1h")
		c.jwt = ""
		c.Gone(s.ID, fakeLimit)
		c.Until("the project is closed", fakeLimit, func() (bool, string) { pr := project(); return pr.Closed, fmt.Sprint(pr) })
	})
}

// certificateEnd is when the certificate of an agent's folder ends.
func certificateEnd(t *testing.T, folder string) time.Time {
	t.Helper()
	b, err := host.Dir{Path: folder}.Read("link/identity")
	if err != nil {
		t.Fatal(err)
	}
	var id struct{ Chain []byte }
	if err := json.Unmarshal(b, &id); err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(id.Chain)
	if block == nil {
		t.Fatalf("no certificate in %s", folder)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert.NotAfter
}

// Certificates of hosts are renewed when the clock comes near their end, or past it
// while they are connected: of hosts in the process and of those elsewhere, whose own
// clocks stay as they are. After a restart of both ends they find each other again, and
// a machine with another clock can still join.
func TestClockRenewsCertificates(t *testing.T) {
	t.Parallel()
	onClock(t, "renews", func(t *testing.T, c *Cloud, links string) {
		rack := New(t, bin, quick, filepath.Base(c.Dir)+"-rack")
		agent := c.Spawn(rack.Dir, nil, "agent", "--fake", "--join", c.joinToken("rack"), "--control", links)
		if err := c.printed(agent, "\nready "); err != nil {
			t.Fatal(err)
		}
		own, err := filepath.Glob(filepath.Join(c.Dir, "hosts", "*", "agent"))
		if err != nil || len(own) != 16 {
			t.Fatalf("hosts of the process: %v, %v", own, err)
		}
		folders := append(own, filepath.Join(rack.Dir, "host", "agent"))
		const day = 24 * time.Hour
		for _, by := range []time.Duration{61 * day, 400 * day} {
			left := c.ahead("+" + by.String())
			for _, f := range folders {
				c.Until("the certificate in "+f+" is renewed", fakeLimit, func() (bool, string) {
					end := certificateEnd(t, f)
					return time.Until(end) > left+89*day, end.String()
				})
			}
		}
		agent.Kill()
		c.procs[0].Kill()
		again := c.Restart()
		if err := c.printed(again, "\nready "); err != nil {
			t.Errorf("the hosts of the process after its restart: %v", err)
		}
		if err := c.printed(c.Spawn(rack.Dir, nil, "agent", "--fake"), "\nready "); err != nil {
			t.Errorf("the host elsewhere after its restart: %v", err)
		}
		late := New(t, bin, quick, filepath.Base(c.Dir)+"-late")
		p := c.Spawn(late.Dir, nil, "agent", "--fake", "--join", c.joinToken("late"), "--control", links)
		if err := c.printed(p, "\nready "); err != nil {
			t.Errorf("a machine that joins later: %v", err)
		}
		c.Create(Body("web", c.Image("tiny"), ""), fakeLimit)
	})
}

// The clock is moved on purpose only: by the operator, in an installation for tests. Such
// a database starts nowhere else until it was set back.
func TestClockIsForTests(t *testing.T) {
	t.Parallel()
	c := New(t, bin, quick, "clock-refused")
	args := []string{"up", "--fake", "--listen", "127.0.0.1:0"}
	p := c.Start(args...)
	if out, err := c.Run(fakeLimit, "admin", "clock", "+1h"); err == nil || !strings.Contains(out, "--test-clock") {
		t.Errorf("without --test-clock: %v, %s", err, out)
	}
	if d := c.ahead(); d != 0 {
		t.Errorf("after a refusal it is %v ahead", d)
	}
	for _, a := range [][]string{{"1h"}, {"+1"}, {"+-1h"}, {"+1h", "--back", "1h"}, {"--back", "-1h"}} {
		if out, err := c.Run(fakeLimit, append([]string{"admin", "clock"}, a...)...); err == nil || strings.Contains(out, "test-clock") {
			t.Errorf("%v: %v, %s", a, err, out)
		}
	}
	stop := func() {
		t.Helper()
		if err := p.Stop(fakeLimit); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	p = c.Start(append(args, "--test-clock")...)
	if out, err := c.Run(fakeLimit, "admin", "clock", "--back", "1h"); err == nil || !strings.Contains(out, "cannot be set back") {
		t.Errorf("back before the machine's time: %v, %s", err, out)
	}
	c.ahead("+36h")
	s := c.Create(Body("later", c.Image("tiny"), ""), fakeLimit)
	stop()
	if refused, err := c.TryStart(nil, args...); err == nil || !strings.Contains(refused.Output(), "36h0m0s ahead") {
		t.Errorf("a start without --test-clock: %v", err)
	}
	p = c.Start(append(args, "--test-clock")...)
	if d := c.ahead("--back", "36h"); d != 0 {
		t.Errorf("set back it is %v ahead", d)
	}
	c.One("PUT", "/servers/"+s.ID+"/status/action", map[string]any{"action": "POWER_OFF", "method": "HARDWARE"}).Is(202)
	c.InState(s.ID, "POWERED_OFF", fakeLimit) // what was made in the future is as usable as anything
	stop()
	c.Start(args...)
}

// Of several nodes all go by the clock that one of them moved, also one that may not
// move it.
func TestClockOfTwoNodes(t *testing.T) {
	t.Parallel()
	dsn := pgtest.New(t)
	one, two := New(t, bin, quick, "clock-1"), New(t, bin, quick, "clock-2")
	args := []string{"up", "--fake", "--dev", "--listen", "127.0.0.1:0", "--postgres", dsn}
	one.Start(append(args, "--test-clock")...)
	copyKeys(t, one, two)
	two.Start(args...)
	two.Token, two.Email, two.Password, two.APIKey = one.Token, one.Email, one.Password, one.APIKey
	two.CIX("GET", "/iaas/v1/project/", nil).Is(200)
	s := two.Create(Body("web", two.Image("tiny"), ""), fakeLimit)
	two.One("POST", "/servers/"+s.ID+"/snapshots?expires=1h", nil).Is(202)
	two.InState(s.ID, "POWERED_ON", fakeLimit)
	one.ahead("+3h")
	two.Until("the other node follows", fakeLimit, func() (bool, string) {
		d := two.ahead()
		return d == 3*time.Hour, d.String()
	})
	two.CIX("GET", "/iaas/v1/project/", nil).Is(401)
	two.Until("the snapshot is gone", fakeLimit, func() (bool, string) {
		s = two.InState(s.ID, "POWERED_ON", fakeLimit)
		return s.Snapshot == nil, fmt.Sprint(s.Snapshot)
	})
	if out, err := two.Run(fakeLimit, "admin", "clock", "+1h"); err == nil {
		t.Errorf("a node that was not started for tests moves it: %s", out)
	}
}

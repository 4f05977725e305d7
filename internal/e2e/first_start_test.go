package e2e

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// logIn makes sure that the operator can log in with what ready.json says.
func (c *Cloud) logIn() {
	c.T.Helper()
	c.jwt = ""
	c.CIX("GET", "/iaas/v1/vm/", nil).Is(200)
}

// told makes sure that a start told where the password is by which to log in, and
// kept it, and the keys, out of what is a log here.
func (c *Cloud) told(p *Process) {
	c.T.Helper()
	c.said(p)
	if c.Password == "" || !strings.Contains(p.Output(), "password and keys are in "+filepath.Join(c.Dir, "ready.json")) {
		c.T.Errorf("where the password %q is was not told: %s", c.Password, p.Output())
	}
	for _, secret := range []string{c.Password, c.Token, c.APIKey} {
		if strings.Contains(p.Output(), secret) {
			c.T.Errorf("a start that no person sees shows secrets: %s", p.Output())
		}
	}
	c.logIn()
}

// said waits for the last line of a start: the file for scripts comes before it.
func (c *Cloud) said(p *Process) {
	c.T.Helper()
	c.Until("the start is told", fakeLimit, func() (bool, string) {
		out := p.Output()
		return strings.Contains(out, "\nready "), out
	})
}

// A first start on a used port makes nothing, and the next one tells the
// credentials as if nothing had been.
func TestFirstStartOnUsedPort(t *testing.T) {
	t.Parallel()
	c := New(t, bin, quick, "used-port")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 2 {
		p := c.Spawn(c.Dir, nil, "up", "--fake", "--listen", l.Addr().String())
		if err := p.Wait(fakeLimit); err == nil || !strings.Contains(p.Output(), "something listens there already") {
			t.Fatalf("on a used port: %v, %s", err, p.Output())
		}
		if _, err := os.Stat(filepath.Join(c.Dir, "virga.db")); !os.IsNotExist(err) {
			t.Errorf("the start that failed made a database (%v)", err)
		}
	}
	c.told(c.Start("up", "--fake", "--listen", "127.0.0.1:0"))
}

// A first start that dies anywhere between the first rows and the end of its
// words is made good by the next; the one after that tells nothing any more.
func TestFirstStartThatDies(t *testing.T) {
	t.Parallel()
	for name, point := range map[string]string{
		"rows": "store.commit.after", "more-rows": "store.commit.after#2", "told": "data.write.before#3", "kept": "data.write.after#3",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := New(t, bin, quick, "first-"+name)
			args := []string{"up", "--fake", "--listen", "127.0.0.1:0"}
			p, err := c.TryStart([]string{"VIRGA_CRASH=" + point}, args...)
			if !p.Died(fakeLimit) {
				t.Fatalf("%s was not passed: %v, %s", point, err, p.Output())
			}
			p = c.Start(args...)
			c.told(p)
			password := c.Password
			if err := p.Stop(10 * time.Second); err != nil {
				t.Fatal(err)
			}
			p = c.Restart()
			c.said(p)
			if c.Password != password || strings.Contains(p.Output(), "password") {
				t.Errorf("a later start: %q in ready.json, %s", c.Password, p.Output())
			}
		})
	}
}

// The operator sets his password: the old one is void, ready.json follows, also
// over a restart; a file that is wrong is not believed.
func TestOperatorPassword(t *testing.T) {
	t.Parallel()
	c := New(t, bin, quick, "password")
	p := c.Start("up", "--fake", "--listen", "127.0.0.1:0")
	old := c.Password
	login := func(password string) int {
		in := map[string]any{"email": c.Email, "password": password, "api_key": c.APIKey}
		a, err := c.send(1, http.DefaultClient, "POST", strings.TrimSuffix(c.CloudCIX, "/")+"/membership/v1/auth/login/", in, "", "")
		if err != nil {
			t.Fatal(err)
		}
		return a.Status
	}
	set := c.Spawn(c.Dir, nil, "admin", "user", "password", "Operator/admin")
	if err := set.Wait(fakeLimit); err != nil {
		t.Fatalf("%v: %s", err, set.Output())
	}
	again := func() {
		t.Helper()
		if err := p.Stop(10 * time.Second); err != nil {
			t.Fatal(err)
		}
		p = c.Restart()
		c.said(p)
	}
	again()
	if c.Password == old || !strings.Contains(set.Output(), c.Password) {
		t.Errorf("ready.json says %q, the verb said %s", c.Password, set.Output())
	}
	if a, b := login(old), login(c.Password); a != 400 || b != 201 {
		t.Errorf("the old password %d, the new one %d", a, b)
	}
	file := filepath.Join(c.Dir, "ready.json")
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.ReplaceAll(string(b), c.Password, old)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	again()
	if c.Password != "" || !strings.Contains(p.Output(), "virga admin user password") {
		t.Errorf("a wrong password of ready.json: %q, %s", c.Password, p.Output())
	}
}

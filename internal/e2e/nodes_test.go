package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// Two nodes that simulate hosts on one database have hosts of their own, and every
// server is on one of them.
func TestTwoFakeNodes(t *testing.T) {
	t.Parallel()
	dsn := pgtest.New(t)
	var nodes [2]*Cloud
	for i, name := range []string{"node-1", "node-2"} {
		c := New(t, bin, quick, name)
		nodes[i] = c
		if i > 0 {
			copyKeys(t, nodes[0], c)
		}
		c.Start("up", "--fake", "--listen", "127.0.0.1:0", "--postgres", dsn)
	}
	nodes[1].Token = nodes[0].Token
	var hosts []struct{ Name, State string }
	both := func() (bool, string) {
		a := nodes[0].Admin("GET", "/hosts", nil).Is(200)
		a.Into(&hosts)
		for _, h := range hosts {
			if h.State != "up" {
				return false, string(a.Body)
			}
		}
		return len(hosts) == 32, string(a.Body)
	}
	nodes[0].Until("16 hosts of each node are up", time.Minute, both)
	for i := range 12 {
		s := nodes[i%2].post(Body("web", nodes[0].Image("tiny"), ""))
		nodes[1-i%2].InState(s.ID, "POWERED_ON", time.Minute)
	}
	made := [2]int{}
	for i, c := range nodes {
		dirs, err := filepath.Glob(filepath.Join(c.Dir, "hosts", "*", "machine"))
		if err != nil || len(dirs) == 0 {
			t.Fatalf("%d machines of node %d: %v", len(dirs), i, err)
		}
		files, err := filesOf([]string{"vm"}, dirs...)
		if err != nil {
			t.Fatal(err)
		}
		made[i] = len(files)
	}
	if made[0]+made[1] != 12 || made[0] == 0 || made[1] == 0 {
		t.Errorf("12 servers are %v on the hosts of two nodes", made)
	}
}

// copyKeys gives a node the keys of another, as `cp -a` does: nobody else may read them.
func copyKeys(t *testing.T, from, to *Cloud) {
	t.Helper()
	keys := filepath.Join(to.Dir, "keys")
	if err := os.CopyFS(keys, os.DirFS(filepath.Join(from.Dir, "keys"))); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(keys, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.Chmod(f, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A node whose keys are not those of its database is refused in words, and makes none
// in the place of one that is missing.
func TestNodeWithOtherKeys(t *testing.T) {
	t.Parallel()
	c := New(t, bin, quick, "keys")
	args := []string{"up", "--fake", "--listen", "127.0.0.1:0"}
	if err := c.Start(args...).Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	other := New(t, bin, quick, "other-keys")
	if err := other.Start(args...).Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	for file, called := range map[string]string{"master": "master key", "token.pem": "token key", "ca.pem": "authority"} {
		path := filepath.Join(c.Dir, "keys", file)
		mine, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := os.ReadFile(filepath.Join(other.Dir, "keys", file))
		if err != nil {
			t.Fatal(err)
		}
		refused := func(words string) {
			t.Helper()
			p := c.Spawn(c.Dir, nil, args...)
			if err := p.Wait(fakeLimit); err == nil || !strings.Contains(p.Output(), words) || !strings.Contains(p.Output(), "--accept-keys") {
				t.Errorf("%s: %v, %s", file, err, p.Output())
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		refused("is missing")
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s was made (%v)", file, err)
		}
		if err := os.WriteFile(path, theirs, 0o600); err != nil {
			t.Fatal(err)
		}
		refused("the " + called)
		if err := os.WriteFile(path, mine, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Start(args...).Stop(10 * time.Second); err != nil {
		t.Error(err)
	}
}

// An agent that was told of several control nodes finds the one that answers, also at
// later starts, and without its flag.
func TestAgentKnowsSeveralNodes(t *testing.T) {
	t.Parallel()
	c := New(t, bin, quick, "several")
	nobody, links := freePort(t), freePort(t)
	c.Start("serve", "--listen", "127.0.0.1:0", "--links", links)
	var token struct{ Token string }
	c.Admin("POST", "/hosts", map[string]any{"name": "rack-1"}).Is(200).Into(&token)
	dir := filepath.Join(c.Dir, "rack-1")
	p := c.Spawn(dir, nil, "agent", "--fake", "--join", token.Token, "--control", nobody+","+links)
	c.hostUp("rack-1")
	if err := p.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	seen := func() (seen time.Time) {
		var list []struct {
			Name string
			Seen time.Time
		}
		c.Admin("GET", "/hosts", nil).Is(200).Into(&list)
		for _, h := range list {
			if h.Name == "rack-1" {
				seen = h.Seen
			}
		}
		return seen
	}
	before := seen()
	p = c.Spawn(dir, nil, "agent", "--fake")
	c.Until("it is heard again", fakeLimit, func() (bool, string) { return seen().After(before), p.Output() })
}

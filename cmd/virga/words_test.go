package main

import (
	"bytes"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/httpd"
)

func TestGigabytes(t *testing.T) {
	for text, want := range map[string]float64{"512": 0.5, "512M": 0.5, "512 ": 0.5, "1G": 1, "1.5g": 1.5, "2GiB": 2, "2048MB": 2} {
		if got, err := gigabytes(text); err != nil || got != want {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "G", "lots", "-1G", "0", "NaN", "Inf", "1T", "1e30G"} {
		if got, err := gigabytes(text); exitCode(err) != exitUsage {
			t.Errorf("%q: %v %v, want a usage error", text, got, err)
		}
	}
}

func TestNamed(t *testing.T) {
	list := [][2]string{{"1", "web"}, {"2", "Web"}, {"3", "db"}, {"4", "db"}, {"5", "Solo"}}
	key := func(e [2]string) (string, string) { return e[0], e[1] }
	for name, want := range map[string]string{"web": "1", "Web": "2", "solo": "5", "4": "4"} {
		if got, err := named("server", name, list, key, ""); err != nil || got[0] != want {
			t.Errorf("%s: %v %v, want %s", name, got, err, want)
		}
	}
	for name, want := range map[string]int{"db": exitConflict, "WEB": exitConflict, "none": exitNotFound} {
		if _, err := named("server", name, list, key, ""); exitCode(err) != want {
			t.Errorf("%s: %v, want status %d", name, err, want)
		}
	}
}

// TestVerbsAreDescribed walks the whole tree: each verb says what it does and
// refuses words that it does not know.
func TestVerbsAreDescribed(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s has no description", c.CommandPath())
		}
		if c.Args == nil {
			t.Errorf("%s does not check its arguments", c.CommandPath())
		}
		// A yes is said in one way everywhere.
		if f := c.Flags().Lookup("yes"); f != nil && f.Shorthand != "y" {
			t.Errorf("%s: --yes has the short form %q, and not -y", c.CommandPath(), f.Shorthand)
		}
		if f := c.Flags().ShorthandLookup("y"); f != nil && f.Name != "yes" {
			t.Errorf("%s: -y means --%s", c.CommandPath(), f.Name)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot())
}

func TestKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".ssh")
	line, err := makeKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	private := filepath.Join(dir, "id_ed25519")
	b, err := os.ReadFile(private)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(b)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))); !strings.HasPrefix(line, want) {
		t.Errorf("%s is not the public half %s", line, want)
	}
	if st, err := os.Stat(private); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st, err)
	}
	// Who names the private half means the public one.
	if got, err := readKey(private); err != nil || got != line {
		t.Errorf("%q %v", got, err)
	}
	if _, err := makeKey(dir); !errors.Is(err, os.ErrExist) {
		t.Errorf("an old key was overwritten: %v", err)
	}
}

func TestBarWritesLinesWithoutATerminal(t *testing.T) {
	var out bytes.Buffer
	b := newBar(&out)
	p := httpd.Progress{Name: "web", Change: "create", Running: true, Steps: 3}
	b.show(p)
	b.show(p) // the same again says nothing new
	p.Step, p.Reason = 1, "waits for volume x"
	b.show(p)
	p.Running, p.Failed = false, true
	b.show(p)
	b.end()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.Contains(lines[1], "step 1/3, waits for volume x") || !strings.Contains(lines[2], "web: failed after") {
		t.Errorf("%q", lines)
	}
}

// Orders that turn up later make the whole larger; what is shown stays where it is.
func TestBarGoesForward(t *testing.T) {
	for _, tty := range []bool{false, true} {
		var out bytes.Buffer
		b := newBar(&out)
		b.tty = tty
		for _, p := range []httpd.Progress{
			{Change: "create", Running: true, Step: 2, Steps: 4, Percent: 50},
			{Change: "create", Running: true, Step: 1, Steps: 5, Percent: 20},
			{Change: "create", Running: true, Step: 3, Steps: 5, Percent: 60},
			{Change: "reboot", Running: true, Step: 1, Steps: 5, Percent: 20},
		} {
			b.show(p)
		}
		want := []string{"step 2/4", "step 2/5", "step 3/5", "step 1/5"}
		if tty {
			want = []string{" 50 %", " 50 %", " 60 %", " 20 %"}
		}
		rest := out.String()
		for _, w := range want {
			_, after, ok := strings.Cut(rest, w)
			if rest = after; !ok {
				t.Errorf("terminal %v: no %q in its place in %q", tty, w, out.String())
			}
		}
		if strings.Contains(out.String(), "creating, step 1/5") {
			t.Errorf("it goes back: %q", out.String())
		}
	}
}

func TestProxyCommandSurvivesTheShell(t *testing.T) {
	if got := proxyCommand("/opt/it's 100%/virga", "AB"); got != `'/opt/it'\''s 100%%/virga' dial AB ssh` {
		t.Error(got)
	}
}

func TestConsoleLeaves(t *testing.T) {
	left := false
	u := &untilKey{r: strings.NewReader("abc\x1ddef"), left: func() { left = true }}
	b := make([]byte, 16)
	if n, err := u.Read(b); string(b[:n]) != "abc" || err == nil || !left {
		t.Errorf("%q %v %v", b[:n], err, left)
	}
}

func TestInClear(t *testing.T) {
	proxied := nodeOptions{proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}}
	for _, c := range []struct {
		at   string
		o    nodeOptions
		want bool
	}{
		{"127.0.0.1:8080", nodeOptions{}, false},
		{"[::1]:8080", nodeOptions{}, false},
		{"0.0.0.0:8080", nodeOptions{}, true},
		{"[::]:8080", nodeOptions{}, true},
		{"192.0.2.1:8080", nodeOptions{}, true},
		{"192.0.2.1:8080", nodeOptions{tlsCert: "cert.pem"}, false},
		{"192.0.2.1:8080", proxied, false},
	} {
		if got := c.o.inClear(c.at); got != c.want {
			t.Errorf("%s %+v: %v", c.at, c.o, got)
		}
	}
}

// The doctor says when the table of neighbours is full, was full, and is not.
func TestCheckNeighbors(t *testing.T) {
	for state, c := range map[string]struct{ entries, full string }{
		stateGood: {"00000010", "00000000"}, stateNote: {"00000010", "00000007"}, stateBad: {"000003f0", "00000007"},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"sys/net/ipv4/neigh/default/gc_thresh3": "1024\n",
			"net/stat/arp_cache":                    "entries table_fulls\n" + c.entries + " " + c.full + "\n",
		} {
			must(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
			must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
		if got := checkNeighbors(dir); got.State != state {
			t.Errorf("%+v, want %s", got, state)
		}
	}
	if got := checkNeighbors(t.TempDir()); got.State != stateNote {
		t.Errorf("without figures: %+v", got)
	}
}

// What the disk of a host may be promised is told beside what there is.
func TestPromised(t *testing.T) {
	for _, c := range []struct {
		times float64
		want  string
	}{
		{1, "40 GB of disk"},
		{4, "40 GB of disk to promise (4 times the 10 GB there are: --disk-overcommit)"},
	} {
		if got := (&realFlags{overcommit: c.times}).promised(40 << 30); got != c.want {
			t.Errorf("%v times: %q, want %q", c.times, got, c.want)
		}
	}
}

// One is one everywhere.
func TestLife(t *testing.T) {
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	for left, want := range map[time.Duration]string{
		30 * time.Second: "in 1 minute (", 90 * time.Second: "in 2 minutes (", 3 * time.Hour: "in 3 hours (", 72 * time.Hour: "in 3 days (",
	} {
		if got := life(&api.Snapshot{DeletionDate: now.Add(left).Format(time.RFC3339)}, now); !strings.Contains(got, want) {
			t.Errorf("%v: %q, want %q", left, got, want)
		}
	}
}

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// onGuests are the blocks of README that need real guests, by their first line.
// The other blocks are pasted against simulated hosts (docs_test.go), and so
// are these.
var onGuests = []string{"make up", "virga server create web", "virga server list"}

// TestReadme pastes the first blocks of README as they stand. Only the folder,
// the port and the place of the binary are others, so that it meets nobody.
func TestReadme(t *testing.T) {
	real(t)
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	const root = "../.."
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []Block
	for _, first := range onGuests {
		all := Blocks("README.md", string(text))
		i := slices.IndexFunc(all, func(b Block) bool { return strings.HasPrefix(b.Text, first) })
		if i < 0 {
			t.Fatalf("README has no block that begins with %q", first)
		}
		blocks = append(blocks, all[i])
	}
	c := New(t, bin, spread, "readme")
	home, path := t.TempDir(), t.TempDir()
	env := append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, ".cache"), "VIRGA_DATA="+c.Dir,
		"PATH="+path+":"+os.Getenv("PATH"), "VIRGA_URL=", "VIRGA_TOKEN=",
		// As if they had been said behind `make up`.
		`MAKEFLAGS= -- BIN=`+path+` ARGS=--dev\ --listen\ 127.0.0.1:0`,
		// What go built must be found although the home is another one.
		"GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"))

	up := exec.Command("bash", "-c", "exec "+blocks[0].Text)
	up.Dir, up.Env = root, env
	p, err := spawn(up)
	if err != nil {
		t.Fatal(err)
	}
	c.procs = append(c.procs, p)
	c.Until("ready", startLimit, func() (bool, string) {
		b, err := os.ReadFile(filepath.Join(c.Dir, "ready.json"))
		return err == nil && json.Unmarshal(b, &c.Ready) == nil || p.Ended(), p.Output()
	})
	if p.Ended() {
		t.Fatalf("make up ended: %s", p.Output())
	}
	t.Cleanup(c.Down) // also of a test that failed: make is not the process that has the guests

	rest := exec.Command("bash", "-c", Script(blocks[1:], nil))
	rest.Dir, rest.Env = home, env
	q, err := spawn(rest)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Wait(5 * time.Minute); err != nil {
		t.Errorf("%v\n%s\nvirga up says\n%s", err, q.Output(), p.Output())
	}
	t.Logf("%s", q.Output())
	if !strings.Contains(q.Output(), "Linux web ") {
		t.Error("uname of the guest is not there")
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

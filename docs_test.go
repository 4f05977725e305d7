package virga_test

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/e2e"
)

// pages are all texts for people.
func pages(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("docs", func(p string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(p, ".md") {
			list = append(list, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 5 {
		t.Fatalf("found only %v", list)
	}
	return list
}

var (
	link   = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`) // with a colon it leads elsewhere
	inTree = regexp.MustCompile("`((?:cmd|client|internal|docs|tools|scripts|api)/[\\w./*-]+)`")
)

// What a text names must be there: it is the first thing that rots.
func TestPagesNameWhatIsThere(t *testing.T) {
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]string{}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			named[m[1]] = filepath.Join(filepath.Dir(page), m[1])
		}
		for _, m := range inTree.FindAllStringSubmatch(string(text), -1) {
			named[m[1]] = strings.TrimRight(m[1], "./")
		}
		for name, path := range named {
			if found, err := filepath.Glob(path); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", page, name)
			}
		}
	}
}

func TestBlocks(t *testing.T) {
	got := e2e.Blocks("p", "a\n```sh\nno\n```\n```sh test\nyes\nand\n```\n```\n```\n```sh test\nnever closed")
	want := []e2e.Block{
		{Page: "p", Line: 3, Info: "sh", Text: "no\n"},
		{Page: "p", Line: 6, Info: "sh test", Text: "yes\nand\n"},
		{Page: "p", Line: 10},
		{Page: "p", Line: 12, Info: "sh test", Text: "never closed\n"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	script := e2e.Script(got[1:2], map[string]string{"and": "or"})
	if !strings.HasSuffix(script, "\nyes\nor\n") || !strings.Contains(script, "p, the block at its line 6") {
		t.Error(script)
	}
}

// instead has what stands for a line of README against simulated hosts, and
// why. What is not here is run as it stands.
var instead = map[string]struct{ run, why string }{
	"make up":         {"true", "the cloud of this test is there already; internal/e2e pastes it, with real guests"},
	"make test":       {"true", "this test is part of it"},
	"virga up --fake": {"true", "the cloud of this test was started by this line (simulate); it stays in the foreground"},
	"virga doctor":    {"virga doctor --store", "the machine that runs this test need not be able to be a host; internal/e2e runs the whole"},
}

// runnable are the blocks of a page that are run: of README all, elsewhere
// those that say so. A block of README that is no shell would be skipped in
// silence, so there is none, and no code by indentation either.
func runnable(t *testing.T, page, text string) []e2e.Block {
	t.Helper()
	var list []e2e.Block
	for _, b := range e2e.Blocks(page, text) {
		switch {
		case b.Info == "sh test", page == readme && b.Info == "sh":
			list = append(list, b)
		case page == readme:
			t.Errorf("%s:%d: a block marked %q is not run by any test; mark it sh", page, b.Line, b.Info)
		}
	}
	if page == readme && regexp.MustCompile(`(?m)^(\t|    )\S`).MatchString(outside(text)) {
		t.Errorf("%s has indented code, which no test runs; fence it as sh", page)
	}
	return list
}

// notRun are the blocks of the other pages that no test pastes, by their first
// line without its comment, and why. Their verbs and flags are looked up all the same (cmd/virga,
// TestTextsNameVerbs).
var notRun = map[string]string{
	"virga up --links 192.0.2.1:7443":                                  "the address is an example; testdata/agent.txtar does it",
	"virga agent --join TOKEN --control 192.0.2.1:7443":                "the same",
	"virga agent --join TOKEN --control 192.0.2.1:7443,192.0.2.2:7443": "the same",
	"virga admin region add DE --pool 203.0.113.0/24":                  "simulated clouds have it; testdata/admin.txtar adds others",
	"virga admin host lost rack-2":                                     "it asks a person; testdata/admin.txtar does it",
	"cd DATA/host/machine/volumes/ID":                                  "the disk of a real guest is saved by hand",
	"scripts/packages run":                                             "it installs packages; make test begins with it",
	"make build":                                                       "TestExamples builds so, to another place",
	"ip netns list | grep vgTAG":                                       "simulated hosts have no networks",
}

// Every block for a shell is run, or it is said why not.
func TestEveryBlockIsRun(t *testing.T) {
	left := maps.Clone(notRun)
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range e2e.Blocks(page, string(text)) {
			first, _, _ := strings.Cut(b.Text, "\n")
			first, _, _ = strings.Cut(first, " #")
			first = strings.TrimSpace(first)
			if page == readme || b.Info != "sh" {
				continue
			}
			if notRun[first] == "" {
				t.Errorf("%s:%d: no test runs this block; mark it \"sh test\", or say in notRun why not: %q", page, b.Line, first)
			}
			delete(left, first)
		}
	}
	for first := range left {
		t.Errorf("no page has a block that begins with %q any more", first)
	}
}

const readme = "README.md"

// outside is a page without its fenced blocks.
func outside(text string) string {
	return regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
}

// Each line that something else stands for is there, so that the list names
// nothing that was changed meanwhile.
func TestInsteadIsCurrent(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	for line, s := range instead {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("README has no line %q any more", line)
		}
		if s.why == "" {
			t.Errorf("why is %q not run as it stands?", line)
		}
	}
}

// Examples are run as they stand, page by page, against the simulated cloud:
// every block of README, elsewhere what is marked so.
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the product")
	}
	for _, tool := range []string{"bash", "curl", "git", "jq", "make", "ssh"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: scripts/packages test", tool)
		}
	}
	bin := t.TempDir()
	buildOfOthers(t, filepath.Join(bin, "virga"))
	ran := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		list := runnable(t, page, string(text))
		if len(list) == 0 {
			continue
		}
		ran += len(list)
		t.Run(page, func(t *testing.T) {
			home := t.TempDir()
			env := append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, ".cache"),
				"VIRGA_DATA="+filepath.Join(home, "data"), "VIRGA_URL=", "VIRGA_TOKEN=")
			simulate(t, filepath.Join(bin, "virga"), home, env)
			play(t, list, home, env)
		})
	}
	if ran == 0 {
		t.Error("no page has an example that is run")
	}
}

// buildOfOthers builds as who works in a clone that belongs to somebody else: git
// tells such a one nothing, unless it is asked right.
func buildOfOthers(t *testing.T, to string) {
	t.Helper()
	build := exec.Command("make", "--no-print-directory", "build", "OUT="+to)
	build.Env = append(os.Environ(), "GIT_TEST_ASSUME_DIFFERENT_OWNER=1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	out, err := exec.Command(to, "version").Output()
	if _, inClone := os.Stat(".git"); inClone == nil && (err != nil || !regexp.MustCompile(`(?m)^commit +[0-9a-f]{40}$`).Match(out)) {
		t.Errorf("the binary does not know its commit: %v\n%s", err, out)
	}
}

// simulate runs a simulated cloud until the test ends.
func simulate(t *testing.T, virga, home string, env []string) {
	t.Helper()
	cmd := exec.Command(virga, "up", "--fake", "--dev", "--listen", "127.0.0.1:0")
	cmd.Env = env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
			t.Errorf("virga up did not end\n%s", &out)
		}
	})
	for deadline := time.Now().Add(60 * time.Second); ; {
		if _, err := os.Stat(filepath.Join(home, "data", "ready.json")); err == nil {
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("virga up ended: %v\n%s", err, &out)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("virga up is not ready after a minute")
		}
	}
}

// play pastes a page's blocks into one shell.
func play(t *testing.T, list []e2e.Block, home string, env []string) {
	t.Helper()
	stand := map[string]string{}
	for line, s := range instead {
		stand[line] = s.run
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", e2e.Script(list, stand))
	cmd.Dir, cmd.Env = home, env
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
}

var (
	ruling = regexp.MustCompile(`\bR(\d+[a-d]?)\b`)
	// Texts that were once beside the tree and that a reader of it cannot open.
	elsewhere = regexp.MustCompile(`\bDESIGN\b|\bCORE\b`)
)

// What a comment cites can be looked up: every ruling stands in its page, and
// nothing points to a text that is not in the tree.
func TestCitationsCanBeLookedUp(t *testing.T) {
	page, err := os.ReadFile("docs/explain/rulings.md")
	if err != nil {
		t.Fatal(err)
	}
	stands := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| R(\d+[a-d]?) \|`).FindAllSubmatch(page, -1) {
		stands[string(m[1])] = true
	}
	if len(stands) < 30 {
		t.Fatalf("only %d rulings were found", len(stands))
	}
	cited := 0
	for _, dir := range []string{"cmd", "internal", "client", "docs"} {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".md") || strings.HasPrefix(path, "docs/adr/") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range ruling.FindAllStringSubmatch(string(text), -1) {
				cited++
				if !stands[m[1]] {
					t.Errorf("%s cites R%s, which docs/explain/rulings.md does not have", path, m[1])
				}
			}
			if m := elsewhere.FindString(string(text)); m != "" {
				t.Errorf("%s points to %s, which is not in the tree", path, m)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if cited < 80 {
		t.Errorf("only %d citations were found", cited)
	}
}

// The unit file of the page is one that systemd takes: it starts when the machine
// does, and leaves guests alone when it stops.
func TestUnitFile(t *testing.T) {
	text, err := os.ReadFile("docs/operate/install.md")
	if err != nil {
		t.Fatal(err)
	}
	units := 0
	for _, b := range e2e.Blocks("install.md", string(text)) {
		if b.Info != "ini" {
			continue
		}
		units++
		section := ""
		var lines []string
		for line := range strings.Lines(b.Text) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") {
				section = line
			} else if line != "" {
				lines = append(lines, section+line)
			}
		}
		for _, want := range []string{
			"[Unit]Description=Virga", "[Unit]After=network-online.target", "[Unit]Wants=network-online.target",
			"[Service]ExecStart=/usr/local/bin/virga up", "[Service]KillMode=process", "[Service]Restart=on-failure",
			"[Install]WantedBy=multi-user.target",
		} {
			if !slices.Contains(lines, want) {
				t.Errorf("line %d: the unit lacks %s: %q", b.Line, want, lines)
			}
		}
	}
	if units != 1 {
		t.Errorf("%d units are in the page", units)
	}
}

// Of the keys there is one advice, wherever it is given: they open what is in a backup.
func TestKeysAreKeptApart(t *testing.T) {
	advice := regexp.MustCompile(`(?i)(keep|copy)[^.|]*\*{0,2}apart\*{0,2}|apart[^.|]*backups`)
	for _, page := range []string{"README.md", "docs/operate/backup.md", "docs/operate/cli.md", "cmd/virga/backup.go"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !advice.Match(text) {
			t.Errorf("%s does not say that the keys are kept apart from backups", page)
		}
		if i := regexp.MustCompile(`(?i)keys[^.|\n]*beside|beside[^.|\n]*keys`).FindIndex(text); i != nil {
			t.Errorf("%s: %s", page, text[i[0]:i[1]])
		}
	}
}

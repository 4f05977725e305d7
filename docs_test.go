package virga_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
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

// block is a fenced piece of shell that says it can be run.
type block struct {
	page string
	line int
	text string
}

// blocks finds what stands between "```sh test" and "```".
func blocks(page, text string) []block {
	var list []block
	var open *block
	for i, line := range strings.Split(text, "\n") {
		switch {
		case open == nil && line == "```sh test":
			open = &block{page: page, line: i + 2}
		case open != nil && line == "```":
			list = append(list, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	return list
}

func TestBlocks(t *testing.T) {
	got := blocks("p", "a\n```sh\nno\n```\n```sh test\nyes\nand\n```\n```sh test\nmore\n```\n```sh test\nnever closed")
	if len(got) != 2 || got[0] != (block{"p", 6, "yes\nand\n"}) || got[1] != (block{"p", 10, "more\n"}) {
		t.Errorf("%+v", got)
	}
}

// Examples are run as they stand, page by page, against the simulated cloud.
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the product")
	}
	for _, tool := range []string{"bash", "curl", "jq", "ssh-keygen"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: scripts/packages test", tool)
		}
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "virga"), "./cmd/virga")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	ran := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		list := blocks(page, string(text))
		if len(list) == 0 {
			continue
		}
		ran += len(list)
		t.Run(page, func(t *testing.T) {
			home := t.TempDir()
			env := append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+home,
				"VIRGA_DATA="+filepath.Join(home, "data"), "VIRGA_URL=", "VIRGA_TOKEN=")
			cloudFor(t, filepath.Join(bin, "virga"), home, env)
			play(t, list, home, env)
		})
	}
	if ran == 0 {
		t.Error("no page has an example that is run")
	}
}

// cloudFor runs a simulated cloud until the test ends.
func cloudFor(t *testing.T, virga, home string, env []string) {
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

// play runs a page's blocks in one shell, so that a later one may use what an
// earlier one set.
func play(t *testing.T, list []block, home string, env []string) {
	t.Helper()
	script := "set -euo pipefail\n"
	for _, b := range list {
		script += fmt.Sprintf("echo '== %s:%d'\n%s", b.page, b.line, b.text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Dir, cmd.Env = home, env
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
}

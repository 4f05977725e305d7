package virga_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBuildInAForeignClone: a clone belongs to whoever made it, and often somebody else
// builds in it; git answers nobody but the owner.
func TestBuildInAForeignClone(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("giving files away needs root")
	}
	dir := t.TempDir()
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"Makefile": string(makefile), "go.mod": "module example.org/clone\n\ngo 1.26\n",
		"cmd/virga/main.go": "package main\n\nvar version, commit string\n\nfunc main() { println(version, commit) }\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=", "MAKEFLAGS=", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v: %s", name, args, err, out)
		}
		return string(out)
	}
	run("git", "init", "-q")
	run("git", "add", ".")
	run("git", "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-q", "-m", "all")
	head := run("git", "rev-parse", "HEAD")
	run("chown", "-R", "65534:65534", ".")
	run("make", "build", "OUT=built")
	if said := run("./built"); len(said) < 40 || said[len(said)-41:] != head {
		t.Errorf("it says that it is %q, of %q", said, head)
	}
}

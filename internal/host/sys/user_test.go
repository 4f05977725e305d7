package sys_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/virga-cloud/virga/internal/host/sys"
)

func TestUsers(t *testing.T) {
	a := sys.Installation{Tag: "00a1", Dir: t.TempDir()}
	tools, err := a.ToolUser()
	must(t, err)
	one, err := a.User("v", idOf(id1))
	must(t, err)
	two, err := a.User("v", idOf(id2))
	must(t, err)
	if one == two || one == tools || two == tools {
		t.Errorf("tools %d, guests %d and %d", tools, one, two)
	}
	if again, err := a.User("v", idOf(id1)); err != nil || again != one {
		t.Errorf("asked again: %d, %v, want %d", again, err, one)
	}
	must(t, a.FreeUser("v", idOf(id1)))
	must(t, a.FreeUser("v", idOf(id1)))
	if next, err := a.User("v", idOf("3")); err != nil || next != one {
		t.Errorf("the free one is not used again: %d, %v", next, err)
	}
	// The ranges lie side by side, below what belongs to others.
	next, err := sys.Installation{Tag: "00a2"}.ToolUser()
	must(t, err)
	if next <= two || next-tools < 1000 {
		t.Errorf("the next installation begins at %d, this one at %d", next, tools)
	}
	last, err := sys.Installation{Tag: "ffff"}.ToolUser()
	must(t, err)
	if last+next-tools > 0x7ffe0000 {
		t.Errorf("the last range begins at %#x", last)
	}
	if _, err := (sys.Installation{Tag: "t17"}).ToolUser(); err == nil {
		t.Error("a range for a tag that is none")
	}
}

// A guest gets its layers, and nothing of what we note beside them.
func TestGiveVolume(t *testing.T) {
	root(t)
	in := sys.Installation{Tag: "00a1", Dir: t.TempDir()}
	dir := in.VolumeDir(idOf(id1))
	must(t, os.MkdirAll(dir, 0o700))
	must(t, in.MakeQcow(t.Context(), filepath.Join(dir, "0.qcow2"), "", 1<<20))
	for _, f := range []string{"hold", "0.left"} {
		must(t, os.WriteFile(filepath.Join(dir, f), nil, 0o600))
	}
	must(t, os.Symlink("/etc/passwd", filepath.Join(dir, "x y.qcow2")))
	tools, err := in.ToolUser()
	must(t, err)
	owner := func(f string) [2]int {
		fi, err := os.Lstat(filepath.Join(dir, f))
		must(t, err)
		st := fi.Sys().(*syscall.Stat_t)
		return [2]int{int(st.Uid), int(st.Gid)}
	}
	must(t, in.GiveVolume(idOf(id1), testUser))
	for f, want := range map[string][2]int{
		"0.qcow2": {testUser, tools}, "hold": {0, 0}, "0.left": {0, 0}, "x y.qcow2": {0, 0}, ".": {0, 0},
	} {
		if got := owner(f); got != want {
			t.Errorf("%s belongs to %v, want %v", f, got, want)
		}
	}
	must(t, in.GiveVolume(idOf(id1), -1))
	if got := owner("0.qcow2"); got != [2]int{testUser, tools} {
		t.Errorf("lent, it belongs to %v", got)
	}
	if fi, err := os.Stat("/etc/passwd"); err != nil || fi.Sys().(*syscall.Stat_t).Uid != 0 || fi.Mode().Perm() != 0o644 {
		t.Errorf("a file behind a link was given: %v, %v", fi.Mode(), err)
	}
	if err := sys.Give(filepath.Join(dir, "x y.qcow2"), testUser, 0o600); err == nil {
		t.Error("gave a link")
	}
}

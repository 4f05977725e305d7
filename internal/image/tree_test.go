package image

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func sampleTree() tree {
	t := tree{}
	t.dir("/tmp", 0o777|fs.ModeSticky)
	t.dir("/root", 0o700)
	t.data("/etc/deep/er/file", 0o640, "hello\n")
	t.data("/bin/tool", 0o755, strings.Repeat("x", 10_000))
	t.data("/empty", 0o600, "")
	t.link("/bin/link", "tool")
	return t
}

// sampleModes is what ls shows of sampleTree, in the octal form of stat.
var sampleModes = map[string]string{
	"tmp": "41777", "root": "40700", "etc": "40755", "etc/deep": "40755", "etc/deep/er": "40755",
	"etc/deep/er/file": "100640", "bin": "40755", "bin/tool": "100755", "empty": "100600", "bin/link": "120777",
}

func TestCpio(t *testing.T) {
	busybox, err := lookTool("busybox")
	if err != nil {
		t.Skip("missing Debian package: busybox-static")
	}
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := writeCpio(w, sampleTree()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("equal trees, different archives")
	}
	dir := t.TempDir()
	cmd := exec.Command(busybox, "cpio", "-i", "-d", "-m")
	cmd.Dir, cmd.Stdin = dir, &a
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range sampleModes {
		out, err := exec.Command("stat", "-c", "%f", filepath.Join(dir, name)).Output()
		var mode uint32
		fmt.Sscanf(string(out), "%x", &mode)
		if got := fmt.Sprintf("%o", mode); err != nil || got != want {
			t.Errorf("%s: mode %s, want %s (%v)", name, got, want, err)
		}
	}
	got, _ := os.ReadFile(filepath.Join(dir, "etc/deep/er/file"))
	link, _ := os.Readlink(filepath.Join(dir, "bin/link"))
	if string(got) != "hello\n" || link != "tool" {
		t.Errorf("%q, %q", got, link)
	}
}

func TestExt4(t *testing.T) {
	if err := missing("mke2fs", "debugfs", "e2fsck"); err != nil {
		t.Skip(err)
	}
	var disks [2][]byte
	for i := range disks {
		work := t.TempDir()
		disk := filepath.Join(work, "disk")
		if err := makeExt4(t.Context(), sampleTree(), disk, 32<<20, work); err != nil {
			t.Fatal(err)
		}
		var err error
		if disks[i], err = os.ReadFile(disk); err != nil {
			t.Fatal(err)
		}
		for name, want := range sampleModes {
			text, err := output(t.Context(), work, "debugfs", "-R", "stat "+name, disk)
			if err != nil {
				t.Fatal(err)
			}
			// Mode shows the permission bits, User and Group the owner.
			perm := "0" + strings.TrimLeft(want[len(want)-4:], "0")
			if !strings.Contains(text, "Mode:  "+perm) || !strings.Contains(text, "User:     0   Group:     0") {
				t.Errorf("%s: want mode %s of root in\n%s", name, perm, text)
			}
		}
		text, err := output(t.Context(), work, "debugfs", "-R", "cat etc/deep/er/file", disk)
		if err != nil || text != "hello\n" {
			t.Errorf("%q, %v", text, err)
		}
	}
	if !bytes.Equal(disks[0], disks[1]) {
		t.Error("equal trees, different disks")
	}
}

func TestExt4Fails(t *testing.T) {
	if err := missing("mke2fs", "debugfs", "e2fsck"); err != nil {
		t.Skip(err)
	}
	work := t.TempDir()
	large := tree{}
	large.data("/file", 0o644, strings.Repeat("x", 40<<20))
	if err := makeExt4(t.Context(), large, filepath.Join(work, "disk"), 32<<20, work); err == nil {
		t.Error("stored 40 MiB in 32")
	}
	for _, p := range []string{"/a b", "/a\nrm /b", `/"`, "a", "/a/../b"} {
		bad := tree{p: {mode: 0o644}}
		if err := makeExt4(t.Context(), bad, filepath.Join(work, "disk"), 32<<20, work); err == nil {
			t.Errorf("stored %q", p)
		}
	}
}

// TestTreePaths: parents come before what is in them, whatever the order of adding.
func TestTreePaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		made := tree{}
		name := rapid.StringMatching(`(/[a-c.-]{1,2}x){1,4}`)
		for range rapid.IntRange(1, 20).Draw(t, "n") {
			made.data(name.Draw(t, "path"), 0o644, "")
		}
		seen := map[string]bool{"/": true}
		for _, p := range made.paths() {
			if !seen[filepath.Dir(p)] {
				t.Fatalf("%s before its folder", p)
			}
			seen[p] = true
		}
	})
}

func TestLoadOrder(t *testing.T) {
	deps, byName := parseModulesDep("kernel/a.ko: kernel/b.ko kernel/c-d.ko\nkernel/b.ko: kernel/c-d.ko\nkernel/c-d.ko:\nkernel/e.ko.xz:\n")
	k := kernel{release: "6.1", deps: deps, byName: byName}
	for _, c := range []struct {
		names []string
		want  []string
	}{
		{[]string{"a"}, []string{"kernel/c-d.ko", "kernel/b.ko", "kernel/a.ko"}},
		{[]string{"c_d", "e", "a", "b"}, []string{"kernel/c-d.ko", "kernel/e.ko.xz", "kernel/b.ko", "kernel/a.ko"}},
		{[]string{"wireguard", "c-d"}, []string{"kernel/c-d.ko"}}, // one that may be absent
	} {
		got, err := k.loadOrder(c.names)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, %v", c.names, got, err)
		}
	}
	if _, err := k.loadOrder([]string{"absent"}); err == nil {
		t.Error("no error for a module that is not there")
	}
}

func TestMissingNamesPackages(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := missing("qemu-img-of-another-world", "tar")
	if err == nil {
		t.Fatal("no error")
	}
	tools["qemu-img-of-another-world"] = "otherworld-utils"
	defer delete(tools, "qemu-img-of-another-world")
	if err := missing("qemu-img-of-another-world"); err == nil || !strings.Contains(err.Error(), "apt-get install") ||
		!strings.HasSuffix(err.Error(), " otherworld-utils") {
		t.Errorf("%v", err)
	}
	for _, p := range []string{"qemu-utils", "busybox-static", "dropbear-bin", "e2fsprogs", "kmod", "lz4", "mmdebstrap"} {
		if !slices.Contains(Packages(), p) {
			t.Errorf("%s is not among the packages", p)
		}
	}
}

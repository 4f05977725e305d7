package image

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// makeExt4 makes the raw disk file at dst with one ext4 file system over all of it, labelled
// rootfs, that holds the tree. It neither mounts nor needs to be root: debugfs writes the
// files, in a fixed order and with a fixed clock and owner, so equal trees are equal disks.
func makeExt4(ctx context.Context, t tree, dst string, size int64, work string) error {
	if err := t.check(); err != nil {
		return fmt.Errorf("file system: %w", err)
	}
	script, err := debugfsScript(t, work)
	if err != nil {
		return fmt.Errorf("file system: %w", err)
	}
	if err := os.WriteFile(dst, nil, 0o644); err != nil {
		return fmt.Errorf("file system: %w", err)
	}
	if err := os.Truncate(dst, size); err != nil {
		return fmt.Errorf("file system: %w", err)
	}
	const uuid = "76697267-6100-4000-8000-74696e790000" // a clone has it too; nothing mounts by it
	_, err = run(ctx, work, packEnv(), nil, "mke2fs", "-q", "-F", "-t", "ext4", "-L", "rootfs", "-m", "1",
		"-U", uuid, "-E", "hash_seed="+uuid+",lazy_itable_init=1,nodiscard,root_owner=0:0",
		"-J", "size=8", "-b", "4096", "-I", "256", "-i", "8192", dst)
	if err != nil {
		return fmt.Errorf("file system: %w", err)
	}
	// debugfs ends well whatever its commands did; what it says on stderr is the only sign.
	errs, err := run(ctx, work, packEnv(), nil, "debugfs", "-w", "-f", script, dst)
	if err != nil {
		return fmt.Errorf("file system: %w", err)
	}
	for line := range strings.Lines(errs) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "debugfs 1.") {
			return fmt.Errorf("file system: debugfs: %s", line)
		}
	}
	if _, err := run(ctx, work, packEnv(), nil, "e2fsck", "-f", "-n", dst); err != nil {
		return fmt.Errorf("file system is not clean: %w", err)
	}
	return nil
}

func packEnv() []string {
	return append(os.Environ(), "LC_ALL=C", "TZ=UTC", fmt.Sprintf("E2FSPROGS_FAKE_TIME=%d", packTime.Unix()))
}

// debugfsScript writes the commands that make the tree and returns the script's path.
func debugfsScript(t tree, work string) (string, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "set_current_time @%d\n", packTime.Unix())
	for i, p := range t.paths() {
		n := t[p]
		fmt.Fprintf(&b, "cd %s\n", path.Dir(p))
		perm := uint32(n.mode.Perm())
		if n.mode&fs.ModeSticky != 0 {
			perm |= 0o1000
		}
		switch n.mode.Type() {
		case fs.ModeDir:
			fmt.Fprintf(&b, "mkdir %s\n", path.Base(p))
			fmt.Fprintf(&b, "sif %s mode 0%o\n", path.Base(p), 0o040000|perm)
		case fs.ModeSymlink:
			fmt.Fprintf(&b, "symlink %s %s\n", path.Base(p), n.link)
		default:
			source := n.source
			if source == "" {
				source = filepath.Join(work, fmt.Sprintf("data-%d", i))
				if err := os.WriteFile(source, n.data, 0o644); err != nil {
					return "", err
				}
			}
			// debugfs stores a link's own bytes for some link kinds; give it the file itself.
			source, err := filepath.EvalSymlinks(source)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "write %s %s\n", source, path.Base(p))
			fmt.Fprintf(&b, "sif %s mode 0%o\n", path.Base(p), 0o100000|perm)
		}
	}
	script := filepath.Join(work, "debugfs.cmd")
	return script, os.WriteFile(script, b.Bytes(), 0o644)
}

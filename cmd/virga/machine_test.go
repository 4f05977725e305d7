package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckTools(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	if c := checkTools(); c.State != stateBad || !strings.Contains(c.Fix, "install --no-install-recommends qemu-system-x86 qemu-utils") {
		t.Errorf("without anything: %+v", c)
	}
	for _, tool := range hostTools {
		if err := os.WriteFile(filepath.Join(bin, tool.program), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if c := checkTools(); c.State != stateGood || c.Fix != "" {
		t.Errorf("with all of them: %+v", c)
	}
	if err := os.Remove(filepath.Join(bin, "qemu-img")); err != nil {
		t.Fatal(err)
	}
	if c := checkTools(); c.State != stateBad || c.Text != "missing: qemu-utils" {
		t.Errorf("without qemu-img: %+v", c)
	}
}

func TestCheckDevice(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tun")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/dev/null": stateGood, file: stateBad, file + "x": stateBad} {
		if c := checkDevice(path, "modprobe tun"); c.State != want || want == stateBad && c.Fix != "modprobe tun" {
			t.Errorf("%s: %+v, want %s", path, c, want)
		}
	}
}

// The folder need not be there yet: what will hold it is looked at.
func TestCheckDisk(t *testing.T) {
	dir := t.TempDir()
	here, there := checkDisk(dir), checkDisk(filepath.Join(dir, "a", "b", "c"))
	if here.State == stateBad || there.State != here.State || !strings.Contains(there.Text, "GB free for "+dir+"/a/b/c") {
		t.Errorf("%+v, %+v", here, there)
	}
}

// A file system that is full is a problem, one that is small a note.
func TestRoom(t *testing.T) {
	for free, want := range map[uint64]string{0: stateBad, 500 << 20: stateBad, 1 << 30: stateNote, 1 << 40: stateGood} {
		if c := room(free, "/data"); c.State != want || (want == stateGood) != (c.Fix == "") {
			t.Errorf("%d bytes free: %+v, want %s", free, c, want)
		}
	}
}

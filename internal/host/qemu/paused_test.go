package qemu_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/plan"
)

// ownMounts runs a test in a process with a mount namespace of its own.
func ownMounts(t *testing.T) (inside bool) {
	t.Helper()
	if os.Getenv("VIRGA_OWN_MOUNTS") != "" {
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("mounts need root")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--propagation", "private", os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "VIRGA_OWN_MOUNTS=yes")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skip("skipped inside")
	}
	return false
}

// filler writes more than there is room for when it sees the disk "fill", and says
// what time it is when it got through.
const filler = `#!/bin/sh
(
while ! grep -q '^fill$' /sys/block/vd*/serial; do usleep 100000; done
echo "guest: fills" >/dev/ttyS0
dd if=/dev/urandom of=/big bs=1M count=48 2>/dev/null; sync
while :; do echo "guest: written at $(date +%s) ." >/dev/ttyS0; usleep 500000; done
) &
`

// A guest whose host's file system is full is paused, says so in words, and goes on
// by itself, without a loss and with the right time, when there is room again.
func TestFullDisk(t *testing.T) {
	if !ownMounts(t) {
		return
	}
	volumes := ""
	b := tinyGuest(t, func(b *bench) {
		volumes = b.in.Path("volumes")
		must(t, os.MkdirAll(volumes, 0o755))
		must(t, unix.Mount("none", volumes, "tmpfs", 0, "size=30m"))
		t.Cleanup(func() { must(t, unix.Unmount(volumes, unix.MNT_DETACH)) })
	})
	b.spec.Seed.UserData = filler
	b.ensure()
	p := b.process()
	at := b.says("login:", 0)
	b.attach(map[plan.ID]string{diskB: "fill"})
	at = b.says("guest: fills", at, func() { b.step() })

	full := func(st plan.Status) bool { return !st.Ready && strings.Contains(st.Reason, volumes+" is full (") }
	begin := time.Now()
	for end := begin.Add(time.Minute); !full(b.step()); <-time.After(100 * time.Millisecond) {
		if begin = time.Now(); begin.After(end) {
			t.Fatalf("it is not said that the disk is full: %+v", b.step())
		}
	}
	// It stays so, and nothing is tried in vain, for as long as there is no room.
	for time.Since(begin) < 8*time.Second {
		if st := b.step(); !full(st) || st.VM == nil || !st.VM.Running {
			t.Fatalf("while it is full: %+v", st)
		}
		<-time.After(200 * time.Millisecond)
	}
	must(t, unix.Mount("none", volumes, "tmpfs", unix.MS_REMOUNT, "size=300m"))
	if b.ensure(); b.process() != p {
		t.Error("it was restarted")
	}
	at = b.says("guest: written at ", at)
	for end := time.Now().Add(20 * time.Second); ; at = b.says("guest: written at ", at) {
		log, err := os.ReadFile(b.d.SerialLog(b.id))
		must(t, err)
		stamp, _, _ := strings.Cut(string(log[at:]), " ")
		said, err := strconv.ParseInt(stamp, 10, 64)
		behind := time.Since(time.Unix(said, 0))
		if err == nil && behind < 4*time.Second {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the clock of the guest is %v behind (%v)", behind, err)
		}
	}
}

// What a guest's agent says is read within bounds, and ends.
func FuzzAnswered(f *testing.F) {
	f.Add([]byte("{\"return\": 5}\n"), int64(5))
	f.Add([]byte("\xff{\"return\": {}}\n{\"return\": 7}\n"), int64(7))
	f.Add(bytes.Repeat([]byte("x"), 70<<10), int64(1))
	f.Fuzz(func(t *testing.T, said []byte, mark int64) {
		err := qemu.Answered(bytes.NewReader(said), mark)
		if err == nil && !bytes.Contains(said, []byte(strconv.FormatInt(mark, 10))) {
			t.Errorf("%q is taken for the answer %d", said, mark)
		}
	})
}

package qemu_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// probeEnv makes this test binary what a taken QEMU is: a process of somebody
// else's that tries things. It lists paths to read ("read:..."), to write
// ("write:...") and addresses to dial ("tcp:...", "unix:...").
const probeEnv = "VIRGA_CAGE_PROBE"

func probe(what string) {
	says := map[string]string{}
	for try := range strings.SplitSeq(what, "\n") {
		verb, at, _ := strings.Cut(try, ":")
		var err error
		switch verb {
		case "read":
			_, err = os.ReadFile(at)
		case "write":
			var f *os.File
			if f, err = os.OpenFile(at, os.O_WRONLY|os.O_CREATE, 0); err == nil {
				err = f.Close()
			}
		default:
			var conn net.Conn
			if conn, err = net.DialTimeout(verb, at, time.Second); err == nil {
				err = conn.Close()
			}
		}
		says[try] = ""
		if err != nil {
			says[try] = err.Error()
		}
	}
	b, err := json.Marshal(says)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(b))
}

func root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a cage needs root")
	}
}

// tried is what a probe in a cage, or (nil) in none, could do.
func tried(t testing.TB, c *sys.Cage, what ...string) map[string]string {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = []string{probeEnv + "=" + strings.Join(what, "\n")}
	var out, complaint strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := c.Run(cmd); err != nil {
		t.Fatalf("the probe: %v\n%s", err, complaint.String())
	}
	says := map[string]string{}
	must(t, json.Unmarshal([]byte(out.String()), &says))
	return says
}

// A guest whose QEMU was taken reads its own disk, and of the host, of the
// others and of the control plane nothing. The same attempts succeed outside.
func TestTakenGuest(t *testing.T) {
	root(t)
	b, other := newBench(t), drivertest.NewID()
	image, private := drivertest.NewID(), drivertest.NewID()
	for _, i := range []plan.ID{image, private} {
		must(t, os.MkdirAll(b.in.Path("images", string(i)), 0o755))
		must(t, os.WriteFile(b.in.Path("images", string(i), "disk.iso"), make([]byte, 64<<10), 0o644))
	}
	keys := b.in.Path("keys", "ca.pem")
	must(t, os.MkdirAll(filepath.Dir(keys), 0o755))
	must(t, os.WriteFile(keys, []byte("key"), 0o644)) // open to all, so that only the cage bars
	volume(t, b.in, diskB)                            // another guest's
	theirs := spec(other)
	theirs.Volumes = []plan.Attach{{Volume: diskB}}
	theirs.Disks = map[plan.ID]plan.Volume{diskB: {Size: 1 << 20, Layer: "0", VM: other}}
	ensure(t, b.d, other, theirs)
	b.spec.DVD = image
	b.ensure()

	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer tcp.Close()
	control, err := net.Listen("unix", b.in.Path("admin.sock"))
	must(t, err)
	defer control.Close()

	own := filepath.Join(b.in.VolumeDir(diskA), "0.qcow2")
	attacks := []string{
		"read:" + keys,
		"read:" + filepath.Join(b.in.VolumeDir(diskB), "0.qcow2"), "write:" + filepath.Join(b.in.VolumeDir(diskB), "0.qcow2"),
		"read:" + b.in.Path("images", string(private), "disk.iso"),
		"read:" + filepath.Join(b.in.VMDir(other), "seed.iso"), "unix:" + filepath.Join(b.in.VMDir(other), "io", "qmp.sock"),
		"read:" + filepath.Join(b.in.VolumeDir(diskA), "hold"), "write:" + filepath.Join(b.in.VolumeDir(diskA), "new"),
		"write:" + filepath.Join(b.in.VMDir(b.id), "seed.iso"), "read:" + filepath.Join(b.in.VMDir(b.id), "run"),
		"write:" + b.in.Path("images", string(image), "disk.iso"),
		"read:/etc/passwd", "read:/proc/self/status",
		"tcp:" + tcp.Addr().String(), "unix:" + b.in.Path("admin.sock"),
	}
	works := []string{
		"read:" + own, "write:" + own, "read:" + filepath.Join(b.in.VMDir(b.id), "seed.iso"),
		"read:" + b.in.Path("images", string(image), "disk.iso"), "write:" + filepath.Join(b.in.VMDir(b.id), "io", "mine"),
	}
	cage, err := b.d.Cage(b.id, b.spec)
	must(t, err)
	says := tried(t, cage, append(slices.Clone(attacks), works...)...)
	for _, a := range attacks {
		if says[a] == "" {
			t.Errorf("inside, %s works", a)
		}
	}
	for _, w := range works {
		if says[w] != "" {
			t.Errorf("inside, %s: %s", w, says[w])
		}
	}
	for a, why := range tried(t, nil, attacks...) {
		if why != "" {
			t.Errorf("control run: %s does not work outside: %s", a, why)
		}
	}

	// And the real process is in just that cage.
	user, err := b.in.User("v", b.id)
	must(t, err)
	otherUser, err := b.in.User("v", other)
	must(t, err)
	if user == otherUser {
		t.Error("two guests are one user")
	}
	p := b.process()
	if loose, err := p.Loose(); err != nil || len(loose) > 0 {
		t.Errorf("loose: %v, %v", loose, err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	must(t, err)
	for _, want := range []string{
		fmt.Sprintf("Uid: %d %[1]d %[1]d %[1]d", user), "CapEff: 0000000000000000", "CapPrm: 0000000000000000", "CapBnd: 0000000000000000",
		"NoNewPrivs: 1", "Seccomp: 2", "NSpid: " + fmt.Sprint(p.PID) + " 1",
	} {
		if !strings.Contains(strings.Join(strings.Fields(string(status)), " "), want) {
			t.Errorf("no %q in\n%s", want, status)
		}
	}
	for _, name := range names(fmt.Sprintf("/proc/%d/root", p.PID)) {
		if !slices.Contains([]string{"dev", "etc", "lib", "lib64", "usr", strings.Split(b.in.Dir, "/")[1]}, name) {
			t.Errorf("it sees /%s", name)
		}
	}
	for fd, to := range descriptors(t, p) {
		ours := slices.ContainsFunc([]string{
			b.in.VMDir(b.id) + "/", b.in.VolumeDir(diskA) + "/", b.in.Path("images", string(image)) + "/",
			"socket:", "anon_inode:", "pipe:", "/dev/null", "/dev/urandom", "/dev/random",
		}, func(start string) bool { return strings.HasPrefix(to, start) })
		if !ours {
			t.Errorf("descriptor %s is %s", fd, to)
		}
	}
}

// descriptors are the open files of a process.
func descriptors(t testing.TB, p sys.Process) map[string]string {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd", p.PID)
	all, err := os.ReadDir(dir)
	must(t, err)
	open := map[string]string{}
	for _, f := range all {
		if to, err := os.Readlink(filepath.Join(dir, f.Name())); err == nil {
			open[f.Name()] = to
		}
	}
	return open
}

// A disk and a disc that come while it runs are shown to it, and a disk that
// goes is hidden again.
func TestCageFollowsTheHardware(t *testing.T) {
	root(t)
	b := newBench(t)
	volume(t, b.in, diskB)
	disc := drivertest.NewID()
	must(t, os.MkdirAll(b.in.Path("images", string(disc)), 0o700))
	must(t, os.WriteFile(b.in.Path("images", string(disc), "disk.iso"), make([]byte, 64<<10), 0o600))
	b.ensure()
	p := b.process()
	sees := func(path string) bool {
		_, err := os.Stat(fmt.Sprintf("/proc/%d/root%s", p.PID, path))
		return err == nil
	}
	layer := filepath.Join(b.in.VolumeDir(diskB), "0.qcow2")
	if sees(layer) || sees(b.in.Path("images", string(disc), "disk.iso")) {
		t.Error("it sees what it does not have")
	}
	b.spec.Volumes = append(b.spec.Volumes, plan.Attach{Volume: diskB})
	b.spec.Disks[diskB] = plan.Volume{Size: 1 << 20, Layer: "0", VM: b.id}
	b.spec.DVD = disc
	b.restartAgent()
	b.ensure()
	if b.process() != p || !sees(layer) || !sees(b.in.Path("images", string(disc), "disk.iso")) {
		t.Error("it does not see what was plugged")
	}
	// A snapshot of the disk that was plugged makes a file that it sees.
	b.want(1<<20, "s1", "s1")
	b.ensure()
	if !sees(filepath.Join(b.in.VolumeDir(diskB), "s1.qcow2")) {
		t.Error("it does not see the new layer")
	}
	b.write(diskB, "s1", 7, 0, 4096)
}

// A taken QEMU replaces its sockets by links to others: the agent, which is
// root, does not follow.
func TestSocketsAreNotFollowed(t *testing.T) {
	root(t)
	b := newBench(t)
	b.ensure()
	control, err := net.Listen("unix", b.in.Path("admin.sock"))
	must(t, err)
	defer control.Close()
	path := b.d.SerialPath(b.id)
	conn, err := b.d.Dial(t.Context(), path)
	must(t, err)
	must(t, conn.Close())
	must(t, os.Remove(path))
	must(t, os.Symlink(b.in.Path("admin.sock"), path))
	if conn, err := net.Dial("unix", path); err != nil { // the control run: who follows gets there
		t.Error(err)
	} else {
		must(t, conn.Close())
	}
	if conn, err := b.d.Dial(t.Context(), path); err == nil {
		t.Error("the agent followed the link")
		must(t, conn.Close())
	}
	must(t, os.Remove(path))
	must(t, os.WriteFile(path, nil, 0o600))
	if _, err := b.d.Dial(t.Context(), path); err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("a file for a socket: %v", err)
	}
}

// A machine from before there were cages goes on without one, is talked to
// where its sockets are, and gets one with its next start.
func TestUncagedMachineIsTakenOver(t *testing.T) {
	root(t)
	b := newBench(t)
	b.ensure() // for the files that a start makes
	must(t, os.RemoveAll(filepath.Join(b.in.VolumeDir(diskA), "bases")))
	b.spec.Power = plan.Off
	b.ensure()
	dir := b.in.VMDir(b.id)
	layer := filepath.Join(b.in.VolumeDir(diskA), "0.qcow2")
	must(t, os.Chown(layer, 0, 0))
	must(t, os.Chmod(layer, 0o644))
	must(t, os.Chmod(b.in.VolumeDir(diskA), 0o700))
	must(t, b.in.FreeUser("v", b.id))
	must(t, os.WriteFile(filepath.Join(dir, "run"), []byte(`{"boot":1,"started":true,"start_at":"2020-01-01T00:00:00Z","max_cpus":4}`), 0o600))
	b.spec.Power = plan.On
	old, err := sys.Start(sys.Launch{
		Identity: b.in.VMName(b.id), Path: "qemu-system-x86_64", Dir: dir, Log: filepath.Join(dir, "log"), PIDFile: filepath.Join(dir, "pid"),
		Args: asBefore(b),
	})
	must(t, err)
	b.restartAgent()
	st := b.ensure()
	if b.process() != old || st.VM.Boot != 1 || !st.VM.Running {
		t.Errorf("the old one was touched: %+v, %+v", b.process(), st.VM)
	}
	if loose, err := old.Loose(); err != nil || len(loose) == 0 {
		t.Errorf("it says that it is in a cage: %v", err)
	}
	conn, err := b.d.Dial(t.Context(), b.d.SerialPath(b.id))
	must(t, err)
	must(t, conn.Close())
	// Everything goes on with it: a disk is plugged, a snapshot taken.
	volume(t, b.in, diskB)
	b.spec.Volumes = append(b.spec.Volumes, plan.Attach{Volume: diskB})
	b.spec.Disks[diskB] = plan.Volume{Size: 1 << 20, Layer: "0", VM: b.id}
	b.ensure()
	b.want(1<<20, "s1", "s1")
	b.ensure()
	b.write(diskA, "s1", 7, 0, 4096)

	b.spec.Boot = 2
	b.ensure()
	if p := b.process(); p == old {
		t.Error("it was not started anew")
	} else if loose, err := p.Loose(); err != nil || len(loose) > 0 {
		t.Errorf("after its next start: %v, %v", loose, err)
	}
	for _, f := range []string{"qmp.sock", "serial.sock"} {
		if _, err := os.Lstat(filepath.Join(dir, f)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the old socket %s is left", f)
		}
	}
	b.write(diskA, "s1", 8, 4096, 4096)
}

// asBefore is the command line of a machine as the version before cages made
// it, as far as the driver looks at it.
func asBefore(b *bench) []string {
	args := []string{
		"-fw_cfg", "name=opt/virga/boot,string=1", "-nodefaults", "-no-user-config", "-display", "none",
		"-machine", "q35", "-accel", "tcg", "-smp", "cpus=1,maxcpus=4,sockets=4,cores=1,threads=1", "-m", "64M", "-action", "shutdown=pause",
		"-chardev", "socket,id=qmp,path=qmp.sock,server=on,wait=off", "-mon", "chardev=qmp,mode=control",
		"-chardev", "socket,id=serial,path=serial.sock,server=on,wait=off", "-serial", "chardev:serial",
		"-device", "virtio-scsi-pci,id=scsi", "-device", "scsi-cd,id=dvd,bus=scsi.0",
	}
	for i := range 4 {
		args = append(args, "-device", fmt.Sprintf("pcie-root-port,id=rp%d,chassis=%d", i, i+1))
	}
	layer := qemu.Layer(diskA, "0", filepath.Join(b.in.VolumeDir(diskA), "0.qcow2"))
	return append(args, "-blockdev", layer,
		"-device", fmt.Sprintf(`{"driver":"virtio-blk-pci","id":"disk-%s","drive":"%s","bus":"rp0"}`, diskA, qemu.Node(diskA, "0")))
}

// Whoever killed the agent between a start and anything else finds the guest
// in its cage: there is no moment in which it is not.
func TestKilledHypervisorComesBackCaged(t *testing.T) {
	root(t)
	b := newBench(t)
	b.ensure()
	p := b.process()
	must(t, p.Signal(syscall.SIGKILL))
	for p.Alive() {
		<-time.After(time.Millisecond)
	}
	b.now = b.now.Add(5 * time.Second)
	b.ensure()
	if loose, err := b.process().Loose(); err != nil || len(loose) > 0 {
		t.Errorf("loose: %v, %v", loose, err)
	}
}

package image

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kdomanski/iso9660"
	"golang.org/x/crypto/ssh"
)

// guest is a machine under test: one folder with its disk and seed, started and killed at will.
type guest struct {
	t     *testing.T
	dir   string // disk.qcow2, seed.iso, serial.log
	m     Manifest
	image string // folder of the unpacked image
	key   ssh.Signer
	port  int
	cmd   *exec.Cmd
	qmp   *qmpConn

	onDisk   bool          // the seed is a virtio disk and not a CD
	ram      string        // QEMU's -m; 256 MiB that can grow when empty
	hostAlgo []string      // host key algorithms to accept; the library's when empty
	patience time.Duration // how long to wait for SSH; a minute when zero
}

// unpacked returns the folder of the cached tiny image, or skips with the reason.
func unpacked(t *testing.T) (Manifest, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("boots a machine")
	}
	if _, err := exec.LookPath("qemu-system-x86_64"); err != nil {
		t.Skip("missing Debian package: qemu-system-x86")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	b, err := Cached(ctx)
	var missing *MissingError
	if errors.As(err, &missing) {
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dir := filepath.Join(t.TempDir(), "image")
	m, err := Unpack(f, dir, b.Digest)
	if err != nil {
		t.Fatal(err)
	}
	return m, dir
}

func newGuest(t *testing.T, m Manifest, image string, size int64) *guest {
	t.Helper()
	g := &guest{t: t, dir: t.TempDir(), m: m, image: image, key: newKey(t)}
	g.runTool("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", filepath.Join(image, DiskName),
		filepath.Join(g.dir, "disk.qcow2"), fmt.Sprint(size))
	t.Cleanup(func() {
		g.kill()
		if t.Failed() {
			serial, _ := os.ReadFile(filepath.Join(g.dir, "serial.log"))
			t.Logf("serial:\n%s", serial)
		}
	})
	return g
}

func (g *guest) runTool(name string, args ...string) {
	g.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		g.t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// seed writes the guest's seed from files; nil takes the seed away.
func (g *guest) seed(files map[string]string) {
	g.t.Helper()
	w, err := iso9660.NewWriter()
	if err != nil {
		g.t.Fatal(err)
	}
	defer w.Cleanup()
	for name, text := range files {
		if err := w.AddFile(strings.NewReader(text), name); err != nil {
			g.t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := w.WriteTo(&b, "cidata"); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(g.dir, "seed.iso"), b.Bytes(), 0o644); err != nil {
		g.t.Fatal(err)
	}
}

// env makes a seed's virga.env with this guest's key.
func (g *guest) env(pairs ...string) map[string]string {
	all := append([]string{"VIRGA_KEYS_B64", base64.StdEncoding.EncodeToString(ssh.MarshalAuthorizedKey(g.key.PublicKey()))}, pairs...)
	var b strings.Builder
	for i := 0; i < len(all); i += 2 {
		fmt.Fprintf(&b, "%s='%s'\n", all[i], all[i+1])
	}
	return map[string]string{"virga.env": b.String()}
}

// start starts QEMU; extra arguments come last.
func (g *guest) start(extra ...string) {
	g.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		g.t.Fatal(err)
	}
	g.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	sock := filepath.Join(g.dir, "qmp")
	os.Remove(sock)
	args := []string{
		"-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35",
		"-accel", "tcg,thread=multi,tb-size=32", "-cpu", "max", "-m", g.memory(), "-smp", "1,maxcpus=2",
		"-kernel", filepath.Join(g.image, KernelName), "-initrd", filepath.Join(g.image, InitrdName), "-append", g.m.Cmdline,
		"-drive", "if=none,id=d0,format=qcow2,file=" + filepath.Join(g.dir, "disk.qcow2"),
		"-device", "virtio-blk-pci,drive=d0,bootindex=1",
		"-device", "virtio-scsi-pci,id=scsi0",
		"-netdev", fmt.Sprintf("user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:%d-:22", g.port),
		"-device", "virtio-net-pci,netdev=n0,romfile=,mac=52:54:00:12:34:56",
		"-device", "pcie-root-port,id=rp1,chassis=1,slot=1",
		"-serial", "file:" + filepath.Join(g.dir, "serial.log"),
		"-qmp", "unix:" + sock + ",server=on,wait=off",
	}
	if seed := filepath.Join(g.dir, "seed.iso"); exists(seed) {
		args = append(args, "-drive", "if=none,id=seed,format=raw,readonly=on,file="+seed, "-device")
		if g.onDisk {
			args = append(args, "virtio-blk-pci,drive=seed")
		} else {
			args = append(args, "scsi-cd,drive=seed,bus=scsi0.0")
		}
	}
	g.cmd = exec.Command("qemu-system-x86_64", append(args, extra...)...)
	g.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var stderr bytes.Buffer
	g.cmd.Stderr = &stderr
	if err := g.cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	g.qmp = dialQMP(g.t, sock, &stderr)
}

func (g *guest) memory() string {
	if g.ram != "" {
		return g.ram
	}
	return "256,slots=2,maxmem=1G"
}

// kill is a power cut.
func (g *guest) kill() {
	if g.cmd == nil {
		return
	}
	g.cmd.Process.Kill()
	g.cmd.Wait()
	if g.qmp != nil {
		g.qmp.Close()
	}
	g.cmd, g.qmp = nil, nil
}

// waitExit waits until the guest has switched itself off.
func (g *guest) waitExit(limit time.Duration) {
	g.t.Helper()
	timer := time.AfterFunc(limit, func() { g.cmd.Process.Kill() })
	g.cmd.Wait()
	if !timer.Stop() {
		g.t.Errorf("guest still on after %v", limit)
	}
	g.qmp.Close()
	g.cmd = nil
}

// dial waits until SSH answers and logs in. HostKey gets the key the guest showed.
func (g *guest) dial(auth ssh.AuthMethod, hostKey *string) *ssh.Client {
	g.t.Helper()
	config := &ssh.ClientConfig{
		User: "root", Auth: []ssh.AuthMethod{auth}, Timeout: 5 * time.Second, HostKeyAlgorithms: g.hostAlgo,
		HostKeyCallback: func(_ string, _ net.Addr, k ssh.PublicKey) error {
			if hostKey != nil {
				*hostKey = string(ssh.MarshalAuthorizedKey(k))
			}
			return nil
		},
	}
	// QEMU's network accepts for a guest that is not up yet, and the guest never hears of such a
	// connection: give up on it soon, but give a slow guest more time with every try.
	limit := 300 * time.Millisecond
	var last error
	patience := g.patience
	if patience == 0 {
		patience = time.Minute
	}
	for end := time.Now().Add(patience); time.Now().Before(end); {
		conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", g.port), time.Second)
		if err == nil {
			conn.SetDeadline(time.Now().Add(limit))
			limit += limit / 10
			var c ssh.Conn
			var chans <-chan ssh.NewChannel
			var reqs <-chan *ssh.Request
			if c, chans, reqs, err = ssh.NewClientConn(conn, "guest", config); err == nil {
				conn.SetDeadline(time.Now().Add(90 * time.Second))
				return ssh.NewClient(c, chans, reqs)
			}
			conn.Close()
		}
		last = err
		time.Sleep(50 * time.Millisecond)
	}
	g.t.Fatalf("no SSH: %v", last)
	return nil
}

// sh runs a command in the guest and returns what it printed.
func (g *guest) sh(c *ssh.Client, command string) string {
	g.t.Helper()
	s, err := c.NewSession()
	if err != nil {
		g.t.Fatal(err)
	}
	defer s.Close()
	out, err := s.CombinedOutput(command)
	if err != nil {
		g.t.Fatalf("%s: %v: %s", command, err, out)
	}
	return strings.TrimSpace(string(out))
}

// until repeats a command in the guest until it prints want.
func (g *guest) until(c *ssh.Client, command, want string) {
	g.t.Helper()
	var got string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got = g.sh(c, command); got == want {
			return
		}
	}
	g.t.Fatalf("%s: %q, want %q", command, got, want)
}

// qmpConn is just enough of QMP for a test.
type qmpConn struct {
	net.Conn
	t   *testing.T
	dec *json.Decoder
}

func dialQMP(t *testing.T, sock string, stderr *bytes.Buffer) *qmpConn {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("unix", sock)
		if err != nil {
			continue
		}
		q := &qmpConn{Conn: c, t: t, dec: json.NewDecoder(c)}
		var greeting map[string]any
		if err := q.dec.Decode(&greeting); err != nil {
			t.Fatal(err)
		}
		q.do("qmp_capabilities", map[string]any{})
		return q
	}
	t.Fatalf("no QMP: %s", stderr)
	return nil
}

func (q *qmpConn) do(command string, args map[string]any) json.RawMessage {
	q.t.Helper()
	q.SetDeadline(time.Now().Add(10 * time.Second))
	if err := json.NewEncoder(q).Encode(map[string]any{"execute": command, "arguments": args}); err != nil {
		q.t.Fatalf("%s: %v", command, err)
	}
	for {
		var answer struct {
			Return json.RawMessage
			Error  *struct{ Desc string }
			Event  string
		}
		if err := q.dec.Decode(&answer); err != nil {
			q.t.Fatalf("%s: %v", command, err)
		}
		if answer.Error != nil {
			q.t.Fatalf("%s: %s", command, answer.Error.Desc)
		}
		if answer.Event == "" {
			return answer.Return
		}
	}
}

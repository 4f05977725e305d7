package main

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// All that is missing is said at once.
func TestMayJoin(t *testing.T) {
	var out bytes.Buffer
	if err := mayJoin(&out, []machineCheck{good("cage", "there"), {"acceleration", stateNote, "no usable KVM", ""}}); err != nil {
		t.Errorf("with notes only: %v", err)
	}
	if !strings.Contains(out.String(), "note          acceleration: no usable KVM") {
		t.Errorf("it says %q", out.String())
	}
	out.Reset()
	err := mayJoin(&out, []machineCheck{
		{"packages", stateBad, "missing: nftables", "apt-get install nftables"},
		good("netlink", "there"),
		{"clock", stateBad, "3h0m0s behind that of the control plane", "set it"},
	})
	if exitCode(err) != exitFailed || !strings.Contains(err.Error(), "2 things are missing") {
		t.Errorf("%v", err)
	}
	for _, want := range []string{"packages: missing: nftables. Do: apt-get install nftables", "clock: 3h0m0s behind"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q does not say %q", out.String(), want)
		}
	}
}

func TestCheckUnderlay(t *testing.T) {
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
	line := func(at, inode string) string {
		return "  77: " + at + " 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 " + inode + " 2 0000000000000000 0\n"
	}
	for name, c := range map[string]struct {
		address, sockets, state, says string
	}{
		"free":                {"127.0.0.1", line("00000000:0044", "4711"), stateGood, "MTU"},
		"a tunnel of another": {"127.0.0.1", line("00000000:12B5", "0"), stateGood, "MTU"},
		"a program":           {"127.0.0.1", line("00000000:12B5", "4711"), stateBad, "UDP port 4789 of 127.0.0.1 is used"},
		"a program there":     {"127.0.0.1", line("0100007F:12B5", "4711"), stateBad, "UDP port 4789 of 127.0.0.1 is used"},
		"a program elsewhere": {"127.0.0.1", line("0200007F:12B5", "4711"), stateGood, "MTU"},
		"no address":          {"none", "", stateNote, "do not reach this one"},
		"of another machine":  {"192.0.2.77", "", stateBad, "192.0.2.77"},
		"nonsense":            {"eth0", "", stateBad, "eth0"},
	} {
		proc := t.TempDir()
		must(t, os.Mkdir(filepath.Join(proc, "net"), 0o755))
		must(t, os.WriteFile(filepath.Join(proc, "net", "udp"), []byte(head+c.sockets), 0o644))
		got := checkUnderlay(&realFlags{underlay: c.address}, proc)
		if got.State != c.state || !strings.Contains(got.Text, c.says) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// The real file is read alike.
	l, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	at := netip.MustParseAddrPort(l.LocalAddr().String())
	for port, want := range map[int]bool{int(at.Port()): true, 1: false} {
		if used, err := udpUsed("/proc", at.Addr(), port); err != nil || used != want {
			t.Errorf("port %d: %v, %v", port, used, err)
		}
	}
}

// Secrets go to a terminal, which a person sees, and nowhere else.
func TestTellCredentials(t *testing.T) {
	n := &node{opt: nodeOptions{data: &data{dir: "/data"}}}
	r := ready{Email: "admin@virga.internal", Password: "pass-word", Token: "to-ken", APIKey: "member-key"}
	var log bytes.Buffer
	n.tellCredentials(&log, r)
	seen, screen := pty(t)
	n.tellCredentials(screen, r)
	must(t, screen.Close())
	b, _ := io.ReadAll(seen) // a terminal whose other end is closed ends with an error
	for _, secret := range []string{r.Password, r.Token, r.APIKey} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("a log gets %s: %s", secret, log.String())
		}
		if !strings.Contains(string(b), secret) {
			t.Errorf("a terminal does not get %s: %s", secret, b)
		}
	}
	if !strings.Contains(log.String(), "/data/ready.json") {
		t.Errorf("a log is not told where they are: %s", log.String())
	}
}

// pty is a terminal: what is written to its screen can be read at the other end.
func pty(t *testing.T) (far, screen *os.File) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	t.Cleanup(func() { _ = far.Close() })
	must(t, unix.IoctlSetPointerInt(int(far.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(far.Fd()), unix.TIOCGPTN)
	must(t, err)
	screen, err = os.OpenFile(filepath.Join("/dev/pts", strconv.Itoa(n)), os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	return far, screen
}

package image

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

func newKey(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

const testMAC = "52:54:00:12:34:56"

// boot starts the guest, logs in with its key and says how long that took.
func boot(g *guest, hostKey *string, extra ...string) *ssh.Client {
	g.t.Helper()
	begin := time.Now()
	g.start(extra...)
	c := g.dial(ssh.PublicKeys(g.key), hostKey)
	g.sh(c, "true")
	g.t.Logf("boot to SSH: %v", time.Since(begin).Round(10*time.Millisecond))
	return c
}

// TestTinyLife is the whole life of a tiny guest: first boot, a power cut, the same disk as
// another machine, and a clean end by the power button.
func TestTinyLife(t *testing.T) {
	m, image := unpacked(t)
	g := newGuest(t, m, image, 3<<30)
	script := base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\n" +
		"echo ran >> /root/script-log\ncut -d' ' -f19 /proc/$$/stat > /root/priority\n"))
	seed := func(instance, name string) map[string]string {
		return g.env("VIRGA_HOSTNAME", name, "VIRGA_INSTANCE_ID", instance, "VIRGA_USERDATA_B64", script,
			"VIRGA_NICS", testMAC+",dhcp,,,")
	}
	g.seed(seed("i-1", "web"))
	var first, second, third string
	c := boot(g, &first)
	if got := g.sh(c, "hostname"); got != "web" {
		t.Errorf("hostname %q", got)
	}
	g.until(c, "cat /root/script-log || true", "ran")
	g.until(c, "cat /root/priority || true", "0") // and not that of the boot's own chores
	g.until(c, "[ $(df -k / | tail -n 1 | awk '{ print $2 }') -gt 2900000 ] && echo grown || echo small", "grown")
	g.sh(c, "for d in root etc home var/lib; do echo kept > /$d/file; done; sync")
	g.kill()

	c = boot(g, &second)
	if got := g.sh(c, "cat /root/file /etc/file /home/file /var/lib/file | tr '\\n' ' '"); got != "kept kept kept kept" {
		t.Errorf("after a power cut: %q", got)
	}
	if first != second {
		t.Error("host key changed with a reboot")
	}
	// Clean restart from inside; the same QEMU process stays.
	g.sh(c, "(sleep 1; reboot) >/dev/null 2>&1 </dev/null &")
	c.Wait()
	c = g.dial(ssh.PublicKeys(g.key), &second)
	if got := g.sh(c, "cat /root/script-log"); got != "ran" || first != second {
		t.Errorf("after a reboot: user script %q, same host key %v", got, first == second)
	}
	g.kill()

	// A clone: the disk of web is now the disk of copy.
	g.seed(seed("i-2", "copy"))
	c = boot(g, &third)
	if third == first {
		t.Error("a clone answers with the host key of its source")
	}
	if got := g.sh(c, "hostname; cat /root/file; grep -c . /root/.ssh/authorized_keys"); got != "copy\nkept\n1" {
		t.Errorf("clone: %q", got)
	}
	g.until(c, "cat /root/script-log", "ran\nran")
	g.until(c, "ps | grep -c '[a]cpid'", "1")
	g.qmp.do("system_powerdown", map[string]any{})
	g.waitExit(20 * time.Second)
}

// TestTinyCloudConfig boots with a seed of plain NoCloud files: password, keys, static address.
func TestTinyCloudConfig(t *testing.T) {
	m, image := unpacked(t)
	g := newGuest(t, m, image, m.VirtualSize)
	hash, err := exec.Command("busybox", "mkpasswd", "-m", "sha512", "-S", "saltsalt", "secret").Output()
	if err != nil {
		t.Fatal(err)
	}
	g.seed(map[string]string{
		"meta-data": "instance-id: i-1\nlocal-hostname: plain\n",
		"user-data": fmt.Sprintf(`#cloud-config
ssh_pwauth: true
users:
  - name: root
    lock_passwd: false
    hashed_passwd: %s
    ssh_authorized_keys:
      - %s
runcmd:
  - [ sh, -c, "echo done > /root/ran" ]
`, strings.TrimSpace(string(hash)), strings.TrimSpace(string(ssh.MarshalAuthorizedKey(g.key.PublicKey())))),
		"network-config": `version: 2
ethernets:
  nic0:
    match:
      macaddress: "` + testMAC + `"
    addresses:
      - 10.0.2.15/24
    gateway4: 10.0.2.2
    nameservers:
      addresses:
        - 10.0.2.3
`,
	})
	boot(g, nil).Close()
	c := g.dial(ssh.Password("secret"), nil)
	got := g.sh(c, "hostname; ip route | grep default; cat /etc/resolv.conf")
	if want := "plain\ndefault via 10.0.2.2 dev eth0  metric 102 \nnameserver 10.0.2.3 # eth0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	g.until(c, "cat /root/ran || true", "done")

	// Files go both ways with the clients people have: sftp speaks to sftp-server.
	session, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	in, err := session.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := session.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestSubsystem("sftp"); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write([]byte{0, 0, 0, 5, 1, 0, 0, 0, 3}); err != nil { // SSH_FXP_INIT, version 3
		t.Fatal(err)
	}
	answer := make([]byte, 9)
	if _, err := out.Read(answer); err != nil || answer[4] != 2 { // SSH_FXP_VERSION
		t.Errorf("sftp: % x, %v", answer, err)
	}
}

// TestTinyHotPlug: what the host plugs in, the guest uses without being asked.
func TestTinyHotPlug(t *testing.T) {
	m, image := unpacked(t)
	g := newGuest(t, m, image, m.VirtualSize)
	g.onDisk = true
	g.seed(g.env("VIRGA_INSTANCE_ID", "i-1"))
	c := boot(g, nil, "-device", "pcie-root-port,id=rp2,chassis=2,slot=2")

	extra := filepath.Join(g.dir, "extra.qcow2")
	g.runTool("qemu-img", "create", "-q", "-f", "qcow2", extra, "64M")
	g.qmp.do("blockdev-add", map[string]any{"driver": "qcow2", "node-name": "x", "file": map[string]any{"driver": "file", "filename": extra}})
	g.qmp.do("device_add", map[string]any{"driver": "virtio-blk-pci", "id": "x", "drive": "x", "bus": "rp1", "serial": "vol-1"})
	// The seed is the second disk here.
	g.until(c, "cat /sys/block/vdc/serial 2>/dev/null || true", "vol-1")
	g.sh(c, "mkfs.ext4 -q /dev/vdc && mount /dev/vdc /mnt && echo x > /mnt/x && umount /mnt")

	g.qmp.do("netdev_add", map[string]any{"type": "user", "id": "n1", "restrict": true, "net": "10.0.3.0/24"})
	g.qmp.do("device_add", map[string]any{"driver": "virtio-net-pci", "id": "n1", "netdev": "n1", "bus": "rp2", "mac": "52:54:00:00:00:09"})
	g.until(c, "ip -4 -o addr show dev eth1 2>/dev/null | awk '{ print $4 }'", "10.0.3.15/24")

	// No CPU: under emulation that takes more than one command, see host/qemu.
	before := g.sh(c, "awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo")
	g.qmp.do("object-add", map[string]any{"qom-type": "memory-backend-ram", "id": "m1", "size": 256 << 20})
	g.qmp.do("device_add", map[string]any{"driver": "pc-dimm", "id": "d1", "memdev": "m1"})
	var had int
	fmt.Sscan(before, &had)
	g.until(c, fmt.Sprintf("[ $(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo) -ge %d ] && echo more || echo less", had+250), "more")
}

// TestTinyReproducible: the same inputs give the same bytes, wherever and whenever.
func TestTinyReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("builds an image")
	}
	cached, err := func() (Built, error) { _, _ = unpacked(t); return Cached(t.Context()) }()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	steps := map[string]bool{}
	b, err := BuildTiny(t.Context(), Options{Dir: t.TempDir(), Progress: func(step string, _, _ int64) { steps[step] = true }})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("built in %v: %.1f MiB, disk %.1f MiB, initrd %.1f MiB", time.Since(begin).Round(10*time.Millisecond),
		float64(b.Bytes)/(1<<20), float64(b.Disk.Size)/(1<<20), float64(b.Initrd.Size)/(1<<20))
	if b.OSVersion == cached.OSVersion && b.Digest != cached.Digest {
		t.Errorf("digest %s, before %s", b.Digest, cached.Digest)
	}
	if len(steps) != 5 {
		t.Errorf("progress told of %v", steps)
	}
}

package image

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// TestDebianBoots builds the full image and boots it; minutes under emulation.
func TestDebianBoots(t *testing.T) {
	if os.Getenv("VIRGA_TEST_DEBIAN") == "" {
		t.Skip("set VIRGA_TEST_DEBIAN=1 to build and boot a full Debian image (some minutes)")
	}
	if err := MissingDebian(); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	begin := time.Now()
	dir := os.Getenv("VIRGA_TEST_DEBIAN_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	b, err := BuildDebian(ctx, "debian-12", Options{Dir: dir, Progress: func(step string, done, total int64) {
		t.Logf("%v %s %d/%d", time.Since(begin).Round(time.Second), step, done, total)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("built in %v: %d MiB", time.Since(begin).Round(time.Second), b.Bytes>>20)
	f, err := os.Open(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	image := filepath.Join(t.TempDir(), "image")
	m, err := Unpack(f, image, b.Digest)
	if err != nil {
		t.Fatal(err)
	}
	g := newGuest(t, m, image, 5<<30)
	g.patience = 4 * time.Minute
	g.seed(map[string]string{
		"meta-data": "instance-id: i-1\nlocal-hostname: deb\n",
		"user-data": fmt.Sprintf("#cloud-config\ndisable_root: false\nssh_authorized_keys:\n  - %s",
			ssh.MarshalAuthorizedKey(g.key.PublicKey())),
		"network-config": "version: 2\nethernets:\n  eth0:\n    match:\n      macaddress: '52:54:00:12:34:56'\n    dhcp4: true\n",
	})
	begin = time.Now()
	g.ram = "size=768M,slots=2,maxmem=2048M"
	g.start("-device", "virtio-serial-pci", "-chardev", "socket,id=ga,server=on,wait=off,path="+filepath.Join(g.dir, "ga"),
		"-device", "virtserialport,chardev=ga,name=org.qemu.guest_agent.0")
	c := g.dial(ssh.PublicKeys(g.key), nil)
	t.Logf("boot to SSH: %v", time.Since(begin).Round(time.Second))
	if got := g.sh(c, "hostname"); got != "deb" {
		t.Errorf("hostname %q", got)
	}
	g.until(c, "systemctl is-active qemu-guest-agent || true", "active")
	g.until(c, "test $(df --output=size -k / | tail -n 1) -gt 4500000 && echo grown || echo small", "grown")

	// Memory that is plugged in, the guest uses without being asked.
	g.qmp.do("object-add", map[string]any{"qom-type": "memory-backend-ram", "id": "m1", "size": 256 << 20})
	g.qmp.do("device_add", map[string]any{"driver": "pc-dimm", "id": "d1", "memdev": "m1"})
	g.until(c, "test $(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo) -gt 850 && echo more || echo less", "more")
}

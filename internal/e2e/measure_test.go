package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/seed"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/plan"
)

// Bars that a real guest has to meet.
const (
	maxBinary  = 40 << 20
	maxMemory  = 100 << 20
	maxToSSH   = time.Minute
	idleBefore = 30 * time.Second
)

// What is shipped is small, and idles small.
func TestFootprint(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a second binary and waits")
	}
	t.Parallel()
	dir := filepath.Join(spread, "shipped")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	shipped, err := Build(dir, "-trimpath", "-ldflags", "-s -w")
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(shipped)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the binary has %.1f MB", float64(st.Size())/1e6)
	if st.Size() > maxBinary && os.Getenv("VIRGA_E2E_RACE") == "" {
		t.Errorf("the binary has %d bytes, more than %d", st.Size(), maxBinary)
	}
	kinds := map[string][]string{"fake, 16 hosts": {"up", "--fake", "--listen", "127.0.0.1:0"}}
	if os.Geteuid() == 0 && image.MissingTiny() == nil {
		kinds["real, 1 host"] = []string{"up", "--listen", "127.0.0.1:0"}
	}
	for name, args := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait
			c := New(t, shipped, spread, "idle-"+name[:4])
			begin := time.Now()
			p := c.Start(args...)
			t.Logf("ready after %s", time.Since(begin).Round(10*time.Millisecond))
			timer := time.NewTimer(idleBefore)
			defer timer.Stop()
			<-timer.C
			rss, err := p.RSS()
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%.1f MB resident after %s of rest", float64(rss)/1e6, idleBefore)
			if rss > maxMemory && os.Getenv("VIRGA_E2E_RACE") == "" {
				t.Errorf("%d bytes resident, more than %d", rss, maxMemory)
			}
			if err := p.Stop(10 * time.Second); err != nil {
				t.Errorf("stop: %v", err)
			}
		})
	}
}

// How much longer a machine of the cloud takes to its SSH than the bare QEMU
// command line that boots the same image. Both in turns, the best of each,
// because others use this machine as well.
func TestBootRatio(t *testing.T) {
	if os.Getenv("VIRGA_E2E_MEASURE") == "" {
		t.Skip("measures, and proves nothing that the other tests do not: make bench")
	}
	real(t)
	const rounds = 3
	key := NewKey(t)
	c, _ := oneBox(t, "ratio")
	tiny := c.Image("tiny")
	b := newBare(t, key)
	var cloud, bare []time.Duration
	for i := range rounds {
		bare = append(bare, b.boot(i))
		begin := time.Now()
		s := c.post(Body(fmt.Sprintf("web-%d", i), tiny, key.Line()))
		g := c.Guest(key, c.address(s.ID), machineLimit)
		g.Sh("true")
		cloud = append(cloud, time.Since(begin))
		c.InState(s.ID, "POWERED_ON", machineLimit)
		c.One("DELETE", "/servers/"+s.ID, nil).Is(202)
		c.Gone(s.ID, machineLimit)
	}
	best, floor := slices.Min(cloud), slices.Min(bare)
	t.Logf("POST to SSH %s, bare QEMU to SSH %s: ratio %.2f (cloud %v, bare %v; the first of the cloud fetches the image)",
		best.Round(10*time.Millisecond), floor.Round(10*time.Millisecond), best.Seconds()/floor.Seconds(), cloud, bare)
	if best > maxToSSH {
		t.Errorf("POST to SSH took %s", best)
	}
	c.Down()
	nothingRuns(t, c.Dir)
}

// bare boots the tiny image without Virga.
type bare struct {
	t        *testing.T
	key      Key
	dir      string
	image    string
	manifest image.Manifest
}

func newBare(t *testing.T, key Key) *bare {
	t.Helper()
	built, err := image.Cached(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(built.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := &bare{t: t, key: key, dir: filepath.Join(spread, "bare")}
	b.image = filepath.Join(b.dir, "image")
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if b.manifest, err = image.Unpack(f, b.image, built.Digest); err != nil {
		t.Fatal(err)
	}
	return b
}

// boot is one cold boot, from the making of the disk to the answer over SSH.
func (b *bare) boot(n int) time.Duration {
	b.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close() // QEMU takes it now
	disk, cd := filepath.Join(b.dir, fmt.Sprintf("disk-%d.qcow2", n)), filepath.Join(b.dir, fmt.Sprintf("seed-%d.iso", n))
	iso, err := seed.Build(plan.Seed{
		Instance: fmt.Sprintf("bare-%d", n), Hostname: "bare", Keys: []string{b.key.Line()},
		NICs: []plan.SeedIF{{MAC: "52:54:00:12:34:56", DHCP: true}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(cd, iso, 0o600); err != nil {
		b.t.Fatal(err)
	}
	begin := time.Now()
	if out, err := exec.Command("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b",
		filepath.Join(b.image, image.DiskName), disk, "20G").CombinedOutput(); err != nil {
		b.t.Fatalf("qemu-img: %v: %s", err, out)
	}
	args := strings.Fields(strings.Join([]string{
		"-nodefaults -no-user-config -display none -machine q35 -accel tcg,thread=multi,tb-size=64 -cpu max -m 512 -smp 1",
		"-kernel", filepath.Join(b.image, image.KernelName), "-initrd", filepath.Join(b.image, image.InitrdName),
		"-drive if=virtio,format=qcow2,file=" + disk,
		"-device virtio-scsi-pci -drive if=none,id=cd,format=raw,readonly=on,file=" + cd + " -device scsi-cd,drive=cd",
		"-netdev user,id=n0,restrict=on,hostfwd=tcp:" + address + "-:22 -device virtio-net-pci,netdev=n0,romfile=,mac=52:54:00:12:34:56",
		"-device virtio-rng-pci -append",
	}, " "))
	p, err := spawn(exec.Command("qemu-system-x86_64", append(args, b.manifest.Cmdline)...))
	if err != nil {
		b.t.Fatal(err)
	}
	defer p.Kill()
	g := Login(b.t, b.key, "the bare guest", machineLimit, func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	})
	g.Sh("true")
	return time.Since(begin)
}

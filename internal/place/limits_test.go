package place_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/place"
)

func host(name string, edit func(*cloud.Host)) *cloud.Host {
	h := &cloud.Host{Name: name, State: cloud.HostUp, Enabled: true, ServerType: 2, StorageType: 2, Cores: 10, RAM: 64 << 10, DiskGB: 1000}
	if edit != nil {
		edit(h)
	}
	return h
}

// The contract's figures (cloudcix.md section 15), and the smaller reserve of a
// small box (R19).
func TestFree(t *testing.T) {
	for _, c := range []struct {
		name          string
		h             *cloud.Host
		grow          bool
		vcpu, ram, gb int
	}{
		{"large", host("a", nil), false, 62, 48743, 693},
		{"large, growth", host("a", nil), true, 80, 54477, 810},
		{"reserve of a quarter", host("a", func(h *cloud.Host) { h.Cores, h.RAM, h.DiskGB = 2, 4096, 40 }), false, 13, 2612, 24},
		{"where both reserves meet", host("a", func(h *cloud.Host) { h.RAM, h.DiskGB = 32<<10, 400 }), false, 62, 20890, 231},
		{"in use", host("a", func(h *cloud.Host) { h.UsedVCPU, h.UsedRAM, h.UsedGB = 60, 48000, 700 }), false, 2, 743, -7},
		{"nothing reported", host("a", func(h *cloud.Host) { h.Cores, h.RAM, h.DiskGB = 0, 0, 0 }), false, 0, 0, 0},
	} {
		vcpu, ram, gb := place.Free(c.h, c.grow)
		if vcpu != c.vcpu || ram != c.ram || gb != c.gb {
			t.Errorf("%s: %d vCPU %d MiB %d GB, want %d %d %d", c.name, vcpu, ram, gb, c.vcpu, c.ram, c.gb)
		}
	}
}

func TestReasons(t *testing.T) {
	closed := time.Now()
	need := place.Need{VCPU: 2, RAM: 2048, GB: 20, ServerType: 2, StorageType: 2}
	reach := need
	reach.Router = host("far", func(h *cloud.Host) { h.ID, h.Underlay = 9, "192.0.2.1" })
	more := need
	more.Grow = true
	for _, c := range []struct {
		name string
		edit func(*cloud.Host)
		need place.Need
		why  string // part of it; "" = fits
	}{
		{"fits", nil, need, ""},
		{"lost", func(h *cloud.Host) { h.State = cloud.HostLost }, need, "lost"},
		{"removed", func(h *cloud.Host) { h.Closed = &closed }, need, "lost"},
		{"disabled", func(h *cloud.Host) { h.Enabled = false }, need, "disabled"},
		{"no way to the router", nil, reach, "the project's router is on far, and a has no address towards other hosts"},
		{"a way to the router", func(h *cloud.Host) { h.Underlay = "192.0.2.2" }, reach, ""},
		{"server type", func(h *cloud.Host) { h.ServerType = 1 }, need, "server type 1, the image needs 2"},
		{"storage type", func(h *cloud.Host) { h.StorageType = 1 }, need, "storage type 1, asked for 2"},
		{"any storage", func(h *cloud.Host) { h.StorageType = 1 }, place.Need{VCPU: 1}, ""},
		{"growth asks for no type", func(h *cloud.Host) { h.ServerType, h.StorageType = 1, 1 }, more, ""},
		{"vCPU", func(h *cloud.Host) { h.UsedVCPU = 61 }, need, "1 vCPU free, 2 needed"},
		{"vCPU for growth", func(h *cloud.Host) { h.UsedVCPU = 61 }, more, ""},
		{"memory", func(h *cloud.Host) { h.UsedRAM = 48000 }, need, "743 MiB of memory free, 2048 needed"},
		{"disk", func(h *cloud.Host) { h.UsedGB = 900 }, need, "0 GB of disk free, 20 needed"},
		{"to the last", func(h *cloud.Host) { h.UsedVCPU, h.UsedRAM, h.UsedGB = 60, 48743-2048, 673 }, need, ""},
	} {
		why := place.Fits(host("a", c.edit), c.need)
		if c.why == "" && why != "" || c.why != "" && !strings.Contains(why, c.why) {
			t.Errorf("%s: %q, want %q", c.name, why, c.why)
		}
	}
}

// What everybody is told has neither names nor amounts.
func TestSum(t *testing.T) {
	full := func(h *cloud.Host) { h.UsedRAM = h.RAM }
	hosts := []*cloud.Host{host("rack-1", full), host("rack-2", full), host("rack-3", func(h *cloud.Host) { h.Enabled = false })}
	need := place.Need{VCPU: 1, RAM: 1024}
	if got := place.Sum(hosts, need); !slices.Equal(got, []string{"1 host: disabled by the operator", "2 hosts: not enough memory free"}) {
		t.Errorf("%q", got)
	}
	if got := place.Sum(nil, need); !slices.Equal(got, []string{"the region has no host"}) {
		t.Errorf("%q", got)
	}
}

func TestPick(t *testing.T) {
	need := place.Need{VCPU: 1, RAM: 1024, GB: 10}
	a, b := host("a", nil), host("b", nil)
	if h, _ := place.Pick([]*cloud.Host{a, b}, need); h != a {
		t.Errorf("on a tie the first is chosen, not %s", h.Name)
	}
	full := host("full", func(h *cloud.Host) { h.UsedRAM = 60000 })
	off := host("off", func(h *cloud.Host) { h.Enabled = false })
	if h, reasons := place.Pick([]*cloud.Host{full, b, off}, need); h != b || len(reasons) != 2 {
		t.Errorf("chose %v, %q", h, reasons)
	}
	h, reasons := place.Pick([]*cloud.Host{full, off}, need)
	if want := []string{"full: 0 MiB of memory free, 1024 needed", "off: disabled by the operator"}; h != nil || !slices.Equal(reasons, want) {
		t.Errorf("chose %v, %q", h, reasons)
	}
	if h, reasons := place.Pick(nil, need); h != nil || !slices.Equal(reasons, []string{"the region has no host"}) {
		t.Errorf("without hosts: %v, %q", h, reasons)
	}
	// Who needs memory goes where memory is, relative to the rest.
	ram := host("ram", func(h *cloud.Host) { h.RAM = 512 << 10 })
	disk := host("disk", func(h *cloud.Host) { h.DiskGB = 20000 })
	if h, _ := place.Pick([]*cloud.Host{disk, ram}, place.Need{VCPU: 1, RAM: 32 << 10}); h != ram {
		t.Errorf("memory on %s", h.Name)
	}
	if h, _ := place.Pick([]*cloud.Host{ram, disk}, place.Need{GB: 500}); h != disk {
		t.Errorf("disk on %s", h.Name)
	}
}

func drawHost(t *rapid.T, i int) *cloud.Host {
	n := func(name string, hi int) int { return rapid.IntRange(0, hi).Draw(t, name) }
	return host(fmt.Sprintf("h%d", i), func(h *cloud.Host) {
		h.Cores, h.RAM, h.DiskGB = n("cores", 64), n("ram", 1<<18), n("disk", 4000)
		h.UsedVCPU, h.UsedRAM, h.UsedGB = n("used cpu", 100), n("used ram", 1<<17), n("used disk", 2000)
		h.Enabled, h.StorageType = n("enabled", 5) > 0, int64(1+n("storage", 1))
	})
}

// Whatever the hosts: filling them never goes beyond the limits, somebody is
// chosen exactly when somebody fits, everyone who does not fit says why, and
// growth is never stricter than making.
func TestPickProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var hosts []*cloud.Host
		for i := range rapid.IntRange(0, 6).Draw(t, "hosts") {
			hosts = append(hosts, drawHost(t, i))
		}
		for range rapid.IntRange(1, 30).Draw(t, "machines") {
			n := place.Need{
				VCPU: rapid.IntRange(1, 32).Draw(t, "vcpu"), RAM: 512 * rapid.IntRange(1, 64).Draw(t, "ram"),
				GB: rapid.IntRange(1, 500).Draw(t, "gb"), StorageType: int64(rapid.IntRange(0, 2).Draw(t, "storage")),
			}
			fits := 0
			for _, h := range hosts {
				if place.Fits(h, n) == "" {
					fits++
					grow := n
					grow.Grow = true
					if why := place.Fits(h, grow); why != "" {
						t.Fatalf("%+v may be made on %s but not grow: %s", n, h.Name, why)
					}
				}
			}
			h, reasons := place.Pick(hosts, n)
			if (h != nil) != (fits > 0) {
				t.Fatalf("chose %v where %d fit", h, fits)
			}
			if want := len(hosts) - fits; len(hosts) > 0 && len(reasons) != want {
				t.Fatalf("%d reasons for %d hosts: %q", len(reasons), want, reasons)
			}
			if h == nil {
				if len(reasons) == 0 {
					t.Fatal("nobody fits and nobody says why")
				}
				continue
			}
			if why := place.Fits(h, n); why != "" || !h.Enabled {
				t.Fatalf("chose %s, which cannot: %s", h.Name, why)
			}
			h.UsedVCPU, h.UsedRAM, h.UsedGB = h.UsedVCPU+n.VCPU, h.UsedRAM+n.RAM, h.UsedGB+n.GB
			if vcpu, ram, gb := place.Free(h, false); vcpu < 0 || ram < 0 || gb < 0 {
				t.Fatalf("%s is over its limits: %d %d %d", h.Name, vcpu, ram, gb)
			}
		}
	})
}

// The bar is 5 000 placements a second over 10 000 hosts.
func BenchmarkPick(b *testing.B) {
	var hosts []*cloud.Host
	for i := range 10_000 {
		hosts = append(hosts, host(fmt.Sprint(i), func(h *cloud.Host) { h.UsedRAM = i % 40_000 }))
	}
	need := place.Need{VCPU: 1, RAM: 1024, GB: 20, ServerType: 2}
	for b.Loop() {
		if h, _ := place.Pick(hosts, need); h == nil {
			b.Fatal("nobody")
		}
	}
}

package place

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
)

func anyHost(t *rapid.T) *cloud.Host {
	// Few values, so that components are equal now and then.
	h := &cloud.Host{
		Name: "h", State: cloud.HostUp, Enabled: rapid.Bool().Draw(t, "enabled"),
		ServerType: rapid.Int64Range(1, 2).Draw(t, "type"), StorageType: rapid.Int64Range(1, 2).Draw(t, "storage"),
		Cores: rapid.IntRange(0, 4).Draw(t, "cores"),
		RAM:   rapid.IntRange(0, 40).Draw(t, "ram") << 10, DiskGB: rapid.IntRange(0, 400).Draw(t, "disk"),
	}
	h.UsedVCPU, h.UsedRAM, h.UsedGB = rapid.IntRange(0, 40).Draw(t, "vcpu used"), rapid.IntRange(0, 40).Draw(t, "ram used")<<10,
		rapid.IntRange(0, 400).Draw(t, "disk used")
	return h
}

func anyNeed(t *rapid.T) Need {
	return Need{
		VCPU: rapid.IntRange(0, 8).Draw(t, "vcpu"), RAM: rapid.IntRange(0, 8).Draw(t, "ram") << 10, GB: rapid.IntRange(0, 50).Draw(t, "gb"),
		ServerType:  rapid.Int64Range(0, 2).Draw(t, "needs type"),
		StorageType: rapid.Int64Range(0, 2).Draw(t, "needs storage"), Grow: rapid.Bool().Draw(t, "grow"),
	}
}

// distinct is |k| as the contract writes it: the root of the sum of a set.
func distinct(k ...float64) float64 {
	set, sum := map[float64]bool{}, 0.0
	for _, x := range k {
		if !set[x*x] {
			set[x*x] = true
			sum += x * x
		}
	}
	return math.Sqrt(sum)
}

// Pick takes the first of the most suitable hosts that fit, and refuses only
// when none does, with a reason for each.
func TestPickTakesTheMostSuitable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNeed(t)
		hosts := rapid.SliceOfN(rapid.Custom(anyHost), 0, 6).Draw(t, "hosts")
		got, reasons := Pick(hosts, n)
		var want *cloud.Host
		best := -1.0
		for _, h := range hosts {
			if Fits(h, n) != "" {
				continue
			}
			vcpu, ram, gb := Free(h, n.Grow)
			score := 0.0
			if norm := distinct(float64(ram)/1024, float64(gb), float64(vcpu)); norm > 0 {
				score = (float64(n.RAM)/1024*float64(ram)/1024 + float64(n.GB*gb) + float64(n.VCPU*vcpu)) / norm
			}
			if score > best+1e-9 {
				want, best = h, score
			}
		}
		if got != want && (got == nil || want == nil || math.Abs(suitability(got, n)-suitability(want, n)) > 1e-9) {
			t.Fatalf("took %+v, want %+v", got, want)
		}
		if got == nil && len(reasons) != max(len(hosts), 1) {
			t.Fatalf("%d reasons for %d hosts", len(reasons), len(hosts))
		}
	})
}

// What fits overdraws no component of a host that it asks for.
func TestFitsNeverOverdraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, n := anyHost(t), anyNeed(t)
		vcpu, ram, gb := Free(h, n.Grow)
		if Fits(h, n) == "" && (n.VCPU > max(vcpu, 0) || n.RAM > max(ram, 0) || n.GB > max(gb, 0) || !h.Enabled) {
			t.Fatalf("%+v fits %+v", n, h)
		}
	})
}

// Package place decides which host gets a machine. Pure functions over what
// the caller read; the caller holds the lock that keeps it true.
package place

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Need is what a machine takes from a host.
type Need struct {
	VCPU, RAM, GB int // RAM in MiB
	ServerType    int64
	StorageType   int64
	Whole         bool // a bare-metal model: a host of its own (R18)
	Grow          bool // more for a machine that is there already: the wider limits
	// Router is the host of the project's router, nil while there is none: the
	// machine's network must reach it.
	Router *cloud.Host
	// HeardSince is when a host must have spoken last to get something new; zero:
	// nobody asks. One that never spoke is judged by its state.
	HeardSince time.Time
}

// The contract's figures (cloudcix.md section 15): vCPUs a core, shares that
// may be given to new machines and to growth, and reserves.
const (
	perCore                    = 8
	newCPU, newRAM, newDisk    = 0.77, 0.85, 0.77
	growCPU, growRAM, growDisk = 1.0, 0.95, 0.90
	reserveRAM, reserveDiskGB  = 8 * 1024, 100
	reserveShare               = 4 // a quarter of the host when that is smaller (R19)
)

// Free is what a host can still give: limit minus use in each component.
func Free(h *cloud.Host, grow bool) (vcpu, ram, gb int) {
	cpuShare, ramShare, diskShare := newCPU, newRAM, newDisk
	if grow {
		cpuShare, ramShare, diskShare = growCPU, growRAM, growDisk
	}
	ceil := func(share float64, n int) int { return int(math.Ceil(share * float64(max(n, 0)))) }
	return ceil(cpuShare, h.Cores*perCore) - h.UsedVCPU,
		ceil(ramShare, h.RAM-min(reserveRAM, h.RAM/reserveShare)) - h.UsedRAM,
		ceil(diskShare, h.DiskGB-min(reserveDiskGB, h.DiskGB/reserveShare)) - h.UsedGB
}

// Fits says why a host cannot take the need, in words for the operator; "" when
// it can.
func Fits(h *cloud.Host, n Need) string {
	why, amounts := refuse(h, n)
	if amounts != "" {
		return amounts
	}
	return why
}

// Sum says why none of the hosts can take the need, to somebody who need not
// know what hosts there are and how full each is: each reason with their number.
func Sum(hosts []*cloud.Host, n Need) (reasons []string) {
	count := map[string]int{}
	for _, h := range hosts {
		if why, _ := refuse(h, n); why != "" {
			count[why]++
		}
	}
	for _, why := range slices.Sorted(maps.Keys(count)) {
		reasons = append(reasons, cloud.Count(count[why], "host")+": "+why)
	}
	if len(reasons) == 0 {
		reasons = []string{noHost}
	}
	return reasons
}

// noHost is why nothing can be placed in an empty region.
const noHost = "the region has no host"

// refuse says why a host cannot take the need: why is for everybody, amounts
// say how much is there.
func refuse(h *cloud.Host, n Need) (why, amounts string) {
	vcpu, ram, gb := Free(h, n.Grow)
	// A host may be given away beyond its limits (it was made smaller). What is
	// not asked for is no reason to refuse.
	vcpu, ram, gb = max(vcpu, 0), max(ram, 0), max(gb, 0)
	switch {
	case !h.Alive() || h.State == cloud.HostLost:
		return "declared lost", ""
	case h.State == cloud.HostNew:
		return "has not joined yet", ""
	case !n.Grow && h.LastSeen != nil && h.LastSeen.Before(n.HeardSince):
		return "has not been heard for a while", "silent since " + h.LastSeen.UTC().Format(time.RFC3339)
	case !h.Enabled:
		return "disabled by the operator", ""
	case n.Router != nil && !n.Router.Spans(h):
		return "the project's network does not reach it", unspanned(n.Router, h)
	case !n.Grow && n.ServerType != 0 && h.ServerType != n.ServerType:
		return fmt.Sprintf("server type %d, the image needs %d", h.ServerType, n.ServerType), ""
	case !n.Grow && n.StorageType != 0 && h.StorageType != n.StorageType:
		return fmt.Sprintf("storage type %d, asked for %d", h.StorageType, n.StorageType), ""
	case !n.Grow && h.Whole != 0:
		return "given to one bare-metal server", ""
	case n.Whole && h.Servers > 0 && !h.Fake:
		const alone = "a bare-metal model needs a host of its own"
		return "has servers, " + alone, "has " + cloud.Count(h.Servers, "server") + ", " + alone
	case n.VCPU > vcpu:
		return "not enough vCPUs free", fmt.Sprintf("%s free, %d needed", cloud.Count(vcpu, "vCPU"), n.VCPU)
	case n.RAM > ram:
		return "not enough memory free", fmt.Sprintf("%d MiB of memory free, %d needed", ram, n.RAM)
	case n.GB > gb:
		return "not enough disk free", fmt.Sprintf("%d GB of disk free, %d needed", gb, n.GB)
	}
	return "", ""
}

// unspanned says why no network has cards on both hosts.
func unspanned(router, h *cloud.Host) string {
	without := h
	if router.Underlay == "" {
		without = router
	}
	return fmt.Sprintf("the project's router is on %s, and %s has no address towards other hosts (--underlay)", router.Name, without.Name)
}

// Pick chooses the most suitable host: the largest v.k / |k|, the first on a
// tie (cloudcix.md section 15). Nobody fits: the reasons, one a host.
func Pick(hosts []*cloud.Host, n Need) (*cloud.Host, []string) {
	var best *cloud.Host
	var score float64
	var reasons []string
	for _, h := range hosts {
		if why := Fits(h, n); why != "" {
			reasons = append(reasons, h.Name+": "+why)
			continue
		}
		if s := suitability(h, n); best == nil || s > score {
			best, score = h, s
		}
	}
	if best == nil && len(reasons) == 0 {
		reasons = []string{noHost}
	}
	return best, reasons
}

func suitability(h *cloud.Host, n Need) float64 {
	vcpu, ram, gb := Free(h, n.Grow)
	k := [3]float64{float64(ram) / 1024, float64(gb), float64(vcpu)}
	v := [3]float64{float64(n.RAM) / 1024, float64(n.GB), float64(n.VCPU)}
	// The contract's |k| sums distinct squares; kept so that the choice is the
	// one its users know.
	var sq [3]float64
	var dot, norm float64
	for i := range k {
		dot += v[i] * k[i]
		if sq[i] = k[i] * k[i]; i == 0 || sq[i] != sq[0] && (i == 1 || sq[i] != sq[1]) {
			norm += sq[i]
		}
	}
	if norm == 0 {
		return 0
	}
	return dot / math.Sqrt(norm)
}

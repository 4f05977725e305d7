package cloud

import "time"

// HostState is what an operator decided about a host.
type HostState string

// Host states.
const (
	HostNew  HostState = "new" // has a token to join with, and has never spoken: nothing is placed on it
	HostUp   HostState = "up"
	HostLost HostState = "lost" // declared; its machines are gone
)

// HostSilent is how long a host that is up may be silent at most: an idle one says
// twice in that time that it lives. Nothing new is placed on one that is silent for
// longer.
const HostSilent = 45 * time.Second

// Host is a machine that runs servers: a CloudCIX server (physical).
type Host struct {
	Meta
	RegionID    int64
	Name        string
	State       HostState
	Enabled     bool // the operator lets servers be placed on it
	Fake        bool // simulated
	ServerType  int64
	StorageType int64
	VCPU        int        // sellable, after overcommitment
	Cores       int        // of the machine
	RAM         int        // MiB, whole machine
	DiskGB      int        // whole disk
	Accelerator string     // kvm or tcg
	LastSeen    *time.Time // when its reconciler last read its facts
	UsedVCPU    int        // running totals of placed servers, kept in the transactions that place and free
	UsedRAM     int        // MiB
	UsedGB      int
	Servers     int   // placed on it
	Whole       int64 // bare-metal server that has the host to itself; 0 = none
	// Node names the folder of the control node that the host is part of, "" for
	// one that joined by itself.
	Node     string
	Model    string // of the machine, as its operator notes it; at most 64 characters
	AssetTag *int64 // likewise
	// Underlay is its address towards other hosts, "" while it has none: no
	// network spans to it then.
	Underlay    string
	UnderlayMTU int // of the link that has Underlay
}

// SizeGB is its memory in whole GB, rounded up.
func (h *Host) SizeGB() int { return (h.RAM + 1023) / 1024 }

// Spans tells whether one network may have cards on both hosts.
func (h *Host) Spans(o *Host) bool {
	return h.ID == o.ID || h.Fake && o.Fake || h.Underlay != "" && o.Underlay != ""
}

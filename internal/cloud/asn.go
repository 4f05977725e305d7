package cloud

import "net/netip"

// ASN is an autonomous system; pseudo ones (above 10^12) hold the networks of
// one project.
type ASN struct {
	Meta
	MemberID int64
	Number   int64 // unique among live rows
	// Allocations counts the live ones; the store alone writes it.
	Allocations int64
}

// PseudoASN is the number above which autonomous systems are those of projects: that
// of project 7 is 10^12 + 7. LastASN is the largest real one.
const (
	PseudoASN = 1_000_000_000_000
	LastASN   = 4_294_967_294
)

// Pseudo tells the number of a project's plan.
func (a *ASN) Pseudo() bool { return a.Number >= PseudoASN }

// Pseudo tells an allocation of a project's plan.
func (a *Allocation) Pseudo() bool { return a.ASNNumber >= PseudoASN }

// Allocation is an address range under an ASN. Those of one ASN overlap nowhere.
type Allocation struct {
	Meta
	ASNID     int64
	ASNNumber int64 // of that ASN, and its member: the store keeps both
	MemberID  int64
	SiteID    int64
	Name      string
	Text      string // as sent
	Prefix    netip.Prefix
	// Overlap lifts the overlap rules: the fourth pseudo allocation 0.0.0.0/0 (R24).
	Overlap bool
	// Subnets counts the live ones, those below others too; Runs is set when there are
	// so many that they are counted in runs. The store alone writes both.
	Subnets int64
	Runs    bool
}

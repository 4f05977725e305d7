package cloud

import "net/netip"

// ASN is an autonomous system; pseudo ones (above 10^12) hold the networks of
// one project.
type ASN struct {
	Meta
	MemberID int64
	Number   int64 // unique among live rows
}

// PseudoASN is the number below which autonomous systems are real.
const PseudoASN = 1_000_000_000_000

// Allocation is an address range under an ASN.
type Allocation struct {
	Meta
	ASNID  int64
	SiteID int64
	Name   string
	Text   string // as sent
	Prefix netip.Prefix
	// Overlap lifts the overlap rules: the fourth pseudo allocation 0.0.0.0/0 (R24).
	Overlap bool
}

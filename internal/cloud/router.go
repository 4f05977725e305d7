package cloud

import "net/netip"

// Router is the project's virtual router.
type Router struct {
	Meta
	Life
	ProjectID  int64
	RegionID   int64
	HostID     int64
	FloatingID int64 // IP, its address on the outside
	// Carried are the networks as the host carried them out last: what a change
	// that is given up goes back to. nil when that is not known.
	Carried *Legs
}

// Legs are the networks of a router.
type Legs struct {
	Nets []Leg `json:"nets"`
}

// Leg is a network as it was at one time.
type Leg struct {
	ID           int64        `json:"id"`
	AllocationID int64        `json:"allocation_id"`
	Text         string       `json:"text"`
	Prefix       netip.Prefix `json:"prefix"`
	Gateway      netip.Addr   `json:"gateway"`
}

package cloud

import "net/netip"

// Subnet is a range of addresses: a public pool of a region, or, with a
// project, a private network.
type Subnet struct {
	Meta
	AllocationID int64
	ParentID     int64 // subnet in which it lies; 0 = right below the allocation
	MemberID     int64 // that of the site
	SiteID       int64
	RegionID     int64 // region whose public pool it is, or where the network lives
	ProjectID    int64 // 0 = no project network
	RouterID     int64 // router with the gateway address; 0 = a plain segment
	Name         string
	Description  string
	Text         string // as sent, host part included
	Prefix       netip.Prefix
	Gateway      netip.Addr
	VLAN         int  // 1000 to 2000, unique in its region
	VXLAN        int  // the site that made it, as CloudCIX shows it
	Routed       bool // the router has a leg in it
	Public       bool // network `public` of a default project (R26)
	Pool         bool // public pool of a region
	// Removing: a private network that its hosts still have, or whose last cards leave.
	Removing bool
	EventID  int64 // start event of its removal; 0 = none is under way
	// Low is where the search for the next free address starts: nothing below
	// it is free.
	Low netip.Addr
	// InUse counts the live addresses. Only store.ReserveIP and store.ReleaseIP
	// write it: lists show it, and to count a hundred thousand takes too long.
	InUse int64
	// Children counts the live subnets right below; the store alone writes it.
	Children int64
}

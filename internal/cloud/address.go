package cloud

import "net/netip"

// ASN is an autonomous system; pseudo ones (above 10^12) hold the networks of
// one project.
type ASN struct {
	Meta
	MemberID int64
	Number   int64
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

// Subnet is a range of addresses: a public pool of a region, or, with a
// project, a private network.
type Subnet struct {
	Meta
	AllocationID int64
	ParentID     int64
	SiteID       int64
	RegionID     int64 // region whose public pool it is, or where the network lives
	ProjectID    int64 // 0 = no project network
	RouterID     int64 // router with the gateway address; 0 = a plain segment
	Name         string
	Description  string
	Text         string // as sent, host part included
	Prefix       netip.Prefix
	Gateway      netip.Addr
	VLAN         int
	VXLAN        int
	Routed       bool
	Public       bool // network `public` of a default project (R26)
	Pool         bool // public pool of a region
	// Low is where the search for the next free address starts: nothing below
	// it is free.
	Low netip.Addr
	// InUse counts the live addresses. Only store.TakeIP and store.ReleaseIP
	// write it: lists show it, and to count a hundred thousand takes too long.
	InUse int64
}

// IPKind says what an address is for (R30).
type IPKind string

// Kinds of addresses.
const (
	PrivateIP  IPKind = "private"
	PublicIP   IPKind = "public"
	FloatingIP IPKind = "floating" // of a router
	BalancerIP IPKind = "balancer"
	PortIP     IPKind = "port"  // of an edge
	NotedIP    IPKind = "noted" // written down by people
)

// IP is one address of any kind. A public address points at the private one
// it is translated to.
type IP struct {
	Meta
	Kind        IPKind
	Addr        netip.Addr
	SubnetID    int64
	MemberID    int64
	SiteID      int64
	RegionID    int64
	ProjectID   int64
	ServerID    int64
	NICID       int64
	PrivateID   int64 // public: the private address behind it; 0 = free
	PolicyID    int64
	BlockAll    bool
	Name        string
	Location    string
	Credentials string // sealed
	MAC         string
	ReverseDNS  string
	AssignedAt  int64 // order of assignment on a server: the smallest is the oldest
	// Leaving is set while a host still translates an address that was taken
	// off its server: "keep" stays the member's, "free" goes back to the pool.
	Leaving string
}

// NIC is a network card of a server.
type NIC struct {
	Meta
	ServerID  int64
	NetworkID int64
	MAC       string
	Rank      int
	Removing  bool
}

// Policy is a firewall policy.
type Policy struct {
	Meta
	MemberID    int64
	Name        string
	Description string
	Default     bool
	Family      string // "Linux" or "Windows" for defaults
	Rules       []PolicyRule
}

// PolicyRule is one line of a policy.
type PolicyRule struct {
	UID      UID    `json:"uid"`
	Protocol string `json:"protocol"`
	PortFrom int    `json:"port_from"`
	PortTo   int    `json:"port_to"`
	Port     string `json:"port"` // as sent
	Source   string `json:"source"`
	Allow    bool   `json:"allow"`
}

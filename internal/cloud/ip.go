package cloud

import "net/netip"

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
	Kind      IPKind
	Addr      netip.Addr // unique in its subnet among live rows
	Text      string     // as it is shown: filters look at parts of it
	SubnetID  int64
	MemberID  int64
	SiteID    int64
	RegionID  int64
	ProjectID int64
	ServerID  int64
	NICID     int64
	PrivateID int64 // public: the private address behind it; 0 = free
	PolicyID  int64
	BlockAll  bool // nothing comes in
	// Rebound: what filters it was changed, and its router has not carried that out yet.
	// SeenPolicyID is then the policy that it may still be filtered by.
	Rebound      bool
	SeenPolicyID int64
	Name         string
	Location     string
	Credentials  string // sealed
	MAC          string
	ReverseDNS   string
	AssignedAt   int64 // order of assignment on a server: the smallest is the oldest
	// Leaving is set while a host still translates an address that was taken
	// off its server: "keep" stays the member's, "free" goes back to the pool.
	Leaving string
}

package plan

// Network is a segment (a bridge in a namespace of its own) on this host.
type Network struct {
	VNI   int      `json:"vni"`             // segment number, unique in the region; for VXLAN between hosts
	MTU   int      `json:"mtu,omitempty"`   // 0 = 1500
	Peers []string `json:"peers,omitempty"` // underlay addresses of other hosts with a leg; empty on one box
	// Isolated: what comes from a peer reaches the router's leg only, and no card
	// here. It is said to the router's host of a network whose cards must not
	// reach each other; the others have that host for their only peer.
	Isolated bool `json:"isolated,omitempty"`
	// Prefix is the range of a network without a router, for which each host answers
	// DHCP to the cards that it has in it. Empty: a router does.
	Prefix string `json:"prefix,omitempty"`
}

// Router is a project's virtual router: a namespace with an outside leg on
// the provider bridge and one inside leg per routed network. What concerns a
// single NIC stands in its Port, so making a machine never rewrites a Router.
type Router struct {
	Outside []Outside `json:"outside"` // usually one; empty = no way out
	Legs    []Leg     `json:"legs"`
	Rules   []Rule    `json:"rules,omitempty"` // the router's own rules (CloudCIX), first match wins
	Up      bool      `json:"up"`              // false: configured, passes nothing
	// Pools are the gateways of the region's public subnets, with prefix
	// length: what the host's provider bridge carries.
	Pools []string `json:"pools,omitempty"`
}

// Outside is the leg on the provider bridge.
type Outside struct {
	Address string `json:"address"` // floating address with the pool's prefix length: 198.18.0.5/16
	Gateway string `json:"gateway"` // lives on the provider bridge
}

// Leg is the router's foot in a network, with the gateway address.
type Leg struct {
	Network ID     `json:"network"`
	Address string `json:"address"` // 100.64.0.1/16
	// Isolated: cards of this network reach each other through the router
	// only, so the leg answers ARP for all of them.
	Isolated bool `json:"isolated,omitempty"`
	DHCP     bool `json:"dhcp"`
}

// Port is what a router knows about one NIC. A router passes nothing for a
// NIC without a port.
type Port struct {
	Router   ID       `json:"router"`
	Network  ID       `json:"network"`
	NIC      ID       `json:"nic"`
	MAC      string   `json:"mac"`
	Address  string   `json:"address"` // private address
	Hostname string   `json:"hostname"`
	DNS      []string `json:"dns,omitempty"`
	// Public addresses translated to Address, oldest first; the first is the
	// source outwards.
	Public []PublicAddr `json:"public,omitempty"`
	// More are further private addresses of the card. It gets Address by DHCP,
	// and is told of the others at its first boot.
	More []PortAddr `json:"more,omitempty"`
}

// PortAddr is a further address of a card, with its translations.
type PortAddr struct {
	Address string       `json:"address"`
	Public  []PublicAddr `json:"public,omitempty"`
}

// Each gives a port for each address of the card, so that whoever passes packets
// need not know that they belong together.
func (p *Port) Each() []Port {
	one := *p
	one.More = nil
	all := []Port{one}
	for _, a := range p.More {
		one.Address, one.Public = a.Address, a.Public
		all = append(all, one)
	}
	return all
}

// PublicAddr is a 1:1 translation with the policy that guards it.
type PublicAddr struct {
	Address string `json:"address"`
	Policy  ID     `json:"policy,omitempty"` // empty: router rules only, then the default (drop in, allow out)
	BlockIn bool   `json:"block_in,omitempty"`
}

// Policy is a firewall policy; ports name it by id.
type Policy struct {
	Rules []Rule `json:"rules"`
}

// Rule lets through or drops. In a Policy it looks at traffic from outside
// towards the port; in a Router at both directions, first match wins.
type Rule struct {
	Allow       bool     `json:"allow"`
	Protocol    string   `json:"protocol"`              // any, tcp, udp, tcp/udp, icmp, ah, esp, gre, ipsec
	Ports       []Span   `json:"ports,omitempty"`       // tcp and udp; empty = all
	Sources     []string `json:"sources,omitempty"`     // CIDRs; empty = all
	Destination string   `json:"destination,omitempty"` // CIDR; router rules only
	Log         bool     `json:"log,omitempty"`
}

// Span is a range of ports, both ends included.
type Span struct {
	From uint16 `json:"from"`
	To   uint16 `json:"to"`
}

// Provider is the region's outside on this host: the bridge that carries the
// public subnets and their gateways. It is not a document: the subnets stand
// in every router's, the uplink is this host's own setting.
type Provider struct {
	Subnets []string `json:"subnets"` // gateway with prefix length: 198.18.0.1/15
	Uplink  string   `json:"uplink,omitempty"`
	// Gateway is who knows the way to everybody else, on the uplink's wire; empty:
	// nothing leaves the public subnets.
	Gateway string `json:"gateway,omitempty"`
	// Address is the bridge's own on that wire, with prefix length, where the gateway
	// is in no public subnet.
	Address string `json:"address,omitempty"`
	// Closed: nothing but this host's routers is on the bridge, so that nobody is
	// looked for there.
	Closed bool `json:"closed,omitempty"`
}

package cloud

import "time"

// Policy is a firewall policy: rules that public addresses are bound to.
type Policy struct {
	Meta
	MemberID    int64
	Name        string
	Description string
	Default     bool         // belongs to the operator; one for each family
	Family      string       // "Linux" or "Windows" for defaults
	Rules       []PolicyRule // in order: the first that fits decides; at most MaxPolicyRules
	Removing    bool         // goes when the last host has let go of it

	// Since is when the newest change was asked for that not all hosts have carried out
	// yet; nil: they have. Events are the start events of all such changes, oldest first.
	Since  *time.Time
	Events []int64
}

// What a policy may hold: a change sends all of it to each of its hosts.
const (
	MaxPolicyRules   = 200
	MaxPolicySources = 2000 // prefixes, of all rules together
)

// PolicyRule is one line of a policy. Port and Source are what people read, Spans and
// Sources what hosts are told.
type PolicyRule struct {
	UID         UID      `json:"uid"`
	Protocol    string   `json:"protocol"`  // TCP, UDP, TCP/UDP, ICMP, AH, ESP, GRE, IPSEC, ANY
	PortFrom    int      `json:"port_from"` // lowest port; 0 with protocols without ports
	PortTo      int      `json:"port_to"`   // highest port
	Port        string   `json:"port"`      // as sent: "80", "80-90", "80,443"
	Source      string   `json:"source"`    // as sent; 0.0.0.0 = everybody
	Allow       bool     `json:"allow"`
	Description string   `json:"description,omitempty"`
	Spans       []Ports  `json:"spans,omitempty"`   // of a list of ports; nil: PortFrom to PortTo
	Sources     []string `json:"sources,omitempty"` // CIDRs that Source stands for; nil: Source itself
}

// Ports are those from one to another, both included.
type Ports struct {
	From int `json:"from"`
	To   int `json:"to"`
}

package plan

import (
	"net/netip"
	"time"
)

// Logged is one line of a firewall's log: the first packet of a conversation that a rule
// with Log let through, or a packet that it dropped.
type Logged struct {
	Router      ID         `json:"router"`
	At          time.Time  `json:"at"`
	Allow       bool       `json:"allow"`
	Protocol    uint8      `json:"protocol"` // its IP number: 6 is TCP
	Source      netip.Addr `json:"source"`
	Destination netip.Addr `json:"destination"` // private, where it was translated
	// Ports are 0 for protocols without any.
	SourcePort      uint16 `json:"source_port,omitempty"`
	DestinationPort uint16 `json:"destination_port,omitempty"`
}

// LoggedMax is how many lines of one router a host keeps until they are taken, the newest
// ones: a flood of dropped packets costs a bounded amount of memory and of the link.
const LoggedMax = 64

// LoggedPerRequest is how many lines a host tells at once.
const LoggedPerRequest = 256

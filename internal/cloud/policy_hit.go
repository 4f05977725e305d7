package cloud

import (
	"net/netip"
	"strconv"
	"time"
)

// PolicyHit is a line that a rule with a log wrote: of the first packet of a conversation
// that it let through, or of a packet that was dropped. Of each router the newest
// PolicyHitsKept are kept.
type PolicyHit struct {
	ID              int64
	RouterID        int64
	At              time.Time
	Allow           bool
	Protocol        int // its IP number: 6 is TCP
	Source          netip.Addr
	SourcePort      int // 0 for protocols without any
	Destination     netip.Addr
	DestinationPort int
}

// PolicyHitsKept is how many lines of a router are kept.
const PolicyHitsKept = 200

// services are the names that firewalls have for well-known ports.
var services = map[string]string{
	"6/20": "ftp-data", "6/21": "ftp", "6/22": "ssh", "6/23": "telnet", "6/25": "smtp", "6/53": "dns-tcp", "17/53": "dns-udp",
	"17/67": "bootps", "17/68": "bootpc", "17/69": "tftp", "6/80": "http", "6/110": "pop3", "6/111": "sunrpc-tcp", "17/111": "sunrpc-udp",
	"17/123": "ntp", "6/139": "netbios-session", "6/143": "imap", "17/161": "snmp", "6/179": "bgp", "6/389": "ldap", "6/443": "https",
	"17/443": "quic", "6/445": "smb", "17/500": "ike", "17/514": "syslog", "6/587": "smtp-submission", "6/636": "ldaps", "6/993": "imaps",
	"6/995": "pop3s", "6/1433": "ms-sql", "6/2049": "nfsd-tcp", "17/2049": "nfsd-udp", "6/3306": "mysql", "6/3389": "rdp",
	"17/4500": "ike-nat", "6/5432": "postgresql", "6/5900": "vnc", "6/6379": "redis", "6/8080": "http-alt", "17/51820": "wireguard",
}

// Service is the name of what was spoken to, "None" where nothing has one.
func (h *PolicyHit) Service() string {
	switch h.Protocol {
	case 1:
		return "icmp-all"
	case 58:
		return "icmp6-all"
	}
	if name, ok := services[strconv.Itoa(h.Protocol)+"/"+strconv.Itoa(h.DestinationPort)]; ok {
		return name
	}
	return "None"
}

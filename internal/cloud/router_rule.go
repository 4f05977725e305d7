package cloud

import (
	"net/netip"
	"strconv"
	"strings"
)

// RouterRule is a firewall rule of a router. They hold in order, before any policy.
type RouterRule struct {
	Meta
	RouterID     int64
	Rank         int // order, from 0
	Allow        bool
	Source       string // network; 0.0.0.0/0 = everybody with IPv4
	Destination  string // likewise; private: what comes in, else what goes out
	Protocol     string // any, icmp, tcp, udp
	Port         string // as sent without spaces: ports and ranges, with commas between; "" = none
	DebugLogging bool
	PCILogging   bool // of what is allowed only
	Description  string
}

// maxPortText is how long the text of ports may be.
const maxPortText = 256

// Check adds what is wrong with a rule and brings it into its plain form. private tells
// networks that are private from others; nets are those of the router. Codes:
// "rule.source", "rule.destination", "rule.family", "rule.side", "rule.subnet",
// "rule.protocol", "rule.port.missing" and those of Spans, "rule.pci".
func (r *RouterRule) Check(add func(*Error), private func(netip.Prefix) bool, nets []netip.Prefix) {
	from := ruleSide(add, "source", &r.Source)
	to := ruleSide(add, "destination", &r.Destination)
	if from.IsValid() && to.IsValid() {
		r.checkSides(add, from, to, private, nets)
	}
	r.Protocol = strings.ToLower(r.Protocol)
	switch r.Protocol {
	case "any", "icmp":
	case "tcp", "udp":
		if r.Port == "" {
			add(Errorf(Invalid, "rule.port.missing", "%s needs ports, such as 80,443 or 8000-8010", r.Protocol).On("port"))
		}
	default:
		add(Errorf(Invalid, "rule.protocol", "%q is none of any, icmp, tcp, udp", r.Protocol).On("protocol"))
	}
	r.Port = strings.ReplaceAll(r.Port, " ", "")
	if _, err := Spans(r.Port); err != nil {
		add(err.On("port"))
	}
	if r.PCILogging && !r.Allow {
		add(Errorf(Invalid, "rule.pci", "pci_logging is for rules that allow").On("pci_logging"))
	}
}

// ruleSide reads one side of a rule: "*", an address, or a network.
func ruleSide(add func(*Error), field string, text *string) (n netip.Prefix) {
	switch a, err := netip.ParseAddr(*text); {
	case *text == "*":
		n = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	case err == nil && a.Zone() == "" && !a.Is4In6():
		n = netip.PrefixFrom(a, a.BitLen())
	default:
		if n, err = netip.ParsePrefix(*text); err != nil || n.Addr().Is4In6() {
			code := "rule.source"
			if field == "destination" {
				code = "rule.destination"
			}
			add(Errorf(Invalid, code, "%q is no address, no network such as 10.0.0.0/24, and not *", *text).On(field))
			return netip.Prefix{}
		}
		n = n.Masked()
	}
	*text = n.String()
	return n
}

func (r *RouterRule) checkSides(
	add func(*Error), from, to netip.Prefix, private func(netip.Prefix) bool, nets []netip.Prefix,
) {
	if from.Addr().Is4() != to.Addr().Is4() {
		add(Errorf(Invalid, "rule.family", "%s and %s are of two families", from, to).On("destination"))
		return
	}
	inside := from
	switch a, b := private(from), private(to); {
	case a == b:
		add(Errorf(Invalid, "rule.side",
			"of source and destination exactly one is private: not so %s and %s", from, to).On("destination"))
		return
	case b:
		inside = to
	}
	for _, n := range nets {
		if n.Contains(inside.Addr()) && n.Bits() <= inside.Bits() {
			return
		}
	}
	add(Errorf(Invalid, "rule.subnet", "%s is inside none of the networks of the router", inside).On("private_subnet"))
}

// Span is a range of ports, both ends included.
type Span struct{ From, To uint16 }

// Spans reads ports and ranges with commas between; "" is none. Codes: "rule.port.long",
// "rule.port.ends", "rule.port.end", "rule.port.range", "rule.port.number".
func Spans(text string) (all []Span, _ *Error) {
	if text == "" {
		return nil, nil
	}
	if len(text) > maxPortText {
		return nil, Errorf(Invalid, "rule.port.long", "ports are at most %d characters", maxPortText)
	}
	for part := range strings.SplitSeq(text, ",") {
		ends := strings.Split(part, "-")
		if len(ends) > 2 {
			return nil, Errorf(Invalid, "rule.port.ends", "a range has two ends, not as %q", part)
		}
		var n [2]uint16
		for i, end := range ends {
			v, err := strconv.Atoi(end)
			switch {
			case err != nil:
				return nil, Errorf(Invalid, "rule.port.number", "%q is no port", end)
			case (v < 1 || v > 65535) && len(ends) == 2:
				return nil, Errorf(Invalid, "rule.port.end", "the ends of a range are 1 to 65535, not %d", v)
			case v < 1 || v > 65535:
				return nil, Errorf(Invalid, "rule.port.range", "a port is 1 to 65535, not %d", v)
			}
			n[i] = uint16(v)
		}
		if len(ends) == 1 {
			n[1] = n[0]
		}
		all = append(all, Span{min(n[0], n[1]), max(n[0], n[1])})
	}
	return all, nil
}

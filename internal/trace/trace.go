// Package trace says what becomes of a packet from the stored model alone: each place
// that it passes, what decides about it there, and what would have to change.
package trace

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
)

// Ask is the first packet of a conversation.
type Ask struct {
	// From and To are the name or id of a server, or an address. From may be "outside".
	From     string `json:"from"`
	To       string `json:"to"`
	Protocol string `json:"protocol,omitempty"` // icmp, tcp, udp, gre, esp or ah; "" = icmp
	Port     uint16 `json:"port,omitempty"`     // of tcp and udp
}

// Outside is who writes from nowhere in particular beyond the public subnets.
const Outside = "outside"

// Answer is what becomes of it.
type Answer struct {
	Asked   string `json:"asked"` // with addresses: tcp/22 from 192.0.2.1 to 198.18.0.3
	Steps   []Step `json:"steps"`
	Arrives bool   `json:"arrives"`
	Why     string `json:"why"`           // what decided
	Fix     string `json:"fix,omitempty"` // what to change so that it arrives
}

// Step is a place on the way.
type Step struct {
	Place string `json:"place"`
	Host  string `json:"host,omitempty"`
	What  string `json:"what"`
}

// Trace follows a packet. An error says what is wrong with the question.
func Trace(tx *store.Tx, ask Ask) (*Answer, error) {
	number, ok := protocols[ask.Protocol]
	switch {
	case !ok:
		return nil, cloud.Errorf(cloud.Invalid, "trace.protocol", "%q is no protocol that can be followed", ask.Protocol).On("protocol").
			WithFix("Say icmp, tcp/PORT, udp/PORT, gre, esp or ah.")
	case (number == filter.TCP || number == filter.UDP) != (ask.Port != 0):
		return nil, cloud.Errorf(cloud.Invalid, "trace.port", "tcp and udp have a port, others have none").On("protocol").
			WithFix("Say for example tcp/22.")
	}
	t := &tracer{tx: tx, ask: ask, packet: filter.Packet{Protocol: number, Port: ask.Port}, hosts: map[int64]string{}}
	if err := t.ends(); err != nil {
		return nil, err
	}
	if number == filter.ICMP && t.packet.Written.Is6() {
		t.packet.Protocol = filter.ICMPv6
	}
	asked := fmt.Sprintf("%s from %s to %s", t.what(), t.packet.From, t.packet.Written)
	stopped, err := t.follow()
	if err != nil {
		return nil, err
	}
	return &Answer{Asked: asked, Steps: t.steps, Arrives: !stopped, Why: t.why, Fix: t.fix}, nil
}

var protocols = map[string]uint8{
	"": filter.ICMP, "icmp": filter.ICMP, "tcp": filter.TCP, "udp": filter.UDP, "gre": filter.GRE, "esp": filter.ESP, "ah": filter.AH,
}

type tracer struct {
	tx       *store.Tx
	ask      Ask
	packet   filter.Packet
	from, to *card // nil = outside
	steps    []Step
	why, fix string
	hosts    map[int64]string
}

// card is an end of the way: a private address with the machine that has it.
type card struct {
	server  *cloud.Server
	nic     *cloud.NIC
	net     *cloud.Subnet
	private *cloud.IP
}

func (t *tracer) what() string {
	name := t.ask.Protocol
	if name == "" {
		name = "icmp"
	}
	if t.ask.Port != 0 {
		return fmt.Sprintf("%s/%d", name, t.ask.Port)
	}
	return name
}

func (t *tracer) step(place string, host int64, format string, args ...any) {
	t.steps = append(t.steps, Step{Place: place, Host: t.host(host), What: fmt.Sprintf(format, args...)})
}

func (t *tracer) host(id int64) string {
	if id == 0 {
		return ""
	}
	name, ok := t.hosts[id]
	if !ok {
		name = fmt.Sprint(id)
		if h, err := store.GetAny[cloud.Host](t.tx, id); err == nil {
			name = h.Name
		}
		t.hosts[id] = name
	}
	return name
}

// stop says what ends the way.
func (t *tracer) stop(fix, format string, args ...any) (bool, error) {
	t.why, t.fix = fmt.Sprintf(format, args...), fix
	return true, nil
}

// follow goes along the way and tells whether it ends before the goal.
func (t *tracer) follow() (stopped bool, err error) {
	if t.from == nil {
		t.step("outside", 0, "written by %s, from beyond the public subnets", t.packet.From)
		return t.inwards()
	}
	s := t.from.server
	if off, err := t.off(s); off {
		return true, err
	}
	t.step("server "+s.Name, s.HostID, "its card %s writes as %s, and could as nobody else", t.from.nic.MAC, t.from.private.Addr)
	if t.to != nil && t.to.net.ID == t.from.net.ID && t.packet.Written == t.to.private.Addr && !t.from.net.Public {
		return t.beside()
	}
	if t.from.net.RouterID == 0 {
		return t.stop("Join both servers to one network, or give this one a card on a routed network.",
			"the network %s has no router: what is not on it is not reached", t.from.net.Name)
	}
	return t.outwards()
}

const besides = "nothing is filtered between the cards of a network"

// beside is the way between two cards of a network that is not kept apart.
func (t *tracer) beside() (bool, error) {
	a, b := t.from.server, t.to.server
	if a.HostID == b.HostID {
		t.step("network "+t.from.net.Name, a.HostID, "both cards are on it")
		t.why = besides
		return t.arrives()
	}
	ends := [2]*cloud.Host{}
	for i, id := range []int64{a.HostID, b.HostID} {
		h, err := store.GetAny[cloud.Host](t.tx, id)
		if err != nil {
			return false, err
		}
		ends[i] = h
	}
	if !ends[0].Spans(ends[1]) {
		return t.stop("Give both hosts an address towards others: --underlay.",
			"no network spans the hosts %s and %s", ends[0].Name, ends[1].Name)
	}
	t.step("network "+t.from.net.Name, a.HostID, "both cards are on it, which spans to %s", ends[1].Name)
	t.why = besides
	return t.arrives()
}

// outwards is the way through the router of the sender, and on.
func (t *tracer) outwards() (bool, error) {
	rt, name, c, err := t.router(t.from.server.ProjectID)
	if c == nil || err != nil {
		return true, err
	}
	here := t.to != nil && t.to.server.ProjectID == t.from.server.ProjectID
	if t.packet.Real = t.packet.Written; here && t.packet.Written != t.to.private.Addr {
		t.packet.Real = t.to.private.Addr
		t.step(name, rt.HostID, "%s is translated to %s", t.packet.Written, t.packet.Real)
	}
	if stopped, err := t.judged(rt, name, c); stopped || err != nil || here {
		if stopped || err != nil {
			return stopped, err
		}
		return t.arrives()
	}
	pool, err := t.pool(t.packet.Written)
	if err != nil {
		return false, err
	}
	if pool == nil && ipam.Private(t.packet.Written) { // R28
		return t.stop("Write to a public address, or join both servers to one network.",
			"%s is private and in no network of project %d: it does not leave the router", t.packet.Written, t.from.server.ProjectID)
	}
	source, own, err := t.source(rt)
	if err != nil {
		return false, err
	}
	if source != t.packet.From {
		t.step(name, rt.HostID, "its sender becomes %s, %s", source, own)
		t.packet.From = source
	}
	return t.inwards()
}

// inwards is the way from the outside to a public address.
func (t *tracer) inwards() (bool, error) {
	if t.to == nil {
		return t.beyond()
	}
	rt, name, c, err := t.router(t.to.server.ProjectID)
	if c == nil || err != nil {
		return true, err
	}
	if t.packet.Real = t.to.private.Addr; t.packet.Written != t.packet.Real {
		t.step(name, rt.HostID, "%s is translated to %s", t.packet.Written, t.packet.Real)
	}
	if stopped, err := t.judged(rt, name, c); stopped || err != nil {
		return stopped, err
	}
	return t.arrives()
}

// beyond is about an address that is no server's.
func (t *tracer) beyond() (bool, error) {
	ip, err := t.public(t.packet.Written)
	if err != nil {
		return false, err
	}
	switch {
	case ip != nil && (ip.Kind == cloud.PublicIP || ip.Kind == cloud.BalancerIP):
		return t.stop("Give it to a server.", "%s is reserved and on no server: nobody answers", t.packet.Written)
	case ip != nil:
		return t.stop("Write to a public address of a server.", "%s is a router's own address, which answers nothing", t.packet.Written)
	}
	pool, err := t.pool(t.packet.Written)
	if err != nil {
		return false, err
	}
	if pool != nil {
		return t.stop("", "nobody has %s of the public subnet %s", t.packet.Written, pool.Text)
	}
	if t.from == nil {
		return t.stop("Write to a public address of a server.", "%s is in no public subnet of this installation", t.packet.Written)
	}
	t.why = "it leaves the public subnets, and this machine where it was started with --uplink-gateway"
	t.step("outside", 0, "%s is beyond the public subnets", t.packet.Written)
	return false, nil
}

// arrives is the end of the way at a machine.
func (t *tracer) arrives() (bool, error) {
	s := t.to.server
	if off, err := t.off(s); off {
		return true, err
	}
	t.step("server "+s.Name, s.HostID, "reached at its card %s; what the guest itself does is not known here", t.to.nic.MAC)
	return false, nil
}

// off tells that a machine is not on.
func (t *tracer) off(s *cloud.Server) (bool, error) {
	fix := "Start it: virga server start " + s.Name + "."
	switch {
	case s.Failed:
		return t.stop("See why: virga server show "+s.Name+".", "the server %s failed: %s", s.Name, s.Reason)
	case s.HostID == 0 || !s.Built:
		return t.stop("Wait until it is made: virga server show "+s.Name+".", "the server %s is not made yet", s.Name)
	case !s.SeenOn && s.On:
		return t.stop("See why: virga server show "+s.Name+".", "the server %s is not on yet", s.Name)
	case !s.SeenOn:
		return t.stop(fix, "the server %s is off", s.Name)
	}
	return false, nil
}

// router opens the router of a project; c is nil when the way ends there.
func (t *tracer) router(project int64) (rt *cloud.Router, name string, c *filter.Compiled, err error) {
	p, err := store.GetAny[cloud.Project](t.tx, project)
	if err != nil {
		return nil, "", nil, err
	}
	if rt, err = store.First[cloud.Router](t.tx, cloud.Where(cloud.Eq("project_id", project))); err != nil {
		return nil, "", nil, err
	}
	name = "router of project " + p.Name
	switch {
	case rt.HostID == 0 || !rt.Built:
		_, err = t.stop("See why: virga doctor.", "the %s is not made yet", name)
		return rt, name, nil, err
	case !rt.On || rt.Remove != cloud.Keep:
		_, err = t.stop("Let the project run.", "the %s is stopped", name)
		return rt, name, nil, err
	}
	var servers []int64
	for _, end := range []*card{t.from, t.to} {
		if end != nil && end.server.ProjectID == project && (len(servers) == 0 || servers[0] != end.server.ID) {
			servers = append(servers, end.server.ID)
		}
	}
	table, err := reconcile.RouterTable(t.tx, rt, servers...)
	if err != nil {
		return rt, name, nil, err
	}
	c, err = filter.Compile(filter.Table{Router: table.Router, Ports: table.Ports, Policies: table.Policies})
	return rt, name, c, err
}

// judged asks the rules of a router.
func (t *tracer) judged(rt *cloud.Router, name string, c *filter.Compiled) (stopped bool, err error) {
	v := c.Judge(t.packet)
	p, err := t.policy(v)
	if err != nil {
		return false, err
	}
	verb := "allowed"
	if !v.Allow {
		verb = "dropped"
	}
	t.why = decided(v, p)
	t.step(name, rt.HostID, "%s: %s", verb, t.why)
	if v.Allow {
		return false, nil
	}
	t.fix = t.remedy(v, p)
	return true, nil
}

// policy is the one whose rules decided, or had none that fits; nil when something else did.
func (t *tracer) policy(v filter.Verdict) (*cloud.Policy, error) {
	for _, how := range []string{"policy ", "no rule of policy "} {
		if id, ok := strings.CutPrefix(v.By, how); ok {
			if uid, ok := cloud.ParseUID(id); ok {
				return store.ByUIDAny[cloud.Policy](t.tx, uid)
			}
		}
	}
	return nil, nil
}

// decided says what decided, in words of the model.
func decided(v filter.Verdict, p *cloud.Policy) string {
	switch {
	case p == nil && v.Rule == 0:
		return v.By
	case p == nil:
		return fmt.Sprintf("rule %d of the router", v.Rule)
	case v.Rule == 0 || v.Rule > len(p.Rules):
		return "no rule of the policy " + p.Name + " allows it"
	}
	r := p.Rules[v.Rule-1]
	what := strings.TrimRight(strings.ToLower(r.Protocol)+" "+r.Port, " ")
	return fmt.Sprintf("rule %d of the policy %s: %s from %s", v.Rule, p.Name, what, r.Source)
}

// remedy says what to change for a packet that was dropped.
func (t *tracer) remedy(v filter.Verdict, p *cloud.Policy) string {
	what := strings.Replace(t.what(), "/", ":", 1) + "@" + t.packet.From.String()
	switch {
	case v.By == "router":
		return "Change the router's rules: they are asked before any policy."
	case p == nil && t.from == nil && t.packet.Written == t.packet.Real:
		return "Write to the public address of the server."
	case p == nil:
		return "Bind a policy to the address: virga firewall bind POLICY " + t.to.server.Name + "."
	case p.Default: // it cannot be changed
		return fmt.Sprintf("Make a policy that allows it and bind that: virga firewall create NAME --allow %s, virga firewall bind NAME %s.",
			what, t.to.server.Name)
	case v.Rule > 0:
		return fmt.Sprintf("Remove that rule: virga firewall rule remove %s %d.", p.Name, v.Rule)
	}
	return fmt.Sprintf("Allow it: virga firewall rule add %s --allow %s.", p.Name, what)
}

// source is what a sender becomes on the outside.
func (t *tracer) source(rt *cloud.Router) (netip.Addr, string, error) {
	ips, err := t.translated(t.from)
	if err != nil {
		return netip.Addr{}, "", err
	}
	if len(ips) > 0 {
		return ips[0].Addr, "its oldest public address", nil
	}
	float, err := store.GetAny[cloud.IP](t.tx, rt.FloatingID)
	if err != nil {
		return netip.Addr{}, "", err
	}
	return float.Addr, "the address of the router", nil
}

// pool is the public subnet that an address lies in, nil for none.
func (t *tracer) pool(a netip.Addr) (*cloud.Subnet, error) {
	pools, err := store.Find[cloud.Subnet](t.tx, cloud.Where(cloud.Eq("pool", true)).By("id"))
	for _, p := range pools {
		if p.Prefix.Contains(a) {
			return p, nil
		}
	}
	return nil, err
}

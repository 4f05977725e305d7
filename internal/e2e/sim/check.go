package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// a0 is where calls of the simulation come from.
var a0 = netip.MustParseAddr("127.0.0.1")

// Leaks compares store, hosts and addresses, and names everything that does
// not agree. It is to be asked when nothing moves.
func (w *World) Leaks() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	err := w.DB.Read(context.Background(), func(tx *store.Tx) error {
		live, err := w.wanted(tx, say)
		if err != nil {
			return err
		}
		for _, h := range w.Hosts {
			if h.Down {
				continue
			}
			if err := w.checkHost(tx, h, live, say); err != nil {
				return err
			}
		}
		return errors.Join(w.checkAddresses(tx, say), w.checkTraces(tx, say))
	})
	if err != nil {
		say("check: %v", err)
	}
	sort.Strings(bad)
	return bad
}

type place struct {
	host int64
	ref  plan.Ref
}

// wanted names the artefacts that live rows stand for, and checks the rows.
func (w *World) wanted(tx *store.Tx, say func(string, ...any)) (map[place]bool, error) {
	want := map[place]bool{}
	w.may = map[place]bool{}
	servers, err := store.Find[cloud.Server](tx, cloud.Query{}.By("id"))
	if err != nil {
		return nil, err
	}
	missing := map[int64]bool{}
	if w.restored { // what was removed after the backup is missed, and its owner is told
		ids, err := store.Integers(tx, unwhole)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			missing[id] = true
		}
	}
	// What the host says can never be is told to its owner after a while (control.Waits),
	// and is as it is until somebody does something.
	broken, err := store.Integers(tx, `SELECT work_key FROM orders WHERE work_kind = 'server' AND instr(status, '"failed":true') > 0`)
	if err != nil {
		return nil, err
	}
	hopeless := map[int64]bool{}
	for _, id := range broken {
		hopeless[id] = true
	}
	used := map[int64][3]int{}
	for _, s := range servers {
		u := used[s.HostID]
		u[0], u[1] = u[0]+s.VCPU, u[1]+s.RAM
		if s.Open() {
			say("server %d (%s): %s is open: %s", s.ID, s.Name, s.Change, s.Reason)
		}
		volumes, err := store.Find[cloud.Volume](tx, cloud.Where(cloud.Eq("server_id", s.ID)))
		if err != nil {
			return nil, err
		}
		// A machine that lost a disk keeps what is left of it: both are right. One
		// that runs goes on as long as it does.
		whole := !s.Failed && !w.lostDisk(volumes) && !missing[s.ID]
		remains := !whole && (s.Built || missing[s.ID])
		if remains {
			w.may[place{s.HostID, plan.Ref{Kind: plan.KindVM, ID: plan.ID(s.UID.Hex())}}] = true
		}
		if whole {
			want[place{s.HostID, plan.Ref{Kind: plan.KindVM, ID: plan.ID(s.UID.Hex())}}] = true
			if s.SeenOn != s.On && !hopeless[s.ID] {
				say("server %d: on is %v, seen %v", s.ID, s.On, s.SeenOn)
			}
		}
		for _, v := range volumes {
			u[2] += v.SizeGB
			if v.Remove == cloud.Now && whole {
				say("volume %d of server %d was not cleared", v.ID, s.ID)
			}
			if remains {
				w.may[place{v.HostID, plan.Ref{Kind: plan.KindVolume, ID: plan.ID(v.UID.Hex())}}] = true
			}
			if whole && v.Main {
				if err := w.checkImage(tx, s, v, say); err != nil {
					return nil, err
				}
			}
			if whole {
				want[place{v.HostID, plan.Ref{Kind: plan.KindVolume, ID: plan.ID(v.UID.Hex())}}] = true
			}
		}
		used[s.HostID] = u
	}
	hosts, err := store.Find[cloud.Host](tx, cloud.Query{}.By("id"))
	if err != nil {
		return nil, err
	}
	for _, h := range hosts {
		if u := used[h.ID]; u != [3]int{h.UsedVCPU, h.UsedRAM, h.UsedGB} {
			say("host %d: totals are %d %d %d, servers need %v", h.ID, h.UsedVCPU, h.UsedRAM, h.UsedGB, u)
		}
	}
	snaps, err := store.Find[cloud.Snapshot](tx, cloud.Where(cloud.Or(cloud.Eq("removing", true), cloud.Eq("made", false))))
	if err != nil {
		return nil, err
	}
	hidden, err := store.Count[cloud.Snapshot](tx, cloud.Where(cloud.Eq("hidden", true)))
	if err != nil {
		return nil, err
	}
	if hidden > 0 && len(w.may) == 0 {
		say("%d hidden snapshots of clones are left", hidden)
	}
	for _, s := range snaps {
		if of, err := store.GetAny[cloud.Server](tx, s.ServerID); err == nil && of.Failed {
			continue // waits for a person, as its machine does
		}
		say("snapshot %d of server %d is neither there nor gone", s.ID, s.ServerID)
	}
	return want, nil
}

// lostDisk tells whether one of some volumes vanished behind everybody's back.
func (w *World) lostDisk(volumes []*cloud.Volume) bool {
	for _, v := range volumes {
		for _, h := range w.Hosts {
			if h.ID == v.HostID && h.lost[plan.Ref{Kind: plan.KindVolume, ID: plan.ID(v.UID.Hex())}] {
				return true
			}
		}
	}
	return false
}

// checkImage compares what a main disk was made from with what its server says.
func (w *World) checkImage(tx *store.Tx, s *cloud.Server, v *cloud.Volume, say func(string, ...any)) error {
	img, err := store.GetAny[cloud.Image](tx, s.ImageID)
	if err != nil {
		return err
	}
	for _, h := range w.Hosts {
		if h.ID != v.HostID || h.Down || h.standing {
			continue
		}
		data, err := h.Machine.ReadDisk(plan.ID(v.UID.Hex()))
		if got := data["image"]; err == nil && got != img.Digest[:32] { // what is not there is said elsewhere
			say("server %d: its disk stands on image %s, the row says %s (%s)", s.ID, got, img.Digest[:32], img.Name)
		}
	}
	return nil
}

// checkHost compares machines and disks on a host with what is wanted.
func (w *World) checkHost(tx *store.Tx, h *Host, want map[place]bool, say func(string, ...any)) error {
	for _, kind := range []plan.Kind{plan.KindVM, plan.KindVolume} {
		if h.standing && kind == plan.KindVolume {
			continue // a host that stood down keeps its disks for a person to look at
		}
		ids, err := h.Machine.List(context.Background(), kind)
		if err != nil {
			return err
		}
		have := map[plan.ID]bool{}
		for _, id := range ids {
			have[id] = true
			if at := (place{h.ID, plan.Ref{Kind: kind, ID: id}}); !want[at] && !w.may[at] {
				say("%s has %s %s that nobody wants", h.Name, kind, id)
			}
		}
		for p := range want {
			if p.host == h.ID && p.ref.Kind == kind && !have[p.ref.ID] {
				say("%s lacks %s %s", h.Name, kind, p.ref.ID)
			}
		}
	}
	orphans, err := hub.Orphans(tx, h.ID)
	if err != nil {
		return err
	}
	for _, o := range orphans {
		say("%s reports orphan %s", h.Name, o.Ref())
	}
	return nil
}

// checkAddresses looks for addresses that belong to nothing.
func (w *World) checkAddresses(tx *store.Tx, say func(string, ...any)) error {
	ips, err := store.Find[cloud.IP](tx, cloud.Query{}.By("id"))
	if err != nil {
		return err
	}
	for _, ip := range ips {
		if ip.Leaving != "" {
			say("address %s is still leaving", ip.Addr)
		}
		if ip.ServerID == 0 {
			continue
		}
		if ip.Rebound {
			say("address %s is bound to policy %d, and its router did not carry that out", ip.Addr, ip.PolicyID)
		}
		if _, err := store.Get[cloud.Server](tx, ip.ServerID); err != nil {
			say("address %s belongs to server %d, which is gone", ip.Addr, ip.ServerID)
		}
	}
	policies, err := store.Find[cloud.Policy](tx, cloud.Query{}.By("id"))
	if err != nil {
		return err
	}
	for _, p := range policies {
		if p.Since != nil || p.Removing {
			say("policy %d (%s) is not carried out since %s; removing is %v", p.ID, p.Name, p.Since, p.Removing)
		}
	}
	nics, err := store.Find[cloud.NIC](tx, cloud.Query{}.By("id"))
	if err != nil {
		return err
	}
	macs, addresses := map[string]int64{}, map[string]int64{}
	for _, ip := range ips {
		in := fmt.Sprintf("%s in subnet %d", ip.Addr, ip.SubnetID)
		if twice := addresses[in]; twice != 0 {
			say("address %s is both %d and %d", in, twice, ip.ID)
		}
		addresses[in] = ip.ID
	}
	for _, n := range nics {
		if _, err := store.Get[cloud.Server](tx, n.ServerID); err != nil {
			say("card %s belongs to server %d, which is gone", n.MAC, n.ServerID)
		}
		if net, err := store.Get[cloud.Subnet](tx, n.NetworkID); err != nil || net.Removing {
			say("card %s is in network %d, which is gone or goes", n.MAC, n.NetworkID)
		}
		if twice := macs[n.MAC]; twice != 0 {
			say("card %s is both %d and %d", n.MAC, twice, n.ID)
		}
		macs[n.MAC] = n.ID
		own := 0
		for _, ip := range ips {
			if ip.NICID == n.ID && ip.Kind == cloud.PrivateIP {
				own++
				if ip.SubnetID != n.NetworkID || ip.ServerID != n.ServerID {
					say("address %s of card %s is in subnet %d and of server %d", ip.Addr, n.MAC, ip.SubnetID, ip.ServerID)
				}
			}
		}
		if own == 0 {
			say("card %s has no address", n.MAC)
		}
	}
	return w.checkNetworks(tx, nics, say)
}

// checkNetworks compares the networks on hosts with the cards and routers that they are
// for, and the cards of guests with those of their servers.
func (w *World) checkNetworks(tx *store.Tx, nics []*cloud.NIC, say func(string, ...any)) error {
	nets, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Ne("project_id", int64(0))).By("id"))
	if err != nil {
		return err
	}
	for _, n := range nets {
		if n.Removing || n.EventID != 0 {
			say("network %d (%s) is still being removed", n.ID, n.Name)
		}
	}
	// A machine that lost a disk keeps what is left of it, its cards too, for a person.
	parted, err := store.Integers(tx, unwhole)
	if err != nil {
		return err
	}
	for _, h := range w.Hosts {
		if h.Down || h.standing {
			continue
		}
		wanted := map[plan.ID]bool{}
		cards := map[int64]int{}
		for _, c := range nics {
			if c.HostID == h.ID {
				cards[c.ServerID]++
				if net, err := store.GetAny[cloud.Subnet](tx, c.NetworkID); err == nil {
					wanted[plan.ID(net.UID.Hex())] = true
				}
			}
			s, err := store.Get[cloud.Server](tx, c.ServerID)
			if err != nil {
				continue
			}
			if c.Removing && !s.Failed && s.Remove == cloud.Keep && c.HostID == h.ID && !slices.Contains(parted, s.ID) {
				say("card %s of server %d was not taken away", c.MAC, s.ID)
			}
		}
		for _, n := range nets {
			if n.RouterID == 0 {
				continue
			}
			if rt, err := store.Get[cloud.Router](tx, n.RouterID); err == nil && rt.HostID == h.ID {
				wanted[plan.ID(n.UID.Hex())] = true
			}
		}
		ids, err := h.Machine.List(context.Background(), plan.KindNetwork)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !wanted[id] {
				say("%s has network %s, in which it has nothing", h.Name, id)
			}
		}
		segments := map[int]plan.ID{}
		for id, doc := range documents[plan.Network](h, plan.KindNetwork) {
			if twice := segments[doc.VNI]; twice != "" {
				say("%s: segment %d is both %s and %s", h.Name, doc.VNI, twice, id)
			}
			segments[doc.VNI] = id
		}
		for server, n := range cards {
			s, err := store.Get[cloud.Server](tx, server)
			if err != nil || s.Failed || slices.Contains(parted, server) {
				continue
			}
			if g, ok := h.Machine.Guest(plan.ID(s.UID.Hex())); ok && g.Running && len(g.NICs) != n {
				say("server %d has %d cards, its guest %d", s.ID, n, len(g.NICs))
			}
		}
	}
	return nil
}

// Ports are the ports that a host has documents for, wanted by the store or
// not.
func (h *Host) Ports() map[plan.ID]plan.Port { return documents[plan.Port](h, plan.KindPort) }

// documents are the bodies of a kind that a host has.
func documents[Body any](h *Host, kind plan.Kind) map[plan.ID]Body {
	bodies := map[plan.ID]Body{}
	names, _ := h.Folder.List() // a folder in memory does not fail
	for _, name := range names {
		id, ok := strings.CutPrefix(name, string(kind)+"/")
		if !ok {
			continue
		}
		var r struct {
			Document struct {
				Absent bool `json:"absent"`
				Body   Body `json:"body"`
			} `json:"document"`
		}
		b, _ := h.Folder.Read(name)
		if err := json.Unmarshal(b, &r); err == nil && !r.Document.Absent {
			bodies[plan.ID(id)] = r.Document.Body
		}
	}
	return bodies
}

package reconcile

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// order compiles all documents of the server.
func (m *machine) order() error {
	if err := m.needs(); err != nil {
		return err
	}
	if err := m.orderStale(); err != nil {
		return err
	}
	for _, v := range m.volumes {
		if err := m.orderVolume(v); err != nil {
			return err
		}
	}
	for _, n := range m.nics {
		if err := m.orderPort(n); err != nil {
			return err
		}
	}
	vm := m.vm()
	return m.put(m.s.HostID, plan.KindVM, planID(m.s.UID), &vm)
}

// needs wakes the owners of documents that this server stands on and that a
// host has no order for yet. Waking them every time would make each new server
// rewrite its network.
func (m *machine) needs() error {
	type shared struct {
		hub.At
		owner hub.Owner
	}
	var list []shared
	add := func(host int64, kind plan.Kind, id plan.ID, owner string, key int64) {
		one := shared{hub.At{Host: host, Ref: plan.Ref{Kind: kind, ID: id}}, hub.Owner{Kind: owner, Key: key}}
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	add(m.s.HostID, plan.KindImage, imageID(m.image), Image, m.image.ID)
	if m.dvd != nil {
		add(m.s.HostID, plan.KindImage, imageID(m.dvd), Image, m.dvd.ID)
	}
	for _, n := range m.nics {
		net := m.nets[n.NetworkID]
		add(m.s.HostID, plan.KindNetwork, planID(net.UID), Network, net.ID)
		if net.RouterID != 0 {
			add(m.router.HostID, plan.KindRouter, planID(m.router.UID), Router, m.router.ID)
		}
	}
	for _, ip := range m.ips {
		if ip.PolicyID == 0 || ip.Leaving != "" {
			continue
		}
		pol, err := m.policy(ip.PolicyID)
		if err != nil {
			return err
		}
		add(m.router.HostID, plan.KindPolicy, planID(pol.UID), Policy, pol.ID)
	}
	docs := m.unordered()
	for _, one := range list {
		docs = append(docs, one.At)
	}
	there, err := hub.Find(m.tx, docs)
	if err != nil {
		return err
	}
	m.free = map[hub.At]bool{}
	for _, at := range docs {
		m.free[at] = there[at] == nil
	}
	for _, one := range list {
		if o := there[one.At]; o != nil && !o.Absent {
			continue
		}
		if err := work.Enqueue(m.tx, one.owner.Kind, one.owner.Key, 0); err != nil {
			return err
		}
	}
	return nil
}

// unordered are the documents of the machine that it has no order for yet.
func (m *machine) unordered() (list []hub.At) {
	add := func(host int64, kind plan.Kind, uid cloud.UID) {
		if at := (hub.At{Host: host, Ref: plan.Ref{Kind: kind, ID: planID(uid)}}); m.orders[at.Ref] == nil {
			list = append(list, at)
		}
	}
	for _, v := range m.volumes {
		add(v.HostID, plan.KindVolume, v.UID)
	}
	for _, n := range m.nics {
		add(m.router.HostID, plan.KindPort, n.UID)
	}
	add(m.s.HostID, plan.KindVM, m.s.UID)
	return list
}

// policy is a firewall policy, read once in a turn.
func (m *machine) policy(id int64) (*cloud.Policy, error) {
	if p := m.policies[id]; p != nil {
		return p, nil
	}
	p, err := policyOf(m.tx, id)
	if err != nil {
		return nil, err
	}
	if m.policies == nil {
		m.policies = map[int64]*cloud.Policy{}
	}
	m.policies[id] = p
	return p, nil
}

// put orders a document of the server. What the turn read is not read again
// for it, as most documents stay as they are.
func (m *machine) put(host int64, kind plan.Kind, id plan.ID, body any) error {
	if o := m.orders[plan.Ref{Kind: kind, ID: id}]; o != nil && o.Host == host {
		written, err := hub.Replace(m.tx, o, body)
		m.reordered = m.reordered || written
		return err
	}
	m.reordered = true
	at := hub.At{Host: host, Ref: plan.Ref{Kind: kind, ID: id}}
	if m.free[at] {
		m.free[at] = false // it is taken by this one
		return hub.PutNew(m.tx, at, body, m.owner)
	}
	return put(m.tx, host, kind, id, body, m.owner)
}

// orderStale clears what is left on a host that the router moved away from.
func (m *machine) orderStale() error {
	for _, o := range m.stale {
		m.reordered = true
		if o.Gone() {
			if err := hub.Drop(m.tx, o.Host, o.Kind, o.Object); err != nil {
				return err
			}
			continue
		}
		if err := put(m.tx, o.Host, o.Kind, o.Object, nil, m.owner); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) orderVolume(v *cloud.Volume) error {
	if v.Remove == cloud.Now {
		return m.put(v.HostID, plan.KindVolume, planID(v.UID), nil)
	}
	doc := plan.Volume{Size: int64(v.SizeGB) << 30, Layer: v.Layer, Create: !v.Built, VM: planID(m.s.UID)}
	if v.ImageID != 0 && v.SourceID == 0 {
		img := m.image
		if v.ImageID != img.ID {
			return fmt.Errorf("volume %d: image %d is not the server's image %d", v.ID, v.ImageID, img.ID)
		}
		doc.Image = imageID(img)
	}
	if v.SourceID != 0 && !v.Built {
		uid, err := volumeUID(m.tx, v.SourceID)
		if err != nil {
			return err
		}
		doc.Source = &plan.Copy{Volume: planID(uid), Snapshot: v.SourceAt}
	}
	for _, s := range m.snaps {
		if !s.Removing {
			doc.Snapshots = append(doc.Snapshots, s.UID.Hex())
		}
	}
	return m.put(v.HostID, plan.KindVolume, planID(v.UID), &doc)
}

// orderPort tells the router about a card. One on a network without a router has no port.
func (m *machine) orderPort(n *cloud.NIC) error {
	if m.router.HostID == 0 {
		return nil // nobody could carry it out; the router wakes its machines when it has a host
	}
	doc, err := m.port(n)
	switch {
	case err != nil:
		return err
	case doc == nil:
		return m.put(m.router.HostID, plan.KindPort, planID(n.UID), nil)
	}
	return m.put(m.router.HostID, plan.KindPort, planID(n.UID), doc)
}

// port is what the router knows about a card, nil when it shall know nothing.
func (m *machine) port(n *cloud.NIC) (*plan.Port, error) {
	net, private := m.nets[n.NetworkID], m.private(n)
	if net.RouterID == 0 || n.Removing || m.s.Failed || len(private) == 0 { // what is lost answers nothing
		return nil, nil
	}
	doc := &plan.Port{
		Router: planID(m.router.UID), Network: planID(net.UID), NIC: planID(n.UID), MAC: n.MAC, Hostname: m.s.Hostname, DNS: m.s.DNS,
	}
	for i, priv := range private {
		public, err := m.public(priv)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			doc.Address, doc.Public = priv.Addr.String(), public
			continue
		}
		doc.More = append(doc.More, plan.PortAddr{Address: priv.Addr.String(), Public: public})
	}
	return doc, nil
}

// public are the addresses that are translated to a private one, oldest first.
func (m *machine) public(priv *cloud.IP) (list []plan.PublicAddr, err error) {
	for _, ip := range m.ips {
		if ip.PrivateID != priv.ID || ip.Leaving != "" {
			continue
		}
		pub := plan.PublicAddr{Address: ip.Addr.String(), BlockIn: ip.BlockAll}
		if ip.PolicyID != 0 {
			pol, err := m.policy(ip.PolicyID)
			if err != nil {
				return nil, err
			}
			pub.Policy = planID(pol.UID)
		}
		list = append(list, pub)
	}
	return list, nil
}

// private are the private addresses of a card, the one that it gets by DHCP first.
func (m *machine) private(n *cloud.NIC) (list []*cloud.IP) {
	for _, ip := range m.ips {
		if ip.NICID == n.ID && ip.Kind == cloud.PrivateIP {
			list = append(list, ip)
		}
	}
	return list
}

// vm compiles the machine itself.
func (m *machine) vm() plan.VM {
	s := m.s
	vm := plan.VM{
		Name: s.Hostname, Boot: s.Boot, Power: plan.Off, Soft: s.Soft, VCPU: s.VCPU, Cores: max(s.Cores, 1), RAM: s.RAM,
		Restart: s.Restart, Image: imageID(m.image),
		Seed: plan.Seed{
			Instance: fmt.Sprintf("%s-%d", s.UID.Hex(), s.Instance), Hostname: s.Hostname, RootHash: s.RootHash,
			UserData: s.UserData, DNS: s.DNS,
		},
	}
	if s.On {
		vm.Power = plan.On
	}
	for _, k := range s.Keys {
		vm.Seed.Keys = append(vm.Seed.Keys, k.Text)
	}
	for _, v := range m.volumes {
		if v.Remove == cloud.Keep {
			vm.Volumes = append(vm.Volumes, plan.Attach{Volume: planID(v.UID), Serial: v.UID.Hex()[:20]})
		}
	}
	for _, n := range m.nics {
		if n.Removing {
			continue
		}
		net := m.nets[n.NetworkID]
		nic := plan.NIC{ID: planID(n.UID), Network: planID(net.UID), MAC: n.MAC, Isolated: net.Public}
		card := plan.SeedIF{MAC: n.MAC, DHCP: true}
		for i, ip := range m.private(n) {
			nic.Addresses = append(nic.Addresses, ip.Addr.String())
			if i > 0 {
				card.More = append(card.More, netip.PrefixFrom(ip.Addr, net.Prefix.Bits()).String())
			}
		}
		vm.NICs = append(vm.NICs, nic)
		vm.Seed.NICs = append(vm.Seed.NICs, card)
	}
	if m.dvd != nil {
		vm.DVD = imageID(m.dvd)
	}
	return vm
}

// all lists the server's orders in a fixed order.
func (m *machine) all() []*hub.Order {
	list := append(make([]*hub.Order, 0, len(m.orders)+len(m.stale)), m.stale...)
	for _, o := range m.orders {
		list = append(list, o)
	}
	sortOrders(list)
	return list
}

func volumeUID(tx *store.Tx, id int64) (cloud.UID, error) {
	v, err := store.GetAny[cloud.Volume](tx, id)
	if err != nil {
		return cloud.UID{}, err
	}
	return v.UID, nil
}

package control

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/place"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// firstLayer is the name of a volume's first layer; see plan.Volume.
const firstLayer = "0"

// CreateServer accepts a new server: it is placed, gets its addresses and
// disks, and a host is told to make it, in one transaction.
func (c *Control) CreateServer(ctx context.Context, call *Call, in CreateServerIn, ans Answer[*View]) (Reply, error) {
	secret, err := c.secretFor(in.Password, len(in.KeyTexts)+len(in.KeyIDs) > 0)
	if err != nil {
		return Reply{}, err
	}
	return do(ctx, c, call, locks(call, true), func(t *Txn) (*View, error) {
		s, err := t.createServer(in, secret)
		if err != nil {
			return nil, err
		}
		return t.view(s)
	}, ans)
}

func (t *Txn) createServer(in CreateServerIn, secret secret) (*cloud.Server, error) {
	a := t.Call.Actor
	if err := t.may("servers.create", true, auth.Owned{MemberID: a.Member0(), SiteID: a.Site0()}); err != nil {
		return nil, err
	}
	n := &newServer{t: t, in: in, s: &cloud.Server{
		MemberID: a.Member0(), SiteID: a.Site0(), Name: strings.TrimSpace(in.Name), Description: in.Description,
		UserData: in.UserData, DNS: in.DNS, RootHash: secret.hash, FirstPassword: secret.sealed, Instance: 1,
	}}
	if err := n.where(); err != nil {
		return nil, err
	}
	if err := n.build(); err != nil {
		return nil, err
	}
	s := n.s
	quantity, err := t.quantities(s)
	if err != nil {
		return nil, err
	}
	quantity["image"] = 1
	if err := t.begin(s, cloud.Create, "CREATE", quantity); err != nil {
		return nil, err
	}
	if err := store.Update(t.Tx, s); err != nil {
		return nil, err
	}
	return s, work.Enqueue(t.Tx, "server", s.ID, 0)
}

// newServer gathers what the steps of a creation find out.
type newServer struct {
	t       *Txn
	in      CreateServerIn
	s       *cloud.Server
	region  *cloud.Site
	project *cloud.Project
	net     *cloud.Subnet // network of the first card
	image   *cloud.Image
	disks   []DiskIn
	gb      int
	whole   bool // a bare-metal model
	placed  *cloud.Host
}

// build carries out the steps of a creation, and says all that is wrong with
// the input at once: what is written on the way is not kept then.
func (n *newServer) build() error {
	var p cloud.Problems
	for _, steps := range [][]func() error{{n.shape, n.unique, n.keys, n.network}, {n.host, n.rows, n.addresses}} {
		for _, step := range steps {
			if err := step(); !p.Take(err) {
				return cmp.Or(p.Err(), err)
			}
		}
		if n.net == nil { // the network is what is wrong: nothing can be built on it
			break
		}
	}
	return p.Err()
}

// where resolves project, region and image.
func (n *newServer) where() (err error) {
	t, in := n.t, n.in
	if !in.Project.Empty() {
		if n.project, err = pick[cloud.Project](t, in.Project, "project"); err != nil {
			return err
		}
		if err := t.may("servers.create", true, auth.Owned{MemberID: n.project.MemberID, SiteID: n.project.SiteID, RegionID: n.project.RegionID}); err != nil {
			return err
		}
		in.Region = Pick{ID: n.project.RegionID}
	}
	if n.region, err = t.region(in.Region); err != nil {
		return err
	}
	if n.image, err = t.usableImage(in.Image, n.region, cloud.Appliance, cloud.OwnImage); err != nil {
		return err
	}
	n.s.RegionID, n.s.ImageID, n.s.ServerType = n.region.ID, n.image.ID, n.image.ServerType
	return nil
}

// usableImage resolves an image that the actor may use in a region.
func (t *Txn) usableImage(p Pick, region *cloud.Site, kinds ...cloud.ImageKind) (*cloud.Image, error) {
	img, err := t.Image(p, kinds...)
	if err != nil {
		return nil, err
	}
	if !img.Available(region.ID) {
		return nil, cloud.Errorf(cloud.Invalid, "image.region", "the image %s is not available in region %s", img.Name, region.Name).On("image")
	}
	return img, nil
}

// shape checks name, hardware and disks against the limits of the dialect.
func (n *newServer) shape() error {
	in, s := n.in, n.s
	var p cloud.Problems
	p.Add(in.Limits.CheckName("name", s.Name))
	n.disks = in.Disks
	if !in.Flavor.Empty() {
		f, err := n.t.anyFlavor(in.Flavor)
		if err != nil {
			return err
		}
		s.FlavorID, s.VCPU, s.Cores, s.RAM, n.whole = f.ID, f.VCPU, f.Cores, f.RAM, f.Kind == "baremetal"
		if len(n.disks) == 0 {
			n.disks = []DiskIn{{SizeGB: f.DiskGB, Main: true}}
		}
	} else {
		s.VCPU, s.Cores, s.RAM = in.VCPU, max(in.Cores, 1), in.RAM
		in.Limits.CheckHardware(&p, s.VCPU, s.Cores, s.RAM)
		n.checkDisks(&p)
	}
	for _, d := range n.disks {
		n.gb += d.SizeGB
		if d.Main && d.SizeGB < n.image.MinGB {
			p.Add(cloud.Errorf(cloud.Invalid, "disk.image", "the main disk has %d GB, the image %s needs at least %d", d.SizeGB, n.image.Name, n.image.MinGB).On("disks"))
		}
	}
	if n.in.UserData != "" && !n.image.CloudInit {
		p.Add(cloud.Errorf(cloud.Invalid, "userdata.image", "the image %s has no cloud-init", n.image.Name).On("userdata"))
	}
	s.Hostname = cloud.GuestName(s.Name)
	if in.Hostname != "" {
		s.Hostname = cloud.GuestName(in.Hostname)
	}
	return p.Err()
}

func (n *newServer) checkDisks(p *cloud.Problems) {
	mains := 0
	for i, d := range n.disks {
		p.Add(n.in.Limits.CheckDisk(fmt.Sprintf("disks[%d].size", i), d.SizeGB))
		if d.Main {
			mains++
		}
	}
	if mains != 1 {
		p.Add(cloud.Errorf(cloud.Invalid, "disks.main", "exactly one disk must be the main disk, %d are", mains).On("disks"))
	}
}

// unique is a rule of CloudCIX only (R13).
func (n *newServer) unique() error {
	if !n.in.UniqueName || n.project == nil {
		return nil
	}
	return n.t.uniqueName(n.project.ID, 0, n.s.Name)
}

func (t *Txn) uniqueName(project, self int64, name string) error {
	used, err := store.Count[cloud.Server](t.Tx, cloud.Where(cloud.Eq("project_id", project), cloud.Eq("name", name), cloud.Ne("id", self)))
	if err != nil || used == 0 {
		return err
	}
	return cloud.Errorf(cloud.Invalid, "name.used", "the project already has a server named %q", name).On("name")
}

// keys resolves stored keys and takes over bare ones.
func (n *newServer) keys() error {
	for _, p := range n.in.KeyIDs {
		k, err := pick[cloud.Key](n.t, p, "key")
		if err != nil {
			return err
		}
		if k.MemberID != n.s.MemberID {
			return missing("key", p)
		}
		n.s.Keys = append(n.s.Keys, cloud.ServerKey{KeyID: k.ID, Text: k.Text})
	}
	for _, text := range n.in.KeyTexts {
		line, err := auth.PublicKey(text)
		if err != nil {
			return cloud.Errorf(cloud.Invalid, "public_key.bad", "the public key is not usable: %v", err).On("public_key").
				WithFix("Send one line as in an authorized_keys file.")
		}
		n.s.Keys = append(n.s.Keys, cloud.ServerKey{Text: line})
	}
	return nil
}

// network finds the project and the network of the first card.
func (n *newServer) network() (err error) {
	t := n.t
	if n.project == nil {
		n.project, n.net, err = t.defaultProject(n.s.MemberID, n.s.SiteID, n.region)
		if err != nil {
			return err
		}
	} else {
		r, err := store.Get[cloud.Router](t.Tx, n.project.RouterID)
		if err != nil {
			return err
		}
		if r.Remove != cloud.Keep {
			return cloud.Errorf(cloud.Invalid, "project.closed", "the project %s is shut down", n.project.Name).On("project").
				WithFix("Restore it first, or choose another one.")
		}
		n.s.MemberID, n.s.SiteID = n.project.MemberID, n.project.SiteID
		q := cloud.Where(cloud.Eq("project_id", n.project.ID), cloud.Eq("text", n.in.GatewayNet))
		if n.in.GatewayNet == "" && n.project.PublicNetID != 0 {
			q = cloud.Where(cloud.Eq("id", n.project.PublicNetID))
		}
		n.net, err = store.First[cloud.Subnet](t.Tx, q)
		if cloud.IsKind(err, cloud.NotFound) {
			return cloud.Errorf(cloud.Invalid, "gateway.missing", "the project has no network %q", n.in.GatewayNet).On("gateway_subnet")
		}
		if err != nil {
			return err
		}
	}
	n.s.ProjectID, n.s.GatewayID = n.project.ID, n.net.ID
	return nil
}

// host places the server and takes its share of the host.
func (n *newServer) host() error {
	s := n.s
	s.StorageType = n.in.StorageType
	h, err := n.t.place(s.RegionID, place.Need{VCPU: s.VCPU, RAM: s.RAM, GB: n.gb, ServerType: s.ServerType, StorageType: n.in.StorageType, Whole: n.whole})
	if err != nil {
		return err
	}
	n.placed, s.HostID, s.StorageType = h, h.ID, h.StorageType
	return nil
}

// rows writes the server and its disks.
func (n *newServer) rows() error {
	t, s := n.t, n.s
	s.On = !n.in.Off
	if s.On {
		s.Boot = 1
	}
	s.Created, s.ModifiedBy = t.Now(), t.Call.Actor.UserID()
	if err := store.Insert(t.Tx, s); err != nil {
		return err
	}
	if n.whole && !n.placed.Fake {
		n.placed.Whole = s.ID
		if err := store.Update(t.Tx, n.placed); err != nil {
			return err
		}
	}
	for i, d := range n.disks {
		if err := t.newDisk(s, d, i, firstLayer); err != nil {
			return err
		}
	}
	return nil
}

// newDisk adds a disk row; a main disk starts from the server's image.
func (t *Txn) newDisk(s *cloud.Server, d DiskIn, rank int, layer string) error {
	name := d.Name
	switch {
	case name != "":
	case d.Main:
		name = "main"
	default:
		name = fmt.Sprintf("disk-%d", rank+1)
	}
	v := &cloud.Volume{
		Kind: cloud.DiskVolume, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, ProjectID: s.ProjectID,
		HostID: s.HostID, ServerID: s.ID, Name: name, Main: d.Main, SizeGB: d.SizeGB, Layer: layer,
	}
	v.On = true
	v.ModifiedBy = t.Call.Actor.UserID()
	if d.Main {
		v.ImageID = s.ImageID
	}
	return store.Insert(t.Tx, v)
}

// addresses gives the first card its private address and, through 1&1, a
// public one; CloudCIX names the addresses itself.
func (n *newServer) addresses() error {
	if len(n.in.Addresses) > 0 {
		return n.namedAddresses()
	}
	t, s := n.t, n.s
	nic, priv, err := t.newNIC(s, n.net, 0, nil)
	if err != nil || !n.in.PublicIP {
		return err
	}
	policy, err := t.policyFor(n.in.Policy, n.image.Family)
	if err != nil {
		return err
	}
	if n.in.IP.Empty() {
		_, err = t.assignNew(s, nic, priv, policy, n.in.BlockAll)
		return err
	}
	ip, err := pick[cloud.IP](t, n.in.IP, "public IP")
	if err != nil {
		return err
	}
	if ip.MemberID != s.MemberID || ip.Kind != cloud.PublicIP {
		return missing("public IP", n.in.IP)
	}
	if ip.RegionID != s.RegionID {
		return cloud.Errorf(cloud.Conflict, "ip.region", "the address %s belongs to another data centre", ip.Addr).On("ip")
	}
	if ip.PrivateID != 0 {
		return cloud.Errorf(cloud.InUse, "ip.used", "the address %s is assigned already", ip.Addr).On("ip")
	}
	t.assign(s, nic, priv, ip, policy, n.in.BlockAll)
	return store.Update(t.Tx, ip)
}

// newNIC adds a card with a private address; addr nil takes the next free one.
func (t *Txn) newNIC(s *cloud.Server, net *cloud.Subnet, rank int, want *AddressIn) (*cloud.NIC, *cloud.IP, error) {
	nic := &cloud.NIC{ServerID: s.ID, NetworkID: net.ID, Rank: rank}
	if err := store.Insert(t.Tx, nic); err != nil {
		return nil, nil, err
	}
	priv, err := t.privateAddress(s, nic, net, want)
	if err != nil {
		return nil, nil, err
	}
	nic.MAC = ipam.MAC(s.RegionID, priv.ID, max(s.ServerType, 2))
	priv.MAC = nic.MAC
	if err := store.Update(t.Tx, nic); err != nil {
		return nil, nil, err
	}
	return nic, priv, store.Update(t.Tx, priv)
}

func (t *Txn) privateAddress(s *cloud.Server, nic *cloud.NIC, net *cloud.Subnet, want *AddressIn) (*cloud.IP, error) {
	priv := &cloud.IP{
		Kind: cloud.PrivateIP, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, ProjectID: s.ProjectID,
		ServerID: s.ID, NICID: nic.ID,
	}
	if want == nil {
		return priv, t.takeNext(net, priv)
	}
	return priv, t.takeAt(net, priv, want.Addr, false)
}

// assignNew takes a public address from the region's pool for a server.
func (t *Txn) assignNew(s *cloud.Server, nic *cloud.NIC, priv *cloud.IP, policy *cloud.Policy, block bool) (*cloud.IP, error) {
	ip := &cloud.IP{Kind: cloud.PublicIP, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, ProjectID: s.ProjectID}
	t.assign(s, nic, priv, ip, policy, block)
	return ip, t.publicAddress(s.RegionID, ip)
}

// assign points a public address at a private one.
func (t *Txn) assign(s *cloud.Server, nic *cloud.NIC, priv, ip *cloud.IP, policy *cloud.Policy, block bool) {
	ip.ServerID, ip.NICID, ip.PrivateID, ip.ProjectID = s.ID, nic.ID, priv.ID, s.ProjectID
	ip.AssignedAt, ip.BlockAll, ip.PolicyID, ip.Leaving = t.Now().UnixMicro(), block, 0, ""
	if policy != nil && !block {
		ip.PolicyID = policy.ID
	}
	ip.Touch(t.Now(), t.Call.Actor.UserID())
}

// policyFor resolves a policy; an empty pick is the default of the family.
func (t *Txn) policyFor(p Pick, family string) (*cloud.Policy, error) {
	if p.Empty() {
		if family != "Windows" {
			family = "Linux"
		}
		pol, err := store.First[cloud.Policy](t.Tx, cloud.Where(cloud.Eq("default", true), cloud.Eq("family", family)))
		if cloud.IsKind(err, cloud.NotFound) {
			return nil, nil // an installation without defaults: only the router's rules hold
		}
		return pol, err
	}
	pol, err := pick[cloud.Policy](t, p, "firewall policy")
	if err != nil {
		return nil, err
	}
	if !pol.Default && pol.MemberID != t.Call.Actor.Member0() {
		return nil, missing("firewall policy", p)
	}
	return pol, nil
}

// UpdateServer renames or describes a server; no host is concerned.
func (c *Control) UpdateServer(ctx context.Context, call *Call, p Pick, in UpdateServerIn, ans Answer[*View]) (Reply, error) {
	flag := "servers.set_name"
	if in.Name == nil && in.Description != nil {
		flag = "servers.set_description"
	}
	return c.onServer(ctx, call, p, flag, false, ans, func(t *Txn, s *cloud.Server) error {
		if err := t.rename(s, in); err != nil {
			return err
		}
		if err := store.Update(t.Tx, s); err != nil {
			return err
		}
		return t.record("UPDATE", aboutServer(s))
	})
}

// rename applies name and description; what is sent as it is shown is no
// change and never refused (R0a).
func (t *Txn) rename(s *cloud.Server, in UpdateServerIn) error {
	var p cloud.Problems
	if in.Name != nil && *in.Name != s.Name {
		p.Add(in.Limits.CheckName("name", *in.Name))
		if in.UniqueName && p.Err() == nil {
			if err := t.uniqueName(s.ProjectID, s.ID, *in.Name); err != nil {
				return err
			}
		}
		s.Name = *in.Name
	}
	if in.Description != nil && *in.Description != s.Description {
		if in.Limits.Description > 0 && len([]rune(*in.Description)) > in.Limits.Description {
			p.Add(cloud.Errorf(cloud.Invalid, "description.long", "the description is longer than %d characters", in.Limits.Description).On("description"))
		}
		s.Description = *in.Description
	}
	s.Touch(t.Now(), t.Call.Actor.UserID())
	return p.Err()
}

// DeleteServer removes a server, in every state. With Grace it is stopped now
// and removed when the project's grace period is over.
func (c *Control) DeleteServer(ctx context.Context, call *Call, p Pick, in DeleteServerIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, p, "servers.delete", false, ans, func(t *Txn, s *cloud.Server) error {
		if s.Remove == cloud.Now || (in.Grace && s.Remove == cloud.AfterGrace) { // asked again: no change
			return nil
		}
		if in.Grace && !s.Failed { // of a failed creation there is nothing to keep
			return t.scrub(s)
		}
		return t.removeServer(s, in.KeepIPs)
	})
}

func (t *Txn) removeServer(s *cloud.Server, keepIPs bool) error {
	if err := t.supersede(s, "removal"); err != nil {
		return err
	}
	leaving := "free"
	if keepIPs {
		leaving = "keep"
	}
	ips, err := store.Find[cloud.IP](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP))))
	if err != nil {
		return err
	}
	for _, ip := range ips {
		if ip.Leaving == "" {
			ip.Leaving = leaving
			if err := store.Update(t.Tx, ip); err != nil {
				return err
			}
		}
	}
	s.Remove, s.On = cloud.Now, false
	if err := t.begin(s, cloud.Removing, "DELETE", map[string]int{"cpu": 0, "ram": 0, "gb": 0}); err != nil {
		return err
	}
	if err := store.Update(t.Tx, s); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}

// scrub is CloudCIX state 8: stopped at once, removed after the grace period.
func (t *Txn) scrub(s *cloud.Server) error {
	if err := t.supersede(s, "removal"); err != nil {
		return err
	}
	s.Remove, s.On, s.Soft = cloud.AfterGrace, false, true
	if err := t.begin(s, cloud.Removing, "DELETE", map[string]int{"cpu": 0, "ram": 0, "gb": 0}); err != nil {
		return err
	}
	if err := store.Update(t.Tx, s); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}

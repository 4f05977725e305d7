package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/place"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// CreateServerIn is what a server is made from. Exactly one of Flavor and
// (VCPU, Cores, RAM, Disks) describes the hardware.
type CreateServerIn struct {
	Limits      cloud.Limits
	Name        string
	UniqueName  bool // refuse a name in use in the project (CloudCIX)
	Description string
	Hostname    string
	Region      Pick // empty: the default region
	Project     Pick // empty: the default project of the actor's site in the region (R22)
	Image       Pick
	Flavor      Pick
	FlavorKind  string // "fixed" or "baremetal"; one of each may have the same uid
	VCPU, Cores int
	RAM         int    // MiB
	RAMSent     string // in GB as the caller wrote it, for the message; "" = as RAM says
	Disks       []DiskIn
	StorageType int64 // 0 = the region's default
	Off         bool  // do not power on
	Password    string
	KeyTexts    []string
	KeyIDs      []Pick
	UserData    string
	DNS         []string
	// 1&1: one public address. IP names a free one that is already owned.
	PublicIP bool
	IP       Pick
	Policy   Pick // empty: the default of the image's family
	BlockAll bool // firewall_policy_id "0"
	// 1&1: a private network, for a second card.
	Network Pick
	// CloudCIX: explicit private addresses, and the network with the default route.
	GatewayNet string // text of the subnet
	Addresses  []AddressIn
}

// firstLayer is the name of a volume's first layer; see plan.Volume.
const firstLayer = "0"

// CreateServer accepts a new server: it is placed, gets its addresses and
// disks, and a host is told to make it, in one transaction.
func (c *Control) CreateServer(ctx context.Context, call *Call, in CreateServerIn, ans Answer[*View]) (Reply, error) {
	secret, err := c.secretFor(in.Password, len(in.KeyTexts)+len(in.KeyIDs) > 0)
	if err != nil {
		return Reply{}, err
	}
	return do(ctx, c, call, func(t *Txn) (*View, error) {
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
	for _, field := range []string{"project", "image", "gateway_subnet"} {
		if t.refused(field) { // nothing more can be said without what the rest depends on
			return nil, t.Call.Refused.Err()
		}
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
	for _, steps := range [][]func() error{{n.shape, n.unique, n.keys, n.network}, {n.host, n.rows, n.addresses, n.privateNetwork}} {
		for _, step := range steps {
			if err := step(); !p.Collect(err) {
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
	if in.Project.Empty() {
		err := t.ahead(
			func(t *Txn) { _, _ = t.region(in.Region) }, // whoever reads it in earnest is told what is wrong
			func(t *Txn) { _, _ = t.Image(in.Image, cloud.Appliance, cloud.OwnImage) },
		)
		if err != nil {
			return err
		}
	}
	if !in.Project.Empty() {
		if n.project, err = pick[cloud.Project](t, in.Project, "project"); err != nil {
			return on(err, "project")
		}
		if err := t.may("servers.create", true, projects.owned(n.project)); err != nil {
			return on(err, "project")
		}
		in.Region = Pick{ID: n.project.RegionID}
	}
	if n.region, err = t.region(in.Region); err != nil {
		return on(err, "region")
	}
	if n.image, err = t.usableImage(in.Image, n.region, cloud.Appliance, cloud.OwnImage); err != nil {
		return on(err, "image")
	}
	n.s.RegionID, n.s.Country, n.s.ImageID, n.s.ServerType = n.region.ID, n.region.Country, n.image.ID, n.image.ServerType
	return nil
}

// on says which input a missing or foreign object was named in.
func on(err error, field string) error {
	var e *cloud.Error
	if !errors.As(err, &e) || e.Field != "" {
		return err
	}
	return e.On(field)
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
		f, err := n.t.flavor(in.FlavorKind, in.Flavor)
		if err != nil {
			return err
		}
		s.FlavorID, s.VCPU, s.Cores, s.RAM, n.whole = f.ID, f.VCPU, f.Cores, f.RAM, f.Kind == "baremetal"
		if len(n.disks) == 0 {
			n.disks = []DiskIn{{SizeGB: f.DiskGB, Main: true}}
		}
	} else {
		s.VCPU, s.Cores, s.RAM = in.VCPU, in.Cores, in.RAM
		in.Limits.CheckHardware(&p, s.VCPU, s.Cores, s.RAM, in.RAMSent)
		n.checkDisks(&p)
	}
	for i, d := range n.disks {
		n.gb += d.SizeGB
		if n.imageNeeds(i, d) {
			p.Add(cloud.Errorf(cloud.Invalid, "disk.image", "the main disk has %d GB, the image %s needs at least %d",
				d.SizeGB, n.image.Name, n.image.MinGB).On("disks"))
		}
	}
	if n.in.UserData != "" && !n.image.CloudInit {
		p.Add(cloud.Errorf(cloud.Invalid, "userdata.image", "the image %s has no cloud-init", n.image.Name).On("userdata"))
	}
	s.Hostname = cloud.GuestName(s.Name)
	if in.Hostname != "" {
		s.Hostname = cloud.GuestHost(in.Hostname)
	}
	return p.Err()
}

// imageNeeds tells a main disk that is too small for the image. What is wrong with a
// size is said once: by what asks for more, and not again after the form of the request.
func (n *newServer) imageNeeds(i int, d DiskIn) bool {
	limited := n.in.Flavor.Empty() && (d.SizeGB <= 0 || d.SizeGB < n.in.Limits.DiskMin && n.in.Limits.DiskMin >= n.image.MinGB)
	return d.Main && d.SizeGB < n.image.MinGB && !limited && !n.t.Call.Refused.HasItem("disks", i, "gb")
}

func (n *newServer) checkDisks(p *cloud.Problems) {
	mains := 0
	for i, d := range n.disks {
		if !n.imageNeeds(i, d) {
			p.Add(n.in.Limits.CheckDisk(d.SizeGB).OnItem("disks", i, "size"))
		}
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
			return cloud.Errorf(cloud.Invalid, "public_key.bad", "the public key is not usable: %v", err).On("keys").
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
		q := cloud.Where(cloud.Eq("project_id", n.project.ID), cloud.Eq("text", n.in.GatewayNet), cloud.Eq("routed", true))
		if n.in.GatewayNet == "" && n.project.PublicNetID != 0 {
			q = cloud.Where(cloud.Eq("id", n.project.PublicNetID))
		}
		n.net, err = store.First[cloud.Subnet](t.Tx, q)
		if store.None(err) {
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
	if !n.t.refused("storage_type") {
		s.StorageType = n.in.StorageType
	}
	need := place.Need{ServerType: s.ServerType, StorageType: cmp.Or(s.StorageType, ssd)}
	err := n.t.ahead(
		func(t *Txn) { _, _ = t.routerHost(n.project.ID) }, // what is wrong is told below
		func(t *Txn) { _, _, _ = t.placeOn(s.RegionID, need) },
		func(t *Txn) { _, _ = t.policyFor(n.in.Policy, n.image.Family) },
	)
	if err != nil {
		return err
	}
	at, err := n.t.routerHost(n.project.ID)
	if err != nil {
		return err
	}
	h, err := n.t.place(s.RegionID, place.Need{
		VCPU: max(s.VCPU, 1), RAM: max(s.RAM, 1), GB: n.gb, ServerType: s.ServerType, StorageType: s.StorageType, Whole: n.whole, Router: at,
	})
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

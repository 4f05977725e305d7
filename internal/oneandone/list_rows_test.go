package oneandone

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// rows puts random rows of every noun that is listed into a world: with ties and
// nothing at all, capitals, letters beyond ASCII, equal beginnings, numbers of
// different lengths, addresses of both families, closed rows, and rows of others.
type rows struct {
	*world
	rng    *rand.Rand
	shown  []string // ids of what the admin sees, in the order in which it was made
	hidden map[string]bool
	far    int64 // a region whose number has two digits
}

// texts are what people write. Letters are compared as bytes and looked for
// without case, which is not the same order.
var texts = []string{
	"web", "Web", "WEB", "web-1", "web-10", "web-2", "web 1", "äpfel", "Äpfel", "ÄPFEL", "zebra", "Zebra", "éclair", "eclair",
	"日本", "日本語", "web\u0301", "10", "9", "_x", "50%", "a'b", `a"b`, `a\b`, "ß", "straße", "STRASSE", "\u212aelvin", "kelvin",
	"İstanbul", "𝒳", "\uffee", "198.18.0.9",
}

func pick[T any](r *rows, list ...T) T { return list[r.rng.IntN(len(list))] }

func (r *rows) text() string { return pick(r, texts...) }

// maybe is a text, or none.
func (r *rows) maybe() string {
	if r.rng.IntN(3) == 0 {
		return ""
	}
	return r.text()
}

// number has one to four digits.
func (r *rows) number() int { return pick(r, 1, 2, 9, 10, 12, 99, 100, 1000, 2048) }

// meta is when a row was made, on a whole second since more is not shown, and
// whether it is gone.
func (r *rows) meta() cloud.Meta {
	m := cloud.Meta{Created: r.clock().Truncate(time.Second).Add(-time.Duration(r.rng.IntN(9)) * time.Hour)}
	if r.rng.IntN(8) == 0 {
		m.Closed = &m.Created
	}
	return m
}

// address is one that no other row has: i sees to that.
func (r *rows) address(i int) netip.Addr {
	if r.rng.IntN(3) == 0 {
		return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 0, 0, byte(r.rng.IntN(3)), 0, 0, 0, 0, 0, 0, 0, byte(i >> 8), byte(i)})
	}
	return netip.AddrFrom4([4]byte{byte(pick(r, 9, 10, 100, 198)), byte(pick(r, 2, 18, 100)), byte(i >> 8), byte(i)})
}

// place is whose a row is and where: mostly the admin's.
func (r *rows) place() (member, site, region int64, mine bool) {
	member, site, region, mine = r.member.ID, r.users[adminKey].SiteID, pick(r, r.region.ID, r.spain.ID, r.far), true
	switch r.rng.IntN(8) {
	case 0:
		member, site, mine = r.other.ID, r.users[otherKey].SiteID, false
	case 1:
		site, mine = r.branch(), false
	}
	return member, site, region, mine
}

// branch is another address of the same member.
func (r *rows) branch() int64 {
	if r.offices[-1] == nil {
		r.offices[-1] = insert(r.world, &cloud.Site{MemberID: r.member.ID, Name: "branch"})
	}
	return r.offices[-1].ID
}

// put stores a row and notes who sees it.
func put[T any](r *rows, m *cloud.Meta, row *T, mine bool) {
	r.t.Helper()
	insert(r.world, row)
	if mine && m.Closed == nil {
		r.shown = append(r.shown, m.UID.String())
	} else {
		r.hidden[m.UID.String()] = true
	}
}

// fill makes n of each.
func (r *rows) fill(n int) {
	r.t.Helper()
	r.catalogue(n)
	servers := make([]*cloud.Server, n)
	for i := range servers {
		servers[i] = r.server()
	}
	for i := range n {
		ip := &cloud.IP{Meta: r.meta(), Kind: cloud.PublicIP, Addr: r.address(i), SubnetID: 1, ReverseDNS: r.maybe()}
		ip.AssignedAt = int64(r.number())
		var mine bool
		ip.MemberID, ip.SiteID, ip.RegionID, mine = r.place()
		if s := pick(r, servers...); mine && r.rng.IntN(4) > 0 {
			ip.ServerID, ip.Leaving = s.ID, pick(r, "", "", "keep")
		}
		put(r, &ip.Meta, ip, mine)
		key := &cloud.Key{Meta: r.meta(), MemberID: pick(r, r.member.ID, r.member.ID, r.other.ID), Name: r.text(), Description: r.maybe()}
		key.MD5, key.Text = fmt.Sprintf("%02x:%x", i, i*i), "ssh-ed25519 "+r.text()
		put(r, &key.Meta, key, key.MemberID == r.member.ID)
		r.network(i, servers)
		policy := &cloud.Policy{Meta: r.meta(), MemberID: key.MemberID, Name: r.text(), Description: r.maybe(), Removing: r.rng.IntN(9) == 0}
		for range r.rng.IntN(3) {
			policy.Rules = append(policy.Rules, cloud.PolicyRule{
				UID: cloud.UID{15: byte(r.number()), 0: byte(i)}, Protocol: pick(r, "TCP", "ANY"), Source: r.text(), Allow: r.rng.IntN(2) == 0,
				PortFrom: r.number(), PortTo: r.number(), Port: r.text(), Description: r.maybe(),
			})
		}
		put(r, &policy.Meta, policy, policy.MemberID == r.member.ID)
		if ip.ServerID != 0 && mine && ip.Alive() && r.rng.IntN(2) == 0 {
			r.write(func(tx *store.Tx) error {
				ip.PolicyID, ip.Rebound = policy.ID, r.rng.IntN(3) == 0
				return store.Update(tx, ip)
			})
		}
		disk := &cloud.Volume{Meta: r.meta(), Kind: cloud.DiskVolume, ServerID: pick(r, servers...).ID, SeenGB: r.number()}
		disk.Main = r.rng.IntN(2) == 0
		insert(r.world, disk)
		r.operation(pick(r, servers...))
	}
}

// catalogue is what everybody sees, and what nobody does.
func (r *rows) catalogue(n int) {
	r.t.Helper()
	for range n / 4 {
		site := &cloud.Site{Meta: r.meta(), MemberID: 1, Name: r.text(), CloudRegion: true, Location: r.text(), Driver: "virga"}
		site.Country = pick(r, "de", "DE", "gb", "ie")
		put(r, &site.Meta, site, true)
		r.far = site.ID
	}
	for range n {
		img := &cloud.Image{
			Meta: r.meta(), Kind: pick(r, cloud.Appliance, cloud.ISOImage, cloud.OwnImage), Name: r.text(), Family: r.maybe(), OS: r.maybe(),
			OSVersion: r.maybe(), Architecture: pick(r, 0, 32, 64), ImageType: r.maybe(), MinGB: pick(r, 0, 9, 20, 100),
			Public: r.rng.IntN(5) > 0, Type: pick(r, "IMAGE", "APPLICATION", "OS", "APP", ""), Categories: []string{r.text()},
			Compatible: pick(r, nil, []string{"cloud"}, []string{"baremetal", "cloud"}),
		}
		if img.Kind == cloud.ISOImage {
			img.Type = pick(r, "OS", "APP", "")
		}
		if r.rng.IntN(3) == 0 {
			img.Regions = []int64{r.spain.ID}
		}
		put(r, &img.Meta, img, img.Public && img.Kind != cloud.OwnImage)
		flavor := &cloud.Flavor{
			Meta: r.meta(), Kind: pick(r, fixed, baremetal), Name: r.text(), VCPU: r.number(), Cores: r.number(), RAM: 512 * r.number(),
			DiskGB: r.number(), Rank: pick(r, 1, 2, 10),
		}
		put(r, &flavor.Meta, flavor, true)
	}
}

func (r *rows) server() *cloud.Server {
	r.t.Helper()
	s := &cloud.Server{
		Meta: r.meta(), Name: r.text(), Description: r.maybe(), Hostname: r.maybe(), VCPU: r.number(), Cores: r.number(),
		RAM: 512 * r.number(), ImageID: pick(r, r.linux.ID, r.small.ID, 0),
		DVDID: pick(r, r.dvd.ID, 0), FlavorID: pick(r, r.flavor.ID, r.metal.ID, 0),
	}
	s.On, s.SeenOn, s.Built, s.Failed = r.rng.IntN(2) == 0, r.rng.IntN(2) == 0, true, r.rng.IntN(9) == 0
	s.SeenFlavorID = s.FlavorID
	if r.rng.IntN(2) == 0 {
		s.SeenVCPU, s.SeenCores, s.SeenRAM = r.number(), r.number(), 512*r.number()
	}
	changes := []cloud.Change{cloud.NoChange, cloud.Create, cloud.PowerOn, cloud.PowerOff, cloud.Reboot, cloud.Configure, cloud.Capture}
	s.Change = pick(r, changes...)
	s.ChangeAt = r.clock().Add(-pick(r, 0, time.Second, time.Hour))
	s.Remove = pick(r, cloud.Keep, cloud.Keep, cloud.Keep, cloud.AfterGrace, cloud.Now)
	s.EventID, s.Step, s.Steps = int64(pick(r, 0, 0, 7)), r.rng.IntN(9), 10
	var mine bool
	if s.MemberID, s.SiteID, s.RegionID, mine = r.place(); r.rng.IntN(9) == 0 {
		s.RegionID, mine = r.robot.ID, false
	}
	r.write(func(tx *store.Tx) error { // as a creation does
		region, err := store.GetAny[cloud.Site](tx, s.RegionID)
		if err == nil {
			s.Country = region.Country
		}
		return err
	})
	put(r, &s.Meta, s, mine)
	return s
}

// network is one of a project, perhaps with members, or one that is no private network.
func (r *rows) network(i int, servers []*cloud.Server) {
	r.t.Helper()
	n := &cloud.Subnet{
		Meta: r.meta(), AllocationID: int64(i), Name: r.maybe(), Description: r.maybe(), Routed: r.rng.IntN(3) == 0,
		ProjectID: int64(pick(r, 0, 1, 2)), Public: r.rng.IntN(5) == 0, Removing: r.rng.IntN(6) == 0,
	}
	n.Prefix = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), 0, 0}), pick(r, 16, 24, 30))
	n.Text, n.Updated = n.Prefix.String(), r.clock().Add(-pick(r, 0, time.Second, time.Hour))
	var mine bool
	if n.MemberID, n.SiteID, n.RegionID, mine = r.place(); r.rng.IntN(9) == 0 {
		n.RegionID, mine = r.robot.ID, false
	}
	put(r, &n.Meta, n, mine && n.ProjectID != 0 && !n.Public)
	for range r.rng.IntN(3) {
		insert(r.world, &cloud.NIC{
			NetworkID: n.ID, ServerID: pick(r, servers...).ID, Removing: r.rng.IntN(4) == 0, Built: r.rng.IntN(3) > 0,
		})
	}
}

// operation is something that was done to a server, with its end or without.
func (r *rows) operation(s *cloud.Server) {
	r.t.Helper()
	var op cloud.Meta
	r.write(func(tx *store.Tx) error {
		op = cloud.Meta{UID: tx.UID()}
		return nil
	})
	e := &cloud.Event{
		Operation: op.UID, At: r.clock().Truncate(time.Second).Add(-time.Duration(r.rng.IntN(9)) * time.Minute), UserName: r.text(),
		UserUID: s.UID, Action: pick(r, "CREATE", "DELETE", "UPDATE"), Kind: pick(r, "server", "ip", "key", "image", "project"),
		ObjectID: s.ID, ObjectUID: s.UID, Object: r.maybe(),
	}
	var mine bool
	e.MemberID, e.SiteID, e.RegionID, mine = r.place()
	put(r, &op, e, mine && e.Kind != "project")
	if r.rng.IntN(3) > 0 {
		end := *e
		end.ID, end.End, end.At, end.Failed, end.Reason = 0, true, e.At.Add(time.Duration(r.number())*time.Second), r.rng.IntN(3) == 0, r.text()
		insert(r.world, &end)
	}
}

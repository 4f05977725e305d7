package control

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// regions are the sites that host machines, without those where the dialect does
// not reach.
var regions = kind[cloud.Site, *cloud.Site, *cloud.Site]{
	noun: "region", show: auth.AnyRole, only: cloud.Eq("cloud_region", true), views: itself[*cloud.Site],
	within: func(t *Txn) cloud.Cond {
		if t.Call.Confined {
			return cloud.Ne("driver", cloud.RobotDriver)
		}
		return cloud.Cond{}
	},
}

// defaultFirst is the order of regions.
func defaultFirst(q cloud.Query) cloud.Query {
	q.Order = []cloud.Order{{Field: "default_for", Desc: true}, {Field: "id"}}
	return q
}

// Regions lists the regions the dialect knows, the default one first.
func (t *Txn) Regions() ([]*cloud.Site, error) {
	list, _, err := regions.List(t, defaultFirst(cloud.Query{}))
	return list, err
}

// Region reads one region.
func (t *Txn) Region(p Pick) (*cloud.Site, error) { return regions.Read(t, p) }

// region resolves a region; an empty pick is the default one.
func (t *Txn) region(p Pick) (*cloud.Site, error) {
	if !p.Empty() {
		return regions.find(t, p, auth.AnyRole, false)
	}
	s, err := store.First[cloud.Site](t.Tx, defaultFirst(cloud.Where(regions.only, cloud.Ne("driver", cloud.RobotDriver))))
	if store.None(err) {
		return nil, cloud.Errorf(cloud.NotFound, "region.none", "there is no region yet").
			WithFix("The operator adds one with `virga admin region`.")
	}
	return s, err
}

// regionOf is a region that a request must name. What is no region is another
// mistake than what does not exist.
func (t *Txn) regionOf(p Pick) (*cloud.Site, error) {
	r, err := t.region(p)
	if !cloud.IsKind(err, cloud.NotFound) {
		return r, err
	}
	switch _, other := pick[cloud.Site](t, p, "region"); { // whose it is, and its name, is nobody else's to know
	case other == nil:
		err = cloud.Errorf(cloud.Invalid, "region.office", "the address %d is no region", p.ID)
	case cloud.IsKind(other, cloud.NotFound):
		err = cloud.Errorf(cloud.Invalid, "region.link", "there is no such region for this address")
	default:
		return nil, other
	}
	return nil, on(err, "region")
}

// RegionList lists all regions, for the operator and for the start.
func (c *Control) RegionList(ctx context.Context) (list []*cloud.Site, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{System: true}}}
		list, err = t.Regions()
		return err
	})
	return list, err
}

// inSight leaves out what is in regions whose driver is a robot, where the
// dialect does not reach (R0d). There are nearly never any, so they are looked
// up first: as part of the condition they would be asked for at every row.
func (t *Txn) inSight(where cloud.Cond) (cloud.Cond, error) {
	if !t.Call.Confined {
		return where, nil
	}
	robots, err := store.Find[cloud.Site](t.Tx,
		cloud.Query{Where: cloud.And(cloud.Eq("cloud_region", true), cloud.Eq("driver", cloud.RobotDriver)), Closed: true})
	if err != nil || len(robots) == 0 {
		return where, err
	}
	ids := gather(robots, func(s *cloud.Site) int64 { return s.ID })
	return cloud.And(where, cloud.Not(cloud.In("region_id", ids))), nil
}

// NewRegionIn describes a region that the operator adds.
type NewRegionIn struct {
	// Name is how the operator and hosts call it. One that is the country of a
	// data centre of the 1&1 catalogue makes that data centre, under the id
	// that old clients know.
	Name     string
	Country  string // two letters; default: the name
	Location string // default: the catalogue's, else the name
	Pool     string // its first range of public addresses
	Driver   string // who makes what is wanted there; default: cloud.VirgaDriver
	Inside   string // of default projects' network `public`; default: that of the default region
}

var (
	regionName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,31}$`)
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)
	carrier     = netip.MustParsePrefix("100.64.0.0/10")
)

// AddRegion makes a region as the first start makes one. It has no hosts yet, and
// never any where a robot drives; projects and routers come with what is made in it (R22).
func (c *Control) AddRegion(ctx context.Context, in NewRegionIn) (s *cloud.Site, err error) {
	err = c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: system()}
		s, err = t.addRegion(in)
		return err
	})
	return s, err
}

func (t *Txn) addRegion(in NewRegionIn) (*cloud.Site, error) {
	first, err := t.region(Pick{})
	if err != nil {
		return nil, err
	}
	s, err := t.newRegion(in, first.Inside)
	if err != nil {
		return nil, err
	}
	if _, err := t.freePool(in.Pool, s.Inside); err != nil {
		return nil, err
	}
	asn, err := t.operatorASN(first)
	if err != nil {
		return nil, err
	}
	if err := store.Insert(t.Tx, s); err != nil {
		return nil, err
	}
	if err := t.addPool(asn.ID, s, in.Pool); err != nil {
		return nil, err
	}
	return s, t.record("CREATE", subject{kind: "region", id: s.ID, uid: s.UID, name: s.Name, member: s.MemberID, site: s.ID, region: s.ID})
}

// newRegion checks what was asked for and fills in what was not.
func (t *Txn) newRegion(in NewRegionIn, inside string) (*cloud.Site, error) {
	var p cloud.Problems
	s := &cloud.Site{
		MemberID: 1, Name: strings.TrimSpace(in.Name),
		CloudRegion: true, Country: strings.ToUpper(in.Country), Location: in.Location, Inside: in.Inside,
		Driver: cmp.Or(in.Driver, cloud.VirgaDriver),
	}
	if s.Driver != cloud.VirgaDriver && s.Driver != cloud.RobotDriver {
		p.Add(cloud.Errorf(cloud.Invalid, "region.driver", "the driver of a region is %s or %s, not %q",
			cloud.VirgaDriver, cloud.RobotDriver, s.Driver).On("driver"))
	}
	if !regionName.MatchString(s.Name) {
		p.Add(cloud.Errorf(cloud.Invalid, "region.name", "%q is no name for a region: letters, digits and dashes, at most 32", s.Name).On("name"))
	}
	if e := cloud.CheckShown("region", "a location", s.Location); e != nil {
		p.Add(e.On("location"))
	}
	if s.Country == "" {
		s.Country = strings.ToUpper(s.Name)
	}
	if !countryCode.MatchString(s.Country) {
		p.Add(cloud.Errorf(cloud.Invalid, "region.country", "%q is no country code such as FR", s.Country).On("country"))
	}
	if s.Inside == "" {
		s.Inside = inside
	} else if e := checkInside(s.Inside); e != nil {
		p.Add(e)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	used, err := store.Count[cloud.Site](t.Tx, cloud.Where(cloud.Eq("cloud_region", true), cloud.Cmp(cloud.OpIEq, "name", s.Name)))
	if err != nil {
		return nil, err
	}
	if used > 0 {
		return nil, cloud.Errorf(cloud.Conflict, "region.taken", "there is a region %s already", s.Name).On("name")
	}
	for _, dc := range catalogue {
		if s.Driver == cloud.RobotDriver || !strings.EqualFold(s.Name, dc.country) || s.Country != dc.country { // no data centre
			continue
		}
		s.UID, _ = cloud.ParseUID(dc.uid)
		if s.Location == "" {
			s.Location = dc.location
		}
	}
	if s.Location == "" {
		s.Location = s.Name
	}
	return s, nil
}

// operatorASN is the system under which public ranges are kept.
func (t *Txn) operatorASN(r *cloud.Site) (*cloud.ASN, error) {
	return store.First[cloud.ASN](t.Tx,
		cloud.Where(cloud.Eq("member_id", r.MemberID), cloud.Cmp(cloud.OpLt, "number", int64(cloud.PseudoASN))).By("id"))
}

// freeRange reads a range of public addresses that no region has yet.
func (t *Txn) freeRange(text string) (netip.Prefix, error) {
	p, err := poolRange(text)
	if err != nil {
		return p, err
	}
	pools, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.Eq("pool", true)))
	if err != nil {
		return p, err
	}
	for _, o := range pools {
		if o.Prefix.Overlaps(p) {
			return p, cloud.Errorf(cloud.Conflict, "pool.overlap", "%s overlaps the pool %s", p, o.Prefix).On("pool")
		}
	}
	return p, nil
}

// freePool is freeRange for a region whose projects have a range inside.
func (t *Txn) freePool(text, inside string) (netip.Prefix, error) {
	p, err := t.freeRange(text)
	if err != nil {
		return p, err
	}
	if i, err := netip.ParsePrefix(inside); err != nil || i.Overlaps(p) {
		return p, cloud.Errorf(cloud.Conflict, "pool.inside", "%s is inside the projects (%s)", p, inside).On("pool")
	}
	return p, nil
}

// poolRange reads a range of public addresses.
func poolRange(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, cloud.Errorf(cloud.Invalid, "pool.text", "%q is no address range such as 198.18.0.0/16", text).On("pool")
	}
	for _, never := range neverPublic {
		if never.Overlaps(p) {
			return p, cloud.Errorf(cloud.Invalid, "pool.text",
				"%s has addresses of %s, which no machine can have towards others", p, never).On("pool")
		}
	}
	if p.IsSingleIP() {
		return p, cloud.Errorf(cloud.Invalid, "pool.text", "%s has one address, which is that of the gateway", p).On("pool")
	}
	return p.Masked(), nil
}

// neverPublic is what no pool has: this network, loopback, link-local, multicast and
// what is kept for later (RFC 6890).
var neverPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/3"), netip.MustParsePrefix("::/8"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("ff00::/8"),
}

// PoolNote says what to know of a range of public addresses that is private, as in a
// laboratory or behind another router (R28); "" of others.
func PoolNote(text string) string {
	p, err := netip.ParsePrefix(text)
	if err != nil || !ipam.PrivatePart(p) {
		return ""
	}
	return fmt.Sprintf("%s is private: its addresses are reached from where you route it to these hosts, and not from the internet; "+
		"a project with a network in it does not reach them", p.Masked())
}

// checkInside refuses what cannot be the range of projects' network `public`.
func checkInside(text string) *cloud.Error {
	i, err := netip.ParsePrefix(text)
	if err != nil || i.Masked() != i || !carrier.Contains(i.Addr()) || i.Bits() < carrier.Bits() || i.Bits() > 24 {
		return cloud.Errorf(cloud.Invalid, "region.inside", "%q is no range of 100.64.0.0/10, /24 or larger", text).On("inside")
	}
	return nil
}

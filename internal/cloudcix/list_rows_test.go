package cloudcix_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log/slog"
	mrand "math/rand/v2"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/e2e/sim"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// rows puts random rows of every noun that is listed into a world without hosts:
// with ties and nothing at all, capitals, letters beyond ASCII, equal beginnings,
// numbers of different lengths, closed rows, and rows of others.
type rows struct {
	*world
	rng   *mrand.Rand
	sees  map[string]map[int64]bool // by operation: what of the rows ann sees, and what not
	sites []int64                   // ann's office first, then its member's branch, then a stranger's
	vm    int64                     // has most of the storages
	feeds map[string]int64          // ids of ranges, by list and range
}

func newRows(t *testing.T, engine store.Engine, seed uint64) *rows {
	t.Helper()
	if engine == store.Postgres {
		return rowsOn(t, store.Options{DSN: pgtest.New(t)}, seed)
	}
	return rowsOn(t, store.Options{Path: filepath.Join(t.TempDir(), "db")}, seed)
}

func rowsOn(t *testing.T, opt store.Options, seed uint64) *rows {
	t.Helper()
	w := &world{
		World: &sim.World{Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, t: t, tokens: map[string]string{},
		users: map[string]*cloud.User{},
	}
	opt.Now, opt.NoSync = func() time.Time { return w.Now }, true
	var err error
	if w.DB, err = store.Open(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.DB.Close(); err != nil {
			t.Error(err)
		}
	})
	seal, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	w.C = control.New(control.Options{
		DB: w.DB, Seal: seal, Tokens: auth.NewTokens(key), Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Fake: true,
	})
	w.Cred, err = w.C.Setup(t.Context(), control.SetupIn{Password: "operator", Pool: "198.18.0.0/16", Inside: "100.64.0.0/10"})
	if err != nil {
		t.Fatal(err)
	}
	w.region = w.Cred.RegionID
	w.serve(cloudcix.Options{Rate: -1})
	r := &rows{world: w, rng: mrand.New(mrand.NewPCG(seed, 15)), sees: map[string]map[int64]bool{}, feeds: map[string]int64{}}
	r.sites = []int64{w.users["ann"].SiteID, w.users["carl"].SiteID, w.users["dora"].SiteID}
	return r
}

// texts are what people write. They are compared as bytes, and looked for with
// small and capital letters of ASCII alike.
var texts = []string{
	"web", "Web", "WEB", "web-1", "web-10", "web-2", "web 1", "äpfel", "Äpfel", "ÄPFEL", "zebra", "Zebra", "éclair", "eclair",
	"日本", "日本語", "web\u0301", "10", "9", "_x", "50%", `a\b`, "ß", "straße", "STRASSE", "\u212aelvin", "kelvin", "İstanbul", "𝒳", "\uffee",
}

func pick[T any](r *rows, list ...T) T { return list[r.rng.IntN(len(list))] }

func (r *rows) text() string { return pick(r, texts...) }

func (r *rows) maybe() string {
	if r.rng.IntN(3) == 0 {
		return ""
	}
	return r.text()
}

func (r *rows) number() int { return pick(r, 1, 2, 9, 10, 12, 99, 100, 1000) }

// moment is one of a few, so that there are ties; some differ by a fraction.
func (r *rows) moment() time.Time {
	return r.Now.Add(-time.Duration(r.rng.IntN(9))*time.Hour - time.Duration(pick(r, 0, 0, 1, 10))*time.Microsecond)
}

func (r *rows) meta() cloud.Meta {
	m := cloud.Meta{Created: r.moment(), Updated: r.moment()}
	if r.rng.IntN(6) == 0 {
		m.Closed = &m.Created
	}
	return m
}

// see notes whether ann sees a row of a list.
func (r *rows) see(list string, id int64, sees bool) {
	if r.sees[list] == nil {
		r.sees[list] = map[int64]bool{}
	}
	r.sees[list][id] = sees
}

func (r *rows) life() cloud.Life {
	return cloud.Life{
		On: r.rng.IntN(2) == 0, SeenOn: r.rng.IntN(2) == 0, Taken: r.rng.IntN(2) == 0, Failed: r.rng.IntN(9) == 0, Built: true,
		Remove:  pick(r, cloud.Keep, cloud.Keep, cloud.Keep, cloud.AfterGrace, cloud.Now),
		Change:  pick(r, cloud.NoChange, cloud.Create, cloud.PowerOn, cloud.PowerOff, cloud.Reboot, cloud.Configure, cloud.Removing),
		EventID: int64(pick(r, 0, 0, 7)),
	}
}

// member is whose a site is.
func (r *rows) member(site int64) int64 {
	if site == r.sites[2] {
		return r.users["dora"].MemberID
	}
	return r.users["ann"].MemberID
}

// fill makes n of each.
func (r *rows) fill(n int) {
	r.t.Helper()
	regions := []int64{r.region}
	for range n / 4 {
		s := insert(r.world, &cloud.Site{Meta: r.meta(), MemberID: 1, Name: r.text(), CloudRegion: true, Country: "IE", Driver: pick(r, "virga",
			"robot")})
		r.see("membershipAddressList", s.ID, s.Closed == nil)
		if s.Closed == nil {
			regions = append(regions, s.ID)
		}
		insert(r.world, &cloud.Host{
			RegionID: s.ID, Name: fmt.Sprint("h", s.ID), State: cloud.HostUp, Enabled: true, ServerType: 2,
			StorageType: int64(pick(r, 1, 2)),
		})
	}
	var projects []*cloud.Project
	for i := range n {
		r.people(i)
		r.image(regions)
		r.group(i)
		projects = append(projects, r.project(i, pick(r, regions...)))
		r.ranges(i)
	}
	var servers []*cloud.Server
	for range n {
		servers = append(servers, r.server(pick(r, projects...)))
	}
	for _, s := range servers { // one that ann sees and that is there
		if s.SiteID == r.sites[0] && s.Closed == nil {
			r.vm = s.ID
		}
	}
	disks := map[int64][]int64{}
	for range n {
		for _, vm := range []int64{r.vm, pick(r, servers...).ID} {
			disks[vm] = append(disks[vm], r.volume(vm))
		}
	}
	for range 2 * n {
		s := pick(r, servers...)
		r.event(s, disks[s.ID])
	}
	for i := range n { // at the end, so that the rows above stay what they are
		r.machine(pick(r, regions...))
		r.operators(i)
	}
}

func (r *rows) people(i int) {
	r.t.Helper()
	site := pick(r, r.sites...)
	u := insert(r.world, &cloud.User{
		Meta: r.meta(), MemberID: r.member(site), SiteID: site, FirstName: r.text(), Surname: r.text(), Email: fmt.Sprintf("%s%d@example.org",
			pick(r, "a", "B", "ab"), i),
		Administrator: r.rng.IntN(2) == 0, Robot: r.rng.IntN(2) == 0,
	})
	r.see("membershipUserList", u.ID, u.Closed == nil && site != r.sites[2])
	branch := insert(r.world, &cloud.Site{Meta: r.meta(), MemberID: r.member(site), Name: r.text()})
	r.see("membershipAddressList", branch.ID, branch.Closed == nil && site != r.sites[2])
}

func (r *rows) image(regions []int64) {
	r.t.Helper()
	img := &cloud.Image{
		Meta: r.meta(), Kind: pick(r, cloud.Appliance, cloud.OwnImage, cloud.ISOImage), Name: r.text(),
		DisplayName: r.maybe(), Public: r.rng.IntN(4) > 0,
	}
	for range r.rng.IntN(3) {
		img.Regions = append(img.Regions, pick(r, regions...))
	}
	insert(r.world, img)
	r.see("imageList", img.ID, img.Closed == nil && img.Public && img.Kind != cloud.ISOImage)
}

func (r *rows) group(i int) {
	r.t.Helper()
	g := insert(r.world, &cloud.IPAddressGroup{
		Meta: r.meta(), MemberID: pick(r, 0, r.users["ann"].MemberID, r.users["dora"].MemberID), Name: fmt.Sprint(pick(r, "web", "Web", "a",
			"Z"), i),
		Version: pick(r, 4, 6), CIDRs: []string{"192.0.2.0/24"},
	})
	r.see("ipAddressGroupList", g.ID, g.Closed == nil && g.MemberID != r.users["dora"].MemberID)
}

// ofRegions are lists that nobody outside of a region has.
var ofRegions = map[string]bool{"serverList": true, "interfaceList": true, "routerList": true}

// somebody has a list.
func somebody(o op.Spec) string {
	if ofRegions[o.ID] {
		return "root"
	}
	return "ann"
}

// machine is a host of a region, which ann's is none of, and its cards.
func (r *rows) machine(region int64) {
	r.t.Helper()
	h := &cloud.Host{
		Meta: r.meta(), RegionID: region, State: cloud.HostNew, Enabled: r.rng.IntN(2) == 0, ServerType: int64(pick(r, 1, 2, 3, 4, 5)),
		StorageType: int64(pick(r, 1, 2)), Cores: r.number(), RAM: pick(r, 512, 1024, 1025, 9*1024, 100*1024), DiskGB: r.number(),
		Model: r.maybe(),
	}
	if h.Name = fmt.Sprint("m", r.rng.Int64()); r.rng.IntN(3) > 0 {
		tag := int64(r.number())
		h.AssetTag = &tag
	}
	insert(r.world, h)
	for range r.rng.IntN(3) {
		i := &cloud.Interface{
			Meta: r.meta(), HostID: h.ID, Hostname: r.maybe(), Details: r.maybe(), Enabled: r.rng.IntN(2) == 0,
			MAC: fmt.Sprintf("02:00:00:00:00:%02X", r.rng.IntN(256)),
		}
		if r.rng.IntN(3) > 0 {
			i.Addr = netip.AddrFrom4([4]byte{byte(pick(r, 9, 10, 100)), 0, 0, byte(r.rng.IntN(9))})
			i.Text = i.Addr.String()
		}
		insert(r.world, i)
	}
}

// operators is a range of each feed and an address of the pool.
func (r *rows) operators(i int) {
	r.t.Helper()
	for feed, list := range map[string]string{cloud.Blacklist: "cixBlacklistList", cloud.Whitelist: "cixWhitelistList"} {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(pick(r, 9, 10, 100)), byte(i), 0, 0}), pick(r, 16, 24))
		if i%4 == 0 {
			p = netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(i)}), 48)
		}
		meta := r.meta()
		meta.Closed = nil // they are removed for good
		row := insert(r.world, &cloud.FeedRange{Meta: meta, Feed: feed, CIDR: p.String(), Prefix: p, Comment: r.maybe()})
		r.feeds["cix_"+feed+row.CIDR] = row.ID
		r.see(list, row.ID, true)
	}
	addr := netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
	if i%4 == 0 {
		addr = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 15: byte(i)})
	}
	a := insert(r.world, &cloud.PoolIP{
		Meta: r.meta(), Addr: addr, Text: addr.String(), Domain: fmt.Sprintf("%s%d.cloudcix.com", pick(r, "web", "Web", "z"), i),
	})
	r.see("poolIpList", a.ID, a.Closed == nil)
}

// ranges is a plan of somebody: an ASN, an allocation, a subnet, perhaps one in it, and
// addresses, one of which may be translated to another.
func (r *rows) ranges(i int) {
	r.t.Helper()
	site := pick(r, r.sites...)
	seen := site != r.sites[2] // by ann: all of her member's is under its ASNs
	asn := insert(r.world, &cloud.ASN{Meta: r.meta(), MemberID: r.member(site), Number: int64(pick(r, 5, 50, 64512, 420_000) + i*7)})
	r.see("asnList", asn.ID, asn.Closed == nil && seen)
	p := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(pick(r, 9, 10, 100)), byte(i), 0, 0}), 16)
	if i%4 == 0 {
		p = netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(i)}), 48)
	}
	a := insert(r.world, &cloud.Allocation{
		Meta: r.meta(), ASNID: asn.ID, ASNNumber: asn.Number, MemberID: asn.MemberID, SiteID: pick(r, site, 0), Name: r.text(), Text: p.String(),
		Prefix: p,
	})
	r.see("allocationList", a.ID, a.Closed == nil && seen)
	routed := r.rng.IntN(2) == 0
	s := &cloud.Subnet{
		Meta: r.meta(), AllocationID: a.ID, MemberID: asn.MemberID, SiteID: site, Name: r.maybe(), Text: p.String(), Prefix: p,
		VLAN: r.number(), VXLAN: r.number(), Low: p.Addr(), Routed: routed,
	}
	if routed {
		s.Gateway, s.RouterID = p.Addr().Next(), int64(r.number())
	}
	insert(r.world, s)
	visible := site == r.sites[0] || seen && a.Closed == nil
	r.see("subnetList", s.ID, s.Closed == nil && visible)
	child := netip.PrefixFrom(p.Addr(), p.Bits()+4)
	c := insert(r.world, &cloud.Subnet{
		Meta: r.meta(), AllocationID: a.ID, ParentID: s.ID, MemberID: asn.MemberID, SiteID: site, Name: r.maybe(), Text: child.String(),
		Prefix: child, Low: child.Addr(),
	})
	r.see("subnetList", c.ID, c.Closed == nil && visible)
	var last *cloud.IP
	for n := range 2 {
		addr := netip.AddrFrom16(p.Addr().As16()).Unmap()
		for range 2 + n {
			addr = addr.Next()
		}
		ip := &cloud.IP{
			Meta: r.meta(), Kind: cloud.NotedIP, Addr: addr, Text: addr.String(), SubnetID: s.ID, MemberID: asn.MemberID, SiteID: site,
			Name: r.maybe(), Location: r.maybe(), ServerID: int64(pick(r, 0, 1, 2)),
		}
		if last != nil && last.Closed == nil {
			ip.PrivateID = last.ID
		}
		last = insert(r.world, ip)
		r.see("ipAddressList", ip.ID, ip.Closed == nil && s.Closed == nil && site == r.sites[0])
	}
}

// project has a router as old as itself.
func (r *rows) project(i int, region int64) *cloud.Project {
	r.t.Helper()
	site := pick(r, r.sites[0], r.sites[0], r.sites[1], r.sites[2])
	p := &cloud.Project{
		Meta: r.meta(), MemberID: r.member(site), SiteID: site, RegionID: region, ManagerID: r.users[pick(r, "ann", "bea", "gina")].ID,
		Name: fmt.Sprint(r.text(), pick(r, "", " ", "-"), i/4), Note: r.maybe(), GraceHours: r.number(), ResellerID: pick(r, region, 0),
		RunRobot: r.rng.IntN(2) == 0,
	}
	for p.Name = r.text(); r.taken(p); {
		p.Name += pick(r, "a", "A", "é")
	}
	insert(r.world, p)
	router := &cloud.Router{
		Meta: cloud.Meta{Created: p.Created, Updated: r.moment(), Closed: p.Closed}, Life: r.life(), ProjectID: p.ID,
		RegionID: region,
	}
	if p.Closed == nil {
		ip := &cloud.IP{
			Kind: cloud.FloatingIP, MemberID: p.MemberID, SiteID: site, RegionID: region, ProjectID: p.ID, SubnetID: 1,
			Name: "Floating IP",
		}
		ip.Addr = netip.AddrFrom4([4]byte{203, 0, 113, byte(i)})
		ip.Text = ip.Addr.String()
		router.FloatingID = insert(r.world, ip).ID
	}
	p.RouterID = insert(r.world, router).ID
	r.write(func(tx *store.Tx) error { return store.Update(tx, p) })
	r.see("projectList", p.ID, site == r.sites[0])
	r.see("virtualRouterList", p.RouterID, site == r.sites[0])
	return p
}

// taken tells whether an open project of the address has the name.
func (r *rows) taken(p *cloud.Project) bool {
	r.t.Helper()
	var n int64
	if err := r.DB.Read(r.t.Context(), func(tx *store.Tx) (err error) {
		n, err = store.Count[cloud.Project](tx, cloud.Where(cloud.Eq("site_id", p.SiteID), cloud.Eq("name", p.Name)))
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return n > 0
}

func (r *rows) server(p *cloud.Project) *cloud.Server {
	r.t.Helper()
	s := &cloud.Server{
		Meta: r.meta(), Life: r.life(), MemberID: p.MemberID, SiteID: p.SiteID, RegionID: p.RegionID, ProjectID: p.ID,
		HostID: int64(r.number()), Name: r.text(),
		ServerType: int64(1 + r.rng.IntN(4)), VCPU: r.number(), Cores: 1, RAM: 1024 * r.number(), StorageType: int64(1 + r.rng.IntN(2)),
	}
	insert(r.world, s)
	r.see("vmList", s.ID, s.SiteID == r.sites[0])
	return s
}

func (r *rows) volume(server int64) (id int64) {
	r.t.Helper()
	v := insert(r.world, &cloud.Volume{
		Meta: r.meta(), Kind: cloud.DiskVolume, ServerID: server, Name: r.text(), Main: r.rng.IntN(2) == 0,
		SizeGB: r.number(),
	})
	r.see("storageList", v.ID, server == r.vm && v.Closed == nil)
	return v.ID
}

// event is a change of a server and of some of its disks.
func (r *rows) event(s *cloud.Server, disks []int64) {
	r.t.Helper()
	quantity := map[string]int{}
	for _, what := range append(words("storage:%d", disks), "cpu", "ram", "nat", "image") {
		if r.rng.IntN(3) > 0 {
			quantity[what] = r.number()
		}
	}
	insert(r.world, &cloud.Event{
		At: r.moment(), Started: r.moment(), MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, UserID: r.users[pick(r, "ann",
			"bea")].ID,
		Action: "UPDATE", Kind: pick(r, "server", "server", "project"), ObjectID: s.ID, Object: s.Name, ProjectID: s.ProjectID, State: pick(r,
			0, 4, 10, 99),
		Quantity: quantity, End: r.rng.IntN(4) == 0,
	})
}

func words(format string, numbers []int64) []string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = fmt.Sprintf(format, n)
	}
	return list
}

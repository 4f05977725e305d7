package control

import (
	"cmp"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// View is a server with everything a dialect shows of it.
type View struct {
	*cloud.Server
	Region   *cloud.Site
	Project  *cloud.Project
	Image    *cloud.Image
	DVD      *cloud.Image    // nil = none
	Flavor   *cloud.Flavor   // of the shape that was carried out last (R4)
	Volumes  []*cloud.Volume // main first, then by id; those that are wanted
	Leaving  []*cloud.Volume // ordered away, and the host still has them
	NICs     []*cloud.NIC
	Networks map[int64]*cloud.Subnet // by id: networks of NICs, subnets of IPs, the gateway network
	IPs      []*cloud.IP             // private and public ones, oldest first
	Policies map[int64]*cloud.Policy // of the public IPs
	Snapshot *cloud.Snapshot         // the one that 1&1 shows (R10); nil = none
	// Password is the first password in clear, "" when none is to be shown.
	Password string
}

// Partner is the public address that a private one is translated to: the
// oldest, nil when there is none.
func (v *View) Partner(private int64) *cloud.IP {
	for _, ip := range v.IPs {
		if ip.PrivateID == private && private != 0 {
			return ip
		}
	}
	return nil
}

// Server reads one server with everything a dialect shows of it.
func (t *Txn) Server(p Pick) (*View, error) {
	s, err := t.serverSeen(p, "servers.show", false)
	if err != nil {
		return nil, err
	}
	return t.view(s)
}

// Show says what of servers an answer shows, as columns of each noun. A noun
// without columns is not read at all and is nil in the views; columns that are
// not named are zero there.
type Show struct {
	Server                                     []string
	Region, Project, Image, Flavor             []string // one each
	Volume, NIC, IP, Network, Policy, Snapshot []string
	PublicOnly                                 bool // of the addresses only public ones
	Password                                   bool
}

// every stands for all columns of a noun.
var every = []string{}

// whole shows everything.
var whole = Show{
	Server: every, Region: every, Project: every, Image: every, Flavor: every, Volume: every, NIC: every, IP: every,
	Network: every, Policy: []string{"uid", "name"}, Snapshot: every, Password: true,
}

// showing narrows a query to columns; every means all.
func showing(q cloud.Query, columns []string) cloud.Query {
	if len(columns) > 0 {
		q.Only = columns
	}
	return q
}

// Servers lists servers the actor may see; total counts before paging (see
// count).
func (t *Txn) Servers(q cloud.Query, s Show) (views []*View, total int64, err error) {
	if q.Where, err = t.serversInSight(q.Where); err != nil {
		return nil, 0, err
	}
	if total, err = count[cloud.Server](t, q); err != nil {
		return nil, 0, err
	}
	rows, err := store.Find[cloud.Server](t.Tx, showing(q, s.Server))
	if err != nil {
		return nil, 0, err
	}
	views, err = t.views(rows, s)
	return views, total, err
}

// view gathers one server.
func (t *Txn) view(s *cloud.Server) (*View, error) {
	list, err := t.views([]*cloud.Server{s}, whole)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// children reads live rows that belong to servers, grouped by server, in the
// order of their ids.
func children[T any](t *Txn, servers []int64, columns []string, where cloud.Cond, server func(*T) int64) (map[int64][]*T, error) {
	if len(servers) == 0 || columns == nil {
		return nil, nil
	}
	// Their index has them in this order, so that nothing is sorted, and those of
	// one server stand together.
	q := cloud.Where(cloud.In("server_id", servers), where).By("server_id").By("id")
	rows, err := store.Find[T](t.Tx, showing(q, columns))
	m := make(map[int64][]*T, len(servers))
	for len(rows) > 0 {
		id, n := server(rows[0]), 1
		for n < len(rows) && server(rows[n]) == id {
			n++
		}
		m[id] = rows[:n:n]
		rows = rows[n:]
	}
	return m, err
}

// parts is what the views of a page share; each kind is read once.
type parts struct {
	regions   map[int64]*cloud.Site
	projects  map[int64]*cloud.Project
	images    map[int64]*cloud.Image
	flavors   map[int64]*cloud.Flavor
	volumes   map[int64][]*cloud.Volume
	nics      map[int64][]*cloud.NIC
	ips       map[int64][]*cloud.IP
	snapshots map[int64][]*cloud.Snapshot
	networks  map[int64]*cloud.Subnet
	policies  map[int64]*cloud.Policy
}

func (t *Txn) parts(rows []*cloud.Server, s Show) (p parts, err error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var errs [10]error
	// What a server leaves with is shown as long as it is; what left it before is not.
	here, going := cloud.Eq("leaving", ""), []int64{}
	for _, r := range rows {
		if r.Remove == cloud.Now {
			going = append(going, r.ID)
		}
	}
	if len(going) > 0 {
		here = cloud.Or(here, cloud.In("server_id", going))
	}
	if s.PublicOnly {
		here = cloud.And(here, cloud.Eq("kind", string(cloud.PublicIP)))
	}
	reads := []func(t *Txn){
		func(t *Txn) {
			p.regions, errs[0] = some[cloud.Site](t, s.Region, rows, func(s *cloud.Server) int64 { return s.RegionID })
		},
		func(t *Txn) {
			p.projects, errs[1] = some[cloud.Project](t, s.Project, rows, func(s *cloud.Server) int64 { return s.ProjectID })
		},
		func(t *Txn) {
			p.images, errs[2] = some[cloud.Image](t, s.Image, rows,
				func(s *cloud.Server) int64 { return s.ImageID }, func(s *cloud.Server) int64 { return s.DVDID })
		},
		func(t *Txn) { p.flavors, errs[3] = some[cloud.Flavor](t, s.Flavor, rows, flavorOf) },
		func(t *Txn) {
			p.volumes, errs[4] = children(t, ids, s.Volume, cloud.Cond{}, func(v *cloud.Volume) int64 { return v.ServerID })
		},
		func(t *Txn) {
			p.nics, errs[5] = children(t, ids, s.NIC, cloud.Cond{}, func(n *cloud.NIC) int64 { return n.ServerID })
		},
		func(t *Txn) {
			p.ips, errs[6] = children(t, ids, s.IP, here, func(i *cloud.IP) int64 { return i.ServerID })
		},
		func(t *Txn) {
			p.snapshots, errs[7] = children(t, ids, s.Snapshot, cloud.Eq("hidden", false), func(s *cloud.Snapshot) int64 { return s.ServerID })
		},
	}
	if err := t.ahead(reads...); err != nil {
		return p, err
	}
	for _, read := range reads {
		read(t)
	}
	if s.Network == nil && s.Policy == nil {
		return p, cmp.Or(errs[:]...)
	}
	var ips []*cloud.IP
	for _, id := range ids {
		ips = append(ips, p.ips[id]...)
	}
	nets := gather(ips, func(i *cloud.IP) int64 { return i.SubnetID })
	nets = append(nets, gather(rows, func(s *cloud.Server) int64 { return s.GatewayID })...)
	networks := func(t *Txn) {
		p.networks, errs[8] = some[cloud.Subnet](t, s.Network, nets, func(id int64) int64 { return id })
	}
	policies := func(t *Txn) {
		p.policies, errs[9] = some[cloud.Policy](t, s.Policy, ips, func(i *cloud.IP) int64 { return i.PolicyID })
	}
	if err := t.ahead(networks, policies); err != nil {
		return p, err
	}
	networks(t)
	policies(t)
	return p, cmp.Or(errs[:]...)
}

// some reads what rows refer to, if it is shown.
func some[T any, P row[T], R any](t *Txn, columns []string, rows []R, get ...func(R) int64) (map[int64]*T, error) {
	if columns == nil {
		return nil, nil
	}
	return byID[T, P](t, gather(rows, get...), columns...)
}

// flavorOf is the fixed size of the shape that is shown: the one that was carried
// out, or, before any was, the one that is wanted.
func flavorOf(s *cloud.Server) int64 {
	if s.SeenVCPU == 0 {
		return s.FlavorID
	}
	return s.SeenFlavorID
}

func (t *Txn) views(rows []*cloud.Server, show Show) ([]*View, error) {
	p, err := t.parts(rows, show)
	if err != nil {
		return nil, err
	}
	views, made := make([]*View, len(rows)), make([]View, len(rows))
	for i, s := range rows {
		v := &made[i]
		*v = View{
			Server: s, Region: p.regions[s.RegionID], Project: p.projects[s.ProjectID], Image: p.images[s.ImageID],
			DVD: p.images[s.DVDID], Flavor: p.flavors[flavorOf(s)], NICs: p.nics[s.ID],
			IPs: p.ips[s.ID], Networks: p.networks, Policies: p.policies, Snapshot: shown(p.snapshots[s.ID]),
		}
		v.Volumes, v.Leaving = leaving(p.volumes[s.ID])
		slices.SortStableFunc(v.Volumes, func(a, b *cloud.Volume) int {
			switch {
			case a.Main == b.Main:
				return 0
			case a.Main:
				return -1
			}
			return 1
		})
		slices.SortStableFunc(v.IPs, func(a, b *cloud.IP) int { return cmp.Compare(a.AssignedAt, b.AssignedAt) })
		if show.Password && s.FirstPassword != "" {
			if v.Password, err = t.C.Seal.Open(ofPassword(s.RootHash), s.FirstPassword); err != nil {
				return nil, err
			}
		}
		views[i] = v
	}
	return views, nil
}

// leaving parts the volumes that are ordered away from those that are wanted.
func leaving(all []*cloud.Volume) (wanted, gone []*cloud.Volume) {
	if !slices.ContainsFunc(all, func(d *cloud.Volume) bool { return d.Remove != cloud.Keep }) {
		return all, nil // nearly always
	}
	for _, d := range all {
		if d.Remove == cloud.Keep {
			wanted = append(wanted, d)
		} else {
			gone = append(gone, d)
		}
	}
	return wanted, gone
}

// shown is the snapshot that 1&1 shows: the active one, else the newest (R10).
func shown(list []*cloud.Snapshot) *cloud.Snapshot {
	var best *cloud.Snapshot
	for _, s := range list {
		if s.Removing {
			continue
		}
		if s.Active {
			return s
		}
		best = s
	}
	return best
}

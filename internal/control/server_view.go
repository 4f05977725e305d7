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
	var s *cloud.Server
	var err error
	if p.ID != 0 && !t.Call.Confined { // closed machines stay readable in CloudCIX
		s, err = store.GetAny[cloud.Server](t.Tx, p.ID)
		if store.None(err) {
			err = missing("server", p)
		}
	} else {
		s, err = pick[cloud.Server](t, p, "server")
	}
	if err != nil {
		return nil, err
	}
	if err := t.may("servers.show", false, ownedServer(s)); err != nil {
		if cloud.IsKind(err, cloud.NotFound) {
			return nil, missing("server", p)
		}
		return nil, err
	}
	return t.view(s)
}

// Servers lists servers the actor may see; total counts before paging (see
// count).
func (t *Txn) Servers(q cloud.Query) (views []*View, total int64, err error) {
	if q.Where, err = t.serversInSight(q.Where); err != nil {
		return nil, 0, err
	}
	if total, err = count[cloud.Server](t, q); err != nil {
		return nil, 0, err
	}
	rows, err := store.Find[cloud.Server](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	views, err = t.views(rows)
	return views, total, err
}

// view gathers one server.
func (t *Txn) view(s *cloud.Server) (*View, error) {
	list, err := t.views([]*cloud.Server{s})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// children reads live rows that belong to servers, grouped by server, in the
// order of their ids.
func children[T any](t *Txn, servers []int64, where cloud.Cond, server func(*T) int64) (map[int64][]*T, error) {
	m := make(map[int64][]*T, len(servers))
	if len(servers) == 0 {
		return m, nil
	}
	rows, err := store.Find[T](t.Tx, cloud.Where(cloud.In("server_id", servers), where).By("id"))
	for _, r := range rows {
		m[server(r)] = append(m[server(r)], r)
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

func (t *Txn) parts(rows []*cloud.Server) (p parts, err error) {
	ids := gather(rows, func(s *cloud.Server) int64 { return s.ID })
	var errs [10]error
	p.regions, errs[0] = byID(t, gather(rows, func(s *cloud.Server) int64 { return s.RegionID }), func(s *cloud.Site) int64 { return s.ID })
	p.projects, errs[1] = byID(t, gather(rows, func(s *cloud.Server) int64 { return s.ProjectID }),
		func(s *cloud.Project) int64 { return s.ID })
	p.images, errs[2] = byID(t, gather(rows, func(s *cloud.Server) int64 { return s.ImageID },
		func(s *cloud.Server) int64 { return s.DVDID }), func(i *cloud.Image) int64 { return i.ID })
	p.flavors, errs[3] = byID(t, gather(rows, flavorOf), func(f *cloud.Flavor) int64 { return f.ID })
	p.volumes, errs[4] = children(t, ids, cloud.Cond{}, func(v *cloud.Volume) int64 { return v.ServerID })
	p.nics, errs[5] = children(t, ids, cloud.Cond{}, func(n *cloud.NIC) int64 { return n.ServerID })
	p.ips, errs[6] = children(t, ids, cloud.Eq("leaving", ""), func(i *cloud.IP) int64 { return i.ServerID })
	p.snapshots, errs[7] = children(t, ids, cloud.Eq("hidden", false), func(s *cloud.Snapshot) int64 { return s.ServerID })
	var ips []*cloud.IP
	for _, l := range p.ips {
		ips = append(ips, l...)
	}
	nets := gather(ips, func(i *cloud.IP) int64 { return i.SubnetID })
	nets = gather(append(nets, gather(rows, func(s *cloud.Server) int64 { return s.GatewayID })...), func(id int64) int64 { return id })
	slices.Sort(nets) // maps were walked above; the order of queries must not depend on it
	p.networks, errs[8] = byID(t, nets, func(n *cloud.Subnet) int64 { return n.ID })
	pols := gather(ips, func(i *cloud.IP) int64 { return i.PolicyID })
	slices.Sort(pols)
	p.policies, errs[9] = byID(t, pols, func(p *cloud.Policy) int64 { return p.ID })
	return p, cmp.Or(errs[:]...)
}

// flavorOf is the fixed size of the shape that is shown: the one that was carried
// out, or, before any was, the one that is wanted.
func flavorOf(s *cloud.Server) int64 {
	if s.SeenVCPU == 0 {
		return s.FlavorID
	}
	return s.SeenFlavorID
}

func (t *Txn) views(rows []*cloud.Server) ([]*View, error) {
	p, err := t.parts(rows)
	if err != nil {
		return nil, err
	}
	views := make([]*View, len(rows))
	for i, s := range rows {
		v := &View{
			Server: s, Region: p.regions[s.RegionID], Project: p.projects[s.ProjectID], Image: p.images[s.ImageID],
			DVD: p.images[s.DVDID], Flavor: p.flavors[flavorOf(s)], NICs: p.nics[s.ID],
			IPs: p.ips[s.ID], Networks: p.networks, Policies: p.policies, Snapshot: shown(p.snapshots[s.ID]),
		}
		for _, d := range p.volumes[s.ID] {
			if d.Remove == cloud.Keep {
				v.Volumes = append(v.Volumes, d)
			} else {
				v.Leaving = append(v.Leaving, d)
			}
		}
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
		if s.FirstPassword != "" {
			if v.Password, err = t.C.Seal.Open(ofPassword(s.RootHash), s.FirstPassword); err != nil {
				return nil, err
			}
		}
		views[i] = v
	}
	return views, nil
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

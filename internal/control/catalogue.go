package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Regions lists the regions the dialect knows, the default one first.
func (t *Txn) Regions() ([]*cloud.Site, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	q := cloud.Where(cloud.Eq("cloud_region", true))
	if t.Call.Hide {
		q = cloud.Where(q.Where, cloud.Ne("driver", "robot"))
	}
	q.Order = []cloud.Order{{Field: "default_for", Desc: true}, {Field: "id"}}
	return store.Find[cloud.Site](t.Tx, q)
}

// Region reads one region.
func (t *Txn) Region(p Pick) (*cloud.Site, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	return t.region(p)
}

// visible is the condition on images that the actor may use or see.
func (t *Txn) visible(kinds []cloud.ImageKind) cloud.Cond {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return cloud.And(cloud.In("kind", names), cloud.Or(cloud.Eq("public", true), cloud.Eq("member_id", t.Call.Actor.Member0())))
}

// Images lists images of some kinds; total counts before paging.
func (t *Txn) Images(q cloud.Query, kinds ...cloud.ImageKind) ([]*cloud.Image, int64, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, 0, err
	}
	q.Where = cloud.And(t.visible(kinds), q.Where)
	total, err := store.Count[cloud.Image](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	list, err := store.Find[cloud.Image](t.Tx, q)
	return list, total, err
}

// Image reads one image of some kinds.
func (t *Txn) Image(p Pick, kinds ...cloud.ImageKind) (*cloud.Image, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	key := cloud.Eq("uid", p.UID)
	if p.ID != 0 {
		key = cloud.Eq("id", p.ID)
	}
	img, err := store.First[cloud.Image](t.Tx, cloud.Where(t.visible(kinds), key))
	if cloud.IsKind(err, cloud.NotFound) {
		return nil, missing("image", p)
	}
	return img, err
}

// Flavors of a kind, "fixed" or "baremetal", smallest first.
func (t *Txn) Flavors(kind string) ([]*cloud.Flavor, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	return store.Find[cloud.Flavor](t.Tx, cloud.Where(cloud.Eq("kind", kind)).By("rank").By("id"))
}

// Flavor reads one flavor of a kind; a fixed one and a model may share a uid.
func (t *Txn) Flavor(kind string, p Pick) (*cloud.Flavor, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	key := cloud.Eq("uid", p.UID)
	if p.ID != 0 {
		key = cloud.Eq("id", p.ID)
	}
	f, err := store.First[cloud.Flavor](t.Tx, cloud.Where(cloud.Eq("kind", kind), key))
	if cloud.IsKind(err, cloud.NotFound) {
		return nil, missing("flavor", p)
	}
	return f, err
}

// anyFlavor resolves a flavor named in a request: by id of either kind, by
// uid the fixed one first.
func (t *Txn) anyFlavor(p Pick) (*cloud.Flavor, error) {
	if p.ID != 0 {
		return pick[cloud.Flavor](t, p, "flavor")
	}
	f, err := t.Flavor("fixed", p)
	if cloud.IsKind(err, cloud.NotFound) {
		return t.Flavor("baremetal", p)
	}
	return f, err
}

// IPs lists public addresses that the actor may see.
func (t *Txn) IPs(q cloud.Query) ([]*IPView, int64, error) {
	if err := auth.Need(t.Call.Actor, "public_ips.show"); err != nil {
		return nil, 0, err
	}
	q.Where = cloud.And(auth.Scope(t.Call.Actor, t.Call.Hide), cloud.In("kind", []string{string(cloud.PublicIP), string(cloud.BalancerIP)}), q.Where)
	total, err := count[cloud.IP](t, q)
	if err != nil {
		return nil, 0, err
	}
	rows, err := store.Find[cloud.IP](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	views, err := t.ipViews(rows)
	return views, total, err
}

// IP reads one public address.
func (t *Txn) IP(p Pick) (*IPView, error) {
	ip, err := t.ipFor(p, "public_ips.show", false)
	if err != nil {
		return nil, err
	}
	return t.ipView(ip)
}

func (t *Txn) ipView(ip *cloud.IP) (*IPView, error) {
	list, err := t.ipViews([]*cloud.IP{ip})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func (t *Txn) ipViews(rows []*cloud.IP) ([]*IPView, error) {
	servers, err := byID(t, gather(rows, func(i *cloud.IP) int64 { return i.ServerID }), func(s *cloud.Server) int64 { return s.ID })
	if err != nil {
		return nil, err
	}
	regions, err := byID(t, gather(rows, func(i *cloud.IP) int64 { return i.RegionID }), func(s *cloud.Site) int64 { return s.ID })
	if err != nil {
		return nil, err
	}
	views := make([]*IPView, len(rows))
	for i, ip := range rows {
		views[i] = &IPView{IP: ip, Server: servers[ip.ServerID], Region: regions[ip.RegionID], Busy: ip.Leaving != ""}
		if ip.Leaving == "keep" { // shown as wanted, while the router still translates
			views[i].Server = nil
		}
	}
	return views, nil
}

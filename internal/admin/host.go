package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// joinLife is how long a person has to carry a join token to a machine.
const joinLife = time.Hour

// AddHost asks for a token with which a machine becomes the host of a name.
type AddHost struct {
	Name   string `json:"name"`
	Region string `json:"region,omitempty"` // default: the first
	// Replace lets another machine take the place of one that is up.
	Replace bool `json:"replace,omitempty"`
}

// JoinToken lets one machine join, once.
type JoinToken struct {
	Token string `json:"token"`
	Host  string `json:"host"`
	Valid string `json:"valid"` // how long
}

// Host is a host as the operator sees it.
type Host struct {
	ID      int64      `json:"id"`
	Name    string     `json:"name"`
	Region  string     `json:"region"`
	State   string     `json:"state"` // up, silent, away, "lost", "lost, stood down", new
	Fake    bool       `json:"fake"`
	Seen    *time.Time `json:"seen"`
	Quiet   float64    `json:"quiet"` // seconds since then
	Servers int        `json:"servers"`
	VCPU    int        `json:"vcpu"`
	RAM     int        `json:"ram"` // MiB
	DiskGB  int        `json:"disk_gb"`
	UsedRAM int        `json:"used_ram"`
	UsedGB  int        `json:"used_gb"`
	Accel   string     `json:"accelerator"`
	Address string     `json:"address,omitempty"` // of the underlay, where it has one
}

func (a *Verbs) listHosts(r *http.Request, _ none) ([]Host, error) {
	out := []Host{}
	err := a.DB.Read(r.Context(), func(tx *store.Tx) error {
		out = out[:0]
		rows, err := store.Find[cloud.Host](tx, cloud.Query{}.By("region_id").By("name"))
		if err != nil {
			return err
		}
		sites, err := store.Find[cloud.Site](tx, cloud.Where(cloud.Eq("cloud_region", true)))
		if err != nil {
			return err
		}
		names := map[int64]string{}
		for _, s := range sites {
			names[s.ID] = s.Name
		}
		for _, h := range rows {
			link, err := hub.LinkOf(tx, h.ID)
			if err != nil {
				return err
			}
			out = append(out, hostOf(h, link, names[h.RegionID], tx.Now()))
		}
		return nil
	})
	return out, err
}

func hostOf(h *cloud.Host, link *hub.Link, region string, now time.Time) Host {
	out := Host{
		ID: h.ID, Name: h.Name, Region: region, State: "new", Fake: h.Fake, Servers: h.Servers,
		VCPU: h.VCPU, RAM: h.RAM, DiskGB: h.DiskGB, UsedRAM: h.UsedRAM, UsedGB: h.UsedGB, Accel: h.Accelerator,
	}
	if link == nil {
		return out
	}
	out.State, out.Seen, out.Address = "up", &link.Seen, link.Facts.Address
	out.Quiet = now.Sub(link.Seen).Seconds()
	switch {
	case link.Lost && link.StoodDown:
		out.State = "lost, stood down"
	case link.Lost || h.State == cloud.HostLost:
		out.State = "lost"
	case now.Sub(link.Seen) > control.HostAway:
		out.State = "away"
	case now.Sub(link.Seen) > cloud.HostSilent:
		out.State = "silent" // nothing new is placed on it
	}
	return out
}

// addHost makes the row of a host, or another token for one that is there: a
// machine whose disk was replaced joins again under its name.
func (a *Verbs) addHost(r *http.Request, in AddHost) (JoinToken, error) {
	if in.Name == "" {
		return JoinToken{}, cloud.Errorf(cloud.Invalid, "host.name", "a name is required").On("name")
	}
	region, err := a.region(r.Context(), in.Region)
	if err != nil {
		return JoinToken{}, err
	}
	h, err := a.hostNamed(r.Context(), in.Name, region.ID)
	if cloud.IsKind(err, cloud.NotFound) {
		h, err = a.Control.PutHost(r.Context(), cloud.Host{RegionID: region.ID, Name: in.Name, ServerType: 2, StorageType: 2})
	}
	if err == nil {
		err = a.mayReplace(r.Context(), h, in.Replace)
	}
	if err != nil {
		return JoinToken{}, err
	}
	token, err := a.Hub.IssueJoinToken(r.Context(), h.ID, joinLife)
	return JoinToken{Token: token, Host: h.Name, Valid: joinLife.String()}, err
}

// mayReplace refuses a token for a host that a machine is: whoever joins with it
// puts that machine out, with the servers it runs.
func (a *Verbs) mayReplace(ctx context.Context, h *cloud.Host, replace bool) error {
	if h.Node != "" {
		return cloud.Errorf(cloud.Conflict, "host.own", "the host %s is part of a control node, and no other machine can be it", h.Name).
			WithFix("Choose another name.")
	}
	var link *hub.Link
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		link, err = hub.LinkOf(tx, h.ID)
		if err == nil && link != nil && (link.Lost || tx.Now().Sub(link.Seen) > control.HostAway) {
			link = nil
		}
		return err
	})
	if err != nil || link == nil || replace {
		return err
	}
	return cloud.Errorf(cloud.Conflict, "host.up",
		"the host %s is up, with %s, and was heard at %s", h.Name, cloud.Count(h.Servers, "server"), link.Seen.Format(time.RFC3339)).
		WithFix("For another machine choose another name. `--replace` lets it take the place of this one, which then stops all its servers.")
}

// hostNamed finds a host; region 0 is any.
func (a *Verbs) hostNamed(ctx context.Context, name string, region int64) (h *cloud.Host, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		where := cloud.Eq("name", name)
		if region != 0 {
			where = cloud.And(where, cloud.Eq("region_id", region))
		}
		list, err := store.Find[cloud.Host](tx, cloud.Where(where).By("id").Page(2, 0))
		switch {
		case err != nil:
			return err
		case len(list) == 0:
			return cloud.Errorf(cloud.NotFound, "host.missing", "there is no host %q", name).WithFix("`virga admin host list` shows them.")
		case len(list) > 1:
			return cloud.Errorf(cloud.Conflict, "host.ambiguous", "several regions have a host %q", name)
		}
		h = list[0]
		return nil
	})
	return h, err
}

// lostHost records the operator's word that a host is off for good.
func (a *Verbs) lostHost(r *http.Request, _ none) (none, error) {
	return none{}, a.setHost(r, cloud.HostLost, hub.DeclareLost)
}

// admitHost takes a lost host back that stood down.
func (a *Verbs) admitHost(r *http.Request, _ none) (none, error) {
	return none{}, a.setHost(r, cloud.HostUp, hub.Readmit)
}

// movedHost records that a host's folder lies elsewhere now, and that nothing runs
// where it was.
func (a *Verbs) movedHost(r *http.Request, _ none) (none, error) {
	h, err := a.hostNamed(r.Context(), r.PathValue("name"), 0)
	if err != nil {
		return none{}, err
	}
	return none{}, a.DB.Write(r.Context(), func(tx *store.Tx) error {
		row, err := store.Get[cloud.Host](tx, h.ID)
		if err != nil {
			return err
		}
		link, err := hub.LinkOf(tx, row.ID)
		if err != nil {
			return err
		}
		if link != nil && tx.Now().Sub(link.Seen) < cloud.HostSilent {
			return cloud.Errorf(cloud.Conflict, "host.up", "the host %s still speaks from where it was", row.Name).
				WithFix("Stop the agent and the servers there first; then wait for half a minute.")
		}
		row.Node, row.LastSeen = "", nil
		if err := store.Update(tx, row); err != nil {
			return err
		}
		return hub.Moved(tx, row.ID)
	})
}

// removeHost forgets a host: what joined as it is put out, and its name is free.
func (a *Verbs) removeHost(r *http.Request, _ none) (none, error) {
	h, err := a.hostNamed(r.Context(), r.PathValue("name"), 0)
	if err != nil {
		return none{}, err
	}
	return none{}, a.DB.Write(r.Context(), func(tx *store.Tx) error {
		row, err := store.Get[cloud.Host](tx, h.ID)
		if err != nil {
			return err
		}
		n, err := store.Count[cloud.Server](tx, cloud.Where(cloud.Eq("host_id", row.ID)))
		if err != nil {
			return err
		}
		if n > 0 {
			return cloud.Errorf(cloud.InUse, "host.used", "the host %s has %s", row.Name, cloud.Count(n, "server")).
				WithFix("Delete them first; those of a host that was declared lost can be deleted at once.")
		}
		now := tx.Now()
		row.State, row.Closed = cloud.HostLost, &now
		if err := store.Update(tx, row); err != nil {
			return err
		}
		if err := hub.DeclareLost(tx, row.ID); err != nil { // routers go elsewhere, and its certificate is void
			return err
		}
		return work.Enqueue(tx, reconcile.Host, row.ID, 0)
	})
}

func (a *Verbs) setHost(r *http.Request, to cloud.HostState, tell func(tx *store.Tx, host int64) error) error {
	h, err := a.hostNamed(r.Context(), r.PathValue("name"), 0)
	if err != nil {
		return err
	}
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		row, err := store.Get[cloud.Host](tx, h.ID)
		if err != nil {
			return err
		}
		if to == cloud.HostUp && row.State != cloud.HostLost {
			return cloud.Errorf(cloud.Conflict, "host.there", "the host %s was not declared lost, so there is nothing to take back", row.Name)
		}
		row.State = to
		if err := store.Update(tx, row); err != nil {
			return err
		}
		if err := tell(tx, row.ID); err != nil {
			return err
		}
		return work.Enqueue(tx, reconcile.Host, row.ID, 0)
	})
}

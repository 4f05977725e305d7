package httpd

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// Status is what an installation says of itself.
type Status struct {
	PID         int    `json:"pid"`
	Engine      string `json:"engine"` // sqlite or postgres
	Incarnation string `json:"incarnation"`
	Servers     int64  `json:"servers"`
	Hosts       int64  `json:"hosts"`
}

func (a *Admin) status(r *http.Request, _ none) (Status, error) {
	s := Status{PID: os.Getpid(), Engine: string(a.DB.Engine()), Incarnation: a.DB.Incarnation().String()}
	err := a.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if s.Servers, err = store.Count[cloud.Server](tx, cloud.Query{}); err != nil {
			return err
		}
		s.Hosts, err = store.Count[cloud.Host](tx, cloud.Query{})
		return err
	})
	return s, err
}

// Region is a place where machines are.
type Region struct {
	ID       int64  `json:"id"`
	UID      string `json:"uid"`
	Name     string `json:"name"`
	Country  string `json:"country"`
	Location string `json:"location"`
	Default  bool   `json:"default"`
	Inside   string `json:"inside"`
}

func (a *Admin) regions(r *http.Request, _ none) ([]Region, error) {
	list, err := a.Control.RegionList(r.Context())
	out := []Region{}
	for _, s := range list {
		out = append(out, regionOf(s))
	}
	return out, err
}

func regionOf(s *cloud.Site) Region {
	return Region{
		ID: s.ID, UID: s.UID.String(), Name: s.Name, Country: s.Country, Location: s.Location, Default: s.DefaultFor, Inside: s.Inside,
	}
}

// region finds a region by name or id; "" is the default one.
func (a *Admin) region(ctx context.Context, text string) (*cloud.Site, error) {
	list, err := a.Control.RegionList(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if text == "" && s.DefaultFor || text != "" && (strings.EqualFold(s.Name, text) || strings.EqualFold(s.UID.String(), text) || strconv.FormatInt(s.ID, 10) == text) {
			return s, nil
		}
	}
	if text == "" && len(list) > 0 {
		return list[0], nil
	}
	return nil, cloud.Errorf(cloud.NotFound, "region.missing", "there is no region %q", text).WithFix("`virga admin region list` shows them.")
}

// AddRegion asks for another region with a first range of public addresses.
type AddRegion struct {
	Name     string `json:"name"`
	Country  string `json:"country,omitempty"`  // two letters; default: the name
	Location string `json:"location,omitempty"` // default: what the catalogue says, else the name
	Range    string `json:"range"`
	Inside   string `json:"inside,omitempty"` // default: as in the default region
}

func (a *Admin) addRegion(r *http.Request, in AddRegion) (Region, error) {
	s, err := a.Control.AddRegion(r.Context(), control.NewRegionIn{
		Name: in.Name, Country: in.Country, Location: in.Location, Pool: in.Range, Inside: in.Inside,
	})
	if err != nil {
		return Region{}, err
	}
	return regionOf(s), nil
}

// Pool is a range of public addresses.
type Pool struct {
	Region string `json:"region"`
	Range  string `json:"range"`
	Used   int64  `json:"used"`
}

func (a *Admin) pools(r *http.Request, _ none) ([]Pool, error) {
	out := []Pool{}
	err := a.DB.Read(r.Context(), func(tx *store.Tx) error {
		out = out[:0]
		list, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("pool", true)).By("id"))
		if err != nil {
			return err
		}
		for _, p := range list {
			used, err := store.Count[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", p.ID)))
			if err != nil {
				return err
			}
			site, err := store.GetAny[cloud.Site](tx, p.RegionID)
			if err != nil {
				return err
			}
			out = append(out, Pool{Region: site.Name, Range: p.Prefix.String(), Used: used})
		}
		return nil
	})
	return out, err
}

// AddPool asks for more public addresses in a region.
type AddPool struct {
	Region string `json:"region,omitempty"`
	Range  string `json:"range"`
}

func (a *Admin) addPool(r *http.Request, in AddPool) (none, error) {
	region, err := a.region(r.Context(), in.Region)
	if err != nil {
		return none{}, err
	}
	return none{}, a.Control.AddPool(r.Context(), region.ID, in.Range)
}

// Backup asks for a copy of the database in a file of the same machine.
type Backup struct {
	Path string `json:"path"`
}

// BackedUp is a finished backup.
type BackedUp struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

func (a *Admin) backup(r *http.Request, in Backup) (BackedUp, error) {
	if !filepath.IsAbs(in.Path) {
		return BackedUp{}, cloud.Errorf(cloud.Invalid, "backup.path", "the path %q is not absolute", in.Path).On("path")
	}
	if _, err := os.Stat(filepath.Dir(in.Path)); err != nil { // path: the operator's, on this machine
		return BackedUp{}, cloud.Errorf(cloud.Invalid, "backup.path", "there is no folder %s", filepath.Dir(in.Path)).On("path")
	}
	if err := a.DB.Backup(r.Context(), in.Path); err != nil {
		return BackedUp{}, err
	}
	st, err := os.Stat(in.Path) // path: as above
	if err != nil {
		return BackedUp{}, err
	}
	return BackedUp{Path: in.Path, Bytes: st.Size()}, nil
}

// maxFindings bounds what the doctor lists of one kind.
const maxFindings = 100

func (a *Admin) doctor(r *http.Request, _ none) (list []Finding, err error) {
	err = a.DB.Read(r.Context(), func(tx *store.Tx) error {
		if list, err = findings(tx, maxFindings); err != nil {
			return err
		}
		waits, err := waiting(tx, maxFindings)
		list = append(list, waits...)
		return err
	})
	if list == nil {
		list = []Finding{}
	}
	return list, err
}

func (a *Admin) removeOrphan(r *http.Request, _ none) (none, error) {
	return a.orphan(r, hub.RemoveOrphan)
}

// adoptOrphan gives a thing on a host back to what it was made for: the object
// whose id the document names.
func (a *Admin) adoptOrphan(r *http.Request, _ none) (none, error) {
	return a.orphan(r, func(tx *store.Tx, id int64) error {
		o, err := store.Get[hub.Orphan](tx, id)
		if err != nil {
			return err
		}
		owner, err := ownerOf(tx, o)
		if err != nil {
			return err
		}
		if err := hub.AdoptOrphan(tx, id, owner); err != nil {
			return err
		}
		return work.Enqueue(tx, owner.Kind, owner.Key, 0) // its reconciler says what becomes of it
	})
}

func (a *Admin) orphan(r *http.Request, decide func(tx *store.Tx, id int64) error) (none, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return none{}, cloud.Errorf(cloud.Invalid, "orphan.id", "%q is no number", r.PathValue("id"))
	}
	return none{}, a.DB.Write(r.Context(), nil, func(tx *store.Tx) error {
		err := decide(tx, id)
		if store.None(err) {
			return cloud.Errorf(cloud.NotFound, "orphan.missing", "there is no orphan %d", id).WithFix("`virga doctor` lists them.")
		}
		return err
	})
}

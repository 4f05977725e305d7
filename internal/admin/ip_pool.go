package admin

import (
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// Pool is a range of public addresses.
type Pool struct {
	Region string `json:"region"`
	Range  string `json:"range"`
	Used   int64  `json:"used"`
	Note   string `json:"note,omitempty"` // what to know of it
}

func (a *Verbs) pools(r *http.Request, _ none) ([]Pool, error) {
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
			out = append(out, Pool{Region: site.Name, Range: p.Prefix.String(), Used: used, Note: control.PoolNote(p.Prefix.String())})
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

func (a *Verbs) addPool(r *http.Request, in AddPool) (Pool, error) {
	region, err := a.region(r.Context(), in.Region)
	if err != nil {
		return Pool{}, err
	}
	return Pool{Region: region.Name, Range: in.Range, Note: control.PoolNote(in.Range)}, a.Control.AddPool(r.Context(), region.ID, in.Range)
}

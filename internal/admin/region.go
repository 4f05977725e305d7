package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// Region is a place where machines are.
type Region struct {
	ID       int64  `json:"id"`
	UID      string `json:"uid"`
	Name     string `json:"name"`
	Country  string `json:"country"`
	Location string `json:"location"`
	Default  bool   `json:"default"`
	Inside   string `json:"inside"`
	Driver   string `json:"driver"`
	Note     string `json:"note,omitempty"` // what to know of a range that was just given to it
}

func (a *Verbs) regions(r *http.Request, _ none) ([]Region, error) {
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
		Driver: s.Driver,
	}
}

// region finds a region by name or id; "" is the default one.
func (a *Verbs) region(ctx context.Context, text string) (*cloud.Site, error) {
	list, err := a.Control.RegionList(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if text == "" && s.DefaultFor ||
			text != "" && (strings.EqualFold(s.Name, text) || strings.EqualFold(s.UID.String(), text) || strconv.FormatInt(s.ID, 10) == text) {
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
	Driver   string `json:"driver,omitempty"` // virga (default) or robot
}

func (a *Verbs) addRegion(r *http.Request, in AddRegion) (Region, error) {
	s, err := a.Control.AddRegion(r.Context(), control.NewRegionIn{
		Name: in.Name, Country: in.Country, Location: in.Location, Pool: in.Range, Inside: in.Inside, Driver: in.Driver,
	})
	if err != nil {
		return Region{}, err
	}
	out := regionOf(s)
	out.Note = control.PoolNote(in.Range)
	return out, nil
}

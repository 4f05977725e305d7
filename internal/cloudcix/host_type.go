package cloudcix

import (
	"cmp"
	"reflect"
	"strings"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var serverTypes = listing{op: wirespec.ListServerType.Spec, rows: reflect.TypeFor[typeRow]()}

func (a *API) hostTypes(h wire.Handlers) {
	types(a, h, wirespec.ListServerType, wirespec.ReadServerType, (*control.Txn).ServerTypes, serverTypeOf)
}

// types mounts a catalogue of types.
func types[M any](a *API, h wire.Handlers, many op.Op[op.None, wirespec.Page[M, wirespec.ListMetadata]], one op.Op[op.None, wirespec.Content[M]],
	all func(*control.Txn) ([]control.HostType, error), show func(control.HostType) M,
) {
	find := func(t *control.Txn, p control.Pick) (control.HostType, error) {
		rows, err := all(t)
		for _, row := range rows {
			if row.ID == p.ID {
				return row, err
			}
		}
		noun := strings.TrimSuffix(group(one.ID), "_read")
		return control.HostType{}, cmp.Or(err, error(cloud.Errorf(cloud.NotFound, noun+".missing", "There is no such %s.", noun)))
	}
	catalogue(a, h, many, all, typeRows, show)
	get(a, h, one, find, pure(show))
}

// typeRow has what a type can be filtered by, once for each region it is in.
type typeRow struct {
	ID       int64
	Name     string
	RegionID int64
}

func typeRows(h control.HostType) []any {
	return byRegion(h.Regions, func(region int64) any { return typeRow{h.ID, h.Name, region} })
}

func serverTypeOf(h control.HostType) wirespec.ServerType {
	return wirespec.ServerType{Created: stamp(h.Created), ID: h.ID, Name: h.Name, Updated: stamp(h.Created), URI: uri("server_type", h.ID)}
}

package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var serverTypes = listing{op: wirespec.ListServerType.Spec, rows: reflect.TypeFor[typeRow]()}

func (a *API) hostTypes(h wire.Handlers) {
	catalogue(a, h, wirespec.ListServerType, wirespec.ReadServerType, (*control.Txn).ServerTypes, typeRows, pure(serverTypeOf))
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

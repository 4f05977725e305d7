package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var serverTypes = listing{op: wirespec.ListServerType.Spec, rows: reflect.TypeFor[wirespec.ServerType]()}

func (a *API) hostTypes(h wire.Handlers) {
	catalogue(a, h, wirespec.ListServerType, wirespec.ReadServerType, (*control.Txn).ServerTypes, serverTypeOf)
}

func serverTypeOf(h control.HostType) wirespec.ServerType {
	return wirespec.ServerType{Created: stamp(h.Created), ID: h.ID, Name: h.Name, Updated: stamp(h.Created), URI: uri("server_type", h.ID)}
}

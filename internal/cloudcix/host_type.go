package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var serverTypes = listing{op: wirespec.ListServerType.Spec, rows: reflect.TypeFor[wirespec.ServerType]()}

var storageTypes = listing{
	op: wirespec.ListStorageType.Spec, rows: reflect.TypeFor[wirespec.StorageType](),
	named: map[string]column{"regions__region": {field: "regions"}},
}

func (a *API) hostTypes(h wire.Handlers) {
	catalogue(a, h, wirespec.ListServerType, wirespec.ReadServerType, (*control.Txn).ServerTypes, serverTypeOf)
	catalogue(a, h, wirespec.ListStorageType, wirespec.ReadStorageType, (*control.Txn).StorageTypes, storageTypeOf)
}

func serverTypeOf(h control.HostType) wirespec.ServerType {
	return wirespec.ServerType{Created: stamp(h.Created), ID: h.ID, Name: h.Name, Updated: stamp(h.Created), URI: uri("server_type", h.ID)}
}

func storageTypeOf(h control.HostType) wirespec.StorageType {
	return wirespec.StorageType{
		Created: stamp(h.Created), ID: h.ID, Name: h.Name, Regions: append([]int64{}, h.Regions...), Updated: stamp(h.Created),
		URI: uri("storage_type", h.ID),
	}
}

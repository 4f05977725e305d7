package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var storageTypes = listing{
	op: wirespec.ListStorageType.Spec, rows: reflect.TypeFor[typeRow](),
	named: map[string]column{"regions__region": {field: "region_id"}},
}

func (a *API) listStorageType(r *wire.Request) (wire.Answer, error) {
	l, s := a.asked(r)
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, err := t.StorageTypes()
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.StorageType, len(rows))
		for i, row := range rows {
			items[i] = storageTypeOf(row)
		}
		items, total, err := sift(items, s, l, func(i wirespec.StorageType) []any {
			return byRegion(i.Regions, func(region int64) any { return typeRow{i.ID, i.Name, region} })
		})
		return page(items, s, total), err
	})
}

func (a *API) readStorageType(r *wire.Request) (wire.Answer, error) {
	return a.read(r, func(t *control.Txn) (any, error) {
		row, err := typeByID(t.StorageTypes, "storage_type", id(r, "pk").ID)
		if err != nil {
			return nil, err
		}
		return content(storageTypeOf(row)), nil
	})
}

func storageTypeOf(h control.HostType) wirespec.StorageType {
	return wirespec.StorageType{
		Created: stamp(h.Created), ID: h.ID, Name: h.Name, Regions: append([]int64{}, h.Regions...), Updated: stamp(h.Created),
		URI: uri("storage_type", h.ID),
	}
}

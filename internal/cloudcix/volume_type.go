package cloudcix

import (
	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var storageTypes = list{
	table: wire.NewSearchTable("id", "id n, name s, regions__region n"),
	cols:  map[string]column{"id": {field: "id"}, "name": {field: "name", kind: words}, "regions__region": {field: "region_id"}},
}

func (a *API) listStorageType(r *wire.Request) (wire.Answer, error) {
	s := storageTypes.table.Parse(r.Query)
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, err := t.StorageTypes()
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.StorageType, len(rows))
		for i, row := range rows {
			items[i] = storageTypeOf(row)
		}
		items, total, err := sift(items, s, storageTypes, func(i wirespec.StorageType) []any {
			rows := []any{}
			for _, region := range i.Regions {
				rows = append(rows, typeRow{i.ID, i.Name, region})
			}
			if len(rows) == 0 {
				rows = append(rows, typeRow{i.ID, i.Name, 0})
			}
			return rows
		}, func(string) func(a, b wirespec.StorageType) int {
			return func(a, b wirespec.StorageType) int { return compare(a.ID, b.ID) }
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

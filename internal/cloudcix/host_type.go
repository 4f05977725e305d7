package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var serverTypes = listing{op: wirespec.ListServerType.Spec, rows: reflect.TypeFor[typeRow]()}

// typeRow has what a row of these catalogues can be filtered by.
type typeRow struct {
	ID       int64
	Name     string
	RegionID int64
}

func (a *API) listServerType(r *wire.Request) (wire.Answer, error) {
	l, s := a.asked(r)
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, err := t.ServerTypes()
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.ServerType, len(rows))
		for i, row := range rows {
			items[i] = serverTypeOf(row)
		}
		items, total, err := sift(items, s, l, func(i wirespec.ServerType) []any { return []any{typeRow{ID: i.ID, Name: i.Name}} })
		return page(items, s, total), err
	})
}

func (a *API) readServerType(r *wire.Request) (wire.Answer, error) {
	return a.read(r, func(t *control.Txn) (any, error) {
		row, err := typeByID(t.ServerTypes, "server_type", id(r, "pk").ID)
		if err != nil {
			return nil, err
		}
		return content(serverTypeOf(row)), nil
	})
}

func serverTypeOf(h control.HostType) wirespec.ServerType {
	return wirespec.ServerType{Created: stamp(h.Created), ID: h.ID, Name: h.Name, Updated: stamp(h.Created), URI: uri("server_type", h.ID)}
}

func typeByID(rows func() ([]control.HostType, error), noun string, id int64) (control.HostType, error) {
	list, err := rows()
	if err != nil {
		return control.HostType{}, err
	}
	for _, h := range list {
		if h.ID == id {
			return h, nil
		}
	}
	return control.HostType{}, cloud.Errorf(cloud.NotFound, noun+".missing", "There is no such %s.", noun)
}

package cloudcix

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Stock keeping units (section 21).
const (
	skuCPU     = "vCPU_001"
	skuRAM     = "RAM_001"
	skuNAT     = "NAT_001"
	skuGPU     = "GPU_001"
	skuUnknown = "SKU_Not_Available"
)

// skuStorage is the unit of a storage type.
func skuStorage(kind int64) string {
	if name := control.StorageTypeName(kind); name != "" {
		return name + "_001"
	}
	return "ST_SKU_Not_Available"
}

var vmHistories = listing{
	op: wirespec.ListVMHistory.Spec, rows: reflect.TypeFor[cloud.Event](),
	named: map[string]column{
		"created": {field: "at"}, "customer_address": {field: "site_id"}, "modified_by": {field: "user_id"}, "vm_id": {field: "object_id"},
		// Units and storages are not columns of an event.
		"cpu_sku": {field: "cpu", inGo: unitRows}, "image_sku": {field: "image", inGo: unitRows}, "nat_sku": {field: "nat", inGo: unitRows},
		"ram_sku": {field: "ram", inGo: unitRows}, "storage_histories__gb_sku": {field: "disk", inGo: unitRows},
		"storage_histories__storage_id": {field: "disk_id", inGo: unitRows},
	},
}

// unitRow is what a line of a history can be filtered by, once for each storage.
type unitRow struct {
	CPU, Image, NAT, RAM, Disk *string
	DiskID                     *int64
}

var unitRows = reflect.TypeFor[unitRow]()

func (a *API) serverHistories(h wire.Handlers) { h[wirespec.ListVMHistory.ID] = a.listVMHistory }

// listVMHistory is newest first: its only order, created, counts backwards when
// nothing else was asked (section 22).
func (a *API) listVMHistory(r *wire.Request) (wire.Answer, error) {
	l, s := a.asked(r)
	order, _ := r.QueryText("order")
	s.Desc = order != "created"
	stored, units := s, s
	stored.Filters, units.Filters = l.split(s.Filters)
	units.Order = "" // the query has ordered them
	q, err := l.query(stored)
	if err != nil {
		return wire.Answer{}, err
	}
	if len(units.Filters) > 0 {
		q.Limit, q.Offset = 0, 0
	}
	return a.read(r, func(t *control.Txn) (any, error) {
		events, total, err := t.Changes("server", q)
		if err != nil {
			return nil, err
		}
		items, err := historyOf(t, events, past{map[int64]*cloud.Server{}, map[int64]*cloud.Image{}, map[int64]string{}})
		if err != nil {
			return nil, err
		}
		if len(units.Filters) > 0 {
			items, total, err = sift(items, units, l, unitsOf)
		}
		return page(items, s, total), err
	})
}

func unitsOf(h wirespec.VMHistory) []any {
	row := unitRow{CPU: h.CPUSKU, Image: h.ImageSKU, NAT: h.NATSKU, RAM: h.RAMSKU}
	rows := []any{}
	for _, s := range h.Storages {
		row.Disk, row.DiskID = s.GbSKU, &s.StorageID
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		rows = append(rows, row)
	}
	return rows
}

// readHistory reads the histories of machines, oldest event last.
func (s *scene) readHistory(vms []*control.View) error {
	p := past{servers: map[int64]*cloud.Server{}, images: map[int64]*cloud.Image{}, projects: map[int64]string{}}
	ids := make([]int64, len(vms))
	for i, v := range vms {
		ids[i] = v.ID
		p.servers[v.ID] = v.Server
		if v.Image != nil {
			p.images[v.ImageID] = v.Image
		}
	}
	for id, project := range s.projects {
		p.projects[id] = project.Name
	}
	events, err := s.t.History("server", ids...)
	if err != nil {
		return err
	}
	slices.Reverse(events)
	rows, err := historyOf(s.t, events, p)
	if err != nil {
		return err
	}
	s.history, s.storages = make(map[int64][]wirespec.VMHistory, len(vms)), make(map[int64][]wirespec.StorageHistory, len(vms))
	for len(rows) > 0 { // machine by machine
		id, n := rows[0].VMID, 0
		for ; n < len(rows) && rows[n].VMID == id; n++ {
			for _, line := range rows[n].Storages {
				s.storages[line.StorageID] = append(s.storages[line.StorageID], line)
			}
		}
		s.history[id] = rows[:n:n]
		rows = rows[n:]
	}
	return nil
}

// past is what events of servers name.
type past struct {
	servers  map[int64]*cloud.Server
	images   map[int64]*cloud.Image
	projects map[int64]string // names
}

// complete reads what events name and nobody has read before.
func (p *past) complete(t *control.Txn, events []*cloud.Event) error {
	var servers, images, projects []int64
	for _, e := range events {
		if p.servers[e.ObjectID] == nil {
			servers = append(servers, e.ObjectID)
		}
		if _, ok := p.projects[e.ProjectID]; !ok {
			projects = append(projects, e.ProjectID)
		}
	}
	more, err := t.ServersByID(distinct(servers), "image_id", "storage_type")
	if err != nil {
		return err
	}
	for id, s := range more {
		p.servers[id] = s
		if p.images[s.ImageID] == nil {
			images = append(images, s.ImageID)
		}
	}
	pictures, err := t.ImagesByID(distinct(images), "sku")
	if err != nil {
		return err
	}
	maps.Copy(p.images, pictures)
	named, err := t.ProjectsByID(distinct(projects), "name")
	for id, project := range named {
		p.projects[id] = project.Name
	}
	return err
}

// distinct sorts ids and drops what is there twice.
func distinct(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// historyOf shows events of servers. The start of an operation carries its
// quantities, the end only the state that it led to.
func historyOf(t *control.Txn, events []*cloud.Event, p past) ([]wirespec.VMHistory, error) {
	if err := p.complete(t, events); err != nil {
		return nil, err
	}
	rows := make([]wirespec.VMHistory, len(events))
	for i, e := range events {
		var img *cloud.Image
		s := p.servers[e.ObjectID]
		if s != nil {
			img = p.images[s.ImageID]
		}
		rows[i] = eventOf(e, s, img, p.projects[e.ProjectID])
	}
	return rows, nil
}

func eventOf(e *cloud.Event, s *cloud.Server, img *cloud.Image, project string) wirespec.VMHistory {
	h := wirespec.VMHistory{
		Created: stamp(e.At), CustomerAddress: e.SiteID, ModifiedBy: e.UserID, ProjectID: e.ProjectID,
		ProjectVMName: project + "_" + e.Object, State: ptr(int64(e.State)), VMID: e.ObjectID,
		Storages: []wirespec.StorageHistory{}, StorageHistories: []wirespec.StorageHistory{},
	}
	if e.End {
		return h
	}
	put := func(name, sku string, to **int64, unit **string) {
		if n, ok := e.Quantity[name]; ok {
			v := int64(n)
			if name == "ram" {
				v = gigabytes(n)
			}
			*to, *unit = &v, &sku
		}
	}
	put("cpu", skuCPU, &h.CPUQuantity, &h.CPUSKU)
	put("ram", skuRAM, &h.RAMQuantity, &h.RAMSKU)
	put("nat", skuNAT, &h.NATQuantity, &h.NATSKU)
	put("gpu", skuGPU, &h.GPUQuantity, &h.GPUSKU)
	put("image", skuImage(img), &h.ImageQuantity, &h.ImageSKU)
	disk := "ST_SKU_Not_Available"
	if s != nil {
		disk = skuStorage(s.StorageType)
	}
	for name, n := range e.Quantity {
		if text, ok := strings.CutPrefix(name, "storage:"); ok {
			if id, err := strconv.ParseInt(text, 10, 64); err == nil {
				h.Storages = append(h.Storages, wirespec.StorageHistory{GbQuantity: ptr(int64(n)), GbSKU: ptr(disk), StorageID: id})
			}
		}
	}
	slices.SortFunc(h.Storages, func(a, b wirespec.StorageHistory) int { return cmp.Compare(a.StorageID, b.StorageID) })
	h.StorageHistories = h.Storages
	return h
}

// skuImage is the unit of an image in a history.
func skuImage(i *cloud.Image) string {
	if i == nil || i.SKU == "" {
		return skuUnknown
	}
	return i.SKU
}

package cloudcix

import (
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

var vmHistories = list{
	table: wire.NewSearchTable("created",
		"cpu_sku s, created n, customer_address n, id n, image_sku s, modified_by n, project_id n, nat_sku s, ram_sku s, state n, storage_histories__gb_sku s, storage_histories__storage_id n, vm_id n"),
	cols: map[string]column{
		"created": {field: "at", kind: moment}, "customer_address": {field: "site_id"}, "id": {field: "id"}, "modified_by": {field: "user_id"},
		"project_id": {field: "project_id"}, "state": {field: "state"}, "vm_id": {field: "object_id"},
	},
	order: map[string]cloud.Order{"created": {Field: "at", Desc: true}},
}

// unitFilters are looked at in Go: units and storages are not columns of an event.
var unitFilters = []string{"cpu_sku", "image_sku", "nat_sku", "ram_sku", "storage_histories__gb_sku", "storage_histories__storage_id"}

// listVMHistory is newest first: its only order, created, counts backwards when
// nothing else was asked (section 22).
func (a *API) listVMHistory(r *wire.Request) (wire.Answer, error) {
	s := vmHistories.table.Parse(r.Query)
	asked, _ := r.QueryText("order")
	s.Desc = asked != "created"
	inGo := slices.ContainsFunc(s.Filters, func(f wire.Filter) bool { return slices.Contains(unitFilters, f.Name) })
	stored, units := s, s
	if inGo {
		stored.Filters, units.Filters = nil, nil
		for _, f := range s.Filters {
			if slices.Contains(unitFilters, f.Name) {
				units.Filters = append(units.Filters, f)
			} else {
				stored.Filters = append(stored.Filters, f)
			}
		}
	}
	q, err := vmHistories.query(stored)
	if err != nil {
		return wire.Answer{}, err
	}
	if inGo {
		q.Limit, q.Offset = 0, 0
	}
	return a.read(r, func(t *control.Txn) (any, error) {
		events, total, err := t.Changes("server", q)
		if err != nil {
			return nil, err
		}
		items, err := historyOf(t, events)
		if err != nil {
			return nil, err
		}
		if inGo {
			items, total, err = sift(items, units, unitColumns, unitRows, func(string) func(a, b wirespec.VMHistory) int {
				return func(a, b wirespec.VMHistory) int { return 0 } // in the order of the query already
			})
		}
		return page(items, s, total), err
	})
}

// unitColumns translates unitFilters for unitRow.
var unitColumns = list{cols: map[string]column{
	"cpu_sku": {field: "cpu", kind: words}, "image_sku": {field: "image", kind: words}, "nat_sku": {field: "nat", kind: words},
	"ram_sku": {field: "ram", kind: words}, "storage_histories__gb_sku": {field: "disk", kind: words},
	"storage_histories__storage_id": {field: "disk_id"},
}}

type unitRow struct {
	CPU, Image, NAT, RAM, Disk string
	DiskID                     int64
}

func unitRows(h wirespec.VMHistory) []any {
	get := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	row := unitRow{CPU: get(h.CPUSKU), Image: get(h.ImageSKU), NAT: get(h.NATSKU), RAM: get(h.RAMSKU)}
	rows := []any{}
	for _, s := range h.Storages {
		row.Disk, row.DiskID = get(s.GbSKU), s.StorageID
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		rows = append(rows, row)
	}
	return rows
}

// readHistory reads the histories of machines, oldest event last.
func (s *scene) readHistory(vms []*control.View, ids []int64) error {
	events, err := s.t.History("server", ids...)
	if err != nil {
		return err
	}
	slices.Reverse(events)
	rows, err := historyOf(s.t, events)
	if err != nil {
		return err
	}
	s.history, s.storages = map[int64][]wirespec.VMHistory{}, map[int64][]wirespec.StorageHistory{}
	for _, h := range rows {
		s.history[h.VMID] = append(s.history[h.VMID], h)
		for _, line := range h.Storages {
			s.storages[line.StorageID] = append(s.storages[line.StorageID], line)
		}
	}
	return nil
}

// historyOf shows events of servers. The start of an operation carries its
// quantities, the end only the state that it led to.
func historyOf(t *control.Txn, events []*cloud.Event) ([]wirespec.VMHistory, error) {
	var servers, projects, images []int64
	for _, e := range events {
		servers, projects = append(servers, e.ObjectID), append(projects, e.ProjectID)
	}
	slices.Sort(servers)
	slices.Sort(projects)
	byID, err := t.ServersByID(slices.Compact(servers)...)
	if err != nil {
		return nil, err
	}
	for _, s := range byID {
		images = append(images, s.ImageID)
	}
	slices.Sort(images)
	pictures, err := t.ImagesByID(slices.Compact(images)...)
	if err != nil {
		return nil, err
	}
	names, err := t.ProjectsByID(slices.Compact(projects)...)
	if err != nil {
		return nil, err
	}
	rows := make([]wirespec.VMHistory, len(events))
	for i, e := range events {
		project := ""
		if p := names[e.ProjectID]; p != nil {
			project = p.Name
		}
		var img *cloud.Image
		s := byID[e.ObjectID]
		if s != nil {
			img = pictures[s.ImageID]
		}
		rows[i] = eventOf(e, s, img, project)
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
	slices.SortFunc(h.Storages, func(a, b wirespec.StorageHistory) int { return compare(a.StorageID, b.StorageID) })
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

package cloudcix

import (
	"cmp"
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var hosts = listing{
	op: wirespec.ListServer.Spec, rows: reflect.TypeFor[cloud.Host](),
	named: map[string]column{
		"gb":                     {field: "disk_gb"},
		"ram":                    {own: hostMemory},
		"type__name":             {own: serverTypeNamed},
		"storage_type__name":     {own: storageTypeNamed},
		"interfaces__ip_address": {own: byInterface},
	},
	order: map[string]cloud.Order{"type__name": {Field: "server_type", Case: serverTypeOrder()}},
}

// serverTypeOrder orders hosts by the names of their types.
func serverTypeOrder() *cloud.Case {
	names := &cloud.Case{Else: ""}
	for id := int64(1); control.ServerTypeName(id) != ""; id++ {
		names.Branches = append(names.Branches, cloud.Branch{When: cloud.Eq("server_type", id), Then: control.ServerTypeName(id)})
	}
	return names
}

// hostMemory is a filter on memory in GB, which is kept in MiB and shown rounded up.
func hostMemory(f searchFilter) (cloud.Cond, bool) {
	c := column{field: "ram", values: number}
	cond, err := c.compare(f)
	return inMiB(cond), err == nil
}

// inMiB is a condition on GB, rounded up, as one on MiB.
func inMiB(c cloud.Cond) cloud.Cond {
	for i := range c.Kids {
		c.Kids[i] = inMiB(c.Kids[i])
	}
	gb := func(v any) int64 { return max(min(v.(int64), maxGB), -1) * 1024 }
	between := func(v any) cloud.Cond {
		return cloud.And(cloud.Cmp(cloud.OpGt, c.Field, gb(v)-1024), cloud.Cmp(cloud.OpLte, c.Field, gb(v)))
	}
	switch c.Op {
	case cloud.OpEq:
		return between(c.Value)
	case cloud.OpIn:
		var some []cloud.Cond
		for _, v := range c.Value.([]any) {
			some = append(some, between(v))
		}
		return cloud.Or(some...)
	case cloud.OpGt, cloud.OpLte:
		c.Value = gb(c.Value)
	case cloud.OpGte, cloud.OpLt:
		switch c.Op {
		case cloud.OpGte:
			c.Op = cloud.OpGt
		default:
			c.Op = cloud.OpLte
		}
		c.Value = gb(c.Value) - 1024
	}
	return c
}

// storageTypeNamed turns a filter on the name of a storage type into one on ids.
func storageTypeNamed(f searchFilter) (cloud.Cond, bool) {
	type row struct{ Name string }
	cond, err := column{field: "name", values: words}.compare(f)
	ids := []int64{}
	for id := int64(1); control.StorageTypeName(id) != ""; id++ {
		if cond.Match(row{control.StorageTypeName(id)}) {
			ids = append(ids, id)
		}
	}
	return cloud.In("storage_type", ids), err == nil
}

// byInterface is a filter on the addresses of a host's network cards.
func byInterface(f searchFilter) (cloud.Cond, bool) {
	cond, err := column{field: "text", values: words}.compare(f)
	return cloud.In("id", cloud.Sub{Kind: "interface", Column: "host_id", Where: cond}), err == nil
}

func (a *API) hosts(h wire.Handlers) {
	index(a, h, wirespec.ListServer, (*control.Txn).Hosts, hostsOf)
	get(a, h, wirespec.ReadServer, (*control.Txn).Host, hostOf)
	write(h, wirespec.CreateServer, hostCreate, a.c.CreateHost, hostOf)
	write(h, wirespec.UpdateServer, hostUpdate, a.c.UpdateHost, hostOf)
	write(h, wirespec.PatchServer, hostUpdate, a.c.UpdateHost, hostOf)
}

func hostCreate(f *form) control.HostIn {
	in := control.HostIn{
		Type: ptr(f.number("type_id", 101, 102)), Model: f.nameIfAny("model", 106, 64), Enabled: f.truthIf("enabled", 105),
		RAM:         f.many("ram", f.number("ram", 107, 108), 109, maxGB),
		Cores:       f.many("cores", f.number("cores", 110, 111), 112, mostCores),
		StorageType: ptr(f.number("storage_type_id", 113, 114)),
		GB:          f.many("gb", f.number("gb", 116, 117), 118, maxSmall),
	}
	if in.GB != nil && *in.GB < leastGB {
		f.add("gb", 118, "gb must be at least %d, not %d.", leastGB, *in.GB)
	}
	in.AssetTag, in.Tagged = f.refIf("asset_tag", 104), sent(f.body.Get("asset_tag"))
	return in
}

// hostUpdate requires nothing: what is not sent stays.
func hostUpdate(f *form) control.HostIn {
	in := control.HostIn{
		Pick: f.object(), Type: f.numberIf("type_id", 112), Model: f.nameIfAny("model", 107, 64), Enabled: f.truthIf("enabled", 104),
		StorageType: f.numberIf("storage_type_id", 110),
	}
	if n := f.numberIf("ram", 108); n != nil {
		in.RAM = f.many("ram", *n, 109, maxGB)
	}
	if n := f.numberIf("cores", 102); n != nil {
		in.Cores = f.many("cores", *n, 103, mostCores)
	}
	if n := f.numberIf("gb", 105); n != nil {
		if in.GB = f.many("gb", *n, 106, maxSmall); in.GB != nil && *in.GB < leastGB {
			f.add("gb", 106, "gb must be at least %d, not %d.", leastGB, *in.GB)
		}
	}
	in.AssetTag, in.Tagged = f.refIf("asset_tag", 101), sent(f.body.Get("asset_tag"))
	return in
}

const (
	leastGB   = 100     // of the disk of a host (section 24)
	mostCores = 1 << 16 // more than any machine has
)

// many is an amount that was read; nil when it is refused, be it before.
func (f *form) many(field string, n int64, bad int, most int64) *int {
	if f.has(field) {
		return nil
	}
	if v := f.amount(field, bad, n, most, ""); v > 0 {
		return &v
	}
	return nil
}

// truthIf reads a boolean that may be left out.
func (f *form) truthIf(field string, kind int) *bool {
	v := f.body.Get(field)
	if !v.Given() {
		return nil
	}
	b, err := v.Bool()
	if err != nil {
		f.add(field, kind, "%s must be true or false.", field)
		return nil
	}
	return &b
}

func hostOf(t *control.Txn, v *control.HostView) (out wirespec.Server, err error) {
	list, err := hostsOf(t, []*control.HostView{v})
	if err != nil {
		return out, err
	}
	return list[0], nil
}

func hostsOf(t *control.Txn, rows []*control.HostView) ([]wirespec.Server, error) {
	types, err := t.ServerTypes()
	if err != nil {
		return nil, err
	}
	disks, err := t.StorageTypes()
	if err != nil {
		return nil, err
	}
	list := make([]wirespec.Server, len(rows))
	for i, v := range rows {
		out := wirespec.Server{
			AssetTag: v.AssetTag, Cores: int64(v.Cores), Created: stamp(v.Created), Enabled: v.Enabled, Gb: int64(v.DiskGB), ID: v.ID,
			Interfaces: []wirespec.Interface{}, Model: v.Model, RAM: int64(v.SizeGB()), RegionID: v.RegionID, Updated: stamp(v.Updated),
			URI: uri("server", v.ID), Vcpus: int64(v.Cores) * 8,
		}
		for _, card := range v.Interfaces {
			if out.Interfaces = append(out.Interfaces, interfaceOf(card)); card.Enabled && out.Hostname == "" {
				out.Hostname = card.Hostname
			}
		}
		if v.LastSeen != nil {
			out.Hostname = cmp.Or(out.Hostname, v.Name)
		}
		if n := v.ServerType; n >= 1 && n <= int64(len(types)) { // by their order
			out.Type = serverTypeOf(types[n-1])
		}
		if n := v.StorageType; n >= 1 && n <= int64(len(disks)) {
			out.StorageType = storageTypeOf(disks[n-1])
		}
		list[i] = out
	}
	return list, nil
}

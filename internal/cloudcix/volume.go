package cloudcix

import (
	"fmt"
	"reflect"
	"strconv"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var storages = listing{
	op: wirespec.ListStorage.Spec, rows: reflect.TypeFor[cloud.Volume](),
	named: map[string]column{"gb": {field: "size_gb"}, "primary": {field: "main"}},
}

func (a *API) volumes(h wire.Handlers) {
	h[wirespec.ListStorage.ID] = a.listStorage
	getAny(a, h, wirespec.ReadStorage, readStorage)
	write(h, wirespec.CreateStorage, storageCreate, a.c.ChangeServer, newStorage)
}

func (a *API) listStorage(r *wire.Request) (wire.Answer, error) {
	l, s := a.asked(r)
	return a.read(r, func(t *control.Txn) (any, error) {
		v, err := t.Server(id(r, "vm_id"))
		if err != nil {
			return nil, err
		}
		rows := []*cloud.Volume{}
		for _, vol := range v.Volumes {
			if vol.Kind == cloud.DiskVolume {
				rows = append(rows, vol)
			}
		}
		rows, total, err := sift(rows, s, l, func(v *cloud.Volume) []any { return []any{v} })
		if err != nil {
			return nil, err
		}
		sc, err := newScene(t, []*control.View{v}, nil)
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.Storage, len(rows))
		for i, vol := range rows {
			items[i] = sc.storageOf(vol)
		}
		return page(items, s, total), nil
	})
}

func readStorage(t *control.Txn, r *wire.Request) (wirespec.Storage, error) {
	v, err := t.Server(id(r, "vm_id"))
	if err != nil {
		return wirespec.Storage{}, err
	}
	pk := id(r, "pk").ID
	for _, vol := range v.Volumes {
		if vol.ID == pk && vol.Kind == cloud.DiskVolume {
			return showStorage(t, v, vol)
		}
	}
	return wirespec.Storage{}, cloud.Errorf(cloud.NotFound, "disk.missing", "The virtual machine has no such storage.")
}

func showStorage(t *control.Txn, v *control.View, vol *cloud.Volume) (wirespec.Storage, error) {
	sc, err := newScene(t, []*control.View{v}, nil)
	if err != nil {
		return wirespec.Storage{}, err
	}
	return sc.storageOf(vol), nil
}

// storageCreate adds a disk to a machine; the machine goes to 10 or 15.
func storageCreate(f *form) control.ChangeServerIn {
	d := storageIn(f.body, func(field string, n int, text string) { f.add(field, n, "%s", text) })
	return control.ChangeServerIn{Pick: id(f.r, "vm_id"), Limits: limits, Disks: []control.DiskIn{d}}
}

// newStorage is the storage that was just made: the newest.
func newStorage(t *control.Txn, v *control.View) (wirespec.Storage, error) {
	var newest *cloud.Volume
	for _, vol := range v.Volumes {
		if vol.Kind == cloud.DiskVolume && (newest == nil || vol.ID > newest.ID) {
			newest = vol
		}
	}
	if newest == nil {
		return wirespec.Storage{}, fmt.Errorf("the storage that was just made is not there")
	}
	return showStorage(t, v, newest)
}

// storageIn reads an item of StorageCreate. The codes are those of the group
// storage_create wherever it stands.
func storageIn(body wire.Object, bad func(field string, n int, text string)) control.DiskIn {
	var d control.DiskIn
	if v := body.Get("gb"); !v.Given() {
		bad("gb", 101, "gb is required.")
	} else if n, err := v.Int(); err != nil {
		bad("gb", 102, "gb must be an integer.")
	} else if d.SizeGB = small(n); limits.CheckDisk(d.SizeGB) != nil { // said also where the core gets nowhere
		bad("gb", 103, fmt.Sprintf("gb must be %d to %d, not %d.", limits.DiskMin, limits.DiskMax, n))
	}
	name, err := body.Get("name").Text()
	switch n := len([]rune(name)); {
	case err != nil || n == 0:
		bad("name", 104, "name is required.")
	case n > storageNameMax:
		bad("name", 105, fmt.Sprintf("name has %d characters, at most %d are allowed.", n, storageNameMax))
	case cloud.CheckText("name", name) != nil:
		bad("name", 104, cloud.CheckText("name", name).Message+".")
	}
	d.Name = name
	if v := body.Get("primary"); sent(v) {
		if d.Main, err = v.Bool(); err != nil {
			bad("primary", 106, "primary must be true or false.")
		}
	}
	return d
}

func (s *scene) storageOf(v *cloud.Volume) wirespec.Storage {
	return wirespec.Storage{
		Created: stamp(v.Created), Gb: int64(v.SizeGB), History: append([]wirespec.StorageHistory{}, s.storages[v.ID]...), ID: v.ID,
		Name: v.Name, Primary: v.Main, Updated: stamp(v.Updated), VMID: v.ServerID,
		URI: uri("vm", v.ServerID) + "storage/" + strconv.FormatInt(v.ID, 10) + "/",
	}
}

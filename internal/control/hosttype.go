package control

import (
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// HostType is a fixed row of a CloudCIX catalogue.
type HostType struct {
	ID      int64
	Name    string
	Created time.Time // of the installation: member 1
	Regions []int64   // storage types: where hosts have it
}

// names of the fixed rows; the position is the id.
var (
	serverTypes  = []string{1: "HyperV", 2: "KVM", 3: "Phantom", 4: "GPU A100", 5: "GPU H100"}
	storageTypes = []string{hdd: "HDD", ssd: "SSD"}
)

// Kinds of disks.
const (
	hdd = 1
	ssd = 2
)

// ServerTypes lists the kinds of machines that run servers.
func (t *Txn) ServerTypes() ([]HostType, error) { return t.hostTypes(serverTypes) }

// StorageTypes lists the kinds of disks with the regions whose enabled hosts
// have them.
func (t *Txn) StorageTypes() ([]HostType, error) {
	list, err := t.hostTypes(storageTypes)
	if err != nil {
		return nil, err
	}
	hosts, err := store.Find[cloud.Host](t.Tx, cloud.Where(cloud.Eq("enabled", true)).By("region_id"))
	if err != nil {
		return nil, err
	}
	for _, h := range hosts {
		if h.StorageType < 1 || h.StorageType > int64(len(list)) {
			continue
		}
		s := &list[h.StorageType-1]
		if n := len(s.Regions); n == 0 || s.Regions[n-1] != h.RegionID {
			s.Regions = append(s.Regions, h.RegionID)
		}
	}
	return list, nil
}

func (t *Txn) hostTypes(names []string) ([]HostType, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	var born time.Time
	m, err := store.Get[cloud.Member](t.Tx, 1)
	switch {
	case err == nil:
		born = m.Created
	case !store.None(err):
		return nil, err
	}
	var list []HostType
	for id, name := range names {
		if name != "" {
			list = append(list, HostType{ID: int64(id), Name: name, Created: born})
		}
	}
	return list, nil
}

// StorageTypeName is the name of a storage type, "" for an unknown one.
func StorageTypeName(id int64) string {
	if id < 1 || id >= int64(len(storageTypes)) {
		return ""
	}
	return storageTypes[id]
}

// ServerTypesNamed gives the ids of the server types whose name fits.
func ServerTypesNamed(fits func(string) bool) []int64 {
	ids := []int64{}
	for id, name := range serverTypes {
		if name != "" && fits(name) {
			ids = append(ids, int64(id))
		}
	}
	return ids
}

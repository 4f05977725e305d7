package control

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Kinds of disks.
const (
	hdd = 1
	ssd = 2
)

// storageTypes are the names of the fixed rows; the position is the id.
var storageTypes = []string{hdd: "HDD", ssd: "SSD"}

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

// StorageTypeName is the name of a storage type, "" for an unknown one.
func StorageTypeName(id int64) string {
	if id < 1 || id >= int64(len(storageTypes)) {
		return ""
	}
	return storageTypes[id]
}

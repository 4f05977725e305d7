package control

import (
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Kinds of disks; storageTypes are their names.
const (
	hdd = 1
	ssd = 2
)

var storageTypes = []string{hdd - 1: "HDD", ssd - 1: "SSD"}

// StorageTypes lists the kinds of disks with the regions whose enabled hosts
// have them.
func (t *Txn) StorageTypes() ([]HostType, error) {
	list, err := t.hostTypes(storageTypes)
	if err != nil {
		return nil, err
	}
	hosts, err := store.Find[cloud.Host](t.Tx, cloud.Where(cloud.Eq("enabled", true)).By("region_id"))
	for _, h := range hosts {
		if StorageTypeName(h.StorageType) != "" && !slices.Contains(list[h.StorageType-1].Regions, h.RegionID) {
			list[h.StorageType-1].Regions = append(list[h.StorageType-1].Regions, h.RegionID)
		}
	}
	return list, err
}

// StorageTypeName is the name of a storage type, "" for an unknown one.
func StorageTypeName(id int64) string {
	if id < 1 || id > int64(len(storageTypes)) {
		return ""
	}
	return storageTypes[id-1]
}

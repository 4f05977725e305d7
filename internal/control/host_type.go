package control

import (
	"errors"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// HostType is a row of a fixed catalogue of CloudCIX: types of servers (ServerType)
// and of storage.
type HostType struct {
	ID      int64
	Name    string
	Created time.Time // of the installation: member 1
	Regions []int64   // storage types: where enabled hosts have it
}

// Kinds of disks.
const (
	hdd = 1
	ssd = 2
)

// The names of the rows; the first has the id 1.
var (
	serverTypes  = []string{"HyperV", "KVM", "Phantom", "GPU A100", "GPU H100"}
	storageTypes = []string{hdd - 1: "HDD", ssd - 1: "SSD"}
)

// ServerTypes lists the kinds of machines that run servers.
func (t *Txn) ServerTypes() ([]HostType, error) { return t.hostTypes(serverTypes) }

// StorageTypes lists the kinds of disks.
func (t *Txn) StorageTypes() ([]HostType, error) {
	list, err := t.hostTypes(storageTypes)
	for i := range list {
		var e error
		list[i].Regions, e = store.Distinct[cloud.Host](t.Tx, "region_id", cloud.Eq("storage_type", list[i].ID), cloud.Eq("enabled", true))
		err = errors.Join(err, e)
	}
	return list, err
}

func (t *Txn) hostTypes(names []string) ([]HostType, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	operator, err := store.Get[cloud.Member](t.Tx, 1)
	if err != nil {
		return nil, err
	}
	list := make([]HostType, len(names))
	for i, name := range names {
		list[i] = HostType{ID: int64(i + 1), Name: name, Created: operator.Created}
	}
	return list, nil
}

// StorageTypeName is the name of a storage type, "" for an unknown one.
func StorageTypeName(id int64) string {
	if id < 1 || id > int64(len(storageTypes)) {
		return ""
	}
	return storageTypes[id-1]
}

// ServerTypesNamed gives the ids of the server types whose name fits.
func ServerTypesNamed(fits func(string) bool) []int64 {
	ids := []int64{}
	for i, name := range serverTypes {
		if fits(name) {
			ids = append(ids, int64(i+1))
		}
	}
	return ids
}

// ServerTypeName is the name of a server type, "" for an unknown one.
func ServerTypeName(id int64) string {
	if id < 1 || id > int64(len(serverTypes)) {
		return ""
	}
	return serverTypes[id-1]
}

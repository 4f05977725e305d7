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

// serverTypes are the names of the fixed rows; the position is the id.
var serverTypes = []string{1: "HyperV", 2: "KVM", 3: "Phantom", 4: "GPU A100", 5: "GPU H100"}

// ServerTypes lists the kinds of machines that run servers.
func (t *Txn) ServerTypes() ([]HostType, error) { return t.hostTypes(serverTypes) }

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

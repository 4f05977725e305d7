package control

import (
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
	Regions []int64   // storage types: where hosts have it
}

// serverTypes are the names of the rows; the first has the id 1.
var serverTypes = []string{"HyperV", "KVM", "Phantom", "GPU A100", "GPU H100"}

// ServerTypes lists the kinds of machines that run servers.
func (t *Txn) ServerTypes() ([]HostType, error) { return t.hostTypes(serverTypes) }

func (t *Txn) hostTypes(names []string) ([]HostType, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	operator, err := store.Get[cloud.Member](t.Tx, 1)
	if store.None(err) {
		operator, err = &cloud.Member{}, nil
	}
	list := make([]HostType, len(names))
	for i, name := range names {
		list[i] = HostType{ID: int64(i + 1), Name: name}
		if err == nil {
			list[i].Created = operator.Created
		}
	}
	return list, err
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

package oneandone

import (
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Kinds of flavors. One of each may carry the same id, because they live under
// different paths (contract, section 14).
const (
	fixed     = "fixed"
	baremetal = "baremetal"
)

func (a *api) flavors(h wire.Handlers) {
	short(a, h, oneandone.ListFixedInstanceSizes, func(t *control.Txn, _ *wire.Request) ([]oneandone.FixedInstanceSize, error) {
		return flavorsOf(t, fixed, fixedSize)
	})
	read(a, h, oneandone.GetFixedInstanceSize, func(t *control.Txn, r *wire.Request) (oneandone.FixedInstanceSize, error) {
		return flavorOf(t, r, fixed, "fixed_instance_size_id", fixedSize)
	})
	short(a, h, oneandone.ListBaremetalModels, func(t *control.Txn, _ *wire.Request) ([]oneandone.BaremetalModel, error) {
		return flavorsOf(t, baremetal, baremetalModel)
	})
	read(a, h, oneandone.GetBaremetalModel, func(t *control.Txn, r *wire.Request) (oneandone.BaremetalModel, error) {
		return flavorOf(t, r, baremetal, "baremetal_model_id", baremetalModel)
	})
}

func flavorsOf[E any](t *control.Txn, kind string, show func(*cloud.Flavor) E) ([]E, error) {
	all, err := t.Flavors(kind)
	if err != nil {
		return nil, err
	}
	list := make([]E, len(all))
	for i, f := range all {
		list[i] = show(f)
	}
	return list, nil
}

func flavorOf[E any](t *control.Txn, r *wire.Request, kind, param string, show func(*cloud.Flavor) E) (E, error) {
	var none E
	pick, err := inPath(r, param)
	if err != nil {
		return none, err
	}
	f, err := t.Flavor(kind, pick)
	if err != nil {
		return none, err
	}
	return show(f), nil
}

// flavorPick turns the id of a flavor into its key, since the id alone does not
// say of which kind it is. Flavors never change, so this needs no transaction
// with the verb.
func (a *api) flavorPick(r *wire.Request, kind, field, id string) (control.Pick, error) {
	pick, err := pickID(field, id)
	if err != nil {
		return pick, err
	}
	err = a.c.Read(r.Context(), callOf(r), func(t *control.Txn) error {
		f, err := t.Flavor(kind, pick)
		if cloud.IsKind(err, cloud.NotFound) {
			return nothing(field, id)
		}
		if err != nil {
			return err
		}
		pick = control.Pick{ID: f.ID}
		return nil
	})
	return pick, err
}

func fixedSize(f *cloud.Flavor) oneandone.FixedInstanceSize {
	return oneandone.FixedInstanceSize{
		ID: f.UID.String(), Name: f.Name,
		Hardware: oneandone.FixedInstanceSizeHardware{
			Vcore: f.VCPU, CoresPerProcessor: f.Cores, RAM: gigabytes(f.RAM), Unit: "GB",
			Hdds: []oneandone.FlavorHDD{{Size: f.DiskGB, Unit: "GB", IsMain: true}},
		},
	}
}

func baremetalModel(f *cloud.Flavor) oneandone.BaremetalModel {
	return oneandone.BaremetalModel{
		ID: f.UID.String(), Name: f.Name, State: ptr("ACTIVE"),
		Hardware: oneandone.BaremetalModelHardware{
			Core: f.VCPU, Cores: ptr(f.VCPU), CoresPerProcessor: f.Cores, RAM: gigabytes(f.RAM), Unit: "GB",
			Hdds: []oneandone.BaremetalModelHardwareHdds{{Size: f.DiskGB, Unit: "GB", IsMain: true}},
		},
	}
}

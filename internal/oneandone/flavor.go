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
	sizes, size := flavorsOf(fixed)
	short(a, h, oneandone.ListFixedInstanceSizes, each(sizes, fixedSize))
	get(a, h, oneandone.GetFixedInstanceSize, size, pure(fixedSize))
	models, model := flavorsOf(baremetal)
	short(a, h, oneandone.ListBaremetalModels, each(models, baremetalModel))
	get(a, h, oneandone.GetBaremetalModel, model, pure(baremetalModel))
}

// flavorsOf lists the flavors of a kind, and finds one.
func flavorsOf(kind string) (
	list func(*control.Txn) ([]*cloud.Flavor, error), one func(*control.Txn, control.Pick) (*cloud.Flavor, error),
) {
	return func(t *control.Txn) ([]*cloud.Flavor, error) { return t.Flavors(kind) },
		func(t *control.Txn, p control.Pick) (*cloud.Flavor, error) { return t.Flavor(kind, p) }
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

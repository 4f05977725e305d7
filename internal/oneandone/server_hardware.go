package oneandone

import (
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Shape and disks of a server.
func (a *api) hardware(h wire.Handlers) {
	readServer(a, h, oneandone.GetServerHardware, func(t *control.Txn, v *control.View, _ *wire.Request) (oneandone.Hardware, error) {
		return shape(t, v), nil
	})
	readServer(a, h, oneandone.ListServerHdds, func(t *control.Txn, v *control.View, _ *wire.Request) ([]oneandone.HDD, error) {
		return shape(t, v).Hdds, nil
	})
	readServer(a, h, oneandone.GetServerHDD, func(t *control.Txn, v *control.View, r *wire.Request) (oneandone.HDD, error) {
		pick, err := inPath(r, "hdd_id")
		if err != nil {
			return oneandone.HDD{}, err
		}
		for _, d := range shape(t, v).Hdds {
			if d.ID == pick.UID.String() {
				return d, nil
			}
		}
		return oneandone.HDD{}, nothing("hdd_id", r.Path("hdd_id"))
	})
	write(h, oneandone.UpdateServerHardware, resizeIn, a.c.ResizeServer, began)
	write(h, oneandone.AddServerHdds, addDisksIn, a.c.AddDisks, began)
	write(h, oneandone.ResizeServerHDD, func(f *form) control.DisksIn {
		boolean(f.body, &f.bad, "is_main") // the Go client always sends false; nothing changes
		return control.DisksIn{Pick: f.parent(), Disk: f.path("hdd_id"), Limits: limits, SizeGB: diskSize(f.body, &f.bad)}
	}, a.c.ResizeDisk, began)
	write(h, oneandone.DeleteServerHDD, func(f *form) control.DisksIn {
		return control.DisksIn{Pick: f.parent(), Disk: f.path("hdd_id")}
	}, a.c.RemoveDisk, began)
}

func addDisksIn(f *form) control.DisksIn {
	in := control.DisksIn{Pick: f.parent(), Limits: limits, Add: disksIn(f.body, &f.bad)}
	if len(in.Add) == 0 && !f.bad.Has("hdds") {
		f.bad.Add(cloud.Errorf(cloud.Invalid, "required", "needs at least one disk").On("hdds"))
	}
	return in
}

// resizeIn reads a change of hardware: null, 0 and absent mean unchanged.
func resizeIn(f *form) control.HardwareIn {
	in := control.HardwareIn{
		Pick: f.parent(), Limits: limits, Flavor: f.id("fixed_instance_size_id"),
		VCPU: whole(f.body, &f.bad, "vcore"), Cores: whole(f.body, &f.bad, "cores_per_processor"),
	}
	in.RAM, in.RAMSent = memory(f.body, &f.bad, "ram")
	positive(&f.bad, "vcore", in.VCPU)
	positive(&f.bad, "cores_per_processor", in.Cores)
	positive(&f.bad, "ram", in.RAM)
	return in
}

// positive refuses what is below "unchanged".
func positive(p *cloud.Problems, field string, n int) {
	if n < 0 {
		p.Add(cloud.Errorf(cloud.Invalid, "negative", "must not be negative").On(field))
	}
}

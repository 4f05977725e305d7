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
	change(a, h, oneandone.UpdateServerHardware, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		in, err := a.resizeIn(r)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.ResizeServer(r.Context(), call, p, in, ans)
	})
	change(a, h, oneandone.AddServerHdds, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		body, err := r.Object()
		if err != nil {
			return control.Reply{}, err
		}
		var bad cloud.Problems
		disks := disksIn(body, &bad)
		if len(disks) == 0 && !bad.Has("hdds") {
			bad.Add(cloud.Errorf(cloud.Invalid, "required", "needs at least one disk").On("hdds"))
		}
		if err := bad.Err(); err != nil {
			return control.Reply{}, err
		}
		return a.c.AddDisks(r.Context(), call, p, limits, disks, ans)
	})
	change(a, h, oneandone.ResizeServerHDD, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		disk, err := inPath(r, "hdd_id")
		if err != nil {
			return control.Reply{}, err
		}
		body, err := r.Object()
		if err != nil {
			return control.Reply{}, err
		}
		var bad cloud.Problems
		size := diskSize(body, &bad)
		boolean(body, &bad, "is_main") // the Go client always sends false; nothing changes
		if err := bad.Err(); err != nil {
			return control.Reply{}, err
		}
		return a.c.ResizeDisk(r.Context(), call, p, disk, limits, size, ans)
	})
	change(a, h, oneandone.DeleteServerHDD, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		disk, err := inPath(r, "hdd_id")
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.RemoveDisk(r.Context(), call, p, disk, ans)
	})
}

// resizeIn reads a change of hardware: null, 0 and absent mean unchanged.
func (a *api) resizeIn(r *wire.Request) (control.HardwareIn, error) {
	in := control.HardwareIn{Limits: limits}
	body, err := r.Object()
	if err != nil {
		return in, err
	}
	var p cloud.Problems
	in.VCPU, in.Cores = whole(body, &p, "vcore"), whole(body, &p, "cores_per_processor")
	if ram := body.Float(&p, "ram"); ram != nil {
		in.RAM = mebibytes(*ram)
	}
	positive(&p, "vcore", in.VCPU)
	positive(&p, "cores_per_processor", in.Cores)
	positive(&p, "ram", in.RAM)
	size := text(body, &p, "fixed_instance_size_id")
	if err := p.Err(); err != nil || size == "" {
		return in, err
	}
	in.Flavor, err = a.flavorPick(r, fixed, "fixed_instance_size_id", size)
	return in, err
}

// positive refuses what is below "unchanged".
func positive(p *cloud.Problems, field string, n int) {
	if n < 0 {
		p.Add(cloud.Errorf(cloud.Invalid, "negative", "must not be negative").On(field))
	}
}

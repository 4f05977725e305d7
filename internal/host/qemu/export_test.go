package qemu

import (
	"context"

	"github.com/virga-cloud/virga/internal/plan"
)

// Monitor runs one QMP command, as an operator would.
func (d *Machines) Monitor(ctx context.Context, id plan.ID, command string, args, out any) error {
	v := &vm{Machines: d, id: id, dir: d.In.VMDir(id)}
	q, err := dialQMP(ctx, v.file("qmp.sock"))
	if err != nil {
		return err
	}
	defer q.close()
	return q.do(command, args, out)
}

package qemu

import (
	"context"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Monitor runs one QMP command, as an operator would.
func (d *Machines) Monitor(ctx context.Context, id plan.ID, command string, args, out any) error {
	v := &vm{Machines: d, id: id, dir: d.In.VMDir(id)}
	q, err := dialQMP(ctx, v.socket("qmp.sock"))
	if err != nil {
		return err
	}
	defer q.close()
	return q.do(command, args, out)
}

// Cage is the cage in which a machine is started.
func (d *Machines) Cage(id plan.ID, spec Machine) (*sys.Cage, error) {
	v := &vm{Machines: d, id: id, dir: d.In.VMDir(id), spec: spec}
	user, err := v.user()
	if err != nil {
		return nil, err
	}
	return v.cage(user)
}

// Node is the name of a layer's block node.
func Node(volume plan.ID, layer string) string { return node(volume, layer) }

// Layer is the wish to open a layer.
func Layer(volume plan.ID, layer, file string) string { return asJSON(layerNode(volume, layer, file)) }

// Answered reads what a guest agent says, until it gives back a mark.
var Answered = answered

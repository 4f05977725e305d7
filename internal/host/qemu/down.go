package qemu

import (
	"context"

	"github.com/virga-cloud/virga/internal/plan"
)

// Press presses the power button of a machine whose guest is up, and tells
// whether the guest is still up. It is for taking a whole host down; a single
// machine is ended by its document. A process that does not answer counts as
// not up: Remove ends it.
func (d *Machines) Press(ctx context.Context, id plan.ID) (up bool) {
	v := &vm{Machines: d, id: id, dir: d.In.VMDir(id)}
	if _, ok := d.In.VMProcess(id); !ok {
		return false
	}
	q, err := dialQMP(ctx, v.socket("qmp.sock"))
	if err != nil {
		return false
	}
	defer q.close()
	var status struct {
		Status string `json:"status"`
	}
	if err := q.do("query-status", nil, &status); err != nil || status.Status != "running" {
		return false
	}
	return q.do("system_powerdown", nil, nil) == nil
}

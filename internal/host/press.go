package host

import (
	"context"
)

// Press asks every guest of this host to shut down and tells how many are
// still up. Pressing again does no harm.
func (m *Real) Press(ctx context.Context) (up int, err error) {
	ids, err := m.machines.List(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if m.machines.Press(ctx, id) {
			up++
		}
	}
	return up, nil
}

package qemu

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// overlay is one disk of a snapshot.
type overlay struct {
	volume plan.ID
	chain  *sys.Chain
	step   sys.Step
}

// chains changes the layers of the disks that the process has open. What
// needs the process stopped was settled before.
func (v *vm) chains(ctx context.Context, q *qmp, m *machine) (why string, err error) {
	var points []overlay
	for _, a := range v.spec.Volumes {
		top, open := m.active[a.Volume]
		if !open {
			continue
		}
		unlock, err := v.In.LockVolume(a.Volume)
		if errors.Is(err, fs.ErrNotExist) {
			why = fmt.Sprintf("volume %s: its files are missing", a.Volume)
			continue
		}
		if err != nil {
			return why, err
		}
		defer unlock()
		c, err := sys.LoadChain(v.In.VolumeDir(a.Volume))
		if err != nil {
			return why, err
		}
		if err := agree(c, a.Volume, top); err != nil {
			return why, err
		}
		step, err := v.open(ctx, q, m, a.Volume, c)
		if err != nil {
			return why, err
		}
		switch step.Do {
		case sys.Lost:
			why = fmt.Sprintf("volume %s: %s", a.Volume, step.Reason)
		case sys.FreezePoint:
			points = append(points, overlay{a.Volume, c, step})
		}
	}
	if len(points) > 0 {
		return why, chainEffect.Do(func() error { return v.snapshot(ctx, q, m, points) })
	}
	return why, nil
}

// agree makes the link to the active layer what the process has. They differ
// when we died between the snapshot and the link.
func agree(c *sys.Chain, volume plan.ID, top string) error {
	if top == node(volume, c.Active) {
		return nil
	}
	for name, l := range c.Layers {
		if top == node(volume, name) && l.On == c.Active {
			return c.Freeze(name, name)
		}
	}
	return fmt.Errorf("volume %s: the process does not write to the active layer %s", volume, c.Active)
}

// open carries out the steps on one disk that need no other disk, and
// answers with the first that it does not.
func (v *vm) open(ctx context.Context, q *qmp, m *machine, id plan.ID, c *sys.Chain) (sys.Step, error) {
	want := v.spec.Disks[id]
	// Layers that the process does not have open wait until it is off; the
	// disk driver merges them then.
	c.Only = map[string]bool{}
	for _, l := range c.Lineage() {
		c.Only[l] = true
	}
	if status, merging := m.jobs[mergeJob(id)]; merging {
		return sys.Step{}, v.finish(q, m, id, c, status)
	}
	for range 2*len(c.Layers) + len(c.Points) + 2 {
		step := c.Next(want)
		var err error
		switch step.Do {
		case sys.Grow:
			err = hot(func() error {
				return q.do("block_resize", map[string]any{"node-name": m.nodeOf(id, step.Layer, c.File(step.Layer)), "size": step.Size}, nil)
			})
			if l := c.Layers[step.Layer]; err == nil {
				l.Size = step.Size
				c.Layers[step.Layer] = l
			}
		case sys.DropPoint:
			err = hot(func() error { return c.DropPoint(step.Point) })
		case sys.DropLayer:
			if name := node(id, step.Layer); m.nodes[name] != "" {
				// It was the active layer once, and stays open until told.
				if err := q.do("blockdev-del", map[string]any{"node-name": name}, nil); err != nil {
					return sys.Step{}, err
				}
				delete(m.nodes, name)
			}
			if m.files[c.File(step.Layer)] != "" {
				return sys.Step{}, nil // seen as closed at the next look
			}
			if by, err := v.In.PinnedBy(id); err != nil || by != "" {
				return sys.Step{}, err
			}
			err = hot(func() error { return c.DropLayer(step.Layer) })
		case sys.Merge:
			return sys.Step{}, v.merge(q, m, id, c, step)
		default:
			return step, nil
		}
		if err != nil {
			return step, err
		}
	}
	return sys.Step{}, nil
}

func mergeJob(id plan.ID) string { return "merge-" + string(id) }

// merge lets a layer flow into the one on it, in the background. The names of
// the files stay right on the way, and the header of the upper one changes
// last, so a death in the middle does no harm.
func (v *vm) merge(q *qmp, m *machine, id plan.ID, c *sys.Chain, step sys.Step) error {
	if by, err := v.In.PinnedBy(id); err != nil || by != "" {
		return err
	}
	args := map[string]any{"job-id": mergeJob(id), "auto-finalize": false, "device": m.nodeOf(id, step.Layer, c.File(step.Layer))}
	below := c.Layers[step.On]
	switch {
	case below.On != "":
		args["base-node"], args["backing-file"] = m.nodeOf(id, below.On, c.File(below.On)), sys.Backing(below.On)
	case below.Image != "":
		file := v.In.Path("images", string(below.Image), "disk.qcow2")
		// Opened by the name in the header, which is relative to the volume.
		for f, n := range m.files {
			if filepath.Clean(f) == file {
				args["base-node"] = n
			}
		}
		args["backing-file"] = sys.ImageBacking(below.Image)
	}
	if args["device"] == "" || args["base-node"] == "" || args["backing-file"] != nil && args["base-node"] == nil {
		return nil
	}
	m.jobs[mergeJob(id)] = "created"
	return chainEffect.Do(func() error { return q.do("block-stream", args, nil) })
}

// finish ends a merge whose data is copied. QEMU writes the new header, which
// no longer names the lower layer, at once, and its tables of where the data
// lies when it likes: so they are flushed first, or a death in between would
// lose what was copied.
func (v *vm) finish(q *qmp, m *machine, id plan.ID, c *sys.Chain, status string) error {
	if status != "pending" {
		return nil
	}
	if err := v.flush(q, m, id, c); err != nil {
		return err
	}
	return chainEffect.Do(func() error { return q.do("job-finalize", map[string]any{"id": mergeJob(id)}, nil) })
}

// flush makes all open layers of a volume durable.
func (v *vm) flush(q *qmp, m *machine, id plan.ID, c *sys.Chain) error {
	for _, layer := range c.Lineage() {
		name := m.nodeOf(id, layer, c.File(layer))
		if name == "" {
			continue
		}
		var said string
		if err := q.do("human-monitor-command", map[string]any{"command-line": "qemu-io " + name + " flush"}, &said); err != nil {
			return err
		}
		if said != "" {
			return fmt.Errorf("flush layer %s of volume %s: %s", layer, id, said)
		}
	}
	return nil
}

// snapshot freezes the active layers of all disks that want it at the same
// instant, in one transaction.
func (v *vm) snapshot(ctx context.Context, q *qmp, m *machine, points []overlay) error {
	var actions []any
	for _, o := range points {
		name := node(o.volume, o.step.Layer)
		file := o.chain.File(o.step.Layer)
		if _, open := m.nodes[name]; !open {
			// A file from an attempt before is nobody's: the process would have
			// it open. So it is made anew.
			// As large as the one below, since the guest would not learn of it;
			// growing is a step of its own.
			tmp := file + ".tmp"
			err := errors.Join(v.In.MakeQcow(ctx, tmp, sys.Backing(o.step.On), o.chain.Layers[o.step.On].Size), sys.SyncFile(tmp))
			if err == nil {
				err = v.giveLayer(tmp)
			}
			if err == nil {
				err = sys.Rename(tmp, file)
			}
			if err != nil {
				return err
			}
			add := layerNode(o.volume, o.step.Layer, file)
			add["backing"] = nil
			if err := q.do("blockdev-add", add, nil); err != nil {
				return err
			}
		}
		actions = append(actions, map[string]any{"type": "blockdev-snapshot", "data": map[string]any{
			"node": m.active[o.volume], "overlay": name,
		}})
	}
	if err := q.do("transaction", map[string]any{"actions": actions}, nil); err != nil {
		return err
	}
	for _, o := range points {
		if err := o.chain.Freeze(o.step.Point, o.step.Layer); err != nil {
			return err
		}
	}
	return nil
}

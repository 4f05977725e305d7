// Package disk keeps the images and the disks of a host as files.
package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// What the driver does to volumes.
var (
	volumeDirEffect  = sys.NewEffect("disk.volume.folder")
	basesEffect      = sys.NewEffect("disk.volume.bases")
	layerEffect      = sys.NewEffect("disk.volume.layer")
	activeEffect     = sys.NewEffect("disk.volume.active")
	growEffect       = sys.NewEffect("disk.volume.grow")
	jobEffect        = sys.NewEffect("disk.volume.job")
	jobDoneEffect    = sys.NewEffect("disk.volume.job-done")
	dropEffect       = sys.NewEffect("disk.volume.drop")
	volumeGoneEffect = sys.NewEffect("disk.volume.gone")
)

// jobLook is how often a running job is looked at.
const jobLook = 500 * time.Millisecond

// Volumes is the driver of volumes: a folder of qcow2 layers each, see
// sys.Chain. While a machine's process holds a volume this driver only looks.
type Volumes struct {
	In sys.Installation // required
}

var _ plan.Driver[plan.Volume] = (*Volumes)(nil)

// List names the volumes by their folders, those half removed included.
func (d *Volumes) List(context.Context) ([]plan.ID, error) {
	ids, err := listDirs(d.In.Path("volumes"))
	if err != nil {
		return nil, fmt.Errorf("list volumes: %w", err)
	}
	return ids, nil
}

// Ensure makes one step towards spec.
func (d *Volumes) Ensure(ctx context.Context, id plan.ID, spec plan.Volume) (plan.Status, error) {
	st, err := d.ensure(ctx, id, spec)
	if errors.Is(err, sys.ErrBusy) {
		return plan.Status{Reason: err.Error(), Again: jobLook}, nil
	}
	if err != nil {
		return st, fmt.Errorf("volume %s: %w", id, err)
	}
	return st, nil
}

func (d *Volumes) ensure(ctx context.Context, id plan.ID, spec plan.Volume) (plan.Status, error) {
	if !sys.IsID(string(id)) {
		return plan.Status{Failed: true, Reason: fmt.Sprintf("%q is no id of a volume", id)}, nil
	}
	dir := d.In.VolumeDir(id)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if !spec.Create {
			return failed(nil, "the disk is missing; it was made before and is not made again empty"), nil
		}
		if err := volumeDirEffect.Do(func() error { return makeDir(dir) }); err != nil {
			return plan.Status{}, err
		}
	}
	unlock, err := d.In.LockVolume(id)
	if err != nil {
		return plan.Status{}, err
	}
	defer unlock()
	held, err := d.In.HeldBy(id)
	if err != nil {
		return plan.Status{}, err
	}
	c, err := sys.LoadChain(dir)
	if err != nil {
		return failed(nil, err.Error()), nil
	}
	if held != "" {
		return d.watch(id, held, spec, c), nil
	}
	if err := c.Follow(); err != nil {
		return plan.Status{}, err
	}
	if st, err := d.job(id, c); st != nil || err != nil {
		return deref(st), err
	}
	return d.step(ctx, id, spec, c)
}

// watch says how far the driver of the machine that holds the volume is.
func (d *Volumes) watch(id, held plan.ID, spec plan.Volume, c *sys.Chain) plan.Status {
	st := plan.Status{Volume: seen(c, held), Again: jobLook}
	step := c.Next(spec)
	switch {
	case spec.VM != held:
		st.Reason = fmt.Sprintf("machine %s still has the disk open", held)
	case step.Do == sys.Lost:
		return failed(st.Volume, step.Reason)
	case step.Do == sys.DropLayer || step.Do == sys.Merge || step.Do == sys.Nothing:
		// What is left to tidy up is out of sight and waits, at the latest
		// until the machine is off.
		st.Ready, st.Again = true, 0
	default:
		st.Reason = fmt.Sprintf("machine %s has the disk open and changes it", held)
	}
	return st
}

// step carries out the next step of a volume that nobody holds.
func (d *Volumes) step(ctx context.Context, id plan.ID, spec plan.Volume, c *sys.Chain) (plan.Status, error) {
	step := c.Next(spec)
	st := plan.Status{Volume: seen(c, ""), Reason: reasons[step.Do]}
	var err error
	switch step.Do {
	case sys.Nothing:
		st.Ready = true
		return st, nil
	case sys.Lost:
		return failed(st.Volume, step.Reason), nil
	case sys.MakeFirst:
		return d.first(ctx, id, spec, step, c)
	case sys.StartOver:
		return d.startOver(ctx, spec, step, c)
	case sys.GoBack, sys.FreezePoint:
		err = d.layer(ctx, c, step, sys.Backing(step.On))
	case sys.Grow:
		err = growEffect.Do(func() error { return d.In.GrowQcow(ctx, id, step.Layer, step.Size) })
	case sys.DropPoint:
		err = dropEffect.Do(func() error { return c.DropPoint(step.Point) })
	case sys.DropLayer, sys.Merge:
		return d.tidy(id, step, c, st)
	}
	return st, err
}

var reasons = map[sys.Action]string{
	sys.FreezePoint: "the snapshot is being taken", sys.GoBack: "the disk is being set back",
	sys.Grow: "the disk is being enlarged", sys.DropPoint: "a snapshot is being removed",
	sys.DropLayer: "a layer is being removed", sys.Merge: "layers are being merged",
}

// layer makes an empty layer on another one, and makes it the active one.
func (d *Volumes) layer(ctx context.Context, c *sys.Chain, step sys.Step, backing string) error {
	if err := layerEffect.Do(func() error { return d.newLayer(ctx, c, step.Layer, backing, step.Size) }); err != nil {
		return err
	}
	return activeEffect.Do(func() error {
		if step.Do == sys.FreezePoint {
			return c.Freeze(step.Point, step.Layer)
		}
		return c.Activate(step.Layer)
	})
}

// newLayer makes the file under another name first, so that a layer is either
// whole or not there.
func (d *Volumes) newLayer(ctx context.Context, c *sys.Chain, layer, backing string, size int64) error {
	tmp := c.File(layer) + ".tmp"
	if err := d.In.MakeQcow(ctx, tmp, backing, size); err != nil {
		return err
	}
	if err := sys.SyncFile(tmp); err != nil {
		return err
	}
	return sys.Rename(tmp, c.File(layer))
}

// first makes the first layer: blank, on an image, or a copy.
func (d *Volumes) first(ctx context.Context, id plan.ID, spec plan.Volume, step sys.Step, c *sys.Chain) (plan.Status, error) {
	if spec.Source != nil {
		step.Layer = "0" // a copy is the first layer, whatever shall stand on it
	}
	if _, ok := c.Layers[step.Layer]; ok {
		// It was made whole and only not yet named active.
		return plan.Status{}, activeEffect.Do(func() error { return c.Activate(step.Layer) })
	}
	if spec.Source != nil {
		return d.copy(id, *spec.Source, step, c)
	}
	return d.startOver(ctx, spec, step, c)
}

// startOver makes a layer on the image, or a blank one.
func (d *Volumes) startOver(ctx context.Context, spec plan.Volume, step sys.Step, c *sys.Chain) (plan.Status, error) {
	backing := ""
	if spec.Image != "" {
		file := d.In.Path("images", string(spec.Image), "disk.qcow2")
		q, err := sys.ReadQcow(file)
		if errors.Is(err, fs.ErrNotExist) {
			return plan.Status{Reason: fmt.Sprintf("image %s is not here yet", spec.Image), Again: time.Second}, nil
		}
		if err != nil {
			return failed(nil, err.Error()), nil
		}
		if q.Size > step.Size {
			return failed(nil, fmt.Sprintf("the disk has %d bytes and the image needs %d", step.Size, q.Size)), nil
		}
		backing = sys.ImageBacking(spec.Image)
		if err := basesEffect.Do(func() error { return c.StandOn(spec.Image) }); err != nil {
			return plan.Status{}, err
		}
	}
	return plan.Status{Reason: "the disk is being made"}, d.layer(ctx, c, step, backing)
}

// Remove deletes a volume that nobody holds and nobody copies from.
func (d *Volumes) Remove(_ context.Context, id plan.ID) (plan.Status, error) {
	st, err := d.remove(id)
	if errors.Is(err, sys.ErrBusy) {
		return plan.Status{Reason: err.Error(), Again: jobLook}, nil
	}
	if err != nil {
		return st, fmt.Errorf("remove volume %s: %w", id, err)
	}
	return st, nil
}

func (d *Volumes) remove(id plan.ID) (plan.Status, error) {
	if !sys.IsID(string(id)) {
		return plan.Status{Ready: true}, nil
	}
	// Also without a folder: somebody may have deleted it under a running job.
	if gone, err := d.In.VolumeJob(id).Cancel(); err != nil || !gone {
		return plan.Status{Reason: "a copy of the disk is being ended"}, err
	}
	dir := d.In.VolumeDir(id)
	if _, err := os.Lstat(dir); err == nil {
		unlock, err := d.In.LockVolume(id)
		if err != nil {
			return plan.Status{}, err
		}
		defer unlock()
		if held, err := d.In.HeldBy(id); err != nil || held != "" {
			return plan.Status{Reason: fmt.Sprintf("machine %s has the disk open", held), Again: jobLook}, err
		}
		if by, err := d.In.PinnedBy(id); err != nil || by != "" {
			return plan.Status{Reason: fmt.Sprintf("volume %s is being copied from it", by), Again: jobLook}, err
		}
	}
	if err := removeDir(dir, volumeGoneEffect); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}

// seen is what there is of a volume; nothing is said of one whose active layer is
// missing, so that what was seen of it before stays true.
func seen(c *sys.Chain, held plan.ID) *plan.VolumeSeen {
	if _, there := c.Layers[c.Active]; !there && c.Active != "" {
		return nil
	}
	return &plan.VolumeSeen{
		Made: c.Active != "", Size: c.Layers[c.Active].Size, Used: c.Used(),
		Layer: c.Active, Snapshots: c.Snapshots(), HeldBy: held, Image: c.Image(),
	}
}

func failed(v *plan.VolumeSeen, reason string) plan.Status {
	return plan.Status{Failed: true, Reason: reason, Volume: v}
}

func deref(st *plan.Status) plan.Status {
	if st == nil {
		return plan.Status{}
	}
	return *st
}

func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return sys.SyncDir(filepath.Dir(dir))
}

// trash is where a folder goes before it is deleted, so that a half deleted
// object is never taken for a whole one.
const trash = ".trash"

func removeDir(dir string, effect sys.Effect) error {
	_, errDir := os.Lstat(dir)
	_, errTrash := os.Lstat(dir + trash)
	if errors.Is(errDir, fs.ErrNotExist) && errors.Is(errTrash, fs.ErrNotExist) {
		return nil
	}
	return effect.Do(func() error {
		if err := os.RemoveAll(dir + trash); err != nil {
			return err
		}
		if errDir == nil {
			if err := sys.Rename(dir, dir+trash); err != nil {
				return err
			}
		}
		return os.RemoveAll(dir + trash)
	})
}

// listDirs names the objects that have a folder below dir, whole, half made
// (.part) or half removed.
func listDirs(dir string) ([]plan.ID, error) {
	all, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var ids []plan.ID
	known := map[string]bool{}
	for _, e := range all {
		name := strings.TrimSuffix(strings.TrimSuffix(e.Name(), trash), part)
		if sys.IsID(name) && !known[name] {
			known[name] = true
			ids = append(ids, plan.ID(name))
		}
	}
	return ids, err
}

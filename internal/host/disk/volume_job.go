package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// A volume's folder says which job is at work: "source" is a link to the
// layer that "copy.tmp" is made from, "merge" is a link to the layer that
// flows down. Both are written before the job starts and removed after its
// result is in place.
func sourceLink(c *sys.Chain) string { return filepath.Join(c.Dir, "source") }
func mergeLink(c *sys.Chain) string  { return filepath.Join(c.Dir, "merge") }
func copyFile(c *sys.Chain) string   { return filepath.Join(c.Dir, "copy.tmp") }

// job looks after a running or finished job; nil when there is none and the
// chain may be touched.
func (d *Volumes) job(id plan.ID, c *sys.Chain) (*plan.Status, error) {
	job := d.In.VolumeJob(id)
	switch job.State() {
	case sys.JobRunning:
		what := "layers are being merged"
		if _, err := os.Readlink(sourceLink(c)); err == nil {
			what = "the disk is being copied"
		}
		return &plan.Status{Volume: seen(c, ""), Percent: job.Percent(), Reason: what, Again: jobLook}, nil
	case sys.JobDone:
		return &plan.Status{Volume: seen(c, "")}, jobDoneEffect.Do(func() error { return d.finish(job, c) })
	case sys.JobFailed:
		// The next call starts it afresh. What it wrote so far does no harm: a
		// copy starts from nothing, and a merge writes only what the layer
		// above covers.
		why := job.Complaint()
		return &plan.Status{}, errors.Join(fmt.Errorf("the job failed: %s", why), forget(c), job.Clear())
	}
	// Links without a job are left from before its start.
	return nil, forget(c)
}

// finish puts a job's result in place. It may be cut short and come again.
func (d *Volumes) finish(job sys.Job, c *sys.Chain) error {
	if upper, err := os.Readlink(mergeLink(c)); err == nil {
		upper = strings.TrimSuffix(upper, ".qcow2")
		if lower := c.Layers[upper].On; lower != "" {
			// Everything of upper is in lower now, so lower takes its name and
			// its place. A repeat would take the wrong one, so the link goes in
			// the same breath: without it the merge is simply done again.
			if err := os.Remove(mergeLink(c)); err != nil {
				return err
			}
			if err := sys.Rename(c.File(lower), c.File(upper)); err != nil {
				return err
			}
		}
	}
	if _, err := os.Readlink(sourceLink(c)); err == nil {
		if err := sys.Rename(copyFile(c), c.File("0")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.Join(forget(c), job.Clear())
}

func forget(c *sys.Chain) error {
	var err error
	for _, f := range []string{sourceLink(c), mergeLink(c)} {
		if e := os.Remove(f); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// copy starts the copy of a frozen point of another volume.
func (d *Volumes) copy(id plan.ID, from plan.Copy, step sys.Step, c *sys.Chain) (plan.Status, error) {
	wait := func(why string) (plan.Status, error) {
		return plan.Status{Reason: why, Again: 2 * jobLook}, nil
	}
	src, err := sys.LoadChain(d.In.VolumeDir(from.Volume))
	if err != nil {
		return plan.Status{}, err
	}
	if src.Active == "" || !src.Has(from.Snapshot) {
		return wait(fmt.Sprintf("volume %s has no snapshot %s yet", from.Volume, from.Snapshot))
	}
	// Its layers must not be merged while they are read; from here on the link
	// says so.
	unlock, err := d.In.LockVolume(from.Volume)
	if err != nil {
		return plan.Status{}, err
	}
	defer unlock()
	if d.In.VolumeJob(from.Volume).State() == sys.JobRunning {
		return wait(fmt.Sprintf("volume %s is just being merged", from.Volume))
	}
	layer := src.Points[from.Snapshot]
	if src.Layers[layer].Size > step.Size {
		return failed(nil, fmt.Sprintf("the disk has %d bytes and its source %d", step.Size, src.Layers[layer].Size)), nil
	}
	err = jobEffect.Do(func() error {
		if err := sys.Link("../"+string(from.Volume)+"/"+sys.Backing(layer), sourceLink(c)); err != nil {
			return err
		}
		cage, err := d.copyCage(from.Volume, c)
		if err != nil {
			return err
		}
		return d.In.VolumeJob(id).Start(c.Dir, cage, "qemu-img", "convert", "-p", "-t", "writeback",
			"-f", "qcow2", "-O", "qcow2", src.File(layer), copyFile(c))
	})
	return plan.Status{Reason: "the disk is being copied", Again: jobLook / 5}, err
}

// copyCage is where a copy is made: it reads the source and writes one file.
func (d *Volumes) copyCage(source plan.ID, c *sys.Chain) (*sys.Cage, error) {
	err := d.In.GiveVolume(source, -1) // whoever has it open keeps it
	if err == nil {
		err = d.In.MakeFile(copyFile(c))
	}
	if err != nil {
		return nil, err
	}
	binds, err := d.In.VolumeBinds(source, false)
	if err != nil {
		return nil, err
	}
	return d.In.ToolCage(append(binds, sys.Bind{Path: copyFile(c), Write: true})...)
}

// mergeCage is where layers of a volume flow together.
func (d *Volumes) mergeCage(id plan.ID) (*sys.Cage, error) {
	user, err := d.In.ToolUser()
	if err == nil {
		err = d.In.GiveVolume(id, user)
	}
	if err != nil {
		return nil, err
	}
	binds, err := d.In.VolumeBinds(id, true)
	if err != nil {
		return nil, err
	}
	return d.In.ToolCage(binds...)
}

// tidy deletes a layer or starts to merge one, unless somebody copies.
func (d *Volumes) tidy(id plan.ID, step sys.Step, c *sys.Chain, st plan.Status) (plan.Status, error) {
	by, err := d.In.PinnedBy(id)
	if err != nil {
		return plan.Status{}, err
	}
	if by != "" {
		// Nobody but us sees these layers: the wish itself is fulfilled.
		return plan.Status{
			Ready: true, Volume: st.Volume,
			Reason: fmt.Sprintf("old layers stay until volume %s is copied", by), Again: 2 * jobLook,
		}, nil
	}
	if step.Do == sys.DropLayer {
		return st, dropEffect.Do(func() error { return c.DropLayer(step.Layer) })
	}
	st.Again = jobLook / 5
	return st, jobEffect.Do(func() error {
		if err := sys.Link(sys.Backing(step.Layer), mergeLink(c)); err != nil {
			return err
		}
		cage, err := d.mergeCage(id)
		if err != nil {
			return err
		}
		// -d: what flowed down is not emptied above; the file is replaced.
		return d.In.VolumeJob(id).Start(c.Dir, cage, "qemu-img", "commit", "-p", "-d", "-t", "writeback",
			"-f", "qcow2", c.File(step.Layer))
	})
}

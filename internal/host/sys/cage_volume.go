package sys

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/plan"
)

// GiveVolume makes the layers of a volume a user's: the guest's that is to
// have it open, or the tools'. The folder and what we note in it stay ours, or
// a taken guest could lead us astray with links. The tools may read all
// layers, since they copy from what a guest has open.
func (in Installation) GiveVolume(volume plan.ID, uid int) error {
	dir := in.VolumeDir(volume)
	if err := own(dir, 0, 0, 0o711); err != nil {
		return err
	}
	// What comes from before the record is believed, once: until now nobody
	// but us could write it.
	c, err := LoadChain(dir)
	if err == nil && c.bases == nil {
		err = c.record(c.standsOn())
	}
	if err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".qcow2") || !f.Type().IsRegular() {
			continue
		}
		if err := in.GiveLayer(filepath.Join(dir, f.Name()), uid); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// GiveLayer makes one layer a user's; -1 leaves it with whom it is.
func (in Installation) GiveLayer(file string, uid int) error {
	tools, err := in.ToolUser()
	if err != nil {
		return err
	}
	return own(file, uid, tools, 0o640)
}

// VolumeBinds is what a process must see to have a volume open: its folder
// and the images that its layers stand on.
func (in Installation) VolumeBinds(volume plan.ID, write bool) ([]Bind, error) {
	c, err := LoadChain(in.VolumeDir(volume))
	if err != nil {
		return nil, err
	}
	binds := []Bind{{Path: c.Dir, Write: write}}
	for _, image := range c.standsOn() {
		b, err := in.ImageBind(image)
		if err != nil {
			return nil, err
		}
		binds = append(binds, b)
	}
	return binds, nil
}

// ImageBind shows an image, which is everybody's to read who sees it.
func (in Installation) ImageBind(image plan.ID) (Bind, error) {
	dir := in.Path("images", string(image))
	files, err := os.ReadDir(dir)
	if err != nil {
		return Bind{}, err
	}
	for _, f := range files {
		if !f.Type().IsRegular() {
			continue
		}
		if err := own(filepath.Join(dir, f.Name()), 0, 0, 0o644); err != nil {
			return Bind{}, err
		}
	}
	return Bind{Path: dir}, own(dir, 0, 0, 0o711)
}

// ToolCage is the cage of a tool that works on disks and sees no more than is
// named.
func (in Installation) ToolCage(binds ...Bind) (*Cage, error) {
	user, err := in.ToolUser()
	if err != nil {
		return nil, err
	}
	return toolCage(user, binds), nil
}

// ToolCage is the cage of a tool that works on files of no installation.
func ToolCage(binds ...Bind) *Cage { return toolCage(ToolUser, binds) }

// toolCage bounds the tool, too: a header can ask for any amount of memory.
func toolCage(user int, binds []Bind) *Cage {
	return &Cage{User: user, Binds: binds, Limits: []Limit{
		{What: unix.RLIMIT_CORE, Max: 0}, {What: unix.RLIMIT_NOFILE, Max: 256}, {What: unix.RLIMIT_AS, Max: 4 << 30},
	}}
}

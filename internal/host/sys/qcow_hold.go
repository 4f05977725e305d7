package sys

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/plan"
)

// What decides who may change a volume.
var (
	holdWrite = NewEffect("sys.hold.write")
	holdDrop  = NewEffect("sys.hold.drop")
)

// Hold is the file in a volume's folder that decides who may change its
// chain: while the process it names lives, that machine's driver and nobody
// else. A hold of a dead process is void.
type Hold struct {
	VM      plan.ID `json:"vm"`
	Process Process `json:"process"`
}

// VMName is the identity of a machine's process.
func (in Installation) VMName(id plan.ID) string { return in.Name("v", id) }

// VMDir is the folder of a machine.
func (in Installation) VMDir(id plan.ID) string { return in.Path("vms", string(id)) }

// VMProcess finds the process of a machine.
func (in Installation) VMProcess(id plan.ID) (Process, bool) {
	return Find(in.VMName(id), filepath.Join(in.VMDir(id), "pid"))
}

func holdFile(dir string) string { return filepath.Join(dir, "hold") }

// HeldBy is the machine whose process holds the volume, empty = nobody. The
// machine is asked by name as well as by pid: between the start of its process
// and the note of the pid we may have died.
func (in Installation) HeldBy(volume plan.ID) (plan.ID, error) {
	b, err := os.ReadFile(holdFile(in.VolumeDir(volume)))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var h Hold
	if err := json.Unmarshal(b, &h); err != nil {
		return "", err
	}
	if h.Process.PID != 0 && h.Process.Alive() {
		return h.VM, nil
	}
	if _, ok := in.VMProcess(h.VM); ok {
		return h.VM, nil
	}
	return "", nil
}

// WriteHold takes or renews a hold. The caller has the volume's lock and knows
// that nobody else holds it.
func (in Installation) WriteHold(volume plan.ID, h Hold) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return holdWrite.Do(func() error { return WriteFile(holdFile(in.VolumeDir(volume)), b, 0o600) })
}

// DropHold removes the hold of a machine whose process is gone; another
// machine's hold stays.
func (in Installation) DropHold(volume, vm plan.ID) error {
	file := holdFile(in.VolumeDir(volume))
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var h Hold
	if err != nil || json.Unmarshal(b, &h) == nil && h.VM != vm {
		return err
	}
	return holdDrop.Do(func() error { return os.Remove(file) })
}

// Holds names the volumes that carry a hold of a machine, void ones included.
func (in Installation) Holds(vm plan.ID) ([]plan.ID, error) {
	dirs, err := os.ReadDir(in.Path("volumes"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var ids []plan.ID
	for _, d := range dirs {
		if !IsID(d.Name()) {
			continue
		}
		var h Hold
		b, err := os.ReadFile(holdFile(in.Path("volumes", d.Name())))
		if err == nil && json.Unmarshal(b, &h) == nil && h.VM == vm {
			ids = append(ids, plan.ID(d.Name()))
		}
	}
	return ids, err
}

// ErrBusy says that another step is at this volume just now.
var ErrBusy = errors.New("another step is at this volume")

// LockVolume keeps the two drivers that touch a volume apart for one step. The
// lock dies with the process.
func (in Installation) LockVolume(id plan.ID) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(in.VolumeDir(id), "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrBusy
		}
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// VolumeJob is the one job that may be at work on a volume: "copy" or "merge".
// Its name is in the process, so that a folder that vanished leaves no
// process that nobody knows.
func (in Installation) VolumeJob(id plan.ID) Job {
	return Job{Identity: in.Name("j", id), Base: filepath.Join(in.VolumeDir(id), "job")}
}

// PinnedBy names a volume that is just being copied from this one, empty =
// none. Until it is done no layer of this volume is merged or deleted.
func (in Installation) PinnedBy(id plan.ID) (plan.ID, error) {
	dirs, err := os.ReadDir(in.Path("volumes"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	for _, d := range dirs {
		to, e := os.Readlink(in.Path("volumes", d.Name(), "source"))
		if e == nil && strings.HasPrefix(to, "../"+string(id)+"/") {
			return plan.ID(d.Name()), nil
		}
	}
	return "", err
}

// ReadHold reads the hold of a volume, void or not.
func (in Installation) ReadHold(volume plan.ID) (Hold, error) {
	var h Hold
	b, err := os.ReadFile(holdFile(in.VolumeDir(volume)))
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(b, &h)
}

// UseImage notes in a machine's folder that it needs an image, as "image" (its
// kernel) or "dvd"; an empty id removes the note.
func (in Installation) UseImage(vm plan.ID, as string, image plan.ID) error {
	link := filepath.Join(in.VMDir(vm), as)
	to, err := os.Readlink(link)
	switch {
	case image == "" && errors.Is(err, fs.ErrNotExist), err == nil && filepath.Base(to) == string(image):
		return nil
	case image == "":
		return os.Remove(link)
	}
	return Link("../../images/"+string(image), link)
}

// ImageUser names a volume or machine that needs an image, empty = none. A
// volume that cannot be read counts: its layers may need it.
func (in Installation) ImageUser(image plan.ID) (string, error) {
	dirs, err := os.ReadDir(in.Path("volumes"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, d := range dirs {
		name := strings.TrimSuffix(d.Name(), ".trash")
		if !IsID(name) {
			continue
		}
		c, err := LoadChain(in.Path("volumes", d.Name()))
		if err != nil {
			return "volume " + name, nil //nolint:nilerr // who cannot be asked is taken to need it
		}
		for _, l := range c.Layers {
			if l.Image == image {
				return "volume " + name, nil
			}
		}
	}
	var links []string
	for _, as := range []string{"image", "dvd"} {
		found, err := filepath.Glob(in.Path("vms", "*", as))
		if err != nil {
			return "", err
		}
		links = append(links, found...)
	}
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && filepath.Base(to) == string(image) {
			return "machine " + filepath.Base(filepath.Dir(l)), nil
		}
	}
	return "", nil
}

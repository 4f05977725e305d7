package qemu

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// ioDir is the folder of a machine's sockets. It is all of the machine's folder
// that the guest's process has, and its own: nothing in it is to be followed or
// believed. A process from before there were cages has its sockets beside it.
const ioDir = "io"

// sockets are what QEMU made beside that folder before there was one.
var sockets = []string{"qmp.sock", "serial.sock", "vnc.sock", "qga.sock"}

// Firmware comes with QEMU; other packages have parts of it.
var firmware = []string{"/usr/share/qemu", "/usr/share/seabios", "/usr/share/ovmf", "/usr/share/OVMF", "/etc/qemu"}

// Bounds of a guest's process. Memory is none of them: what a guest may have is
// reserved for it, and QEMU maps more than it uses.
var guestLimits = []sys.Limit{
	{What: unix.RLIMIT_CORE, Max: 0}, {What: unix.RLIMIT_NOFILE, Max: 4096}, {What: unix.RLIMIT_NPROC, Max: 2048},
}

// socket is the path of one of the machine's sockets.
func (v *vm) socket(name string) string { return socketIn(v.dir, name) }

func socketIn(dir, name string) string {
	if _, err := os.Lstat(filepath.Join(dir, ioDir)); errors.Is(err, fs.ErrNotExist) {
		return filepath.Join(dir, name)
	}
	return filepath.Join(dir, ioDir, name)
}

// user is the user of the guest's process.
func (v *vm) user() (int, error) { return v.In.User("v", v.id) }

// give makes what the guest's process needs its own, but for the volumes,
// which it gets as they are taken.
func (v *vm) give() (user int, err error) {
	if user, err = v.user(); err != nil {
		return 0, err
	}
	return user, giveEffect.Do(func() error {
		if err := os.MkdirAll(v.file(ioDir), 0o700); err != nil {
			return err
		}
		return errors.Join(sys.Give(v.file(ioDir), user, 0o700), sys.Give(v.file("seed.iso"), user, 0o400))
	})
}

// giveVolume makes the layers of a volume the guest's.
func (v *vm) giveVolume(id plan.ID) error {
	user, err := v.user()
	if err != nil {
		return err
	}
	return giveEffect.Do(func() error { return v.In.GiveVolume(id, user) })
}

// giveLayer makes a new layer the guest's.
func (v *vm) giveLayer(file string) error {
	user, err := v.user()
	if err != nil {
		return err
	}
	return v.In.GiveLayer(file, user)
}

// cage is what the guest's process sees at its start.
func (v *vm) cage(user int) (*sys.Cage, error) {
	c := &sys.Cage{User: user, Limits: guestLimits, Binds: []sys.Bind{
		{Path: v.file(ioDir), Write: true}, {Path: v.file("seed.iso")},
	}}
	for _, f := range firmware {
		c.Binds = append(c.Binds, sys.Bind{Path: f, Optional: true})
	}
	for _, a := range v.spec.Volumes {
		binds, err := v.In.VolumeBinds(a.Volume, true)
		if err != nil {
			return nil, err
		}
		c.Binds = append(c.Binds, binds...)
	}
	for _, image := range []plan.ID{v.spec.Image, v.spec.DVD} {
		if image == "" {
			continue
		}
		b, err := v.In.ImageBind(image)
		if err != nil {
			return nil, err
		}
		c.Binds = append(c.Binds, b)
	}
	if v.Accel == KVM {
		return c, admit(c, kvmDevice)
	}
	return c, nil
}

// admit lets a process use a device: it sees it, and has its group unless that
// is root's.
func admit(c *sys.Cage, device string) error {
	var st unix.Stat_t
	if err := unix.Stat(device, &st); err != nil {
		return err
	}
	c.Binds = append(c.Binds, sys.Bind{Path: device, Device: true})
	if st.Gid != 0 {
		c.Groups = append(c.Groups, int(st.Gid))
	}
	return nil
}

// show makes a volume visible to the running process, and an image.
func (v *vm) show(p sys.Process, volume plan.ID) error {
	binds, err := v.In.VolumeBinds(volume, true)
	for _, b := range binds {
		err = errors.Join(err, p.Show(b))
	}
	return err
}

func (v *vm) showImage(p sys.Process, image plan.ID) error {
	b, err := v.In.ImageBind(image)
	if err != nil {
		return err
	}
	return p.Show(b)
}

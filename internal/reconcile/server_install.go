package reconcile

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/work"
)

// rollbackInstall takes back what a reinstall replaced, when the main disk is
// still the old one. A disk that was begun anew stays new, with the image,
// the password and the keys that were meant for it: the old one is not there
// any more.
func (m *machine) rollbackInstall() error {
	s, main := m.s, m.main()
	if s.Spare == nil || main == nil {
		if s.SeenImageID != 0 {
			s.ImageID = s.SeenImageID
		}
		return nil
	}
	other := s.Spare.ImageID
	if main.SeenLayer == s.Spare.Layer {
		other = s.ImageID
		s.SwapInstall(main.Layer)
	}
	s.SeenImageID = s.ImageID
	return m.wakeImages(other)
}

// lateInstall follows a host that began the disk anew, though it had been given
// up: what is on the disk now is what was asked for then.
func (m *machine) lateInstall(layer string, main *cloud.Volume) {
	s := m.s
	if s.Spare == nil || s.Spare.Layer != layer {
		return
	}
	s.SwapInstall(main.SeenLayer)
	s.SeenImageID, main.ImageID = s.ImageID, s.ImageID
}

// main is the main disk.
func (m *machine) main() *cloud.Volume {
	for _, v := range m.volumes {
		if v.Main && v.Remove == cloud.Keep {
			return v
		}
	}
	return nil
}

// wakeImages tells the owners of images that a machine came or went.
func (m *machine) wakeImages(ids ...int64) error {
	for _, id := range ids {
		if id == 0 {
			continue
		}
		if err := work.Enqueue(m.tx, Image, id, 0); err != nil {
			return err
		}
	}
	return nil
}

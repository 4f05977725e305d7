package reconcile

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
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
		if err := m.swap(main.Layer); err != nil {
			return err
		}
	}
	s.SeenImageID = s.ImageID
	return m.wakeImages(other)
}

// lateInstall follows a host that began the disk anew, though it had been given
// up: what is on the disk now is what was asked for then.
func (m *machine) lateInstall(layer string, main *cloud.Volume) error {
	s := m.s
	if s.Spare == nil || s.Spare.Layer != layer {
		return nil
	}
	err := m.swap(main.SeenLayer)
	s.SeenImageID, main.ImageID = s.ImageID, s.ImageID
	return err
}

// swap takes the spare installation, with the firewall policies that were bound
// with it. An address whose policy was changed since keeps that, and so does
// one whose policy of then is gone.
func (m *machine) swap(layer string) error {
	bound := m.s.Spare.Bound
	m.s.SwapInstall(layer)
	for _, b := range bound {
		for _, ip := range m.ips {
			if ip.ID != b.IP || ip.PolicyID != b.Other || ip.Leaving != "" {
				continue
			}
			if b.Policy != 0 {
				switch p, err := store.Get[cloud.Policy](m.tx, b.Policy); {
				case store.None(err), err == nil && p.Removing:
					continue
				case err != nil:
					return err
				}
			}
			m.s.Spare.Bound = append(m.s.Spare.Bound, cloud.Rebound{IP: ip.ID, Policy: ip.PolicyID, BlockAll: ip.BlockAll, Other: b.Policy})
			if !ip.Rebound {
				ip.Rebound, ip.SeenPolicyID = true, ip.PolicyID
			}
			ip.PolicyID, ip.BlockAll = b.Policy, b.BlockAll
			if err := store.Update(m.tx, ip); err != nil {
				return err
			}
			if err := wakePolicies(m.tx, ip); err != nil {
				return err
			}
			if err := work.Enqueue(m.tx, Policy, b.Other, 0); err != nil {
				return err
			}
		}
	}
	return nil
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

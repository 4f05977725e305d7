package sim

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// newSettled is a world with one server at rest.
func newSettled(t *testing.T, hosts int) *Run {
	t.Helper()
	r := &Run{World: newWorld(t, 5, hosts)}
	must(t, r.Start())
	r.create(r.tokens[1])
	must(t, r.Settle(time.Hour))
	return r
}

// only is the one server, with its main disk and its host.
func (r *Run) only(t *testing.T) (s *cloud.Server, v *cloud.Volume, h *Host) {
	t.Helper()
	must(t, r.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		if s, err = store.First[cloud.Server](tx, cloud.Query{}.By("id")); err != nil {
			return err
		}
		v, err = store.First[cloud.Volume](tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("main", true)))
		return err
	}))
	i := slices.IndexFunc(r.Hosts, func(h *Host) bool { return h.ID == v.HostID })
	return s, v, r.Hosts[i]
}

// order makes a call that must be accepted, and waits for its end.
func (r *Run) order(t *testing.T, method, path string, body any) {
	t.Helper()
	if code, answer := r.call(r.tokens[1], method, path, body); code != 202 {
		t.Fatalf("%s %s: %d %s", method, path, code, answer)
	}
	must(t, r.Settle(time.Hour))
}

// backup saves the database; what it returns puts it back.
func (r *Run) backup(t *testing.T) (restore func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup")
	must(t, r.DB.Backup(context.Background(), file))
	return func() {
		t.Helper()
		must(t, r.Close())
		must(t, os.Remove(r.path()))
		_, _ = os.Remove(r.path()+"-wal"), os.Remove(r.path()+"-shm")
		must(t, store.Restore(context.Background(), file, store.Options{Path: r.path(), Now: r.clock, Rand: r.bytes, NoSync: true}))
		must(t, r.Open())
		r.mount()
		for _, h := range r.Hosts {
			h.Agent.Disconnect()
		}
		must(t, r.Settle(3*time.Hour))
	}
}

// A restore that is asked for after a restored database is carried out, though
// the host did one before that the database has forgotten.
func TestRestoreAfterRestoredDatabase(t *testing.T) {
	r := newSettled(t, 1)
	s, v, h := r.only(t)
	at, vol := "/servers/"+s.UID.String(), plan.ID(v.UID.Hex())
	must(t, h.Machine.WriteDisk(vol, "file", "frozen"))
	r.order(t, "POST", at+"/snapshots", nil)
	snap := at + "/snapshots/" + r.first().Snapshot.ID
	restore := r.backup(t)
	r.order(t, "PUT", snap, nil)
	must(t, h.Machine.WriteDisk(vol, "file", "newer"))
	restore()
	r.order(t, "PUT", snap, nil)
	if data, err := h.Machine.ReadDisk(vol); err != nil || data["file"] != "frozen" {
		t.Errorf("after the restore the disk has %q, %v", data["file"], err)
	}
}

// The same for a reinstall: the data of before is gone.
func TestReinstallAfterRestoredDatabase(t *testing.T) {
	r := newSettled(t, 1)
	s, v, h := r.only(t)
	image, vol := "/servers/"+s.UID.String()+"/image", plan.ID(v.UID.Hex())
	restore := r.backup(t)
	r.order(t, "PUT", image, map[string]any{"id": r.Image.UID.String()})
	must(t, h.Machine.WriteDisk(vol, "file", "of before"))
	restore()
	r.order(t, "PUT", image, map[string]any{"id": r.other.UID.String()})
	if data, err := h.Machine.ReadDisk(vol); err != nil || data["file"] != "" || data["image"] != r.other.Digest[:32] {
		t.Errorf("after the reinstall the disk has %v, %v", data, err)
	}
	if bad := r.Leaks(); len(bad) > 0 {
		t.Errorf("left: %q", bad)
	}
}

// After a reinstall that the database has forgotten the server has the image
// that its disk stands on, and nothing offers that for removal.
func TestImageAfterRestoredDatabase(t *testing.T) {
	r := newSettled(t, 1)
	s, v, h := r.only(t)
	vol := plan.ID(v.UID.Hex())
	other := r.other
	if s.ImageID == other.ID {
		other = r.Image
	}
	restore := r.backup(t)
	r.order(t, "PUT", "/servers/"+s.UID.String()+"/image", map[string]any{"id": other.UID.String()})
	must(t, h.Machine.WriteDisk(vol, "file", "precious"))
	restore()
	if bad := r.Leaks(); len(bad) > 0 {
		t.Errorf("left: %q", bad)
	}
	if s, _, _ := r.only(t); s.ImageID != other.ID || s.SeenImageID != other.ID {
		t.Errorf("the server has image %d, seen %d, its disk stands on %d", s.ImageID, s.SeenImageID, other.ID)
	}
	must(t, r.RemoveOrphans())
	must(t, r.Settle(time.Hour))
	images, err := h.Machine.List(context.Background(), plan.KindImage)
	if err != nil || !slices.Contains(images, plan.ID(other.Digest[:32])) {
		t.Errorf("the host has the images %v, %v", images, err)
	}
	r.order(t, "PUT", "/servers/"+s.UID.String()+"/status/action", map[string]any{"action": "REBOOT"})
	if data, err := h.Machine.ReadDisk(vol); err != nil || data["file"] != "precious" {
		t.Errorf("the disk has %v, %v", data, err)
	}
}

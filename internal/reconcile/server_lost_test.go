package reconcile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/hub"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// A disk whose files are missing stays shown as large as it was, whatever an older
// host says of it.
func TestMissingDiskStaysShown(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(func(*control.CreateServerIn) {})
	r.settle()
	disk := func() (v *cloud.Volume) {
		r.read(func(tx *store.Tx) (err error) {
			v, err = store.First[cloud.Volume](tx, cloud.Where(cloud.Eq("server_id", s.ID)))
			return err
		})
		return v
	}
	before := disk()
	if before.SeenGB == 0 || !before.Built {
		t.Fatalf("the disk was not made: %+v", before)
	}
	status, err := json.Marshal(plan.Status{
		Failed: true, Reason: "layer 0 of the disk is missing", Volume: &plan.VolumeSeen{Made: true, Layer: before.Layer},
	})
	r.must(err)
	r.write(func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE orders SET status = $1 WHERE kind = 'volume'`, string(status)); err != nil {
			return err
		}
		return work.Enqueue(tx, reconcile.Server, s.ID, 0)
	})
	for r.work() {
		continue
	}
	if after := disk(); after.SeenGB != before.SeenGB || after.SizeGB != before.SizeGB {
		t.Errorf("%d GB are shown of %d", after.SeenGB, before.SeenGB)
	}
}

// saysOf is what is said of a server that is wanted on, and what waits for it.
func (r *rig) saysOf(s *cloud.Server) (refusal, wait string) {
	r.Helper()
	var v *control.View
	_, err := r.c.PowerServer(r.Context(), r.call, control.PowerIn{Pick: pick(s.Meta), Action: control.PowerOn}, keep(&v))
	var e *cloud.Error
	if errors.As(err, &e) {
		refusal = e.Error() + " " + e.Fix
	} else {
		r.must(err)
	}
	r.read(func(tx *store.Tx) error {
		list, err := control.Waits(tx)
		for _, w := range list {
			if w.Kind == "server" && w.ID == s.ID {
				wait = w.String()
			}
		}
		return err
	})
	return refusal, wait
}

// Between the word that takes a lost host back and what it says of a server's disks,
// nobody is told to delete the server: it is said that the host is asked.
func TestHostTakenBackIsAsked(t *testing.T) {
	for _, there := range []bool{true, false} {
		t.Run(fmt.Sprintf("disk there %v", there), func(t *testing.T) {
			r := newRig(t, 1)
			s := r.create(nil)
			h := r.hostOf(s)
			r.loseHost(h)
			r.play(5 * time.Second)
			h.silent = false
			r.play(5 * time.Second)
			if said, _ := r.saysOf(s); !strings.Contains(said, "Delete it") {
				t.Errorf("of a server whose host is lost is said %q", said)
			}
			if !there {
				for _, v := range find[cloud.Volume](r, cloud.Eq("server_id", s.ID)) {
					r.must(h.machine.LoseDisk(plan.ID(v.UID.Hex())))
				}
			}
			r.write(func(tx *store.Tx) error {
				row, err := store.Get[cloud.Host](tx, h.id)
				if err != nil {
					return err
				}
				row.State = cloud.HostUp
				if err := store.Update(tx, row); err != nil {
					return err
				}
				return hub.Readmit(tx, h.id)
			})
			asked := func(when string) {
				t.Helper()
				said, wait := r.saysOf(s)
				for what, text := range map[string]string{"refusal": said, "wait": wait} {
					if !strings.Contains(text, "its host is back and is asked for its disks") ||
						strings.Contains(text, "Delete") || strings.Contains(text, "failed") {
						t.Errorf("%s, the %s is %q", when, what, text)
					}
				}
			}
			asked("at once")
			r.work()
			asked("after a turn")
			for range 3 { // leaves its stand-down, says hello, and tells everything
				r.talk(h)
				r.work()
				asked("while it is asked")
			}
			r.settle()
			switch now := get[cloud.Server](r, s.ID); {
			case there && now.Failed:
				t.Errorf("its disk is there, and it is failed: %s", now.Reason)
			case !there:
				if said, wait := r.saysOf(s); !strings.Contains(said, "Delete it") || !strings.Contains(wait, "failed") {
					t.Errorf("of a server whose disk is gone is said %q and %q", said, wait)
				}
			}
		})
	}
}

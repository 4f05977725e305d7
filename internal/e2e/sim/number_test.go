package sim

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// skip lets rows of a table be numbered from further up, as after many of them.
func (r *Run) skip(t *testing.T, upTo int64, tables ...string) {
	t.Helper()
	must(t, r.DB.Write(context.Background(), func(tx *store.Tx) error {
		for _, table := range tables {
			if err := tx.SkipIDs(table, upTo); err != nil {
				return err
			}
		}
		return nil
	}))
}

// doubles names numbers of segments and addresses of cards that stand on the hosts
// twice.
func (r *Run) doubles() (bad []string) {
	macs, segments := map[string]plan.ID{}, map[int]plan.ID{}
	for _, h := range r.Hosts {
		for id, p := range h.Ports() {
			if other, ok := macs[p.MAC]; ok && other != id {
				bad = append(bad, fmt.Sprintf("%s has the card %s, as %s has", p.MAC, id, other))
			}
			macs[p.MAC] = id
		}
		for id, n := range documents[plan.Network](h, plan.KindNetwork) {
			if other, ok := segments[n.VNI]; ok && other != id {
				bad = append(bad, fmt.Sprintf("segment %d is %s and %s", n.VNI, id, other))
			}
			segments[n.VNI] = id
		}
	}
	return bad
}

// Numbers that a host knows from after the backup, however far on, are not given
// again: neither of segments nor of cards.
func TestNumbersAfterRestoredDatabase(t *testing.T) {
	r := newSettled(t, 1)
	restore := r.backup(t)
	r.skip(t, 100_000, "subnet", "ip")
	for range 2 {
		r.create(r.tokens[1]) // on the segment that is there
		r.create(r.tokens[2]) // on a new one
	}
	must(t, r.Settle(time.Hour))
	restore()
	r.skip(t, 100_000, "subnet")
	r.skip(t, 100_000-2, "ip")
	for range 3 {
		r.create(r.tokens[1])
		r.create(r.tokens[2])
	}
	must(t, r.Settle(time.Hour))
	if bad := r.doubles(); len(bad) > 0 {
		t.Errorf("given again: %q", bad)
	}
}

// The same while the host that has them is silent.
func TestNumbersOfSilentHost(t *testing.T) {
	r := newSettled(t, 2)
	restore := r.backup(t)
	r.create(r.tokens[2])
	must(t, r.Settle(time.Hour))
	for _, h := range r.Hosts {
		h.Down = true
	}
	restore()
	for _, h := range r.Hosts[:2] {
		must(t, r.DB.Write(context.Background(), func(tx *store.Tx) error {
			row, err := store.Get[cloud.Host](tx, h.ID)
			if err != nil {
				return err
			}
			row.Enabled = false
			return store.Update(tx, row)
		}))
	}
	must(t, r.addHost("host-3"))
	r.create(r.tokens[2])
	must(t, r.Settle(time.Hour))
	for _, h := range r.Hosts {
		h.Down = false
	}
	must(t, r.Settle(3*time.Hour))
	if bad := r.doubles(); len(bad) > 0 {
		t.Errorf("given again: %q", bad)
	}
}

// A guest that was installed anew after the backup is not taken for another one by
// a restored database: it would make new keys and have the password of before.
func TestInstallationAfterRestoredDatabase(t *testing.T) {
	r := newSettled(t, 1)
	s, _, h := r.only(t)
	at := "/servers/" + s.UID.String()
	if !s.On {
		r.order(t, "PUT", at+"/status/action", map[string]any{"action": "POWER_ON"})
	}
	restore := r.backup(t)
	for range 2 {
		r.order(t, "PUT", at+"/image", map[string]any{"id": r.Image.UID.String()})
	}
	before, _ := h.Machine.Guest(plan.ID(s.UID.Hex()))
	restore()
	r.order(t, "PUT", at+"/status/action", map[string]any{"action": "REBOOT", "method": "HARDWARE"})
	after, _ := h.Machine.Guest(plan.ID(s.UID.Hex()))
	if after.Boot == before.Boot || after.Seed != before.Seed {
		t.Errorf("the guest was installation %s at boot %d, and is %s at boot %d", before.Seed, before.Boot, after.Seed, after.Boot)
	}
}

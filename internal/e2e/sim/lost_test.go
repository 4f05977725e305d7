package sim

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// A lost host that comes back is taken back only once it stood down; then its servers
// are there again with their disks and addresses, off, and what was deleted meanwhile
// is an orphan that names the way to its data.
func TestLostHostIsTakenBack(t *testing.T) {
	r := newSettled(t, 1)
	keep, v, h := r.only(t)
	r.create(r.tokens[1])
	must(t, r.Settle(time.Hour))
	must(t, r.addHost("host-2")) // for the routers
	must(t, r.Settle(time.Hour))
	list := r.list(r.tokens[1])
	at := map[bool]string{}
	for _, s := range list {
		at[s.ID == keep.UID.String()] = "/servers/" + s.ID
	}
	must(t, h.Machine.WriteDisk(plan.ID(v.UID.Hex()), "file", "precious"))
	addresses := func() (list string) {
		must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
			ips, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("server_id", keep.ID)).By("id"))
			for _, ip := range ips {
				list += ip.Addr.String() + " " + ip.MAC + "\n"
			}
			return err
		}))
		return list
	}
	before := addresses()

	h.Down = true
	must(t, r.declare(h, cloud.HostLost))
	must(t, r.Settle(3*time.Hour))
	if s, _, _ := r.only(t); !s.Failed || addresses() != before {
		t.Errorf("lost: %+v with %q, had %q", s.Life, addresses(), before)
	}
	if err := r.declare(h, cloud.HostUp); !cloud.IsKind(err, cloud.Conflict) {
		t.Errorf("taken back before it was heard: %v", err)
	}
	if code, answer := r.call(r.tokens[1], "DELETE", at[false], nil); code != 202 {
		t.Fatalf("%d %s", code, answer)
	}
	must(t, r.Settle(time.Hour))
	if n := len(r.list(r.tokens[1])); n != 1 {
		t.Errorf("%d servers after one of two was deleted", n)
	}
	h.Down = false
	h.Agent.Disconnect()
	must(t, r.Settle(time.Hour))
	if running, err := h.Machine.List(context.Background(), plan.KindVM); err != nil || len(running) > 0 {
		t.Errorf("it stood down and has the machines %v, %v", running, err)
	}
	must(t, r.declare(h, cloud.HostUp))
	must(t, r.Settle(time.Hour))
	if s, _, _ := r.only(t); s.Failed || s.On || addresses() != before {
		t.Fatalf("taken back: %+v with %q, had %q", s.Life, addresses(), before)
	}
	r.order(t, "PUT", at[true]+"/status/action", map[string]any{"action": "POWER_ON"})
	if data, err := h.Machine.ReadDisk(plan.ID(v.UID.Hex())); err != nil || data["file"] != "precious" {
		t.Errorf("the disk has %v, %v", data, err)
	}
	if guest, ok := h.Machine.Guest(plan.ID(keep.UID.Hex())); !ok || !guest.Running {
		t.Errorf("the guest is %+v", guest)
	}

	// The deleted one's disk.
	r.pass(t, 2*time.Minute)
	bad := r.Leaks()
	if len(bad) != 2 || !strings.Contains(strings.Join(bad, " "), "reports orphan volume") {
		t.Fatalf("left: %q", bad)
	}
	err := r.DB.Write(context.Background(), func(tx *store.Tx) error {
		orphans, err := hub.Orphans(tx, h.ID)
		if err != nil {
			return err
		}
		return hub.AdoptOrphan(tx, orphans[0].ID, hub.Owner{Kind: "server", Key: keep.ID})
	})
	if err == nil || !strings.Contains(err.Error(), "docs/operate/hosts.md") {
		t.Errorf("a bare disk: %v", err)
	}
	must(t, r.RemoveOrphans())
	must(t, r.Settle(time.Hour))
	if bad := r.Leaks(); len(bad) > 0 {
		t.Errorf("left: %q", bad)
	}
}

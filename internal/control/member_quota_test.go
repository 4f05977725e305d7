package control_test

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// limited sets a member's quota and gives a call that knows it, as the next
// request does.
func (r *rig) limited(call *control.Call, q cloud.Quota) *control.Call {
	r.Helper()
	_, err := r.c.SetQuota(r.Context(), call.Actor.Member.Name, func(to *cloud.Quota) { *to = q })
	r.must(err)
	c := *call
	c.Actor = r.actor(call.Actor.User.ID)
	return &c
}

// Each limit stops what would go beyond it, whatever verb it is, and nothing
// else; the control run is the same call without a quota.
func TestQuota(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		s := r.server(r.alice, nil) // 1 vCPU, 512 MiB, 10 GB or more, one public address
		used, err := r.c.SetQuota(t.Context(), "Acme", func(*cloud.Quota) {})
		r.must(err)
		u := used.Used
		if u.Servers != 1 || u.VCPU != s.VCPU || u.RAM != s.RAM || u.DiskGB == 0 || u.Addresses != 1 {
			t.Fatalf("used: %+v", u)
		}
		create := func(call *control.Call) error { _, err := r.create(call, nil); return err }
		address := func(call *control.Call) error {
			_, err := r.c.CreateIP(t.Context(), call, control.IPIn{}, func(*control.Txn, *control.IPView) (int, any, error) { return 201, nil, nil })
			return err
		}
		resize := func(call *control.Call) error {
			in := control.HardwareIn{Pick: pick(s.Meta), Limits: small, VCPU: s.VCPU + 1}
			_, err := r.c.ResizeServer(t.Context(), call, in, named)
			return err
		}
		for name, c := range map[string]struct {
			quota cloud.Quota
			do    func(*control.Call) error
			word  string
		}{
			"servers":   {cloud.Quota{Servers: 1}, create, "may have 1 server, "},
			"cpu":       {cloud.Quota{VCPU: u.VCPU}, create, "may have 1 vCPU, "},
			"resize":    {cloud.Quota{VCPU: u.VCPU}, resize, "may have 1 vCPU, "},
			"memory":    {cloud.Quota{RAM: u.RAM}, create, "MiB"},
			"disk":      {cloud.Quota{DiskGB: u.DiskGB}, create, "GB of disk"},
			"addresses": {cloud.Quota{Addresses: 1}, address, "may have 1 public address, "},
			"already":   {cloud.Quota{Addresses: 1, Servers: 1}, address, "may have 1 public address, "},
		} {
			err := c.do(r.limited(r.alice, c.quota))
			if e := refused(t, err, cloud.Forbidden, "quota"); !strings.Contains(e.Message, c.word) {
				t.Errorf("%s: %s", name, e.Message)
			}
		}
		if n := len(find[cloud.Server](r, cloud.Eq("member_id", s.MemberID))); n != 1 {
			t.Errorf("%d servers after refusals", n)
		}
		// Beyond the limit already: everything that takes nothing more goes on.
		full := r.limited(r.alice, cloud.Quota{Servers: 1, VCPU: 1, RAM: 1, DiskGB: 1, Addresses: 1})
		name := "other"
		_, err = r.c.UpdateServer(t.Context(), full, control.UpdateServerIn{Pick: pick(s.Meta), Name: &name, Limits: small}, named)
		r.must(err)
		r.must(create(r.bob))
		r.must(address(r.limited(r.alice, cloud.Quota{})))
		r.must(create(r.limited(r.alice, cloud.Quota{})))

		_, err = r.c.SetQuota(t.Context(), "nobody", func(*cloud.Quota) {})
		refused(t, err, cloud.NotFound, "member.missing")
		_, err = r.c.SetQuota(t.Context(), "Acme", func(q *cloud.Quota) { q.RAM = -1 })
		refused(t, err, cloud.Invalid, "quota.negative")
	})
}

// Who lost the right to something since is not told by a repeat what came of it.
func TestRepeatAsksAgain(t *testing.T) {
	r := newRig(t, store.SQLite)
	first, err := r.createWith(keyed(r.alice, "k", "a"), "web")
	r.must(err)
	again, err := r.createWith(keyed(r.alice, "k", "a"), "web")
	if err != nil || !again.Replayed || string(again.Body) != string(first.Body) {
		t.Fatalf("the control run: %+v %v", again, err)
	}
	r.write(func(tx *store.Tx) error {
		u, err := store.Get[cloud.User](tx, r.alice.Actor.User.ID)
		if err != nil {
			return err
		}
		read, err := store.First[cloud.Role](tx, cloud.Where(cloud.Eq("name", auth.ReadOnlyRole)))
		if err != nil {
			return err
		}
		u.RoleID = read.ID
		return store.Update(tx, u)
	})
	less := *r.alice
	less.Actor = r.actor(r.alice.Actor.User.ID)
	_, err = r.createWith(keyed(&less, "k", "a"), "web")
	refused(t, err, cloud.Forbidden, "flag")
}

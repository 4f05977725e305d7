package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// policies are the default ones, and the one at the server's public address.
func (r *rig) policies(s *cloud.Server) (linux, windows *cloud.Policy, bound int64) {
	r.Helper()
	for _, p := range find[cloud.Policy](r, cloud.Eq("default", true)) {
		if p.Family == "Windows" {
			windows = p
		} else {
			linux = p
		}
	}
	ip := find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[0]
	return linux, windows, ip.PolicyID
}

// A firewall policy that came with a reinstall goes with it when that is given
// up, comes when it is carried out late all the same, and leaves alone what a
// user bound meanwhile.
func TestPolicyOfAGivenUpReinstall(t *testing.T) {
	for _, how := range []string{"given up", "bound by a user meanwhile", "carried out late"} {
		t.Run(how, func(t *testing.T) {
			r := newRig(t, 1)
			s := r.create(func(in *control.CreateServerIn) { in.Off = true })
			linux, windows, bound := r.policies(s)
			if bound != linux.ID {
				t.Fatalf("policy %d is bound", bound)
			}
			h := r.hosts[0]
			h.machine.Inject(fake.Fault{Op: fake.OpEnsure, Kind: plan.KindVolume, Mode: fake.Stall, Reason: "by the test"})
			r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
				return r.c.ReinstallServer(r.Context(), r.call,
					control.ReinstallIn{Pick: pick(s.Meta), Image: pick(r.debian.Meta), Policy: pick(windows.Meta)}, ans)
			})
			r.play(9*time.Minute + 30*time.Second)
			if _, _, bound = r.policies(s); bound != windows.ID {
				t.Fatalf("during the reinstall policy %d is bound", bound)
			}
			want := linux.ID
			if how == "bound by a user meanwhile" {
				own := &cloud.Policy{MemberID: s.MemberID, Name: "own"}
				ip := find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[0]
				r.write(func(tx *store.Tx) error {
					if err := store.Insert(tx, own); err != nil {
						return err
					}
					ip.PolicyID = own.ID
					return store.Update(tx, ip)
				})
				want = own.ID
			}
			h.silent = how == "carried out late"
			if h.silent {
				h.machine.ClearFaults()
			}
			r.settle()
			if e := r.ended(s, "REINSTALL"); !e.Failed {
				t.Fatalf("it ended with %+v", e)
			}
			if _, _, bound = r.policies(s); bound != want {
				t.Errorf("given up, and policy %d is bound, not %d", bound, want)
			}
			if h.silent {
				want = windows.ID
			}
			h.silent = false
			h.machine.ClearFaults()
			r.play(time.Minute)
			if _, _, bound = r.policies(s); bound != want {
				t.Errorf("in the end policy %d is bound, not %d", bound, want)
			}
			if got := get[cloud.Server](r, s.ID); got.Spare != nil {
				t.Errorf("spare: %s", fmt.Sprint(got.Spare))
			}
			r.whole()
		})
	}
}

package reconcile_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

const newKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHcuGJ1BN7lLLAHnRRH0wN5OdRsnX0iUSGvcLXpn4Vxq new@example"

// reinstall orders the other image with another password and key.
func (r *rig) reinstall(s *cloud.Server) *cloud.Server {
	r.Helper()
	return r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.ReinstallServer(r.Context(), r.call, control.ReinstallIn{
			Pick:  pick(s.Meta),
			Image: pick(r.debian.Meta), Password: "Other!23456", KeyTexts: []string{newKey},
		}, ans)
	}).Server
}

// agrees tells whether image, password, keys and instance of a server are
// those of another look at it.
func agrees(a, b *cloud.Server) bool { return reflect.DeepEqual(a.Install(""), b.Install("")) }

// onImage checks that the main disk, the row and the seed speak of one image.
func (r *rig) onImage(s *cloud.Server, img *cloud.Image) {
	r.Helper()
	v := r.volumes(s)[0]
	data, err := r.hostOf(s).machine.ReadDisk(plan.ID(v.UID.Hex()))
	r.must(err)
	if want := img.Digest[:32]; s.ImageID != img.ID || s.SeenImageID != img.ID || v.ImageID != img.ID || data["image"] != want {
		r.Errorf("server %d has image %d (seen %d, disk %d) and stands on %q, want %d %q",
			s.ID, s.ImageID, s.SeenImageID, v.ImageID, data["image"], img.ID, want)
	}
}

// A reinstall that is given up before the disk was begun anew leaves the
// server as it was: it boots its old disk, with the old password and keys.
func TestGivenUpReinstall(t *testing.T) {
	for _, kind := range []plan.Kind{plan.KindImage, plan.KindVolume} {
		t.Run(string(kind), func(t *testing.T) {
			r := newRig(t, 1)
			before := r.create(nil)
			h := r.hosts[0]
			r.must(h.machine.WriteDisk(plan.ID(r.volumes(before)[0].UID.Hex()), "notes", "mine"))
			h.machine.Inject(fake.Fault{Op: fake.OpEnsure, Kind: kind, Mode: fake.Hopeless, Reason: "by the test"})
			during := r.reinstall(before)
			if agrees(before, during) || during.Spare == nil {
				t.Fatalf("the reinstall changed nothing: %+v", during)
			}
			r.play(11 * time.Minute)
			if e := r.ended(before, "REINSTALL"); !e.Failed {
				t.Fatalf("was not given up: %+v", e)
			}
			got := get[cloud.Server](r, before.ID)
			if !agrees(before, got) {
				t.Errorf("given up:\n%+v\nbefore:\n%+v", got.Install(""), before.Install(""))
			}
			h.machine.ClearFaults()
			r.play(time.Minute)
			if got = get[cloud.Server](r, before.ID); !got.On {
				r.power(got, control.PowerOn, false)
				r.settle()
			}
			got = get[cloud.Server](r, before.ID)
			if !got.SeenOn || got.Spare != nil {
				t.Errorf("on %v, spare %+v", got.SeenOn, got.Spare)
			}
			r.onImage(got, r.image)
			if data, err := h.machine.ReadDisk(plan.ID(r.volumes(got)[0].UID.Hex())); err != nil || data["notes"] != "mine" {
				t.Errorf("the old disk has %v, %v", data, err)
			}
			r.whole()
			// The next one is a new one.
			r.reinstall(got)
			r.settle()
			if e := r.ended(got, "REINSTALL"); e.Failed {
				t.Errorf("the second one failed: %s", e.Reason)
			}
			got = get[cloud.Server](r, before.ID)
			if agrees(before, got) || got.Spare != nil {
				t.Errorf("after the second one: %+v", got)
			}
			r.onImage(got, r.debian)
			r.whole()
		})
	}
}

// The disk is new already when the machine fails: there is no way back, so
// image, password and keys are those that were asked for.
func TestReinstallFailsAfterTheDisk(t *testing.T) {
	r := newRig(t, 1)
	before := r.create(func(in *control.CreateServerIn) { in.Off = true })
	r.create(func(in *control.CreateServerIn) { in.Image = pick(r.debian.Meta) }) // the host has the image
	h := r.hosts[0]
	h.machine.Inject(fake.Fault{
		Op: fake.OpEnsure, Kind: plan.KindVM, ID: plan.ID(before.UID.Hex()), Mode: fake.Hopeless, Reason: "by the test",
	})
	during := r.reinstall(before)
	r.play(time.Minute)
	if e := r.ended(before, "REINSTALL"); !e.Failed {
		t.Fatalf("was not given up: %+v", e)
	}
	got := get[cloud.Server](r, before.ID)
	if !agrees(during, got) || got.On {
		t.Errorf("given up:\n%+v\nasked for:\n%+v", got.Install(""), during.Install(""))
	}
	h.machine.ClearFaults()
	r.power(got, control.PowerOn, false)
	r.settle()
	r.onImage(get[cloud.Server](r, before.ID), r.debian)
	r.whole()
}

// The host begins the disk anew just when nobody waits for it any more, and says
// so afterwards. What it did is kept, and with it how its owner gets in.
func TestReinstallCarriedOutLate(t *testing.T) {
	r := newRig(t, 1)
	before := r.create(func(in *control.CreateServerIn) { in.Off = true })
	h := r.hosts[0]
	h.machine.Inject(fake.Fault{Op: fake.OpEnsure, Kind: plan.KindVolume, Mode: fake.Stall, Reason: "by the test"})
	during := r.reinstall(before)
	r.play(9*time.Minute + 30*time.Second)
	if !get[cloud.Server](r, before.ID).Open() {
		t.Fatal("was given up early")
	}
	h.silent = true
	h.machine.ClearFaults()
	r.play(time.Minute)
	if got := get[cloud.Server](r, before.ID); got.Open() || !agrees(before, got) || got.Spare == nil {
		t.Fatalf("given up: %+v", got)
	}
	h.silent = false
	r.play(time.Minute)
	got := get[cloud.Server](r, before.ID)
	if !agrees(during, got) || got.Spare != nil {
		t.Errorf("carried out late:\n%+v\nasked for:\n%+v", got.Install(""), during.Install(""))
	}
	r.power(got, control.PowerOn, false)
	r.settle()
	r.onImage(get[cloud.Server](r, before.ID), r.debian)
	r.whole()
}

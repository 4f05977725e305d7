package reconcile_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// The documents of a typical server, to the letter, with random parts named.
func TestDocuments(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(func(in *control.CreateServerIn) {
		in.Name, in.Disks = "Web 1", append(in.Disks, control.DiskIn{SizeGB: 10})
		in.DNS, in.UserData = []string{"9.9.9.9"}, "#cloud-config\n"
	})
	r.snapshot(s)
	r.settle()
	var out bytes.Buffer
	for _, kind := range plan.Kinds {
		for _, o := range r.ordersOf(kind) {
			b, err := json.MarshalIndent(map[string]any{"kind": o.Kind, "object": o.Object, "owner": o.Owner.Kind, "body": o.Body}, "", "  ")
			r.must(err)
			out.Write(append(b, '\n'))
		}
	}
	names := map[string]string{}
	hex := regexp.MustCompile(`[0-9a-f]{20,32}`)
	text := hex.ReplaceAllStringFunc(out.String(), func(id string) string {
		if strings.Trim(id, "a123") == "" { // of a digest
			return id
		}
		for known, name := range names {
			if strings.HasPrefix(known, id) {
				return name + map[bool]string{true: "-short"}[len(id) < 32]
			}
		}
		names[id] = "id-" + string(rune('a'+len(names)))
		return names[id]
	})
	text = regexp.MustCompile(`"\$6\$[^"]+"`).ReplaceAllString(text, `"HASH"`)
	golden := filepath.Join("testdata", "documents.json")
	if *update {
		r.must(os.MkdirAll("testdata", 0o755))
		r.must(os.WriteFile(golden, []byte(text), 0o644))
	}
	want, err := os.ReadFile(golden)
	r.must(err)
	if text != string(want) {
		t.Errorf("documents differ from %s (-update writes it):\n%s", golden, text)
	}
}

// A creation passes 1, 2, 4, counts its steps, and ends its event once.
func TestCreation(t *testing.T) {
	r := newRig(t, 1)
	v := r.order(nil)
	var states []int
	var percents []int
	for range 60 {
		s := get[cloud.Server](r, v.ID)
		if n := cloud.StateNumber(s); len(states) == 0 || states[len(states)-1] != n {
			states = append(states, n)
		}
		if s.Open() {
			if p := s.Progress(); len(percents) == 0 || percents[len(percents)-1] != p {
				percents = append(percents, p)
			}
		} else {
			break
		}
		if _, err := r.queue.Step(t.Context(), r.handlers); err != nil {
			t.Fatal(err)
		}
		r.hosts[0].agent.Step(t.Context())
		r.talk(r.hosts[0])
		r.now = r.now.Add(100 * time.Millisecond)
	}
	if len(states) != 3 || states[0] != 1 || states[1] != 2 || states[2] != 4 {
		t.Errorf("states %v, want 1 2 4", states)
	}
	for i, p := range percents {
		if p < 1 || p > 99 || i > 1 && p < percents[i-1] {
			t.Errorf("percents %v", percents)
			break
		}
	}
	if len(percents) < 3 {
		t.Errorf("no progress was shown: %v", percents)
	}
	r.settle()
	if list := r.events(v.Server); len(list) != 2 || !list[1].End || list[1].State != cloud.StateRunning {
		t.Errorf("%d lines", len(list))
	}
	r.whole()
}

func TestCreationOff(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(func(in *control.CreateServerIn) { in.Off = true })
	if e := r.ended(s, "CREATE"); e.Failed || e.State != cloud.StateQuiesced || s.SeenOn {
		t.Errorf("%+v", e)
	}
	r.whole()
}

// A creation that fails is cleared, its row stays with the reason, and it can
// be tried again at once or later, or deleted.
func TestFailedCreation(t *testing.T) {
	for _, kind := range []plan.Kind{plan.KindVolume, plan.KindVM, plan.KindPort} {
		for _, then := range []string{"delete", "delete later", "on", "on later"} {
			t.Run(string(kind)+"/"+then, func(t *testing.T) {
				r := newRig(t, 1)
				m := r.hosts[0].machine
				m.Inject(fake.Fault{Op: fake.OpEnsure, Kind: kind, Mode: fake.Hopeless, Reason: "by the test"})
				s := r.order(nil).Server
				for range 100 {
					if r.round(); get[cloud.Server](r, s.ID).Failed {
						break
					}
					r.now = r.now.Add(time.Second)
				}
				s = get[cloud.Server](r, s.ID)
				if e := r.ended(s, "CREATE"); !s.Failed || !e.Failed || e.State != cloud.StateUnresourced || !strings.Contains(e.Reason, "broken") {
					t.Fatalf("failed %v, %+v", s.Failed, e)
				}
				m.ClearFaults()
				if strings.HasSuffix(then, "later") {
					r.play(5 * time.Minute)
					r.whole()
					if s = get[cloud.Server](r, s.ID); !s.Failed || !strings.Contains(s.Reason, "broken") {
						t.Errorf("the row says %q", s.Reason)
					}
				}
				if strings.HasPrefix(then, "on") {
					r.power(s, control.PowerOn, false)
					r.settle()
					if s = get[cloud.Server](r, s.ID); s.Failed || !s.Built || !s.SeenOn {
						t.Errorf("the second try: %+v", s.Life)
					}
					r.whole()
				}
				r.remove(s)
				r.settle()
				if get[cloud.Server](r, s.ID).Alive() {
					t.Error("it is still there")
				}
				r.whole()
			})
		}
	}
}

// The 15 minutes of a creation count from the last thing that moved.
func TestCreationOnASilentHost(t *testing.T) {
	r := newRig(t, 1)
	r.hosts[0].silent = true
	s := r.order(nil).Server
	r.play(14 * time.Minute)
	if !get[cloud.Server](r, s.ID).Open() {
		t.Fatal("given up too early")
	}
	r.play(2 * time.Minute)
	if got := get[cloud.Server](r, s.ID); !got.Failed || got.Open() {
		t.Fatalf("not given up: %+v", got.Life)
	}
	r.hosts[0].silent = false
	r.play(2 * time.Minute)
	r.whole()
}

// Removal never gives up, and shows why it waits.
func TestRemovalWaits(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(func(in *control.CreateServerIn) { in.UserData = "#cloud-config\npassword: s3cret\n" })
	if s.UserData == "" {
		t.Fatal("no user data that could be wiped")
	}
	r.hosts[0].silent = true
	r.remove(s)
	r.play(3 * time.Hour)
	s = get[cloud.Server](r, s.ID)
	if !s.Open() || !strings.Contains(s.Reason, "not yet cleared") {
		t.Fatalf("open %v: %q", s.Open(), s.Reason)
	}
	r.hosts[0].silent = false
	r.hosts[0].machine.Inject(fake.Fault{Op: fake.OpRemove, Kind: plan.KindVolume, Mode: fake.Hopeless, Reason: "by the test"})
	r.play(2 * time.Hour)
	if s = get[cloud.Server](r, s.ID); !s.Open() || !strings.Contains(s.Reason, "by the test") {
		t.Fatalf("open %v: %q", s.Open(), s.Reason)
	}
	if len(find[cloud.IP](r, cloud.Eq("server_id", s.ID))) != 2 {
		t.Error("addresses were freed before the server was gone")
	}
	r.hosts[0].machine.ClearFaults()
	r.play(10 * time.Minute)
	s = get[cloud.Server](r, s.ID)
	if e := r.ended(s, "DELETE"); e.State != cloud.StateClosed || e.Failed || s.Alive() || s.RootHash+s.UserData+s.FirstPassword != "" {
		t.Errorf("%+v", e)
	}
	r.whole()
}

// Deleting in the middle of every change ends in "gone".
func TestRemovalInTheMiddle(t *testing.T) {
	for _, c := range changes {
		for _, rounds := range []int{0, 1, 2, 3} {
			r := newRig(t, 1)
			s := r.prepare(c)
			c.do(r, s)
			for range rounds {
				r.round()
			}
			r.remove(s)
			r.settle()
			if get[cloud.Server](r, s.ID).Alive() {
				t.Errorf("%s, after %d rounds: still there", c.name, rounds)
			}
			r.whole()
			if t.Failed() {
				t.Fatal(c.name)
			}
		}
	}
}

// A guest that powers itself off means it: the machine stays off, with an event
// of the guest (R6).
func TestGuestPowersOff(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.must(r.hosts[0].machine.ShutDown(plan.ID(s.UID.Hex())))
	r.play(30 * time.Second)
	s = get[cloud.Server](r, s.ID)
	if s.On || s.SeenOn || s.Open() {
		t.Errorf("on %v, seen %v", s.On, s.SeenOn)
	}
	if e := r.ended(s, "STOP"); e.UserName != "guest" || e.UserID != 0 || e.State != cloud.StateQuiesced {
		t.Errorf("%+v", e)
	}
	r.whole()
	r.power(s, control.PowerOn, false)
	r.settle()
	if s = get[cloud.Server](r, s.ID); !s.SeenOn {
		t.Error("it cannot be switched on again")
	}
}

// A one-shot on a silent host stays open: whether it was carried out cannot be
// known (docs/explain/state-and-work.md).
func TestOneShotOnASilentHost(t *testing.T) {
	for _, c := range changes {
		if c.name != "reboot" && c.name != "restore" && c.name != "reinstall" && c.name != "snapshot" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, 1)
			s := r.prepare(c)
			r.hosts[0].silent = true
			c.do(r, s)
			r.play(3 * time.Hour)
			if got := get[cloud.Server](r, s.ID); !got.Open() || got.Reason == "" {
				t.Fatalf("open %v: %q", got.Open(), got.Reason)
			}
			r.hosts[0].silent = false
			r.settle()
			if e := r.ended(s, c.action); e.Failed {
				t.Errorf("%s", e.Reason)
			}
			if bad := c.look(r, get[cloud.Server](r, s.ID)); bad != "" {
				t.Errorf("the server %s", bad)
			}
			r.whole()
		})
	}
}

// An address leaves only after the router stopped translating it.
func TestAddressLeavesLater(t *testing.T) {
	for _, kept := range []bool{false, true} {
		r := newRig(t, 1)
		s := r.create(nil)
		ip := find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[0]
		r.hosts[0].silent = true
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.RemoveServerIP(t.Context(), r.call, control.ServerIPIn{Pick: pick(s.Meta), IP: pick(ip.Meta), Keep: kept}, ans)
		})
		r.play(time.Hour)
		if got := get[cloud.IP](r, ip.ID); !got.Alive() || got.ServerID == 0 || got.Leaving == "" {
			t.Fatalf("the router may still translate it, but: %+v", got)
		}
		r.hosts[0].silent = false
		r.play(time.Minute)
		got := get[cloud.IP](r, ip.ID)
		if got.Alive() != kept || got.ServerID != 0 || got.Leaving != "" {
			t.Errorf("keep %v: %+v", kept, got)
		}
		for _, o := range r.ordersOf(plan.KindPort) {
			if bytes.Contains(o.Body, []byte(ip.Addr.String())) {
				t.Errorf("port %s still has it", o.Object)
			}
		}
		r.whole()
	}
}

// A bare-metal server gives its host back when it is gone (R18).
func TestBareMetalGivesItsHostBack(t *testing.T) {
	r := newRig(t, 1)
	model := find[cloud.Flavor](r, cloud.Eq("kind", "baremetal"))[0]
	s := r.create(func(in *control.CreateServerIn) {
		in.FlavorKind, in.Flavor, in.VCPU, in.Cores, in.RAM, in.Disks = "baremetal", control.Pick{ID: model.ID}, 0, 0, 0, nil
	})
	if h := get[cloud.Host](r, s.HostID); h.Whole != s.ID || s.SeenFlavorID != model.ID {
		t.Errorf("host %+v, server %+v", h, s)
	}
	r.remove(s)
	r.settle()
	if h := get[cloud.Host](r, s.HostID); h.Whole != 0 || h.Servers != 0 {
		t.Errorf("host %+v", h)
	}
	r.create(nil)
	r.whole()
}

package control_test

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

func dry(call *control.Call) *control.Call {
	c := *call
	c.DryRun, c.Key = true, "dry"
	return &c
}

// Every verb can be tried: the answer is that of the real request, and nothing
// is different afterwards, not even a stored answer or a counter.
func TestDryRunOfEveryVerb(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		plain := r.subject(r.alice, false)
		frozen := r.subject(r.alice, true)
		for _, v := range verbs {
			if v.name == "on" {
				continue // below, on a machine that is off
			}
			r.tries(t, v, plain, frozen)
		}
		start("off")(r, r.alice, plain)
		r.land(plain.ID)
		for _, v := range verbs {
			if v.name == "on" {
				r.tries(t, v, r.aim(r.alice, plain.ID), frozen)
			}
		}
	})
}

func (r *rig) tries(t *testing.T, v verb, plain, frozen subjectOf) {
	t.Helper()
	s := plain
	if v.snap {
		s = frozen
	}
	before := r.shot()
	rep, err := v.do(r, dry(r.alice), s)
	if err != nil {
		t.Errorf("%s: %v", v.name, err)
		return
	}
	if rep.Status != 202 || !strings.Contains(string(rep.Body), `"id"`) || rep.Replayed {
		t.Errorf("%s: answer %+v", v.name, rep)
	}
	if rep.Preview == nil || len(rep.Preview.Changes) == 0 {
		t.Errorf("%s: the preview is %+v", v.name, rep.Preview)
	}
	if after := r.shot(); after != before {
		t.Errorf("%s changed something:\n%s", v.name, differ(before, after))
	}
}

// differ shows the lines that two shots do not share.
func differ(a, b string) string {
	old := strings.Split(a, "\n")
	var out []string
	for _, l := range strings.Split(b, "\n") {
		if !slices.Contains(old, l) {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func TestPreviewOfACreation(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		in := like("größe \U0001F600")
		in.Image = pick(r.image.Meta)
		rep, err := r.c.CreateServer(r.Context(), dry(r.alice), in, named)
		r.must(err)
		p := rep.Preview
		if len(p.PlacedOn) != 0 {
			t.Errorf("a tenant hears of the hosts %v", p.PlacedOn)
		}
		all, err := r.c.CreateServer(r.Context(), dry(r.operator()), in, named)
		if err != nil || !slices.Equal(all.Preview.PlacedOn, []string{"h1"}) {
			t.Errorf("placed on %+v, %v", all, err)
		}
		// Floating address of the new router, private and public one of the server.
		if want := []string{"198.18.0.2", "100.64.0.2", "198.18.0.3"}; !slices.Equal(p.Addresses, want) {
			t.Errorf("addresses %v, want %v", p.Addresses, want)
		}
		var kinds []string
		for _, c := range p.Changes {
			kinds = append(kinds, c.Action+" "+c.Kind)
		}
		if want := []string{"CREATE router", "CREATE project", "CREATE server"}; !slices.Equal(kinds, want) {
			t.Errorf("changes %v, want %v", kinds, want)
		}
		last := p.Changes[len(p.Changes)-1]
		if last.State != cloud.StateRequested || last.Quantity["cpu"] != 1 || last.Quantity["gb"] != 20 {
			t.Errorf("the server: %+v", last)
		}
		h := p.Header()
		var back control.Preview
		if err := json.Unmarshal([]byte(h), &back); err != nil || back.Changes[2].Name != "größe \U0001F600" {
			t.Errorf("header %s: %v %+v", h, err, back)
		}
		for _, b := range []byte(h) {
			if b < 0x20 || b > 0x7e {
				t.Fatalf("header %q holds byte %#x", h, b)
			}
		}
		// What was foretold happens.
		real, err := r.create(r.alice, nil)
		r.must(err)
		if real.HostID != r.hosts[0].ID || real.IPs[0].Addr != netip.MustParseAddr("100.64.0.2") {
			t.Errorf("the real one is on host %d with %s", real.HostID, real.IPs[0].Addr)
		}
	})
}

// A dry run neither answers from a stored answer nor stores one.
func TestDryRunIgnoresTheKey(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		_, err := r.createWith(keyed(r.alice, "dry", "a"), "web")
		r.must(err)
		before := r.shot()
		c := dry(keyed(r.alice, "dry", "another body"))
		rep, err := r.createWith(c, "web")
		if r.must(err); rep.Replayed || rep.Preview == nil {
			t.Errorf("%+v", rep)
		}
		if r.shot() != before {
			t.Error("something changed")
		}
		rep, err = r.createWith(keyed(r.alice, "dry", "a"), "web")
		if r.must(err); !rep.Replayed || rep.Preview != nil {
			t.Errorf("the stored answer was lost: %+v", rep)
		}
	})
}

// Refusals are the same as without dry_run.
func TestDryRunRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		_, err := r.createWith(dry(r.alice), "")
		refused(t, err, cloud.Invalid, "name.empty")
		s := r.subject(r.alice, false)
		start("reboot")(r, r.alice, s)
		_, err = power(control.Reboot, false)(r, dry(r.alice), s)
		refused(t, err, cloud.Busy, "server.busy")
	})
}

// Writes on everything else can be tried, too.
func TestDryRunOfOtherObjects(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var ip *control.IPView
		_, err := r.c.CreateIP(r.Context(), r.alice, control.IPIn{Reverse: "a.example"}, keep(&ip))
		r.must(err)
		var k *control.KeyView
		_, err = r.c.CreateKey(r.Context(), r.alice, control.KeyIn{Limits: small, Name: text("k"), Text: text(line)}, keep(&k))
		r.must(err)
		var p *control.ProjectView
		_, err = r.c.CreateProject(r.Context(), openly(r.alice), control.CreateProjectIn{Name: "p"}, keep(&p))
		r.must(err)
		change(r, p.Router.ID, func(x *cloud.Router) { x.EventID, x.Built, x.SeenOn = 0, true, true })
		project := control.Pick{ID: p.Project.ID}
		before := r.shot()
		for name, try := range map[string]func(c *control.Call) (control.Reply, error){
			"create ip": func(c *control.Call) (control.Reply, error) {
				return r.c.CreateIP(r.Context(), c, control.IPIn{}, keep(new(*control.IPView)))
			},
			"update ip": func(c *control.Call) (control.Reply, error) {
				return r.c.UpdateIP(r.Context(), c, control.IPIn{Pick: pick(ip.Meta), Reverse: "b.example"}, keep(new(*control.IPView)))
			},
			"delete ip": func(c *control.Call) (control.Reply, error) {
				return r.c.DeleteIP(r.Context(), c, pick(ip.Meta), keep(new(*control.IPView)))
			},
			"create key": func(c *control.Call) (control.Reply, error) {
				return r.c.CreateKey(r.Context(), c, control.KeyIn{Limits: small, Name: text("x")}, keep(new(*control.KeyView)))
			},
			"update key": func(c *control.Call) (control.Reply, error) {
				return r.c.UpdateKey(r.Context(), c, control.KeyIn{Pick: pick(k.Meta), Limits: small, Name: text("y")}, keep(new(*control.KeyView)))
			},
			"delete key": func(c *control.Call) (control.Reply, error) {
				return r.c.DeleteKey(r.Context(), c, pick(k.Meta), keep(new(*control.KeyView)))
			},
			"create project": func(c *control.Call) (control.Reply, error) {
				return r.c.CreateProject(r.Context(), openly(c), control.CreateProjectIn{Name: "q"}, keep(new(*control.ProjectView)))
			},
			"rename project": func(c *control.Call) (control.Reply, error) {
				return r.c.UpdateProject(r.Context(), openly(c),
					control.UpdateProjectIn{Pick: project, Name: text("q")}, keep(new(*control.ProjectView)))
			},
			"shut project down": func(c *control.Call) (control.Reply, error) {
				return r.c.UpdateProject(r.Context(), openly(c),
					control.UpdateProjectIn{Pick: project, State: number(cloud.StateScrub)}, keep(new(*control.ProjectView)))
			},
			"networks": func(c *control.Call) (control.Reply, error) {
				in := control.ChangeRouterIn{Pick: control.Pick{ID: p.Router.ID}, Subnets: []control.SubnetIn{{Text: "10.1.0.1/24"}}}
				return r.c.ChangeRouter(r.Context(), openly(c), in, keep(new(*control.ProjectView)))
			},
		} {
			rep, err := try(dry(r.alice))
			if err != nil || rep.Preview == nil || len(rep.Preview.Changes) == 0 {
				t.Errorf("%s: %v, %+v", name, err, rep.Preview)
			}
			if after := r.shot(); after != before {
				t.Fatalf("%s changed something:\n%s", name, differ(before, after))
			}
		}
	})
}

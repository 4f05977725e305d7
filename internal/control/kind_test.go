package control_test

import (
	"maps"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// kindVerbs are the verbs of a kind, on the row that create made.
type kindVerbs struct {
	kind                   string // as events name it
	open                   bool   // in CloudCIX
	create, change, remove func(call *control.Call) error
	seen                   func(t *control.Txn) (int, error)
}

func (r *rig) kinds() []kindVerbs {
	var key *control.KeyView
	var ip *control.IPView
	var group *cloud.IPAddressGroup
	var project *control.ProjectView
	ctx := r.Context()
	return []kindVerbs{
		{
			kind: "key",
			create: func(call *control.Call) error {
				_, err := r.c.CreateKey(ctx, call, control.KeyIn{Limits: small, Name: text("laptop"), Text: text(line)}, keep(&key))
				return err
			},
			change: func(call *control.Call) error {
				in := control.KeyIn{Pick: pick(key.Meta), Limits: small, Name: text("desk")}
				_, err := r.c.UpdateKey(ctx, call, in, keep(new(*control.KeyView)))
				return err
			},
			remove: func(call *control.Call) error {
				_, err := r.c.DeleteKey(ctx, call, pick(key.Meta), keep(new(*control.KeyView)))
				return err
			},
			seen: func(t *control.Txn) (int, error) { list, _, err := t.Keys(cloud.Query{}); return len(list), err },
		},
		{
			kind: "ip",
			create: func(call *control.Call) error {
				_, err := r.c.CreateIP(ctx, call, control.IPIn{}, keep(&ip))
				return err
			},
			change: func(call *control.Call) error {
				_, err := r.c.UpdateIP(ctx, call, control.IPIn{Pick: pick(ip.IP.Meta), Reverse: "www.example"}, keep(new(*control.IPView)))
				return err
			},
			remove: func(call *control.Call) error {
				_, err := r.c.DeleteIP(ctx, call, pick(ip.IP.Meta), keep(new(*control.IPView)))
				return err
			},
			seen: func(t *control.Txn) (int, error) { list, _, err := t.IPs(cloud.Query{}); return len(list), err },
		},
		{
			kind: "ip_address_group", open: true,
			create: func(call *control.Call) error {
				in := control.IPAddressGroupIn{Name: text("offices"), CIDRs: []string{"192.0.2.0/24"}}
				_, err := r.c.CreateIPAddressGroup(ctx, call, in, keep(&group))
				return err
			},
			change: func(call *control.Call) error {
				in := control.IPAddressGroupIn{Pick: pick(group.Meta), Name: text("branches"), CIDRs: []string{"192.0.2.0/24"}}
				_, err := r.c.UpdateIPAddressGroup(ctx, call, in, keep(new(*cloud.IPAddressGroup)))
				return err
			},
			remove: func(call *control.Call) error {
				_, err := r.c.DeleteIPAddressGroup(ctx, call, pick(group.Meta), keep(new(*cloud.IPAddressGroup)))
				return err
			},
			seen: func(t *control.Txn) (int, error) {
				list, _, err := t.IPAddressGroups(cloud.Query{Where: cloud.Ne("member_id", int64(0))})
				return len(list), err
			},
		},
		{
			kind: "project", open: true,
			create: func(call *control.Call) error {
				in := control.CreateProjectIn{Name: "shop", Region: control.Pick{ID: r.hosts[0].RegionID}}
				_, err := r.c.CreateProject(ctx, call, in, keep(&project))
				return err
			},
			change: func(call *control.Call) error {
				in := control.UpdateProjectIn{Pick: pick(project.Meta), Name: text("store")}
				_, err := r.c.UpdateProject(ctx, call, in, keep(new(*control.ProjectView)))
				return err
			},
			seen: func(t *control.Txn) (int, error) { list, _, err := t.Projects(cloud.Query{}); return len(list), err },
		},
	}
}

// TestWritesOfKinds holds for every kind that a write needs its flag and somebody of the
// owner's, and is in the log, begun and ended; and that only the owner's see the row.
func TestWritesOfKinds(t *testing.T) {
	r := newRig(t, store.SQLite)
	reader, err := r.c.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "reader", ReadOnly: true})
	r.must(err)
	look := &control.Call{Actor: r.actor(reader.ID), Confined: true, Dialect: "oneandone", Method: "POST", Path: "/x"}
	if _, err := r.create(look, nil); !cloud.IsKind(err, cloud.Forbidden) {
		t.Errorf("CREATE server by a reader: %v", err)
	}
	for _, k := range r.kinds() {
		as := func(call *control.Call) *control.Call {
			if k.open {
				return openly(call)
			}
			return call
		}
		for _, w := range []struct {
			action string
			do     func(*control.Call) error
		}{{"CREATE", k.create}, {"UPDATE", k.change}, {"DELETE", k.remove}} {
			if w.do == nil {
				continue
			}
			before := r.shot()
			refuse := []*control.Call{look}
			if w.action != "CREATE" {
				refuse = append(refuse, r.bob)
			}
			for _, call := range refuse {
				if err := w.do(as(call)); !cloud.IsKind(err, cloud.Forbidden) && (call == look || !cloud.IsKind(err, cloud.NotFound)) {
					t.Errorf("%s %s by %s: %v", w.action, k.kind, call.Actor.Name(), err)
				}
			}
			if after := r.shot(); after != before {
				t.Errorf("%s %s: refusals changed something:\n%s", w.action, k.kind, differ(before, after))
			}
			known := len(find[cloud.Event](r))
			if err := w.do(as(r.alice)); err != nil {
				t.Fatalf("%s %s: %v", w.action, k.kind, err)
			}
			begun, ended := map[cloud.UID]int{}, map[cloud.UID]int{}
			for _, e := range find[cloud.Event](r)[known:] {
				if e.Action != w.action || e.Kind != k.kind {
					continue // what else begins with it, as a project's router does
				}
				if e.End {
					ended[e.Operation]++
				} else {
					begun[e.Operation]++
				}
			}
			if len(begun) != 1 || !maps.Equal(begun, ended) {
				t.Errorf("%s %s is in the log: begun %v, ended %v", w.action, k.kind, begun, ended)
			}
			if w.action != "CREATE" {
				continue
			}
			for _, c := range []struct {
				call *control.Call
				want int
			}{{r.alice, 1}, {r.bob, 0}} {
				r.must(r.c.Read(t.Context(), as(c.call), func(t *control.Txn) error {
					n, err := k.seen(t)
					if n != c.want {
						r.Errorf("%s sees %d of kind %s, not %d", c.call.Actor.Name(), n, k.kind, c.want)
					}
					return err
				}))
			}
		}
	}
}

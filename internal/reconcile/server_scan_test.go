package reconcile_test

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
	"github.com/virga-cloud/virga/internal/work"
)

// lived is a day of a cloud in which every kind of turn, report and sweep has something
// to do: machines are made, changed, copied, kept for a while and removed, one cannot be
// made, a project comes and goes, a host changes.
func (r *rig) lived() {
	r.Helper()
	s := r.create(nil)
	other := r.create(func(in *control.CreateServerIn) { in.Name = "other" })
	r.snapshot(s)
	r.settle()
	r.power(other, control.Reboot, true)
	r.settle()
	r.deleteSnapshot(s, r.shown(s))
	r.settle()
	n := r.network("inner")
	r.join(n, s, other)
	r.settle()
	r.leave(n, other)
	r.settle()
	r.join(n, other)
	r.settle()
	r.leave(n, s, other)
	r.removeNetwork(n)
	r.settle()
	r.resize(s, control.HardwareIn{VCPU: 2, AllowRestart: true})
	r.addDisk(other, 20)
	r.settle()
	r.reinstall(s)
	r.clone(other)
	r.play(2 * time.Minute)
	r.projectLived()
	r.hostLived(other)
	// A snapshot and a machine whose time is over.
	r.snapshot(other)
	r.settle()
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.DeleteServer(r.Context(), r.call, control.DeleteServerIn{Pick: pick(s.Meta), Grace: true}, ans)
	})
	r.settle()
	r.now = r.now.Add(8 * 24 * time.Hour)
	r.play(2 * time.Minute)
	r.settle()
	if get[cloud.Server](r, s.ID).Alive() {
		r.Errorf("server %d outlived its grace period", s.ID)
	}
	r.must(r.c.RemoveImage(r.Context(), "tiny"))
	r.remove(other)
	r.settle()
	r.play(2 * time.Minute)
}

// projectLived makes a project with a network, and closes it.
func (r *rig) projectLived() {
	r.Helper()
	call := *r.call
	call.Confined = false
	var p *control.ProjectView
	_, err := r.c.CreateProject(r.Context(), &call, control.CreateProjectIn{Name: "short"}, keep(&p))
	r.must(err)
	r.play(10 * time.Second)
	r.must(r.changeRouter(p.ID, control.ChangeRouterIn{Subnets: []control.SubnetIn{{Text: "10.0.0.1/24"}}}))
	r.play(10 * time.Second)
	r.write(func(tx *store.Tx) error { // as if it were the default one
		row, err := store.Get[cloud.Project](tx, p.ID)
		if err != nil {
			return err
		}
		a, err := store.First[cloud.Allocation](tx, cloud.Where(cloud.Eq("asn_id", row.ASNID)).By("prefix"))
		if err != nil {
			return err
		}
		return store.PlaceSubnet(tx, &cloud.Subnet{
			AllocationID: a.ID, MemberID: p.MemberID, SiteID: p.SiteID, RegionID: p.RegionID, ProjectID: p.ID, Name: "inner", Text: "10.9.0.0/24",
			Prefix: netip.MustParsePrefix("10.9.0.0/24"), Low: netip.MustParseAddr("10.9.0.1"),
		})
	})
	r.closing(p.ID, 0)
	r.play(2 * time.Minute)
	if get[cloud.Project](r, p.ID).Alive() {
		r.Errorf("project %d did not close", p.ID)
	}
}

// hostLived lets a creation give up, be tried again, and a host speak anew.
func (r *rig) hostLived(s *cloud.Server) {
	r.Helper()
	for _, h := range r.hosts {
		h.machine.Inject(fake.Fault{Kind: plan.KindVM, Op: fake.OpEnsure, Mode: fake.Hopeless, Times: 1 << 30, Reason: "by the test"})
	}
	v := r.order(func(in *control.CreateServerIn) { in.Name = "never" })
	r.play(time.Minute)
	for _, h := range r.hosts {
		h.machine.ClearFaults()
	}
	if !get[cloud.Server](r, v.ID).Failed {
		r.Fatal("the creation did not give up")
	}
	r.now = r.now.Add(2 * time.Hour)
	r.play(2 * time.Minute)
	r.settle()
	if get[cloud.Server](r, v.ID).Failed {
		r.Error("the creation was not tried again")
	}
	h := r.hostOf(s)
	r.write(func(tx *store.Tx) error { return work.Enqueue(tx, reconcile.Host, h.id, 0) })
	r.work()
}

// filled is a rig whose cloud has so many servers more than it seems.
func filled(t *testing.T, engine store.Engine, servers int64) *rig {
	t.Helper()
	r := newRigOn(t, 2, engine)
	s := r.create(nil)
	r.snapshot(s)
	r.settle()
	r.write(func(tx *store.Tx) error { return storetest.Fill(tx, s.ID, 1, servers) })
	return r
}

// statements are those that f lets the database carry out, each text once.
func (r *rig) statements(f func()) []storetest.Query {
	return slices.DeleteFunc(storetest.Statements(r.db, map[string]bool{}, f), func(q storetest.Query) bool { return ofTheRig(q.Text) })
}

// ofTheRig tells statements by which a rig looks whether its world rests.
func ofTheRig(text string) bool {
	return strings.HasSuffix(text, `"server"."event_id" <> 0 ORDER BY "server"."id"`)
}

// unscanned fails on statements that read a table that grows as a whole. foreign are
// those of the other database: what this one does not understand of them has a text
// of its own here.
func (r *rig) unscanned(all []storetest.Query, foreign bool) {
	r.Helper()
	asked := 0
	for _, q := range all {
		if strings.HasPrefix(q.Text, "INSERT") {
			continue
		}
		scans, plan, err := storetest.Scans(r.Context(), r.db, q)
		if err != nil && foreign {
			continue
		}
		r.must(err)
		asked++
		for _, table := range scans {
			if storetest.Grows(table) {
				r.Errorf("%s: reads all of %s:\n%s\nof %v\n%s", r.db.Engine(), table, q.Text, q.Args, plan)
			}
		}
	}
	r.Logf("%d statements on %s", asked, r.db.Engine())
	if asked < 100 && (foreign || r.db.Engine() == store.SQLite) {
		r.Errorf("only %d statements were asked about on %s", asked, r.db.Engine())
	}
}

// No verb, turn, report or sweep reads a table that grows as a whole, on both databases,
// whether the database knows how its rows are distributed or not.
func TestNothingIsScanned(t *testing.T) {
	r := filled(t, store.SQLite, 2000)
	all := r.statements(r.lived)
	r.unscanned(all, false)
	r.analyze()
	r.unscanned(all, false)
	p := filled(t, store.Postgres, 2000)
	p.analyze()
	own := p.statements(func() {
		s := p.create(nil)
		p.power(s, control.Reboot, true)
		p.settle()
		p.snapshot(s)
		p.settle()
		p.remove(s)
		p.settle()
	})
	p.unscanned(own, false)
	p.unscanned(all, true)
}

// analyze lets the database see how its rows are distributed.
func (r *rig) analyze() {
	r.Helper()
	r.write(func(tx *store.Tx) error {
		_, err := tx.Exec("ANALYZE")
		return err
	})
}

// costs lives in a world of so many servers, and says for each kind of turn, for
// leasing one, for verbs and for what hosts say what the dearest of it cost.
func costs(t *testing.T, servers int64) map[string]storetest.Cost {
	t.Helper()
	r := filled(t, store.SQLite, servers)
	most := map[string]storetest.Cost{}
	note := func(what string) {
		c, err := storetest.Costs(r.db)
		r.must(err)
		if c.Sum() > most[what].Sum() {
			most[what] = c
		}
	}
	note("what was before")
	delete(most, "what was before")
	for kind, h := range r.handlers {
		r.handlers[kind] = func(ctx context.Context, it *work.Item) (time.Duration, error) {
			note("lease")
			defer note(kind)
			again, err := h(ctx, it)
			if err != nil {
				t.Errorf("%s %d: %v", kind, it.Key, err)
			}
			return again, err
		}
	}
	r.meter = func(what string, do func()) {
		note("verb") // since the last of these
		do()
		note(what)
	}
	r.lived()
	return most
}

// No turn, sweep or report costs more because the cloud has grown: it reads no more
// than it changes, and a constant. All of that is in the one lock of writing.
func TestCostsDoNotGrow(t *testing.T) {
	small, large := costs(t, 1000), costs(t, 10_000)
	for _, kind := range append(slices.Sorted(maps.Keys(reconcile.New(reconcile.Options{}).Handlers())), "verb", "lease", "exchange") {
		a, b := small[kind], large[kind]
		t.Logf("%-8s %6d steps of SQLite at 1 000 servers, %6d at 10 000", kind, a.Sum(), b.Sum())
		if a.Sum() == 0 {
			t.Errorf("%s: nothing was measured: let lived do something that needs it", kind)
		}
		if b.Sum() > a.Sum()+a.Sum()/10+300 {
			t.Errorf("%s costs more in a larger cloud:\n%s", kind, b.Grown(a))
		}
	}
}

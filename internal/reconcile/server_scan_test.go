package reconcile_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

// few are what may be read as a whole: tables that do not grow with the cloud, what a
// statement itself makes, and indexes that have only what is looked for.
var few = []string{
	"site", "image", "CONSTANT ROW", "d", "pick", "server USING INDEX server_grace", "ip USING INDEX ip_noted",
}

// No verb, turn, report or sweep reads a table that grows, or sorts what it reads of
// one, in a transaction that others wait for.
func TestNothingIsScanned(t *testing.T) {
	r := newRig(t, 2)
	seen := map[string]bool{}
	var all []storetest.Query
	r.db.OnQuery(func(text string, args []any) {
		if !seen[text] {
			seen[text] = true
			all = append(all, storetest.Query{Text: text, Args: slices.Clone(args)})
		}
	})
	s := r.create(nil)
	other := r.create(func(in *control.CreateServerIn) { in.Name = "other" })
	r.snapshot(s)
	r.settle()
	r.power(other, control.Reboot, true)
	r.settle()
	r.deleteSnapshot(s, r.shown(s))
	r.settle()
	r.reinstall(s)
	r.clone(other)
	r.play(2 * time.Minute)
	r.remove(s)
	r.must(r.c.RemoveImage(t.Context(), "tiny"))
	r.remove(other)
	r.settle()
	r.play(2 * time.Minute)
	r.db.OnQuery(nil)
	if len(all) < 100 {
		t.Errorf("%d statements were seen", len(all))
	}
	for _, q := range all {
		if strings.HasPrefix(q.Text, "INSERT") || ofTheRig(q.Text) {
			continue
		}
		plan, err := storetest.Plan(t.Context(), r.db, q)
		if err != nil {
			t.Error(err)
			continue
		}
		for line := range strings.Lines(plan) {
			table, scans := strings.CutPrefix(strings.TrimSpace(line), "SCAN ")
			if scans && !slices.ContainsFunc(few, func(s string) bool { return table == s || strings.HasPrefix(table, s+" ") }) {
				t.Errorf("%s\nof %v\n%s", q.Text, q.Args, plan)
			}
		}
	}
}

// ofTheRig tells statements by which a rig looks whether its world rests.
func ofTheRig(text string) bool {
	return strings.HasSuffix(text, `"server"."event_id" <> 0 ORDER BY "server"."id"`)
}

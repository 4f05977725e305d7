package httpd_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

var leakLine = regexp.MustCompile(`(?m)^virga_leaks\{host="([^"]*)",kind="([^"]*)"\} (\d+)$`)

// Labels are few and short, whatever leaks: a kind and a host. The words are
// for the doctor and the log, where they stand once for each change.
func TestLeakLabels(t *testing.T) {
	r := newRig(t)
	at, err := r.ctl.PutHost(t.Context(), cloud.Host{Name: "rack-1"})
	if err != nil {
		t.Fatal(err)
	}
	r.write(func(tx *store.Tx) error {
		for _, id := range []plan.ID{"00000000000000000000000000000001", "00000000000000000000000000000002"} {
			if err := store.Insert(tx, &hub.Orphan{Host: at.ID, Kind: plan.KindVM, Object: id, Since: time.Now()}); err != nil {
				return err
			}
		}
		return store.Insert(tx, &cloud.Volume{Kind: cloud.DiskVolume, ServerID: 77, Name: "main"})
	})
	var body string
	for range 3 {
		r.round()
		_, body = r.get("/-/metrics")
	}
	short := regexp.MustCompile(`^[a-z_]{3,16}$`)
	got := map[string]string{}
	for _, m := range leakLine.FindAllStringSubmatch(body, -1) {
		if !short.MatchString(m[2]) || m[1] != "" && m[1] != "rack-1" {
			t.Errorf("a label is no word: %s", m[0])
		}
		got[m[2]+"@"+m[1]] = m[3]
	}
	if n := strings.Count(body, "\nvirga_leaks{"); n != len(got) {
		t.Errorf("%d lines, %d of them have the labels", n, len(got))
	}
	for at, want := range map[string]string{"orphan@rack-1": "2", "orphan@": "0", "disk@": "1", "card@": "0"} {
		if got[at] != want {
			t.Errorf("%s is %q, want %s", at, got[at], want)
		}
	}
	if n := strings.Count(r.log.String(), "thing on a host that belongs to nothing"); n != 1 {
		t.Errorf("the log says it %d times: %s", n, r.log)
	}
	list, err := httpd.Findings(t.Context(), r.db, 100)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{}
	for _, f := range list {
		words[f.Check] = true
		if (f.Orphan != 0) != strings.Contains(f.Fix, "--adopt") {
			t.Errorf("%+v", f)
		}
	}
	if len(list) < 3 || !words["thing on a host that belongs to nothing"] || !words["disk of a removed server"] {
		t.Errorf("the doctor says %+v", list)
	}
}

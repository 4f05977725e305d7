package cloudcix_test

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/wire/fuzzbody"
)

// Bodies that are good, with one or two values changed to others that somebody may
// mean: most get through, so what stands behind the refusals is fuzzed too. A dry
// run says of each what the write then does, nothing is a 500, and nothing is left
// half made.
func TestFuzzedValidBodies(t *testing.T) {
	built := newWorld(t).api.Router().Built()
	sent, through := 0, 0
	for i, o := range wirespec.Operations {
		make, ok := writes[o.ID]
		if !ok || !slices.Contains(built, o.ID) {
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(i), 17))
			ownSent, ownThrough := 0, 0
			for range max(1, fuzzRuns(t)/100) {
				w := newWorld(t)
				var at target
				at.project, at.router = w.project("ann", "web")
				at.vm = w.machine("ann", at.project, "www", "10.0.0.10")
				for n := range 12 {
					q := make(w, at)
					who := cmp.Or(q.who, "ann")
					var body []byte
					if q.body != nil {
						var err error
						if body, err = json.Marshal(q.body); err != nil {
							t.Fatal(err)
						}
						if n > 0 {
							body = fuzzbody.Vary(rng, body)
						}
					}
					dry := w.call(who, o.Method, q.path+"?dry_run=true", body)
					a := w.call(who, o.Method, q.path, body)
					if ownSent++; a.code < 300 {
						ownThrough++
					}
					if a.code >= 500 || dry.code != a.code {
						t.Errorf("%s: %d, dry %d: %s", body, a.code, dry.code, a.body)
					}
					if w.settle(); a.code < 300 && strings.HasSuffix(o.ID, "Delete") {
						break // there was one
					}
				}
				if leaks := w.Leaks(); len(leaks) > 0 {
					t.Error(strings.Join(leaks, "\n"))
				}
			}
			t.Logf("%d of %d got through", ownThrough, ownSent)
			if ownThrough == 0 {
				t.Error("not even the good one got through")
			}
			sent, through = sent+ownSent, through+ownThrough
		})
	}
	t.Logf("%d of %d valid bodies got through, %d %%", through, sent, 100*through/max(sent, 1))
	if through*100 < sent*70 {
		t.Errorf("only %d of %d bodies got through", through, sent)
	}
}

package oneandone

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/wire/fuzzbody"
)

// Bodies that are good, with one or two values changed to others that somebody may
// mean: most get through, so what stands behind the refusals is fuzzed too. A dry
// run says of each what the write then does, nothing is a 500, and nothing is left
// half made.
func TestFuzzValidBodies(t *testing.T) {
	built := New(nil, Options{}).Built()
	sent, through := 0, 0
	for i, o := range oneandone.Operations {
		make, ok := writes[o.ID]
		if !ok || !slices.Contains(built, o.ID) {
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(i), 17))
			ownSent, ownThrough := 0, 0
			w := newWorld(t)
			for n := range max(1, rounds(t)/10) {
				q := make(w) // a write that takes something away needs another one
				var body any
				if q.body != nil {
					raw, err := json.Marshal(q.body)
					if err != nil {
						t.Fatal(err)
					}
					if n > 0 {
						raw = fuzzbody.Vary(rng, raw)
					}
					body = raw
				} else if n > 2 {
					break // the same again
				}
				dry := w.call(o.Method, q.path+"?dry_run=true", body)
				a := w.call(o.Method, q.path, body)
				if ownSent++; a.status < 300 {
					ownThrough++
				}
				if a.status >= 500 || dry.status != a.status {
					t.Errorf("%s with %s: %d, dry %d: %s", a.what, body, a.status, dry.status, a.body)
				}
				w.settle()
			}
			w.whole()
			t.Logf("%d of %d got through", ownThrough, ownSent)
			sent, through = sent+ownSent, through+ownThrough
		})
	}
	t.Logf("%d of %d valid bodies got through, %d %%", through, sent, 100*through/max(sent, 1))
	if through*100 < sent*40 {
		t.Errorf("only %d of %d bodies got through", through, sent)
	}
}

package fuzzbody_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/virga-cloud/virga/api"
	"github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/wire/fuzzbody"
)

var contracts = map[string]struct {
	text []byte
	ops  []op.Spec
}{
	"oneandone": {api.OneAndOne, oneandone.Operations},
	"cloudcix":  {api.CloudCIX, cloudcix.Operations},
}

// Every operation with a body gets bodies, of which some are JSON objects and
// some are not; the same seed repeats them.
func TestBodies(t *testing.T) {
	for name, c := range contracts {
		maker := func(seed uint64) *fuzzbody.Maker {
			m, err := fuzzbody.New(c.text, seed)
			if err != nil {
				t.Fatal(err)
			}
			m.Words = []string{"908DC2072407C94C8054610AD5A53B8C"}
			return m
		}
		a, b, other := maker(1), maker(1), maker(2)
		objects, broken, differ, words := 0, 0, 0, 0
		for _, o := range c.ops {
			if (o.Body != "") && !a.Has(o.ID) {
				t.Errorf("%s: %s has a body of which the maker knows nothing", name, o.ID)
			}
			for range 20 {
				x, y, z := a.Body(o.ID), b.Body(o.ID), other.Body(o.ID)
				if !bytes.Equal(x, y) {
					t.Fatalf("%s: %s: one seed, two bodies:\n%s\n%s", name, o.ID, x, y)
				}
				if !bytes.Equal(x, z) {
					differ++
				}
				var m map[string]any
				switch {
				case json.Unmarshal(x, &m) == nil && len(m) > 0:
					objects++
				case !json.Valid(x):
					broken++
				}
				if bytes.Contains(x, []byte(a.Words[0])) {
					words++
				}
			}
		}
		if objects == 0 || broken == 0 || differ == 0 || words == 0 {
			t.Errorf("%s: %d objects, %d broken, %d differ by seed, %d with known ids", name, objects, broken, differ, words)
		}
	}
}

func TestUnknownOperation(t *testing.T) {
	m, err := fuzzbody.New(api.OneAndOne, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m.Has("nothing") {
		t.Error("an operation that is not there has a body")
	}
	for range 50 {
		if len(m.Body("nothing")) == 0 {
			return // even nothing is a body that clients send
		}
	}
}

func TestBrokenContract(t *testing.T) {
	if _, err := fuzzbody.New([]byte("\t:"), 1); err == nil {
		t.Error("a contract that is no YAML was read")
	}
}

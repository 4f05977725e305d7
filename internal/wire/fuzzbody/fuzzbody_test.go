package fuzzbody_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
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
	"oneandone": {api.OneAndOne(), oneandone.Operations},
	"cloudcix":  {api.CloudCIX(), cloudcix.Operations},
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
	m, err := fuzzbody.New(api.OneAndOne(), 1)
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

// Every place of a body can be reached, and what is put there is found there.
func TestPlacesAndPut(t *testing.T) {
	m, err := fuzzbody.New(api.CloudCIX(), 1)
	if err != nil {
		t.Fatal(err)
	}
	places := m.Places("vmCreate")
	for _, want := range []string{"name", "project_id", "storages[].gb", "ip_addresses[].address"} {
		if !slices.Contains(places, want) {
			t.Errorf("%s is not among %v", want, places)
		}
	}
	good := map[string]any{"storages": []any{map[string]any{"gb": 1, "name": "root"}, 7}, "a": map[string]any{"b": 1}}
	body := maps.Clone(good)
	for place, v := range map[string]any{"storages[].gb": 2, "new[].id": 3, "a.c": 4, "list[]": 5, "plain": 6} {
		fuzzbody.Put(body, place, v)
	}
	const want = "map[a:map[b:1 c:4] list:[5] new:[map[id:3]] plain:6 storages:[map[gb:2 name:root] 7]]"
	if got := fmt.Sprint(body); got != want {
		t.Errorf("put %s, want %s", got, want)
	}
	if got := fmt.Sprint(good); got != "map[a:map[b:1] storages:[map[gb:1 name:root] 7]]" {
		t.Errorf("the good body is now %s", got)
	}
}

// A varied body differs, keeps its form and its ids, and the same seed gives the
// same one.
func TestVary(t *testing.T) {
	const good = `{"id":7,"project_id":8,"name":"web","gb":40,"on":true,"action":"REBOOT","nets":["10.0.0.1/24","10.0.0.9"],"words":"a b"}`
	differ := 0
	for seed := range uint64(200) {
		a, b := fuzzbody.Vary(rand.New(rand.NewPCG(seed, 1)), []byte(good)), fuzzbody.Vary(rand.New(rand.NewPCG(seed, 1)), []byte(good))
		if string(a) != string(b) {
			t.Fatalf("seed %d gives %s and %s", seed, a, b)
		}
		var v struct {
			ID        int    `json:"id"`
			ProjectID int    `json:"project_id"`
			Action    string `json:"action"`
			Nets      []string
		}
		if err := json.Unmarshal(a, &v); err != nil || v.ID != 7 || v.ProjectID != 8 || v.Action != "REBOOT" || len(v.Nets) != 2 {
			t.Fatalf("%s: %v", a, err)
		}
		if _, err := netip.ParsePrefix(v.Nets[0]); err != nil {
			t.Fatal(err)
		}
		if _, err := netip.ParseAddr(v.Nets[1]); err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(a, []byte(`"gb":40`)) || !bytes.Contains(a, []byte(`"web"`)) || !bytes.Contains(a, []byte(`"10.0.0.9"`)) {
			differ++
		}
	}
	if differ < 40 {
		t.Errorf("%d of 200 bodies differ", differ)
	}
}

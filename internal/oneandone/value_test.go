package oneandone

import (
	"math"
	"regexp"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
	"pgregory.net/rapid"
)

func TestDate(t *testing.T) {
	shape := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$`)
	rapid.Check(t, func(rt *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(rt, "s"), rapid.Int64Range(0, 999_999_999).Draw(rt, "ns"))
		at = at.In(time.FixedZone("", rapid.IntRange(-12*3600, 12*3600).Draw(rt, "zone")))
		text := date(at)
		if !shape.MatchString(text) {
			rt.Fatalf("%s", text)
		}
		back, err := time.Parse(time.RFC3339, text)
		if err != nil || !back.Equal(at.Truncate(time.Second)) {
			rt.Fatalf("%s is %s, want %s", text, back, at)
		}
	})
	if got := date(time.Date(2015, 5, 6, 8, 33, 25, 999, time.UTC)); got != "2015-05-06T08:33:25+00:00" {
		t.Error(got)
	}
}

// What is shown and sent back means the same; what no step allows stays refused.
func TestMebibytes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		mib := rapid.IntRange(0, 1<<20).Draw(rt, "mib")
		if got := mebibytes(gigabytes(mib)); got != mib {
			rt.Fatalf("%d MiB comes back as %d", mib, got)
		}
		gb := rapid.Float64().Draw(rt, "gb")
		n := mebibytes(gb)
		allowed := n >= limits.RAMMin && n <= limits.RAMMax && n%limits.RAMStep == 0
		if exact := math.Mod(gb, 0.5) == 0 && gb >= 0.5 && gb <= 128; allowed != exact {
			rt.Fatalf("%v GB is %d MiB, allowed %v", gb, n, allowed)
		}
	})
	for gb, want := range map[float64]int{
		0: 0, 0.5: 512, 128: 131072, -3: -3072, -0.0001: -1, 1e300: far | 1, 0.50000001: 513, math.MaxFloat64: far | 1, -1e300: -far | 1,
	} {
		if got := mebibytes(gb); got != want {
			t.Errorf("%v GB is %d MiB, want %d", gb, got, want)
		}
	}
}

func TestPickID(t *testing.T) {
	const id = "908DC2072407C94C8054610AD5A53B8C"
	for _, text := range []string{id, "908dc2072407c94c8054610ad5a53b8c"} {
		if p, err := pickID("x", text); err != nil || p.UID.String() != id {
			t.Errorf("%s: %v, %v", text, p, err)
		}
	}
	for _, text := range []string{"", "0", "zz", id + "0", "G08DC2072407C94C8054610AD5A53B8C", "00000000000000000000000000000000"} {
		if _, err := pickID("x", text); !cloud.IsKind(err, cloud.NotFound) {
			t.Errorf("%q: %v, a malformed id is an unknown one", text, err)
		}
	}
}

func TestReaders(t *testing.T) {
	v, err := wire.Parse([]byte(`{"n": 7, "zero": 0, "null": null, "neg": -5,`+
		` "huge": 99999999999, "frac": 1.5, "text": "x", "empty": "", "enum": "B", "bad": "C", "pw": 1}`), wire.Rules{NullAbsent: true})
	if err != nil {
		t.Fatal(err)
	}
	o, err := v.Object()
	if err != nil {
		t.Fatal(err)
	}
	var p cloud.Problems
	for name, want := range map[string]int{"n": 7, "zero": 0, "null": 0, "absent": 0, "neg": -5, "huge": 99999999999} {
		if got := whole(o, &p, name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	if text(o, &p, "null") != "" || text(o, &p, "text") != "x" ||
		oneOf(o, &p, "enum", "A", "A", "B") != "B" || oneOf(o, &p, "null", "A", "A") != "A" {
		t.Error("texts are read wrongly")
	}
	if err := p.Err(); err != nil {
		t.Errorf("good values were refused: %v", err)
	}
	whole(o, &p, "frac")
	required(o, &p, "empty")
	required(o, &p, "absent")
	required(o, &p, "n")
	oneOf(o, &p, "bad", "A", "A", "B")
	for _, field := range []string{"frac", "empty", "absent", "n", "bad"} {
		if !p.Has(field) {
			t.Errorf("%s was taken", field)
		}
	}
}

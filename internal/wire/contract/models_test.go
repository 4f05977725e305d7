package contract

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/wire"
	"pgregory.net/rapid"
)

func documents(t testing.TB) map[*Document][]op.Any {
	t.Helper()
	one, err := OneAndOne()
	if err != nil {
		t.Fatal(err)
	}
	cix, err := CloudCIX()
	if err != nil {
		t.Fatal(err)
	}
	return map[*Document][]op.Any{one: oneandone.Typed, cix: cloudcix.Typed}
}

// Every legal answer and every legal body can be held by the generated Go type
// and comes out as legal as it went in, with nothing lost.
func TestModelsHoldEveryLegalValue(t *testing.T) {
	// Hundreds of types, each from a deep schema: few values of each are enough,
	// and every run draws others.
	few(t, "15")
	seen := map[string]bool{} // the same model is the answer of many operations
	for d, ops := range documents(t) {
		for _, o := range ops {
			spec := o.Untyped()
			known := d.operations[spec.ID]
			if known == nil {
				t.Fatalf("%s has no %s", d.Name, spec.ID)
			}
			for _, side := range []struct {
				name, place string
				into        func() any
			}{{"answer", known.answers[spec.Status].place, o.NewOut}, {"body", known.body, o.NewIn}} {
				if _, none := side.into().(*op.None); none || side.place == "" {
					continue
				}
				name := fmt.Sprintf("%T", side.into())
				if seen[name] {
					continue
				}
				seen[name] = true
				t.Run(spec.ID+"/"+side.name, func(t *testing.T) {
					rapid.Check(t, func(rt *rapid.T) {
						sample := sampler{d, rt}.draw(map[string]any{"$ref": "#" + side.place}, 4)
						roundTrip(rt, d, side.place, sample, side.into())
					})
				})
			}
		}
	}
}

// few lowers the number of draws for one test, unless the command line says how
// many.
func few(t *testing.T, n string) {
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() != checks.DefValue {
		return
	}
	if err := checks.Value.Set(n); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) })
}

func roundTrip(t *rapid.T, d *Document, place string, sample, into any) {
	text, err := wire.JSON(sample)
	if err != nil {
		t.Fatal(err)
	}
	if bad := d.check(place, decode(t, text)); len(bad) > 0 {
		t.Skip("the sampler missed a rule:", bad)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s does not fit %T: %v", text, into, err)
	}
	again, err := wire.JSON(into)
	if err != nil {
		t.Fatal(err)
	}
	if bad := d.check(place, decode(t, again)); len(bad) > 0 {
		t.Fatalf("%T wrote %s for %s: %v", into, again, text, bad)
	}
	if diff := cmp.Diff(normal(decode(t, text)), normal(decode(t, again))); diff != "" {
		t.Fatalf("%T changed %s: %s", into, text, diff)
	}
}

func decode(t *rapid.T, text []byte) any {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// normal removes the freedoms that mean the same: an optional null is an absent
// key, numbers are equal by value, "no alerts" has several spellings.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if e != nil {
				out[k] = normal(e)
			}
		}
		return alerts(out)
	case nil:
		return []any{} // a body of null is an empty one
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, normal(e))
		}
		return out
	case json.Number:
		f, _ := v.Float64()
		return f
	}
	return v
}

// alerts makes one spelling of "no alerts" out of [], {} and empty lists.
func alerts(m map[string]any) any {
	for k, v := range m {
		if _, list := v.([]any); !list || k != "critical" && k != "warning" {
			return m
		}
	}
	for k, v := range m {
		if len(v.([]any)) == 0 {
			delete(m, k)
		}
	}
	if len(m) == 0 {
		return []any{}
	}
	return m
}

// The generator's view of a contract and the watcher's are one.
func TestSpecsAgree(t *testing.T) {
	for d, ops := range documents(t) {
		if len(ops) != len(d.operations) {
			t.Errorf("%s: %d operations generated, %d in the contract", d.Name, len(ops), len(d.operations))
		}
		for _, o := range ops {
			spec, known := o.Untyped(), d.operations[o.Untyped().ID]
			if known == nil {
				t.Errorf("%s has no %s", d.Name, spec.ID)
				continue
			}
			if _, ok := known.answers[spec.Status]; !ok {
				t.Errorf("%s: status %d", spec.ID, spec.Status)
			}
			if spec.Body != "" && spec.Optional == known.bodyRequired {
				t.Errorf("%s: optional %v", spec.ID, spec.Optional)
			}
			for _, p := range known.params {
				names := spec.Query
				if p.in == "path" {
					names = spec.Params()
				}
				if !slices.Contains(names, p.name) {
					t.Errorf("%s: no %s parameter %s", spec.ID, p.in, p.name)
				}
			}
			for status, a := range known.answers {
				if a.place == "" {
					continue
				}
				if _, err := d.schema(a.place); err != nil {
					t.Errorf("%s %d: %v", spec.ID, status, err)
				}
			}
		}
	}
}

package op_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
)

// standard is what encoding/json makes of a value, without HTML escapes.
func standard(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// same compares both writers on one value.
func same(t *testing.T, v any) {
	t.Helper()
	want, wantErr := standard(v)
	got, err := op.Encode(v)
	if (err == nil) != (wantErr == nil) || string(got) != want && err == nil {
		t.Fatalf("%T: wrote\n%s (%v), encoding/json\n%s (%v)", v, got, err, want, wantErr)
	}
}

// Every model of both contracts, filled at random, is written as encoding/json
// writes it.
func TestModelsAreWrittenAsEncodingJSONDoes(t *testing.T) {
	found := models()
	rnd := rand.New(rand.NewPCG(1, 2))
	writable := 0
	for _, m := range found {
		if _, ok := reflect.Zero(m).Interface().(op.Writable); ok {
			writable++
		}
		same(t, reflect.Zero(m).Interface())
		for range 150 {
			v := reflect.New(m)
			fill(rnd, v.Elem(), 0)
			same(t, v.Elem().Interface())
			same(t, v.Interface())
		}
	}
	if writable < 300 {
		t.Errorf("only %d models write themselves: the test looks in the wrong place", writable)
	}
}

// No model is left out of the test above.
func TestModelsAreFound(t *testing.T) {
	found := map[string]bool{}
	for _, m := range models() {
		found[m.String()] = true
	}
	method := regexp.MustCompile(`(?m)^func \(v (\w+)\) WriteJSON`)
	for _, dialect := range []string{"oneandone", "cloudcix"} {
		text, err := os.ReadFile("../" + dialect + "/json.gen.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range method.FindAllSubmatch(text, -1) {
			if name := dialect + "." + string(m[1]); !found[name] {
				t.Errorf("%s is reached by no operation: add it to models", name)
			}
		}
	}
}

// models are the types of all bodies and answers, and what they are made of.
func models() []reflect.Type {
	// What no operation names: errors, short forms and details of others.
	roots := []any{
		new(oneandone.Error), new(cloudcix.AddressRangeDetails), new(cloudcix.IPAddressDetails), new(cloudcix.BaseVM), new(cloudcix.BaseVPN),
		new(cloudcix.BaseVirtualRouter), new(cloudcix.Detail), new(cloudcix.FieldErrors), new(cloudcix.StorageUpdate),
	}
	for _, o := range append(append([]op.Any{}, oneandone.Typed...), cloudcix.Typed...) {
		roots = append(roots, o.NewIn(), o.NewOut())
	}
	seen := map[reflect.Type]bool{}
	var list []reflect.Type
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		if t.Name() != "" && (t.Kind() == reflect.Struct || t.Kind() == reflect.Map || t.Kind() == reflect.Slice) {
			list = append(list, t)
		}
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			visit(t.Elem())
		case reflect.Map:
			visit(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				visit(t.Field(i).Type)
			}
		}
	}
	for _, r := range roots {
		visit(reflect.TypeOf(r).Elem())
	}
	return list
}

// texts that are written in a way of their own, or nearly.
var texts = []string{
	"", "plain", "UPPER 123", `say "hi"\`, "tab\tline\nfeed\r\b\f\x00\x1f\x7f", "<a href='x'>&amp;</a>", "größer", "日本語", "😀",
	"\u2028 and \u2029", "\u2027\u202a", "bad \xff\xfe utf-8", "\xe2\x80", "\xed\xa0\x80", "\ufffd",
}

var numbers = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, 1.5, 1e20, 1e21, -1e21, 1e-6, 9.9e-7, 1e-7, 1e-10, 1e100, math.MaxFloat64,
	math.SmallestNonzeroFloat64, 123456789.125, math.MaxInt64,
}

// fill puts random values into a value, deeper ones less often.
func fill(rnd *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text(rnd))
	case reflect.Bool:
		v.SetBool(rnd.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, -1, rnd.Int64(), math.MinInt64, math.MaxInt64}[rnd.IntN(6)])
	case reflect.Float64:
		v.SetFloat(numbers[rnd.IntN(len(numbers))])
	case reflect.Pointer:
		if rnd.IntN(3) > 0 && depth < 6 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(rnd, v.Elem(), depth+1)
		}
	case reflect.Slice:
		n := rnd.IntN(4)
		if n == 0 || depth > 6 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
		for i := range n - 1 {
			fill(rnd, v.Index(i), depth+1)
		}
	case reflect.Map:
		n := rnd.IntN(4)
		if n == 0 || depth > 6 {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range n - 1 {
			e := reflect.New(v.Type().Elem()).Elem()
			fill(rnd, e, depth+1)
			v.SetMapIndex(reflect.ValueOf(text(rnd)), e)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(rnd, v.Field(i), depth+1)
		}
	case reflect.Interface:
		if e := anything(rnd, depth); e != nil {
			v.Set(reflect.ValueOf(e))
		}
	default:
		panic(fmt.Sprintf("a model holds a %s", v.Type()))
	}
}

func text(rnd *rand.Rand) string { return texts[rnd.IntN(len(texts))] + texts[rnd.IntN(len(texts))] }

// anything is what handlers and decoders put where a contract allows several
// shapes.
func anything(rnd *rand.Rand, depth int) any {
	switch rnd.IntN(16 + depth) {
	case 0:
		return text(rnd)
	case 1:
		return rnd.IntN(2) == 0
	case 2:
		return rnd.Int()
	case 3:
		return rnd.Int64()
	case 4:
		return numbers[rnd.IntN(len(numbers))]
	case 5:
		return json.Number("12.50")
	case 6:
		return []any{text(rnd), nil, anything(rnd, depth+1)}
	case 7:
		return map[string]any{text(rnd): anything(rnd, depth+1), "a": 1}
	case 8:
		return oneandone.Identity{ID: text(rnd), Name: text(rnd)}
	case 9:
		return []oneandone.Identity{{Name: text(rnd)}, {}}
	case 10:
		return (*oneandone.Identity)(nil)
	case 11:
		return oneandone.OrEmpty[oneandone.Identity]{}
	case 12:
		return []*oneandone.Identity{{Name: text(rnd)}, nil}
	case 13:
		return []oneandone.Identity(nil)
	}
	return nil
}

// What has no JSON form is an error, wherever it stands, and the text before it
// is not an answer.
func TestNoJSONForm(t *testing.T) {
	for _, v := range []any{
		math.NaN(), math.Inf(-1),
		[]any{math.Inf(1)},
		func() {},
		map[string]any{"x": make(chan int)},
		oneandone.Hardware{RAM: math.NaN()},
		[]oneandone.Hardware{{}, {RAM: math.Inf(1)}},
		oneandone.Server{SSHPassword: func() {}},
	} {
		same(t, v)
		if text, err := op.Encode(v); err == nil {
			t.Errorf("%v became %s", v, text)
		}
	}
}

// Values that are no models.
func TestOtherValues(t *testing.T) {
	for _, v := range []any{
		nil, "a<b>&", true, 1, int64(-5), 1.5, json.RawMessage(`{"a": [1]}`),
		[]string{"<", "\u2028"},
		[]string(nil),
		[]any{},
		map[string]int{"b": 1, "a": 2},
		[]oneandone.Identity{},
		[]oneandone.Identity(nil),
		cloudcix.Page[cloudcix.State, cloudcix.ListMetadata]{},
	} {
		same(t, v)
	}
}

// A text that grows in the same memory begins anew.
func TestReset(t *testing.T) {
	var w op.JSON
	w.Float(math.NaN())
	if _, err := w.Bytes(); err == nil {
		t.Error("no error of NaN")
	}
	w.Reset()
	w.Grow(100)
	w.Raw("[")
	for range 2 {
		w.Next()
		w.Int(7)
	}
	w.Raw("]")
	if got, err := w.Bytes(); string(got) != "[7,7]" || err != nil || w.Len() != 5 {
		t.Errorf("%s %v", got, err)
	}
}

func FuzzString(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		same(t, s)
		same(t, map[string]oneandone.Identity{s: {Name: s}})
		same(t, oneandone.Identity{ID: s, Name: s})
	})
}

func FuzzFloat(f *testing.F) {
	for _, n := range numbers {
		f.Add(math.Float64bits(n))
	}
	f.Fuzz(func(t *testing.T, bits uint64) { same(t, oneandone.Hardware{RAM: math.Float64frombits(bits)}) })
}

func BenchmarkModel(b *testing.B) {
	s := oneandone.ServerSummary{
		ID:   "0123456789ABCDEF0123456789ABCDEF",
		Name: "name", CreationDate: "2015-05-06T08:33:25+00:00", Hardware: oneandone.Hardware{
			Vcore: 1, RAM: 0.5, Hdds: []oneandone.HDD{{ID: "0123456789ABCDEF0123456789ABCDEF", Size: 20, IsMain: true}},
		}, Ips: []oneandone.ServerIPBrief{{IP: "198.18.0.7"}},
	}
	b.Run("generated", func(b *testing.B) {
		b.ReportAllocs()
		var w op.JSON
		for b.Loop() {
			w.Reset()
			w.Any(&s)
		}
	})
	b.Run("reflection", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := standard(&s); err != nil {
				b.Fatal(err)
			}
		}
	})
}

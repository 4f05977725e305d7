package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
	"pgregory.net/rapid"
)

var (
	strict = wire.Rules{NullAbsent: true}         // as 1&1
	loose  = wire.Rules{Trim: true, Digits: true} // as CloudCIX
)

// get parses {"x": text} and gives x.
func get(t *testing.T, rules wire.Rules, text string) wire.Value {
	t.Helper()
	v, err := wire.Parse([]byte(`{"x":`+text+`}`), rules)
	if err != nil {
		t.Fatal(err)
	}
	o, err := v.Object()
	if err != nil {
		t.Fatal(err)
	}
	return o.Get("x")
}

func TestScalars(t *testing.T) {
	show := func(v any, err error) string {
		if err != nil {
			var e *cloud.Error
			if !errors.As(err, &e) || e.Kind != cloud.Invalid || e.Field != "x" {
				return fmt.Sprintf("untyped error %v", err)
			}
			return e.Code
		}
		return fmt.Sprint(v)
	}
	readers := map[string]func(wire.Value) string{
		"text":   func(v wire.Value) string { return show(v.Text()) },
		"int":    func(v wire.Value) string { return show(v.Int()) },
		"digits": func(v wire.Value) string { return show(v.Digits()) },
		"float":  func(v wire.Value) string { return show(v.Float()) },
		"bool":   func(v wire.Value) string { return show(v.Bool()) },
		"port":   func(v wire.Value) string { return show(v.TextOrNumber()) },
		"texts":  func(v wire.Value) string { return show(v.Texts()) },
		"ints":   func(v wire.Value) string { return show(v.Ints()) },
	}
	for _, tc := range []struct{ json, reader, strict, loose string }{
		{`" a "`, "text", " a ", "a"},
		{`"a\u0000"`, "text", "type.text", "type.text"},
		{`1`, "text", "type.text", "type.text"},
		{`null`, "text", "required", "required"},
		{`40`, "int", "40", "40"},
		{`40.0`, "int", "40", "40"},
		{`4e1`, "int", "40", "40"},
		{`-0`, "int", "0", "0"},
		{`40.5`, "int", "type.integer", "type.integer"},
		{`9223372036854775807`, "int", "9223372036854775807", "9223372036854775807"},
		{`9223372036854775808`, "int", "type.integer", "type.integer"},
		{`1e999999999`, "int", "type.integer", "type.integer"},
		{`0e999999999`, "int", "0", "0"},
		{`1e-999999999`, "int", "type.integer", "type.integer"},
		{`"40"`, "int", "type.integer", "40"},
		{`" 40 "`, "int", "type.integer", "40"},
		{`"4x"`, "int", "type.integer", "type.integer"},
		{`true`, "int", "type.integer", "type.integer"},
		{`"40"`, "digits", "40", "40"},
		{`40`, "digits", "40", "40"},
		{`""`, "digits", "type.integer", "type.integer"},
		{`0.5`, "float", "0.5", "0.5"},
		{`"0.5"`, "float", "type.number", "0.5"},
		{`"NaN"`, "float", "type.number", "type.number"},
		{`"Inf"`, "float", "type.number", "type.number"},
		{`1e400`, "float", "type.number", "type.number"},
		{`true`, "bool", "true", "true"},
		{`"False"`, "bool", "false", "false"},
		{`0`, "bool", "type.boolean", "type.boolean"},
		{`"yes"`, "bool", "type.boolean", "type.boolean"},
		{`80`, "port", "80", "80"},
		{`80.0`, "port", "80", "80"},
		{`"80-90"`, "port", "80-90", "80-90"},
		{`["a"," b"]`, "texts", "[a  b]", "[a b]"},
		{`{}`, "texts", "type.list", "type.list"},
		{`[1,2]`, "ints", "[1 2]", "[1 2]"},
	} {
		for rules, want := range map[*wire.Rules]string{&strict: tc.strict, &loose: tc.loose} {
			if got := readers[tc.reader](get(t, *rules, tc.json)); got != want {
				t.Errorf("%s of %s under %+v = %s, want %s", tc.reader, tc.json, *rules, got, want)
			}
		}
	}
}

func TestPresence(t *testing.T) {
	for _, tc := range []struct {
		rules             wire.Rules
		json              string
		absent, null, has bool
	}{
		{strict, `null`, true, false, false},
		{loose, `null`, false, true, false},
		{strict, `""`, false, false, true},
		{loose, `0`, false, false, true},
	} {
		v := get(t, tc.rules, tc.json)
		if v.Absent() != tc.absent || v.Null() != tc.null || v.Given() != tc.has {
			t.Errorf("%s under %+v: absent %v null %v given %v", tc.json, tc.rules, v.Absent(), v.Null(), v.Given())
		}
	}
	var zero wire.Value
	if !zero.Absent() || zero.Kind() != wire.Absent {
		t.Error("the zero Value is not absent")
	}
	if _, err := zero.Text(); err == nil {
		t.Error("absent text can be read")
	}
	for text, want := range map[string]wire.Kind{
		"1": wire.Number, "true": wire.Bool, `"a"`: wire.Text, "[]": wire.List, "{}": wire.Map, "null": wire.Null,
	} {
		if got := get(t, loose, text).Kind(); got != want {
			t.Errorf("kind of %s is %v", text, got)
		}
	}
}

func TestObject(t *testing.T) {
	v, err := wire.Parse([]byte(`{"name":"web","hardware":{"ram":"two","vcore":2,"hdds":[{"size":40,"is_main":"True"},{"size":"x"},7,null]},
		"on":1,"keys":["a",2],"extra":null,"health_check_parser":"z"}`), strict)
	if err != nil {
		t.Fatal(err)
	}
	o, err := v.Object()
	if err != nil {
		t.Fatal(err)
	}
	var p cloud.Problems
	if s := o.String(&p, "name"); s == nil || *s != "web" {
		t.Errorf("name = %v", s)
	}
	if o.String(&p, "missing") != nil || o.Has("extra") || !o.Has("keys") {
		t.Error("presence is wrong")
	}
	hw, ok := o.Object(&p, "hardware")
	if !ok || hw.Float(&p, "ram") != nil {
		t.Error("text was taken for a number")
	}
	if n := hw.Int(&p, "vcore"); n == nil || *n != 2 {
		t.Errorf("vcore = %v", n)
	}
	hdds := hw.Objects(&p, "hdds")
	if len(hdds) != 2 {
		t.Fatalf("%d disks", len(hdds))
	}
	if b := hdds[0].Bool(&p, "is_main"); b == nil || !*b {
		t.Error("True is not true")
	}
	hdds[1].Int(&p, "size")
	o.Bool(&p, "on")
	if o.Texts(&p, "keys") != nil {
		t.Error("a number passed as text")
	}
	if o.List(&p, "none") != nil || o.Objects(&p, "none") != nil {
		t.Error("absent list is there")
	}
	if s, _ := o.First("health_check_parse", "health_check_parser").Text(); s != "z" {
		t.Errorf("first = %q", s)
	}
	if _, ok := o.Object(&p, "name"); ok {
		t.Error("text passed as object")
	}
	want := []string{"hardware.ram", "hardware.hdds[2]", "hardware.hdds[3]", "hardware.hdds[1].size", "on", "keys[1]", "name"}
	var e *cloud.Error
	if !errors.As(p.Err(), &e) || len(e.Many) != len(want) {
		t.Fatalf("problems: %v", p.Err())
	}
	for i, one := range e.Many {
		if one.Field != want[i] {
			t.Errorf("problem %d is about %s, want %s", i, one.Field, want[i])
		}
	}
	if names := strings.Join(o.Names(), " "); names != "extra hardware health_check_parser keys name on" {
		t.Errorf("names: %s", names)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, body := range []string{
		`{`, `{}{}`, `nul`, `'a'`, `{"a":01}`, strings.Repeat("[", 100) + strings.Repeat("]", 100), "\xff",
		// What is no character would be another one when it is read: half a pair, and bytes that are no UTF-8.
		`{"name":"\ud800"}`, `{"name":"a\udc00b"}`, `{"name":"\uD800\u0041"}`, `{"name":"\ud800\ud800\udc00"}`, `{"\ud800":1}`,
		"{\"name\":\"a\xffb\"}",
	} {
		if _, err := wire.Parse([]byte(body), loose); cloud.KindOf(err) != cloud.Invalid {
			t.Errorf("%q: %v", body, err)
		}
	}
	for body, want := range map[string]string{
		`"\ud83d\ude00"`: "\U0001f600",
		`"\\ud800"`:      `\ud800`, `"\u00e4\n\\"`: "ä\n\\", "\"\U0001f600\ufffd\"": "\U0001f600\ufffd", `"\ufffd"`: "\ufffd",
	} {
		v, err := wire.Parse([]byte(body), loose)
		if got, _ := v.Text(); err != nil || got != want {
			t.Errorf("%s: %q %v", body, got, err)
		}
	}
	if _, err := wire.Parse([]byte(`{"name":"\ud800"}`), loose); err == nil || !strings.Contains(err.Error(), `\ud800`) {
		t.Errorf("it does not say what: %v", err)
	}
	for _, body := range []string{``, "\n ", `null`, ` null`} {
		v, err := wire.Parse([]byte(body), loose)
		if err != nil || !v.Absent() {
			t.Errorf("%q: %v, %v", body, v, err)
		}
		if o, err := v.Object(); err != nil || len(o.Names()) != 0 {
			t.Errorf("%q is no empty object: %v", body, err)
		}
	}
	v, err := wire.Parse([]byte(`[1]`), loose)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Object(); cloud.KindOf(err) != cloud.Invalid {
		t.Errorf("a list is an object: %v", err)
	}
}

// Every int64 written by Go comes back exactly, with and without a fraction.
func TestIntRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64().Draw(rt, "n")
		for _, text := range []string{fmt.Sprint(n), fmt.Sprintf("%d.0", n), fmt.Sprintf("%d.00e0", n)} {
			if got, err := get(t, strict, text).Int(); err != nil || got != n {
				rt.Fatalf("%s = %d, %v", text, got, err)
			}
		}
	})
}

// No body makes a reader panic or fail with anything but a typed error.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,"2",null,{"b":1e9}]}`, `null`, `{"a":{"a":{"a":[]}}}`, `[`, `1e99999`, `{"a":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, rules := range []wire.Rules{strict, loose} {
			v, err := wire.Parse(body, rules)
			if err != nil {
				if cloud.KindOf(err) != cloud.Invalid {
					t.Fatalf("untyped error %v", err)
				}
				continue
			}
			walk(t, v)
		}
	})
}

// walk reads everything in every way.
func walk(t *testing.T, v wire.Value) {
	for _, read := range []func() error{
		func() error { _, err := v.Text(); return err },
		func() error { _, err := v.TextOrNumber(); return err },
		func() error { _, err := v.Int(); return err },
		func() error { _, err := v.Digits(); return err },
		func() error { _, err := v.Float(); return err },
		func() error { _, err := v.Bool(); return err },
		func() error { _, err := v.Texts(); return err },
		func() error { _, err := v.Ints(); return err },
	} {
		if err := read(); err != nil && cloud.KindOf(err) != cloud.Invalid {
			t.Fatalf("untyped error %v", err)
		}
	}
	if list, err := v.List(); err == nil {
		for _, e := range list {
			walk(t, e)
		}
	}
	if o, err := v.Object(); err == nil {
		for _, name := range o.Names() {
			walk(t, o.Get(name))
		}
	}
}

func TestJSON(t *testing.T) {
	for _, tc := range []struct {
		v    any
		want string
	}{
		{[]string{"PONG"}, `["PONG"]`},
		{map[string]any{"a": 40.0, "b": 0.5, "c": "<&>"}, `{"a":40,"b":0.5,"c":"<&>"}`},
		{json.Number("12"), `12`},
		{nil, `null`},
	} {
		if got, err := wire.JSON(tc.v); err != nil || string(got) != tc.want {
			t.Errorf("JSON(%v) = %s, %v", tc.v, got, err)
		}
	}
	if _, err := wire.Encode(200, func() {}); err == nil {
		t.Error("a function was encoded")
	}
}

// A body of too many values is refused before one is made, a list of too many
// items before one is looked at. Commas and brackets inside of text are text.
func TestBounds(t *testing.T) {
	list := func(n int) []byte { return []byte("[" + strings.TrimSuffix(strings.Repeat("{},", n), ",") + "]") }
	code := func(err error) string {
		var e *cloud.Error
		if !errors.As(err, &e) {
			return ""
		}
		return e.Code
	}
	for _, tc := range []struct {
		name, body  string
		parse, read string
	}{
		{"fits", string(list(wire.MaxItems)), "", ""},
		{"long", string(list(wire.MaxItems + 1)), "", "list.long"},
		{"crowded", string(list(wire.MaxValues)), wire.Malformed, ""},
		{"nested", "[" + strings.Repeat("[1,2,3],", wire.MaxValues/4) + "0]", wire.Malformed, ""},
		{"text", `["` + strings.Repeat(`,[{\"\\`, wire.MaxValues) + `"]`, "", ""},
	} {
		v, err := wire.Parse([]byte(tc.body), strict)
		if code(err) != tc.parse {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.parse)
		}
		if err != nil {
			continue
		}
		if _, err := v.List(); code(err) != tc.read {
			t.Errorf("%s read: %v, want %q", tc.name, err, tc.read)
		}
	}
	million := list(330_000)
	if n := testing.AllocsPerRun(5, func() { _, _ = wire.Parse(million, strict) }); n > 20 {
		t.Errorf("%v allocations for a body that is refused", n)
	}
}

package store

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

// FuzzPlainList: what the short way reads, package json reads alike.
func FuzzPlainList(f *testing.F) {
	for _, s := range []string{
		`["a"]`, `["servers.show","servers.create"]`, `[""]`, `["",""]`, `[]`, `null`, `["a", "b"]`, `["a\"b"]`, `["a\\"]`, `["é"]`,
		`["a","b"`, `["]`, `[""]"]`, `["a",1]`, `["a",null]`, `["a"],["b"]`, `["<"]`, "[\"a\nb\"]",
		`["a]","[b"]`, ` ["a"]`, `["a"] `, `[","]`, `["a,b"]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := plainList(b)
		if !ok {
			return
		}
		var want []string
		if err := json.Unmarshal(b, &want); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, json says %q, %v", b, got, want, err)
		}
	})
}

// The short way is taken, else it would be there for nothing.
func TestPlainList(t *testing.T) {
	got, ok := plainList([]byte(`["servers.show","","x"]`))
	if !ok || !slices.Equal(got, []string{"servers.show", "", "x"}) {
		t.Errorf("%q %v", got, ok)
	}
}

// FuzzPlainCounts is FuzzPlainList for quantities.
func FuzzPlainCounts(f *testing.F) {
	for _, s := range []string{
		`{"cpu":1}`, `{"cpu":1,"storage:17":20}`, `{}`, `{"a":0}`, `{"a":01}`, `{"a":1,}`, `{,"a":1}`, `{"a":1,"a":2}`, `{"a":-1}`,
		`{"a":1.5}`,
		`{"a":1e3}`, `{"a": 1}`, `{"a":null}`, `{"a,b":1}`, `{"a\":1}`, `{"":1}`, `{"é":1}`, `{"a":"1"}`, `{"a":{"b":1}}`, `{"a":1}}`,
		`{"a":2147483648}`,
		`"a":1}`, `{"a":1`, `{a:1}`, `null`, `[]`, `{"a":1},{"b":2}`, `{"a":+1}`, `{"a":1_0}`, `{"a":b":1}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := plainCounts(b)
		if !ok {
			return
		}
		var want map[string]int
		if err := json.Unmarshal(b, &want); err != nil || !maps.Equal(got, want) || got == nil {
			t.Errorf("%q: %v, json says %v, %v", b, got, want, err)
		}
	})
}

// The short way is taken, else it would be there for nothing.
func TestPlainCounts(t *testing.T) {
	got, ok := plainCounts([]byte(`{"cpu":2,"storage:17":20}`))
	if !ok || !maps.Equal(got, map[string]int{"cpu": 2, "storage:17": 20}) {
		t.Errorf("%v %v", got, ok)
	}
}

package store

import (
	"encoding/json"
	"reflect"
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
		got, ok := plainList(reflect.TypeFor[[]string](), b)
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
	got, ok := plainList(reflect.TypeFor[[]string](), []byte(`["servers.show","","x"]`))
	if !ok || !slices.Equal(got, []string{"servers.show", "", "x"}) {
		t.Errorf("%q %v", got, ok)
	}
}

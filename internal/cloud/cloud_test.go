package cloud_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
)

// An id is the same in the form of either dialect, of hosts, and in JSON.
func TestUIDComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := cloud.UID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uid"))
		if u.String() != strings.ToUpper(u.Hex()) || len(u.String()) != 32 {
			t.Fatalf("%s and %s", u, u.Hex())
		}
		for _, text := range []string{u.String(), u.Hex()} {
			if back, ok := cloud.ParseUID(text); !ok || back != u {
				t.Fatalf("%s came back as %s (%v)", text, back, ok)
			}
		}
		b, err := json.Marshal(map[cloud.UID]cloud.UID{u: u})
		if err != nil || string(b) != `{"`+u.String()+`":"`+u.String()+`"}` {
			t.Fatalf("%s, %v", b, err)
		}
		back := map[cloud.UID]cloud.UID{}
		if err := json.Unmarshal(b, &back); err != nil || back[u] != u {
			t.Fatalf("%v, %v", back, err)
		}
		if u.IsZero() != (strings.Trim(u.Hex(), "0") == "") {
			t.Fatalf("%s is zero: %v", u, u.IsZero())
		}
	})
}

func TestUIDRefuses(t *testing.T) {
	good := strings.Repeat("0a", 16)
	for _, text := range []string{"", "0", good[1:], good + "0", good[1:] + "g", " " + good[1:], "+" + good[1:], good[:30] + "é"} {
		if u, ok := cloud.ParseUID(text); ok || !u.IsZero() {
			t.Errorf("%q is read as %s", text, u)
		}
		var u cloud.UID
		if err := u.UnmarshalText([]byte(text)); (err == nil) != (text == "") {
			t.Errorf("%q from JSON: %v", text, err)
		}
	}
}

// What an identity follows from is told apart, however it is cut into parts.
func TestDeriveUID(t *testing.T) {
	seen := map[cloud.UID][]string{}
	for _, parts := range [][]string{{}, {"a"}, {"a", ""}, {"", "a"}, {"a", "b"}, {"ab"}, {"b", "a"}, {"a", "b", ""}} {
		u := cloud.DeriveUID(parts...)
		if old, ok := seen[u]; ok && len(old)+len(parts) > 0 {
			t.Errorf("%q and %q have the same id", old, parts)
		}
		if u != cloud.DeriveUID(parts...) || u.IsZero() {
			t.Errorf("%q is %s, then another", parts, u)
		}
		seen[u] = parts
	}
}

func TestMeta(t *testing.T) {
	s := &cloud.Server{}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s.Touch(now, 7)
	if s.Updated != now || s.ModifiedBy != 7 || !s.Created.IsZero() || !s.Alive() || s.GetMeta() != &s.Meta {
		t.Errorf("%+v", s.Meta)
	}
	if s.Closed = &now; s.Alive() {
		t.Error("a removed row is alive")
	}
}

package plan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/virga-cloud/virga/internal/plan"
)

const (
	a = plan.ID("0123456789abcdef0123456789abcdef")
	b = plan.ID("1123456789abcdef0123456789abcdef")
	c = plan.ID("2123456789abcdef0123456789abcdef")
)

func TestRefValid(t *testing.T) {
	for _, tc := range []struct {
		ref  plan.Ref
		want bool
	}{
		{plan.Ref{Kind: plan.KindVM, ID: a}, true},
		{plan.Ref{Kind: plan.KindImage, ID: plan.ID(strings.Repeat("0", 32))}, true},
		{plan.Ref{Kind: "cat", ID: a}, false},
		{plan.Ref{ID: a}, false},
		{plan.Ref{Kind: plan.KindVM}, false},
		{plan.Ref{Kind: plan.KindVM, ID: a[:31]}, false},
		{plan.Ref{Kind: plan.KindVM, ID: a + "0"}, false},
		{plan.Ref{Kind: plan.KindVM, ID: plan.ID(strings.ToUpper(string(a)))}, false},
		{plan.Ref{Kind: plan.KindVM, ID: "../../../../../../../etc/passwd0"}, false},
	} {
		if got := tc.ref.Valid(); got != tc.want {
			t.Errorf("%+v: %v", tc.ref, got)
		}
	}
}

func TestIsDigest(t *testing.T) {
	good := strings.Repeat("0123456789abcdef", 4)
	for text, want := range map[string]bool{
		good: true, "": false, good[1:]: false, good + "0": false, strings.ToUpper(good): false,
		good[:32] + "/../../keys/master0000000000000000": false, good[:63] + "g": false, good[:63] + "\x00": false,
	} {
		if plan.IsDigest(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// What a document stands on becomes a file's name on the host.
func TestDecodeRefusesBadIDs(t *testing.T) {
	for kind, body := range map[plan.Kind]string{
		plan.KindVolume: `{"image":"../../keys"}`,
		plan.KindVM:     `{"volumes":[{"volume":"../x"}]}`,
		plan.KindPort:   `{"router":"/etc"}`,
		plan.KindRouter: `{"legs":[{"network":"a/b"}]}`,
	} {
		d := plan.Document{Kind: kind, ID: a, Generation: 1, Body: []byte(body)}
		if v, err := d.Decode(); err == nil {
			t.Errorf("%s %s: taken as %+v", kind, body, v)
		}
	}
}

func TestUses(t *testing.T) {
	for _, tc := range []struct {
		name string
		body any
		want []plan.Ref
	}{
		{"nothing", nil, nil},
		{"network", &plan.Network{}, nil},
		{
			"router", &plan.Router{Legs: []plan.Leg{{Network: a}, {Network: b}, {Network: a}}},
			[]plan.Ref{{Kind: plan.KindNetwork, ID: a}, {Kind: plan.KindNetwork, ID: b}},
		},
		{
			"port", &plan.Port{Router: a, Network: b, NIC: c, Public: []plan.PublicAddr{{Policy: c}, {}}},
			[]plan.Ref{{Kind: plan.KindRouter, ID: a}, {Kind: plan.KindNetwork, ID: b}, {Kind: plan.KindPolicy, ID: c}},
		},
		{
			"volume that is a copy being made", &plan.Volume{Image: a, Create: true, Source: &plan.Copy{Volume: b}},
			[]plan.Ref{{Kind: plan.KindImage, ID: a}, {Kind: plan.KindVolume, ID: b}},
		},
		{"volume that was a copy", &plan.Volume{Source: &plan.Copy{Volume: b}}, nil},
		{
			"vm", &plan.VM{Image: a, DVD: b, Volumes: []plan.Attach{{Volume: a}}, NICs: []plan.NIC{{ID: c, Network: b}}},
			[]plan.Ref{
				{Kind: plan.KindImage, ID: a}, {Kind: plan.KindImage, ID: b}, {Kind: plan.KindNetwork, ID: b}, {Kind: plan.KindVolume, ID: a},
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, plan.Uses(tc.body)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestUsesGoUp: what is used is ensured before its user, so the order of
// kinds is enough to come to an end.
func TestUsesGoUp(t *testing.T) {
	for kind, body := range map[plan.Kind]any{
		plan.KindRouter: &plan.Router{Legs: []plan.Leg{{Network: a}}},
		plan.KindPort:   &plan.Port{Router: a, Network: a, Public: []plan.PublicAddr{{Policy: a}}},
		plan.KindVolume: &plan.Volume{Image: a},
		plan.KindVM:     &plan.VM{Image: a, DVD: a, Volumes: []plan.Attach{{Volume: a}}, NICs: []plan.NIC{{Network: a}}},
	} {
		for _, r := range plan.Uses(body) {
			if r.Kind.Rank() >= kind.Rank() {
				t.Errorf("a %s uses a %s, which comes after it", kind, r.Kind)
			}
		}
	}
}

func TestDecode(t *testing.T) {
	for _, k := range plan.Kinds {
		v, err := plan.Document{Kind: k, ID: a, Body: json.RawMessage(`{}`)}.Decode()
		if err != nil || v == nil {
			t.Errorf("%s: %v, %v", k, v, err)
		}
		if _, err := (plan.Document{Kind: k, ID: a, Body: json.RawMessage(`[`)}).Decode(); err == nil {
			t.Errorf("%s: read half a body", k)
		}
	}
	if _, err := (plan.Document{Kind: "cat", Body: json.RawMessage(`{}`)}).Decode(); err == nil {
		t.Error("read a cat")
	}
}

// FuzzDocument: whatever a body holds, reading it and asking what it uses
// never panics, and what is used has a kind.
func FuzzDocument(f *testing.F) {
	for _, k := range plan.Kinds {
		f.Add(string(k), []byte(`{"image":"x","volumes":[{"volume":"y"}],`+
			`"nics":[{"network":"z"}],"legs":[{}],"public":[{"policy":"p"}],"source":{"volume":"q"},"create":true}`))
	}
	f.Add("cat", []byte(`null`))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		d := plan.Document{Kind: plan.Kind(kind), ID: a, Body: body}
		v, err := d.Decode()
		if err != nil {
			return
		}
		for _, r := range plan.Uses(v) {
			if r.Kind.Rank() < 0 || r.ID == "" {
				t.Errorf("%s uses %+v", kind, r)
			}
		}
		if _, err := plan.Encode(v); err != nil {
			t.Errorf("read and not written: %v", err)
		}
	})
}

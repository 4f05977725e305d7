package cloud_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
)

// RFC 1123: what a guest can be called.
var hostname = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func TestGuestName(t *testing.T) {
	for name, want := range map[string]string{
		"web": "web", "Web 1": "web-1", "": "server", "...": "server", "-a-": "a", "a.b_c": "a-b-c", "Ünï": "n", "日本": "server",
		"a--b": "a-b", "1": "1", "K\u2126": "k",
		strings.Repeat("a", 63):        strings.Repeat("a", 63),
		strings.Repeat("a", 64):        strings.Repeat("a", 63),
		strings.Repeat("a", 62) + " b": strings.Repeat("a", 62),
		"-" + strings.Repeat("a", 63):  strings.Repeat("a", 63),
	} {
		if got := cloud.GuestName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9 ._-]{0,100}`)).Draw(t, "name")
		got := cloud.GuestName(name)
		if !hostname.MatchString(got) || cloud.GuestName(got) != got {
			t.Fatalf("%q becomes %q, then %q", name, got, cloud.GuestName(got))
		}
	})
}

// Going back from a reinstall is the same way again: twice is nothing.
func TestSwapInstall(t *testing.T) {
	key := func(text string) []cloud.ServerKey { return []cloud.ServerKey{{Text: text}} }
	s := &cloud.Server{ImageID: 1, Instance: 2, RootHash: "new", FirstPassword: "p", Keys: key("k")}
	s.Spare = &cloud.Install{Layer: "0", ImageID: 9, Instance: 1, RootHash: "old", Keys: key("l")}
	before := *s
	s.SwapInstall("r1")
	if s.ImageID != 9 || s.Instance != 1 || s.RootHash != "old" || s.FirstPassword != "" || !reflect.DeepEqual(s.Keys, key("l")) {
		t.Errorf("the server did not take the spare: %+v", s)
	}
	if want := (&cloud.Install{
		Layer: "r1", ImageID: 1,
		Instance: 2, RootHash: "new", FirstPassword: "p", Keys: key("k"),
	}); !reflect.DeepEqual(s.Spare, want) {
		t.Errorf("the spare is %+v, want %+v", s.Spare, want)
	}
	s.SwapInstall("0")
	if !reflect.DeepEqual(*s, before) {
		t.Errorf("%+v\nwant %+v", *s, before)
	}
}

// Two clones of one source have points of their own.
func TestClonePoint(t *testing.T) {
	a, b := &cloud.Server{}, &cloud.Server{}
	a.UID, b.UID = cloud.DeriveUID("a"), cloud.DeriveUID("b")
	if a.ClonePoint() == b.ClonePoint() || a.ClonePoint() != "clone-"+a.UID.Hex() {
		t.Error(a.ClonePoint(), b.ClonePoint())
	}
}

func TestRoleHas(t *testing.T) {
	r := cloud.Role{Flags: []string{"servers.show", "servers.create"}}
	if !r.Has("servers.create") || r.Has("servers") || r.Has("") || (&cloud.Role{}).Has("servers.show") {
		t.Error(r.Flags)
	}
}

func TestImageAvailable(t *testing.T) {
	for _, c := range []struct {
		regions []int64
		want    bool
	}{{nil, true}, {[]int64{}, true}, {[]int64{7}, true}, {[]int64{1, 7}, true}, {[]int64{1}, false}, {[]int64{0}, false}} {
		if i := (cloud.Image{Regions: c.regions}); i.Available(7) != c.want {
			t.Errorf("%v: %v", c.regions, !c.want)
		}
	}
}

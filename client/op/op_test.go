package op_test

import (
	"testing"

	"github.com/virga-cloud/virga/client/op"
)

func TestExpand(t *testing.T) {
	for _, tc := range []struct {
		path string
		args []string
		want string // empty: an error is expected
	}{
		{"/servers", nil, "/servers"},
		{"/servers/{id}", []string{"AB"}, "/servers/AB"},
		{"/servers/{id}/hdds/{hdd}", []string{"A", "B"}, "/servers/A/hdds/B"},
		{"/cix_blacklist/{network}/{bits}/", []string{"2a00::", "32"}, "/cix_blacklist/2a00::/32/"},
		{"/servers/{id}", []string{"a/b?c"}, "/servers/a%2Fb%3Fc"},
		{"/servers/{id}", []string{"{hdd}"}, "/servers/%7Bhdd%7D"},
		{"/servers/{id}", nil, ""},
		{"/servers", []string{"A"}, ""},
		{"/servers/{id}", []string{""}, ""},
		{"/servers/{id}", []string{".."}, ""},
	} {
		got, err := op.Spec{ID: "test", Path: tc.path}.Expand(tc.args...)
		if (err == nil) != (tc.want != "") || got != tc.want {
			t.Errorf("Expand(%q, %q) = %q, %v; want %q", tc.path, tc.args, got, err, tc.want)
		}
	}
}

// A value that looks like a later placeholder must not be filled again.
func TestExpandDoesNotFillValues(t *testing.T) {
	got, err := op.Spec{Path: "/a/{x}/{y}"}.Expand("{y}", "1")
	if err != nil || got != "/a/%7By%7D/1" {
		t.Fatalf("got %q, %v", got, err)
	}
}

package cloud_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

func TestIPAddressGroupCheck(t *testing.T) {
	long := strings.Repeat("a", 255)
	for _, c := range []struct {
		group cloud.IPAddressGroup
		want  string
		plain []string // the networks afterwards
	}{
		{cloud.IPAddressGroup{Name: "a", Version: 4, CIDRs: []string{"198.51.100.7/24"}}, "", []string{"198.51.100.0/24"}},
		{cloud.IPAddressGroup{Name: "a", Version: 6, CIDRs: []string{"2001:db8::1/32", "::/0"}}, "", []string{"2001:db8::/32", "::/0"}},
		{cloud.IPAddressGroup{Name: long, Version: 4}, "", []string{}},
		{cloud.IPAddressGroup{Name: long + "a", Version: 4}, "name.form", []string{}},
		{cloud.IPAddressGroup{Name: "", Version: 4}, "name.form", []string{}},
		{cloud.IPAddressGroup{Name: "1a", Version: 4}, "name.form", []string{}},
		{cloud.IPAddressGroup{Name: "a.b", Version: 4}, "name.form", []string{}},
		{cloud.IPAddressGroup{Name: "a\n", Version: 4}, "name.form", []string{}},
		{cloud.IPAddressGroup{Name: "é", Version: 5}, "name.form version.range", nil},
		{cloud.IPAddressGroup{Name: "a", Version: 4, CIDRs: []string{"198.51.100.7"}}, "cidrs.text", []string{"198.51.100.7"}},
		{cloud.IPAddressGroup{Name: "a", Version: 4, CIDRs: []string{"10.0.0.0/33"}}, "cidrs.text", []string{"10.0.0.0/33"}},
		{cloud.IPAddressGroup{Name: "a", Version: 4, CIDRs: []string{"10.0.0.1/8", "::/0"}}, "cidrs.version", []string{"10.0.0.1/8", "::/0"}},
		{cloud.IPAddressGroup{Name: "a", Version: 6, CIDRs: []string{"10.0.0.0/8"}}, "cidrs.version", []string{"10.0.0.0/8"}},
		{cloud.IPAddressGroup{Name: "a", Version: 4, CIDRs: []string{"::ffff:10.0.0.0/104"}}, "cidrs.version", []string{"::ffff:10.0.0.0/104"}},
	} {
		var p cloud.Problems
		c.group.Check(&p)
		if got := codes(p.Err()); got != c.want {
			t.Errorf("%+v: %q, want %q", c.group, got, c.want)
		}
		// Networks are brought into their plain form all together, or not at all.
		if !slices.Equal(c.group.CIDRs, c.plain) {
			t.Errorf("%q stays %v, want %v", c.want, c.group.CIDRs, c.plain)
		}
	}
}

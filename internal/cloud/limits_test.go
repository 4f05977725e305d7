package cloud_test

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

var profile = cloud.Limits{
	NameMax: 5, VCPUMin: 1, VCPUMax: 8, RAMMin: 512, RAMMax: 4096, RAMStep: 512, DiskMin: 20, DiskMax: 100, DiskStep: 10,
}

// codes are the codes of what was found, in order.
func codes(err error) string {
	e, _ := err.(*cloud.Error)
	if e == nil {
		return ""
	}
	if len(e.Many) == 0 {
		return e.Code
	}
	var list []string
	for _, m := range e.Many {
		list = append(list, m.Code)
	}
	return strings.Join(list, " ")
}

func TestCheckName(t *testing.T) {
	for name, want := range map[string]string{"": "label.empty", "a": "", "abcde": "", "äöüßé": "", "abcdef": "label.long", "     ": ""} {
		e := profile.CheckName("label", name)
		if e == nil && want != "" || e != nil && (e.Code != want || e.Field != "label" || e.Kind != cloud.Invalid) {
			t.Errorf("%q: %v, want %q", name, e, want)
		}
	}
}

func TestCheckHardware(t *testing.T) {
	open := profile
	open.VCPUMax, open.RAMMax, open.RAMStep = 0, 0, 0
	for _, c := range []struct {
		name             string
		l                cloud.Limits
		vcpu, cores, ram int
		want             string
	}{
		{"smallest", profile, 1, 1, 512, ""},
		{"largest", profile, 8, 8, 4096, ""},
		{"few processors", profile, 0, 1, 512, "vcpu.range"},
		{"many processors", profile, 9, 3, 512, "vcpu.range"},
		{"no cores", profile, 4, 0, 512, "cores.range"},
		{"negative cores", profile, 4, -2, 512, "cores.range"},
		{"more cores than processors", profile, 2, 4, 512, "cores.range"},
		{"cores that do not divide", profile, 4, 3, 512, "cores.range"},
		{"little memory", profile, 1, 1, 0, "ram.range"},
		{"much memory", profile, 1, 1, 4608, "ram.range"},
		{"memory between steps", profile, 1, 1, 513, "ram.range"},
		{"all wrong", profile, -1, -1, -1, "vcpu.range cores.range ram.range"},
		{"no upper end", open, 1 << 20, 1, 1<<30 + 1, ""},
	} {
		var p cloud.Problems
		c.l.CheckHardware(&p, c.vcpu, c.cores, c.ram, "")
		if got := codes(p.Err()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	open.Processors = "cpu"
	for _, c := range []struct {
		l         cloud.Limits
		vcpu, ram int
		sent      string
		want      string
	}{
		{profile, 1, 1536 + 256, "", "0.5 to 4 GB in steps of 0.5, not 1.75"},
		{profile, 1, 513, "", "not 0.5009765625"},
		{profile, 1, -1, "-0.0003", "not -0.0003"},
		{profile, 1, 1 << 40, "1e+300", "not 1e+300"},
		{profile, 9, 512, "", "vcore must be 1 to 8, not 9"},
		{open, -7, 512, "", "cpu must be at least 1, not -7"},
		{open, 1, 256, "", "ram must be at least 0.5 GB, not 0.25"},
	} {
		var p cloud.Problems
		c.l.CheckHardware(&p, c.vcpu, 1, c.ram, c.sent)
		if err := p.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d processors, %d MiB: %v, want %q", c.vcpu, c.ram, err, c.want)
		}
	}
}

// A size passes if and only if it is one of those that can be counted up to.
func TestCheckDisk(t *testing.T) {
	legal := map[int]bool{}
	for size := profile.DiskMin; size <= profile.DiskMax; size += profile.DiskStep {
		legal[size] = true
	}
	for gb := -30; gb < 150; gb++ {
		if e := profile.CheckDisk(gb); (e == nil) != legal[gb] {
			t.Errorf("%d GB: %v", gb, e)
		}
	}
}

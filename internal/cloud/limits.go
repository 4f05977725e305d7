package cloud

import (
	"fmt"
	"strings"
)

// Limits is a dialect's limits profile: what may be sent (R0). What is shown
// is never bound by it.
type Limits struct {
	NameMax          int
	VCPUMin, VCPUMax int
	RAMMin, RAMMax   int // MiB
	RAMStep          int // MiB
	DiskMin, DiskMax int // GB
	DiskStep         int // GB
	Description      int
}

// CheckName checks the name of an object against the profile. Codes: field and
// ".empty", ".long", ".form".
func (l Limits) CheckName(field, name string) *Error {
	if name == "" {
		return Errorf(Invalid, field+".empty", "a name is required").On(field)
	}
	if n := len([]rune(name)); n > l.NameMax {
		return Errorf(Invalid, field+".long", "the name has %d characters, at most %d are allowed", n, l.NameMax).On(field)
	}
	return CheckText(field, name)
}

// CheckHardware checks a shape against the profile.
func (l Limits) CheckHardware(p *Problems, vcpu, cores, ram int) {
	if vcpu < l.VCPUMin || (l.VCPUMax > 0 && vcpu > l.VCPUMax) {
		p.Add(Errorf(Invalid, "vcpu.range", "vcore must be %d to %d, not %d", l.VCPUMin, l.VCPUMax, vcpu).On("vcpu"))
	}
	if cores < 1 || cores > vcpu || vcpu%cores != 0 {
		p.Add(Errorf(Invalid, "cores.range", "cores_per_processor is %d, but must be at least 1 and divide vcore (%d)", cores, vcpu).On("cores"))
	}
	if ram < l.RAMMin || (l.RAMMax > 0 && ram > l.RAMMax) || (l.RAMStep > 0 && ram%l.RAMStep != 0) {
		p.Add(Errorf(Invalid, "ram.range", "ram must be %s to %s GB in steps of %s, not %s",
			gib(l.RAMMin), gib(l.RAMMax), gib(l.RAMStep), gib(ram)).On("ram"))
	}
}

// CheckDisk checks a size in GB.
func (l Limits) CheckDisk(gb int) *Error {
	if gb < l.DiskMin || gb > l.DiskMax || gb%l.DiskStep != 0 {
		return Errorf(Invalid, "disk.range", "a disk must be %d to %d GB in steps of %d, not %d", l.DiskMin, l.DiskMax, l.DiskStep, gb)
	}
	return nil
}

func gib(mib int) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", float64(mib)/1024), "0"), ".")
}

package cloud

import (
	"cmp"
	"strconv"
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
	// Processors is what the dialect calls them, "vcore" when empty.
	Processors string
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

// CheckHardware checks a shape against the profile. sent is the memory in GB as the
// caller wrote it, "" when ram says it exactly.
func (l Limits) CheckHardware(p *Problems, vcpu, cores, ram int, sent string) {
	word := cmp.Or(l.Processors, "vcore")
	if vcpu < l.VCPUMin || (l.VCPUMax > 0 && vcpu > l.VCPUMax) {
		p.Add(Errorf(Invalid, "vcpu.range", "%s must be %s, not %d",
			word, between(strconv.Itoa, l.VCPUMin, l.VCPUMax, ""), vcpu).On("vcpu"))
	}
	if cores < 1 || vcpu > 0 && (cores > vcpu || vcpu%cores != 0) {
		p.Add(Errorf(Invalid, "cores.range", "cores_per_processor is %d, but must be at least 1 and divide %s (%d)",
			cores, word, vcpu).On("cores"))
	}
	if ram < l.RAMMin || (l.RAMMax > 0 && ram > l.RAMMax) || (l.RAMStep > 0 && ram%l.RAMStep != 0) {
		text := between(gib, l.RAMMin, l.RAMMax, " GB")
		if l.RAMStep > 0 {
			text += " in steps of " + gib(l.RAMStep)
		}
		p.Add(Errorf(Invalid, "ram.range", "ram must be %s, not %s", text, cmp.Or(sent, gib(ram))).On("ram"))
	}
}

// between says which numbers are right: of two ends, or of one.
func between(say func(int) string, least, most int, unit string) string {
	if most == 0 {
		return "at least " + say(least) + unit
	}
	return say(least) + " to " + say(most) + unit
}

// CheckDisk checks a size in GB.
func (l Limits) CheckDisk(gb int) *Error {
	if gb < l.DiskMin || gb > l.DiskMax || gb%l.DiskStep != 0 {
		return Errorf(Invalid, "disk.range", "a disk must be %d to %d GB in steps of %d, not %d", l.DiskMin, l.DiskMax, l.DiskStep, gb)
	}
	return nil
}

func gib(mib int) string { return strconv.FormatFloat(float64(mib)/1024, 'f', -1, 64) }

package qemu

import (
	"os"
	"strings"
)

// The accelerators.
const (
	KVM = "kvm"
	TCG = "tcg"
)

const kvmDevice = "/dev/kvm"

// Accel says which accelerator this machine has. The device alone proves
// nothing: a software module may offer it, open it and even make a machine,
// and then take the whole host down with an ordinary guest. So the CPU must
// have hardware virtualisation as well.
func Accel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil || !virtualisation(string(info)) {
		return TCG
	}
	f, err := os.OpenFile(kvmDevice, os.O_RDWR, 0)
	if err != nil {
		return TCG
	}
	_ = f.Close()
	return KVM
}

// virtualisation looks for vmx (Intel) or svm (AMD) among the CPU's flags.
func virtualisation(cpuinfo string) bool {
	for line := range strings.Lines(cpuinfo) {
		name, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) != "flags" {
			continue
		}
		for _, f := range strings.Fields(value) {
			if f == "vmx" || f == "svm" {
				return true
			}
		}
	}
	return false
}

package qemu

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// Under emulation each CPU translates the guest's code into a part of one
// cache, which QEMU hands out in regions. When no region is free, a CPU that
// runs has the whole cache emptied; but one that just joins has a right to a
// region, and QEMU ends with "tcg_region_initial_alloc__locked: assertion
// failed" (tcg/region.c, 5.0 to at least 7.2) if there is none: a power cut
// for the guest. So we look first, with the machine stopped, since a guest
// can fill a region within a few hundredths of a second.
//
// Nothing empties the cache on demand. In a mode for debuggers each
// instruction is translated on its own, so that even an idle guest must
// translate all that it does once more and fills what little is left.

// codeRegion is the size of a region, in bytes, when the cache has at least
// two for each CPU.
const codeRegion = 2 << 20

// codeCache is how large the cache is, in bytes. QEMU takes memory for it only
// as it fills.
func (v *vm) codeCache() int { return max(32, 2*v.run.MaxCPUs) * codeRegion }

// stepping is the file that says that the machine may be in that mode.
const stepping = "stepping"

// cpus adds CPUs. They are never taken away while the machine runs: QEMU 7.2
// crashes after that without hardware virtualisation.
func (v *vm) cpus(q *qmp, m *machine) (why string, err error) {
	if v.spec.VCPU > m.cpus && v.spec.VCPU <= v.run.MaxCPUs {
		add := v.addCPUs
		if v.Accel != KVM {
			add = v.addEmulated
		}
		err = hot(func() (err error) { why, err = add(q, m); return err })
	}
	if err != nil || why != "" {
		return why, err
	}
	return "", v.singleStep(q, false)
}

func (v *vm) addCPUs(q *qmp, m *machine) (why string, err error) {
	var slots []struct {
		Type  string
		Path  string         `json:"qom-path"`
		Props map[string]any `json:"props"`
	}
	if err := q.do("query-hotpluggable-cpus", nil, &slots); err != nil {
		return "", err
	}
	slices.Reverse(slots) // QEMU lists the last one first
	for _, s := range slots {
		if s.Path != "" || m.cpus >= v.spec.VCPU {
			continue
		}
		dev := map[string]any{"driver": s.Type, "id": fmt.Sprintf("cpu-%d", m.cpus)}
		for k, val := range s.Props {
			dev[k] = val
		}
		if err := q.do("device_add", dev, nil); err != nil {
			return "", err
		}
		m.cpus++
	}
	return "", nil
}

// addEmulated adds CPUs when there is room for their code, and makes room
// otherwise: that is over in the next step or the one after it.
func (v *vm) addEmulated(q *qmp, m *machine) (why string, err error) {
	if m.status != "running" { // what is not shall not be set going here
		return "", nil
	}
	if err := q.do("stop", nil, nil); err != nil {
		return "", err
	}
	room, err := codeRoom(q)
	var refused *qmpError
	switch {
	case errors.As(err, &refused) && refused.Class == "CommandNotFound":
		// A QEMU that does not say takes no CPUs before its next boot.
		v.run.MaxCPUs = m.cpus
		err = v.save()
	case err != nil:
	case room < (v.spec.VCPU+1)*codeRegion:
		// Each CPU has begun a region, and the first of all is a bit smaller.
		why, err = "the emulator makes room for another CPU", v.singleStep(q, true)
	default:
		why, err = v.addCPUs(q, m)
	}
	return why, errors.Join(err, q.do("cont", nil, nil))
}

// wake lets a machine go on whose agent ended while a CPU joined.
func wake(q *qmp, m *machine) error {
	if m.status != "paused" {
		return nil
	}
	m.status = "running"
	return q.do("cont", nil, nil)
}

// codeRoom is how many bytes of the cache are free.
func codeRoom(q *qmp) (int, error) {
	var info struct {
		Text string `json:"human-readable-text"`
	}
	if err := q.do("x-query-jit", nil, &info); err != nil {
		return 0, err
	}
	return freeCode(info.Text)
}

var codeSize = regexp.MustCompile(`(?m)^gen code size +(\d{1,15})/(\d{1,15})\s*$`)

// freeCode reads what QEMU tells humans about the cache.
func freeCode(text string) (int, error) {
	m := codeSize.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("the emulator does not say how full its cache is: %.80q", text)
	}
	used, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, err
	}
	all, err := strconv.Atoi(m[2])
	return all - used, err
}

// singleStep switches the mode for debuggers. The file is written before and
// removed after, so that no machine stays slow when the agent ends.
func (v *vm) singleStep(q *qmp, on bool) error {
	file := v.file(stepping)
	_, err := os.Stat(file)
	switch was := err == nil; {
	case was == on:
		return nil
	case on:
		if err := sys.WriteFile(file, nil, 0o600); err != nil {
			return err
		}
	}
	word := map[bool]string{true: "on", false: "off"}[on]
	// The second is its name since QEMU 8.1. To a person's command, one that
	// is not known is a word on the screen and no error.
	for _, name := range []string{"singlestep ", "one-insn-per-tb "} {
		if err := q.do("human-monitor-command", map[string]any{"command-line": name + word}, nil); err != nil {
			return err
		}
	}
	if on {
		return nil
	}
	return os.Remove(file)
}

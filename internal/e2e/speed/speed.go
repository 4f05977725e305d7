// Package speed measures how fast this machine is, by a fixed piece of work that
// has nothing to do with the product, and scales figures by it. Machines of one
// class differ by a factor of nearly three; a bar in milliseconds means something
// only beside the machine on which it was set.
//
// Times are compared with the reference, a machine on which a bare cold boot of
// the tiny guest answers SSH after BareBoot. Its figures lie in reference.json;
// Record writes them anew.
package speed

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"time"
)

// BareBoot is how long a bare cold boot of the tiny guest takes on the
// reference, from the start of QEMU to the answer over SSH.
const BareBoot = 3300 * time.Millisecond

// Figures are what one machine needed, in microseconds.
type Figures struct {
	// Work is the time of one round of each kind of work, by its name.
	Work map[string]float64 `json:"work_us"`
	// Commit is the time until the disk has 4 KiB more of a file (fdatasync).
	Commit float64 `json:"commit_us"`
}

//go:embed reference.json
var recorded []byte

// Reference are the recorded figures.
func Reference() (Figures, error) {
	var f Figures
	if err := json.Unmarshal(recorded, &f); err != nil {
		return f, fmt.Errorf("read reference.json: %w", err)
	}
	return f, nil
}

// Record writes the figures of the reference, as they follow from those of a
// machine whose bare cold boot takes boot: work scales with the boot, the disk
// does not.
func Record(path string, here Figures, boot time.Duration) error {
	ref := Figures{Work: map[string]float64{}, Commit: round(here.Commit)}
	for name, us := range here.Work {
		ref.Work[name] = round(us * BareBoot.Seconds() / boot.Seconds())
	}
	text, err := json.MarshalIndent(ref, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func round(us float64) float64 { return math.Round(us*10) / 10 }

// Speed is a machine against the reference: how many times as long it takes.
// 1 is as fast, 2.75 is slow.
type Speed struct {
	Processor float64 // the geometric mean over all kinds of work
	Disk      float64
	here, ref time.Duration // a commit
}

// Against compares the figures of a machine with those of the reference.
func (f Figures) Against(ref Figures) Speed {
	sum, n := 0.0, 0
	for name, us := range f.Work {
		if base := ref.Work[name]; base > 0 && us > 0 {
			sum += math.Log(us / base)
			n++
		}
	}
	s := Speed{Processor: 1, Disk: 1, here: micro(f.Commit), ref: micro(ref.Commit)}
	if n > 0 {
		s.Processor = math.Exp(sum / float64(n))
	}
	if f.Commit > 0 && ref.Commit > 0 {
		s.Disk = f.Commit / ref.Commit
	}
	return s
}

func micro(us float64) time.Duration { return time.Duration(us * float64(time.Microsecond)) }

// Between is the speed of a machine while something ran, from those before and
// after it.
func Between(before, after Speed) Speed {
	return Speed{
		Processor: math.Sqrt(before.Processor * after.Processor),
		Disk:      math.Sqrt(before.Disk * after.Disk),
		here:      time.Duration(math.Sqrt(float64(before.here) * float64(after.here))),
		ref:       before.ref,
	}
}

// Steady tells whether two measurements are of one machine that does nothing
// else: within a fifth of each other.
func Steady(before, after Speed) bool {
	r := before.Processor / after.Processor
	return r > 1/1.2 && r < 1.2
}

// Scale gives the time that the reference needs for what took d here and waited
// for so many commits, one after the other; a share of one that others wait for
// too is less than 1.
func (s Speed) Scale(d time.Duration, commits float64) time.Duration {
	if s.Processor <= 0 || s.Disk <= 0 {
		return d
	}
	wait := time.Duration(commits * float64(s.here))
	if wait > d { // it did not wait that long
		return time.Duration(float64(d) / s.Disk)
	}
	return time.Duration(float64(d-wait)/s.Processor + commits*float64(s.ref))
}

// ScaleRate is Scale for so many a second.
func (s Speed) ScaleRate(rate, commits float64) float64 {
	if rate <= 0 {
		return 0
	}
	each := s.Scale(time.Duration(float64(time.Second)/rate), commits)
	return float64(time.Second) / float64(each)
}

// String is a line for people.
func (s Speed) String() string {
	return fmt.Sprintf("%.2f x the reference's time, a commit %.2f ms (reference %.2f ms)", s.Processor, ms(s.here), ms(s.ref))
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

package speed

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6*math.Abs(b) }

var base = Figures{Work: map[string]float64{"a": 100, "b": 400}, Commit: 1000}

func TestAgainst(t *testing.T) {
	for name, c := range map[string]struct {
		here            Figures
		processor, disk float64
	}{
		"the reference itself": {base, 1, 1},
		"slow":                 {Figures{map[string]float64{"a": 275, "b": 1100}, 500}, 2.75, 0.5},
		"one kind slower":      {Figures{map[string]float64{"a": 400, "b": 400}, 1000}, 2, 1},
		"work not recorded":    {Figures{map[string]float64{"a": 200, "new": 7}, 1000}, 2, 1},
		"nothing known":        {Figures{}, 1, 1},
	} {
		if s := c.here.Against(base); !near(s.Processor, c.processor) || !near(s.Disk, c.disk) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// What waits for the disk is scaled by the disk, the rest by the processor.
func TestScale(t *testing.T) {
	slow := Figures{map[string]float64{"a": 275, "b": 1100}, 4000}.Against(base)
	for _, c := range []struct {
		took    time.Duration
		commits float64
		want    time.Duration
	}{
		{27500, 0, 10000},
		{31500 * time.Microsecond, 1, 11 * time.Millisecond},       // 27.5 of work and 4 of disk
		{28500 * time.Microsecond, 0.25, 10250 * time.Microsecond}, // one commit for four
		{2 * time.Millisecond, 1, 500 * time.Microsecond},          // less than one commit: all of it is disk
		{0, 0, 0},
	} {
		if got := slow.Scale(c.took, c.commits); got != c.want {
			t.Errorf("%v with %v commits is %v, want %v", c.took, c.commits, got, c.want)
		}
	}
	if got := slow.ScaleRate(100, 0); !near(got, 275) {
		t.Errorf("100 a second are %v", got)
	}
	if got := slow.ScaleRate(0, 0); got != 0 {
		t.Errorf("none are %v", got)
	}
	same := base.Against(base)
	if got := same.Scale(7*time.Millisecond, 2); got != 7*time.Millisecond {
		t.Errorf("on the reference 7 ms are %v", got)
	}
	if got := (Speed{}).Scale(7, 0); got != 7 {
		t.Errorf("without figures 7 is %v", got)
	}
}

func TestBetween(t *testing.T) {
	fast, slow := base.Against(base), Figures{map[string]float64{"a": 400, "b": 1600}, 4000}.Against(base)
	if s := Between(fast, slow); !near(s.Processor, 2) || !near(s.Disk, 2) || s.here != 2*time.Millisecond {
		t.Errorf("%+v", s)
	}
	if !Steady(fast, fast) || Steady(fast, slow) || Steady(slow, fast) {
		t.Error("steady is not told from unsteady")
	}
}

// What is recorded on any machine is the machine that boots in BareBoot: seen
// from there this machine is as slow as its boot.
func TestRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reference.json")
	here := Figures{Work: map[string]float64{"a": 550, "b": 2200}, Commit: 700}
	if err := Record(path, here, 2*BareBoot); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var ref Figures
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	if s := here.Against(ref); !near(s.Processor, 2) || !near(s.Disk, 1) {
		t.Errorf("%+v against %+v", s, ref)
	}
}

// The recorded file has a figure for each kind of work that is done today, and
// this machine is no stranger to it.
func TestReference(t *testing.T) {
	ref, err := Reference()
	if err != nil {
		t.Fatal(err)
	}
	here, err := Measure(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if len(ref.Work) != len(works) || ref.Commit <= 0 {
		t.Errorf("recorded: %+v", ref)
	}
	for name, us := range here.Work {
		if us <= 0 || ref.Work[name] <= 0 {
			t.Errorf("%s: %v here, %v recorded", name, us, ref.Work[name])
		}
	}
	if here.Commit <= 0 {
		t.Errorf("a commit takes %v", here.Commit)
	}
}

// The work is the same each time.
func TestWorkIsFixed(t *testing.T) {
	for _, w := range works {
		if a, b := w.do(), w.do(); a != b || a == 0 {
			t.Errorf("%s gave %d, then %d", w.name, a, b)
		}
	}
}

func TestQuarter(t *testing.T) {
	if got := quarter([]time.Duration{9, 1, 5, 7, 3, 8, 2, 6}); got != 3 {
		t.Errorf("%d", got)
	}
}

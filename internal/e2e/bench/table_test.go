// Package bench measures the product with its fake hosts on both engines, and a
// real guest beside a bare QEMU where the machine allows it. One command prints
// one table:
//
//	go test -run '^$' -bench . -benchtime 1x -timeout 10m ./internal/e2e/bench
//
// Every benchmark does a fixed amount of work per iteration, so that the table
// needs one iteration only and the whole run is bounded. Before and after each
// block the machine itself is measured (package speed), and bars are judged by
// the figures that the reference machine would have shown.
//
// VIRGA_BENCH_ALL=1 has the lists of a million servers too, which takes many minutes
// more.
package bench

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/virga-cloud/virga/internal/e2e/speed"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// sheet gathers the rows of this run; benchmarks of a binary have nothing else
// in common.
var sheet struct {
	sync.Mutex
	rows  []row
	marks []mark
}

// mark is the machine at the beginning of a block, which is the end of the one
// before it.
type mark struct {
	block string
	speed speed.Speed
}

// block measures the machine; the rows that follow belong to the block.
func block(name string) error {
	ref, err := speed.Reference()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "virga-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	here, err := speed.Measure(dir)
	if err != nil {
		return err
	}
	sheet.Lock()
	defer sheet.Unlock()
	sheet.marks = append(sheet.marks, mark{name, here.Against(ref)})
	return nil
}

// row is one line of the table. Zero fields stay empty.
type row struct {
	what, engine string
	count        int
	took         []time.Duration // of the single operations
	rate         float64         // per second, of all together
	cpu          time.Duration   // processor time of one, of all threads of this process
	allocs       uint64          // of one, likewise
	// What the database was asked to do for one, and how often somebody waited for it.
	statements, trips float64
	worst             string // what the slowest of them was
	block             int    // index of the mark before it
	// commits is for how many commits of the disk one waits, a share of one when
	// several wait for the same: that part scales with the disk.
	commits float64
	// The bars of the table.
	p50, p99, longest, maxCPU time.Duration
	atLeast                   float64
	maxStatements, maxTrips   float64
}

func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300) // as cmd/virga does
	}
	pgtest.Durable()
	code := pgtest.Main(m)
	if len(sheet.rows) > 0 {
		if err := block("end"); err != nil {
			fmt.Println(err)
			code = 1
		} else {
			fmt.Print("\n", machine(), "\n\n")
			printSpeed(os.Stdout, sheet.marks)
			printTable(os.Stdout, sheet.rows, sheet.marks)
		}
	}
	os.Exit(code)
}

// note adds a row and reports it to the testing package as well. A benchmark
// that runs again, with more iterations, replaces its row.
func note(b *testing.B, r row) {
	slices.Sort(r.took)
	if len(r.took) > 0 {
		b.ReportMetric(ms(at(r.took, 50)), "ms-p50")
		b.ReportMetric(ms(at(r.took, 99)), "ms-p99")
		r.count = len(r.took)
	}
	if r.rate > 0 {
		b.ReportMetric(r.rate, "1/s")
	}
	if r.cpu > 0 {
		b.ReportMetric(ms(r.cpu), "ms-cpu")
	}
	sheet.Lock()
	defer sheet.Unlock()
	r.block = len(sheet.marks) - 1
	for i, old := range sheet.rows {
		if old.what == r.what && old.engine == r.engine {
			sheet.rows[i] = r
			return
		}
	}
	sheet.rows = append(sheet.rows, r)
}

// at is a percentile of sorted times.
func at(took []time.Duration, percent int) time.Duration {
	return took[min(len(took)*percent/100, len(took)-1)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// printSpeed says how fast the machine was before and after each block.
func printSpeed(out io.Writer, marks []mark) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "block\tbefore: this machine takes\tafter\t")
	for i, m := range marks[:len(marks)-1] {
		after, steady := marks[i+1].speed, ""
		if !speed.Steady(m.speed, after) {
			steady = "NOT STEADY: something else ran here"
		}
		fmt.Fprintf(w, "%s\t%s\t%.2f x\t%s\n", m.block, m.speed, after.Processor, steady)
	}
	fmt.Fprintln(w)
	_ = w.Flush() // the terminal is gone; nobody is left to tell
}

// during is the speed of the machine while a row was measured.
func (r row) during(marks []mark) speed.Speed {
	return speed.Between(marks[r.block].speed, marks[r.block+1].speed)
}

func printTable(out io.Writer, rows []row, marks []mark) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tengine\tcount\tp50\tp99\tper second\tCPU each\tallocs\tstatements\ttrips\tscaled\tbar\t\t")
	missed, judged := 0, 0
	for _, r := range rows {
		p50, p99, rate, cpu, allocs := "", "", "", "", ""
		if len(r.took) > 0 {
			p50, p99 = show(at(r.took, 50)), show(at(r.took, 99))
		}
		if r.rate > 0 {
			rate = fmt.Sprintf("%.0f", r.rate)
		}
		if r.cpu > 0 {
			cpu = show(r.cpu)
		}
		if r.allocs > 0 {
			allocs = fmt.Sprint(r.allocs)
		}
		statements, trips := "", ""
		if r.statements > 0 {
			statements, trips = fmt.Sprintf("%.1f", r.statements), fmt.Sprintf("%.1f", r.trips)
		}
		v := r.verdict(r.during(marks))
		if v.bar != "" {
			judged++
		}
		if v.met == missedBar {
			missed++
			v.met += r.worst
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n",
			r.what, r.engine, r.count, p50, p99, rate, cpu, allocs, statements, trips, v.scaled, v.bar, v.met)
	}
	fmt.Fprintf(w, "\n%d of %d bars met\n", judged-missed, judged)
	_ = w.Flush() // the terminal is gone; nobody is left to tell
}

func show(d time.Duration) string { return fmt.Sprintf("%.2f ms", ms(d)) }

const missedBar = "MISSED"

// verdict is what the reference would have shown, beside the bars, and whether
// they were met.
type verdict struct{ scaled, bar, met string }

func (r row) verdict(s speed.Speed) verdict {
	var scaled, bars []string
	ok := true
	limit := func(name string, bar, took time.Duration, commits float64) {
		if bar > 0 {
			took = s.Scale(took, commits)
			scaled, bars = append(scaled, name+" "+show(took)), append(bars, fmt.Sprintf("%s < %v", name, bar))
			ok = ok && took < bar
		}
	}
	if len(r.took) > 0 {
		limit("p50", r.p50, at(r.took, 50), r.commits)
		limit("p99", r.p99, at(r.took, 99), r.commits)
		limit("longest", r.longest, r.took[len(r.took)-1], r.commits)
	}
	limit("CPU", r.maxCPU, r.cpu, 0)
	most := func(name string, bar, n float64) {
		if bar > 0 {
			scaled, bars = append(scaled, fmt.Sprintf("%.1f %s", n, name)), append(bars, fmt.Sprintf("< %.0f", bar))
			ok = ok && n < bar
		}
	}
	most("statements", r.maxStatements, r.statements)
	most("trips", r.maxTrips, r.trips)
	if r.atLeast > 0 {
		rate := s.ScaleRate(r.rate, r.commits)
		scaled, bars = append(scaled, fmt.Sprintf("%.0f/s", rate)), append(bars, fmt.Sprintf(">= %.0f/s", r.atLeast))
		ok = ok && rate >= r.atLeast
	}
	if len(bars) == 0 {
		return verdict{}
	}
	return verdict{strings.Join(scaled, ", "), strings.Join(bars, ", "), map[bool]string{true: "met", false: missedBar}[ok]}
}

// machine says on what these numbers were measured: without it they say
// nothing.
func machine() string {
	var u syscall.Utsname
	_ = syscall.Uname(&u) // then the release is empty
	release := make([]byte, 0, len(u.Release))
	for _, c := range u.Release {
		if c == 0 {
			break
		}
		release = append(release, byte(c))
	}
	return fmt.Sprintf("machine: %d x %s, %s of memory, Linux %s, %s; %s; both engines wait for the disk (fsync)",
		runtime.NumCPU(), field("/proc/cpuinfo", "model name"), field("/proc/meminfo", "MemTotal"), release, runtime.Version(), runtime.GOARCH)
}

// field is the value of a "name: value" line of a file.
func field(path, name string) string {
	f, err := os.Open(path)
	if err != nil {
		return "?"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if k, v, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return "?"
}

// A bar that is missed must say so, also when it is missed by one of two, and
// what counts is the scaled figure.
func TestVerdict(t *testing.T) {
	times := func(d ...time.Duration) []time.Duration { return d }
	ref := speed.Figures{Work: map[string]float64{"a": 100}, Commit: 1000}
	same := ref.Against(ref)
	slow := speed.Figures{Work: map[string]float64{"a": 250}, Commit: 5000}.Against(ref)
	for _, c := range []struct {
		r    row
		on   speed.Speed
		want verdict
	}{
		{row{took: times(1, 2, 3)}, same, verdict{}},
		{row{took: times(1e6, 2e6), p50: 5e6, p99: 25e6}, same, verdict{"p50 2.00 ms, p99 2.00 ms", "p50 < 5ms, p99 < 25ms", "met"}},
		{row{took: times(1e6, 1e6, 30e6), p50: 5e6, p99: 25e6}, same, verdict{"p50 1.00 ms, p99 30.00 ms", "p50 < 5ms, p99 < 25ms", "MISSED"}},
		{row{took: times(6e6, 6e6, 6e6), p50: 5e6, p99: 25e6}, same, verdict{"p50 6.00 ms, p99 6.00 ms", "p50 < 5ms, p99 < 25ms", "MISSED"}},
		{row{took: times(6e6, 6e6, 6e6), p50: 5e6, p99: 25e6}, slow, verdict{"p50 2.40 ms, p99 2.40 ms", "p50 < 5ms, p99 < 25ms", "met"}},
		{row{took: times(75e5), commits: 1, p50: 3e6}, slow, verdict{"p50 2.00 ms", "p50 < 3ms", "met"}},
		{row{took: times(1e6, 9e6), longest: 9e6}, same, verdict{"longest 9.00 ms", "longest < 9ms", "MISSED"}},
		{row{took: times(1), cpu: 3e6, maxCPU: 25e5}, same, verdict{"CPU 3.00 ms", "CPU < 2.5ms", "MISSED"}},
		{row{took: times(1), cpu: 3e6, maxCPU: 25e5}, slow, verdict{"CPU 1.20 ms", "CPU < 2.5ms", "met"}},
		{row{statements: 61, trips: 24, maxStatements: 60, maxTrips: 25}, slow, verdict{"61.0 statements, 24.0 trips", "< 60, < 25", "MISSED"}},
		{row{rate: 4999, atLeast: 5000}, same, verdict{"4999/s", ">= 5000/s", "MISSED"}},
		{row{rate: 2000, atLeast: 5000}, slow, verdict{"5000/s", ">= 5000/s", "met"}},
	} {
		if got := c.r.verdict(c.on); got != c.want {
			t.Errorf("%+v: %q, want %q", c.r, got, c.want)
		}
	}
}

// The table names the speed, each figure with its bar, and how many are met.
func TestTable(t *testing.T) {
	ref := speed.Figures{Work: map[string]float64{"a": 100}, Commit: 1000}
	double := speed.Figures{Work: map[string]float64{"a": 200}, Commit: 1000}
	marks := []mark{{"list", ref.Against(ref)}, {"create", double.Against(ref)}, {"end", double.Against(ref)}}
	var out strings.Builder
	printSpeed(&out, marks)
	printTable(&out, []row{
		{what: "page", engine: "sqlite", count: 1, took: []time.Duration{4e6}, p99: 3e6},
		{what: "jump", engine: "sqlite", count: 1, took: []time.Duration{4e6}, p99: 15e5, block: 1, worst: " (last page)"},
		{what: "free", engine: "sqlite", rate: 12, allocs: 99},
	}, marks)
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"list 1.00 x the reference's time, a commit 1.00 ms (reference 1.00 ms) 2.00 x NOT STEADY",
		"page sqlite 1 4.00 ms 4.00 ms p99 2.83 ms p99 < 3ms met", // by the mean of both marks
		"jump sqlite 1 4.00 ms 4.00 ms p99 2.00 ms p99 < 1.5ms MISSED (last page)",
		"free sqlite 0 12 99", "1 of 2 bars met",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

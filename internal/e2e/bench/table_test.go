// Package bench measures the product with its fake hosts on both engines, and a
// real guest beside a bare QEMU where the machine allows it. One command prints
// one table:
//
//	go test -run '^$' -bench . -benchtime 1x -timeout 10m ./internal/e2e/bench
//
// Every benchmark does a fixed amount of work per iteration, so that the table
// needs one iteration only and the whole run is bounded.
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

	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// sheet gathers the rows of this run; benchmarks of a binary have nothing else
// in common.
var sheet struct {
	sync.Mutex
	rows []row
}

// row is one line of the table. Zero fields stay empty.
type row struct {
	what, engine string
	count        int
	took         []time.Duration // of the single operations
	rate         float64         // per second, of all together
	cpu          time.Duration   // processor time of one, of all threads of this process
	ratio        string
	// p50, p99 and atLeast are the bars of the table.
	p50, p99 time.Duration
	atLeast  float64
}

func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300) // as cmd/virga does
	}
	pgtest.Durable()
	code := pgtest.Main(m)
	if len(sheet.rows) > 0 {
		fmt.Print("\n", machine(), "\n\n")
		printTable(os.Stdout, sheet.rows)
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

func printTable(out io.Writer, rows []row) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tengine\tcount\tp50\tp99\tper second\tCPU each\tratio\tbar\t")
	for _, r := range rows {
		p50, p99, rate, cpu := "", "", "", ""
		if len(r.took) > 0 {
			p50, p99 = fmt.Sprintf("%.2f ms", ms(at(r.took, 50))), fmt.Sprintf("%.2f ms", ms(at(r.took, 99)))
		}
		if r.rate > 0 {
			rate = fmt.Sprintf("%.0f", r.rate)
		}
		if r.cpu > 0 {
			cpu = fmt.Sprintf("%.2f ms", ms(r.cpu))
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t\n", r.what, r.engine, r.count, p50, p99, rate, cpu, r.ratio, r.verdict())
	}
	_ = w.Flush() // the terminal is gone; nobody is left to tell
}

// verdict says which bar there is and whether it was reached.
func (r row) verdict() string {
	var bars []string
	ok := true
	limit := func(name string, bar time.Duration, percent int) {
		if bar > 0 && len(r.took) > 0 {
			bars = append(bars, fmt.Sprintf("%s < %v", name, bar))
			ok = ok && at(r.took, percent) < bar
		}
	}
	limit("p50", r.p50, 50)
	limit("p99", r.p99, 99)
	if r.atLeast > 0 {
		bars = append(bars, fmt.Sprintf(">= %.0f/s", r.atLeast))
		ok = ok && r.rate >= r.atLeast
	}
	if len(bars) == 0 {
		return ""
	}
	return map[bool]string{true: "yes: ", false: "NO: "}[ok] + strings.Join(bars, ", ")
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

// A bar that is missed must say so, also when it is missed by one of two.
func TestVerdict(t *testing.T) {
	times := func(d ...time.Duration) []time.Duration { return d }
	for _, c := range []struct {
		r    row
		want string
	}{
		{row{took: times(1, 2, 3)}, ""},
		{row{took: times(1e6, 2e6), p50: 5e6, p99: 25e6}, "yes: p50 < 5ms, p99 < 25ms"},
		{row{took: times(1e6, 1e6, 30e6), p50: 5e6, p99: 25e6}, "NO: p50 < 5ms, p99 < 25ms"},
		{row{took: times(6e6, 6e6, 6e6), p50: 5e6, p99: 25e6}, "NO: p50 < 5ms, p99 < 25ms"},
		{row{rate: 4999, atLeast: 5000}, "NO: >= 5000/s"},
		{row{rate: 5000, atLeast: 5000}, "yes: >= 5000/s"},
	} {
		if got := c.r.verdict(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.r, got, c.want)
		}
	}
}

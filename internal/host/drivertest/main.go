package drivertest

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/virga-cloud/virga/internal/crash"
)

// died are the points at which a child of this test binary was killed. Main
// looks at them when all tests are over, and tests share nothing else.
var died deaths

type deaths struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (d *deaths) add(point string) {
	name, _, _ := strings.Cut(point, "#")
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen == nil {
		d.seen = map[string]bool{}
	}
	d.seen[name] = true
}

func (d *deaths) has(point string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.seen[point]
}

// Main is the TestMain of a driver's package. It runs all tests and then fails
// when one of the package's crash points killed no process: those whose names
// start with one of the families ("disk."). So a point that every Config says
// to be Elsewhere is found.
//
// missing says what this machine lacks for tests that kill, empty for nothing;
// with it they skip themselves and nothing is looked at, just as when only
// some tests run.
func Main(m *testing.M, missing string, families ...string) int {
	code := m.Run()
	if code != 0 || missing != "" || IsChild() || partly() {
		return code
	}
	alive, err := died.spared(crash.Points(), families)
	if err != nil {
		fmt.Fprintln(os.Stderr, "drivertest:", err)
		return 1
	}
	if len(alive) > 0 {
		fmt.Fprintf(os.Stderr, "crash points at which no test killed a process:\n  %s\n", strings.Join(alive, "\n  "))
		return 1
	}
	return 0
}

// spared are the points of the families at which nothing died, sorted.
func (d *deaths) spared(all, families []string) (alive []string, err error) {
	for _, f := range families {
		found := false
		for _, p := range all {
			if !strings.HasPrefix(p, f) {
				continue
			}
			found = true
			if !d.has(p) {
				alive = append(alive, p)
			}
		}
		if !found {
			return nil, fmt.Errorf("no crash point is called %s", f)
		}
	}
	slices.Sort(alive)
	return slices.Compact(alive), nil
}

// partly says whether the command line left tests out.
func partly() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return true
		}
	}
	return testing.Short()
}

package e2e

import (
	"fmt"
	"os"
	"testing"

	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// Made by TestMain for all tests, because a build takes a while.
var (
	bin    string // the binary
	quick  string // folder for installations without machines; in memory
	spread string // folder for installations with disks
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	code := 1
	for _, f := range []struct {
		to       *string
		inMemory bool
	}{{&quick, true}, {&spread, false}} {
		dir, remove, err := Folder(f.inMemory)
		if err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			return 1
		}
		defer func() {
			if err := remove(); err != nil {
				fmt.Fprintln(os.Stderr, "e2e:", err)
			}
		}()
		*f.to = dir
	}
	var err error
	if bin, err = Build(spread); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return code
	}
	return pgtest.Main(m)
}

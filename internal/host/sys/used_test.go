package sys_test

import (
	"os"
	"testing"
)

// Only what volumes and images really take counts, holes and other files do not.
func TestUsed(t *testing.T) {
	in := installation(t)
	must(t, os.MkdirAll(in.Path("volumes", id1), 0o700))
	before := in.Used()
	must(t, os.WriteFile(in.Path("volumes", id1, "0.qcow2"), make([]byte, 1<<20), 0o600))
	must(t, os.WriteFile(in.Path("other"), make([]byte, 1<<20), 0o600))
	must(t, os.WriteFile(in.Path("volumes", id1, "hole"), nil, 0o600))
	must(t, os.Truncate(in.Path("volumes", id1, "hole"), 1<<30))
	if n := in.Used() - before; n < 1<<20 || n > 1<<20+64<<10 {
		t.Errorf("a megabyte counts as %d", n)
	}
}

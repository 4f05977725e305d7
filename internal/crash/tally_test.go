package crash

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTally(t *testing.T) {
	name := filepath.Join(t.TempDir(), "tally")
	t.Setenv("VIRGA_TALLY", name)
	if said := Tally("%d points", 3); said != "3 points" {
		t.Errorf("said %q", said)
	}
	Tally("done")
	if b, err := os.ReadFile(name); err != nil || string(b) != "3 points\ndone\n" {
		t.Errorf("%q, %v", b, err)
	}
	t.Setenv("VIRGA_TALLY", "")
	Tally("not said")
	if b, _ := os.ReadFile(name); string(b) != "3 points\ndone\n" {
		t.Errorf("%q", b)
	}
}

package sim

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var (
	seeds = flag.Int("seeds", 60, "how many seeds the simulation plays")
	only  = flag.Uint64("seed", 0, "the one seed to play, with its story")
)

// A failing seed is printed with the command that plays it again.
func TestSimulation(t *testing.T) {
	if *only != 0 {
		play(t, *only)
		return
	}
	for seed := uint64(1); seed <= uint64(*seeds); seed++ {
		play(t, seed)
		if t.Failed() {
			t.Fatalf("seed %d failed; again with: go test ./internal/e2e/sim -run TestSimulation -seed %d -v", seed, seed)
		}
	}
	t.Logf("%d seeds", *seeds)
}

func play(t *testing.T, seed uint64) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w, err := New(dir, seed, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	var story []string
	r := &Run{World: w, Steps: 400, Story: func(f string, a ...any) { story = append(story, fmt.Sprintf(f, a...)) }}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	err = r.Play()
	if err == nil {
		err = r.Empty()
	}
	if *only != 0 {
		t.Log(strings.Join(story, "\n"))
	}
	if err != nil {
		dump(t, w)
		t.Errorf("seed %d: %v", seed, err)
	}
}

package cloud

import (
	"errors"
	"fmt"
	"testing"
)

// Only what is wrong with the input is collected; anything else ends the checks.
func TestProblemsCollect(t *testing.T) {
	name, ram := Errorf(Invalid, "name.empty", "a").On("name"), Errorf(Invalid, "ram.range", "b").On("ram")
	var two Problems
	two.Add(name)
	two.Add(ram)
	for _, c := range []struct {
		name string
		err  error
		goOn bool
		n    int
	}{
		{"nothing", nil, true, 0},
		{"one", name, true, 1},
		{"wrapped", fmt.Errorf("create: %w", name), true, 1},
		{"several", two.Err(), true, 2},
		{"missing", Errorf(NotFound, "key.missing", "c"), false, 0},
		{"full", Errorf(Exhausted, "server.place", "d"), false, 0},
		{"internal", errors.New("disk on fire"), false, 0},
	} {
		var p Problems
		if got := p.Collect(c.err); got != c.goOn || len(p.list) != c.n {
			t.Errorf("%s: go on %v, %d problems; want %v, %d", c.name, got, len(p.list), c.goOn, c.n)
		}
	}
	var all Problems
	all.Collect(name)
	all.Collect(Errorf(Invalid, "key.bad", "e").On("key"))
	var e *Error
	if err := all.Err(); !errors.As(err, &e) || len(e.Many) != 2 || !all.Has("key") {
		t.Errorf("%v", err)
	}
}

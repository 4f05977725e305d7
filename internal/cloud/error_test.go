package cloud

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
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

// Problems of items are listed up to a hundred, those of fields all; the last says
// how many there are beside.
func TestProblemsAreBounded(t *testing.T) {
	var p Problems
	for i := range 5000 {
		p.Add(Errorf(Invalid, "x", "must be an object.").OnItem("disks", i, ""))
		p.Add(Errorf(Invalid, "x", "is required").On(fmt.Sprintf("hdds[%d].size", i)))
	}
	p.Add(Errorf(Invalid, "name.empty", "is required").On("name"))
	for range 2 { // telling it changes nothing
		var e *Error
		if err := p.Err(); !errors.As(err, &e) || len(e.Many) != maxProblems+1 {
			t.Fatalf("%d problems are listed", len(e.Many))
		}
		if last := e.Many[maxProblems]; last.Field != "name" || last.Message != "is required (9900 more problems are not listed)" {
			t.Errorf("the last one says %q of %s", last.Message, last.Field)
		}
	}
	var joined *Error
	if err := p.Join(Errorf(Invalid, "ram.range", "too much").On("ram")); !errors.As(err, &joined) || len(joined.Many) != maxProblems+2 {
		t.Errorf("joined: %d problems", len(joined.Many))
	}
	if e := Errorf(Invalid, "x", "%q", strings.Repeat("ä", 1<<20)); len(e.Message) > messageMax+3 || !utf8.ValidString(e.Message) {
		t.Errorf("a message of %d bytes", len(e.Message))
	}
}

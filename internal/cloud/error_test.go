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

// A list of problems is answered with all of it; what ends the request alone is
// answered alone.
func TestProblemsJoin(t *testing.T) {
	field := func(code, on string) *Error { return Errorf(Invalid, code, "m").On(on) }
	var found, many Problems
	found.Add(field("a", "name"))
	found.Add(Errorf(Invalid, "b", "m").OnItem("disks", 1, "size"))
	for _, e := range []*Error{
		field("again", "name"), field("c", "ram"), Errorf(Invalid, "again", "m").OnItem("disks", 1, "size"),
		Errorf(Invalid, "again", "m").OnItem("disks", 1, ""), Errorf(Invalid, "d", "m").OnItem("disks", 0, "size"),
	} {
		many.Add(e)
	}
	disk := errors.New("disk on fire")
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"nothing", nil, "a b"},
		{"one more", field("c", "ram"), "a b c"},
		{"the same field", field("again", "name"), "a b"},
		{"several", many.Err(), "a b c d"},
		{"full", Errorf(Exhausted, "full", "m"), "a b full"},
		{"missing object", Errorf(NotFound, "gone", "m"), "gone"},
		{"missing part", Errorf(NotFound, "gone", "m").On("image"), "a b gone"},
		{"refused", Errorf(Forbidden, "no", "m"), "no"},
		{"wrapped refusal", fmt.Errorf("create: %w", Errorf(Forbidden, "no", "m")), "no"},
		{"too often", Errorf(TooMany, "often", "m"), "often"},
		{"ours", disk, ""},
	} {
		err := found.Join(c.err)
		var e *Error
		var got []string
		if errors.As(err, &e) {
			if got = []string{e.Code}; len(e.Many) > 0 {
				got = nil
			}
			for _, m := range e.Many {
				got = append(got, m.Code)
			}
		}
		if strings.Join(got, " ") != c.want || c.want == "" && !errors.Is(err, disk) {
			t.Errorf("%s: %v (%v), want %s", c.name, got, err, c.want)
		}
	}
	var none Problems
	if err := none.Join(disk); !errors.Is(err, disk) || none.Join(nil) != nil {
		t.Errorf("%v", err)
	}
	if len(found.list) != 2 {
		t.Errorf("joining added to what was found: %v", found.list)
	}
}

func TestErrorReads(t *testing.T) {
	e := Errorf(Exhausted, "server.place", "no host has room").WithFix("Add %s.", "one")
	e.Reasons = []string{"h1: memory", "h2: disks"}
	if got, want := e.Error(), "no host has room (h1: memory; h2: disks). Add one."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var p Problems
	p.Add(Errorf(Invalid, "x", "is required").OnItem("disks", 0, "size"))
	p.Add(Errorf(Invalid, "x", "must be text").On("name"))
	if got, want := p.Err().Error(), "the request has several problems; disks[0].size: is required; name: must be text"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var none *Error
	if none.On("name") != nil || none.OnItem("disks", 0, "") != nil {
		t.Error("a check that found nothing says something")
	}
	for _, c := range []struct {
		err  error
		want Kind
	}{{nil, ""}, {errors.New("x"), ""}, {e, Exhausted}, {fmt.Errorf("create: %w", e), Exhausted}} {
		if got := KindOf(c.err); got != c.want || c.want != "" && (!IsKind(c.err, c.want) || IsKind(c.err, Busy)) {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}

func TestProblemsHaveItems(t *testing.T) {
	var p Problems
	p.Add(Errorf(Invalid, "x", "m").OnItem("disks", 1, "size"))
	p.Add(Errorf(Invalid, "x", "m").OnItem("disks", 2, ""))
	p.Add(Errorf(Invalid, "x", "m").On("keys"))
	for _, c := range []struct {
		list string
		i    int
		part string
		want bool
	}{
		{"disks", 0, "", false},
		{"disks", 1, "size", true},
		{"disks", 1, "name", false},
		{"disks", 1, "", true},
		{"disks", 2, "name", true},
		{"keys", 7, "text", true},
		{"cards", 1, "size", false},
	} {
		if p.HasItem(c.list, c.i, c.part) != c.want {
			t.Errorf("%s %d %q: %v", c.list, c.i, c.part, !c.want)
		}
	}
}

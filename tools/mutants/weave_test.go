package main

import (
	"strings"
	"testing"
)

// Mutants that stand in one program beside each other are played one at a time, and mean
// what they would mean alone, whatever kind of function they are in.
func TestWeave(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module example.org/m\n\ngo 1.26\n")
	write(t, dir, "a/rules/1.txt", "one\ntwo\n")
	write(t, dir, "a/a.go", `package a

import _ "embed"

//go:embed rules/1.txt
var rules string

var table = map[string]int{"x": 1}

type box[T any] struct{ v T }

func (b *box[T]) put(_ string, vs ...T) (n int, err error) {
	defer func() { n = n * 10 }()
	b.v, n = vs[0], len(vs)
	err, n = nil, n+1
	return
}

func plain(to *int) {
	*to = 1
	*to += 2
}

type secret int

func open(secret secret, more int) int { return int(secret) + more }

func sum(list ...int) (n int) {
	for _, i := range list {
		n += i
	}
	return n
}
`)
	write(t, dir, "a/a_test.go", `package a

import "testing"

func say(t *testing.T, is, want int) {
	t.Helper()
	if is != want {
		t.Errorf("it is %d", is)
	}
}

func TestAll(t *testing.T) {
	var b box[int]
	n, _ := b.put("", 7, 8)
	say(t, n, 30)
	say(t, b.v, 7)
	var to int
	plain(&to)
	say(t, to, 3)
	say(t, sum(1, 2, 3), 6)
	say(t, open(2, 3), 5)
	say(t, table["x"], 1)
	say(t, len(rules), 8)
}
`)
	list := []mutant{
		{decl: "box.put", old: "n * 10", new: "n * 100", breaks: "it is 300"}, // what is deferred, and changes a named result
		{decl: "box.put", old: "vs[0]", new: "vs[1]", breaks: "it is 8"},
		{decl: "plain", old: "+= 2", new: "+= 3", breaks: "it is 4"},
		{decl: "plain", old: "= 1", new: "= 5", breaks: "it is 7"},
		{decl: "sum", old: "n += i", new: "n -= i", breaks: "it is -6"},
		{decl: "open", old: "+ more", new: "- more", breaks: "it is -1"},    // a parameter that is called like its type
		{decl: "table", old: `"x": 1`, new: `"x": 2`, breaks: "it is 2"},    // no function: a program of its own
		{decl: "rules/*.txt", old: "two", new: "three", breaks: "it is 10"}, // no Go
		{decl: "sum", old: "return n", new: "return none", breaks: "undefined: none"},
		{decl: "sum", old: "return n", new: "return n + 0", breaks: ""},
	}
	for i := range list {
		list[i].name, list[i].pkg = "m"+string(rune('a'+i)), "a"
	}
	r, err := newRunner(dir, t.TempDir(), list)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		v, err := r.own(t.Context(), m)
		want := dead
		switch m.breaks {
		case "":
			want = lives
		case "undefined: none":
			want = unbuilt
		}
		if err != nil || v.Outcome != want || !strings.Contains(v.Why, m.breaks) {
			t.Errorf("%s %q: %s %q %v, want %s %q", m.decl, m.new, v.Outcome, v.Why, err, want, m.breaks)
		}
	}
}

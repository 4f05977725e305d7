package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// Every mutant still has its place in the tree: who moves or changes that code
// moves the mutant with it, or the proof becomes weaker without a word.
func TestMutantsApply(t *testing.T) {
	names, packages := map[string]bool{}, map[string]int{}
	for _, m := range mutants() {
		if names[m.name] {
			t.Errorf("two mutants are called %s", m.name)
		}
		names[m.name] = true
		packages[m.pkg]++
		if m.breaks == "" {
			t.Errorf("mutant %s does not say what it breaks", m.name)
		}
		if _, err := m.apply(root); err != nil {
			t.Error(err)
		}
	}
	if len(names) < 40 {
		t.Errorf("there are %d mutants, fewer than 40", len(names))
	}
	for _, pkg := range []string{storePkg, workPkg, hubPkg, reconcilePkg, controlPkg, hostPkg, oneandonePkg, cloudcixPkg} {
		if packages[pkg] < 4 {
			t.Errorf("%s has %d mutants, fewer than 4", pkg, packages[pkg])
		}
	}
}

// A mutant that lost its place says so, whatever it lost.
func TestMutantWithoutPlace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/a.go", "package a\n\nfunc F() int {\n\tx := 1\n\tx = 1\n\treturn x\n}\n\n"+
		"type T struct{}\n\nfunc (t *T) F() int { return  2 }\n")
	for _, c := range []struct{ decl, old, new, want string }{
		{"F", "return x", "return x + 1", ""},
		{"F", "x :=\n 1", "x := 2", ""}, // blanks are all alike
		{"T.F", "return 2", "return 3", ""},
		{"G", "return x", "return 0", "no declaration G"},
		{"F", "return y", "return 0", "0 times"},
		{"F", "1", "2", "2 times"},
		{"F", "return x", "return x)", "is no Go"},
		{"F", "return x", "return x", "changes nothing"},
	} {
		m := mutant{name: "tried", pkg: "a", decl: c.decl, old: c.old, new: c.new}
		got, err := m.apply(dir)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s %q: %v", c.decl, c.old, err)
		case c.want == "" && !strings.Contains(string(got.text), c.new):
			t.Errorf("%s %q: became\n%s", c.decl, c.old, got.text)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s %q: %v, want %q", c.decl, c.old, err, c.want)
		}
	}
}

// A suite's answers are told apart: noticed and by whom, lives, does not build.
// The tree stays as it is.
func TestSuiteAnswers(t *testing.T) {
	dir := t.TempDir()
	code := "package a\n\nfunc F() int { return 1 }\n\nfunc G() int { return 1 }\n"
	write(t, dir, "go.mod", "module example.org/m\n\ngo 1.26\n")
	write(t, dir, "a/a.go", code)
	write(t, dir, "a/a_test.go", `package a

import (
	"os"
	"testing"
)

func TestOther(t *testing.T) {}

func TestBroken(t *testing.T) {
	if os.Getenv("BROKEN") != "" {
		t.Error("whatever happens")
	}
}

func TestF(t *testing.T) {
	t.Run("one", func(t *testing.T) {
		if F() != 1 {
			t.Error("F is not one")
		}
	})
}
`)
	play := func(m mutant) (verdict, error) {
		r, err := newRunner(dir, t.TempDir(), []mutant{m})
		if err != nil {
			t.Fatal(err)
		}
		return r.own(t.Context(), m)
	}
	for _, c := range []struct {
		decl, new, test, outcome, by string
	}{
		{"F", "return 2", "^TestF$", dead, "TestF/one"},
		{"F", "return 2", "^TestOther$", dead, "TestF/one"}, // the likely one is wrong: all are asked
		{"G", "return 2", "", lives, ""},
		{"G", "return none", "", unbuilt, ""},
		{"F", "panic(2)", "", dead, "TestF/one"},
	} {
		m := mutant{name: "tried", pkg: "a", decl: c.decl, old: "return 1", new: c.new, test: c.test}
		v, err := play(m)
		if err != nil {
			t.Fatal(err)
		}
		if by := strings.Join(v.Tests, " "); v.Outcome != c.outcome || by != c.by {
			t.Errorf("%s %s: %s by %q, want %s by %q (%s)", c.decl, c.new, v.Outcome, by, c.outcome, c.by, v.Why)
		}
		if c.outcome != lives && v.Why == "" {
			t.Errorf("%s %s: no word why", c.decl, c.new)
		}
	}
	t.Setenv("BROKEN", "1")
	v, err := play(mutant{name: "tried", pkg: "a", decl: "G", old: "return 1", new: "return 2"})
	if err != nil || v.Outcome != unsound {
		t.Errorf("a test that fails without the mutant: %s %v", v.Outcome, err)
	}
	if now, err := os.ReadFile(filepath.Join(dir, "a", "a.go")); err != nil || string(now) != code {
		t.Errorf("the tree was changed: %v\n%s", err, now)
	}
}

// What was found out is asked again when the mutant, its package or the suite changed,
// and not otherwise: a run that was ended goes on.
func TestVerdictsAreKept(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/a.go", "package a\n")
	write(t, dir, "s/s.go", "package s\n")
	m := mutant{name: "tried", pkg: "a", decl: "F", old: "1", new: "2"}
	digest := func(m mutant) string {
		t.Helper()
		d, err := m.digest(dir, "s")
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := digest(m)
	if digest(m) != first {
		t.Error("the same tree has two digests")
	}
	other := m
	other.new = "3"
	if digest(other) == first {
		t.Error("another mutant has the same digest")
	}
	for _, name := range []string{"a/a_test.go", "s/s_test.go"} {
		before := digest(m)
		write(t, dir, name, "package x\n")
		if digest(m) == before {
			t.Errorf("%s changes nothing", name)
		}
	}
	name := filepath.Join(dir, "state", "found.json")
	k, err := load(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []verdict{
		{Mutant: "tried", Suite: "a", Outcome: lives},
		{Mutant: "tried", Suite: "s", Outcome: dead},
		{Mutant: "tried", Suite: "a", Outcome: dead},
	} {
		if err := k.add(v); err != nil {
			t.Fatal(err)
		}
	}
	if k, err = load(name); err != nil {
		t.Fatal(err)
	}
	if v := k.of(ask{m: m, suite: "a"}); len(k.list) != 2 || v == nil || v.Outcome != dead {
		t.Errorf("kept: %+v", k.list)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

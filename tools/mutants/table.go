package main

import (
	"fmt"
	"os"
	"strings"
)

// Marks around the table in a page.
const (
	tableBegins = "<!-- mutants: made by make mutants -->"
	tableEnds   = "<!-- mutants: end -->"
)

// tell shows the table, writes it into a page if one is named, and fails when a
// mutant lives or is not known.
func tell(o options, list []mutant, known *findings) error {
	all, err := asks(o, list)
	if err != nil {
		return err
	}
	bad, processor := 0, 0.0
	for _, a := range all {
		v := known.of(a)
		if v != nil {
			processor += v.Processor
		}
		switch {
		case v == nil:
			fmt.Printf("not asked yet: %s by %s\n", a.m.name, a.suite)
		case v.Digest != a.digest:
			fmt.Printf("asked before something changed: %s by %s: %s\n", a.m.name, a.suite, v.Outcome)
		case v.Outcome != dead:
			fmt.Printf("%s: %s by %s: %s\n", strings.ToUpper(v.Outcome), a.m.name, a.suite, a.m.breaks)
		default:
			continue
		}
		bad++
	}
	text := markdown(list, known)
	if o.page != "" {
		if err := intoPage(o.page, text); err != nil {
			return err
		}
	} else {
		fmt.Print(text)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d questions have not the answer that they should", bad, len(all))
	}
	fmt.Printf("all of %d mutants were noticed, in %.0f s of processor\n", len(list), processor)
	return nil
}

func markdown(list []mutant, known *findings) string {
	var b strings.Builder
	b.WriteString("| mutant | in | what it breaks | own tests | simulation |\n|---|---|---|---|---|\n")
	for _, m := range list {
		sim := "-"
		if m.state {
			sim = cell(known.of(ask{m: m, suite: simulation}))
		}
		fmt.Fprintf(&b, "| %s | %s `%s` | %s | %s | %s |\n", m.name, strings.TrimPrefix(m.pkg, "internal/"), m.decl, m.breaks,
			cell(known.of(ask{m: m, suite: m.pkg})), sim)
	}
	return b.String()
}

// cell is a verdict in few words.
func cell(v *verdict) string {
	switch {
	case v == nil:
		return "not asked"
	case v.Outcome != dead:
		return "**" + v.Outcome + "**"
	case len(v.Tests) == 0:
		return "noticed outside of a test"
	}
	if seed, _, ok := strings.Cut(v.Why, ": "); ok && v.Suite == simulation {
		return seed
	}
	test, _, _ := strings.Cut(v.Tests[0], "/")
	return "`" + test + "`"
}

// intoPage puts the table between the marks of a page.
func intoPage(name, text string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(b), tableBegins)
	_, tail, ends := strings.Cut(rest, tableEnds)
	if !ok || !ends {
		return fmt.Errorf("%s has no marks %q and %q", name, tableBegins, tableEnds)
	}
	return os.WriteFile(name, []byte(head+tableBegins+"\n"+text+tableEnds+tail), 0o644) //nolint:gosec // a page of the tree
}

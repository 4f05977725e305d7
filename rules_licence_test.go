package virga_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// permissive is how licences begin, or what they say, that ask for no more than to be named.
var permissive = regexp.MustCompile(`Permission is hereby granted, free of charge|Redistribution and use in source and binary forms|` +
	`Apache License|Permission to use, copy, modify|CC0 1\.0 Universal`)

// asksMore are those that ask for sources, or are for a time.
var asksMore = regexp.MustCompile(`(?i)Mozilla Public|GNU (Lesser |Affero |Library )?General Public|` +
	`Eclipse Public|Business Source|Server Side Public`)

// testsOnly are modules of go.mod with another licence. None of them is in the
// product, nor in anything that is built from it.
var testsOnly = map[string]string{
	"pgregory.net/rapid": "MPL-2.0; laws are tested with it, and what generates and shrinks cannot be a program beside the test",
}

// TestLicenceRule: what is built has permissive licences only, and so has what go.mod
// names for tests, but for what stands above.
func TestLicenceRule(t *testing.T) {
	modules := func(args ...string) map[string]string {
		out, err := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		dirs := map[string]string{}
		for line := range strings.Lines(string(out)) {
			if path, dir, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				dirs[path] = dir
			}
		}
		return dirs
	}
	const name = `{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}`
	built := modules("-deps", "-f", name, "./...")
	if len(built) < 20 {
		t.Fatalf("only %d modules are looked at", len(built))
	}
	for path, dir := range built {
		if !licensed(t, dir) {
			t.Errorf("the licence of %s, which is in what is built, is not one that asks for no more than to be named", path)
		}
	}
	for path, dir := range modules("-deps", "-test", "-f", name, "./...") {
		_, excused := testsOnly[path]
		if free := licensed(t, dir); free == excused {
			t.Errorf("%s of the tests: permissive %v, excused %v; a program in a module of its own can be started by a test (tools/authority)",
				path, free, excused)
		}
	}
}

// licensed tells whether all licences of a module are permissive.
func licensed(t *testing.T, dir string) bool {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, f := range files {
		name := strings.ToUpper(f.Name())
		ours := strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING")
		if f.IsDir() || !ours || strings.Contains(name, "PARTY") { // modules of others are looked at by themselves
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(string(b)), " ")
		if asksMore.MatchString(text) {
			return false
		}
		found = found || permissive.MatchString(text)
	}
	return found
}

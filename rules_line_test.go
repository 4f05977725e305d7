package virga_test

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// maxLine is what a reader takes in at once, and what two windows side by side
// show. A tab counts as the one character it is: how wide it is shown is each
// editor's business. Generated files and testdata are read by nobody.
const maxLine = 140

func lineRule(s *source) []string {
	if s.generated() {
		return nil
	}
	var bad []string
	no := 0
	for line := range bytes.Lines(s.text) {
		no++
		if n := utf8.RuneCount(bytes.TrimRight(line, "\n")); n > maxLine {
			bad = append(bad, fmt.Sprintf("%s:%d: the line has %d characters: nothing written by hand is wider than %d; "+
				"wrap it after a comma, give a part of it a name, or say it shorter", s.path, no, n, maxLine))
		}
	}
	return bad
}

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// called is a command line of ours in a text: in backticks, in quotes, or alone on
// a line of a block.
var called = regexp.MustCompile("[`\"]virga ([a-z][^`\"\\n]*)[`\"]|(?m)^ *virga ([a-z].*)$")

// What a text tells people to type is there: a verb with another name is the
// first thing that rots in an error that nobody meets.
func TestTextsNameVerbs(t *testing.T) {
	root := newRoot()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if slices.Contains([]string{".git", "bin", "node_modules", "testdata"}, d.Name()) {
				return fs.SkipDir
			}
			return nil
		case strings.HasSuffix(path, "_test.go"), d.Name() == "CHANGELOG.md", // which tells of words that are wrong
			filepath.Ext(path) != ".go" && filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range called.FindAllStringSubmatch(string(text), -1) {
			seen++
			if why := unknownWords(root, m[1]+m[2]); why != "" {
				t.Errorf("%s: virga %s: %s", path, m[1]+m[2], why)
			}
		}
		return nil
	})
	if err != nil || seen < 100 {
		t.Errorf("%d command lines were found: %v", seen, err)
	}
}

// unknownWords says what of a command line is no verb or flag of ours.
func unknownWords(root *cobra.Command, line string) string {
	line, _, _ = strings.Cut(line, " -- ") // what follows is run elsewhere
	at := root
	for word := range strings.FieldsSeq(strings.NewReplacer(",", " ", "|", " | ", "`", " ").Replace(line)) {
		switch {
		case strings.HasPrefix(word, "#") || word == "&&" || word == ">" || word == "<" || word == "|" && at.HasSubCommands():
			return ""
		case word == "-": // standard input
		case strings.HasPrefix(word, "-"):
			name := strings.TrimLeft(strings.TrimRight(word, ".:;)"), "-")
			name, _, _ = strings.Cut(name, "=")
			short := len(name) == 1
			if short && at.Flags().ShorthandLookup(name) == nil && at.InheritedFlags().ShorthandLookup(name) == nil ||
				!short && at.Flag(name) == nil && name != "help" {
				return "no flag " + word
			}
		case at.HasSubCommands() && regexp.MustCompile(`^[a-z][a-z0-9-]*$`).MatchString(word):
			if at = verbOf(at, word); at == nil {
				return "no verb " + word
			}
		}
	}
	return ""
}

// The test above would be worth nothing if it took everything.
func TestUnknownWords(t *testing.T) {
	root := newRoot()
	for line, ok := range map[string]bool{
		"up": true, "admin join-token NAME": true, "server create web --image tiny": true, "doctor --adopt N": true, "ssh web -- uname -a": true,
		"admin host token": false, "join-token": false, "server create web --size 3": false, "up --nothing": false, "host lost x": false,
	} {
		if why := unknownWords(root, line); (why == "") != ok {
			t.Errorf("virga %s: %q", line, why)
		}
	}
}

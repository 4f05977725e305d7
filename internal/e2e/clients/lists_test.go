package clients_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// lists are the files beside this one, cut to one client.
type lists struct {
	notBuilt   []string          // methods that answer 501
	documented []documented      // what the client's document names
	misprints  map[string]string // as the document has it: what is right
}

// documented is a method as its document writes it.
type documented struct {
	text   string // "get_server(server_id)"
	method string
	args   []string
}

func readLists(t *testing.T, client string) lists {
	t.Helper()
	l := lists{misprints: map[string]string{}}
	for _, line := range rows(t, "notbuilt.txt") {
		if name, method, _ := strings.Cut(line, " "); name == client {
			l.notBuilt = append(l.notBuilt, strings.TrimSpace(method))
		}
	}
	for _, line := range rows(t, "documented.txt") {
		name, text, _ := strings.Cut(line, " ")
		if name == client {
			l.documented = append(l.documented, entry(t, strings.TrimSpace(text)))
		}
	}
	for _, line := range rows(t, "misprints.txt") {
		name, rest, _ := strings.Cut(line, " ")
		text, right, ok := strings.Cut(rest, " -> ")
		if !ok {
			t.Fatalf("misprints.txt: %q does not say what is right", line)
		}
		if name != client {
			continue
		}
		text = strings.TrimSpace(text)
		if strings.HasPrefix(text, "~") {
			continue // text that cannot be called
		}
		if !slices.ContainsFunc(l.documented, func(d documented) bool { return d.text == text }) {
			t.Errorf("misprints.txt names %s, which documented.txt does not", text)
		}
		l.misprints[text] = right
	}
	return l
}

// rows are the lines of a list without comments.
func rows(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

var form = regexp.MustCompile(`^([\w.]+)\(([\w, ]*)\)$`)

func entry(t *testing.T, text string) documented {
	t.Helper()
	m := form.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("documented.txt: %q is not of the form method(arguments)", text)
	}
	d := documented{text: text, method: m[1]}
	if m[2] != "" {
		d.args = strings.Split(strings.ReplaceAll(m[2], " ", ""), ",")
	}
	return d
}

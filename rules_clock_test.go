package virga_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// nows are the names of package time that say what time it is on this machine.
var nows = []string{"Now", "Since", "Until"}

// sqlNows are the words with which a statement asks its database for the time.
var sqlNows = regexp.MustCompile(
	`(?i)\bclock_timestamp\b|\bnow\(\)|\bcurrent_(timestamp|date|time)\b|(transaction|statement)_timestamp|datetime\(|julianday\(|strftime\(`)

// ownTime are the places that may ask this machine or a database for the time, how
// often they do, and what for.
var ownTime = map[string]struct {
	times int
	what  string
}{
	"internal/store/clock.go":           {1, "the one clock: that of the PostgreSQL server"},
	"internal/store/tx.go":              {1, "the one clock, for due times and leases"},
	"internal/store/run.go":             {5, "the one clock where it is the machine's; what commits and answers take, by the monotonic clock"},
	"internal/store/recall_postgres.go": {2, "how long marks of changes are kept: the same server says both times, and nobody else sees them"},
	"internal/store/trigram_words.go":   {1, "the form of a stored time as text; it asks for no time"},
	"internal/work/run.go":              {1, "the monotonic clock, with which the one clock is compared"},
	"internal/hub/run.go":               {2, "how long streams wait, which only this process remembers; deadlines of connections"},

	"internal/cloudcix/cloudcix.go":   {1, "the rate limit, by the monotonic clock, kept nowhere"},
	"internal/oneandone/oneandone.go": {1, "the rate limit, by the monotonic clock, kept nowhere"},
	"internal/httpd/dialect.go":       {1, "deadline of a connection"},
	"internal/httpd/sse.go":           {1, "deadline of a connection"},
	"internal/httpd/measure.go":       {2, "how long a request took, by the monotonic clock"},
	"internal/httpd/events.go":        {10, "how long a connection is open and when it was looked at, by the monotonic clock"},
	"internal/image/shelf.go":         {2, "the age of temporary files, whose times the file system wrote"},

	"cmd/virga/clock.go":     {1, "before the database is open nobody knows the one clock; what is judged is judged again with it"},
	"cmd/virga/ready.go":     {4, "how long a start waits; the time in a line on the terminal"},
	"cmd/virga/dial.go":      {2, "how long a verb waits"},
	"cmd/virga/down.go":      {5, "how long a verb waits; pauses of machines on this host"},
	"cmd/virga/follow.go":    {2, "how long a verb took"},
	"cmd/virga/image.go":     {2, "how often a bar is drawn"},
	"cmd/virga/remote.go":    {1, "a service that did not say what time it is there"},
	"cmd/virga/agent.go":     {3, "the clock of a host (host.Client knows how far the control plane's was moved); a line on the terminal"},
	"cmd/virga/agents.go":    {4, "the clock of a host (host.Client knows how far the control plane's was moved)"},
	"cmd/virga/preflight.go": {1, "the clock of a host, to compare it with the control plane's before it joins"},
	"cmd/virga/real.go":      {1, "the clock of a host: pauses between starts of guests, and the time that guests are told"},
}

// asksTime are the places in a file that ask for the time.
func asksTime(s *source) (places []ast.Node) {
	clock := s.known("time")
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == clock && slices.Contains(nows, n.Sel.Name) {
				places = append(places, n)
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && sqlNows.MatchString(n.Value) {
				places = append(places, n)
			}
		}
		return true
	})
	return places
}

// clockRule: what is stored, or compared with what is stored, goes by the one clock of
// the installation, which tests can move and which is the same for all control nodes.
func clockRule(s *source) []string {
	if s.test() || !strings.HasPrefix(s.path, "cmd/") && !strings.HasPrefix(s.path, "internal/") {
		return nil
	}
	for _, p := range []string{"internal/e2e/", "internal/host/drivertest/", "internal/store/pgtest/", "internal/store/storetest/"} {
		if strings.HasPrefix(s.path, p) { // these are tests too
			return nil
		}
	}
	places, may := asksTime(s), ownTime[s.path]
	if len(places) == may.times {
		return nil
	}
	if len(places) == 0 {
		return []string{s.path + ": asks for no time any more: take it off the list in rules_clock_test.go"}
	}
	var bad []string
	for _, n := range places {
		bad = append(bad, fmt.Sprintf("%s: asks this machine or the database for the time (%d times in this file, %d are known): "+
			"what is stored, or compared with what is stored, goes by store.Tx.Now or store.DB.Now; "+
			"what does not is listed in rules_clock_test.go with what it is for",
			s.at(n), len(places), may.times))
	}
	return bad
}

// The rule sees every way to ask, and its list names no file that is gone.
func TestClockRule(t *testing.T) {
	for text, places := range map[string]int{
		"var a, b = time.Now(), time.Now":                              2,
		"func f(b time.Time) bool { return time.Since(b) > 1 }":        1,
		"func f(b time.Time) bool { return time.Until(b) > 1 }":        1,
		"var a = `SELECT now()`":                                       1,
		"var a = \"SELECT extract(epoch from \" + `clock_timestamp()`": 1,
		"var a = `INSERT INTO x VALUES (CURRENT_TIMESTAMP)`":           1,
		"var a = `SELECT datetime('now')`":                             1,
		"var a = time.Duration(1) // time.Now()":                       0,
	} {
		s, err := parse("internal/x/x.go", []byte("package x\n\nimport \"time\"\n\nvar _ time.Time\n\n"+text+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(asksTime(s)); n != places {
			t.Errorf("%s: asks %d times", text, n)
		}
		if bad := clockRule(s); len(bad) != places {
			t.Errorf("%s: %q", text, bad)
		}
	}
	known := map[string]bool{}
	for _, s := range tree(t) {
		known[s.path] = true
	}
	for path := range ownTime {
		if !known[path] {
			t.Errorf("%s is listed and not there", path)
		}
	}
}

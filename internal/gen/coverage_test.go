package gen_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cloudcixops "github.com/virga-cloud/virga/client/cloudcix"
	oneandoneops "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloudcix"
	"github.com/virga-cloud/virga/internal/gen"
	"github.com/virga-cloud/virga/internal/oneandone"
)

var update = flag.Bool("update", false, "write the pages")

// The page in docs says what the dialects of this very build can do.
func TestCoverageIsCurrent(t *testing.T) {
	// Mounting asks nothing of the core.
	cix := cloudcix.New(nil, cloudcix.Options{Now: time.Now})
	text, err := gen.Coverage(
		gen.Dialect{Title: "1&1 Cloud Server API v1", Ops: oneandoneops.Operations, Built: oneandone.New(nil, oneandone.Options{}).Built()},
		gen.Dialect{Title: "CloudCIX IaaS API", Ops: cloudcixops.Operations, Built: cix.Router().Built()},
	)
	if err != nil {
		t.Fatal(err)
	}
	current(t, "docs/coverage.md", text)
}

// current says whether a page is what the source makes of it, or writes it.
func current(t *testing.T, page string, text []byte) {
	t.Helper()
	file := filepath.Join("../..", page)
	old, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Equal(old, text):
	case *update:
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not current (%v); run `make gen`", page, err)
	}
}

func TestCoverage(t *testing.T) {
	ops := []op.Spec{
		{ID: "a", Method: "GET", Path: "/a", Group: "x"},
		{ID: "b", Method: "PUT", Path: "/b/{id}", Group: "x"},
		{ID: "c", Method: "GET", Path: "/c", Group: "w"},
	}
	text, err := gen.Coverage(gen.Dialect{Title: "T", Ops: ops, Built: []string{"b"}})
	if err != nil {
		t.Fatal(err)
	}
	want := `
## T: 1 of 3

### w (0 of 1)

| operation | request | built |
|---|---|---|
| c | GET /c |  |

### x (1 of 2)

| operation | request | built |
|---|---|---|
| a | GET /a |  |
| b | PUT /b/{id} | yes |
`
	if !strings.HasSuffix(string(text), want) {
		t.Errorf("got %s", text)
	}
	if _, err := gen.Coverage(gen.Dialect{Title: "T", Ops: ops, Built: []string{"d"}}); err == nil {
		t.Error("an operation of no contract is built")
	}
}

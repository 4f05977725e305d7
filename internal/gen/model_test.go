package gen_test

import (
	"testing"

	"github.com/virga-cloud/virga/internal/gen"
)

// The page in docs says what the structs and the code of this very tree say.
func TestModelIsCurrent(t *testing.T) {
	text, err := gen.Model("../..")
	if err != nil {
		t.Fatal(err)
	}
	current(t, "docs/explain/model.md", text)
}

package virga_test

import "testing"

// The page that says what is promised names for each promise the tests that hold it,
// and they exist.
func TestProofPageNamesTests(t *testing.T) {
	pageNamesTests(t, "docs/explain/proof.md", "| promise ", 60)
}

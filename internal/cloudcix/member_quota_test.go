package cloudcix_test

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

// What is beyond the quota is refused in the contract's words for who may not,
// with the reason.
func TestQuotaInWords(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "one")
	w.machine("ann", project, "first", "10.0.0.2")
	if _, err := w.C.SetQuota(t.Context(), "Acme", func(q *cloud.Quota) { q.Servers = 1 }); err != nil {
		t.Fatal(err)
	}
	a := w.call("ann", "POST", "/vm/", w.vm(project, "second", "10.0.0.3")).is(403)
	if text := string(a.body); !strings.Contains(text, "error_code") || !strings.Contains(text, "may have 1 server, ") {
		t.Error(text)
	}
}

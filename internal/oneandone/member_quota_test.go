package oneandone

import (
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

// What is beyond the quota is forbidden, and the message says why.
func TestQuotaInWords(t *testing.T) {
	w := newWorld(t)
	if _, err := w.c.SetQuota(t.Context(), w.member.Name, func(q *cloud.Quota) { q.Addresses = 1 }); err != nil {
		t.Fatal(err)
	}
	w.call("POST", "/public_ips", nil).want(201)
	w.call("POST", "/public_ips", nil).fails(403, "FORBIDDEN", "may have 1 public address, ")
}

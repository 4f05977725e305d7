package sim

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/store"
)

// Files of a host that say greater generations than anything can have are damaged:
// the host goes on, and what is ordered afterwards is carried out.
func TestDamagedGeneration(t *testing.T) {
	r := newSettled(t, 1)
	s, _, h := r.only(t)
	names, err := h.Folder.List()
	must(t, err)
	for _, name := range names {
		if strings.HasPrefix(name, "link/") {
			continue
		}
		b, err := h.Folder.Read(name)
		must(t, err)
		must(t, h.Folder.Write(name, regexp.MustCompile(`"generation":\d+`).ReplaceAll(b, []byte(`"generation":1152921504606846976`))))
	}
	must(t, r.Boot(h))
	must(t, r.Settle(time.Hour))
	action := map[bool]string{true: "POWER_OFF", false: "POWER_ON"}[s.On]
	r.order(t, "PUT", "/servers/"+s.UID.String()+"/status/action", map[string]any{"action": action})
	if now, _, _ := r.only(t); now.SeenOn == s.On || now.Open() {
		t.Errorf("the server is %+v", now.Life)
	}
	var most int64
	must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT max(generation) FROM orders`).Scan(&most)
	}))
	if most > 1000 {
		t.Errorf("the store counts on from generation %d", most)
	}
}

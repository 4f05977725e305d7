package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// FuzzRequest: whatever a host sends, it is refused as invalid or taken; the
// database never sees a name that is none, and nobody panics.
func FuzzRequest(f *testing.F) {
	id := "00000000000000000000000000000001"
	for _, s := range []string{
		`{}`, `{"session":1,"seq":1}`, `[]`, `{"hello":null}`,
		`{"hello":{"tag":"ab12","versions":[1],"held":[{"kind":"vm","id":"` + id + `","generation":3}]}}`,
		`{"hello":{"versions":[1],"facts":{"cpus":-1}}}`,
		`{"session":1,"seq":2,"reports":[{"kind":"vm","id":"` +
			id + `","generation":1,"acknowledged":9,"status":{"ready":true,"vm":{"boot":1}}}]}`,
		`{"session":1,"seq":3,"reports":[{"kind":"cat","id":"../x"}]}`,
		`{"session":1,"seq":4,"adopt":{"documents":[{"kind":"vm","id":"` + id + `","generation":9223372036854775807,` +
			`"body":{"boot":1},"acknowledged":1,"status":{}}],"artefacts":[{"kind":"volume","id":"` + id + `"}]}}`,
		`{"session":1,"seq":5,"orphans":[{"kind":"volume","id":"` + id + `"},{"kind":"volume","id":"` + id + `"}]}`,
		`{"session":1,"seq":6,"logged":[{"router":"` + id + `","at":"2026-01-01T00:00:00Z",` +
			`"protocol":6,"source":"fe80::1%x","destination":"::1"}]}`,
		"{\"hello\":{\"versions\":[1],\"facts\":{\"name\":\"a\\u0000b\"}}}",
		`{"hello":{"versions":[1],"facts":{"cpus":1000000000,"address":"10.0.0.1"}}}`,
		`{"session":1,"seq":2,"reports":[{"kind":"vm","id":"` + id + `","status":{"percent":-7,"reason":"a\u001b[2J","vm":{"vcpu":99999}}}]}`,
	} {
		f.Add([]byte(s))
	}
	db, err := store.Open(context.Background(), store.Options{Path: filepath.Join(f.TempDir(), "virga.db"), NoSync: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = db.Close() })
	h := New(Options{DB: db})
	f.Fuzz(func(t *testing.T, b []byte) {
		req, err := decodeRequest(bytes.NewReader(b))
		if err != nil {
			if !cloud.IsKind(err, cloud.Invalid) {
				t.Fatalf("refused as %v", err)
			}
			return
		}
		for _, r := range req.Reports {
			if s := r.Status; len(s.Reason) > maxReason || s.Percent < 0 || s.Percent > 100 || s.VM != nil && s.VM.VCPU > maxCPUs {
				t.Fatalf("beyond the bounds: %+v", s)
			}
		}
		if h := req.Hello; h != nil && (h.Facts.CPUs > maxCPUs || len(h.Facts.Name) > maxWord || len(h.Held) > maxHeld) {
			t.Fatalf("beyond the bounds: %+v", h.Facts)
		}
		if req.Orphans != nil && len(*req.Orphans) > maxOrphans {
			t.Fatalf("%d orphans", len(*req.Orphans))
		}
		req.Wait = 0
		if req.Hello == nil {
			// A session of its own, so that the request gets further than
			// the door.
			l, err := h.Exchange(context.Background(), 1, plan.Request{Hello: &plan.Hello{Versions: []int{plan.DocumentVersion}}})
			if err != nil {
				t.Fatal(err)
			}
			req.Session, req.Seq = l.Session, 1
		}
		reply, err := h.Exchange(context.Background(), 1, req)
		if err != nil {
			if cloud.KindOf(err) == "" {
				t.Fatalf("an internal error for %s: %v", b, err)
			}
			return
		}
		if _, err := json.Marshal(reply); err != nil {
			t.Fatal(err)
		}
	})
}

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	api "github.com/virga-cloud/virga/client/oneandone"
)

// A service whose work on a server is done, and which shows it as under way,
// without its disk, for so many more answers.
func held(t *testing.T, answers int) *remote {
	t.Helper()
	percent := 99
	s := api.Server{
		ID: "0123456789ABCDEF0123456789ABCDEF", Name: "copy",
		Status: api.Status{State: api.ServerStateDEPLOYING, Percent: &percent}, Hardware: api.Hardware{Vcore: 1, RAM: 1},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /-/events", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte("event: server\ndata: {\"name\":\"copy\",\"running\":false}\n\n"))
	})
	mux.HandleFunc("GET /v1/servers/{id}", func(w http.ResponseWriter, _ *http.Request) {
		if answers--; answers < 0 {
			s.Status = api.Status{State: api.ServerStatePOWEREDON}
			s.Hardware.Hdds = []api.HDD{{Size: 40, IsMain: true}}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s)
	})
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return &remote{client: &api.Client{Base: web.URL + "/v1", Token: "t", Poll: time.Millisecond}, root: web.URL, patience: time.Minute}
}

func TestSettleShowsWhatTheAPIShows(t *testing.T) {
	settle := func(r *remote, flags ...string) (out, notes string) {
		t.Helper()
		cmd := &cobra.Command{RunE: func(cmd *cobra.Command, _ []string) error {
			return r.settle(cmd, api.Server{ID: "0123456789ABCDEF0123456789ABCDEF", Name: "copy"})
		}}
		addWait(cmd)
		addOutput(cmd)
		var o, e bytes.Buffer
		cmd.SetOut(&o)
		cmd.SetErr(&e)
		cmd.SetArgs(flags)
		if err := cmd.ExecuteContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		return o.String(), e.String()
	}
	out, notes := settle(held(t, 3))
	if !strings.Contains(out, "powered on") || !strings.Contains(out, "40 GB disk") || strings.Contains(notes, "again") {
		t.Errorf("%s%s", out, notes)
	}
	if out, _ := settle(held(t, 3), "-o", "json"); !strings.Contains(out, `"size": 40`) || !strings.Contains(out, `"percent": null`) {
		t.Error(out)
	}
	// What never comes to rest is shown as it is, and said.
	r := held(t, 1<<30)
	r.patience = 50 * time.Millisecond
	if out, notes := settle(r); !strings.Contains(out, "deploying 99%") || !strings.Contains(notes, "copy is deploying 99% again") {
		t.Errorf("%s%s", out, notes)
	}
	// Who does not wait is shown what the write answered.
	if out, notes := settle(held(t, 1<<30), "--no-wait"); !strings.Contains(out, "copy") || strings.Contains(out, "GB disk") || notes != "" {
		t.Errorf("%s%s", out, notes)
	}
}

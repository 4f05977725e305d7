package main

import (
	"bytes"
	"encoding/json"
	"fmt"
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

const theID = "0123456789ABCDEF0123456789ABCDEF"

// served is a service that answers requests for events by what they are: the
// first, the second and so on; the last answers all that follow.
func served(t *testing.T, state api.Status, events ...http.HandlerFunc) *remote {
	t.Helper()
	n := 0
	mux := http.NewServeMux()
	mux.HandleFunc("GET /-/events", func(w http.ResponseWriter, r *http.Request) {
		at := min(n, len(events)-1)
		n++
		events[at](w, r)
	})
	mux.HandleFunc("GET /v1/servers/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.PathValue("id") != theID {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"type":"NOT_FOUND","message":"no such server"}`))
			return
		}
		_ = json.NewEncoder(w).Encode(api.Server{ID: theID, Name: "web", Status: state})
	})
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return &remote{client: &api.Client{Base: web.URL + "/v1", Token: "t", Poll: time.Millisecond}, root: web.URL, patience: time.Minute}
}

// said is a stream with these messages, which ends after them.
func said(messages ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, m := range messages {
			_, _ = w.Write([]byte(": alive\nevent: server\ndata: " + m + "\n\n"))
		}
	}
}

func answers(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestAwait(t *testing.T) {
	on := api.Status{State: api.ServerStatePOWEREDON}
	for _, c := range []struct {
		name, id string
		events   []http.HandlerFunc
		code     int
		says     string // in the error, or among the lines of progress
	}{
		{"at once", theID, []http.HandlerFunc{said(`{"name":"web"}`)}, exitOK, "web: done"},
		{"steps", theID, []http.HandlerFunc{
			said(`{"name":"web","change":"create","running":true,"step":1,"steps":3}`, `{"name":"web"}`),
		}, exitOK, "web: creating, step 1/3"},
		{"a stream that breaks", theID, []http.HandlerFunc{
			said(`{"name":"web","change":"reboot","running":true}`), said(`{"name":"web"}`),
		}, exitOK, "web: done"},
		{
			"what gave up", theID,
			[]http.HandlerFunc{said(`{"name":"web","failed":true,"reason":"no host has room"}`)},
			exitFailed, "web: no host has room",
		},
		{"no events there", theID, []http.HandlerFunc{answers(404, "text/html", "<h1>not here</h1>")}, exitOK, ""},
		{"no events, and gone", "0", []http.HandlerFunc{answers(404, "text/html", "")}, exitOK, ""},
		{"a revoked token", theID, []http.HandlerFunc{
			answers(401, "application/json", `{"message":"who are you","reasons":["expired"],"fix":"Ask for a key."}`),
		}, exitAuth, "who are you (expired). Ask for a key."},
		{
			"another server", theID,
			[]http.HandlerFunc{answers(404, "application/json", `{"message":"no such server"}`)},
			exitNotFound, "no such server",
		},
		{"an odd answer", theID, []http.HandlerFunc{answers(409, "application/json", `[]`)}, exitConflict, "409 Conflict"},
	} {
		cmd := &cobra.Command{}
		addWait(cmd)
		cmd.SetContext(t.Context())
		var notes bytes.Buffer
		cmd.SetErr(&notes)
		_, err := served(t, on, c.events...).await(cmd, c.id, "web")
		text := notes.String()
		if err != nil {
			text = err.Error()
		}
		if exitCode(err) != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%s: status %d, %q; want %d, %q", c.name, exitCode(err), text, c.code, c.says)
		}
	}
}

// A wait has a limit, and says that the work goes on.
func TestAwaitEnds(t *testing.T) {
	r := served(t, api.Status{}, func(w http.ResponseWriter, r *http.Request) {
		said(`{"name":"web","change":"create","running":true,"reason":"waits for volume x"}`)(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	cmd := &cobra.Command{}
	addWait(cmd)
	cmd.SetContext(t.Context())
	cmd.SetErr(new(bytes.Buffer))
	if err := cmd.Flags().Set("timeout", "300ms"); err != nil {
		t.Fatal(err)
	}
	_, err := r.await(cmd, theID, "web")
	if exitCode(err) != exitTimeout || !strings.Contains(err.Error(), "not done after 300ms (waits for volume x); it goes on") {
		t.Errorf("status %d: %v", exitCode(err), err)
	}
}

func TestCut(t *testing.T) {
	for text, want := range map[string]string{"": "", "abc": "abc", "abcd": "ab…", "äöüß": "äö…"} {
		if got := cut(text, 3); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// A control plane that goes away while somebody waits is said to be away, once, and
// the waiting goes on where it was.
func TestWaitingWithoutControlPlane(t *testing.T) {
	asked := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		if asked == 2 || asked == 3 {
			panic(http.ErrAbortHandler) // nobody answers
		}
		w.Header().Set("Content-Type", "text/event-stream")
		running := asked < 4
		_, _ = fmt.Fprintf(w, "event: server\ndata: {\"name\":\"web\",\"change\":\"create\",\"running\":%v,\"instance\":3}\n\n", running)
	}))
	defer web.Close()
	r := &remote{client: &api.Client{Base: web.URL + "/v1", Token: "t"}, root: web.URL, patience: time.Minute}
	var out bytes.Buffer
	b := newBar(&out)
	last, err := r.follow(t.Context(), "id", b.show, func() { b.away("web") })
	if err != nil || last.Running || asked != 4 {
		t.Errorf("%+v, %v after %d streams", last, err, asked)
	}
	if said := strings.Count(out.String(), "the control plane does not answer"); said != 1 {
		t.Errorf("it is said %d times:\n%s", said, out.String())
	}
	// The keys of a guest are those of its system, which is told beforehand.
	now, err := r.glance(t.Context(), "id")
	if got := hostKeyAlias("ABC", now.Instance); err != nil || got != "abc-3" {
		t.Errorf("the keys are known as %q, %v", got, err)
	}
	if got := hostKeyAlias("ABC", 1); got != "abc" {
		t.Errorf("the keys of the first system are known as %q", got)
	}
}

// A wait for the turn that ends before anything was ordered is no wait for work that
// goes on: nothing is made, and the status says busy.
func TestCloneNotOrdered(t *testing.T) {
	percent := 50
	s := api.Server{
		ID: "0123456789ABCDEF0123456789ABCDEF", Name: "web", Status: api.Status{State: api.ServerStateDEPLOYING, Percent: &percent},
	}
	asked := 0
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/servers/{id}/clone", func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusConflict)
		_, _ = w.Write([]byte(`{"type":"CONFLICT","message":"web is busy","errors":null}`))
	})
	mux.HandleFunc("GET /v1/servers/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s)
	})
	web := httptest.NewServer(mux)
	defer web.Close()
	r := &remote{client: &api.Client{Base: web.URL + "/v1", Token: "t", Poll: time.Millisecond}, root: web.URL}
	cmd := &cobra.Command{RunE: func(cmd *cobra.Command, _ []string) error {
		_, err := r.clone(cmd, api.ServerSummary{ID: s.ID, Name: s.Name}, api.ServerClone{Name: "copy"})
		return err
	}}
	addWait(cmd)
	for _, limit := range []string{"1ns", "50ms"} { // also when it is over before the first answer
		var notes bytes.Buffer
		cmd.SetErr(&notes)
		cmd.SetArgs([]string{"--timeout", limit})
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		err := cmd.ExecuteContext(t.Context())
		if exitCode(err) != exitConflict || !strings.Contains(err.Error(), "was not ordered within "+limit+", and nothing is made: web is busy") {
			t.Errorf("%s: status %d, %v", limit, exitCode(err), err)
		}
	}
	if asked == 0 {
		t.Error("it was never ordered")
	}
}

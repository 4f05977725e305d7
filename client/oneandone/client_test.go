package oneandone_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
)

func TestOperations(t *testing.T) {
	if n := len(oneandone.Operations); n != 178 {
		t.Errorf("%d operations, the contract has 178", n)
	}
	if s := oneandone.CreateServer.Spec; s.ID != "createServer" ||
		s.Method != "POST" || s.Path != "/servers" || s.Status != 202 || s.Body != "ServerCreate" {
		t.Errorf("%+v", s)
	}
	if s := oneandone.GetBlockStorageServer.Spec; s.Status != 201 {
		t.Errorf("GET /block_storages/{id}/server is %d, the contract says 201", s.Status)
	}
	if !oneandone.Ping.Public || oneandone.PingAuth.Public {
		t.Error("only ping needs no token")
	}
}

// What must be there although null is there, and what may be left out is.
func TestServerAsJSON(t *testing.T) {
	text, err := json.Marshal(oneandone.Server{Ips: []oneandone.ServerIP{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"first_password":null`, `"dvd":null`, `"snapshot":null`, `"monitoring_policy":null`, `"description":null`,
		`"private_networks":null`, `"ips":[]`, `"alerts":[]`, `"percent":null`,
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
	for _, part := range []string{"hostname", "ipv6_range", "rsa_key", "ssh_password"} {
		if strings.Contains(string(text), part) {
			t.Errorf("%s is in %s", part, text)
		}
	}
}

func TestShapes(t *testing.T) {
	for text, want := range map[string]string{`[]`: `[]`, `null`: `[]`, `{"id":"A","name":"b"}`: `{"id":"A","name":"b"}`} {
		var o oneandone.OrEmpty[oneandone.Identity]
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(o); err != nil || string(got) != want {
			t.Errorf("%s became %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		`[]`:   `[]`,
		`null`: `[]`,
		`{"warning":[{"type":"CPU","description":"d","date":"x"}]}`: `{"critical":[],"warning":[{"date":"x","description":"d","type":"CPU"}]}`,
	} {
		var a oneandone.ServerAlerts
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(a); err != nil || string(got) != want {
			t.Errorf("%s became %s, %v", text, got, err)
		}
	}
	var o oneandone.OrEmpty[oneandone.Identity]
	var a oneandone.ServerAlerts
	if json.Unmarshal([]byte(`7`), &o) == nil || json.Unmarshal([]byte(`7`), &a) == nil {
		t.Error("a number was decoded")
	}
}

// serve answers with the given bodies in order and notes the requests.
func serve(t *testing.T, answers ...func(http.ResponseWriter)) (*oneandone.Client, *[]string) {
	t.Helper()
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = append(seen,
			strings.TrimSpace(r.Method+" "+r.URL.String()+" "+r.Header.Get("X-TOKEN")+r.Header.Get("Idempotency-Key")+" "+string(body)))
		if len(seen) > len(answers) {
			t.Errorf("too many requests: %v", seen)
			return
		}
		answers[len(seen)-1](w)
	}))
	t.Cleanup(s.Close)
	return &oneandone.Client{Base: s.URL + "/v1/", Token: "tok", Poll: time.Millisecond}, &seen
}

func answer(status int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("X-Request-Id", "r1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestDo(t *testing.T) {
	ctx := context.Background()
	c, seen := serve(t,
		answer(202, `{"id":"A","status":{"state":"DEPLOYING","percent":0}}`),
		answer(404, `{"type":"NOT_FOUND","message":"gone","errors":"E"}`),
		answer(502, `<html>`),
		answer(200, `{broken`),
		answer(200, `["PONG"]`),
	)
	s, err := oneandone.Do(ctx, c, oneandone.CreateServer, nil, oneandone.ServerCreate{Name: "web", ApplianceID: "X"},
		op.IdempotencyKey("k1"), op.DryRun(), op.Query(url.Values{"a": {"b"}}))
	if err != nil || s.ID != "A" || s.Status.Percent == nil || *s.Status.Percent != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	_, err = oneandone.Do(ctx, c, oneandone.GetServer, []string{"B"}, op.None{})
	var e *oneandone.APIError
	if !errors.As(err, &e) || err.Error() != "404 - Type: NOT_FOUND; Message: gone (E)" ||
		oneandone.StatusOf(err) != 404 || e.Request != "r1" {
		t.Errorf("%v", err)
	}
	_, err = oneandone.Do(ctx, c, oneandone.DeleteServer, []string{"B"}, op.None{})
	if oneandone.StatusOf(err) != 502 || !strings.Contains(err.Error(), "BAD_GATEWAY") {
		t.Errorf("%v", err)
	}
	if _, err = oneandone.Do(ctx, c, oneandone.GetServer, []string{"B"}, op.None{}); err == nil || oneandone.StatusOf(err) != 0 {
		t.Errorf("%v", err)
	}
	if _, err = oneandone.Do(ctx, c, oneandone.GetServer, nil, op.None{}); err == nil {
		t.Error("a missing id is no error")
	}
	if pong, err := oneandone.Do(ctx, c, oneandone.Ping, nil, op.None{}); err != nil || len(pong) != 1 {
		t.Errorf("%v, %v", pong, err)
	}
	want := []string{
		`POST /v1/servers?a=b&dry_run=true tokk1 {"appliance_id":"X","hardware":{},"name":"web"}`,
		`GET /v1/servers/B tok`, `DELETE /v1/servers/B tok`, `GET /v1/servers/B tok`, `GET /v1/ping`,
	}
	for i, w := range want {
		if (*seen)[i] != w {
			t.Errorf("request %d is %q, want %q", i, (*seen)[i], w)
		}
	}
}

func status(state, percent string) func(http.ResponseWriter) {
	return answer(200, `{"id":"A","name":"web","status":{"state":"`+state+`","percent":`+percent+`}}`)
}

func TestWaitServer(t *testing.T) {
	ctx := context.Background()
	c, _ := serve(t, status("DEPLOYING", "5"), status("POWERED_ON", "99"), status("POWERED_ON", "null"))
	looks := 0
	s, err := c.WaitServer(ctx, "A", func(oneandone.Server) { looks++ }, oneandone.ServerStatePOWEREDON)
	if err != nil || s.Status.State != "POWERED_ON" || looks != 3 {
		t.Errorf("%v after %d looks: %v", s.Status, looks, err)
	}
	c, _ = serve(t, status("POWERED_OFF", "null"))
	if _, err = c.WaitServer(ctx, "A", nil, oneandone.ServerStatePOWEREDON); err == nil || !strings.Contains(err.Error(), "POWERED_OFF") {
		t.Errorf("%v", err)
	}
	c, _ = serve(t, status("REMOVING", "1"), answer(404, `{"type":"NOT_FOUND","message":"","errors":null}`))
	if err = c.WaitServerGone(ctx, "A"); err != nil {
		t.Errorf("%v", err)
	}
	c, _ = serve(t, answer(500, `{}`))
	if err = c.WaitServerGone(ctx, "A"); oneandone.StatusOf(err) != 500 {
		t.Errorf("%v", err)
	}
	over, cancel := context.WithCancel(ctx)
	c, _ = serve(t, func(w http.ResponseWriter) { status("REBOOTING", "1")(w); cancel() })
	c.Poll = time.Hour
	if _, err = c.WaitServer(over, "A", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

package cloudcix_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
)

func TestOperations(t *testing.T) {
	if n := len(cloudcix.Operations); n != 207 {
		t.Errorf("%d operations, the contract has 207", n)
	}
	for _, tc := range []struct {
		spec   op.Spec
		app    string
		status int
		query  string
	}{
		{cloudcix.CreateVM.Spec, "iaas", 201, "[]"},
		{cloudcix.ListVM.Spec, "iaas", 200, "[page limit order search exclude include_related]"},
		{cloudcix.DeleteASN.Spec, "iaas", 204, "[]"},
		// Two success statuses: the one with the token, and measurements.
		{cloudcix.CreateMembershipToken.Spec, "membership", 201, "[]"},
		{cloudcix.ReadMetrics.Spec, "iaas", 200, "[force]"},
	} {
		if tc.spec.App != tc.app || tc.spec.Status != tc.status || fmt.Sprint(tc.spec.Query) != tc.query {
			t.Errorf("%s: app %s status %d query %v", tc.spec.ID, tc.spec.App, tc.spec.Status, tc.spec.Query)
		}
	}
}

func TestVMAsJSON(t *testing.T) {
	text, err := json.Marshal(cloudcix.Content[cloudcix.VM]{Content: cloudcix.VM{ID: 1 << 40, Storages: []cloudcix.Storage{}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`{"content":{`,
		`"id":1099511627776`, `"gateway_subnet":null`, `"storage_type":null`, `"public_key":null`, `"storages":[]`,
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
	// emails is only in a single read: absent when nil, [] when empty.
	if strings.Contains(string(text), "emails") {
		t.Errorf("emails is in %s", text)
	}
	if text, _ = json.Marshal(cloudcix.BaseVM{Emails: []string{}}); !strings.Contains(string(text), `"emails":[]`) {
		t.Errorf("emails is not in %s", text)
	}
}

func serve(t *testing.T, answers ...string) (*cloudcix.Client, *[]string) {
	t.Helper()
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = append(seen, strings.TrimSpace(r.Method+" "+r.URL.String()+" "+r.Header.Get("X-Auth-Token")+" "+string(body)))
		if len(seen) > len(answers) {
			t.Errorf("too many requests: %v", seen)
			return
		}
		var status int
		text := answers[len(seen)-1]
		if _, err := fmt.Sscan(text, &status); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text[3:])
	}))
	t.Cleanup(s.Close)
	return &cloudcix.Client{Base: s.URL, Email: "a@b", Password: "p", APIKey: "k", Poll: time.Millisecond}, &seen
}

// A client logs in by itself, and once more when its token has ended.
func TestLogin(t *testing.T) {
	ctx := context.Background()
	c, seen := serve(t, `201{"token":"t1"}`, `200{"content":{"id":7}}`, `401{"detail":"JWT token is expired."}`,
		`201{"token":"t2"}`, `200{"content":{"id":8}}`,
		`204`, `401{"detail":"no"}`, `400{"error_code":"membership_token_create_002","detail":"wrong"}`)
	for _, want := range []int64{7, 8} {
		vm, err := cloudcix.Do(ctx, c, cloudcix.ReadVM, []string{"7"}, op.None{})
		if err != nil || vm.Content.ID != want {
			t.Errorf("%d, %v", vm.Content.ID, err)
		}
	}
	if _, err := cloudcix.Do(ctx, c, cloudcix.DeleteASN, []string{"1"}, op.None{}); err != nil {
		t.Error(err)
	}
	_, err := cloudcix.Do(ctx, c, cloudcix.ReadVM, []string{"7"}, op.None{})
	var e *cloudcix.APIError
	if !errors.As(err, &e) || e.Code != "membership_token_create_002" {
		t.Errorf("%v", err)
	}
	want := []string{
		`POST /membership/v1/auth/login/  {"api_key":"k","email":"a@b","password":"p"}`,
		`GET /iaas/v1/vm/7/ t1`, `GET /iaas/v1/vm/7/ t1`,
		`POST /membership/v1/auth/login/  {"api_key":"k","email":"a@b","password":"p"}`,
		`GET /iaas/v1/vm/7/ t2`, `DELETE /iaas/v1/asn/1/ t2`,
	}
	for i, w := range want {
		if (*seen)[i] != w {
			t.Errorf("request %d is %q, want %q", i, (*seen)[i], w)
		}
	}
}

func TestErrors(t *testing.T) {
	for answer, want := range map[string]string{
		`404{"error_code":"iaas_vm_read_001","detail":"no vm"}`: "404 iaas_vm_read_001 no vm",
		`401{"detail":"no"}`: "401 no",
		`502<html>`:          "502 Bad Gateway",
		`400{"errors":{"name":{"error_code":"c1","detail":"d1"},"gb":{"error_code":"c0","detail":"d0"}},` +
			`"detail":"Bad request."}`: "400 Bad request.; gb: c0 d0; name: c1 d1",
		`400{"errors":{"storages":[null,{"gb":{"error_code":"c","detail":"d"}}]},` +
			`"detail":"Bad request."}`: `400 Bad request.; storages: [null,{"gb":{"error_code":"c","detail":"d"}}]`,
	} {
		c, _ := serve(t, answer)
		_, err := cloudcix.Do(context.Background(), c, cloudcix.CreateMembershipToken, nil, cloudcix.LoginRequest{})
		if err == nil || err.Error() != want {
			t.Errorf("%s gives %v, want %s", answer, err, want)
		}
	}
}

func TestWaitVM(t *testing.T) {
	ctx := context.Background()
	c, _ := serve(t, `201{"token":"t"}`, `200{"content":{"state":1}}`, `200{"content":{"state":2}}`, `200{"content":{"state":4}}`)
	vm, err := c.WaitVM(ctx, 7, nil, cloudcix.StateRunning)
	if err != nil || vm.State != 4 {
		t.Errorf("%+v, %v", vm, err)
	}
	c, _ = serve(t, `201{"token":"t"}`, `200{"content":{"state":3,"name":"web"}}`)
	if _, err = c.WaitVM(ctx, 7, nil, cloudcix.StateRunning); err == nil {
		t.Error("state 3 is waited for")
	}
}

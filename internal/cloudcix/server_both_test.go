package cloudcix_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/oneandone"
)

// A server made through the 1&1 dialect is a virtual machine here: seen with its
// hidden project, network and addresses, stopped and started, with memory rounded
// up; and what is done here is seen there.
func TestServerOfTheOtherDialect(t *testing.T) {
	w := newWorld(t)
	other := oneandone.New(w.C, oneandone.Options{Now: func() time.Time { return w.Now }, Rate: -1})
	call := func(method, path, body string) obj {
		t.Helper()
		req := httptest.NewRequest(method, "/v1"+path, io.NopCloser(strings.NewReader(body)))
		req.Header.Set("X-TOKEN", w.Cred.Token)
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		other.ServeHTTP(rec, req)
		var out obj
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code > 299 {
			t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
		return out
	}
	made := call("POST", "/servers", fmt.Sprintf(`{"name":"one",`+
		`"appliance_id":%q,"hardware":{"vcore":2,"cores_per_processor":1,"ram":0.5,"hdds":[{"size":20,"is_main":true}]}}`, w.Image.UID))
	w.settle()
	list := into[[]obj](w.call("root", "GET", "/vm/", nil).is(200))
	if len(list) != 1 || list[0]["name"] != "one" || list[0]["ram"] != 1.0 || list[0]["state"] != 4.0 || list[0]["cpu"] != 2.0 {
		t.Fatalf("%v", list)
	}
	id := strings.ToLower(strings.ReplaceAll(list[0]["guid"].(string), "-", ""))
	if id != strings.ToLower(made["id"].(string)) {
		t.Errorf("guid %s is not id %s", list[0]["guid"], made["id"])
	}
	ip := list[0]["ip_addresses"].([]any)[0].(map[string]any)
	if ip["public_ip"] == nil || list[0]["project"].(map[string]any)["name"] != "default" ||
		list[0]["gateway_subnet"].(map[string]any)["name"] != "public" {
		t.Errorf("%v", list[0])
	}
	path := fmt.Sprintf("/vm/%v/", list[0]["id"])
	// What is shown comes back and is no change, though half a GB is no whole one.
	if v := into[vmRecord](w.call("root", "PATCH", path, obj{"ram": 1, "cpu": 2, "name": "one"}).is(200)); v.State != 4 {
		t.Errorf("an echo leads to %d", v.State)
	}
	w.call("root", "PATCH", path, obj{"state": 5}).is(200)
	w.settle()
	if s := call("GET", "/servers/"+made["id"].(string), "")["status"].(map[string]any); s["state"] != "POWERED_OFF" {
		t.Errorf("%v", s)
	}
	call("PUT", "/servers/"+made["id"].(string)+"/status/action", `{"action":"POWER_ON","method":"SOFTWARE"}`)
	w.settle()
	if v := into[vmRecord](w.call("root", "GET", path, nil).is(200)); v.State != 4 {
		t.Errorf("state %d", v.State)
	}
	if h := call("GET", "/servers/"+made["id"].(string), "")["hardware"].(map[string]any); h["ram"] != 0.5 {
		t.Errorf("the echo changed %v", h)
	}
	// A snapshot moves no state (R9), but no other change is taken before it is there.
	snapshots := "/servers/" + made["id"].(string) + "/snapshots"
	call("POST", snapshots, "")
	busy := map[string]string{"state": "iaas_vm_update_110"}
	if v := into[vmRecord](w.call("root", "GET", path, nil).is(200)); v.State != 4 {
		t.Errorf("state %d under a snapshot", v.State)
	}
	w.call("root", "PATCH", path, obj{"state": 5}).want("under a snapshot", 400, busy)
	w.call("root", "PATCH", path, obj{"state": 10}).want("under a snapshot", 400, busy)
	w.settle()
	w.call("root", "PATCH", path, obj{"state": 5}).is(200)
	w.settle()
	w.call("ann", "GET", path, nil).want("of others", 403, map[string]string{"": "iaas_vm_read_203"})
}

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

// otherDialect asks the 1&1 dialect as root, and wants what works.
func (w *world) otherDialect() func(method, path, body string) obj {
	other := oneandone.New(w.C, oneandone.Options{Now: func() time.Time { return w.Now }, Rate: -1})
	return func(method, path, sent string) obj {
		w.t.Helper()
		req := httptest.NewRequest(method, "/v1"+path, io.NopCloser(strings.NewReader(sent)))
		req.Header.Set("X-TOKEN", w.Cred.Token)
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		other.ServeHTTP(rec, req)
		var out obj
		body := rec.Body.Bytes()
		if rec.Code == 200 && body[0] == '[' {
			body = []byte(`{"list":` + string(body) + `}`)
		}
		if err := json.Unmarshal(body, &out); err != nil || rec.Code > 299 {
			w.t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
		return out
	}
}

// A private network of the 1&1 dialect is a subnet without gateway, router and segment
// numbers here, which nobody changes; its addresses are those of the machine (R24, R16).
func TestPrivateNetworkOfTheOtherDialect(t *testing.T) {
	w := newWorld(t)
	call := w.otherDialect()
	n := call("POST", "/private_networks", `{"name":"inner","network_address":"10.5.0.0","subnet_mask":"255.255.255.0"}`)
	call("POST", "/servers", fmt.Sprintf(`{"name":"one","appliance_id":%q,"private_network_id":%q,`+
		`"hardware":{"vcore":2,"cores_per_processor":1,"ram":0.5,"hdds":[{"size":20,"is_main":true}]}}`, w.Image.UID, n["id"]))
	w.settle()
	list := into[[]obj](w.call("root", "GET", "/subnet/?search[name]=inner", nil).is(200))
	if len(list) != 1 {
		t.Fatalf("%v", list)
	}
	s := list[0]
	if s["address_range"] != "10.5.0.0/24" || s["gateway"] != nil || s["virtual_router_id"] != nil || s["vlan"] != 0.0 || s["vxlan"] != 0.0 ||
		s["ips_in_use"] != 1.0 || s["allocation"].(obj)["address_range"] != "0.0.0.0/0" {
		t.Errorf("%v", s)
	}
	machine := into[[]obj](w.call("root", "GET", "/vm/", nil).is(200))[0]
	var addresses []any
	for _, a := range machine["ip_addresses"].([]any) {
		addresses = append(addresses, a.(obj)["address"])
	}
	if fmt.Sprint(addresses) != "[100.64.0.2 10.5.0.1]" || machine["state"] != 4.0 {
		t.Errorf("%v in state %v", addresses, machine["state"])
	}
	routers := into[[]obj](w.call("root", "GET", "/virtual_router/", nil).is(200))
	for _, r := range routers {
		for _, sub := range r["subnets"].([]any) {
			if sub.(obj)["name"] == "inner" {
				t.Errorf("a router has it: %v", r)
			}
		}
	}
	path := fmt.Sprintf("/subnet/%v/", s["id"])
	w.call("root", "DELETE", path, nil).is(403)
	router := fmt.Sprintf("/virtual_router/%v/", routers[0]["id"])
	w.call("root", "PATCH", router, obj{"subnets": []any{obj{"id": s["id"], "address_range": "10.5.0.1/24"}}}).is(400)
	gateway := w.vm(int64(machine["project"].(obj)["id"].(float64)), "two", "10.5.0.9")
	gateway["gateway_subnet"] = "10.5.0.0/24"
	w.call("root", "POST", "/vm/", gateway).is(400)
	// The networks of a virtual router are private networks there.
	project, _ := w.project("root", "routed")
	w.machine("root", project, "three", "10.0.0.9")
	found := false
	for _, one := range call("GET", "/private_networks?fields=name,network_address,servers", "")["list"].([]any) {
		v := one.(obj)
		if v["name"] == "front" {
			found = v["network_address"] == "10.0.0.0" && len(v["servers"].([]any)) == 1
		}
	}
	if !found {
		t.Error("the network of a virtual router is not there")
	}
}

// A server made through the 1&1 dialect is a virtual machine here: seen with its
// hidden project, network and addresses, stopped and started, with memory rounded
// up; and what is done here is seen there.
func TestServerOfTheOtherDialect(t *testing.T) {
	w := newWorld(t)
	call := w.otherDialect()
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

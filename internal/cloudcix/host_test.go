package cloudcix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Every documented error of hosts as their region sees them, and what a good one shows.
func TestHosts(t *testing.T) {
	w := newWorld(t)
	made := into[obj](w.call("rita", "POST", "/server/", goodHost).is(201))
	if made["vcpus"] != 256.0 || made["hostname"] != "" || made["enabled"] != true || made["region_id"] != float64(w.region) ||
		made["type"].(map[string]any)["name"] != "KVM" || made["storage_type"].(map[string]any)["name"] != "SSD" || made["asset_tag"] != nil {
		t.Errorf("%v", made)
	}
	own := fmt.Sprintf("/server/%.0f/", made["id"])
	long := strings.Repeat("m", 65)
	for _, c := range []struct {
		name           string
		change         obj
		field          string
		create, update int // numbers; 0 = none there
	}{
		{"no type", obj{"type_id": nil}, "type_id", 101, 0},
		{"text type", obj{"type_id": "x"}, "type_id", 102, 112},
		{"type 9", obj{"type_id": 9}, "type_id", 103, 113},
		{"text tag", obj{"asset_tag": "x"}, "asset_tag", 104, 101},
		{"text enabled", obj{"enabled": "x"}, "enabled", 105, 104},
		{"long model", obj{"model": long}, "model", 106, 107},
		{"no ram", obj{"ram": nil}, "ram", 107, 0},
		{"text ram", obj{"ram": "x"}, "ram", 108, 108},
		{"ram 0", obj{"ram": 0}, "ram", 109, 109},
		{"no cores", obj{"cores": nil}, "cores", 110, 0},
		{"text cores", obj{"cores": "x"}, "cores", 111, 102},
		{"cores -1", obj{"cores": -1}, "cores", 112, 103},
		{"no disks", obj{"storage_type_id": nil}, "storage_type_id", 113, 0},
		{"text disks", obj{"storage_type_id": "x"}, "storage_type_id", 114, 110},
		{"disks 3", obj{"storage_type_id": 3}, "storage_type_id", 115, 111},
		{"no gb", obj{"gb": nil}, "gb", 116, 0},
		{"text gb", obj{"gb": "x"}, "gb", 117, 105},
		{"gb 99", obj{"gb": 99}, "gb", 118, 106},
	} {
		want := map[string]string{c.field: fmt.Sprintf("iaas_server_create_%03d", c.create)}
		w.call("rita", "POST", "/server/", with(goodHost, c.change)).want(c.name, 400, want)
		if c.update != 0 {
			want := map[string]string{c.field: fmt.Sprintf("iaas_server_update_%03d", c.update)}
			w.call("rita", "PUT", own, with(goodHost, c.change)).want(c.name, 400, want)
			w.call("rita", "PATCH", own, c.change).want(c.name, 400, want)
		}
	}
	for _, c := range []struct {
		who, method, path string
		body              any
		status            int
		code              string
	}{
		{"ann", "GET", "/server/", nil, 403, "list_201"},
		{"gina", "GET", "/server/", nil, 403, "list_201"},
		{"rita", "GET", "/server/?search[id]=x", nil, 400, "list_001"},
		{"ann", "GET", own, nil, 403, "read_201"},
		{"ruth", "GET", own, nil, 403, "read_201"},
		{"rita", "GET", "/server/9999/", nil, 404, "read_001"},
		{"ann", "POST", "/server/", goodHost, 403, "create_201"},
		{"ruth", "PUT", own, goodHost, 403, "update_201"},
		{"rita", "PUT", "/server/9999/", goodHost, 404, "update_001"},
	} {
		a := w.call(c.who, c.method, c.path, c.body)
		if a.code != c.status || a.object()["error_code"] != "iaas_server_"+c.code {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.who, c.method, c.path, a.code, a.body, c.status, c.code)
		}
	}
	// What is sent back as it is shown is no change, and a tag can be taken off.
	w.call("rita", "PATCH", own, obj{"asset_tag": 7, "ram": 257}).is(200)
	changed := into[obj](w.call("root", "GET", own, nil).is(200))
	if changed["asset_tag"] != 7.0 || changed["ram"] != 257.0 {
		t.Errorf("%v", changed)
	}
	// A row without an agent takes no machine; what a machine says of itself stands.
	w.write(func(tx *store.Tx) error {
		h, err := store.Get[cloud.Host](tx, int64(made["id"].(float64)))
		if err != nil {
			return err
		}
		if h.State != cloud.HostNew || !h.Fake || !strings.HasPrefix(h.Name, "server-") {
			t.Errorf("%+v", h)
		}
		now := w.Now
		h.State, h.LastSeen, h.RAM, h.Cores = cloud.HostUp, &now, 1025, 2
		return store.Update(tx, h)
	})
	body := obj{"ram": 512, "cores": 64, "gb": 9000, "model": "PowerEdge"}
	spoken := into[obj](w.call("rita", "PATCH", own, body).is(200))
	if spoken["ram"] != 2.0 || spoken["cores"] != 2.0 || spoken["model"] != "PowerEdge" ||
		!strings.HasPrefix(spoken["hostname"].(string), "server-") {
		t.Errorf("%v", spoken)
	}
}

// Every documented error of network cards of hosts.
func TestInterfaces(t *testing.T) {
	w := newWorld(t)
	host := w.made("rita", "/server/", goodHost)
	far := w.made("ruth", "/server/", goodHost)
	good := obj{
		"server_id": host, "mac_address": "02-00-00-00-00-0a", "ip_address": "2001:DB8::7", "hostname": "node-1", "enabled": true,
	}
	made := into[obj](w.call("rita", "POST", "/interface/", good).is(201))
	if made["mac_address"] != "02:00:00:00:00:0A" || made["ip_address"] != "2001:db8::7" || made["details"] != "" {
		t.Errorf("%v", made)
	}
	own, long := fmt.Sprintf("/interface/%.0f/", made["id"]), strings.Repeat("x", 65)
	for _, c := range []struct {
		name           string
		change         obj
		field          string
		create, update int
	}{
		{"no server", obj{"server_id": nil}, "server_id", 101, 0},
		{"text server", obj{"server_id": "x"}, "server_id", 102, 0},
		{"no such server", obj{"server_id": 9999}, "server_id", 103, 0},
		{"another region's", obj{"server_id": far}, "server_id", 104, 0},
		{"no card", obj{"mac_address": nil}, "mac_address", 105, 0},
		{"odd card", obj{"mac_address": "02:00"}, "mac_address", 106, 105},
		{"odd address", obj{"ip_address": "x"}, "ip_address", 107, 104},
		{"number address", obj{"ip_address": 7}, "ip_address", 107, 104},
		{"long hostname", obj{"hostname": long}, "hostname", 108, 103},
		{"long details", obj{"details": long}, "details", 109, 101},
		{"text enabled", obj{"enabled": "x"}, "enabled", 110, 102},
	} {
		want := map[string]string{c.field: fmt.Sprintf("iaas_interface_create_%03d", c.create)}
		w.call("rita", "POST", "/interface/", with(good, c.change)).want(c.name, 400, want)
		if c.update != 0 {
			want := map[string]string{c.field: fmt.Sprintf("iaas_interface_update_%03d", c.update)}
			w.call("rita", "PUT", own, with(good, c.change)).want(c.name, 400, want)
			w.call("rita", "PATCH", own, c.change).want(c.name, 400, want)
		}
	}
	for _, c := range []struct {
		who, method, path string
		body              any
		status            int
		code              string
	}{
		{"ann", "GET", "/interface/", nil, 403, "list_201"},
		{"rita", "GET", "/interface/?search[id]=x", nil, 400, "list_001"},
		{"ann", "GET", own, nil, 403, "read_201"},
		{"rita", "GET", "/interface/9999/", nil, 404, "read_001"},
		{"ann", "POST", "/interface/", good, 403, "create_201"},
		{"ruth", "PUT", own, good, 403, "update_201"},
		{"rita", "PATCH", "/interface/9999/", obj{}, 404, "update_001"},
		{"ruth", "DELETE", own, nil, 403, "delete_201"},
		{"rita", "DELETE", "/interface/9999/", nil, 404, "delete_001"},
	} {
		a := w.call(c.who, c.method, c.path, c.body)
		if a.code != c.status || a.object()["error_code"] != "iaas_interface_"+c.code {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.who, c.method, c.path, a.code, a.body, c.status, c.code)
		}
	}
	shown := into[obj](w.call("rita", "GET", fmt.Sprintf("/server/%d/", host), nil).is(200))
	if shown["hostname"] != "node-1" || len(shown["interfaces"].([]any)) != 1 {
		t.Errorf("%v", shown)
	}
	w.call("rita", "PATCH", own, obj{"ip_address": "", "enabled": false}).is(200)
	if off := into[obj](w.call("root", "GET", own, nil).is(200)); off["ip_address"] != nil || off["enabled"] != false {
		t.Errorf("%v", off)
	}
	w.call("rita", "DELETE", own, nil).is(204)
	w.call("rita", "GET", own, nil).is(404)
}

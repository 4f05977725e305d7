package cloudcix_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// What rules with a log say on a host is shown to the project's address, the newest
// fifteen lines first.
func TestPolicyLog(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	other, _ := w.project("dora", "theirs")
	var rt *cloud.Router
	w.write(func(tx *store.Tx) (err error) {
		rt, err = store.Get[cloud.Router](tx, router)
		return err
	})
	for _, h := range w.Hosts {
		for n := range 20 {
			h.Machine.Log(plan.Logged{ // only where the router is there is somebody to take them
				Router: plan.ID(strings.ToLower(rt.UID.String())), At: w.Now.Add(time.Duration(n-100) * 1500 * time.Millisecond), Allow: n%2 == 0,
				Protocol: []uint8{6, 17, 1}[n%3], Source: netip.MustParseAddr("198.51.100.9"), SourcePort: uint16(50000 + n),
				Destination: netip.MustParseAddr("10.0.0.10"), DestinationPort: []uint16{22, 4999, 0}[n%3],
			})
		}
	}
	w.pass(2 * time.Minute)
	path := fmt.Sprintf("/policy_log/%d/", project)
	lines := into[[]obj](w.call("ann", "GET", path, nil).is(200))
	if len(lines) != 15 {
		t.Fatalf("%d lines: %v", len(lines), lines)
	}
	first, want := lines[0], obj{
		"access": "BLOCKED", "source_address": "198.51.100.9", "source_port": "50019", "destination_address": "10.0.0.10",
		"destination_port": "4999", "service_name": "None",
	}
	for field, v := range want {
		if first[field] != v {
			t.Errorf("%s is %v, want %v", field, first[field], v)
		}
	}
	if at, err := time.Parse("2006-01-02T15:04:05.000Z", first["timestamp"].(string)); err != nil || at.After(w.Now) {
		t.Errorf("%v %v", first, err)
	}
	if lines[1]["service_name"] != "ssh" || lines[1]["access"] != "ALLOWED" || lines[2]["service_name"] != "icmp-all" {
		t.Errorf("%v", lines[:3])
	}
	for i := range lines[1:] {
		if lines[i]["timestamp"].(string) < lines[i+1]["timestamp"].(string) {
			t.Errorf("%v comes before %v", lines[i], lines[i+1])
		}
	}
	if list := into[[]obj](w.call("dora", "GET", fmt.Sprintf("/policy_log/%d/", other), nil).is(200)); len(list) != 0 {
		t.Errorf("dora is shown %v", list)
	}
	w.call("root", "GET", path, nil).is(200)
	for _, c := range []struct {
		who, path string
		status    int
		code      string
	}{
		{"carl", path, 403, "iaas_policy_log_list_201"},
		{"gina", path, 403, "iaas_policy_log_list_201"}, // of the address, not of the member
		{"dora", path, 403, "iaas_policy_log_list_201"},
		{"nora", path, 403, "iaas_policy_log_list_201"},
		{"ann", "/policy_log/9999/", 404, "iaas_policy_log_list_001"},
		{"ann", "/policy_log/x/", 404, "iaas_policy_log_list_001"},
	} {
		w.call(c.who, "GET", c.path, nil).want(c.who, c.status, map[string]string{"": c.code})
	}
}

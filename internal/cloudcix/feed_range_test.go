package cloudcix_test

import (
	"fmt"
	"strings"
	"testing"
)

// Every documented error of the two feeds, and what is shown of a good range.
func TestFeedRanges(t *testing.T) {
	w := newWorld(t)
	for _, list := range []string{"cix_blacklist", "cix_whitelist"} {
		root := "/" + list + "/"
		made := into[obj](w.call("root", "POST", root, obj{"cidr": "192.0.2.7/24", "comment": "scanner"}).is(201))
		if made["cidr"] != "192.0.2.0/24" || made["comment"] != "scanner" || made["uri"] != root+"192.0.2.0/24/" || made["modified_by"] != 1.0 {
			t.Errorf("%v", made)
		}
		w.call("root", "POST", root, obj{"cidr": "2001:DB8::/32"}).is(201)
		own := root + "192.0.2.0/24/"
		for _, c := range []struct {
			name string
			body obj
			n    string
		}{
			{"no range", obj{"comment": "x"}, "101"},
			{"null", obj{"cidr": nil}, "101"},
			{"a number", obj{"cidr": 7}, "101"},
			{"an address", obj{"cidr": "192.0.2.7"}, "101"},
			{"too long", obj{"cidr": "192.0.2.0/33"}, "101"},
			{"IPv4 in IPv6", obj{"cidr": "::ffff:192.0.2.0/120"}, "101"},
			{"listed", obj{"cidr": "2001:db8::1/32"}, "102"},
		} {
			w.call("root", "POST", root, c.body).want(c.name, 400, map[string]string{"cidr": "iaas_" + list + "_create_" + c.n})
			for _, method := range []string{"PUT", "PATCH"} { // PATCH asks for as much as PUT
				w.call("root", method, own, c.body).want(c.name, 400, map[string]string{"cidr": "iaas_" + list + "_update_" + c.n})
			}
		}
		for _, c := range []struct {
			who, method, path string
			body              any
			status            int
			code              string
		}{
			{"ann", "POST", root, obj{"cidr": "10.0.0.0/8"}, 403, "create_201"},
			{"ann", "PUT", own, obj{"cidr": "10.0.0.0/8"}, 403, "update_201"},
			{"ann", "DELETE", own, nil, 403, "delete_201"},
			// Who may is said before whether it is there.
			{"ann", "PUT", root + "10.9.0.0/16/", obj{"cidr": "10.0.0.0/8"}, 403, "update_201"},
			{"ann", "DELETE", root + "10.9.0.0/16/", nil, 403, "delete_201"},
			{"ann", "POST", root, obj{"cidr": "x"}, 403, "create_201"},
			{"ann", "GET", root + "10.9.0.0/16/", nil, 404, "read_001"},
			{"ann", "GET", root + "192.0.2.7/24/", nil, 404, "read_001"}, // by its exact text
			{"root", "PATCH", root + "10.9.0.0/16/", obj{"cidr": "10.0.0.0/8"}, 404, "update_001"},
			{"root", "DELETE", root + "10.9.0.0/x/", nil, 404, "delete_001"},
			{"ann", "GET", root + "?search[created__gt]=x", nil, 400, "list_001"},
		} {
			a := w.call(c.who, c.method, c.path, c.body)
			if a.code != c.status || a.object()["error_code"] != "iaas_"+list+"_"+c.code {
				t.Errorf("%s %s %s: %d %s, want %d %s", c.who, c.method, c.path, a.code, a.body, c.status, c.code)
			}
		}
		if a := w.call("ann", "HEAD", root+"2001:db8::/32/", nil); a.code != 200 || len(a.body) > 0 {
			t.Errorf("HEAD: %d %s", a.code, a.body)
		}
		w.call("root", "PUT", own, obj{"cidr": "192.0.2.0/24", "comment": "scanner"}).is(200) // as it is shown: no change
		moved := into[obj](w.call("root", "PATCH", own, obj{"cidr": "198.51.100.0/25"}).is(200))
		if moved["cidr"] != "198.51.100.0/25" || moved["comment"] != "scanner" {
			t.Errorf("%v", moved)
		}
		w.call("ann", "GET", own, nil).is(404)
		w.call("root", "POST", root, obj{"cidr": "10.0.0.0/8"}).is(201)
		var shown []string
		for _, r := range into[[]obj](w.call("lou", "GET", root, nil).is(200)) {
			shown = append(shown, r["cidr"].(string))
		}
		if got := strings.Join(shown, " "); got != "10.0.0.0/8 198.51.100.0/25 2001:db8::/32" { // in the order of addresses
			t.Errorf("%s", got)
		}
		w.call("root", "DELETE", root+"2001:db8::/32/", nil).is(204)
		w.call("root", "DELETE", root+"2001:db8::/32/", nil).is(404)
	}
}

// Every documented error of pool addresses.
func TestPoolIPs(t *testing.T) {
	w := newWorld(t)
	good := obj{"ip_address": "203.0.113.77", "domain": "a.cloudcix.com"}
	own := fmt.Sprintf("/pool_ip/%d/", w.made("root", "/pool_ip/", good))
	w.call("root", "POST", "/pool_ip/", obj{"ip_address": "2001:DB8::7", "domain": "b.cloudcix.com"}).is(201)
	p := w.plan("ann")
	w.call("ann", "POST", "/ip_address/", obj{"subnet_id": p.subnet, "address": "10.0.1.77"}).is(201)
	for _, c := range []struct {
		name, field string
		body        obj
		n           string
	}{
		{"no address", "ip_address", obj{"ip_address": nil}, "101"},
		{"no address such", "ip_address", obj{"ip_address": "203.0.113.777"}, "101"},
		{"a zone", "ip_address", obj{"ip_address": "fe80::1%eth0"}, "101"},
		{"in the pool", "ip_address", obj{"ip_address": "2001:db8::7"}, "102"},
		{"in the plan", "ip_address", obj{"ip_address": "10.0.1.77"}, "103"},
		{"no domain", "domain", obj{"domain": nil}, "104"},
		{"empty domain", "domain", obj{"domain": " "}, "104"},
		{"long domain", "domain", obj{"domain": strings.Repeat("a.", 120) + "cloudcix.com"}, "105"},
		{"long label", "domain", obj{"domain": strings.Repeat("a", 64) + ".cloudcix.com"}, "106"},
		{"other end", "domain", obj{"domain": "a.example.org"}, "107"},
		{"used domain", "domain", obj{"domain": "b.cloudcix.com"}, "108"},
	} {
		fresh := with(obj{"ip_address": "203.0.113.78", "domain": "c.cloudcix.com"}, c.body)
		w.call("root", "POST", "/pool_ip/", fresh).want(c.name, 400, map[string]string{c.field: "iaas_pool_ip_create_" + c.n})
		for _, method := range []string{"PUT", "PATCH"} {
			w.call("root", method, own, with(good, c.body)).want(c.name, 400, map[string]string{c.field: "iaas_pool_ip_update_" + c.n})
		}
	}
	for _, c := range []struct {
		who, method, path string
		body              any
		status            int
		code              string
	}{
		{"ann", "POST", "/pool_ip/", good, 403, "create_201"},
		{"ann", "PUT", own, good, 403, "update_201"},
		{"ann", "DELETE", own, nil, 403, "delete_201"},
		{"ann", "PUT", "/pool_ip/9999/", good, 403, "update_201"},
		{"ann", "GET", "/pool_ip/9999/", nil, 404, "read_001"},
		{"root", "PATCH", "/pool_ip/9999/", good, 404, "update_001"},
		{"root", "DELETE", "/pool_ip/x/", nil, 404, "delete_001"},
		{"ann", "GET", "/pool_ip/?search[id]=x", nil, 400, "list_001"},
	} {
		a := w.call(c.who, c.method, c.path, c.body)
		if a.code != c.status || a.object()["error_code"] != "iaas_pool_ip_"+c.code {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.who, c.method, c.path, a.code, a.body, c.status, c.code)
		}
	}
	w.call("ann", "GET", own, nil).is(200)
	w.call("root", "PUT", own, good).is(200) // as it is shown
	w.call("root", "DELETE", own, nil).is(204)
	w.call("ann", "GET", own, nil).is(404)
	w.call("root", "POST", "/pool_ip/", good).is(201) // of removed ones address and name are free
}

package cloudcix_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
)

// The example of the contract, to the letter.
func TestValidatorExample(t *testing.T) {
	w := newWorld(t)
	got := w.call("ann", "GET", "/ip_validator/?address_ranges=192.168.1.7/24,1.2.3&ip_addresses=192.168.1.20", nil).is(200)
	var out map[string]map[string]map[string]any
	if err := json.Unmarshal(got.body, &out); err != nil {
		t.Fatal(err)
	}
	if e := out["address_ranges"]["1.2.3"]; e["valid"] != false || e["details"] != nil ||
		e["error"].(map[string]any)["error_code"] != "iaas_ip_validator_101" {
		t.Errorf("%v", e)
	}
	for at, want := range map[string]string{
		"address_ranges 192.168.1.7/24": `{"broadcast_address":"192.168.1.255","cidr":"192.168.1.0/24","hostmask_address":"0.0.0.255",` +
			`"ipv4":true,"ipv6":false,"netmask_address":"255.255.255.0","network_address":"192.168.1.0",` +
			`"present_use":"Private-Use Networks","reference":"RFC 1918"}`,
		"ip_addresses 192.168.1.20": `{"ipv4":true,"ipv6":false,"is_loopback":false,"is_private":true,"is_reserved":false,` +
			`"parent_network":"192.168.1.7/24"}`,
	} {
		var list, key string
		if _, err := fmt.Sscan(at, &list, &key); err != nil {
			t.Fatal(err)
		}
		e := out[list][key]
		details, err := json.Marshal(e["details"])
		if err != nil || string(details) != want || e["valid"] != true || e["error"] != nil {
			t.Errorf("%s: %s, %v", at, details, e)
		}
	}
}

// Each class of ranges and addresses, and each thing that can be wrong with a text.
func TestValidator(t *testing.T) {
	w := newWorld(t)
	ask := func(key, text string) map[string]any {
		t.Helper()
		a := w.call("ann", "GET", "/ip_validator/?"+url.Values{key: {text}}.Encode(), nil).is(200)
		for _, list := range a.object() {
			for got, e := range list.(map[string]any) {
				if got == text {
					return e.(map[string]any)
				}
			}
		}
		t.Fatalf("no answer about %s: %s", text, a.body)
		return nil
	}
	for text, want := range map[string]string{
		"10.0.0.0": "101", "10.0.0.0/8/9": "101", "10.0.0/8": "102", "x/8": "102", "10.0.0.0/x": "103", "10.0.0.0/": "103", "10.0.0.0/33": "104",
		"10.0.0.0/-1": "104", "2001:db8::/129": "105", "fe80::1%eth0/64": "102",
	} {
		if e := ask("address_ranges", text); e["valid"] != false || e["error"].(map[string]any)["error_code"] != "iaas_ip_validator_"+want {
			t.Errorf("%s: %v", text, e)
		}
	}
	for _, text := range []string{"10.0.0", "10.0.0.0/8", "x", "fe80::1%eth0"} {
		if e := ask("ip_addresses", text); e["valid"] != false || e["error"].(map[string]any)["error_code"] != "iaas_ip_validator_106" {
			t.Errorf("%s: %v", text, e)
		}
	}
	for text, want := range map[string]string{
		"172.20.0.0/16": "RFC 1918 172.20.255.255", "203.0.113.8/29": "RFC 5737 203.0.113.15", "0.1.0.0/16": "RFC 1122 0.1.255.255",
		"127.0.0.1/32": "RFC 1122 None", "255.255.255.255/32": "RFC 1122 None", "169.254.0.0/16": "RFC 3927 169.254.255.255",
		"192.0.0.0/24": "RFC 5736 192.0.0.255", "192.88.99.0/24": "RFC 3068 192.88.99.255", "198.18.0.0/31": "RFC 2544 None",
		"224.0.0.0/8": "RFC 3171 224.255.255.255", "8.8.8.0/24": "IPv4 8.8.8.255", "0.0.0.0/0": "IPv4 255.255.255.255",
		"fd00::/8": "RFC 4193 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:20::/28": "RFC 7343 2001:2f:ffff:ffff:ffff:ffff:ffff:ffff",
		"::ffff:10.0.0.0/104": "RFC 4291 ::ffff:10.255.255.255", "2001::/32": "RFC 2928 2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
		"2600::/126": "IPv6 2600::3",
	} {
		e := ask("addressRanges", text)
		if d, _ := e["details"].(map[string]any); fmt.Sprint(d["reference"], " ", d["broadcast_address"]) != want {
			t.Errorf("%s: %v, want %s", text, e, want)
		}
	}
	for text, want := range map[string]string{ // private, reserved, loopback
		"10.0.0.1": "true false false", "8.8.8.8": "false false false", "127.0.0.1": "true false true", "240.0.0.1": "true true false",
		"192.0.2.1": "true false false", "::1": "true true true", "2001:db8::1": "true false false", "fe80::1": "true false false",
		"2600::1": "false false false", "192.0.0.9": "false false false", "4000::1": "false true false",
	} {
		e := ask("ipAddresses", text)
		d, _ := e["details"].(map[string]any)
		if fmt.Sprint(d["is_private"], d["is_reserved"], d["is_loopback"]) != want || d["parent_network"] != nil {
			t.Errorf("%s: %v, want %s", text, e, want)
		}
	}
	// Of several ranges the last that has an address; what is sent twice is one.
	a := w.call("ann", "GET", "/ip_validator/?address_ranges=10.0.0.0/8,10.1.0.0/16,10.1.0.0/16,11.0.0.0/8&ip_addresses=10.1.2.3", nil).is(200)
	e := a.object()["ip_addresses"].(map[string]any)["10.1.2.3"].(map[string]any)
	if e["details"].(map[string]any)["parent_network"] != "10.1.0.0/16" || len(a.object()["address_ranges"].(map[string]any)) != 3 {
		t.Errorf("%s", a.body)
	}
	w.try(tried{"ann", "GET", "/ip_validator/", nil, 400, "ip_validator_001"})
	w.call("ann", "GET", "/ip_validator/?ip_addresses=", nil).is(200)
	w.call("nora", "GET", "/ip_validator/?ip_addresses=x", nil).is(403)
}

package oneandone

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// held is a world in which changes are shown for a while.
func heldWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.c.Options.Hold = 2 * time.Second
	return w
}

func (w *world) networkOf(id string) oneandone.PrivateNetwork {
	w.t.Helper()
	return parse[oneandone.PrivateNetwork](w.call("GET", "/private_networks/"+id, nil).want(200))
}

func TestPrivateNetwork(t *testing.T) {
	w := heldWorld(t)
	n := parse[oneandone.PrivateNetwork](w.call("POST", "/private_networks",
		`{"name":"inner","description":"d","network_address":"10.9.0.0","subnet_mask":"255.255.252.0"}`).want(202))
	if n.State != "CONFIGURING" || *n.NetworkAddress != "10.9.0.0" || *n.SubnetMask != "255.255.252.0" || *n.Description != "d" ||
		n.Datacenter.CountryCode != "US" || len(n.Servers) != 0 {
		t.Errorf("made: %+v", n)
	}
	w.pass(3 * time.Second)
	if n := w.networkOf(n.ID); n.State != "ACTIVE" {
		t.Errorf("later: %+v", n)
	}
	path := "/private_networks/" + n.ID
	changed := parse[oneandone.PrivateNetwork](w.call("PUT", path,
		`{"name":"outer","network_address":"10.9.0.0","subnet_mask":"255.255.255.0"}`).want(200))
	if changed.Name != "outer" || *changed.Description != "d" || *changed.SubnetMask != "255.255.255.0" || changed.State != "CONFIGURING" {
		t.Errorf("changed: %+v", changed)
	}
	gone := parse[oneandone.PrivateNetwork](w.call("DELETE", path, nil).want(202))
	if gone.State != "REMOVING" || w.networkOf(n.ID).State != "REMOVING" {
		t.Errorf("removed: %+v", gone)
	}
	w.call("DELETE", path, nil).want(202) // said before
	w.call("PUT", path, `{"name":"x"}`).fails(409, "CONFLICT", "being removed")
	w.settle()
	w.call("GET", path, nil).fails(404, "NOT_FOUND", n.ID)
	logs := parse[[]oneandone.Log](w.call("GET", "/logs?q=DELETE&period=LAST_HOUR&sort=-start_date", nil).want(200))
	if len(logs) != 1 || logs[0].Type != "PRIVATENETWORK" || logs[0].Action != "DELETE" || logs[0].Status.State != "OK" ||
		logs[0].Resource.ID != n.ID {
		t.Errorf("log: %+v", logs)
	}
}

// A range that nobody names overlaps no other of the project; those that are named may.
func TestPrivateNetworkRanges(t *testing.T) {
	w := newWorld(t)
	w.network("named", "192.168.0.0", "255.255.254.0")
	w.network("same", "192.168.0.0", "255.255.254.0")
	var found []string
	for range 3 {
		found = append(found, *w.network("any").NetworkAddress)
	}
	if !slices.Equal(found, []string{"192.168.2.0", "192.168.3.0", "192.168.4.0"}) {
		t.Errorf("picked %v", found)
	}
	w.network("all", "192.168.0.0", "255.255.0.0")
	w.network("big", "10.0.0.0", "255.255.0.0")
	if n := w.network("any"); *n.NetworkAddress != "10.1.0.0" {
		t.Errorf("picked %s", *n.NetworkAddress)
	}
	w.network("rest", "10.0.0.0", "255.0.0.0")
	w.call("POST", "/private_networks", `{"name":"any"}`).fails(409, "CONFLICT", "take up all ranges")
}

func TestPrivateNetworkMembers(t *testing.T) {
	w := heldWorld(t)
	a, b, n := w.create("a"), w.create("b"), w.network("n", "10.5.0.0", "255.255.255.0")
	w.pass(time.Minute)
	both := obj{"servers": []string{a.ID, b.ID}}
	joined := parse[oneandone.PrivateNetwork](w.call("POST", "/private_networks/"+n.ID+"/servers", both).want(202))
	if joined.State != "CONFIGURING" || len(joined.Servers) != 2 || joined.Servers[0].ID != a.ID || joined.Servers[1].Name != "b" {
		t.Errorf("joined: %+v", joined)
	}
	if s := w.get(a.ID); s.Status.State != "CONFIGURING" || len(s.PrivateNetworks) != 1 || *s.PrivateNetworks[0].ServerIP != "10.5.0.1" {
		t.Errorf("joining: %+v", s)
	}
	w.call("DELETE", "/servers/"+a.ID+"/private_networks/"+n.ID, nil).fails(409, "CONFLICT", "busy")
	w.settle()
	w.pass(time.Minute)
	if n := w.networkOf(n.ID); n.State != "ACTIVE" {
		t.Errorf("later: %+v", n)
	}
	w.call("POST", "/servers/"+a.ID+"/private_networks", obj{"id": n.ID}).want(202) // as it is
	if s := w.get(a.ID); s.Status.State != "POWERED_ON" {
		t.Errorf("joined twice: %+v", s.Status)
	}
	if list := parse[[]oneandone.Identity](w.call("GET", "/private_networks/"+n.ID+"/servers", nil).want(200)); len(list) != 2 {
		t.Errorf("servers: %+v", list)
	}
	if s := parse[oneandone.Identity](w.call("GET", "/private_networks/"+n.ID+"/servers/"+b.ID, nil).want(200)); s.Name != "b" {
		t.Errorf("server: %+v", s)
	}
	if list := parse[[]oneandone.ServerPrivateNetwork](w.call("GET", "/servers/"+b.ID+"/private_networks", nil).want(200)); len(list) != 1 ||
		*list[0].ServerIP != "10.5.0.2" {
		t.Errorf("networks of a server: %+v", list)
	}
	if v := parse[oneandone.PrivateNetwork](w.call("GET", "/servers/"+b.ID+"/private_networks/"+n.ID, nil).want(200)); v.ID != n.ID {
		t.Errorf("network of a server: %+v", v)
	}

	left := parse[oneandone.PrivateNetwork](w.call("DELETE", "/private_networks/"+n.ID+"/servers/"+b.ID, nil).want(202))
	if left.State != "CONFIGURING" || len(left.Servers) != 1 || len(w.get(b.ID).PrivateNetworks) != 0 {
		t.Errorf("left: %+v", left)
	}
	w.settle()
	s := parse[oneandone.Server](w.call("POST", "/servers/"+a.ID+"/private_networks", obj{"id": w.network("m").ID}).want(202))
	if s.Status.State != "CONFIGURING" || *s.Status.Percent != 0 || len(s.PrivateNetworks) != 2 {
		t.Errorf("a second one: %+v", s)
	}
	w.settle()
	w.call("DELETE", "/servers/"+a.ID+"/private_networks/"+n.ID, nil).want(202)
	w.settle()
	// Whoever comes back gets what he had, where nobody else took it.
	w.join(n.ID, b.ID)
	if s := w.get(b.ID); *s.PrivateNetworks[0].ServerIP != "10.5.0.2" {
		t.Errorf("came back to %s", *s.PrivateNetworks[0].ServerIP)
	}
	w.join(n.ID, w.create("c").ID) // takes what the first one had
	w.join(n.ID, a.ID)
	if s := w.get(a.ID); *s.PrivateNetworks[1].ServerIP != "10.5.0.3" {
		t.Errorf("came back to %s", *s.PrivateNetworks[1].ServerIP)
	}
}

func TestPrivateNetworkAtCreation(t *testing.T) {
	w := newWorld(t)
	n := w.network("n", "10.5.0.0", "255.255.255.0")
	s := w.create("web", func(b obj) { b["private_network_id"] = n.ID })
	if len(s.PrivateNetworks) != 1 || s.PrivateNetworks[0].Name != "n" || *s.PrivateNetworks[0].ServerIP != "10.5.0.1" || len(s.Ips) != 1 {
		t.Errorf("%+v", s)
	}
	for id, says := range map[string]string{unknown: unknown, "x": "x"} {
		body := w.serverBody("web")
		body["private_network_id"] = id
		w.call("POST", "/servers", body).fails(404, "NOT_FOUND", says)
	}
	there := w.serverBody("web")
	there["private_network_id"], there["datacenter_id"] = n.ID, w.spain.UID.String()
	w.call("POST", "/servers", there).fails(409, "CONFLICT", "another data centre")
}

func TestPrivateNetworkRules(t *testing.T) {
	w := newWorld(t)
	s, n := w.joined()
	there := obj{"name": "es", "datacenter_id": w.spain.UID.String()}
	other := parse[oneandone.PrivateNetwork](w.call("POST", "/private_networks", there).want(202))
	foreign := parse[oneandone.PrivateNetwork](w.as(otherKey, "POST", "/private_networks", obj{"name": "theirs"}).want(202))
	frozen := w.create("frozen")
	w.join(n.ID, frozen.ID)
	w.call("POST", "/servers/"+frozen.ID+"/snapshots", nil).want(202)
	w.settle()
	empty := w.network("empty", "10.7.0.0", "255.255.255.0")
	named := func(address, mask string) obj {
		return obj{"name": "x", "network_address": address, "subnet_mask": mask}
	}
	one, theirs := "/private_networks/"+n.ID, "/private_networks/"+foreign.ID
	for _, c := range []struct {
		method, path string
		body         any
		status       int
		kind, text   string
	}{
		{"POST", "/private_networks", `{}`, 400, "VALIDATION_ERROR", "name"},
		{"POST", "/private_networks", `{"name":"x","network_address":"10.0.0.0"}`, 400, "VALIDATION_ERROR", "subnet_mask: is required"},
		{"POST", "/private_networks", `{"name":"x","subnet_mask":"255.0.0.0"}`, 400, "VALIDATION_ERROR", "network_address: is required"},
		{"POST", "/private_networks", named("a", "255.0.0.0"), 400, "VALIDATION_ERROR", "no IPv4 address"},
		{"POST", "/private_networks", named("::", "255.0.0.0"), 400, "VALIDATION_ERROR", "no IPv4 address"},
		{"POST", "/private_networks", named("10.0.0.0", "255.0.255.0"), 400, "VALIDATION_ERROR", "no mask"},
		{"POST", "/private_networks", named("10.0.0.0", "24"), 400, "VALIDATION_ERROR", "no mask"},
		{
			"POST", "/private_networks", named("10.0.0.7", "255.255.255.0"), 400, "VALIDATION_ERROR",
			"network_address: 10.0.0.7 is an address inside of a network; the address of the network is 10.0.0.0",
		},
		{"POST", "/private_networks", named("10.0.0.0", "255.255.255.254"), 400, "VALIDATION_ERROR", "8 to 30"},
		{"POST", "/private_networks", named("0.0.0.0", "254.0.0.0"), 400, "VALIDATION_ERROR", "8 to 30"},
		{"POST", "/private_networks", named("8.8.8.0", "255.255.255.0"), 400, "VALIDATION_ERROR", "private range"},
		{"POST", "/private_networks", named("172.0.0.0", "255.0.0.0"), 400, "VALIDATION_ERROR", "private range"},
		{"POST", "/private_networks", named("100.64.0.0", "255.192.0.0"), 400, "VALIDATION_ERROR", "100.64.0.0/16"},
		{"POST", "/private_networks", `{"name":"x","datacenter_id":"` + unknown + `"}`, 404, "NOT_FOUND", unknown},
		{"PUT", one, `{"network_address":"10.0.0.0"}`, 400, "VALIDATION_ERROR", "subnet_mask"},
		{"PUT", one, `{"name":""}`, 400, "VALIDATION_ERROR", "name"},
		{"PUT", one, `{"network_address":"10.77.0.0","subnet_mask":"255.255.255.0"}`, 409, "CONFLICT", "would not fit"},
		{"PUT", one, `{"network_address":"192.168.0.0","subnet_mask":"255.255.0.1"}`, 400, "VALIDATION_ERROR", "no mask"},
		{"PUT", "/private_networks/" + empty.ID, named("8.0.0.0", "255.0.0.0"), 400, "VALIDATION_ERROR", "private range"},
		{"PUT", "/private_networks/" + unknown, `{"name":"x"}`, 404, "NOT_FOUND", unknown},
		{"PUT", theirs, `{"name":"x"}`, 404, "NOT_FOUND", foreign.ID},
		{"DELETE", one, nil, 409, "CONFLICT", "2 servers"},
		{"DELETE", theirs, nil, 404, "NOT_FOUND", foreign.ID},
		{"POST", one + "/servers", `{}`, 400, "VALIDATION_ERROR", "servers"},
		{"POST", one + "/servers", `{"servers":[]}`, 400, "VALIDATION_ERROR", "servers"},
		{"POST", one + "/servers", `{"servers":["x"]}`, 404, "NOT_FOUND", "servers[0]"},
		{"POST", one + "/servers", obj{"servers": []string{unknown}}, 404, "NOT_FOUND", unknown},
		{"POST", "/private_networks/" + other.ID + "/servers", obj{"servers": []string{s.ID}}, 409, "CONFLICT", "another data centre"},
		{"POST", theirs + "/servers", obj{"servers": []string{s.ID}}, 404, "NOT_FOUND", foreign.ID},
		{"POST", "/servers/" + s.ID + "/private_networks", obj{"id": foreign.ID}, 404, "NOT_FOUND", foreign.ID},
		{"POST", "/servers/" + s.ID + "/private_networks", `{}`, 400, "VALIDATION_ERROR", "id"},
		{"POST", "/servers/" + frozen.ID + "/private_networks", obj{"id": empty.ID}, 409, "CONFLICT", "snapshot"},
		{"DELETE", "/servers/" + frozen.ID + "/private_networks/" + n.ID, nil, 409, "CONFLICT", "snapshot"},
		{"DELETE", "/servers/" + s.ID + "/private_networks/" + empty.ID, nil, 404, "NOT_FOUND", "not in the private network"},
		{"DELETE", one + "/servers/" + unknown, nil, 404, "NOT_FOUND", unknown},
		{"DELETE", "/private_networks/" + empty.ID + "/servers/" + s.ID, nil, 404, "NOT_FOUND", "not in the private network"},
		{"GET", one + "/servers/" + unknown, nil, 404, "NOT_FOUND", unknown},
		{"GET", "/servers/" + s.ID + "/private_networks/" + empty.ID, nil, 404, "NOT_FOUND", empty.ID},
		{"GET", theirs, nil, 404, "NOT_FOUND", foreign.ID},
	} {
		w.call(c.method, c.path, c.body).fails(c.status, c.kind, c.text)
	}
	elsewhere := insert(w, &cloud.Subnet{ // of a project that the other dialect made
		MemberID: w.member.ID, SiteID: w.users[adminKey].SiteID, RegionID: w.region.ID, ProjectID: 4711, Text: "10.8.0.1/24",
		Prefix: netip.MustParsePrefix("10.8.0.0/24"), Routed: true,
	})
	w.call("POST", "/servers/"+s.ID+"/private_networks", obj{"id": elsewhere.UID.String()}).fails(409, "CONFLICT", "another project")
	// All or none: the second server of the list is refused.
	free := w.create("free")
	w.call("POST", "/private_networks/"+empty.ID+"/servers", obj{"servers": []string{free.ID, frozen.ID}}).fails(409, "CONFLICT", "snapshot")
	if s := w.get(free.ID); len(s.PrivateNetworks) != 0 {
		t.Errorf("half of a list joined: %+v", s.PrivateNetworks)
	}
	// Seven networks beside the one of its public addresses.
	for range 7 {
		w.join(w.network("many").ID, free.ID)
	}
	w.call("POST", "/private_networks/"+empty.ID+"/servers", obj{"servers": []string{free.ID}}).fails(409, "CONFLICT", "at most 8")
	w.network("full", "10.8.0.0", "255.255.255.252")
}

// The networks of routers are private networks here, with less that may be done to them.
func TestRoutedPrivateNetwork(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	uid, _ := cloud.ParseUID(s.ID)
	var net *cloud.Subnet
	w.write(func(tx *store.Tx) error { // as a change of the router makes it
		row, err := store.First[cloud.Server](tx, cloud.Where(cloud.Eq("uid", uid)))
		if err != nil {
			return err
		}
		p, err := store.Get[cloud.Project](tx, row.ProjectID)
		if err != nil {
			return err
		}
		a, err := store.First[cloud.Allocation](tx, cloud.Where(cloud.Eq("asn_id", p.ASNID), cloud.Eq("overlap", false)).By("id"))
		if err != nil {
			return err
		}
		net = &cloud.Subnet{
			AllocationID: a.ID, MemberID: p.MemberID, SiteID: p.SiteID, RegionID: p.RegionID, ProjectID: p.ID, RouterID: p.RouterID,
			Text: "10.3.0.1/24", Routed: true, VLAN: 1000,
		}
		if net.Prefix, net.Gateway, err = ipam.ParseNet(net.Text); err != nil {
			return err
		}
		return store.PlaceSubnet(tx, net)
	})
	path := "/private_networks/" + net.UID.String()
	if n := w.networkOf(net.UID.String()); n.Name != "" || *n.NetworkAddress != "10.3.0.0" || *n.SubnetMask != "255.255.255.0" {
		t.Errorf("shown: %+v", n)
	}
	if list := parse[[]oneandone.PrivateNetwork](w.call("GET", "/private_networks", nil).want(200)); len(list) != 1 {
		t.Errorf("listed, the one of public addresses with it: %+v", list)
	}
	w.call("PUT", path, `{"description":"d"}`).want(200) // it needs no name
	w.call("PUT", path, `{"name":"back","network_address":"10.3.0.0","subnet_mask":"255.255.255.0"}`).want(200)
	w.call("PUT", path, `{"network_address":"10.4.0.0","subnet_mask":"255.255.255.0"}`).fails(409, "CONFLICT", "virtual router")
	w.call("DELETE", path, nil).fails(409, "CONFLICT", "virtual router")
	w.join(net.UID.String(), s.ID)
	if v := w.get(s.ID); *v.PrivateNetworks[0].ServerIP != "10.3.0.2" || v.PrivateNetworks[0].Name != "back" {
		t.Errorf("joined: %+v", v.PrivateNetworks)
	}
	w.write(func(tx *store.Tx) error { // one of its public addresses leads there
		priv, err := store.First[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", net.ID)))
		if err != nil {
			return err
		}
		pub, err := store.First[cloud.IP](tx, cloud.Where(cloud.Eq("server_id", priv.ServerID), cloud.Eq("kind", string(cloud.PublicIP))))
		if err != nil {
			return err
		}
		pub.PrivateID, pub.NICID = priv.ID, priv.NICID
		return store.Update(tx, pub)
	})
	w.call("DELETE", path+"/servers/"+s.ID, nil).fails(409, "CONFLICT", "leads to the address")
	w.call("DELETE", "/servers/"+s.ID+"/ips/"+w.get(s.ID).Ips[0].ID, nil).want(202)
	w.settle()
	w.call("DELETE", path+"/servers/"+s.ID, nil).want(202)
	w.settle()
	w.write(func(tx *store.Tx) error { // its way to others is there
		row, err := store.First[cloud.Server](tx, cloud.Where(cloud.Eq("uid", uid)))
		if err != nil {
			return err
		}
		row.GatewayID = net.ID
		return store.Update(tx, row)
	})
	w.join(net.UID.String(), s.ID)
	w.call("DELETE", path+"/servers/"+s.ID, nil).fails(409, "CONFLICT", "reaches others")
}

// Each flag guards its part of a change.
func TestPrivateNetworkFlags(t *testing.T) {
	w := newWorld(t)
	s, n := w.joined()
	path := "/private_networks/" + n.ID
	for flag, q := range map[string]struct {
		method, path string
		body         any
	}{
		"set_name":                {"PUT", path, obj{"name": "b"}},
		"set_description":         {"PUT", path, obj{"description": "b"}},
		"set_network_info":        {"PUT", path, obj{"network_address": *n.NetworkAddress, "subnet_mask": "255.255.0.0"}},
		"delete":                  {"DELETE", path, nil},
		"create":                  {"POST", "/private_networks", obj{"name": "c"}},
		"manage_attached_servers": {"DELETE", path + "/servers/" + s.ID, nil},
		"show":                    {"GET", path, nil},
	} {
		w.write(func(tx *store.Tx) error {
			role, err := store.Get[cloud.Role](tx, w.role.ID)
			if err != nil {
				return err
			}
			role.Flags = slices.DeleteFunc(slices.Clone(w.role.Flags), func(f string) bool { return f == "private_networks."+flag })
			return store.Update(tx, role)
		})
		w.call(q.method, q.path, q.body).want(403)
	}
	attach := w.serverBody("web")
	attach["private_network_id"] = n.ID
	w.write(func(tx *store.Tx) error {
		role, err := store.Get[cloud.Role](tx, w.role.ID)
		if err != nil {
			return err
		}
		role.Flags = slices.DeleteFunc(slices.Clone(w.role.Flags), func(f string) bool { return f == "private_networks.manage_attached_servers" })
		return store.Update(tx, role)
	})
	w.call("POST", "/servers", attach).want(403)
}

package cloudcix_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

// target is something that a write can be about.
type target struct {
	project, router, vm int64
}

// request is a write that ann may make, once. Kind is what its event is about.
type request struct {
	path, kind string
	body       obj
	who        string   // "" is ann
	also       []string // strangers who may do the same: with things of their own, or of their member
}

// sent is the body, nil for none at all.
func (q request) sent() any {
	if q.body == nil {
		return nil
	}
	return q.body
}

// writes has one good request for every write that is built. A write without one
// fails the test below.
var writes = map[string]func(w *world, at target) request{
	"projectCreate": func(w *world, _ target) request {
		return request{path: "/project/", kind: "project", body: obj{"region_id": w.region, "name": "another"}, also: owners}
	},
	"asnCreate": func(w *world, _ target) request {
		return request{who: "root", path: "/asn/", kind: "asn", body: obj{"number": 64900 + w.another()}}
	},
	"asnUpdate": func(w *world, _ target) request {
		return request{who: "root", path: fmt.Sprintf("/asn/%d/", w.plan("ann").asn), kind: "asn", body: obj{"number": 65200 + w.another()}}
	},
	"asnPartialUpdate": func(w *world, _ target) request {
		return request{who: "root", path: fmt.Sprintf("/asn/%d/", w.plan("ann").asn), kind: "asn", body: obj{"number": 65300 + w.another()}}
	},
	"asnDelete": func(w *world, _ target) request {
		asn := insert(w, &cloud.ASN{MemberID: 1, Number: 65100 + w.another()})
		return request{who: "root", path: fmt.Sprintf("/asn/%d/", asn.ID), kind: "asn"}
	},
	"allocationCreate": func(w *world, _ target) request {
		w.promote("ann")
		body := obj{"asn_id": w.plan("ann").asn, "address_range": fmt.Sprintf("172.16.%d.0/24", w.another()), "name": "second"}
		return request{path: "/allocation/", kind: "allocation", body: body}
	},
	"allocationUpdate": func(w *world, _ target) request {
		w.promote("ann")
		p := w.plan("ann")
		body := obj{"asn_id": p.asn, "address_range": "10.0.0.0/15", "name": "wide"}
		return request{path: fmt.Sprintf("/allocation/%d/", p.allocation), kind: "allocation", body: body}
	},
	"allocationPartialUpdate": func(w *world, _ target) request {
		w.promote("ann")
		return request{path: fmt.Sprintf("/allocation/%d/", w.plan("ann").allocation), kind: "allocation", body: obj{"name": "wide"}}
	},
	"allocationDelete": func(w *world, _ target) request {
		w.promote("ann")
		body := obj{"asn_id": w.plan("ann").asn, "address_range": fmt.Sprintf("172.16.%d.0/24", w.another()), "name": "second"}
		return request{path: fmt.Sprintf("/allocation/%d/", w.made("ann", "/allocation/", body)), kind: "allocation"}
	},
	"subnetCreate": func(w *world, _ target) request {
		return request{path: "/subnet/", kind: "range", body: w.more(w.plan("ann")), also: members}
	},
	"subnetUpdate": func(w *world, _ target) request {
		body := obj{"address_id": w.users["ann"].SiteID, "address_range": "10.0.1.0/23", "name": "wide"}
		return request{path: fmt.Sprintf("/subnet/%d/", w.plan("ann").subnet), kind: "range", body: body}
	},
	"subnetPartialUpdate": func(w *world, _ target) request {
		return request{path: fmt.Sprintf("/subnet/%d/", w.plan("ann").subnet), kind: "range", body: obj{"vlan": 7}}
	},
	"subnetDelete": func(w *world, _ target) request {
		return request{path: fmt.Sprintf("/subnet/%d/", w.made("ann", "/subnet/", w.more(w.plan("ann")))), kind: "range"}
	},
	"ipAddressCreate": func(w *world, _ target) request {
		return request{path: "/ip_address/", kind: "ip_address", body: w.note(w.plan("ann"))}
	},
	"ipAddressUpdate": func(w *world, _ target) request {
		body := obj{"address": fmt.Sprintf("10.0.1.%d", 100+w.another()), "credentials": "secret"}
		return request{path: fmt.Sprintf("/ip_address/%d/", w.plan("ann").address), kind: "ip_address", body: body}
	},
	"ipAddressPartialUpdate": func(w *world, _ target) request {
		return request{path: fmt.Sprintf("/ip_address/%d/", w.plan("ann").address), kind: "ip_address", body: obj{"name": "scanner"}}
	},
	"ipAddressDelete": func(w *world, _ target) request {
		return request{path: fmt.Sprintf("/ip_address/%d/", w.made("ann", "/ip_address/", w.note(w.plan("ann")))), kind: "ip_address"}
	},
	"ipAddressGroupCreate": func(*world, target) request {
		return request{path: "/ip_address_group/", kind: "ip_address_group", body: obj{"name": "g", "cidrs": items("10.0.0.0/8")}, also: owners}
	},
	"ipAddressGroupUpdate": func(w *world, _ target) request {
		return request{path: w.group(), kind: "ip_address_group", body: obj{"cidrs": items("10.0.0.0/8")}, also: members}
	},
	"ipAddressGroupPartialUpdate": func(w *world, _ target) request {
		return request{path: w.group(), kind: "ip_address_group", body: obj{"name": "h", "cidrs": items("10.0.0.0/8")}, also: members}
	},
	"ipAddressGroupDelete": func(w *world, _ target) request {
		return request{path: w.group(), kind: "ip_address_group", also: members}
	},
	"cixBlacklistCreate": func(w *world, _ target) request {
		body := obj{"cidr": w.scanner(), "comment": "scanner"}
		return request{who: "root", also: operators, path: "/cix_blacklist/", kind: "feed_range", body: body}
	},
	"cixBlacklistUpdate": func(w *world, _ target) request {
		return request{who: "root", also: operators, path: w.feedRange("cix_blacklist"), kind: "feed_range", body: obj{"cidr": w.scanner()}}
	},
	"cixBlacklistPartialUpdate": func(w *world, _ target) request {
		body := obj{"cidr": w.scanner(), "comment": "quiet"}
		return request{who: "root", also: operators, path: w.feedRange("cix_blacklist"), kind: "feed_range", body: body}
	},
	"cixBlacklistDelete": func(w *world, _ target) request {
		return request{who: "root", also: operators, path: w.feedRange("cix_blacklist"), kind: "feed_range"}
	},
	"cixWhitelistCreate": func(w *world, _ target) request {
		body := obj{"cidr": w.scanner(), "comment": "scanner"}
		return request{who: "root", also: operators, path: "/cix_whitelist/", kind: "feed_range", body: body}
	},
	"cixWhitelistUpdate": func(w *world, _ target) request {
		return request{who: "root", also: operators, path: w.feedRange("cix_whitelist"), kind: "feed_range", body: obj{"cidr": w.scanner()}}
	},
	"cixWhitelistPartialUpdate": func(w *world, _ target) request {
		body := obj{"cidr": w.scanner(), "comment": "quiet"}
		return request{who: "root", also: operators, path: w.feedRange("cix_whitelist"), kind: "feed_range", body: body}
	},
	"cixWhitelistDelete": func(w *world, _ target) request {
		return request{who: "root", also: operators, path: w.feedRange("cix_whitelist"), kind: "feed_range"}
	},
	"poolIpCreate": func(w *world, _ target) request {
		return request{who: "root", also: operators, path: "/pool_ip/", kind: "pool_ip", body: w.poolIP()}
	},
	"poolIpUpdate": func(w *world, _ target) request {
		path := fmt.Sprintf("/pool_ip/%d/", w.made("root", "/pool_ip/", w.poolIP()))
		return request{who: "root", also: operators, path: path, kind: "pool_ip", body: w.poolIP()}
	},
	"poolIpPartialUpdate": func(w *world, _ target) request {
		path := fmt.Sprintf("/pool_ip/%d/", w.made("root", "/pool_ip/", w.poolIP()))
		return request{who: "root", also: operators, path: path, kind: "pool_ip", body: w.poolIP()}
	},
	"poolIpDelete": func(w *world, _ target) request {
		return request{who: "root", also: operators, path: fmt.Sprintf("/pool_ip/%d/", w.made("root", "/pool_ip/", w.poolIP())), kind: "pool_ip"}
	},
	"serverCreate": func(*world, target) request {
		return request{who: "rita", also: region, path: "/server/", kind: "host", body: goodHost}
	},
	"serverUpdate": func(w *world, _ target) request {
		path := fmt.Sprintf("/server/%d/", w.made("rita", "/server/", goodHost))
		return request{who: "rita", path: path, kind: "host", body: obj{"model": "PowerEdge", "enabled": false}}
	},
	"serverPartialUpdate": func(w *world, _ target) request {
		path := fmt.Sprintf("/server/%d/", w.made("rita", "/server/", goodHost))
		return request{who: "rita", path: path, kind: "host", body: obj{"ram": 512}}
	},
	"interfaceCreate": func(w *world, _ target) request {
		body := obj{"server_id": w.made("rita", "/server/", goodHost), "mac_address": "02:00:00:00:00:01"}
		return request{who: "rita", path: "/interface/", kind: "interface", body: body}
	},
	"interfaceUpdate": func(w *world, _ target) request {
		return request{who: "rita", path: w.card(), kind: "interface", body: obj{"mac_address": "02:00:00:00:00:02"}}
	},
	"interfacePartialUpdate": func(w *world, _ target) request {
		return request{who: "rita", path: w.card(), kind: "interface", body: obj{"hostname": "node-1"}}
	},
	"interfaceDelete": func(w *world, _ target) request {
		return request{who: "rita", path: w.card(), kind: "interface"}
	},
	"projectUpdate": func(_ *world, at target) request {
		return request{path: fmt.Sprintf("/project/%d/", at.project), kind: "project", body: obj{"name": "renamed"}}
	},
	"projectPartialUpdate": func(_ *world, at target) request {
		return request{path: fmt.Sprintf("/project/%d/", at.project), kind: "project", body: obj{"note": "noted"}}
	},
	"virtualRouterUpdate": func(_ *world, at target) request {
		nets := items(obj{"address_range": "10.3.0.1/24"})
		return request{path: fmt.Sprintf("/virtual_router/%d/", at.router), kind: "router", body: obj{"subnets": nets}}
	},
	"virtualRouterPartialUpdate": func(_ *world, at target) request {
		return request{path: fmt.Sprintf("/virtual_router/%d/", at.router), kind: "router", body: obj{"state": 5}}
	},
	"vmCreate": func(w *world, at target) request {
		return request{path: "/vm/", kind: "server", body: w.vm(at.project, "second", "10.0.0.20")}
	},
	"vmUpdate": func(_ *world, at target) request {
		body := obj{"cpu": 3, "ip_addresses": items(obj{"address": "10.0.0.10"})}
		return request{path: fmt.Sprintf("/vm/%d/", at.vm), kind: "server", body: body}
	},
	"vmPartialUpdate": func(_ *world, at target) request {
		return request{path: fmt.Sprintf("/vm/%d/", at.vm), kind: "server", body: obj{"name": "renamed"}}
	},
	"storageCreate": func(_ *world, at target) request {
		return request{path: fmt.Sprintf("/vm/%d/storage/", at.vm), kind: "server", body: obj{"name": "data", "gb": 20}}
	},
}

// Of the strangers: who may make things of his own, and who is of ann's member.
var (
	owners  = []string{"carl", "gina", "dora", "dave"}
	members = []string{"carl", "gina"}
	// Who is of the operator's member may write what everybody reads.
	operators = []string{"ruth"}
	region    = []string{"ruth"} // makes such things in her own region
)

// another is a small number that was not used before.
func (w *world) another() int64 {
	w.used++
	return w.used
}

// note is a good request for one more address of ann's plan.
func (w *world) note(p planned) obj {
	return obj{"subnet_id": p.subnet, "address": fmt.Sprintf("10.0.1.%d", 10+w.another())}
}

// more is a good request for a second subnet of ann's plan.
func (w *world) more(p planned) obj {
	text := fmt.Sprintf("10.0.%d.1/24", 4+w.another())
	return obj{"address_id": w.users["ann"].SiteID, "allocation_id": p.allocation, "address_range": text, "name": "second"}
}

// group makes a group of ann's and gives its path.
func (w *world) group() string {
	w.t.Helper()
	body := obj{"name": fmt.Sprintf("offices%d", w.another()), "cidrs": items("192.0.2.0/24")}
	g := into[obj](w.call("ann", "POST", "/ip_address_group/", body).is(201))
	return fmt.Sprintf("/ip_address_group/%.0f/", g["id"])
}

var goodHost = obj{"type_id": 2, "storage_type_id": 2, "ram": 256, "cores": 32, "gb": 4000, "model": "PowerEdge"}

// card makes a network card of a host and gives its path.
func (w *world) card() string {
	w.t.Helper()
	body := obj{"server_id": w.made("rita", "/server/", goodHost), "mac_address": "02:00:00:00:00:01"}
	return fmt.Sprintf("/interface/%d/", w.made("rita", "/interface/", body))
}

// scanner is a range that no feed has yet.
func (w *world) scanner() string { return fmt.Sprintf("203.0.%d.0/24", w.another()) }

// feedRange lists a range and gives its path.
func (w *world) feedRange(list string) string {
	w.t.Helper()
	cidr := w.scanner()
	w.call("root", "POST", "/"+list+"/", obj{"cidr": cidr}).is(201)
	return "/" + list + "/" + cidr + "/"
}

// poolIP is a good request for one more address of the pool.
func (w *world) poolIP() obj {
	n := w.another()
	return obj{"ip_address": fmt.Sprintf("192.0.2.%d", n), "domain": fmt.Sprintf("pool-%d.cloudcix.com", n)}
}

// sessions are writes that make no resource: whoever may call them has no object.
var sessions = []string{"membershipTokenCreate", "membershipTokenUpdate"}

// strangers may write nothing of ann's, whoever they are.
var strangers = []string{"", "carl", "gina", "dora", "dave", "pia", "ruth", "lou", "nora", "max", "olga"}

// Every write that is built: whoever may not is refused in words of the contract
// and nothing changes; a dry run changes nothing; the write itself leaves an
// event of its kind; and its repeat is the same answer, byte by byte.
func TestEveryWrite(t *testing.T) {
	built := newWorld(t).api.Router().Built()
	var asked []string
	for _, o := range wirespec.Operations {
		if !slices.Contains(built, o.ID) || o.Method == http.MethodGet || o.Method == http.MethodHead || slices.Contains(sessions, o.ID) {
			continue
		}
		asked = append(asked, o.ID)
		make, ok := writes[o.ID]
		if !ok {
			t.Errorf("%s is built and has no request here: add one to writes", o.ID)
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			w := newWorld(t)
			var at target
			at.project, at.router = w.project("ann", "web")
			at.vm = w.machine("ann", at.project, "www", "10.0.0.10")
			everyWrite(t, w, o, make(w, at))
		})
	}
	for _, id := range slices.Sorted(maps.Keys(writes)) {
		if !slices.Contains(asked, id) {
			t.Errorf("%s is not built, and has a request here", id)
		}
	}
}

func everyWrite(t *testing.T, w *world, o op.Spec, q request) {
	me := cmp.Or(q.who, "ann")
	before := w.dump()
	for _, who := range strangers {
		if slices.Contains(q.also, who) {
			continue
		}
		a := w.call(who, o.Method, q.path, q.sent())
		if a.code < 400 || a.code >= 500 {
			t.Errorf("%q: %d %s", who, a.code, a.body)
		}
		if now := w.dump(); now != before {
			t.Fatalf("%q was answered %d, and changed:\n%s", who, a.code, storetest.Difference(before, now))
		}
	}
	if a := w.call(me, o.Method, q.path+"?dry_run=true", q.sent()).is(o.Status); a.header.Get(control.DryRunHeader) == "" {
		t.Errorf("a dry run does not say what it would do: %v", a.header)
	}
	if now := w.dump(); now != before {
		t.Fatalf("a dry run changed:\n%s", storetest.Difference(before, now))
	}
	events := w.events(q.kind)
	first := w.call(me, o.Method, q.path, q.sent(), "Idempotency-Key", "k1").is(o.Status)
	if now := w.events(q.kind); now <= events {
		t.Errorf("no event about a %s: %d before, %d after", q.kind, events, now)
	}
	after := w.dump()
	second := w.call(me, o.Method, q.path, q.sent(), "Idempotency-Key", "k1")
	if second.header.Get("Idempotent-Replayed") != "true" {
		t.Error("a repeat does not say that it is one")
	}
	second.header.Del("Idempotent-Replayed")
	if first.code != second.code || string(first.body) != string(second.body) || fmt.Sprint(first.header) != fmt.Sprint(second.header) {
		t.Errorf("a repeat differs:\n%d %v %s\n%d %v %s", first.code, first.header, first.body, second.code, second.header, second.body)
	}
	if now := w.dump(); now != after {
		t.Errorf("a repeat changed:\n%s", storetest.Difference(after, now))
	}
	if q.body == nil {
		return
	}
	other := maps.Clone(q.body)
	other["note_"] = "x"
	if a := w.call(me, o.Method, q.path, other, "Idempotency-Key", "k1"); a.code != http.StatusConflict {
		t.Errorf("another request under the same key: %d %s", a.code, a.body)
	}
}

// dump is every row of every table, but what is written for a refusal too.
func (w *world) dump() string {
	w.t.Helper()
	var text string
	if err := w.DB.Read(w.t.Context(), func(tx *store.Tx) (err error) {
		text, err = storetest.Dump(tx)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return text
}

// events counts the events about a kind of things.
func (w *world) events(kind string) int { return storetest.Events(w.dump(), kind) }

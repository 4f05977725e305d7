package cloudcix_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/api"
	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
	"github.com/virga-cloud/virga/internal/wire/fuzzbody"
)

// everybodys are things without an owner, by the place of their id.
var everybodys = map[string]string{
	"server_type": "a catalogue", "storage_type": "a catalogue", "storage_type_id": "a catalogue",
	"region_id": "every region serves everybody",
	"asn":       "read by anybody, written by the operator",
	"server":    "of regions, whose users alone write them: TestHosts", "interface": "likewise", "router": "likewise",
	"cix_blacklist": "likewise", "cix_whitelist": "likewise", "{network}": "likewise", "pool_ip": "likewise",
}

// ignored are places of ids that say nothing, as the contract has it: nothing of
// the other member's may change, whatever is answered.
var ignored = map[string]string{
	"subnets[].address_id": "a new network belongs to the project's address (section 13)",
	"ip_addresses[].id":    "addresses are named by themselves (section 14)",
}

// ids are what an id can name, by the segment in front of it in a path, or by its
// place in a body.
func (w *world) ids(who string, at target) map[string]int64 {
	w.t.Helper()
	u := w.users[who]
	own := insert(w, &cloud.Image{
		Kind: cloud.OwnImage, MemberID: u.MemberID, Name: "own", Family: "Linux", MinGB: 1, ServerType: 2,
		CloudInit: true,
	})
	group := insert(w, &cloud.IPAddressGroup{MemberID: u.MemberID, Name: "named", Version: 4, CIDRs: []string{"192.0.2.0/24"}})
	found := map[string]int64{
		"project": at.project, "policy_log": at.project,
		"virtual_router": at.router, "vm": at.vm, "image": own.ID, "ip_address_group": group.ID, "user": u.ID,
		"address": u.SiteID,
		"member":  u.MemberID, "cloud_bill": u.SiteID, "project_id": at.project, "image_id": own.ID, "member_id": u.MemberID,
		"subnets[].address_id": u.SiteID, "address_id": u.SiteID,
	}
	p := w.plan(who)
	found["allocation"], found["subnet_space"], found["subnet"], found["ip_address"] = p.allocation, p.allocation, p.subnet, p.address
	found["asn_id"], found["allocation_id"], found["parent_id"], found["subnet_id"] = p.asn, p.allocation, p.subnet, p.subnet
	if err := w.DB.Read(w.t.Context(), func(tx *store.Tx) error {
		disk, err := store.First[cloud.Volume](tx, cloud.Where(cloud.Eq("server_id", at.vm)))
		if err != nil {
			return err
		}
		ip, err := store.First[cloud.IP](tx, cloud.Where(cloud.Eq("server_id", at.vm)))
		if err != nil {
			return err
		}
		net, err := store.First[cloud.Subnet](tx, cloud.Where(cloud.Eq("project_id", at.project)))
		if err != nil {
			return err
		}
		found["storage"], found["storages[].id"], found["ip_addresses[].id"], found["subnets[].id"] = disk.ID, disk.ID, ip.ID, net.ID
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return found
}

// both makes the same things for ann and for dora, who is of another member.
func (w *world) both() (at target, own, foreign map[string]int64) {
	w.t.Helper()
	at.project, at.router = w.project("ann", "web")
	at.vm = w.machine("ann", at.project, "www", "10.0.0.10")
	var theirs target
	theirs.project, theirs.router = w.project("dora", "theirs")
	theirs.vm = w.machine("dora", theirs.project, "www", "10.0.0.10")
	return at, w.ids("ann", at), w.ids("dora", theirs)
}

// needed is what an item of a list must have beside an id.
var needed = map[string]obj{
	"subnets":      {"address_range": "10.3.0.1/24"},
	"ip_addresses": {"address": "10.0.0.10"}, "storages": {"gb": 50, "name": "root"},
}

// Every id in the path of every operation that is built, and every one that the
// contract knows in the body of a write, named an object of another member: it is
// refused and nothing changes.
func TestForeignObjects(t *testing.T) {
	built := newWorld(t).api.Router().Built()
	maker, err := fuzzbody.New(api.CloudCIX(), 1)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, o := range wirespec.Operations {
		places := slices.DeleteFunc(maker.Places(o.ID), func(p string) bool {
			return p != "id" && !strings.HasSuffix(p, "_id") && !strings.HasSuffix(p, ".id")
		})
		slices.SortStableFunc(places, func(a, b string) int { return len(ignored[a]) - len(ignored[b]) }) // these change something
		if !slices.Contains(built, o.ID) || len(o.Params())+len(places) == 0 {
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			w := newWorld(t)
			at, own, foreign := w.both()
			q := request{path: pathOf(o, own)}
			if make, ok := writes[o.ID]; ok {
				q = make(w, at)
			}
			if q.who != "" {
				return // to whom nothing is foreign
			}
			before := w.dump()
			refused := func(what, path string, body any) {
				t.Helper()
				tried++
				a := w.call("ann", o.Method, path, body)
				switch {
				case ignored[what] != "":
					if now := w.dump(); of(foreign["member"], now) != of(foreign["member"], before) {
						t.Errorf("%s of another member changed:\n%s", what, storetest.Difference(before, now))
					}
				case a.code < 400, a.code >= 500, o.Method != http.MethodHead && !w.documented(o, a):
					t.Errorf("%s of another member: %d %s", what, a.code, a.body)
				}
				if now := w.dump(); now != before && ignored[what] == "" {
					t.Fatalf("%s of another member: %d, and changed:\n%s", what, a.code, storetest.Difference(before, now))
				}
			}
			segments := strings.Split(o.Path, "/")
			for i, s := range segments {
				if !strings.HasPrefix(s, "{") || everybodys[segments[i-1]] != "" {
					continue
				}
				kind := segments[i-1]
				if strings.HasPrefix(kind, "{") { // cloud_bill/{address_id}/{target_address_id}/
					kind = "address"
				}
				id, known := foreign[kind]
				if !known {
					t.Errorf("nothing is made that %s of %s could name", s, o.Path)
				}
				path := strings.Split(strings.TrimPrefix(q.path, "m:"), "/")
				path[i] = fmt.Sprint(id)
				refused(s, strings.Repeat("m:", strings.Count(q.path, "m:"))+strings.Join(path, "/"), q.sent())
			}
			for _, p := range places {
				id, known := foreign[p]
				switch {
				case everybodys[p] != "":
					continue
				case !known:
					t.Errorf("nothing is made that %s could name", p)
					continue
				}
				body := maps.Clone(q.body)
				if list, _, ok := strings.Cut(p, "[]"); ok {
					for name, v := range needed[list] {
						fuzzbody.Put(body, list+"[]."+name, v)
					}
				}
				fuzzbody.Put(body, p, id)
				refused(p, q.path, body)
			}
		})
	}
	t.Logf("%d ids", tried)
	if tried < 25 {
		t.Errorf("only %d ids", tried)
	}
}

// of is what a dump has of a member.
func of(member int64, dump string) string {
	var own []string
	for _, line := range strings.Split(dump, "\n") {
		if strings.Contains(line, fmt.Sprintf(" member_id=%d ", member)) {
			own = append(own, line)
		}
	}
	return strings.Join(own, "\n")
}

// pathOf is the path of an operation about things of ann's.
func pathOf(o op.Spec, own map[string]int64) string {
	segments := strings.Split(o.Path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			kind := strings.Split(o.Path, "/")[i-1]
			if strings.HasPrefix(kind, "{") {
				kind = "address"
			}
			segments[i] = fmt.Sprint(max(own[kind], 1))
		}
	}
	path := strings.Join(segments, "/")
	if o.App == "membership" {
		path = "m:" + path
	}
	return path
}

// documented tells whether an answer has codes, all of them the operation's.
func (w *world) documented(o op.Spec, a answer) bool {
	codes := a.codes()
	for _, c := range codes {
		if !slices.Contains(o.Errors, c) {
			return false
		}
	}
	return len(codes) > 0
}

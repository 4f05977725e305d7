package oneandone

import (
	"maps"
	"slices"
	"strings"
	"testing"

	contracts "github.com/virga-cloud/virga/api"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store/storetest"
	"github.com/virga-cloud/virga/internal/wire/fuzzbody"
)

// everybodys are places of ids of things without an owner.
var everybodys = map[string]string{
	"datacenter_id": "every data centre serves everybody", "fixed_instance_size_id": "a catalogue", "baremetal_model_id": "a catalogue",
	"hardware.fixed_instance_size_id": "a catalogue", "hardware.baremetal_model_id": "a catalogue",
}

// things makes one of each for a user and gives their ids, by the name of the path
// parameter or by the place in a body.
func (w *world) things(key string) map[string]string {
	w.t.Helper()
	s := parse[oneandone.Server](w.as(key, "POST", "/servers", w.serverBody("target")).want(202))
	w.settle()
	w.as(key, "POST", "/servers/"+s.ID+"/snapshots", nil).want(202)
	w.settle()
	s = parse[oneandone.Server](w.as(key, "GET", "/servers/"+s.ID, nil).want(200))
	made := func(path string, body any) string {
		return parse[struct{ ID string }](w.as(key, "POST", path, body).want(201)).ID
	}
	member := w.users[key].MemberID
	image := insert(w, &cloud.Image{
		Kind: cloud.Appliance, MemberID: member, Name: "own", Family: "Linux", Type: "IMAGE", MinGB: 20,
		ServerType: 2,
	})
	dvd := insert(w, &cloud.Image{Kind: cloud.ISOImage, MemberID: member, Name: "own dvd", Family: "Linux", Type: "OS"})
	policy := insert(w, &cloud.Policy{MemberID: member, Name: "own", Rules: []cloud.PolicyRule{{
		UID: uid("0123456789ABCDEF0123456789ABCD" + key[:2]).UID, Protocol: "ANY", Source: "0.0.0.0",
	}}})
	w.as(key, "POST", "/firewall_policies/"+policy.UID.String()+"/server_ips", obj{"server_ips": []any{s.Ips[0].ID}}).want(202)
	w.settle()
	network := parse[struct{ ID string }](w.as(key, "POST", "/private_networks", obj{"name": "own"}).want(202)).ID
	ip, sshKey := made("/public_ips", nil), made("/ssh_keys", obj{"name": "own"})
	log := parse[[]oneandone.Log](w.as(key, "GET", "/logs?period=LAST_HOUR", nil).want(200))[0].ID
	return map[string]string{
		"server_id": s.ID, "hdd_id": s.Hardware.Hdds[0].ID, "ip_id": s.Ips[0].ID, "snapshot_id": s.Snapshot.ID, "ssh_key_id": sshKey,
		"public_ip_id": ip, "private_network_id": network, "assignServerPrivateNetwork id": network, "servers[]": s.ID,
		"rule_id": policy.Rules[0].UID.String(), "server_ip_id": s.Ips[0].ID, "server_ips[]": s.Ips[0].ID,
		"log_id": log, "appliance_id": image.UID.String(),
		"dvd_iso_id": dvd.UID.String(), "firewall_policy_id": policy.UID.String(), "createServer ip_id": ip, "public_key[]": sshKey,
		"public_key":              sshKey,
		"reinstallServerImage id": image.UID.String(), "firewall_policy.id": policy.UID.String(), "loadServerDvd id": dvd.UID.String(),
		"assignServerIpFirewallPolicy id": policy.UID.String(),
	}
}

// Every id in the path of every operation that is built, and every one that the
// contract knows in the body of a write, named an object of another member: there
// is no such thing, and nothing changes.
func TestForeignObjects(t *testing.T) {
	built := New(nil, Options{}).Built()
	maker, err := fuzzbody.New(contracts.OneAndOne(), 1)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, o := range oneandone.Operations {
		places := slices.DeleteFunc(maker.Places(o.ID), func(p string) bool {
			return p != "id" && !strings.HasSuffix(p, "_id") && !strings.HasSuffix(p, ".id") && p != "public_key[]" && p != "server_ips[]"
		})
		if !slices.Contains(built, o.ID) || len(o.Params())+len(places) == 0 {
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			w := newWorld(t)
			own, foreign := w.things(adminKey), w.things(otherKey)
			own["datacenter_id"], own["fixed_instance_size_id"], own["baremetal_model_id"] = w.region.UID.String(), w.flavor.UID.String(),
				w.metal.UID.String()
			args := make([]string, len(o.Params()))
			for i, name := range o.Params() {
				args[i] = own[name]
			}
			path, err := o.Expand(args...)
			if err != nil {
				t.Fatal(err)
			}
			q := request{path: path}
			if make, ok := writes[o.ID]; ok {
				q = make(w)
			}
			before := w.dump()
			refused := func(what, path string, body any) {
				t.Helper()
				tried++
				if a := w.call(o.Method, path, body); a.status != 404 {
					t.Errorf("%s of another member: %d %.300s", what, a.status, a.body)
				}
				if now := w.dump(); now != before {
					t.Fatalf("%s of another member changed:\n%s", what, storetest.Difference(before, now))
				}
			}
			segments := strings.Split(o.Path, "/")
			for i, s := range segments {
				name := strings.Trim(s, "{}")
				if name == s || everybodys[name] != "" {
					continue
				}
				if foreign[name] == "" {
					t.Errorf("nothing is made that %s could name", s)
				}
				path := strings.Split(q.path, "/")
				path[i] = foreign[name]
				refused(s, strings.Join(path, "/"), q.body)
			}
			for _, p := range places {
				id := foreign[o.ID+" "+p]
				if id == "" {
					id = foreign[p]
				}
				switch {
				case everybodys[p] != "", unbuilt[p] != "":
					continue
				case id == "":
					t.Errorf("nothing is made that %s could name", p)
					continue
				}
				body, _ := q.body.(obj)
				if body = maps.Clone(body); body == nil {
					body = obj{}
				}
				fuzzbody.Put(body, p, id)
				refused(p, q.path, body)
			}
		})
	}
	t.Logf("%d ids", tried)
	if tried < 40 {
		t.Errorf("only %d ids", tried)
	}
}

// unbuilt are places of ids of nouns that are not built yet: what is sent there is
// refused or says nothing.
var unbuilt = map[string]string{
	"load_balancer_id": "balancer", "monitoring_policy_id": "monitoring policy",
	"availability_zone_id": "nothing at all", "recovery_image_id": "recovery appliance",
}

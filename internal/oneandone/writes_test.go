package oneandone

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

type obj = map[string]any

// request is a write that the admin may make, once. Kind is what its event is about.
type request struct {
	path, kind string
	body       any
}

// onServer is a write below a server that was made for it.
func onServer(rest func(s oneandone.Server) string, body func(w *world) any) func(w *world) request {
	return func(w *world) request {
		s := w.create("target")
		q := request{path: "/servers/" + s.ID + rest(s), kind: "server"}
		if body != nil {
			q.body = body(w)
		}
		return q
	}
}

func at(path string) func(oneandone.Server) string {
	return func(oneandone.Server) string { return path }
}

func is(body any) func(*world) any { return func(*world) any { return body } }

// frozen is a write on the snapshot of a server.
func frozen(w *world) request {
	s := w.create("target")
	snap := parse[oneandone.Server](w.call("POST", "/servers/"+s.ID+"/snapshots", nil).want(202)).Snapshot
	w.settle()
	return request{path: "/servers/" + s.ID + "/snapshots/" + snap.ID, kind: "server"}
}

func firstIP(s oneandone.Server) string       { return "/ips/" + s.Ips[0].ID }
func firstIPPolicy(s oneandone.Server) string { return firstIP(s) + "/firewall_policy" }
func firstDisk(s oneandone.Server) string     { return "/hardware/hdds/" + s.Hardware.Hdds[0].ID }

var loadDVD = onServer(at("/dvd"), func(w *world) any { return obj{"id": w.dvd.UID.String()} })

// writes has one good request for every write that is built. A write without one
// fails the test below.
var writes = map[string]func(w *world) request{
	"createServer":         func(w *world) request { return request{"/servers", "server", w.serverBody("new")} },
	"renameServer":         onServer(at(""), is(obj{"name": "renamed"})),
	"deleteServer":         onServer(at(""), nil),
	"setServerStatus":      onServer(at("/status/action"), is(obj{"action": "REBOOT", "method": "HARDWARE"})),
	"reinstallServerImage": onServer(at("/image"), func(w *world) any { return obj{"id": w.linux.UID.String()} }),
	"loadServerDvd":        loadDVD,
	"ejectServerDvd": func(w *world) request {
		q := loadDVD(w)
		w.call("PUT", q.path, q.body).want(202)
		w.settle()
		return request{path: q.path, kind: "server"}
	},
	"cloneServer":                    onServer(at("/clone"), is(obj{"name": "copy"})),
	"updateServerHardware":           onServer(at("/hardware"), is(obj{"vcore": 4})),
	"addServerHdds":                  onServer(at("/hardware/hdds"), is(obj{"hdds": []any{obj{"size": 20, "is_main": false}}})),
	"resizeServerHdd":                onServer(firstDisk, is(obj{"size": 60})),
	"deleteServerHdd":                secondDisk,
	"assignServerIp":                 onServer(at("/ips"), is(obj{"type": "IPV4"})),
	"deleteServerIp":                 onServer(firstIP, nil),
	"assignServerIpFirewallPolicy":   onServer(firstIPPolicy, func(w *world) any { return obj{"id": w.policy.UID.String()} }),
	"unassignServerIpFirewallPolicy": onServer(firstIPPolicy, nil),
	"createServerSnapshot":           onServer(at("/snapshots"), nil),
	"restoreServerSnapshot":          frozen,
	"deleteServerSnapshot":           frozen,
	"createSshKey":                   func(*world) request { return request{"/ssh_keys", "key", obj{"name": "k"}} },
	"renameSshKey": func(w *world) request {
		return request{w.made("/ssh_keys", obj{"name": "k"}), "key", obj{"name": "l"}}
	},
	"deleteSshKey":   func(w *world) request { return request{w.made("/ssh_keys", obj{"name": "k"}), "key", nil} },
	"createPublicIp": func(*world) request { return request{"/public_ips", "ip", obj{"reverse_dns": "a.example"}} },
	"updatePublicIp": func(w *world) request {
		return request{w.made("/public_ips", nil), "ip", obj{"reverse_dns": "b.example"}}
	},
	"deletePublicIp": func(w *world) request { return request{w.made("/public_ips", nil), "ip", nil} },
	"createPrivateNetwork": func(*world) request {
		return request{"/private_networks", "network", obj{"name": "n", "network_address": "10.1.0.0", "subnet_mask": "255.255.0.0"}}
	},
	"updatePrivateNetwork": func(w *world) request {
		return request{"/private_networks/" + w.network("n").ID, "network", obj{"name": "m", "description": "d"}}
	},
	"deletePrivateNetwork": func(w *world) request { return request{"/private_networks/" + w.network("n").ID, "network", nil} },
	"attachPrivateNetworkServers": func(w *world) request {
		s := w.create("target")
		return request{"/private_networks/" + w.network("n").ID + "/servers", "network", obj{"servers": []string{s.ID}}}
	},
	"detachPrivateNetworkServer": func(w *world) request {
		s, n := w.joined()
		return request{"/private_networks/" + n.ID + "/servers/" + s.ID, "network", nil}
	},
	"assignServerPrivateNetwork": onServer(at("/private_networks"), func(w *world) any { return obj{"id": w.network("n").ID} }),
	"removeServerPrivateNetwork": func(w *world) request {
		s, n := w.joined()
		return request{"/servers/" + s.ID + "/private_networks/" + n.ID, "server", nil}
	},
	"createFirewallPolicy": func(*world) request {
		return request{"/firewall_policies", "policy", obj{"name": "p", "rules": []any{webRule}}}
	},
	"updateFirewallPolicy": onPolicy("", obj{"name": "q"}),
	"deleteFirewallPolicy": func(w *world) request {
		return request{"/firewall_policies/" + w.newPolicyOf(webRule).ID, "policy", nil}
	},
	"addFirewallPolicyRules":   onPolicy("/rules", obj{"rules": []any{obj{"protocol": "UDP", "port": "53,123"}}}),
	"deleteFirewallPolicyRule": onPolicy("/rules/R", nil),
	"addFirewallPolicyServerIps": func(w *world) request {
		s := w.create("target")
		return request{"/firewall_policies/" + w.newPolicyOf(webRule).ID + "/server_ips", "policy", obj{"server_ips": []any{s.Ips[0].ID}}}
	},
	"removeFirewallPolicyServerIp": onPolicy("/server_ips/I", nil),
}

// network makes a private network.
func (w *world) network(name string, ranges ...string) oneandone.PrivateNetwork {
	w.t.Helper()
	body := obj{"name": name}
	if len(ranges) > 0 {
		body["network_address"], body["subnet_mask"] = ranges[0], ranges[1]
	}
	return parse[oneandone.PrivateNetwork](w.call("POST", "/private_networks", body).want(202))
}

// joined is a server in a private network.
func (w *world) joined() (oneandone.Server, oneandone.PrivateNetwork) {
	w.t.Helper()
	s, n := w.create("target"), w.network("n")
	w.join(n.ID, s.ID)
	return s, n
}

func (w *world) join(network string, servers ...string) {
	w.t.Helper()
	w.call("POST", "/private_networks/"+network+"/servers", obj{"servers": servers}).want(202)
	w.settle()
}

// onPolicy is a write below a policy that has an address bound; R is its rule, I the address.
func onPolicy(rest string, body any) func(w *world) request {
	return func(w *world) request {
		s, p := w.create("target"), w.newPolicyOf(webRule)
		path := "/firewall_policies/" + p.ID
		w.call("POST", path+"/server_ips", obj{"server_ips": []any{s.Ips[0].ID}}).want(202)
		w.settle()
		return request{path + strings.NewReplacer("R", p.Rules[0].ID, "I", s.Ips[0].ID).Replace(rest), "policy", body}
	}
}

func secondDisk(w *world) request {
	s := w.create("target")
	w.call("POST", "/servers/"+s.ID+"/hardware/hdds", obj{"hdds": []any{obj{"size": 20, "is_main": false}}}).want(202)
	w.settle()
	for _, d := range w.get(s.ID).Hardware.Hdds {
		if !d.IsMain {
			return request{path: "/servers/" + s.ID + "/hardware/hdds/" + d.ID, kind: "server"}
		}
	}
	w.t.Fatal("the server has no second disk")
	return request{}
}

// made makes an object and gives its path.
func (w *world) made(path string, body any) string {
	w.t.Helper()
	return path + "/" + parse[struct{ ID string }](w.call("POST", path, body).want(201)).ID
}

// Every write that is built: whoever may not is refused and nothing changes; a dry
// run changes nothing; the write itself leaves an event of its kind; and its
// repeat is the same answer, byte by byte, headers included.
func TestEveryWrite(t *testing.T) {
	built := New(nil, Options{}).Built()
	var asked []string
	for _, o := range oneandone.Operations {
		if !slices.Contains(built, o.ID) || o.Method == http.MethodGet || o.Method == http.MethodHead {
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
			everyWrite(t, w, o, make(w))
		})
	}
	for _, id := range slices.Sorted(maps.Keys(writes)) {
		if !slices.Contains(asked, id) {
			t.Errorf("%s is not built, and has a request here", id)
		}
	}
}

func everyWrite(t *testing.T, w *world, o op.Spec, q request) {
	private := w.user("55555555555555555555555555555555", w.member, w.role.ID)
	disabled := w.user("66666666666666666666666666666666", w.member, w.role.ID)
	w.write(func(tx *store.Tx) error {
		private.Private, disabled.Disabled = true, true
		if err := store.Update(tx, private); err != nil {
			return err
		}
		return store.Update(tx, disabled)
	})
	before := w.dump()
	refused := map[string]string{
		"nobody": "", "a stranger": "99999999999999999999999999999999", "a reader": readerKey, "somebody without a role": noRoleKey,
		"a disabled user": "66666666666666666666666666666666", "a private user": "55555555555555555555555555555555",
	}
	if len(o.Params()) > 0 { // making things of his own is everybody's right
		refused["another member"] = otherKey
	}
	for who, key := range refused {
		a := w.as(key, o.Method, q.path, q.body)
		if a.status < 401 || a.status >= 500 {
			t.Errorf("%s: %d %s", who, a.status, a.body)
		}
		if now := w.dump(); now != before {
			t.Fatalf("%s was answered %d, and changed:\n%s", who, a.status, storetest.Difference(before, now))
		}
	}
	if a := w.call(o.Method, q.path+"?dry_run=true", q.body).want(o.Status); a.header.Get(control.DryRunHeader) == "" {
		t.Errorf("a dry run does not say what it would do: %v", a.header)
	}
	if now := w.dump(); now != before {
		t.Fatalf("a dry run changed:\n%s", storetest.Difference(before, now))
	}
	first := w.as(adminKey, o.Method, q.path, q.body, "Idempotency-Key", "k1").want(o.Status)
	after := w.dump()
	if a, b := storetest.Events(before, q.kind), storetest.Events(after, q.kind); b <= a {
		t.Errorf("no event about a %s: %d before, %d after", q.kind, a, b)
	}
	second := w.as(adminKey, o.Method, q.path, q.body, "Idempotency-Key", "k1")
	if second.header.Get("Idempotent-Replayed") != "true" {
		t.Error("a repeat does not say that it is one")
	}
	second.header.Del("Idempotent-Replayed")
	for _, h := range []http.Header{first.header, second.header} {
		h.Del("X-Rate-Limit-Remaining")
	}
	if first.status != second.status || string(first.body) != string(second.body) || fmt.Sprint(first.header) != fmt.Sprint(second.header) {
		t.Errorf("a repeat differs:\n%d %v %s\n%d %v %s", first.status, first.header, first.body, second.status, second.header, second.body)
	}
	if now := w.dump(); now != after {
		t.Errorf("a repeat changed:\n%s", storetest.Difference(after, now))
	}
}

// dump is every row of every table.
func (w *world) dump() string {
	w.t.Helper()
	var text string
	if err := w.db.Read(w.t.Context(), func(tx *store.Tx) (err error) {
		text, err = storetest.Dump(tx)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return text
}

package oneandone

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/wire"
)

// Every operation of the contract is mounted; what is not built says so.
func TestEveryOperationAnswers(t *testing.T) {
	w := newWorld(t)
	built := map[string]bool{}
	for _, id := range w.h.Built() {
		built[id] = true
	}
	if len(oneandone.Operations) != 178 {
		t.Fatalf("the contract has %d operations", len(oneandone.Operations))
	}
	const nobody = "ABCDEFABCDEFABCDEFABCDEFABCDEFAB"
	for _, o := range oneandone.Operations {
		args := make([]string, len(o.Params()))
		for i := range args {
			args[i] = nobody
		}
		path, err := o.Expand(args...)
		if err != nil {
			t.Fatal(err)
		}
		r := w.call(o.Method, path, nil)
		switch {
		case !built[o.ID]:
			r.fails(501, "NOT_IMPLEMENTED", "not built yet")
		case r.status == 501:
			t.Errorf("%s is built and answers 501", o.ID)
		case len(args) > 0 && r.status != 404 && r.status != 400:
			t.Errorf("%s with an unknown id: %d %s", o.ID, r.status, r.body)
		}
	}
}

func TestPing(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/ping", "//ping", "/ping/", "/ping?&q="} {
		if r := w.as("", "GET", path, nil).want(200); string(r.body) != `["PONG"]` {
			t.Errorf("%s: %q", path, r.body)
		}
	}
	if r := w.call("GET", "/ping_auth", nil).want(200); string(r.body) != `["PONG"]` {
		t.Errorf("%q", r.body)
	}
	// A user without a role may call it and nothing of substance (R39).
	w.as(noRoleKey, "GET", "/ping_auth", nil).want(200)
	w.as(noRoleKey, "GET", "/servers", nil).fails(403, "FORBIDDEN", "role")
}

func TestToken(t *testing.T) {
	w := newWorld(t)
	for _, key := range []string{"", "nonsense", "99999999999999999999999999999999", strings.ToUpper(adminKey) + "x"} {
		e := w.as(key, "GET", "/servers", nil).fails(401, "UNAUTHORIZED", badToken)
		if e.Message != badToken || e.Errors != nil {
			t.Errorf("%+v", e)
		}
		w.as(key, "GET", "/ping_auth", nil).want(401)
		w.as(key, "GET", "/vpns", nil).want(401) // before saying that it is not built
	}
	w.as("", "GET", "/servers", nil, "x-token", adminKey).want(200)
	change := func(f func(*cloud.User)) {
		u := w.users[readerKey]
		f(u)
		w.write(func(tx *store.Tx) error { return store.Update(tx, u) })
	}
	change(func(u *cloud.User) { u.AllowedIPs = []string{"198.51.100.7"} })
	w.as(readerKey, "GET", "/servers", nil).fails(406, "IP_NOT_ALLOWED", "192.0.2.1")
	change(func(u *cloud.User) { u.AllowedIPs = []string{"192.0.2.0/24"} })
	w.as(readerKey, "GET", "/servers", nil).want(200)
	change(func(u *cloud.User) { u.APIActive = false })
	w.as(readerKey, "GET", "/servers", nil).fails(401, "UNAUTHORIZED", badToken)
	change(func(u *cloud.User) { u.APIActive, u.Disabled = true, true })
	w.as(readerKey, "GET", "/servers", nil).fails(401, "UNAUTHORIZED", badToken)
}

// A role that may only look may do nothing else, and what another account owns
// does not exist.
func TestWhoMay(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	key := parse[oneandone.SSHKey](w.call("POST", "/ssh_keys", `{"name":"k"}`).want(201))
	ip := parse[oneandone.PublicIP](w.call("POST", "/public_ips", nil).want(201))
	policy, network := w.newPolicyOf(webRule), w.network("n")
	w.join(network.ID, s.ID)
	w.call("POST", "/firewall_policies/"+policy.ID+"/server_ips", obj{"server_ips": []any{s.Ips[0].ID}}).want(202)
	w.settle()
	log := parse[[]oneandone.Log](w.call("GET", "/logs?period=LAST_HOUR", nil).want(200))[0]
	path := strings.NewReplacer("{server_id}", s.ID, "{hdd_id}", s.Hardware.Hdds[0].ID, "{ip_id}", s.Ips[0].ID,
		"{ssh_key_id}", key.ID, "{public_ip_id}", ip.ID, "{log_id}", log.ID,
		"{datacenter_id}", w.region.UID.String(), "{appliance_id}", w.linux.UID.String(), "{dvd_iso_id}", w.dvd.UID.String(),
		"{fixed_instance_size_id}", w.flavor.UID.String(), "{baremetal_model_id}", w.metal.UID.String(), "{snapshot_id}", s.ID,
		"{firewall_policy_id}", policy.ID, "{rule_id}", policy.Rules[0].ID, "{server_ip_id}", s.Ips[0].ID,
		"{private_network_id}", network.ID)
	bodies := map[string]any{
		"createServer": w.serverBody("x"), "createSshKey": `{"name":"x"}`, "setServerStatus": `{"action":"REBOOT"}`,
		"addServerHdds": `{"hdds":[{"size":20}]}`, "resizeServerHdd": `{"size":60}`,
		"updateServerHardware": `{"vcore":4}`, "reinstallServerImage": `{}`, "updatePublicIp": `{}`,
		"loadServerDvd": fmt.Sprintf(`{"id":%q}`, w.dvd.UID), "cloneServer": `{"name":"c"}`, "renameServer": `{"name":"n"}`,
		"renameSshKey": `{"name":"n"}`, "assignServerIpFirewallPolicy": fmt.Sprintf(`{"id":%q}`, w.policy.UID),
		"createPrivateNetwork": `{"name":"x"}`, "updatePrivateNetwork": `{"name":"n"}`,
		"assignServerPrivateNetwork":  fmt.Sprintf(`{"id":%q}`, network.ID),
		"attachPrivateNetworkServers": fmt.Sprintf(`{"servers":[%q]}`, s.ID),
		"createFirewallPolicy":        `{"name":"x","rules":[{"protocol":"ANY"}]}`, "updateFirewallPolicy": `{"name":"n"}`,
		"addFirewallPolicyRules":     `{"rules":[{"protocol":"ANY"}]}`,
		"addFirewallPolicyServerIps": fmt.Sprintf(`{"server_ips":[%q]}`, s.Ips[0].ID),
	}
	for _, id := range w.h.Built() {
		for _, o := range oneandone.Operations {
			if o.ID != id || o.Public {
				continue
			}
			at := path.Replace(o.Path)
			if o.ID == "listLogs" {
				at += "?period=LAST_HOUR"
			}
			r := w.as(readerKey, o.Method, at, bodies[id])
			switch {
			case o.Method == "GET" && r.status != 200:
				t.Errorf("%s: a reader gets %d %s", id, r.status, r.body)
			case o.Method != "GET":
				r.fails(403, "FORBIDDEN", "permission")
			}
			own := strings.Contains(o.Path, "{server_id}") ||
				strings.Contains(o.Path, "{ssh_key_id}") || strings.Contains(o.Path, "{public_ip_id}") || strings.Contains(o.Path, "{log_id}") ||
				strings.Contains(o.Path, "{firewall_policy_id}")
			if own {
				w.as(otherKey, o.Method, at, bodies[id]).fails(404, "NOT_FOUND", "")
			}
		}
	}
	for _, list := range []string{"/servers", "/ssh_keys", "/public_ips", "/logs?period=LAST_HOUR"} {
		if r := w.as(otherKey, "GET", list, nil).want(200); string(r.body) != "[]" {
			t.Errorf("%s shows %s to a stranger", list, r.body)
		}
	}
	if after := w.get(s.ID); after.Status.State != "POWERED_ON" || after.Name != "web" {
		t.Errorf("the server was changed: %+v", after)
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t, func(_ *control.Options, o *Options) { o.Rate, o.Burst = 0, 0 })
	for _, r := range []reply{w.call("GET", "/servers", nil), w.call("GET", "/servers/zz", nil), w.call("POST", "/servers", "{")} {
		for name, want := range map[string]string{
			"Content-Type": "application/json", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "deny",
			"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Error-Msg", "X-Rate-Limit-Limit": "1000",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", r.what, name, got, want)
			}
		}
		if r.header.Get("X-Rate-Limit-Remaining") == "" {
			t.Errorf("%s: nothing remains", r.what)
		}
	}
}

func TestRateLimit(t *testing.T) {
	w := newWorld(t, func(_ *control.Options, o *Options) { o.Rate, o.Burst = 0.5, 3 })
	for range 3 {
		w.call("POST", "/public_ips", nil).want(201)
	}
	r := w.call("POST", "/public_ips", nil)
	r.fails(429, "TOO_MANY_REQUESTS", "2 s")
	if r.header.Get("X-Rate-Limit-Reset") != "2" || r.header.Get("X-Rate-Limit-Remaining") != "0" {
		t.Errorf("headers %v", r.header)
	}
	w.call("GET", "/public_ips", nil).want(200)           // polling is free
	w.as(otherKey, "POST", "/public_ips", nil).want(201)  // everybody has an own bucket
	w.as(readerKey, "POST", "/public_ips", nil).want(403) // and is told what is wrong
	w.as("", "POST", "/public_ips", nil).want(401)        // strangers have none
	w.pass(2 * time.Second)                               // as told
	w.call("POST", "/public_ips", nil).want(201)          //
	if list := parse[[]oneandone.PublicIP](w.call("GET", "/public_ips", nil)); len(list) != 4 {
		t.Errorf("%d addresses", len(list))
	}
}

func TestWrongPathsAndMethods(t *testing.T) {
	w := newWorld(t)
	w.call("GET", "/nothing", nil).fails(404, "NOT_FOUND", "/v1/nothing")
	w.call("GET", "/servers/1/2/3", nil).fails(404, "NOT_FOUND", "")
	r := w.call("PATCH", "/servers", nil)
	r.fails(405, "METHOD_NOT_ALLOWED", "PATCH")
	if r.header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
	w.call("POST", "/ssh_keys", `{"name": "`+strings.Repeat("x", 2<<20)+`"}`).fails(413, "REQUEST_ENTITY_TOO_LARGE", "")
	for _, id := range []string{"1", "zz", "%20", "908DC2072407C94C8054610AD5A53B8", "%00", strings.Repeat("A", 5000)} {
		w.call("GET", "/servers/"+id, nil).fails(404, "NOT_FOUND", "")
	}
	if r := w.call("HEAD", "/servers", nil).want(200); len(r.body) != 0 {
		t.Errorf("HEAD answers %q", r.body)
	}
}

func TestBodies(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	for _, body := range []string{"{", `{"name"}`, "[1", `"a" "b"`, "\xff", strings.Repeat("[", 5000)} {
		w.call("PUT", "/servers/"+s.ID, body).fails(400, "BAD_REQUEST", "")
	}
	for _, body := range []string{"[]", `"x"`, "7", "true"} {
		w.call("PUT", "/servers/"+s.ID, body).fails(400, "VALIDATION_ERROR", "object")
	}
	// Three shapes of "no content", and leaks of earlier calls.
	for _, body := range []any{nil, "", "null"} {
		w.call("POST", "/public_ips", body).want(201)
		w.call("POST", "/servers/"+s.ID+"/ips", body).want(201)
	}
	for _, body := range []any{"null", `{"server":"x"}`, "true", "false", "{", "\xff"} {
		w.call("GET", "/servers/"+s.ID, body).want(200)
	}
	ips := w.get(s.ID).Ips
	w.call("DELETE", "/servers/"+s.ID+"/ips/"+ips[1].ID, "{").want(202)
	w.call("DELETE", "/servers/"+s.ID+"/ips/"+ips[2].ID, "null").want(202)
	w.call("DELETE", "/servers/"+s.ID, `{"server":"x"}`).want(202)
}

func TestIdempotency(t *testing.T) {
	w := newWorld(t)
	first := w.as(adminKey, "POST", "/ssh_keys", `{"name":"k"}`, "Idempotency-Key", "one").want(201)
	again := w.as(adminKey, "POST", "/ssh_keys", `{"name":"k"}`, "Idempotency-Key", "one").want(201)
	if string(first.body) != string(again.body) || again.header.Get(wire.ReplayedHeader) == "" || first.header.Get(wire.ReplayedHeader) != "" {
		t.Errorf("%s, then %s", first.body, again.body)
	}
	w.as(adminKey, "POST", "/ssh_keys", `{"name":"other"}`, "Idempotency-Key", "one").fails(409, "CONFLICT", "Idempotency-Key")
	w.as(adminKey, "POST", "/public_ips", nil, "Idempotency-Key", strings.Repeat("k", 256)).fails(400, "VALIDATION_ERROR", "255")
	w.as(adminKey, "POST", "/ssh_keys", `{"name":"twice"}`, "Idempotency-Key", "three", "Idempotency-Key", "four").
		fails(400, "VALIDATION_ERROR", "2 times")
	w.as(adminKey, "POST", "/ssh_keys", `{"name":""}`, "Idempotency-Key", "two").want(400)
	w.as(adminKey, "POST", "/ssh_keys", `{"name":"two"}`, "Idempotency-Key", "two").want(201) // failures are not kept
	if list := parse[[]oneandone.SSHKey](w.call("GET", "/ssh_keys", nil)); len(list) != 2 {
		t.Errorf("%d keys", len(list))
	}
	// keep_ips makes another request of a DELETE.
	s := w.create("web")
	w.as(adminKey, "DELETE", "/servers/"+s.ID+"?keep_ips=true", nil, "Idempotency-Key", "three").want(202)
	w.as(adminKey, "DELETE", "/servers/"+s.ID, nil, "Idempotency-Key", "three").want(409)
}

func TestDryRun(t *testing.T) {
	w := newWorld(t)
	s := parse[oneandone.Server](w.call("POST", "/servers?dry_run=true", w.serverBody("web")).want(202))
	if s.Name != "web" || s.Hardware.Vcore != 2 {
		t.Errorf("%+v", s)
	}
	for _, path := range []string{"/servers", "/public_ips", "/logs?period=LAST_HOUR"} {
		if r := w.call("GET", path, nil).want(200); string(r.body) != "[]" {
			t.Errorf("a dry run left %s: %s", path, r.body)
		}
	}
	w.call("POST", "/servers?dry_run=perhaps", w.serverBody("web")).fails(400, "VALIDATION_ERROR", "dry_run")
}

// The address of the peer counts, whatever it claims.
func TestSource(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.9:1234": "192.0.2.9", "[2001:db8::1]:80": "2001:db8::1", "[::ffff:192.0.2.9]:1": "192.0.2.9",
		"[fe80::1%eth0]:1": "fe80::1", "@": "invalid IP", "": "invalid IP",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", "203.0.113.1")
		if got := sourceOf(r).String(); got != want {
			t.Errorf("%q: %s, want %s", remote, got, want)
		}
	}
}

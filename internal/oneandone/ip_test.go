package oneandone

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

func TestPublicIPs(t *testing.T) {
	w := newWorld(t)
	ip := parse[oneandone.PublicIP](w.call("POST", "/public_ips", `{"reverse_dns":"a.example","type":"IPV4"}`).want(201))
	if ip.State != "ACTIVE" || ip.AssignedTo != nil ||
		*ip.ReverseDNS != "a.example" || ip.Type != "IPV4" || !ip.IsDhcp || ip.Datacenter.CountryCode != "US" {
		t.Errorf("%+v", ip)
	}
	there := parse[oneandone.PublicIP](w.call("POST", "/public_ips", fmt.Sprintf(`{"datacenter_id":%q}`, w.spain.UID)).want(201))
	if there.Datacenter.ID != w.spain.UID.String() || there.ReverseDNS != nil {
		t.Errorf("%+v", there)
	}
	if v := parse[oneandone.PublicIP](w.call("PUT", "/public_ips/"+
		ip.ID, `{"reverse_dns":"b.example"}`).want(200)); *v.ReverseDNS != "b.example" {
		t.Errorf("%+v", v)
	}
	for _, body := range []string{`{}`, `{"reverse_dns":null}`, `{"reverse_dns":""}`} {
		w.call("PUT", "/public_ips/"+ip.ID, `{"reverse_dns":"c.example"}`).want(200)
		if v := parse[oneandone.PublicIP](w.call("PUT", "/public_ips/"+ip.ID, body).want(200)); v.ReverseDNS != nil {
			t.Errorf("%s left %s", body, *v.ReverseDNS)
		}
	}
	if gone := parse[oneandone.PublicIP](w.call("DELETE", "/public_ips/"+ip.ID, nil).want(200)); gone.State != "REMOVING" {
		t.Errorf("%+v", gone)
	}
	w.call("GET", "/public_ips/"+ip.ID, nil).fails(404, "NOT_FOUND", ip.ID)
	if again := parse[oneandone.PublicIP](w.call("POST", "/public_ips", nil).want(201)); again.IP != ip.IP || again.ID == ip.ID {
		t.Errorf("the address %s was not given again: %+v", ip.IP, again)
	}
}

func TestPublicIPRules(t *testing.T) {
	w := newWorld(t)
	ip := parse[oneandone.PublicIP](w.call("POST", "/public_ips", nil).want(201))
	used := w.create("web").Ips[0]
	long := strings.Repeat("x", 257)
	for _, c := range []struct {
		method, path, body string
		status             int
		kind, text         string
	}{
		{"POST", "/public_ips", `{"reverse_dns":"` + long + `"}`, 400, "VALIDATION_ERROR", "253"},
		{"POST", "/public_ips", `{"reverse_dns":"a..b"}`, 400, "VALIDATION_ERROR", "reverse_dns"},
		{"POST", "/public_ips", `{"reverse_dns":"$ORIGIN x."}`, 400, "VALIDATION_ERROR", "reverse_dns"},
		{"PUT", "/public_ips/" + ip.ID, `{"reverse_dns":"a.example;"}`, 400, "VALIDATION_ERROR", "reverse_dns"},
		{"PUT", "/public_ips/" + ip.ID, `{"reverse_dns":"a\nb"}`, 400, "VALIDATION_ERROR", "reverse_dns"},
		{"POST", "/public_ips", `{"reverse_dns":7}`, 400, "VALIDATION_ERROR", "reverse_dns"},
		{"POST", "/public_ips", `{"type":"IPV5"}`, 400, "VALIDATION_ERROR", "type"},
		{"POST", "/public_ips", `{"type":"IPV6"}`, 409, "CONFLICT", "IPv6"},
		{"POST", "/public_ips", `{"datacenter_id":"` + unknown + `"}`, 404, "NOT_FOUND", unknown},
		{"POST", "/public_ips", `{"datacenter_id":"x"}`, 404, "NOT_FOUND", "x"},
		{"POST", "/public_ips", `[]`, 400, "VALIDATION_ERROR", "object"},
		{"PUT", "/public_ips/" + ip.ID, `{"reverse_dns":"` + long + `"}`, 400, "VALIDATION_ERROR", "253"},
		{"PUT", "/public_ips/" + unknown, `{}`, 404, "NOT_FOUND", unknown},
		{"GET", "/public_ips/7", "", 404, "NOT_FOUND", "7"},
		{"DELETE", "/public_ips/" + used.ID, "", 409, "CONFLICT", "assigned"},
		{"DELETE", "/public_ips/" + unknown, "", 404, "NOT_FOUND", unknown},
	} {
		w.call(c.method, c.path, c.body).fails(c.status, c.kind, c.text)
	}
}

// A reverse name that is older than the rule is shown as it is, may stay, and is not
// taken for another address.
func TestOldReverseName(t *testing.T) {
	w := newWorld(t)
	ip := parse[oneandone.PublicIP](w.call("POST", "/public_ips", nil).want(201))
	other := parse[oneandone.PublicIP](w.call("POST", "/public_ips", nil).want(201))
	uid, _ := cloud.ParseUID(ip.ID)
	const old = "a..b; $ORIGIN x."
	w.write(func(tx *store.Tx) error {
		row, err := store.ByUID[cloud.IP](tx, uid)
		if err != nil {
			return err
		}
		row.ReverseDNS = old
		return store.Update(tx, row)
	})
	if v := parse[oneandone.PublicIP](w.call("GET", "/public_ips/"+ip.ID, nil).want(200)); *v.ReverseDNS != old {
		t.Errorf("shown as %q", *v.ReverseDNS)
	}
	body := map[string]any{"reverse_dns": old}
	w.call("PUT", "/public_ips/"+ip.ID, body).want(200)
	w.call("PUT", "/public_ips/"+other.ID, body).fails(400, "VALIDATION_ERROR", "reverse_dns")
	w.call("PUT", "/public_ips/"+ip.ID, map[string]any{"reverse_dns": "b.example."}).want(200)
	w.call("PUT", "/public_ips/"+ip.ID, body).fails(400, "VALIDATION_ERROR", "reverse_dns")
	if v := parse[oneandone.PublicIP](w.call("GET", "/public_ips/"+ip.ID, nil).want(200)); *v.ReverseDNS != "b.example" {
		t.Errorf("shown as %q", *v.ReverseDNS)
	}
}

func TestServerIPs(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID + "/ips"
	two := parse[oneandone.Server](w.call("POST", at, `{"type":"IPV4"}`).want(201))
	if len(two.Ips) != 2 || !*two.Ips[0].Main || *two.Ips[1].Main || two.Ips[0].ID != s.Ips[0].ID {
		t.Fatalf("%+v", two.Ips)
	}
	w.call("POST", at, nil).want(201)
	three := parse[[]oneandone.ServerIP](w.call("GET", at, nil).want(200))
	first, second, third := three[0], three[1], three[2]
	if one := parse[oneandone.ServerIP](w.call("GET", at+"/"+strings.ToLower(second.ID), nil).want(200)); one.IP != second.IP ||
		one.LoadBalancers == nil {
		t.Errorf("%+v", one)
	}
	if r := w.call("GET", at+"/"+first.ID+"/load_balancers", nil).want(200); string(r.body) != "[]" {
		t.Errorf("%s", r.body)
	}

	// The policy: bound, shown in the answer, the default again after the DELETE.
	mine := insert(w, &cloud.Policy{MemberID: w.member.ID, Name: "mine"})
	bound := parse[oneandone.Server](w.call("PUT", at+"/"+first.ID+"/firewall_policy", fmt.Sprintf(`{"id":%q}`, mine.UID)).want(202))
	if p := bound.Ips[0].FirewallPolicy; p == nil || p.Name != "mine" {
		t.Errorf("%+v", bound.Ips)
	}
	if p := parse[oneandone.Identity](w.call("GET", at+"/"+first.ID+"/firewall_policy", nil).want(200)); p.Name != "mine" {
		t.Errorf("%+v", p)
	}
	fallen := parse[oneandone.Server](w.call("DELETE", at+"/"+first.ID+"/firewall_policy", nil).want(202))
	if p := fallen.Ips[0].FirewallPolicy; p == nil || p.Name != "Linux" {
		t.Errorf("%+v", fallen.Ips)
	}
	w.write(func(tx *store.Tx) error {
		row := w.ipRowIn(tx, first.ID)
		row.PolicyID = 0
		return store.Update(tx, row)
	})
	if r := w.call("GET", at+"/"+first.ID+"/firewall_policy", nil).want(200); string(r.body) != "[]" {
		t.Errorf("no policy is %s", r.body)
	}

	// keep_ip in the query, in a body, and as a bare boolean; released without.
	for _, c := range []struct {
		id, query string
		body      any
		kept      bool
	}{
		{third.ID, "?keep_ip=True", nil, true},
		{second.ID, "", `{"keep_ip": true}`, true},
		{first.ID, "?keep_ip=false", "true", false},
	} {
		left := parse[oneandone.Server](w.call("DELETE", at+"/"+c.id+c.query, c.body).want(202))
		for _, ip := range left.Ips {
			if ip.ID == c.id {
				t.Errorf("the answer still shows %s", c.id)
			}
		}
		w.settle()
		r := w.call("GET", "/public_ips/"+c.id, nil)
		switch {
		case c.kept:
			if v := parse[oneandone.PublicIP](r.want(200)); v.AssignedTo != nil || v.State != "ACTIVE" {
				t.Errorf("%+v", v)
			}
		default:
			r.want(404)
		}
	}
	if after := w.get(s.ID); len(after.Ips) != 0 {
		t.Errorf("%+v", after.Ips)
	}
}

func (w *world) ipRowIn(tx *store.Tx, id string) *cloud.IP {
	w.t.Helper()
	u, _ := cloud.ParseUID(id)
	row, err := store.ByUID[cloud.IP](tx, u)
	if err != nil {
		w.t.Fatal(err)
	}
	return row
}

func TestServerIPRules(t *testing.T) {
	w := newWorld(t)
	s, other := w.create("web"), w.create("other")
	at := "/servers/" + s.ID + "/ips"
	foreign := insert(w, &cloud.Policy{MemberID: w.other.ID, Name: "theirs"})
	for _, c := range []struct {
		method, path, body string
		status             int
		kind, text         string
	}{
		{"POST", at, `{"type":"IPV7"}`, 400, "VALIDATION_ERROR", "type"},
		{"POST", at, `{"type":"IPV6"}`, 409, "CONFLICT", "IPv6"},
		{"POST", at, `7`, 400, "VALIDATION_ERROR", "object"},
		{"GET", at + "/" + other.Ips[0].ID, "", 404, "NOT_FOUND", other.Ips[0].ID},
		{"GET", at + "/zz/firewall_policy", "", 404, "NOT_FOUND", "zz"},
		{"DELETE", at + "/" + other.Ips[0].ID, "", 404, "NOT_FOUND", other.Ips[0].ID},
		{"DELETE", at + "/" + s.Ips[0].ID + "?keep_ip=maybe", "", 400, "VALIDATION_ERROR", "keep_ip"},
		{"PUT", at + "/" + s.Ips[0].ID + "/firewall_policy", `{}`, 400, "VALIDATION_ERROR", "id"},
		{"PUT", at + "/" + s.Ips[0].ID + "/firewall_policy", `{"id":7}`, 400, "VALIDATION_ERROR", "id"},
		{"PUT", at + "/" + s.Ips[0].ID + "/firewall_policy", `{"id":"` + unknown + `"}`, 404, "NOT_FOUND", unknown},
		{"PUT", at + "/" + s.Ips[0].ID + "/firewall_policy", `{"id":"` + foreign.UID.String() + `"}`, 404, "NOT_FOUND", foreign.UID.String()},
		{"PUT", at + "/" + other.Ips[0].ID + "/firewall_policy", `{"id":"` + w.policy.UID.String() + `"}`, 404, "NOT_FOUND", other.Ips[0].ID},
		{"DELETE", at + "/" + other.Ips[0].ID + "/firewall_policy", "", 404, "NOT_FOUND", other.Ips[0].ID},
	} {
		w.call(c.method, c.path, c.body).fails(c.status, c.kind, c.text)
	}
	if len(w.get(s.ID).Ips) != 1 || len(w.get(other.ID).Ips) != 1 {
		t.Error("a refused call changed addresses")
	}
}

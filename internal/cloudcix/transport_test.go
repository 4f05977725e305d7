package cloudcix_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/cloudcix"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/wire"
)

func TestLogin(t *testing.T) {
	w := newWorld(t)
	const key = "00000000000000000000000000000001"
	for _, c := range []struct {
		name   string
		body   any
		status int
		code   string
	}{
		{"good", obj{"email": "ann@example.org", "password": "s3cret", "api_key": key}, 201, ""},
		{"letter case", obj{"email": " Ann@example.org", "password": "s3cret", "api_key": key}, 201, ""},
		{"no key", obj{"email": "ann@example.org", "password": "s3cret"}, 200, ""},
		{"nothing", obj{}, 400, "membership_token_create_001"},
		{"null", "null", 400, "membership_token_create_001"},
		{"no password", obj{"email": "ann@example.org"}, 400, "membership_token_create_001"},
		{"number", obj{"email": 5, "password": "s3cret"}, 400, "membership_token_create_001"},
		{"wrong password", obj{"email": "ann@example.org", "password": "s3crat", "api_key": key}, 400, "membership_token_create_002"},
		{"untrimmed password", obj{"email": "ann@example.org", "password": " s3cret", "api_key": key}, 400, "membership_token_create_002"},
		{"wrong key", obj{"email": "ann@example.org", "password": "s3cret", "api_key": "x"}, 400, "membership_token_create_003"},
		{
			"other member's key",
			obj{"email": "ann@example.org", "password": "s3cret", "api_key": "00000000000000000000000000000002"},
			400,
			"membership_token_create_003",
		},
		{"disabled", obj{"email": "olga@example.org", "password": "s3cret", "api_key": key}, 400, "membership_token_create_002"},
		{
			"one-time password",
			obj{"email": "ann@example.org", "password": "s3cret", "api_key": key, "otp": 5},
			400,
			"membership_token_create_008",
		},
		{"not JSON", `{"email":`, 400, ""},
	} {
		a := w.call("", "POST", "m:/auth/login/", c.body).is(c.status)
		if c.code != "" && a.codes()[""] != c.code {
			t.Errorf("%s: %s, want %s", c.name, a.body, c.code)
		}
	}
	login := w.call("", "POST", "m:/auth/login/", obj{"email": "ann@example.org", "password": "s3cret", "api_key": key}).is(201).object()
	token := login["token"].(string)
	list := func(token string) answer { return w.call("", "GET", "/vm/", nil, "X-Auth-Token", token) }
	list(token).is(200)
	w.Now = w.Now.Add(110 * time.Minute)
	renewed := w.call("", "PUT", "m:/auth/login/", "null", "X-Auth-Token", token).is(200).object()["token"].(string)
	w.Now = w.Now.Add(11 * time.Minute)
	a := list(token).is(401)
	if d := a.object()["detail"].(string); !strings.Contains(d, "token is expired") ||
		a.header.Get("WWW-Authenticate") != "X-Auth-Token" || len(a.object()) != 1 {
		t.Errorf("%s %v", a.body, a.header)
	}
	list(renewed).is(200)
	w.call("", "PUT", "m:/auth/login/", nil).is(401)
	list("nonsense").is(401)
	list(w.Cred.Token).is(401) // an API key is no token (R40)
	w.call("", "GET", "/vm/", nil, "X-Token", w.Cred.Token).is(401)
	a = w.call("olga", "GET", "/vm/", nil).is(403)
	if len(a.object()) != 1 {
		t.Errorf("disabled: %s", a.body)
	}
	w.write(func(tx *store.Tx) error {
		u := *w.users["ann"]
		u.AllowedIPs = []string{"198.51.100.1"}
		return store.Update(tx, &u)
	})
	w.call("ann", "GET", "/vm/", nil).is(403)
}

// Every operation of the contract is there in both URL forms; strangers get 401
// from all but the login, and what is not built says so.
func TestEveryOperation(t *testing.T) {
	w := newWorld(t)
	built := w.api.Router().Built()
	for _, o := range wirespec.Operations {
		path := o.Path
		for _, p := range o.Params() {
			path = strings.Replace(path, "{"+p+"}", "1", 1)
		}
		for _, req := range []*http.Request{
			w.request("ann", o.Method, "/"+o.App+"/v1"+path, "{}"),
			w.request("ann", o.Method, "http://"+o.App+".api.example.com:8080"+path, "{}"),
		} {
			a := w.send(req)
			if slices.Contains(built, o.ID) == (a.code == 501) || a.code >= 500 && a.code != 501 {
				t.Errorf("%s: %d %s", o.ID, a.code, a.body)
			}
		}
		if a := w.call("", o.Method, map[string]string{"membership": "m:"}[o.App]+path, "{}"); !o.Public && a.code != 401 {
			t.Errorf("%s without a token: %d", o.ID, a.code)
		}
	}
	if len(wirespec.Operations) != 207 {
		t.Errorf("%d operations", len(wirespec.Operations))
	}
}

func TestTransport(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		method, path string
		body         any
		status       int
	}{
		{"GET", "/iaas/v1/vm/", "null", 200},
		{"GET", "/iaas/v1/vm/", `{"broken`, 200},
		{"GET", "/iaas/v1/vm", nil, 301},
		{"GET", "/iaas/v2/vm/", nil, 200},
		{"GET", "//iaas/v1//vm/", nil, 200},
		{"HEAD", "/iaas/v1/vm/", "null", 200},
		{"HEAD", "/iaas/v1/image/1/", "null", 200},
		{"HEAD", "/iaas/v1/image/99/", "null", 404},
		{"DELETE", "/iaas/v1/vm/1/", "null", 405},
		{"POST", "/iaas/v1/image/", "{}", 405},
		{"GET", "/iaas/v1/nothing/", nil, 404},
		{"GET", "/vm/", nil, 404},
		{"POST", "/iaas/v1/vm/", `{`, 400},
		{"POST", "/iaas/v1/vm/", `[1]`, 400},
		{"POST", "/iaas/v1/vm/", `"x"`, 400},
		{"POST", "/iaas/v1/vm/", strings.Repeat("[", 100000), 400},
		{"POST", "/iaas/v1/vm/", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, 413},
		{"POST", "/iaas/v1/project/?dry_run=maybe", `{}`, 400},
		{"POST", "/iaas/v1/project/?dry_run", `{}`, 400},
		{"POST", "/iaas/v1/project/?dry_run=", `{}`, 400},
		{"POST", "/iaas/v1/project/?dry_run=true&dry_run=false", `{}`, 400},
		{"GET", "http://iaas.api.test:8080/vm/", nil, 200},
		{"GET", "http://IAAS.api.test/vm/", nil, 200},
		{"GET", "http://membership.api.test/user/", nil, 200},
		{"GET", "http://api.test/membership/v1/user/", nil, 200},
		{"GET", "/iaas/v1/vm/?search%5Bproject_id%5D=1&search%5Bstate__in%5D=%284%2C6%29&order=-created&limit=2", "null", 200},
		{"GET", "/iaas/v1/vm/?search[name]=a%00b&%ff=1&search[id__in]=" + strings.Repeat("1,", 20000), nil, 400},
	} {
		a := w.send(w.request("ann", c.method, c.path, c.body))
		if a.code != c.status {
			t.Errorf("%s %.80s: %d %.200s; want %d", c.method, c.path, a.code, a.body, c.status)
		}
		if c.method == "HEAD" && len(a.body) != 0 {
			t.Errorf("HEAD %s has the body %s", c.path, a.body)
		}
		if a.code == 400 && c.method == "POST" && a.object()["detail"] == nil {
			t.Errorf("%s %s: %s", c.method, c.path, a.body)
		}
	}
}

// The same key gives the same answer and one project; a dry run gives none.
func TestIdempotencyAndDryRun(t *testing.T) {
	w := newWorld(t)
	body := obj{"region_id": w.region, "name": "web"}
	dry := w.call("ann", "POST", "/project/?dry_run=True", body).is(201)
	if list := into[[]obj](w.call("ann", "GET", "/project/", nil).is(200)); len(list) != 0 {
		t.Fatalf("a dry run made %v", list)
	}
	one := w.call("ann", "POST", "/project/", body, "Idempotency-Key", "k1").is(201)
	two := w.call("ann", "POST", "/project/", body, "Idempotency-Key", "k1").is(201)
	if string(one.body) != string(two.body) || two.header.Get(wire.ReplayedHeader) != "true" || one.header.Get(wire.ReplayedHeader) != "" {
		t.Errorf("%s and %s", one.body, two.body)
	}
	w.call("ann", "POST", "/project/", with(body, obj{"name": "db"}), "Idempotency-Key", "k1").is(409)
	w.call("ann", "POST", "/project/?for=another", body, "Idempotency-Key", "k1").is(409) // what is asked for is the query too
	w.call("ann", "POST", "/project/", with(body, obj{"name": "long"}), wire.KeyHeader, strings.Repeat("k", 256)).is(400)
	if into[obj](dry)["name"] != "web" {
		t.Errorf("%s", dry.body)
	}
}

func TestRateLimit(t *testing.T) {
	var w *world
	var inTurn bool // who is held waits until it is due, else all are held at once
	var held []time.Duration
	w = newWorldWith(t, cloudcix.Options{Wait: func(_ context.Context, d time.Duration) error {
		if held = append(held, d); inTurn {
			w.Now = w.Now.Add(d)
		}
		return nil
	}})
	status := func(who string) answer { return w.call(who, "GET", "/server_type/", nil) }
	for i := range 20 {
		if a := status("ann"); a.code != 200 || len(held) > 0 {
			t.Fatalf("request %d: %d, held %v", i+1, a.code, held)
		}
	}
	for i := range 20 { // more come at once: each has its turn within the second
		status("ann").is(200)
		if d := time.Duration(i+1) * 50 * time.Millisecond; (held[i] - d).Abs() > time.Millisecond {
			t.Fatalf("request %d is held for %s", i+21, held[i])
		}
	}
	a := status("ann").is(429)
	if a.header.Get("Retry-After") != "1" || len(a.object()) != 1 || len(held) != 20 {
		t.Errorf("%v %s", a.header, a.body)
	}
	status("bea").is(200) // everybody has an own bucket
	w.Now = w.Now.Add(100 * time.Millisecond)
	status("ann").is(200)
	status("ann").is(200)
	status("ann").is(429)
	w.Now = w.Now.Add(-time.Hour) // a clock that went back gives nothing and takes nothing
	status("ann").is(429)
	w.Now = w.Now.Add(2 * time.Second)
	inTurn, held = true, nil
	for range 200 { // a script that sends one after the other is never refused
		status("ann").is(200)
	}
	if len(held) < 175 {
		t.Errorf("only %d of 200 were held", len(held))
	}
	login := func() answer { return w.call("", "POST", "m:/auth/login/", obj{}) }
	for range 20 {
		login().is(400)
	}
	login().is(429)
}

// Who reads what of section 4, for a machine, its project and its router.
func TestReaders(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	for _, s := range []struct {
		service string
		id      int64
	}{{"vm", vm}, {"project", project}, {"virtual_router", router}} {
		path := fmt.Sprintf("/%s/%d/", s.service, s.id)
		for who, n := range map[string]int{
			"ann": 0, "bea": 0, "gina": 0, "root": 0, "rob": 0, "pia": 0, "lou": 0,
			"ruth": 201, "dave": 202, "carl": 203, "dora": 203, "nora": 203,
		} {
			a, head := w.call(who, "GET", path, nil), w.call(who, "HEAD", path, nil)
			list := w.call(who, "GET", "/"+s.service+"/", nil)
			if n == 0 {
				if a.code != 200 || head.code != 200 || list.code != 200 || len(into[[]obj](list)) != 1 {
					t.Errorf("%s %s: %d %d, list %s", who, path, a.code, head.code, list.body)
				}
				continue
			}
			a.want(who+" "+path, 403, map[string]string{"": fmt.Sprintf("iaas_%s_read_%d", s.service, n)})
			if head.code != 404 || list.code == 200 && len(into[[]obj](list)) != 0 {
				t.Errorf("%s: HEAD %d, list %d %s", who, head.code, list.code, list.body)
			}
		}
		w.call("ann", "GET", fmt.Sprintf("/%s/9999/", s.service), nil).want("missing", 404,
			map[string]string{"": fmt.Sprintf("iaas_%s_read_001", s.service)})
		w.call("ann", "GET", fmt.Sprintf("/%s/0/", s.service), nil).is(404)
		w.call("ann", "GET", fmt.Sprintf("/%s/-1/", s.service), nil).is(404)
		w.call("ann", "GET", fmt.Sprintf("/%s/99999999999999999999/", s.service), nil).is(404)
	}
	history := func(who string) answer { return w.call(who, "GET", "/vm_history/", nil) }
	for who, n := range map[string]int{"ann": 2, "gina": 2, "root": 2, "rob": 2, "carl": 0, "dora": 0, "ruth": 0} {
		if got := len(into[[]obj](history(who).is(200))); got != n {
			t.Errorf("%s sees %d rows of history, want %d", who, got, n)
		}
	}
	history("nora").is(403)
}

func TestMembership(t *testing.T) {
	w := newWorld(t)
	ann := w.users["ann"]
	type user struct {
		ID         int64
		Email      string
		GlobalUser bool                      `json:"global_user"`
		AddressID  int64                     `json:"address_id"`
		MemberID   int64                     `json:"member_id"`
		Member     struct{ APIKey string }   `json:"member"`
		Address    struct{ FullAddress any } `json:"address"`
	}
	u := into[user](w.call("ann", "GET", fmt.Sprintf("m:/user/%d/", ann.ID), nil).is(200))
	if u.ID != ann.ID || u.Email != "ann@example.org" || u.AddressID != ann.SiteID || u.MemberID != ann.MemberID {
		t.Errorf("%+v", u)
	}
	dora := w.users["dora"]
	w.call("ann", "GET", fmt.Sprintf("m:/user/%d/", dora.ID), nil).want("other member", 404, map[string]string{"": "membership_user_read_001"})
	w.call("root", "GET", fmt.Sprintf("m:/user/%d/", dora.ID), nil).is(200)
	w.call("rob", "GET", fmt.Sprintf("m:/user/?id__in=[%d,%d]", ann.ID, dora.ID), nil).is(200)
	for _, q := range []string{"?id__in=", "?search[id__in]="} { // both forms are used by the IaaS side
		list := into[[]user](w.call("ann", "GET", fmt.Sprintf("m:/user/%s[%d,%d,%d]", q, ann.ID, w.users["bea"].ID, dora.ID), nil).is(200))
		if len(list) != 2 || list[0].ID != ann.ID {
			t.Errorf("%s: %+v", q, list)
		}
	}
	w.call("ann", "GET", fmt.Sprintf("m:/address/%d/", ann.SiteID), nil).is(200)
	w.call("ann", "GET", fmt.Sprintf("m:/address/%d/", w.region), nil).is(200)
	w.call("ann", "GET", fmt.Sprintf("m:/address/%d/", dora.SiteID), nil).want("not linked", 403,
		map[string]string{"": "membership_address_read_201"})
	w.call("ann", "GET", "m:/user/?search[id]=x", nil).want("value of a filter", 400, map[string]string{"": "membership_user_list_001"})
	w.call("ann", "GET", "m:/address/9999/", nil).want("missing", 404, map[string]string{"": "membership_address_read_001"})
	if list := into[[]obj](w.call("ann", "GET", "m:/address/?search[cloud_region]=true", nil).is(200)); len(list) == 0 ||
		list[0]["cloud_region"] != true {
		t.Errorf("%v", list)
	}
	if list := into[[]obj](w.call("ann", "GET", "m:/address/?search[member__self_managed]=true&search[id]="+
		fmt.Sprint(ann.SiteID), nil).is(200)); len(list) != 1 {
		t.Errorf("%v", list)
	}
	m := into[obj](w.call("ann", "GET", fmt.Sprintf("m:/member/%d/", ann.MemberID), nil).is(200))
	if m["api_key"] != "00000000000000000000000000000001" || m["self_managed"] != true {
		t.Errorf("%v", m)
	}
	if m := into[obj](w.call("root", "GET", fmt.Sprintf("m:/member/%d/", ann.MemberID), nil).is(200)); m["api_key"] != "" {
		t.Errorf("the operator is shown the key of a member: %v", m)
	}
	w.call("ann", "GET", fmt.Sprintf("m:/member/%d/", dora.MemberID), nil).is(404)
	link := into[obj](w.call("ann", "GET", fmt.Sprintf("m:/cloud_bill/%d/%d/", w.region, ann.SiteID), nil).is(200))
	if link["cloud_customer"] != true || link["is_region"] != true || link["reseller_id"] != float64(w.region) {
		t.Errorf("%v", link)
	}
	w.call("ann", "GET", fmt.Sprintf("m:/cloud_bill/9999/%d/", ann.SiteID), nil).want("no link", 404,
		map[string]string{"": "membership_cloud_bill_read_002"})
	w.call("nora", "GET", "m:/user/", nil).is(403)
}

func TestCatalogues(t *testing.T) {
	w := newWorld(t)
	far := insert(w, &cloud.Image{Kind: cloud.Appliance, Name: "far", DisplayName: "A far one", Public: true, Regions: []int64{77}})
	own := insert(w, &cloud.Image{Kind: cloud.OwnImage, Name: "mine", MemberID: w.users["ann"].MemberID})
	insert(w, &cloud.Image{Kind: cloud.ISOImage, Name: "iso", Public: true})
	insert(w, &cloud.Image{Kind: cloud.Recovery, Name: "recovery", Public: true})
	for _, c := range []struct{ who, query, names string }{
		{"ann", "", "A far one,mine,tiny"},
		{"dora", "", "A far one,tiny"},
		{"ann", "?order=-display_name", "tiny,mine,A far one"},
		{"ann", "?order=id", "tiny,A far one,mine"},
		{"ann", "?search[display_name__icontains]=FAR", "A far one"},
		{"ann", "?search[regions__region]=77", "A far one"},
		{"ann", fmt.Sprintf("?search[regions__region__in]=[%d,78]", w.region), "mine,tiny"},
		{"ann", "?exclude[regions__region]=77", "mine,tiny"},
		{"ann", fmt.Sprintf("?search[id__range]=(%d,%d)", far.ID, own.ID), "A far one,mine"},
		{"ann", "?limit=1&page=1", "mine"},
	} {
		var names []string
		for _, i := range into[[]obj](w.call(c.who, "GET", "/image/"+c.query, nil).is(200)) {
			names = append(names, i["display_name"].(string))
		}
		if strings.Join(names, ",") != c.names {
			t.Errorf("%s: %v, want %s", c.query, names, c.names)
		}
	}
	w.call("ann", "GET", "/image/?search[id]=x", nil).want("value", 400, map[string]string{"": "iaas_image_list_001"})
	w.call("dora", "GET", fmt.Sprintf("/image/%d/", own.ID), nil).want("own image of others", 404,
		map[string]string{"": "iaas_image_read_001"})
	w.call("ann", "GET", fmt.Sprintf("/image/%d/", own.ID), nil).is(200)
	s := into[[]obj](w.call("ann", "GET", "/storage_type/", nil).is(200))
	if len(s) != 2 || s[0]["name"] != "HDD" || len(s[0]["regions"].([]any)) != 0 || s[1]["name"] != "SSD" ||
		len(s[1]["regions"].([]any)) != 1 {
		t.Errorf("%v", s)
	}
	if s := into[[]obj](w.call("ann", "GET", fmt.Sprintf("/storage_type/?search[regions__region]=%d", w.region), nil).is(200)); len(s) != 1 {
		t.Errorf("%v", s)
	}
	w.call("ann", "GET", "/storage_type/3/", nil).want("storage type", 404, map[string]string{"": "iaas_storage_type_read_001"})
	if s := into[[]obj](w.call("ann", "GET", "/server_type/?search[name__istartswith]=gpu&order=-id", nil).is(200)); len(s) != 2 ||
		s[0]["id"] != 5.0 {
		t.Errorf("%v", s)
	}
	w.call("ann", "GET", "/server_type/2/", nil).is(200)
	w.call("ann", "HEAD", "/server_type/9/", nil).is(404)
	w.call("ann", "GET", "/server_type/9/", nil).want("server type", 404, map[string]string{"": "iaas_server_type_read_001"})
	w.call("ann", "GET", "/storage_type/?search[name__gt]=x", nil).is(200)
}

// Who guesses passwords is told when to come back; the right password works from
// elsewhere, and here after that time.
func TestLoginTooOften(t *testing.T) {
	w := newWorld(t)
	try := func(password, from string) answer {
		req := w.request("", "POST", "/membership/v1/auth/login/",
			obj{"email": "ann@example.org", "password": password, "api_key": "00000000000000000000000000000001"})
		req.RemoteAddr = from
		return w.send(req)
	}
	for range 7 {
		if a := try("guess", "[2001:db8::1]:1"); a.code == 429 {
			w.Now = w.Now.Add(time.Second)
		}
	}
	a := try("s3cret", "[2001:db8::2]:1").is(429)
	if a.header.Get("Retry-After") != "2" || len(a.object()) != 1 {
		t.Errorf("%v %s", a.header, a.body)
	}
	try("s3cret", "192.0.2.77:1").is(201)
	w.Now = w.Now.Add(2 * time.Second)
	try("s3cret", "[2001:db8::2]:1").is(201)
}

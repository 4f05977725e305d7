package cloudcix_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/api"
	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/wire/fuzzbody"
)

// fuzzRuns is how many bodies an operation gets: VIRGA_FUZZ_N for more.
func fuzzRuns(t *testing.T) int {
	n := 200
	if s := os.Getenv("VIRGA_FUZZ_N"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// Whatever is sent, the answer is in the contract, never a 500, and never leaves
// something half made behind.
func TestFuzzedBodies(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	v := into[vmRecord](w.call("ann", "GET", fmt.Sprintf("/vm/%d/", vm), nil).is(200))
	storage := []any{obj{"id": v.Storages[0].ID, "gb": 50, "name": "root"}, obj{"name": "new", "gb": 10}}
	maker, err := fuzzbody.New(api.CloudCIX(), 11)
	if err != nil {
		t.Fatal(err)
	}
	maker.Words = []string{"web", "www", "10.0.0.1/24", "10.0.0.10", "ann@example.org", "s3cret"}
	rng := rand.New(rand.NewPCG(11, 12))
	vmPath, routerPath, projectPath := fmt.Sprintf("/vm/%d/", vm),
		fmt.Sprintf("/virtual_router/%d/", router), fmt.Sprintf("/project/%d/", project)
	create := w.vm(project, "new", "10.0.0.11")
	create["userdata"], create["public_key"] = "#!/bin/sh", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
	change := obj{
		"name": "w2", "state": 5, "cpu": 3, "ram": 5,
		"gpu": 0, "storages": storage, "userdata": "#!/bin/sh", "ip_addresses": []any{obj{"address": "10.0.0.10", "nat": true}},
	}
	nets := obj{"state": 10, "subnets": []any{obj{"address_range": "10.3.0.1/24", "name": "x", "vlan": 1, "vxlan": 2, "address_id": 3}}}
	edit := obj{"name": "web", "note": "n", "grace_period": 3, "state": 8}
	for _, o := range []struct {
		op, method, path string
		good             obj
	}{
		{"vmCreate", "POST", "/vm/", create},
		{"storageCreate", "POST", vmPath + "storage/", obj{"name": "data", "gb": 20, "primary": false}},
		{"vmUpdate", "PUT", vmPath, change},
		{"vmPartialUpdate", "PATCH", vmPath, change},
		{
			"membershipTokenCreate", "POST", "m:/auth/login/",
			obj{"email": "zoe@example.org", "password": "", "api_key": "k", "otp": "1", "first_otp": "2"},
		},
		{"projectCreate", "POST", "/project/", obj{"region_id": w.region, "name": "p", "note": "n", "grace_period": 3}},
		{"projectUpdate", "PUT", projectPath, edit},
		{"projectPartialUpdate", "PATCH", projectPath, edit},
		{"virtualRouterUpdate", "PUT", routerPath, nets},
		{"virtualRouterPartialUpdate", "PATCH", routerPath, nets},
	} {
		seen := map[int]int{}
		for i := range fuzzRuns(t) {
			body := maker.Body(o.op)
			if i%2 == 0 {
				o.good["name"] = fmt.Sprintf("n-%s-%d", o.op, i)
				if o.op == "vmCreate" {
					o.good["ip_addresses"] = []any{obj{"address": fmt.Sprintf("10.0.0.%d", 20+i)}}
				}
				body = spoil(rng, o.good)
			}
			a := w.call("ann", o.method, o.path, body)
			seen[a.code]++
			if a.code >= 500 {
				t.Errorf("%s %s: %d %s", o.op, body, a.code, a.body)
			}
			if i%10 == 9 { // a machine that rests takes more than one that is busy
				w.settle()
				w.call("ann", "PATCH", vmPath, obj{"state": 7}) // back from off and from the scrub queue
				w.settle()
			}
		}
		t.Logf("%s: %v", o.op, seen)
	}
	w.settle()
	if leaks := w.Leaks(); len(leaks) > 0 {
		t.Error(strings.Join(leaks, "\n"))
	}
}

// spoil replaces one to three values of a good body by something else, at any
// depth.
func spoil(rng *rand.Rand, good obj) []byte {
	raw, _ := json.Marshal(good)
	var tree any
	_ = json.Unmarshal(raw, &tree)
	for range 1 + rng.IntN(3) {
		tree = spoilAt(rng, tree)
	}
	raw, _ = json.Marshal(tree)
	return raw
}

// odd are values that programs trip over.
var odd = []any{
	nil, "", " ", 0, -1, 1, 1.5, 1e300, 4294967296, "7", "x", "\u0000", true, "true",
	[]any{},
	[]any{nil},
	[]any{1, "x"},
	obj{},
	obj{"id": nil},
	"99999999999999999999999", strings.Repeat("ä", 300), "10.0.0.0/33", "::1", "10.0.0.12", 9, 8, 99, "1e3",
	[]any{obj{"address": "10.0.0.12"}},
	[]any{obj{"id": 1}},
	[]any{obj{"name": "a", "gb": 10, "primary": true}},
	"192.168.1.1/32", "10.0.0.1/0",
}

func spoilAt(rng *rand.Rand, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 || rng.IntN(6) == 0 {
			break
		}
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		k := keys[rng.IntN(len(keys))]
		if rng.IntN(5) == 0 {
			delete(v, k)
			return v
		}
		v[k] = spoilAt(rng, v[k])
		return v
	case []any:
		if len(v) == 0 || rng.IntN(6) == 0 {
			break
		}
		i := rng.IntN(len(v))
		if rng.IntN(5) == 0 {
			return append(v, v[i])
		}
		v[i] = spoilAt(rng, v[i])
		return v
	}
	return odd[rng.IntN(len(odd))]
}

// Whatever is asked of a list, the answer is a page, or a value that could not be
// compared.
func TestFuzzedQueries(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	rng := rand.New(rand.NewPCG(5, 6))
	names := map[string][]string{
		"/vm/": {
			"created", "id", "name", "project_id", "project__address_id",
			"project__name", "project__region_id", "server_id", "server__type_id", "server__type__name", "state", "updated", "image__name",
		},
		"/project/": {
			"address_id", "archived", "closed",
			"created", "grace_period", "id", "manager_id", "name", "note", "region_id", "reseller_id", "run_icarus", "run_robot", "updated",
		},
		"/virtual_router/": {
			"created", "id", "ip_address_id", "project_id",
			"project__address_id", "project__name", "project__region_id", "state", "updated",
		},
		"/image/": {"display_name", "id", "regions__region"},
		"/vm_history/": {
			"cpu_sku", "created", "customer_address", "id", "image_sku",
			"modified_by", "project_id", "nat_sku", "ram_sku", "state", "storage_histories__gb_sku", "storage_histories__storage_id", "vm_id",
		},
		"/storage_type/": {"id", "name", "regions__region"}, "/server_type/": {"id", "name"},
		fmt.Sprintf("/vm/%d/storage/", vm): {"created", "id", "name", "primary", "updated"},
		"m:/user/":                         {"id", "email", "member_id", "administrator"},
		"m:/address/":                      {"id", "name", "member_id", "member__self_managed", "cloud_region"},
	}
	ops := []string{
		"", "__gt", "__gte", "__in", "__isnull", "__lt", "__lte", "__range", "__icontains", "__iendswith", "__iexact", "__istartswith", "__regex",
	}
	values := []string{
		"", "1", "-1", "x", "true", "False", "[1,2]", "('a','b')", "1,2,3",
		"2026-01-01", "2026-01-01T00:00:00.5", "9999999999999999999999", "NaN", "%", "ä", "2.5", "2.0", "0001-01-01", "9999-12-31T23:59:59",
	}
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	paths := make([]string, 0, len(names))
	for p := range names {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for range fuzzRuns(t) {
		for _, path := range paths {
			q := url.Values{}
			for range 1 + rng.IntN(3) {
				name := pick(names[path]) + pick(ops)
				switch rng.IntN(5) {
				case 0:
					q.Set("exclude["+name+"]", pick(values))
				case 1:
					q.Set(name, pick(values))
				default:
					q.Set("search["+name+"]", pick(values))
				}
			}
			q.Set("order", pick([]string{"", "-"})+pick(append(names[path], "gb", "failcontent")))
			q.Set("page", pick(values))
			q.Set("limit", pick(values))
			q.Set("include_related", pick(values))
			a := w.call(pick([]string{"ann", "rob", "root", "gina"}), "GET", path+"?"+q.Encode(), "null")
			if a.code != 200 && (a.code != 400 || !strings.HasPrefix(a.codes()[""], "iaas_") && !strings.HasPrefix(path, "m:")) {
				t.Errorf("%s: %d %s", a.what, a.code, a.body)
			}
		}
	}
}

// A megabyte of a hostile body gives a small answer and takes memory of its own
// order: a list of {} once gave forty megabytes.
func TestHostileBodies(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	maker, err := fuzzbody.New(api.CloudCIX(), 3)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int64{
		"projectUpdate": project, "projectPartialUpdate": project, "virtualRouterUpdate": router, "virtualRouterPartialUpdate": router,
	}
	tried := 0
	for _, o := range wirespec.Operations {
		if w.api.Handlers()[o.ID] == nil || o.Body == "" {
			continue
		}
		path := "/" + o.App + "/v1" + o.Path
		for _, name := range o.Params() {
			id := vm
			if n, ok := ids[o.ID]; ok {
				id = n
			}
			path = strings.Replace(path, "{"+name+"}", strconv.FormatInt(id, 10), 1)
		}
		for _, body := range maker.Hostile(o.ID) {
			tried++
			var before, after runtime.MemStats
			req := w.request("lou", o.Method, path, body) // who may only read, and who may do it
			if tried%2 == 0 {
				req = w.request("ann", o.Method, path, body)
			}
			runtime.ReadMemStats(&before)
			a := w.send(req)
			runtime.ReadMemStats(&after)
			most := 128 << 10
			if a.code < 300 { // shows the object, whose note may be as long as a body
				most += 1 << 20
			}
			if a.code >= 500 || len(a.body) > most {
				t.Errorf("%s with %.60s: %d, an answer of %d KiB", a.what, body, a.code, len(a.body)>>10)
			}
			if used := int64(after.TotalAlloc - before.TotalAlloc); used > 48<<20 {
				t.Errorf("%s with %.60s: %d, %d MiB of memory", a.what, body, a.code, used>>20)
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d bodies", tried)
	}
}

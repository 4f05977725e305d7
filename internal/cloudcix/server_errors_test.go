package cloudcix_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

type obj = map[string]any

// want compares the error codes of an answer.
func (a answer) want(what string, status int, codes map[string]string) {
	a.t.Helper()
	if a.code != status || !maps.Equal(a.codes(), codes) {
		a.t.Errorf("%s: %d %v, want %d %v; body %s", what, a.code, a.codes(), status, codes, a.body)
	}
}

// with copies a request with some keys replaced; nil takes a key away, and null
// stands for a null.
func with(in obj, changes obj) obj {
	out := maps.Clone(in)
	for k, v := range changes {
		switch v {
		case nil:
			delete(out, k)
		case "null":
			out[k] = nil
		default:
			out[k] = v
		}
	}
	return out
}

// items makes a list out of its arguments.
func items(v ...any) []any { return append([]any{}, v...) }

// A refusal says what was sent, and not what became of it inside.
func TestRefusalsSayWhatWasSent(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	good := w.vm(project, "www", "10.0.0.10")
	size := func(gb any) obj { return obj{"storages": items(obj{"name": "root", "gb": gb, "primary": true})} }
	for _, c := range []struct {
		change obj
		want   string
	}{
		{obj{"cpu": -7}, "cpu must be at least 1, not -7."},
		{obj{"ram": -4}, "ram must be at least 1 GB, not -4."},
		{obj{"cpu": 3_000_000_000}, "cpu must be at most 2147483647, not 3000000000."},
		{obj{"ram": 3_000_000_000}, "ram must be at most 2097151 GB, not 3000000000."},
		{size(-40), "not -40."},
		{size(5_000_000_000_000), "not 5000000000000."},
		{obj{"name": "a\ufeffb"}, "U+FEFF"},
	} {
		a := w.call("ann", "POST", "/vm/", with(good, c.change)).is(400)
		if !strings.Contains(string(a.body), c.want) {
			t.Errorf("%v: %s, want %q", c.change, a.body, c.want)
		}
	}
	for path, want := range map[string]string{
		"/vm/0/": "There is no server 0.", "/vm/-5/": "There is no server -5.", "/vm/www/": `There is no server \"www\".`,
		"/project/99999999999999999999/": `There is no project \"99999999999999999999\".`, "/project/0/": "There is no project 0.",
	} {
		if a := w.call("ann", "GET", path, nil).is(404); !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %s, want %q", path, a.body, want)
		}
	}
}

// Every documented error of vm create that can occur.
func TestVMCreateErrors(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	w.machine("ann", project, "taken", "10.0.0.77")
	foreign := into[obj](w.call("dora", "POST", "/project/", obj{"region_id": w.region, "name": "theirs"}).is(201))["id"]
	windows := insert(w,
		&cloud.Image{Kind: cloud.Appliance, Name: "win", SKU: "MSServer2019", MinGB: 32, Public: true, ServerType: 2, CloudInit: true})
	hidden := insert(w, &cloud.Image{Kind: cloud.Appliance, Name: "hidden", ServerType: 2})
	iso := insert(w, &cloud.Image{Kind: cloud.ISOImage, Name: "iso", Public: true, ServerType: 2})
	far := insert(w, &cloud.Image{Kind: cloud.Appliance, Name: "far", Public: true, ServerType: 2, Regions: []int64{w.region + 1}})
	plain := insert(w, &cloud.Image{Kind: cloud.Appliance, Name: "plain", Public: true, ServerType: 2})
	good := w.vm(project, "www", "10.0.0.10")
	root := obj{"name": "root", "gb": 40, "primary": true}
	ip := func(a any) []any { return items(obj{"address": a}) }
	code := func(n int) string { return fmt.Sprintf("iaas_vm_create_%03d", n) }
	for _, c := range []struct {
		name   string
		change obj
		codes  map[string]string
	}{
		{"no project", obj{"project_id": nil}, map[string]string{"project_id": code(101)}},
		{"null project", obj{"project_id": "null"}, map[string]string{"project_id": code(101)}},
		{"text project", obj{"project_id": "x"}, map[string]string{"project_id": code(102)}},
		{"list project", obj{"project_id": items(1)}, map[string]string{"project_id": code(102)}},
		{"unknown project", obj{"project_id": 99999}, map[string]string{"project_id": code(103)}},
		{"negative project", obj{"project_id": -1}, map[string]string{"project_id": code(103)}},
		{"project of others", obj{"project_id": foreign}, map[string]string{"project_id": code(104)}},
		{"no image", obj{"image_id": nil}, map[string]string{"image_id": code(105)}},
		{"text image", obj{"image_id": "x"}, map[string]string{"image_id": code(106)}},
		{"unknown image", obj{"image_id": 99999}, map[string]string{"image_id": code(107)}},
		{"hidden image", obj{"image_id": hidden.ID}, map[string]string{"image_id": code(107)}},
		{"medium", obj{"image_id": iso.ID}, map[string]string{"image_id": code(107)}},
		{"image elsewhere", obj{"image_id": far.ID}, map[string]string{"image_id": code(108)}},
		{"no storage type", obj{"storage_type_id": nil}, map[string]string{"storage_type_id": code(109)}},
		{"text storage type", obj{"storage_type_id": "SSD"}, map[string]string{"storage_type_id": code(110)}},
		{"unknown storage type", obj{"storage_type_id": 3}, map[string]string{"storage_type_id": code(111)}},
		{"storages no list", obj{"storages": root}, map[string]string{"storages": code(112)}},
		{"no storages", obj{"storages": nil}, map[string]string{"storages": code(113)}},
		{"empty storages", obj{"storages": items()}, map[string]string{"storages": code(113)}},
		{"storage no object", obj{"storages": items(root, 7)}, map[string]string{"storages[1]": code(114)}},
		{"storage null", obj{"storages": items(root, nil)}, map[string]string{"storages[1]": code(114)}},
		{"no primary", obj{"storages": items(with(root, obj{"primary": false}))}, map[string]string{"storages[0]": code(115)}},
		{"two primaries", obj{"storages": items(root, root)}, map[string]string{"storages[0]": code(115), "storages[1]": code(115)}},
		{
			"small disk for windows",
			obj{"image_id": windows.ID, "storages": items(with(root, obj{"gb": 31}))},
			map[string]string{"storages": code(116)},
		},
		{
			"small disk for all",
			obj{"image_id": windows.ID, "storages": items(with(root, obj{"gb": 9}))},
			map[string]string{"storages[0].gb": "iaas_storage_create_103"},
		},
		{"storage without gb", obj{"storages": items(root, obj{"name": "a"})}, map[string]string{"storages[1].gb": "iaas_storage_create_101"}},
		{"storage text gb", obj{"storages": items(with(root, obj{"gb": "x"}))}, map[string]string{"storages[0].gb": "iaas_storage_create_102"}},
		{"small storage", obj{"storages": items(with(root, obj{"gb": 9}))}, map[string]string{"storages[0].gb": "iaas_storage_create_103"}},
		{"huge storage", obj{"storages": items(with(root, obj{"gb": 10001}))}, map[string]string{"storages[0].gb": "iaas_storage_create_103"}},
		{
			"nameless storage",
			obj{"storages": items(with(root, obj{"name": " "}))},
			map[string]string{"storages[0].name": "iaas_storage_create_104"},
		},
		{
			"long storage",
			obj{"storages": items(with(root, obj{"name": strings.Repeat("x", 51)}))},
			map[string]string{"storages[0].name": "iaas_storage_create_105"},
		},
		{
			"primary no boolean",
			obj{"storages": items(with(root, obj{"primary": "maybe"}))},
			map[string]string{"storages[0].primary": "iaas_storage_create_106"},
		},
		{"no cpu", obj{"cpu": nil}, map[string]string{"cpu": code(117)}},
		{"text cpu", obj{"cpu": "two"}, map[string]string{"cpu": code(118)}},
		{"half a cpu", obj{"cpu": 1.5}, map[string]string{"cpu": code(118)}},
		{"zero cpu", obj{"cpu": 0}, map[string]string{"cpu": code(119)}},
		{"no ram", obj{"ram": nil}, map[string]string{"ram": code(120)}},
		{"text ram", obj{"ram": "x"}, map[string]string{"ram": code(121)}},
		{"negative ram", obj{"ram": -4}, map[string]string{"ram": code(122)}},
		{"huge ram", obj{"ram": 1000000}, map[string]string{"server": code(123)}},
		{"ram of no machine", obj{"ram": 9000000000000000}, map[string]string{"ram": code(122)}},
		{"cpu of no machine", obj{"cpu": 9000000000000000}, map[string]string{"cpu": code(119)}},
		{"huge cpu", obj{"cpu": 100000}, map[string]string{"server": code(123)}},
		{"no host with HDD", obj{"storage_type_id": 1}, map[string]string{"server": code(123)}},
		{"no dns", obj{"dns": nil}, map[string]string{"dns": code(124)}},
		{"bad dns", obj{"dns": "192.0.2.1,resolver"}, map[string]string{"dns": code(125)}},
		{"no name", obj{"name": nil}, map[string]string{"name": code(126)}},
		{"blank name", obj{"name": "  "}, map[string]string{"name": code(126)}},
		{"long name", obj{"name": strings.Repeat("x", 129)}, map[string]string{"name": code(127)}},
		{"used name", obj{"name": "taken"}, map[string]string{"name": code(128)}},
		{"bad key", obj{"public_key": "ssh-rsa AAAA"}, map[string]string{"public_key": code(129)}},
		{"no gateway", obj{"gateway_subnet": nil}, map[string]string{"gateway_subnet": code(130)}},
		{"bad gateway", obj{"gateway_subnet": "10.0.0.1"}, map[string]string{"gateway_subnet": code(130)}},
		{"other gateway", obj{"gateway_subnet": "10.9.0.1/24"}, map[string]string{"gateway_subnet": code(131)}},
		{"addresses no list", obj{"ip_addresses": "10.0.0.10"}, map[string]string{"ip_addresses": code(132)}},
		{"no addresses", obj{"ip_addresses": nil}, map[string]string{"ip_addresses": code(133)}},
		{"empty addresses", obj{"ip_addresses": items()}, map[string]string{"ip_addresses": code(133)}},
		{"twice", obj{"ip_addresses": append(ip("10.0.0.10"), ip("10.0.0.10")...)}, map[string]string{"ip_addresses": code(134)}},
		{
			"many",
			obj{"image_id": plain.ID, "ip_addresses": append(ip("10.0.0.10"), ip("10.0.0.11")...)},
			map[string]string{"ip_addresses": code(135)},
		},
		{"no address", obj{"ip_addresses": ip("ten")}, map[string]string{"ip_addresses": code(136)}},
		{"unknown key", obj{"ip_addresses": items(obj{"address": "10.0.0.10", "colour": 1})}, map[string]string{"ip_addresses": code(136)}},
		{"public", obj{"ip_addresses": ip("8.8.8.8")}, map[string]string{"ip_addresses": code(137)}},
		{"IPv6", obj{"ip_addresses": ip("fd00::1")}, map[string]string{"ip_addresses": code(137)}},
		{"network address", obj{"ip_addresses": ip("10.0.0.0")}, map[string]string{"ip_addresses": code(138)}},
		{"broadcast address", obj{"ip_addresses": ip("10.0.0.255")}, map[string]string{"ip_addresses": code(138)}},
		{"gateway address", obj{"ip_addresses": ip("10.0.0.1")}, map[string]string{"ip_addresses": code(138)}},
		{"used address", obj{"ip_addresses": ip("10.0.0.77")}, map[string]string{"ip_addresses": code(139)}},
		{"elsewhere", obj{"ip_addresses": ip("10.7.0.5")}, map[string]string{"ip_addresses": code(140)}},
		{"no cloud-init", obj{"image_id": plain.ID, "userdata": "#!/bin/sh"}, map[string]string{"userdata": code(143)}},
		{"long userdata", obj{"userdata": "#!" + strings.Repeat("x", 16384)}, map[string]string{"userdata": code(144)}},
		{"bad userdata", obj{"userdata": "hello"}, map[string]string{"userdata": code(145)}},
		// Several at once, the syntax of one and the sense of another.
		{
			"many fields",
			obj{"cpu": "x", "ram": 0, "name": nil, "dns": "x"},
			map[string]string{"cpu": code(118), "ram": code(122), "name": code(126), "dns": code(125)},
		},
		{"two kinds", obj{"cpu": "x", "name": "taken"}, map[string]string{"cpu": code(118), "name": code(128)}},
		{"sense alone", obj{"name": "taken", "ip_addresses": ip("10.0.0.77"), "image_id": plain.ID, "userdata": "#!/bin/sh"}, map[string]string{
			"name": code(128), "ip_addresses": code(139), "userdata": code(143),
		}},
		{
			"sense and nowhere to go",
			obj{"name": "taken", "gateway_subnet": "10.9.0.1/24"},
			map[string]string{"name": code(128), "gateway_subnet": code(131)},
		},
		{"two kinds, address", obj{"dns": nil, "ip_addresses": ip("10.0.0.77")}, map[string]string{"dns": code(124), "ip_addresses": code(139)}},
	} {
		w.call("ann", "POST", "/vm/", with(good, c.change)).want(c.name, 400, c.codes)
	}
	w.call("ann", "POST", "/vm/", "{}").is(400)
	// NAT outside of the gateway network, and an empty pool.
	w.call("ann", "PATCH", "/virtual_router/1/", obj{"subnets": items(obj{"address_range": "10.5.0.1/24"})}).is(200)
	w.settle()
	w.call("ann", "POST", "/vm/", with(good, obj{"ip_addresses": items(obj{"address": "10.5.0.9", "nat": true})})).want("nat", 400,
		map[string]string{"ip_addresses": code(141)})
	w.write(func(tx *store.Tx) error {
		pools, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("pool", true)))
		if err != nil {
			return err
		}
		for _, p := range pools {
			p.Low = p.Prefix.Addr().Prev() // nothing there
			p.Pool = false
			if err := store.Update(tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	w.call("ann", "POST", "/vm/", with(good, obj{"ip_addresses": items(obj{"address": "10.0.0.9", "nat": true})})).want("pool", 400,
		map[string]string{"ip_addresses": code(142)})
	w.call("pia", "POST", "/vm/", good).want("private", 403, map[string]string{"": code(201)})
	w.call("lou", "POST", "/vm/", good).want("reader", 403, map[string]string{"": code(201)})
	w.call("nora", "POST", "/vm/", good).want("no role", 403, map[string]string{"": code(201)})
	// Nothing was kept of all that.
	if list := into[[]obj](w.call("ann", "GET", "/vm/", nil).is(200)); len(list) != 1 {
		t.Errorf("%d machines", len(list))
	}
	w.call("ann", "POST", "/vm/", good).is(201)
}

// Every documented error of vm update that can occur.
func TestVMUpdateErrors(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	w.call("ann", "PATCH", "/virtual_router/1/", obj{"subnets": items(obj{"address_range": "10.5.0.1/24"})}).is(200)
	w.settle()
	w.machine("ann", project, "taken", "10.0.0.77")
	in := w.vm(project, "www", "10.0.0.10")
	in["ip_addresses"] = items(obj{"address": "10.0.0.10"}, obj{"address": "10.5.0.10"})
	v := into[vmRecord](w.call("ann", "POST", "/vm/", in).is(201))
	path := fmt.Sprintf("/vm/%d/", v.ID)
	code := func(n int) string { return fmt.Sprintf("iaas_vm_update_%03d", n) }
	// While it is being made.
	for _, c := range []struct {
		body  obj
		codes map[string]string
	}{
		{obj{"state": 5}, map[string]string{"state": code(106)}},
		{obj{"cpu": 9}, map[string]string{"cpu": code(118)}},
		{obj{"ram": 9}, map[string]string{"ram": code(123)}},
		{obj{"storages": items(obj{"name": "a", "gb": 10})}, map[string]string{"storages": code(131)}},
		{obj{"cpu": 9, "ram": 9}, map[string]string{"cpu": code(118), "ram": code(123)}},
	} {
		w.call("ann", "PATCH", path, c.body).want(fmt.Sprintf("busy %v", c.body), 400, c.codes)
	}
	w.settle()
	disk := v.Storages[0].ID
	for _, c := range []struct {
		name  string
		body  obj
		codes map[string]string
	}{
		{"blank name", obj{"name": ""}, map[string]string{"name": code(101)}},
		{"null name", obj{"name": nil}, map[string]string{"name": code(101)}},
		{"long name", obj{"name": strings.Repeat("x", 129)}, map[string]string{"name": code(102)}},
		{"used name", obj{"name": "taken"}, map[string]string{"name": code(103)}},
		{"text state", obj{"state": "off"}, map[string]string{"state": code(104)}},
		{"null state", obj{"state": nil}, map[string]string{"state": code(104)}},
		{"no state", obj{"state": 18}, map[string]string{"state": code(105)}},
		{"not for users", obj{"state": 6}, map[string]string{"state": code(107)}},
		{"to be built", obj{"state": 2}, map[string]string{"state": code(107)}},
		{"closed", obj{"state": 99}, map[string]string{"state": code(107)}},
		{"addresses no list", obj{"ip_addresses": obj{}}, map[string]string{"ip_addresses": code(111)}},
		{"empty addresses", obj{"ip_addresses": items()}, map[string]string{"ip_addresses": code(112)}},
		{"nat elsewhere", obj{"ip_addresses": items(obj{"address": "10.5.0.10", "nat": true})}, map[string]string{"ip_addresses": code(113)}},
		{"not its address", obj{"ip_addresses": items(obj{"address": "10.0.0.77", "nat": true})}, map[string]string{"ip_addresses": code(115)}},
		{"no address", obj{"ip_addresses": items("10.0.0.10")}, map[string]string{"ip_addresses": code(115)}},
		{"text cpu", obj{"cpu": "x"}, map[string]string{"cpu": code(116)}},
		{"zero cpu", obj{"cpu": 0}, map[string]string{"cpu": code(117)}},
		{"cpu and stop", obj{"cpu": 4, "state": 5}, map[string]string{"cpu": code(119)}},
		{"huge cpu", obj{"cpu": 100000}, map[string]string{"cpu": code(120)}},
		{"cpu of no machine", obj{"cpu": 9000000000000000}, map[string]string{"cpu": code(117)}},
		{"text ram", obj{"ram": items()}, map[string]string{"ram": code(121)}},
		{"zero ram", obj{"ram": 0}, map[string]string{"ram": code(122)}},
		{"ram and scrub", obj{"ram": 8, "state": 8}, map[string]string{"ram": code(124)}},
		{"huge ram", obj{"ram": 1000000}, map[string]string{"ram": code(125)}},
		{"ram of no machine", obj{"ram": 9000000000000000}, map[string]string{"ram": code(122)}},
		{"storages no list", obj{"storages": "x"}, map[string]string{"storages": code(126)}},
		{"storage no object", obj{"storages": items(nil)}, map[string]string{"storages[0]": code(127)}},
		{"second primary", obj{"storages": items(obj{"name": "a", "gb": 10, "primary": true})}, map[string]string{"storages[0]": code(128)}},
		{"unknown storage", obj{"storages": items(obj{"id": 9999, "gb": 50})}, map[string]string{"storages": code(129)}},
		{"text storage", obj{"storages": items(obj{"id": "x", "gb": 50})}, map[string]string{"storages[0]": code(129)}},
		{
			"no room",
			obj{"storages": items(obj{"name": "a", "gb": 10000}, obj{"name": "b", "gb": 10000})},
			map[string]string{"storages": code(130)},
		},
		{"storage and stop", obj{"storages": items(obj{"name": "a", "gb": 10}), "state": 5}, map[string]string{"storages": code(132)}},
		{"storage text gb", obj{"storages": items(obj{"id": disk, "gb": "x"})}, map[string]string{"storages[0].gb": "iaas_storage_update_101"}},
		{"shrunk", obj{"storages": items(obj{"id": disk, "gb": 39})}, map[string]string{"storages[0].gb": "iaas_storage_update_102"}},
		{
			"shrunk beside a good one",
			obj{"storages": items(obj{"name": "a", "gb": 10}, obj{"id": disk, "gb": 39})},
			map[string]string{"storages[1].gb": "iaas_storage_update_102"},
		},
		{"too large", obj{"storages": items(obj{"id": disk, "gb": 10001})}, map[string]string{"storages[0].gb": "iaas_storage_update_102"}},
		{
			"nameless storage",
			obj{"storages": items(obj{"id": disk, "name": ""})},
			map[string]string{"storages[0].name": "iaas_storage_update_103"},
		},
		{
			"long storage",
			obj{"storages": items(obj{"id": disk, "name": strings.Repeat("x", 51)})},
			map[string]string{"storages[0].name": "iaas_storage_update_104"},
		},
		{"new storage without gb", obj{"storages": items(obj{"name": "a"})}, map[string]string{"storages[0].gb": "iaas_storage_create_101"}},
		{"long userdata", obj{"userdata": "#!" + strings.Repeat("x", 16384)}, map[string]string{"userdata": code(134)}},
		{"bad userdata", obj{"userdata": "hello"}, map[string]string{"userdata": code(135)}},
		{"text gpu", obj{"gpu": "x"}, map[string]string{"gpu": code(136)}},
		{"gpu", obj{"gpu": 1}, map[string]string{"gpu": code(137)}},
		{"several", obj{"cpu": 0, "ram": "x", "name": "taken"}, map[string]string{"cpu": code(117), "ram": code(121), "name": code(103)}},
	} {
		w.call("ann", "PATCH", path, c.body).want(c.name, 400, c.codes)
	}
	w.call("ann", "PUT", path, obj{"name": "x"}).want("PUT without addresses", 400, map[string]string{"ip_addresses": code(112)})
	w.call("ann", "PATCH", "/vm/9999/", obj{"cpu": 4}).want("missing", 404, map[string]string{"": code(1)})
	w.call("ann", "PATCH", "/vm/9999/", obj{"cpu": 0}).want("missing before fields", 404, map[string]string{"": code(1)})
	w.call("ann", "PATCH", "/vm/x/", obj{"cpu": 4}).want("no number", 404, map[string]string{"": code(1)})
	for who, n := range map[string]int{"ruth": 201, "carl": 202, "dora": 202, "gina": 202, "pia": 203, "lou": 203, "nora": 203} {
		w.call(who, "PATCH", path, obj{"cpu": 4}).want(who, 403, map[string]string{"": code(n)})
		w.call(who, "PATCH", path, obj{"cpu": 0}).want(who+" before fields", 403, map[string]string{"": code(n)})
	}
	// Snapshots forbid the scrub.
	insert(w, &cloud.Snapshot{ServerID: v.ID, Name: "s", Made: true})
	w.call("ann", "PATCH", path, obj{"state": 8}).want("snapshot", 400, map[string]string{"state": code(109)})
	w.call("ann", "PATCH", path, obj{"storages": items(obj{"id": disk, "gb": 50})}).want("snapshot and disks", 400,
		map[string]string{"storages": code(131)})
	w.write(func(tx *store.Tx) error {
		pools, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("pool", true)))
		for _, p := range pools {
			p.Pool = false
			if err := store.Update(tx, p); err != nil {
				return err
			}
		}
		return err
	})
	w.call("ann", "PATCH", path, obj{"ip_addresses": items(obj{"address": "10.0.0.10", "nat": true})}).want("pool", 400,
		map[string]string{"ip_addresses": code(114)})
	// The image of another machine knows no cloud-init.
	w.write(func(tx *store.Tx) error {
		img, err := store.Get[cloud.Image](tx, w.Image.ID)
		if err != nil {
			return err
		}
		img.CloudInit = false
		return store.Update(tx, img)
	})
	w.call("ann", "PATCH", path, obj{"userdata": "#!/bin/sh"}).want("no cloud-init", 400, map[string]string{"userdata": code(133)})
}

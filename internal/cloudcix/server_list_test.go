package cloudcix_test

import (
	"fmt"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// The list of machines with the filters and orders of table B.
func TestVMList(t *testing.T) {
	w := newWorld(t)
	web, _ := w.project("ann", "web")
	w.machine("ann", web, "alpha", "10.0.0.10")
	w.Now = w.Now.Add(time.Hour)
	middle := w.Now
	w.settle() // hosts are heard again
	beta := w.machine("ann", web, "beta", "10.0.0.11")
	w.Now = w.Now.Add(time.Hour)
	w.settle()
	shop := into[obj](w.call("carl", "POST", "/project/", obj{"region_id": w.region, "name": "shop"}).is(201))
	w.settle()
	w.call("carl", "PATCH", fmt.Sprintf("/virtual_router/%v/", shop["virtual_router_id"]),
		obj{"subnets": items(obj{"address_range": "10.0.0.1/24"})}).is(200)
	w.settle()
	w.machine("carl", int64(shop["id"].(float64)), "Gamma", "10.0.0.12")
	w.call("ann", "PATCH", fmt.Sprintf("/vm/%d/", beta), obj{"state": 5}).is(200)
	w.settle()
	office, host := w.users["ann"].SiteID, w.Hosts[0].ID
	at := middle.Format("2006-01-02T15:04:05.000000")
	for _, c := range []struct {
		query, names string
		warnings     int
	}{
		{"", "alpha beta Gamma", 0},
		{"order=-created", "Gamma beta alpha", 0},
		{"order=name", "Gamma alpha beta", 0},
		{"order=-state", "beta Gamma alpha", 0},
		{"order=colour", "alpha beta Gamma", 1},
		{"order=-project_id&limit=1", "Gamma", 0},
		{"limit=1&page=1", "beta", 0},
		{"limit=1&page=77", "", 0},
		{"limit=1000&page=x", "alpha beta Gamma", 2},
		{"search[state]=4", "alpha Gamma", 0},
		{"search[state__in]=(4,6)&search[project_id]=1", "alpha beta", 0},
		{"search[state__gt]=4", "beta", 0},
		{"search[state__range]=(5,7)", "beta", 0},
		{"search[state__isnull]=true", "", 0},
		{"exclude[state]=4", "beta", 0},
		{"search[name]=beta", "beta", 0},
		{"search[name__iexact]=GAMMA", "Gamma", 0},
		{"search[name__icontains]=A", "alpha beta Gamma", 0},
		{"search[name__istartswith]=al", "alpha", 0},
		{"search[name__iendswith]=MMA", "Gamma", 0},
		{"search[name__in]=['alpha','Gamma']", "alpha Gamma", 0},
		{"search[name__in]=[]", "", 0},
		{"exclude[name__in]=('alpha',)", "beta Gamma", 0},
		{"search[project__name]=shop", "Gamma", 0},
		{"search[project__name__icontains]=SHO", "Gamma", 0},
		{"search[project__address_id]=" + fmt.Sprint(office), "alpha beta", 0},
		{"search[project__region_id]=" + fmt.Sprint(w.region), "alpha beta Gamma", 0},
		{"search[project__region_id]=77", "", 0},
		{"search[server__type_id]=2", "alpha beta Gamma", 0},
		{"search[server__type__name]=KVM", "alpha beta Gamma", 0},
		{"search[server__type__name__in]=['HyperV']", "", 0},
		{"search[server_id__in]=[" + fmt.Sprint(host, ",", w.Hosts[1].ID) + "]", "alpha beta Gamma", 0},
		{"search[created__gte]=" + at, "beta Gamma", 0},
		{"search[created__lt]=" + at, "alpha", 0},
		{"search[id]=1&search[name]=beta", "", 0},
		{"search[id]=true", "alpha", 0},
		{"name=beta", "beta", 1},
		{"name__icontains=a&exclude__name=beta", "alpha Gamma", 1},
		{"name=beta&search[state]=4", "alpha Gamma", 0},
		{"search[colour]=red", "alpha beta Gamma", 1},
		{"search[name__gt]=a&search[state__icontains]=4", "alpha beta Gamma", 2},
		{"search[image__name]=tiny", "alpha beta Gamma", 1},
		{"search[id__range]=1", "alpha beta Gamma", 1},
	} {
		parts := strings.Split(c.query, "&")
		for i, p := range parts { // as python-requests does
			k, v, _ := strings.Cut(p, "=")
			parts[i] = url.QueryEscape(k) + "=" + url.QueryEscape(v)
		}
		a := w.call("gina", "GET", "/vm/?"+strings.Join(parts, "&"), "null").is(200)
		var names []string
		for _, v := range into[[]vmRecord](a) {
			names = append(names, v.Name)
		}
		meta := a.object()["_metadata"].(map[string]any)
		if got := strings.Join(names, " "); got != c.names || len(meta["warnings"].([]any)) != c.warnings {
			t.Errorf("%s: %q with %v, want %q", c.query, got, meta["warnings"], c.names)
		}
	}
	meta := w.call("gina", "GET", "/vm/?order=-name&limit=2&page=1", nil).object()["_metadata"].(map[string]any)
	if fmt.Sprint(meta) != "map[limit:2 order:-name page:1 total_records:3 warnings:[]]" {
		t.Errorf("%v", meta)
	}
	for _, q := range []string{
		"search[id]=x", "search[id__in]=[1,x]", "search[created__gt]=soon",
		"exclude[state]=off", "search[id__range]=(1,x)", "search[project_id]=1.5",
	} {
		w.call("ann", "GET", "/vm/?"+q, nil).want(q, 400, map[string]string{"": "iaas_vm_list_001"})
	}
	w.call("ann", "GET", "/project/?search[id]=x", nil).want("project", 400, map[string]string{"": "iaas_project_list_001"})
	w.call("ann", "GET", "/virtual_router/?search[id]=x", nil).want("router", 400, map[string]string{"": "iaas_virtual_router_list_001"})
	w.call("ann", "GET", "/vm_history/?search[vm_id]=x", nil).want("history", 400, map[string]string{"": "iaas_vm_history_list_001"})

	for value, long := range map[string]bool{"true": true, "True": true, "": true, "false": false, "0": false, "yes": false} {
		for _, service := range []string{"vm", "virtual_router"} {
			list := into[[]obj](w.call("ann", "GET", "/"+service+"/?include_related="+value, nil).is(200))
			if _, has := list[0]["project"]; has != long {
				t.Errorf("%s with include_related=%s: %v", service, value, list[0])
			}
		}
	}
	// Projects and routers with the same parameters.
	for _, c := range []struct{ query, names string }{
		{"project/", "shop web"},
		{"project/?order=-name", "web shop"},
		{"project/?search[closed]=false&search[name]=web", "web"},
		{"project/?search[closed]=true", ""},
		{"project/?search[archived__isnull]=true&order=-created", "shop web"},
		{"project/?exclude[closed]=true", "shop web"},
		{"project/?search[run_robot]=false&search[address_id]=77", ""},
		{"project/?search[grace_period__gte]=168&search[note]=", "shop web"},
		{"virtual_router/", "shop web"},
		{"virtual_router/?order=state", "web shop"},
		{"virtual_router/?order=-state&limit=1&page=1", "web"},
		{"virtual_router/?search[state]=4&search[project__name]=web", "web"},
		{"virtual_router/?search[state]=6", ""},
		{"virtual_router/?search[id]=1", "web"},
		{"virtual_router/?search[ip_address_id__isnull]=false&order=-created", "shop web"},
	} {
		var names []string
		for _, p := range into[[]obj](w.call("gina", "GET", "/"+c.query, nil).is(200)) {
			if in, ok := p["project"].(map[string]any); ok {
				p = in
			}
			names = append(names, p["name"].(string))
		}
		if got := strings.Join(names, " "); got != c.names {
			t.Errorf("%s: %s, want %s", c.query, got, c.names)
		}
	}
	// Histories: units and storages are filtered too.
	for q, n := range map[string]int{
		"": 8, "search[vm_id]=1": 2, "search[state]=1": 3, "search[cpu_sku]=vCPU_001": 3, "search[cpu_sku__iexact]=VCPU_001": 3,
		"search[storage_histories__storage_id]=1": 1, "search[storage_histories__gb_sku__istartswith]=ssd&search[vm_id__in]=[1,2]": 2,
		"search[nat_sku]=x": 0, "exclude[ram_sku]=RAM_001": 5, "search[customer_address]=" + fmt.Sprint(office): 6,
	} {
		if got := len(into[[]obj](w.call("gina", "GET", "/vm_history/?"+q, nil).is(200))); got != n {
			t.Errorf("history %s: %d rows, want %d", q, got, n)
		}
	}
	oldest := into[[]obj](w.call("gina", "GET", "/vm_history/?order=created&limit=1", nil).is(200))
	newest := into[[]obj](w.call("gina", "GET", "/vm_history/?limit=1", nil).is(200))
	if oldest[0]["state"] != 1.0 || newest[0]["state"] != 6.0 {
		t.Errorf("oldest %v, newest %v", oldest, newest)
	}
}

// The state number of a row is the same in Go and in SQL, for filters and orders.
func TestStateInSQL(t *testing.T) {
	w := newWorld(t)
	now := w.Now
	rapid.Check(t, func(rt *rapid.T) {
		var servers []*cloud.Server
		for i := range rapid.IntRange(1, 12).Draw(rt, "servers") {
			s := &cloud.Server{Name: fmt.Sprint(i), MemberID: 9999, Life: cloud.Life{
				On:     rapid.Bool().Draw(rt, "on"),
				Remove: rapid.SampledFrom([]cloud.Removal{cloud.Keep, cloud.AfterGrace, cloud.Now}).Draw(rt, "remove"),
				Change: rapid.SampledFrom([]cloud.Change{
					cloud.NoChange,
					cloud.Create, cloud.PowerOn, cloud.PowerOff, cloud.Reboot, cloud.Configure, cloud.Capture, cloud.Removing,
				}).Draw(rt, "change"),
				EventID: rapid.Int64Range(0, 1).Draw(rt, "event"),
				Taken:   rapid.Bool().Draw(rt, "taken"),
				Failed:  rapid.Bool().Draw(rt, "failed"),
			}}
			if rapid.IntRange(0, 5).Draw(rt, "closed") == 0 {
				s.Closed = &now
			}
			servers = append(servers, s)
		}
		var got map[string]int
		var order []int
		w.write(func(tx *store.Tx) error {
			got, order = map[string]int{}, nil
			for _, s := range servers {
				if err := store.Insert(tx, s); err != nil {
					return err
				}
			}
			for n := range 100 {
				q := cloud.Query{
					Where: cloud.And(cloud.Eq("member_id", 9999), cloud.Cond{Op: cloud.OpEq, Case: cloud.ServerState(), Value: n}), Closed: true,
				}
				rows, err := store.Find[cloud.Server](tx, q)
				if err != nil {
					return err
				}
				for _, r := range rows {
					got[r.Name] = n
				}
			}
			all, err := store.Find[cloud.Server](tx,
				cloud.Query{Where: cloud.Eq("member_id", 9999), Closed: true, Order: []cloud.Order{{Case: cloud.ServerState()}}})
			if err != nil {
				return err
			}
			for _, s := range all {
				order = append(order, cloud.StateNumber(s))
				if err := store.Delete[cloud.Server](tx, s.ID); err != nil {
					return err
				}
			}
			return nil
		})
		for _, s := range servers {
			if got[s.Name] != cloud.StateNumber(s) {
				rt.Fatalf("%+v is %d in Go and %d in SQL", s.Life, cloud.StateNumber(s), got[s.Name])
			}
		}
		if !sort.IntsAreSorted(order) {
			rt.Fatalf("ordered as %v", order)
		}
	})
}

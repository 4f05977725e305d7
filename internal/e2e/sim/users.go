package sim

import (
	"context"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
)

// userCIX lets a tenant do something through CloudCIX.
func (r *Run) userCIX(who tenant) {
	projects, _ := readCIX[[]cixProject](r, who, "/project/?limit=100")
	var open []cixProject
	for _, p := range projects {
		if !p.Closed {
			open = append(open, p)
		}
	}
	if len(open) == 0 || len(open) < 3 && r.Rand.IntN(4) == 0 {
		r.callCIX(who, "POST", "/project/", map[string]any{
			"region_id": r.Cred.RegionID, "name": fmt.Sprintf("p%d", r.Rand.IntN(100)), "grace_period": r.Rand.IntN(2),
		})
		return
	}
	p := open[r.Rand.IntN(len(open))]
	rt := r.router(who, p.Router)
	switch n := r.Rand.IntN(20); {
	case n < 3:
		r.subnets(who, rt)
	case n < 4:
		r.callCIX(who, "PATCH", fmt.Sprintf("/virtual_router/%d/", p.Router), map[string]any{"state": []int{5, 7, 8, 7}[r.Rand.IntN(4)]})
		if r.Rand.IntN(2) == 0 {
			r.subnets(who, rt)
		}
	case n < 6:
		r.callCIX(who, "PATCH", fmt.Sprintf("/project/%d/", p.ID), []map[string]any{
			{"state": 8}, {"state": 4}, {"note": "noted"}, {"name": fmt.Sprintf("n%d", r.Rand.IntN(100))}, {"grace_period": r.Rand.IntN(3)},
		}[r.Rand.IntN(5)])
	case n < 10:
		r.createCIX(who, p, rt)
	case n < 11:
		r.groups(who)
	case n < 13:
		r.ranges(who)
	default:
		r.changeCIX(who)
	}
}

// subnets adds a network to a router or changes one.
func (r *Run) subnets(who tenant, rt cixRouter) {
	path := fmt.Sprintf("/virtual_router/%d/", rt.ID)
	net := map[string]any{"address_range": fmt.Sprintf("10.%d.0.1/%d", r.Rand.IntN(4), 23+r.Rand.IntN(2)), "name": "net"}
	if len(rt.Subnets) > 0 && r.Rand.IntN(3) == 0 {
		net["id"] = rt.Subnets[r.Rand.IntN(len(rt.Subnets))].ID
	}
	r.callCIX(who, "PATCH", path, map[string]any{"subnets": []any{net}})
}

func (r *Run) createCIX(who tenant, p cixProject, rt cixRouter) {
	if len(rt.Subnets) == 0 {
		r.subnets(who, rt)
		return
	}
	net := rt.Subnets[r.Rand.IntN(len(rt.Subnets))].Range
	var a, b, c, d, bits int
	if n, err := fmt.Sscanf(net, "%d.%d.%d.%d/%d", &a, &b, &c, &d, &bits); n != 5 || err != nil {
		return
	}
	nat := r.Rand.IntN(2) == 0
	r.callCIX(who, "POST", "/vm/", map[string]any{
		"project_id": p.ID, "image_id": r.Image.ID, "storage_type_id": 2, "cpu": 1 + r.Rand.IntN(2), "ram": 1 + r.Rand.IntN(2),
		"dns": "192.0.2.53", "name": fmt.Sprintf("v%d", r.Rand.IntN(1000)), "gateway_subnet": net,
		"ip_addresses": []any{map[string]any{"address": fmt.Sprintf("%d.%d.%d.%d", a, b, c, 2+r.Rand.IntN(30)), "nat": nat}},
		"storages":     []any{map[string]any{"name": "root", "gb": 20, "primary": true}},
	})
}

// changeCIX changes a virtual machine.
func (r *Run) changeCIX(who tenant) {
	list := r.vms(who)
	if len(list) == 0 {
		return
	}
	vm := list[r.Rand.IntN(len(list))]
	path := fmt.Sprintf("/vm/%d/", vm.ID)
	full, _ := readCIX[cixVM](r, who, path)
	body := map[string]any{}
	switch r.Rand.IntN(8) {
	case 0, 1:
		body["state"] = 8
	case 2:
		body["state"] = 5
	case 3, 4:
		body["state"] = 7
	case 5:
		body["cpu"], body["ram"] = 1+r.Rand.IntN(4), 1+r.Rand.IntN(3)
	case 6:
		if len(full.Storages) > 0 {
			s := full.Storages[r.Rand.IntN(len(full.Storages))]
			body["storages"] = []any{map[string]any{"id": s.ID, "gb": s.GB + 10}}
		} else {
			r.callCIX(who, "POST", path+"storage/", map[string]any{"name": "data", "gb": 20})
			return
		}
	default:
		if len(full.IPs) > 0 {
			ip := full.IPs[0]
			body["ip_addresses"] = []any{map[string]any{"address": ip.Address, "nat": ip.Public == nil}}
		}
	}
	if len(body) == 0 {
		return
	}
	r.callCIX(who, "PATCH", path, body)
	if r.Rand.IntN(2) == 0 { // and at once something else, before a host has heard of it
		r.callCIX(who, "PATCH", path, map[string]any{"name": fmt.Sprintf("v%d", r.Rand.IntN(1000))})
	}
}

// groups makes, changes and removes groups of addresses.
func (r *Run) groups(who tenant) {
	type group struct {
		ID int64 `json:"id"`
	}
	list, _ := readCIX[[]group](r, who, "/ip_address_group/?limit=100")
	body := map[string]any{"name": fmt.Sprintf("g%d", r.Rand.IntN(5)), "cidrs": []any{"192.0.2.0/24"}}
	if len(list) == 0 || r.Rand.IntN(2) == 0 {
		r.callCIX(who, "POST", "/ip_address_group/", body)
		return
	}
	path := fmt.Sprintf("/ip_address_group/%d/", list[r.Rand.IntN(len(list))].ID)
	if r.Rand.IntN(2) == 0 {
		r.callCIX(who, "DELETE", path, nil)
	} else {
		r.callCIX(who, "PATCH", path, body)
	}
}

// ranges makes, changes and removes what is in address plans: those of projects, which
// may go away meanwhile, and what was made there.
func (r *Run) ranges(who tenant) {
	type row struct {
		ID    int64  `json:"id"`
		Range string `json:"address_range"`
		ASN   struct {
			ID int64 `json:"id"`
		} `json:"asn"`
	}
	allocations, _ := readCIX[[]row](r, who, "/allocation/?limit=100")
	subnets, _ := readCIX[[]row](r, who, "/subnet/?limit=100")
	addresses, _ := readCIX[[]row](r, who, "/ip_address/?limit=100")
	some := func(list []row) row {
		if len(list) == 0 {
			return row{ID: 1}
		}
		return list[r.Rand.IntN(len(list))]
	}
	n := r.Rand.IntN(4)
	second := fmt.Sprintf("10.%d.%d.0/%d", r.Rand.IntN(4), n, 22+r.Rand.IntN(4))
	address := fmt.Sprintf("10.%d.%d.%d", r.Rand.IntN(4), n, 2+r.Rand.IntN(30))
	switch r.Rand.IntN(10) {
	case 0:
		r.callCIX(who, "POST", "/allocation/", map[string]any{
			"asn_id": some(allocations).ASN.ID, "address_range": fmt.Sprintf("100.%d.0.0/14", 64+r.Rand.IntN(8)), "name": "more",
		})
	case 1:
		at := fmt.Sprintf("/allocation/%d/", some(allocations).ID)
		if r.Rand.IntN(2) == 0 {
			r.callCIX(who, "DELETE", at, nil)
		} else {
			r.callCIX(who, "PATCH", at, map[string]any{"address_range": fmt.Sprintf("10.0.0.0/%d", 7+r.Rand.IntN(3))})
		}
	case 2, 3:
		r.callCIX(who, "POST", "/subnet/", map[string]any{"address_id": who.site, "allocation_id": some(allocations).ID, "address_range": second})
	case 4:
		r.callCIX(who, "POST", "/subnet/", map[string]any{"address_id": who.site, "parent_id": some(subnets).ID, "address_range": second})
	case 5:
		how, at := []string{"PATCH", "DELETE"}[r.Rand.IntN(2)], fmt.Sprintf("/subnet/%d/", some(subnets).ID)
		r.callCIX(who, how, at, map[string]any{"address_range": second})
	case 6, 7:
		r.callCIX(who, "POST", "/ip_address/", map[string]any{"subnet_id": some(subnets).ID, "address": address, "name": "noted"})
	case 8:
		how, at := []string{"PATCH", "DELETE"}[r.Rand.IntN(2)], fmt.Sprintf("/ip_address/%d/", some(addresses).ID)
		r.callCIX(who, how, at, map[string]any{"address": address})
	default:
		_, _ = readCIX[[]row](r, who, fmt.Sprintf("/subnet_space/%d/?limit=%d", some(allocations).ID, 1+r.Rand.IntN(9)))
	}
}

// idOf is what of a thing of 1&1 is needed to name it.
type idOf struct {
	ID string `json:"id"`
}

func (r *Run) ids(token, path string) (list []idOf) {
	if code, answer := r.call(token, "GET", path, nil); code == 200 {
		unmarshal(answer, &list)
	}
	return list
}

// belongings are what a member has beside servers: keys and addresses.
func (r *Run) belongings(token string) {
	path := []string{"/ssh_keys", "/public_ips"}[r.Rand.IntN(2)]
	list := r.ids(token, path)
	if len(list) == 0 || len(list) < 6 && r.Rand.IntN(2) == 0 {
		r.call(token, "POST", path, map[string]any{"name": fmt.Sprintf("k%d", r.Rand.IntN(9)), "public_key": publicKey})
		return
	}
	at := path + "/" + list[r.Rand.IntN(len(list))].ID
	if r.Rand.IntN(3) == 0 {
		r.call(token, "PUT", at, map[string]any{"name": fmt.Sprintf("k%d", r.Rand.IntN(9)), "reverse_dns": "a.example.org"})
	} else {
		r.call(token, "DELETE", at, nil)
	}
}

// networks are the private networks of a member, those of routers among them: made,
// changed, joined, left and removed.
func (r *Run) networks(token string) {
	list := r.ids(token, "/private_networks")
	if len(list) == 0 || len(list) < 4 && r.Rand.IntN(4) == 0 {
		body := map[string]any{"name": fmt.Sprintf("n%d", r.Rand.IntN(9))}
		if r.Rand.IntN(2) == 0 { // the same again is right
			body["network_address"], body["subnet_mask"] = fmt.Sprintf("10.%d.0.0", r.Rand.IntN(3)), "255.255.255.248"
		}
		r.call(token, "POST", "/private_networks", body)
		return
	}
	at := "/private_networks/" + list[r.Rand.IntN(len(list))].ID
	servers := r.list(token)
	switch n := r.Rand.IntN(12); {
	case n == 0:
		r.call(token, "PUT", at, map[string]any{"name": fmt.Sprintf("n%d", r.Rand.IntN(9))})
	case n == 1:
		r.call(token, "PUT", at, map[string]any{"network_address": fmt.Sprintf("10.%d.0.0", r.Rand.IntN(3)), "subnet_mask": "255.255.255.0"})
	case n < 4:
		r.call(token, "DELETE", at, nil)
	case n < 9 && len(servers) > 0:
		some := []string{servers[r.Rand.IntN(len(servers))].ID}
		for _, s := range servers {
			if r.Rand.IntN(6) == 0 { // all or none: one that is busy refuses the others too
				some = append(some, s.ID)
			}
		}
		r.call(token, "POST", at+"/servers", map[string]any{"servers": some})
	default:
		for _, s := range r.ids(token, at+"/servers") {
			r.call(token, "DELETE", at+"/servers/"+s.ID, nil)
			if r.Rand.IntN(2) == 0 {
				return
			}
		}
	}
}

// publicKey is one that anybody may have.
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3IhVCqLjaVXpFRBzQGv4PWiC0uKEIlsBqGJ2QWyJ7m sim"

// newImage is the operator who puts another image in the place of one: the old one
// is removed, and goes from each host with its last user.
func (r *Run) newImage() {
	var img *cloud.Image
	digest := fmt.Sprintf("%032x%032x", 1000+r.Rand.IntN(1<<20), 9)
	r.guard(func() {
		var err error
		img, err = r.C.AddImage(context.Background(), cloud.Image{
			Kind: cloud.Appliance, Name: "other", Family: "Linux", OS: "Linux", Type: "IMAGE", MinGB: 1, CloudInit: true,
			MultipleIPs: true, Public: true, ServerType: 2, Digest: digest, SizeBytes: 1 << 20,
		})
		if err != nil {
			img = nil
		}
	})
	if img != nil {
		r.say("the image %s is there, as %s", img.Name, digest[:32])
		r.other = img
	}
}

// more are changes of a server that are rarer.
func (r *Run) more(token, at string, s shown) {
	switch r.Rand.IntN(3) {
	case 0:
		r.call(token, "PUT", at, map[string]any{"name": fmt.Sprintf("s%d", r.Rand.IntN(1000))})
	case 1:
		if len(s.IPs) > 0 {
			r.call(token, []string{"PUT", "DELETE"}[r.Rand.IntN(2)], at+"/ips/"+s.IPs[0].ID+"/firewall_policy", nil)
		}
	default:
		r.call(token, []string{"PUT", "DELETE"}[r.Rand.IntN(2)], at+"/dvd", map[string]any{"id": r.disc.UID.String()})
	}
}

// policies makes, changes and removes firewall policies, and binds addresses to them; to
// the defaults too, which refuse the rest.
func (r *Run) policies(token string) {
	list := r.ids(token, "/firewall_policies")
	rules := []any{[]map[string]any{
		{"protocol": "TCP", "port": "80,443"}, {"protocol": "ICMP"}, {"protocol": "ANY", "action": "deny", "source": "192.0.2.1-192.0.2.9"},
	}[r.Rand.IntN(3)]}
	if len(list) < 3 || len(list) < 6 && r.Rand.IntN(4) == 0 {
		var made idOf
		code, answer := r.call(token, "POST", "/firewall_policies", map[string]any{"name": fmt.Sprintf("f%d", r.Rand.IntN(9)), "rules": rules})
		if code == 202 { // else it was refused, or the control plane died
			unmarshal(answer, &made)
			r.bind(token, made.ID)
		}
		return
	}
	id := list[r.Rand.IntN(len(list))].ID
	at := "/firewall_policies/" + id
	below := func(path, kind string) {
		if all := r.ids(token, at+path); len(all) > 0 {
			r.call(token, kind, at+path+"/"+all[r.Rand.IntN(len(all))].ID, nil)
		}
	}
	switch r.Rand.IntN(8) {
	case 0, 1:
		r.call(token, "POST", at+"/rules", map[string]any{"rules": rules})
	case 2:
		below("/rules", "DELETE")
	case 3, 4:
		r.bind(token, id)
	case 5:
		below("/server_ips", "DELETE")
	default:
		below("/server_ips", "DELETE")
		r.call(token, "DELETE", at, nil)
	}
}

// bind binds some addresses of servers to a policy.
func (r *Run) bind(token, policy string) {
	for _, s := range r.list(token) {
		if len(s.IPs) > 0 && r.Rand.IntN(2) == 0 {
			r.call(token, "POST", "/firewall_policies/"+policy+"/server_ips", map[string]any{"server_ips": []any{s.IPs[0].ID}})
		}
	}
}

package host

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/host/dhcp"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/plan"
)

func number(n int) plan.ID { return plan.ID(fmt.Sprintf("%032x", n)) }

func TestComposeRouter(t *testing.T) {
	router := &plan.Router{
		Outside: []plan.Outside{{Address: "198.18.0.5/16", Gateway: "198.18.0.1"}},
		Legs:    []plan.Leg{{Network: number(1), Address: "100.64.0.1/16", DHCP: true}},
		Up:      true,
	}
	first := &plan.Port{NIC: number(10), Network: number(1), MAC: "02:00:00:00:00:02", Address: "100.64.0.2", Public: []plan.PublicAddr{
		{Address: "198.18.0.9", Policy: number(20)}, {Address: "198.18.0.7"},
	}}
	second := &plan.Port{
		NIC: number(11), Network: number(1), MAC: "02:00:00:00:00:03",
		Address: "100.64.0.3", Public: []plan.PublicAddr{{Address: "198.18.0.5", Policy: number(21)}},
	}
	// One with two addresses is two to everybody but the one who leases.
	double := *second
	double.More = []plan.PortAddr{{Address: "100.64.0.4", Public: []plan.PublicAddr{{Address: "198.18.0.11"}}}}
	beside := *second
	beside.Address, beside.Public = "100.64.0.4", double.More[0].Public
	policy := &plan.Policy{Rules: []plan.Rule{{Allow: true, Protocol: "tcp"}}}
	for _, tc := range []struct {
		name  string
		parts routerParts
		links netdev.Router
		rules nft.Table
		dhcp  dhcp.Server
	}{
		{
			name:  "no ports",
			parts: routerParts{router: router},
			links: netdev.Router{Router: *router},
			rules: nft.Table{Router: *router, Ports: []plan.Port{}, Policies: map[plan.ID]plan.Policy{}},
			dhcp:  dhcp.Server{Legs: router.Legs, Ports: []plan.Port{}},
		},
		{
			name: "ports in the order of their ids, public addresses sorted, the router's own left out",
			parts: routerParts{
				router:   router,
				ports:    map[plan.ID]*plan.Port{number(31): second, number(30): first},
				policies: map[plan.ID]*plan.Policy{number(20): policy, number(99): policy},
			},
			links: netdev.Router{Router: *router, Public: []string{"198.18.0.7", "198.18.0.9"}, Neighbors: []netdev.Neighbor{
				{Network: number(1), Address: "100.64.0.2", MAC: "02:00:00:00:00:02"},
				{Network: number(1), Address: "100.64.0.3", MAC: "02:00:00:00:00:03"},
			}},
			rules: nft.Table{Router: *router, Ports: []plan.Port{*first, *second}, Policies: map[plan.ID]plan.Policy{number(20): *policy}},
			dhcp:  dhcp.Server{Legs: router.Legs, Ports: []plan.Port{*first, *second}},
		},
		{
			name:  "a card with two addresses",
			parts: routerParts{router: router, ports: map[plan.ID]*plan.Port{number(31): &double}},
			links: netdev.Router{Router: *router, Public: []string{"198.18.0.11"}, Neighbors: []netdev.Neighbor{
				{Network: number(1), Address: "100.64.0.3", MAC: "02:00:00:00:00:03"},
				{Network: number(1), Address: "100.64.0.4", MAC: "02:00:00:00:00:03"},
			}},
			rules: nft.Table{Router: *router, Ports: []plan.Port{*second, beside}, Policies: map[plan.ID]plan.Policy{}},
			dhcp:  dhcp.Server{Legs: router.Legs, Ports: []plan.Port{double}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.links, netdevRouter(tc.parts)); d != "" {
				t.Errorf("links: %s", d)
			}
			if d := cmp.Diff(tc.rules, nftTable(tc.parts)); d != "" {
				t.Errorf("rules: %s", d)
			}
			if d := cmp.Diff(tc.dhcp, dhcpServer(tc.parts)); d != "" {
				t.Errorf("dhcp: %s", d)
			}
		})
	}
}

func TestComposeMachine(t *testing.T) {
	vm := &plan.VM{Name: "web", Volumes: []plan.Attach{{Volume: number(1), Serial: "a"}, {Volume: number(2), Serial: "b"}}}
	one, two := &plan.Volume{Size: 1}, &plan.Volume{Size: 2}
	m, complete := qemuMachine(vm, map[plan.ID]*plan.Volume{number(1): one, number(2): two, number(3): one})
	if !complete || len(m.Volumes) != 2 || len(m.Disks) != 2 || m.Disks[number(2)].Size != 2 || m.Name != "web" {
		t.Errorf("%+v %v", m, complete)
	}
	m, complete = qemuMachine(vm, map[plan.ID]*plan.Volume{number(2): two})
	if complete || len(m.Volumes) != 1 || m.Volumes[0].Serial != "b" || len(m.Disks) != 1 {
		t.Errorf("%+v %v", m, complete)
	}
	if len(vm.Volumes) != 2 {
		t.Error("the document was changed")
	}
}

// In a network without a router each card that is in it is answered, with the first
// address of IPv4 that it has.
func TestComposeSegment(t *testing.T) {
	net := &plan.Network{VNI: 7, Prefix: "10.5.0.0/24"}
	vms := []*plan.VM{
		{Name: "web", NICs: []plan.NIC{
			{ID: number(2), Network: number(9), MAC: "m2", Addresses: []string{"100.64.0.2"}},
			{ID: number(3), Network: number(1), MAC: "m3", Addresses: []string{"fd00::3", "10.5.0.3", "10.5.0.4"}},
		}},
		{Name: "db", NICs: []plan.NIC{
			{ID: number(4), Network: number(1), MAC: "m4", Addresses: []string{"10.5.0.5"}}, {ID: number(5), Network: number(1)},
		}},
	}
	want := dhcp.Server{Segment: &dhcp.Segment{Network: number(1), Prefix: "10.5.0.0/24"}, Ports: []plan.Port{
		{Network: number(1), NIC: number(3), MAC: "m3", Address: "10.5.0.3", Hostname: "web"},
		{Network: number(1), NIC: number(4), MAC: "m4", Address: "10.5.0.5", Hostname: "db"},
	}}
	if d := cmp.Diff(want, segmentServer(number(1), net, vms)); d != "" {
		t.Error(d)
	}
}

func TestStaleNICs(t *testing.T) {
	before := []plan.Ref{{Kind: plan.KindVolume, ID: number(1)}, {Kind: kindNIC, ID: number(2)}, {Kind: kindNIC, ID: number(3)}}
	vm := &plan.VM{NICs: []plan.NIC{{ID: number(3)}, {ID: number(4)}}}
	if d := cmp.Diff([]plan.ID{number(2)}, staleNICs(before, vm)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]plan.ID{number(2), number(3)}, staleNICs(before, nil)); d != "" {
		t.Error(d)
	}
}

// TestMerge: a whole is ready exactly when all its parts are, hopeless when
// one is, and is looked at when the first part is due.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.Custom(func(t *rapid.T) plan.Status {
			return plan.Status{Ready: rapid.Bool().Draw(t, "ready"), Failed: rapid.Bool().Draw(t, "failed")}
		})).Draw(t, "parts")
		sum := merge(all...)
		ready, failed := true, false
		for _, s := range all {
			ready, failed = ready && s.Ready, failed || s.Failed
		}
		if sum.Ready != ready || sum.Failed != failed {
			t.Fatalf("merge(%+v) = %+v", all, sum)
		}
	})
	sum := merge(plan.Status{Ready: true, Reason: "a", Again: 3},
		plan.Status{Reason: "b", Again: 2, VM: &plan.VMSeen{Boot: 4}}, plan.Status{Ready: true})
	if sum.Reason != "a; b" || sum.Again != 2 || sum.VM.Boot != 4 {
		t.Errorf("sum = %+v", sum)
	}
}

func TestMemTotal(t *testing.T) {
	if n, err := memTotal("MemFree: 1 kB\nMemTotal:       24576000 kB\n"); n != 24000 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := memTotal("nothing"); err == nil {
		t.Error("read a size from nothing")
	}
}

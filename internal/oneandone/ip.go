package oneandone

import (
	"net/netip"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Public addresses by themselves; those of a server are in server_ip.go.
func (a *api) ips(h wire.Handlers) {
	register(a, h, oneandone.ListPublicIps, long[oneandone.PublicIP]{
		orders: map[string]func(*control.Txn) cloud.Order{
			"id":            byColumn("uid"),
			"ip":            byColumn("addr"),
			"creation_date": byColumn("created"),
			"reverse_dns":   byColumn("reverse_dns"),
		},
		find: func(t *control.Txn, q cloud.Query) ([]oneandone.PublicIP, []int64, error) {
			views, _, err := t.IPs(q)
			if err != nil {
				return nil, nil, err
			}
			list, keys := make([]oneandone.PublicIP, len(views)), make([]int64, len(views))
			for i, v := range views {
				list[i], keys[i] = publicIP(v), v.ID
			}
			return list, keys, nil
		},
	})
	read(a, h, oneandone.GetPublicIP, func(t *control.Txn, r *wire.Request) (oneandone.PublicIP, error) {
		pick, err := inPath(r, "public_ip_id")
		if err != nil {
			return oneandone.PublicIP{}, err
		}
		v, err := t.IP(pick)
		if err != nil {
			return oneandone.PublicIP{}, err
		}
		return publicIP(v), nil
	})
	there := func(_ *control.Txn, v *control.IPView) (oneandone.PublicIP, error) { return publicIP(v), nil }
	write(a, h, oneandone.CreatePublicIP, there, func(r *wire.Request, call *control.Call, ans control.Answer[*control.IPView]) (control.Reply, error) {
		body, err := r.Object()
		if err != nil {
			return control.Reply{}, err
		}
		var p cloud.Problems
		ipv4(body, &p)
		reverse := reverseName(body, &p)
		region, missing := inBody(body, &p, "datacenter_id")
		if err := firstOf(p.Err(), missing); err != nil {
			return control.Reply{}, err
		}
		return a.c.CreateIP(r.Context(), call, region, reverse, ans)
	})
	write(a, h, oneandone.UpdatePublicIP, there, func(r *wire.Request, call *control.Call, ans control.Answer[*control.IPView]) (control.Reply, error) {
		pick, err := inPath(r, "public_ip_id")
		if err != nil {
			return control.Reply{}, err
		}
		body, err := r.Object()
		if err != nil {
			return control.Reply{}, err
		}
		var p cloud.Problems
		reverse := reverseName(body, &p) // absent clears
		if err := p.Err(); err != nil {
			return control.Reply{}, err
		}
		return a.c.UpdateIP(r.Context(), call, pick, reverse, ans)
	})
	gone := func(_ *control.Txn, v *control.IPView) (oneandone.PublicIP, error) {
		out := publicIP(v)
		out.State = oneandone.ResourceStateREMOVING
		return out, nil
	}
	write(a, h, oneandone.DeletePublicIP, gone, func(r *wire.Request, call *control.Call, ans control.Answer[*control.IPView]) (control.Reply, error) {
		pick, err := inPath(r, "public_ip_id")
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.DeleteIP(r.Context(), call, pick, ans)
	})
}

// byColumn sorts by a column of the row.
func byColumn(name string) func(*control.Txn) cloud.Order {
	return func(*control.Txn) cloud.Order { return cloud.Order{Field: name} }
}

func reverseName(body wire.Object, p *cloud.Problems) string {
	s := text(body, p, "reverse_dns")
	maximum(p, "reverse_dns", s, reverseMax)
	return s
}

// firstOf is the first error. What is wrong with the form of a body comes before
// what its ids name.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func publicIP(v *control.IPView) oneandone.PublicIP {
	out := oneandone.PublicIP{
		ID: v.UID.String(), IP: v.Addr.String(), Type: family(v.Addr),
		ReverseDNS: textOrNull(v.ReverseDNS), IsDhcp: true, State: oneandone.ResourceStateACTIVE,
		SiteID: siteID(v.RegionID), Datacenter: datacenterRef(v.Region), CreationDate: date(v.Created),
	}
	if v.Busy {
		out.State = oneandone.ResourceStateCONFIGURING
	}
	if v.Server != nil {
		out.AssignedTo = &oneandone.PublicIPAssignedTo{ID: v.Server.UID.String(), Name: v.Server.Name, Type: "SERVER"}
	}
	return out
}

func family(a netip.Addr) string {
	if a.Is4() {
		return "IPV4"
	}
	return "IPV6"
}

// ipv4 refuses the other family: no region has a public pool of it, and the
// contract allows to refuse.
func ipv4(body wire.Object, p *cloud.Problems) {
	if oneOf(body, p, "type", "IPV4", "IPV4", "IPV6") == "IPV6" {
		p.Add(cloud.Errorf(cloud.Exhausted, "type.ipv6", "there is no pool of public IPv6 addresses").On("type").
			WithFix("Ask for IPV4."))
	}
}

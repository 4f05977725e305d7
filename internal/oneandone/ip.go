package oneandone

import (
	"net/netip"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// ipList is GET /public_ips.
var ipList = long[oneandone.PublicIP]{
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
	keys:    (*control.Txn).IPIDs,
	sources: ipSources,
}

// Public addresses by themselves; those of a server are in server_ip.go.
func (a *api) ips(h wire.Handlers) {
	register(a, h, oneandone.ListPublicIps, ipList)
	get(a, h, oneandone.GetPublicIP, (*control.Txn).IP, pure(publicIP))
	write(h, oneandone.CreatePublicIP, newIP, a.c.CreateIP, pure(publicIP))
	write(h, oneandone.UpdatePublicIP, ipIn, a.c.UpdateIP, pure(publicIP))
	write(h, oneandone.DeletePublicIP, (*form).object, a.c.DeleteIP, pure(publicIPGone))
}

// ipSources are those of a public address.
var ipSources = []source{
	{leaves: []string{"id", "ip", "reverse_dns", "creation_date", "site_id"}, rows: own[cloud.IP]},
	{leaves: []string{"assigned_to.id", "assigned_to.name"}, rows: of[cloud.Server]("server_id")},
	{leaves: []string{"datacenter.id", "datacenter.country_code", "datacenter.location"}, rows: of[cloud.Site]("region_id")},
	{
		leaves: []string{"type", "is_dhcp", "assigned_to.type", "state"},
		rows: words(
			"IPV4", "IPV6", "true", "false", "SERVER",
			string(oneandone.ResourceStateACTIVE), string(oneandone.ResourceStateCONFIGURING),
		),
	},
}

func newIP(f *form) control.IPIn {
	f.ipv4()
	return control.IPIn{Reverse: f.reverse(), Region: f.id("datacenter_id")}
}

// ipIn reads a new reverse name; absent clears.
func ipIn(f *form) control.IPIn { return control.IPIn{Pick: f.object(), Reverse: f.reverse()} }

func publicIPGone(v *control.IPView) oneandone.PublicIP {
	out := publicIP(v)
	out.State = oneandone.ResourceStateREMOVING
	return out
}

func (f *form) reverse() string { return f.text("reverse_dns") }

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
func (f *form) ipv4() {
	if oneOf(f.body, &f.bad, "type", "IPV4", "IPV4", "IPV6") == "IPV6" {
		f.bad.Add(cloud.Errorf(cloud.Exhausted, "type.ipv6", "there is no pool of public IPv6 addresses").On("type").
			WithFix("Ask for IPV4."))
	}
}

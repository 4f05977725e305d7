package cloudcix

import (
	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
)

// subnetOf shows a subnet with its surroundings; nil is shown empty, which only
// an installation without address management has.
func subnetOf(d *control.SubnetDetail) wirespec.Subnet {
	if d == nil {
		return wirespec.Subnet{Children: []wirespec.RelatedSubnet{}}
	}
	r := relatedOf(d)
	s := wirespec.Subnet{
		AddressID: r.AddressID, AddressRange: r.AddressRange, Allocation: r.Allocation, Children: []wirespec.RelatedSubnet{},
		Created: r.Created, Gateway: r.Gateway, ID: r.ID, IpsInUse: r.IpsInUse, ModifiedBy: r.ModifiedBy, Name: r.Name,
		SubnetsInUse: r.SubnetsInUse, Updated: r.Updated, URI: r.URI, VirtualRouterID: r.VirtualRouterID, VLAN: r.VLAN, VXLAN: r.VXLAN,
	}
	if d.Parent != nil {
		s.Parent = ptr(relatedOf(d.Parent))
	}
	for _, c := range d.Inside {
		s.Children = append(s.Children, relatedOf(c))
	}
	return s
}

func relatedOf(d *control.SubnetDetail) wirespec.RelatedSubnet {
	s := wirespec.RelatedSubnet{
		AddressID: ref(d.SiteID), AddressRange: d.Text, Allocation: allocationOf(d.Allocation, d.ASN), Created: stamp(d.Created), ID: d.ID,
		IpsInUse: d.InUse, ModifiedBy: ref(d.ModifiedBy), Name: d.Name, SubnetsInUse: d.Children,
		Updated: stamp(d.Updated), URI: uri("subnet", d.ID), VLAN: ptr(int64(d.VLAN)), VXLAN: ptr(int64(d.VXLAN)),
	}
	// A plain segment of the other dialect has neither gateway nor router (R24).
	if d.Gateway.IsValid() && (d.Routed || d.ProjectID == 0) {
		s.Gateway = ptr(d.Gateway.String())
	}
	if d.Routed {
		s.VirtualRouterID = ref(d.RouterID)
	}
	return s
}

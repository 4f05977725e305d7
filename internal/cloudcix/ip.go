package cloudcix

import (
	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// ipAddressOf shows an address; partner is the public one it is translated to,
// nil for none. credentials come in clear.
func ipAddressOf(ip, partner *cloud.IP, subnet wirespec.Subnet, credentials string) wirespec.IPAddress {
	out := wirespec.IPAddress{
		Address: ip.Addr.String(), Created: stamp(ip.Created), Credentials: credentials, ID: ip.ID, Location: ip.Location,
		MACAddress: text(ip.MAC), ModifiedBy: ref(ip.ModifiedBy), Name: ip.Name, Subnet: subnet, Updated: stamp(ip.Updated),
		VMID: ref(ip.ServerID),
	}
	if partner != nil {
		out.PublicIP = &wirespec.NATIPAddress{Address: partner.Addr.String(), ID: partner.ID}
	}
	return out
}

// addressesOf shows the addresses of a machine: the private ones with their
// partners, and public IPv6 ones by themselves (R16).
func (s *scene) addressesOf(v *control.View) ([]wirespec.IPAddress, error) {
	list := []wirespec.IPAddress{}
	for _, ip := range v.IPs {
		var partner *cloud.IP
		switch {
		case ip.Kind == cloud.PrivateIP:
			partner = v.Partner(ip.ID)
		case ip.Kind == cloud.PublicIP && ip.Addr.Is6():
		default:
			continue
		}
		credentials, err := s.t.Credentials(ip)
		if err != nil {
			return nil, err
		}
		list = append(list, ipAddressOf(ip, partner, s.subnet(ip.SubnetID), credentials))
	}
	return list, nil
}

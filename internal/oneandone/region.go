package oneandone

import (
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

func (a *api) datacenters(h wire.Handlers) {
	short(a, h, oneandone.ListDatacenters, each((*control.Txn).Regions, datacenter))
	get(a, h, oneandone.GetDatacenter, (*control.Txn).Region, pure(datacenter))
}

func datacenter(s *cloud.Site) oneandone.Datacenter {
	return oneandone.Datacenter{
		ID: s.UID.String(), CountryCode: strings.ToUpper(s.Country), Location: s.Location,
		Default: ptr(flag(s.DefaultFor)),
	}
}

// datacenterRef is how other resources show where they are.
func datacenterRef(s *cloud.Site) oneandone.DatacenterRef {
	if s == nil {
		s = &cloud.Site{}
	}
	return oneandone.DatacenterRef{ID: s.UID.String(), CountryCode: strings.ToUpper(s.Country), Location: s.Location}
}

// siteID is the region's number as text, as old answers show it.
func siteID(region int64) *string {
	if region == 0 {
		return nil
	}
	return ptr(strconv.FormatInt(region, 10))
}

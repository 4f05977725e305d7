package oneandone

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
)

func TestAppliances(t *testing.T) {
	w := newWorld(t)
	list := parse[[]oneandone.ServerAppliance](w.call("GET", "/server_appliances?q=IMAGE&per_page=1000&page=1", nil).want(200))
	if len(list) != 1 || list[0].Name != "centos7-64min" || len(list[0].AvailableDatacenters) != 2 ||
		*list[0].MinHDDSize != 30 || *list[0].OSFamily != "Linux" || list[0].ServerTypeCompatibility[0] != "cloud" {
		t.Errorf("%+v", list)
	}
	one := parse[oneandone.ServerAppliance](w.call("GET", "/server_appliances/"+w.small.UID.String(), nil).want(200))
	if one.Type != "APPLICATION" || len(one.AvailableDatacenters) != 1 ||
		one.AvailableDatacenters[0] != w.region.UID.String() || one.OSArchitecture != nil {
		t.Errorf("%+v", one)
	}
	w.call("GET", "/server_appliances/"+w.dvd.UID.String(), nil).fails(404, "NOT_FOUND", "")
	w.call("GET", "/server_appliances/"+unknown, nil).fails(404, "NOT_FOUND", unknown)
}

func TestDVDs(t *testing.T) {
	w := newWorld(t)
	if list := parse[[]oneandone.DVDISO](w.call("GET", "/dvd_isos?q=centos", nil).want(200)); len(list) != 1 || *list[0].Type != "OS" {
		t.Errorf("%+v", list)
	}
	w.call("GET", "/dvd_isos/"+strings.ToLower(w.dvd.UID.String()), nil).want(200)
	w.call("GET", "/dvd_isos/"+w.linux.UID.String(), nil).fails(404, "NOT_FOUND", "")
}

package oneandone

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
)

func TestDatacenters(t *testing.T) {
	w := newWorld(t)
	list := parse[[]oneandone.Datacenter](w.call("GET", "/datacenters", nil).want(200))
	if len(list) != 2 || list[0].CountryCode != "US" || *list[0].Default != 1 || *list[1].Default != 0 || list[1].Location != "Spain" {
		t.Errorf("%+v", list)
	}
	if d := parse[oneandone.Datacenter](w.call("GET", "/datacenters/81def28500fbc2a973fc0c620df5b721", nil).want(200)); d.CountryCode != "ES" {
		t.Errorf("%+v", d)
	}
	if got := parse[[]oneandone.Datacenter](w.call("GET", "/datacenters?q=spain", nil).want(200)); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	if got := parse[[]oneandone.Datacenter](w.call("GET", "/datacenters?sort=default", nil).want(200)); got[0].CountryCode != "ES" {
		t.Errorf("the default one sorts last: %+v", got)
	}
	w.call("GET", "/datacenters/"+unknown, nil).fails(404, "NOT_FOUND", unknown)
	w.call("GET", "/datacenters/"+w.users[adminKey].UID.String(), nil).fails(404, "NOT_FOUND", "")
}

func TestAppliances(t *testing.T) {
	w := newWorld(t)
	list := parse[[]oneandone.ServerAppliance](w.call("GET", "/server_appliances?q=IMAGE&per_page=1000&page=1", nil).want(200))
	if len(list) != 1 || list[0].Name != "centos7-64min" || len(list[0].AvailableDatacenters) != 2 || *list[0].MinHDDSize != 30 || *list[0].OSFamily != "Linux" || list[0].ServerTypeCompatibility[0] != "cloud" {
		t.Errorf("%+v", list)
	}
	one := parse[oneandone.ServerAppliance](w.call("GET", "/server_appliances/"+w.small.UID.String(), nil).want(200))
	if one.Type != "APPLICATION" || len(one.AvailableDatacenters) != 1 || one.AvailableDatacenters[0] != w.region.UID.String() || one.OSArchitecture != nil {
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

// A flavor and a model share an id and stay apart.
func TestFlavors(t *testing.T) {
	w := newWorld(t)
	id := w.flavor.UID.String()
	size := parse[oneandone.FixedInstanceSize](w.call("GET", "/servers/fixed_instance_sizes/"+id, nil).want(200))
	if size.Name != "L" || size.Hardware.RAM != 2 || size.Hardware.Vcore != 2 || !size.Hardware.Hdds[0].IsMain || size.Hardware.Hdds[0].Size != 80 {
		t.Errorf("%+v", size)
	}
	model := parse[oneandone.BaremetalModel](w.call("GET", "/servers/baremetal_models/"+id, nil).want(200))
	if model.Name != "BMC_L" || model.Hardware.Core != 4 || *model.Hardware.Cores != 4 || model.Hardware.Hdds[0].Size != 1600 {
		t.Errorf("%+v", model)
	}
	for _, list := range []string{"/servers/fixed_instance_sizes", "/servers/baremetal_models"} {
		for _, query := range []string{"", "?page=1&per_page=10&sort=name&q=&fields="} {
			if got := parse[[]map[string]any](w.call("GET", list+query, nil).want(200)); len(got) != 1 {
				t.Errorf("%s%s: %v", list, query, got)
			}
		}
		w.call("GET", list+"/"+unknown, nil).fails(404, "NOT_FOUND", unknown)
	}
	if r := w.call("GET", "/servers/fixed_instance_sizes", nil); strings.Contains(string(r.body), "2.0") {
		t.Errorf("a fraction where none is: %s", r.body)
	}
}

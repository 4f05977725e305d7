package oneandone

import (
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

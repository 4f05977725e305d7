package oneandone

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
)

// A flavor and a model share an id and stay apart.
func TestFlavors(t *testing.T) {
	w := newWorld(t)
	id := w.flavor.UID.String()
	size := parse[oneandone.FixedInstanceSize](w.call("GET", "/servers/fixed_instance_sizes/"+id, nil).want(200))
	if size.Name != "L" || size.Hardware.RAM != 2 ||
		size.Hardware.Vcore != 2 || !size.Hardware.Hdds[0].IsMain || size.Hardware.Hdds[0].Size != 80 {
		t.Errorf("%+v", size)
	}
	model := parse[oneandone.BaremetalModel](w.call("GET", "/servers/baremetal_models/"+id, nil).want(200))
	if model.Name != "BMC_L" || model.Hardware.Core != 4 || model.Hardware.CoresPerProcessor != 4 ||
		*model.Hardware.Cores != 4 || model.Hardware.Hdds[0].Size != 1600 {
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

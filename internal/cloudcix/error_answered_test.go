package cloudcix_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/cloudcix"
	"github.com/virga-cloud/virga/internal/store"
)

// answered are the numbers that any test of this binary got in an answer. It lives
// here, because the tests of one binary have nothing else in common.
var answered = answers{codes: map[string]bool{}}

type answers struct {
	sync.Mutex
	codes map[string]bool
}

var numberForm = regexp.MustCompile(`"error_code":"([a-z_0-9]+)"`)

func (a *answers) note(body []byte) {
	a.Lock()
	defer a.Unlock()
	for _, m := range numberForm.FindAllSubmatch(body, -1) {
		a.codes[string(m[1])] = true
	}
}

// all tells a run of every test of the package.
func all() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz", "test.bench"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return true
}

// judge says which documented numbers of what is built no test was answered with.
func (a *answers) judge() (code int) {
	documented, later := map[string]bool{}, map[string]bool{}
	built := (&cloudcix.API{}).Handlers()
	for _, o := range wirespec.Operations {
		if built[o.ID] == nil {
			later[cloud.Snake(strings.ToUpper(o.ID[:1])+o.ID[1:])] = true
		}
	}
	for _, o := range wirespec.Operations {
		for _, c := range o.Errors {
			// What a built service takes from one that is not built waits for that one.
			if built[o.ID] != nil && !cloudcix.Reserved(c) && !later[strings.TrimPrefix(c[:len(c)-4], "iaas_")] {
				documented[c] = true
			}
		}
	}
	reached := 0
	for _, c := range slices.Sorted(maps.Keys(documented)) {
		why, excused := unanswered[c]
		waits := cloudcix.Waiting[c] != ""
		switch {
		case a.codes[c]:
			reached++
			if excused || waits {
				fmt.Fprintf(os.Stderr, "%s is answered: take it out of the list in which it is excused (%s%s)\n", c, why, cloudcix.Waiting[c])
				code = 1
			}
		case !excused && !waits:
			fmt.Fprintf(os.Stderr, "no test was answered with %s\n", c)
			code = 1
		}
	}
	fmt.Printf("error codes: %d of %d documented ones of what is built were answered, %d wait, %d are excused\n",
		reached, len(documented), len(cloudcix.Waiting), len(unanswered))
	return code
}

// unanswered are documented numbers that no test can be answered with, and why. It
// may only shrink.
var unanswered = map[string]string{
	"iaas_virtual_router_create_101": "the body of project_create names no project", "iaas_virtual_router_create_102": "the same",
	"iaas_virtual_router_create_105": "routers have no ports here", "iaas_virtual_router_create_106": "a region always takes routers",
	"iaas_virtual_router_create_108": "routers have no ports here",
	"iaas_subnet_update_117":         "of another IP version than the parent is of another one than the allocation, which is said first (113)",
}

// Numbers that only a fault of the installation leads to: no addresses left for a
// router, no room for a disk, an address plan that is gone; and a bill that is
// somebody else's.
func TestRareNumbers(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	w.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE host SET used_gb = disk_gb`)
		return err
	})
	storage := fmt.Sprintf("/vm/%d/storage/", vm)
	w.call("ann", "POST", storage, obj{"name": "data", "gb": 2000}).want("no room", 400, map[string]string{"": "iaas_storage_create_004"})
	w.write(func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE subnet SET closed = created WHERE pool = 1`); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE allocation SET closed = created`)
		return err
	})
	body := obj{"region_id": w.region, "name": "other"}
	w.call("ann", "POST", "/project/", body).want("no address", 400, map[string]string{"ip_address": "iaas_virtual_router_create_109"})
	nets := obj{"subnets": items(obj{"address_range": "10.9.0.1/24"})}
	w.call("ann", "PATCH", fmt.Sprintf("/virtual_router/%d/", router), nets).
		want("no plan", 400, map[string]string{"subnets": "iaas_virtual_router_update_107"})
	bill := fmt.Sprintf("m:/cloud_bill/%d/%d/", w.users["dora"].SiteID, w.users["ann"].SiteID)
	w.call("ann", "GET", bill, nil).want("bill", 403, map[string]string{"": "membership_cloud_bill_read_201"})
}

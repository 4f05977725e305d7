package cloudcix_test

import (
	"fmt"
	"net/http"
	"testing"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

// Each documented order of machines is that of an index, on both engines, for user 1,
// who sees all, for who sees a member's, and for who sees those of his own address.
func TestOrdersHaveAnIndex(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			r := newRows(t, engine, 5)
			r.fill(24)
			for _, name := range wirespec.ListVM.Orders {
				for _, who := range []string{"root", "gina", "ann"} {
					for _, sign := range []string{"", "-"} {
						for page := range 2 {
							path := fmt.Sprintf("/vm/?limit=2&order=%s%s&page=%d", sign, name, page)
							r.orderedBy(who, path)
						}
					}
				}
			}
		})
	}
}

func (r *rows) orderedBy(who, path string) {
	r.t.Helper()
	list := storetest.Queries(r.DB, "server", func() { r.call(who, http.MethodGet, path, nil).is(http.StatusOK) })
	if len(list) == 0 {
		r.t.Errorf("%s: no page was read", path)
	}
	for _, q := range list {
		plan, err := storetest.Plan(r.t.Context(), r.DB, q)
		if err != nil {
			r.t.Fatal(err)
		}
		if storetest.Sorts(plan) {
			r.t.Errorf("%s %s: %s\n%s", who, path, q.Text, plan)
		}
	}
}

// No list that is built reads a table that grows as a whole, on both engines, in no order
// that is documented and for no caller.
func TestListsScanNothing(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			r := newRows(t, engine, 6)
			r.fill(24)
			r.write(func(tx *store.Tx) error { return storetest.Grow(tx, r.vm, 2000) })
			seen := map[string]bool{}
			for _, o := range builtLists(r.world) {
				if o.ID == wirespec.ListServer.ID {
					continue // as many as machines: whoever sees those of all regions has them read and sorted
				}
				asked := 0
				for _, name := range append([]string{""}, o.Orders...) {
					if o.ID == wirespec.ListVirtualRouter.ID && name == "state" {
						continue // made of the router and its project: all are read and sorted here
					}
					for _, who := range []string{"root", "gina", "ann"} {
						if ofRegions[o.ID] && who != "root" {
							continue // is refused
						}
						for page := range 2 {
							path := fmt.Sprintf("%s?limit=2&order=%s&page=%d", r.pathTo(o), name, page)
							list := storetest.Statements(r.DB, seen, func() { r.call(who, http.MethodGet, path, nil).is(http.StatusOK) })
							asked += len(list)
							bad, err := storetest.Unbounded(t.Context(), r.DB, list)
							if err != nil {
								t.Fatal(err)
							}
							for _, text := range bad {
								t.Errorf("%s %s: %s", who, path, text)
							}
						}
					}
				}
				t.Logf("%s: %d statements", o.ID, asked)
			}
		})
	}
}

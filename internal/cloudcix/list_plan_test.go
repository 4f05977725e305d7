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

package oneandone

import (
	"net/http"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/store/storetest"
)

// Each order of servers that the store does is that of an index, on both engines, on
// the first page and behind others: nobody reads all rows to sort them. Names that
// identify a server are left out: nobody sorts by them in earnest.
func TestOrdersHaveAnIndex(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			w := newWorldOn(t, engine)
			orders := []string{""}
			for name := range serverList.orders {
				switch name {
				case "id", "cloudpanel_id", "description", "hostname":
				default:
					orders = append(orders, name, "-"+name)
				}
			}
			for _, order := range orders {
				for _, page := range []string{"1", "3"} {
					path := "/servers?per_page=10&page=" + page + "&sort=" + order
					list := storetest.Queries(w.db, "server", func() { w.call(http.MethodGet, path, nil).want(http.StatusOK) })
					if len(list) == 0 {
						t.Errorf("%s: no page was read", path)
					}
					for _, q := range list {
						if strings.Contains(q.Text, `"change_at" >`) {
							continue // what was changed in the last seconds is sorted by itself
						}
						plan, err := storetest.Plan(t.Context(), w.db, q)
						if err != nil {
							t.Fatal(err)
						}
						if storetest.Sorts(plan) {
							t.Errorf("%s: %s\n%s", path, q.Text, plan)
						}
					}
				}
			}
		})
	}
}

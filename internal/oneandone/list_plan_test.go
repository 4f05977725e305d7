package oneandone

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
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

// No list that is built reads a table that grows as a whole, on both engines: neither
// the whole list nor a page, in its own order, by name or with a search.
func TestListsScanNothing(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			r := &rows{world: newWorldOn(t, engine), rng: rand.New(rand.NewPCG(2, 71)), hidden: map[string]bool{}}
			uid, _ := cloud.ParseUID(r.create("copied").ID)
			r.settle()
			r.fill(12) // random rows, which nobody carries out
			r.write(func(tx *store.Tx) error {
				s, err := store.ByUID[cloud.Server](tx, uid)
				if err != nil {
					return err
				}
				return storetest.Grow(tx, s.ID, 2000)
			})
			seen := map[string]bool{}
			for _, o := range builtLists() {
				asked := 0
				for _, query := range []string{
					"", "per_page=5", "per_page=5&page=2", "per_page=5&sort=name", "per_page=5&q=web", "per_page=5&sort=-name&q=web",
				} {
					path := o.Path + "?" + asks[o.ID] + "&" + query
					list := storetest.Statements(r.db, seen, func() { r.call(http.MethodGet, path, nil).want(http.StatusOK) })
					asked += len(list)
					bad, err := storetest.Unbounded(t.Context(), r.db, list)
					if err != nil {
						t.Fatal(err)
					}
					for _, text := range bad {
						t.Errorf("%s: %s", path, text)
					}
				}
				t.Logf("%s: %d statements", o.ID, asked)
			}
		})
	}
}

package store_test

import (
	"os"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Models that an earlier version made get their cores; nothing else moves.
func TestModelsHaveTheirCores(t *testing.T) {
	text, err := os.ReadFile("migrations/0024_metal_cores.sql")
	if err != nil {
		t.Fatal(err)
	}
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error {
			for _, f := range []cloud.Flavor{
				{Kind: "baremetal", Name: "BMC_L", VCPU: 4, Cores: 1},
				{Kind: "baremetal", Name: "odd", VCPU: 8, Cores: 2},
				{Kind: "fixed", Name: "XXL", VCPU: 4, Cores: 1},
			} {
				if err := store.Insert(tx, &f); err != nil {
					return err
				}
			}
			_, err := tx.Exec(string(text))
			return err
		})
		read(t, db, func(tx *store.Tx) error {
			list, err := store.Find[cloud.Flavor](tx, cloud.Query{}.By("id"))
			if err == nil && (len(list) != 3 || list[0].Cores != 4 || list[1].Cores != 2 || list[2].Cores != 1) {
				t.Errorf("%+v %+v %+v", list[0], list[1], list[2])
			}
			return err
		})
	})
}

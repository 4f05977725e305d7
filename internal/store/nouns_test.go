package store_test

import (
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Every noun has its table on every engine.
func TestNouns(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		read(t, db, func(tx *store.Tx) error {
			for _, check := range []func(*store.Tx) error{
				store.Check[cloud.Member], store.Check[cloud.Site], store.Check[cloud.User], store.Check[cloud.Role],
				store.Check[cloud.Project], store.Check[cloud.Router], store.Check[cloud.Server], store.Check[cloud.Volume],
				store.Check[cloud.Snapshot], store.Check[cloud.Key], store.Check[cloud.Flavor], store.Check[cloud.ASN],
				store.Check[cloud.Allocation], store.Check[cloud.Subnet], store.Check[cloud.IP], store.Check[cloud.NIC],
				store.Check[cloud.Policy], store.Check[cloud.Host], store.Check[cloud.Image], store.Check[cloud.Event],
				store.Check[cloud.IPAddressGroup], store.Check[cloud.FeedRange], store.Check[cloud.PoolIP], store.Check[cloud.Interface],
				store.Check[cloud.RouterRule], store.Check[cloud.PolicyHit],
				store.Check[cloud.Idempotency], store.Check[cloud.Setting],
			} {
				if err := check(tx); err != nil {
					t.Error(err)
				}
			}
			return nil
		})
	})
}

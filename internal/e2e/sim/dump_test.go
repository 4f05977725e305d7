package sim

import (
	"context"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
)

// dump prints what is known, for a world that went wrong.
func dump(t testing.TB, w *World) {
	t.Helper()
	_ = w.DB.Read(context.Background(), func(tx *store.Tx) error {
		servers, err := store.Find[cloud.Server](tx, cloud.Query{}.By("id"))
		if err != nil {
			return err
		}
		for _, s := range servers {
			t.Logf("server %d %s: %+v", s.ID, s.Name, s.Life)
		}
		for _, h := range w.Hosts {
			list, err := hub.OnHost(tx, h.ID, 0, 1000)
			if err != nil {
				return err
			}
			for _, o := range list {
				t.Logf("%s: %s generation %d taken %d acknowledged %d absent %v owner %v: %+v",
					h.Name, o.Ref(), o.Generation, o.Taken, o.Acknowledged, o.Absent, o.Owner, o.Status)
			}
		}
		rows, err := tx.Query(`SELECT kind, key, attempts, last_error FROM work`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind, last string
			var key, n int64
			if err := rows.Scan(&kind, &key, &n, &last); err != nil {
				return err
			}
			t.Logf("work %s %d: %d attempts, %s", kind, key, n, last)
		}
		return rows.Err()
	})
}

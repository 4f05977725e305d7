package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// serversInSight confines a condition to the servers that the actor may see.
func (t *Txn) serversInSight(where cloud.Cond) (cloud.Cond, error) {
	if err := auth.Need(t.Call.Actor, "servers.show"); err != nil {
		return where, err
	}
	return t.inSight(cloud.And(auth.Scope(t.Call.Actor, t.Call.Confined), where))
}

// ServerIDs are the ids that Servers would give, in the order of the query if it has
// one, and in none otherwise.
func (t *Txn) ServerIDs(q cloud.Query) (ids []int64, err error) {
	if q.Where, err = t.serversInSight(q.Where); err != nil {
		return nil, err
	}
	return store.IDs[cloud.Server](t.Tx, q)
}

// Hits are the ids of the rows of R that may contain q in what is shown of them,
// whosever they are: they narrow a list and are no answer. ok is false when that
// is not known, or when they are many.
func Hits[R any](t *Txn, q string) (ids []int64, ok bool, err error) { return store.Hits[R](t.Tx, q) }

// HitsBy is Hits for the rows that those of R name in a column.
func HitsBy[R any](t *Txn, column, q string) (ids []int64, ok bool, err error) {
	return store.HitsBy[R](t.Tx, column, q)
}

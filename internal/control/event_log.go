package control

import (
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Operation is a start event with its end, nil while it runs: one entry of
// the 1&1 log.
type Operation struct {
	Start *cloud.Event
	End   *cloud.Event
}

// HistoryView is an event with the project it concerns, for *_history.
type HistoryView struct {
	*cloud.Event
}

// Operations lists what started in the window, both ends included, newest
// last.
func (t *Txn) Operations(from, to time.Time) ([]*Operation, error) {
	if err := auth.Need(t.Call.Actor, "logs.show"); err != nil {
		return nil, err
	}
	starts, err := store.Find[cloud.Event](t.Tx, cloud.Where(
		auth.Scope(t.Call.Actor, t.Call.Confined), cloud.Eq("end", false),
		cloud.Cmp(cloud.OpGte, "at", from), cloud.Cmp(cloud.OpLte, "at", to)).By("at").By("id"))
	if err != nil {
		return nil, err
	}
	return t.operations(starts)
}

// Operation reads one entry of the log.
func (t *Txn) Operation(id cloud.UID) (*Operation, error) {
	if err := auth.Need(t.Call.Actor, "logs.show"); err != nil {
		return nil, err
	}
	start, err := store.First[cloud.Event](t.Tx, cloud.Where(
		auth.Scope(t.Call.Actor, t.Call.Confined), cloud.Eq("operation", id), cloud.Eq("end", false)))
	if store.None(err) {
		return nil, missing("log entry", Pick{UID: id})
	}
	if err != nil {
		return nil, err
	}
	ops, err := t.operations([]*cloud.Event{start})
	if err != nil {
		return nil, err
	}
	return ops[0], nil
}

// operations pairs starts with their ends.
func (t *Txn) operations(starts []*cloud.Event) ([]*Operation, error) {
	ops := make([]*Operation, len(starts))
	at := make(map[cloud.UID]*Operation, len(starts))
	ids := make([]cloud.UID, len(starts))
	for i, s := range starts {
		ops[i] = &Operation{Start: s}
		at[s.Operation], ids[i] = ops[i], s.Operation
	}
	ends, err := store.Find[cloud.Event](t.Tx, cloud.Where(cloud.In("operation", ids), cloud.Eq("end", true)))
	for _, e := range ends {
		at[e.Operation].End = e
	}
	return ops, err
}

// historyColumns is what a history shows of an event.
var historyColumns = []string{"end", "at", "site_id", "user_id", "object_id", "object", "project_id", "state", "quantity"}

// History lists the events of objects that moved a state or a quantity, object by
// object, oldest first.
func (t *Txn) History(kind string, ids ...int64) ([]*cloud.Event, error) {
	q := cloud.Where(cloud.Eq("kind", kind), cloud.In("object_id", ids), cloud.Ne("state", 0)).By("object_id").By("id")
	return store.Find[cloud.Event](t.Tx, q.Showing(historyColumns...))
}

// Changes lists what History gives, for all objects of a kind that the actor
// may see; total counts before paging.
func (t *Txn) Changes(kind string, q cloud.Query) ([]*cloud.Event, int64, error) {
	if err := auth.Need(t.Call.Actor, "logs.show"); err != nil {
		return nil, 0, err
	}
	q.Where = cloud.And(auth.Scope(t.Call.Actor, t.Call.Confined), cloud.Eq("kind", kind), cloud.Ne("state", 0), q.Where)
	total, err := store.Count[cloud.Event](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	list, err := store.Find[cloud.Event](t.Tx, q.Showing(historyColumns...))
	return list, total, err
}

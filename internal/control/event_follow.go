package control

import (
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// settled is how old an event must be before none with a smaller number can
// appear any more. PostgreSQL gives numbers before the commit, so a later one
// may be seen first; on SQLite there is one writer and the order is that of
// the commits.
const settled = 10 * time.Second

// Mark is where the record of events ends now.
func (t *Txn) Mark() (id int64, err error) {
	if err := t.QueryRow(`SELECT COALESCE(MAX(id), 0) FROM event`).Scan(&id); err != nil {
		return 0, err
	}
	return id, nil
}

// Follow lists events of the actor's member and site after the number after,
// oldest first. next is the number to go on from: events between it and the
// end of the list come again, because one may still appear among them.
func (t *Txn) Follow(after int64, limit int) (list []*cloud.Event, next int64, err error) {
	if err := auth.Need(t.Call.Actor, "logs.show"); err != nil {
		return nil, 0, err
	}
	where := cloud.And(auth.Scope(t.Call.Actor, true), cloud.Cmp(cloud.OpGt, "id", after))
	if list, err = store.Find[cloud.Event](t.Tx, cloud.Where(where).By("id").Page(limit, 0)); err != nil {
		return nil, 0, err
	}
	next = after
	for _, e := range list {
		if t.Engine() != store.SQLite && t.Now().Sub(e.At) < settled && len(list) < limit {
			break
		}
		next = e.ID
	}
	return list, next, nil
}

// Moving lists the servers of the actor on which something is under way.
func (t *Txn) Moving() ([]*cloud.Server, error) {
	if err := auth.Need(t.Call.Actor, "servers.show"); err != nil {
		return nil, err
	}
	// The condition is spelled out because the index is a partial one.
	rows, err := store.Select[cloud.Server](t.Tx, `SELECT `+store.Columns[cloud.Server]()+
		` FROM server WHERE event_id <> 0 AND member_id = $1 ORDER BY id`, t.Call.Actor.Member0())
	if err != nil {
		return nil, err
	}
	var list []*cloud.Server
	for _, s := range rows {
		if t.may("servers.show", false, ownedServer(s)) == nil {
			list = append(list, s)
		}
	}
	return list, nil
}

// Progress reads a server that may be gone already, for who follows it to its
// end.
func (t *Txn) Progress(p Pick) (*cloud.Server, error) {
	s, err := store.ByUIDAny[cloud.Server](t.Tx, p.UID)
	if p.ID != 0 {
		s, err = store.GetAny[cloud.Server](t.Tx, p.ID)
	}
	if store.None(err) || err == nil && t.may("servers.show", false, ownedServer(s)) != nil {
		return nil, missing("server", p)
	}
	return s, err
}

package control

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// restore takes a machine of a shut down project back to what it was: on when
// the newest of its states 4 and 6 was 4, else it stays off (cloudcix.md section
// 11).
func (t *Txn) restore(s *cloud.Server) error {
	q := cloud.Where(cloud.Eq("kind", "server"), cloud.Eq("object_id", s.ID),
		cloud.In("state", []int{cloud.StateRunning, cloud.StateQuiesced}))
	q.Order = []cloud.Order{{Field: "id", Desc: true}}
	last, err := store.First[cloud.Event](t.Tx, q)
	switch {
	case store.None(err) || err == nil && last.State == cloud.StateRunning:
		return t.revive(s)
	case err != nil:
		return err
	}
	s.Remove, s.RemoveAfter = cloud.Keep, nil
	s.Touch(t.Now(), t.Call.Actor.UserID())
	if err := store.Update(t.Tx, s); err != nil {
		return err
	}
	about := aboutServer(s)
	if about.quantity, err = t.quantities(s); err != nil {
		return err
	}
	if err := t.record("START", about); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}

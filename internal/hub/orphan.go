package hub

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// orphanWork owns the orders that remove orphans. There is no work row of
// this kind: the hub settles them itself when the host reports them gone.
const orphanWork = "orphan"

// decidedRemove is the decision to remove an orphan.
const decidedRemove = "remove"

// Orphan is something on a host that this store did not order.
type Orphan struct {
	ID   int64
	Host int64
	Kind plan.Kind
	// Object is its id; the object it was made for is not known.
	Object plan.ID
	// Generation and Body are of the document that the host still follows;
	// zero and empty when there is only an artefact.
	Generation int64
	Body       []byte
	Since      time.Time
	Decided    string // "" or "remove"
}

// Ref names the artefact.
func (o *Orphan) Ref() plan.Ref { return plan.Ref{Kind: o.Kind, ID: o.Object} }

// Orphans lists the orphans of a host, of all hosts with 0.
func Orphans(tx *store.Tx, host int64) ([]*Orphan, error) {
	q := cloud.Query{}.By("id")
	if host != 0 {
		q.Where = cloud.Eq("host", host)
	}
	return store.Find[Orphan](tx, q)
}

// OrphanOf is the orphan of a name on a host, nil when there is none.
func OrphanOf(tx *store.Tx, host int64, ref plan.Ref) (*Orphan, error) {
	o, err := store.First[Orphan](tx, cloud.Where(cloud.Eq("host", host), cloud.Eq("kind", ref.Kind), cloud.Eq("object", ref.ID)))
	if store.None(err) {
		return nil, nil
	}
	return o, err
}

func isOrphan(tx *store.Tx, host int64, ref plan.Ref) (bool, error) {
	n, err := store.Count[Orphan](tx, cloud.Where(cloud.Eq("host", host), cloud.Eq("kind", ref.Kind), cloud.Eq("object", ref.ID)))
	return n > 0, err
}

func putOrphan(tx *store.Tx, host int64, ref plan.Ref, generation int64, body json.RawMessage) error {
	err := tx.Later(nil, `INSERT INTO orphan (host, kind, object, generation, body, since) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (host, kind, object) DO UPDATE SET generation = excluded.generation, body = excluded.body`,
		host, string(ref.Kind), string(ref.ID), generation, []byte(body), tx.Now())
	if err != nil {
		return fmt.Errorf("orphan %s on host %d: %w", ref, host, err)
	}
	return nil
}

// replaceOrphans records the artefacts without a document on a host. Those
// with one (Generation) are not in the list; they stay until somebody
// decides.
func replaceOrphans(tx *store.Tx, host int64, refs []plan.Ref) error {
	now := map[plan.Ref]bool{}
	for _, r := range refs {
		if !r.Valid() {
			return fmt.Errorf("orphan %q %q on host %d: not the name of an artefact", r.Kind, r.ID, host)
		}
		now[r] = true
	}
	old, err := Orphans(tx, host)
	if err != nil {
		return err
	}
	for _, o := range old {
		if now[o.Ref()] {
			delete(now, o.Ref())
		} else if o.Generation == 0 && o.Decided == "" {
			if err := store.Delete[Orphan](tx, o.ID); err != nil {
				return err
			}
		}
	}
	for _, r := range refs {
		if !now[r] {
			continue
		}
		// What was ordered and is only not taken yet is no orphan.
		o, err := Get(tx, host, r.Kind, r.ID)
		if err != nil {
			return err
		}
		switch {
		case o == nil:
			err = putOrphan(tx, host, r, 0, nil)
		case o.Gone():
			err = orderAgain(tx, o)
		}
		if err != nil {
			return err
		}
		delete(now, r)
	}
	return nil
}

// orderAgain repeats a removal that a host said it had carried out, when the
// artefact turns up afterwards and its owner has not let go of the order yet.
func orderAgain(tx *store.Tx, o *Order) error {
	err := tx.Later(nil, `UPDATE orders SET generation = generation + 1, updated = $2,
		status = '{"reason":"was said to be gone, and is still there"}' WHERE id = $1`, o.ID, tx.Now())
	if err != nil {
		return fmt.Errorf("order %s on host %d again: %w", o.Ref(), o.Host, err)
	}
	tx.Notify(topic(o.Host))
	return nil
}

// RemoveOrphan decides that an orphan goes: the host is ordered to remove it.
// The row stays, decided, until the host reports it gone.
func RemoveOrphan(tx *store.Tx, id int64) error {
	o, err := store.Get[Orphan](tx, id)
	if err != nil {
		return err
	}
	if o.Decided == decidedRemove {
		return nil
	}
	o.Decided = decidedRemove
	if err := store.Update(tx, o); err != nil {
		return err
	}
	if err := raiseFloor(tx, o.Host, o.Generation); err != nil {
		return err
	}
	return insert(tx, o.Host, o.Ref(), nil, absentDigest, Owner{orphanWork, o.ID})
}

// AdoptOrphan makes an orphan with a document the property of a work key, as
// the host has it. The owner's next Put goes on from there.
func AdoptOrphan(tx *store.Tx, id int64, owner Owner) error {
	o, err := store.Get[Orphan](tx, id)
	if err != nil {
		return err
	}
	if o.Generation == 0 || len(o.Body) == 0 || o.Decided != "" {
		return cloud.Errorf(cloud.Conflict, "orphan.bare", "%s on host %d has no document that could be taken over", o.Ref(), o.Host).
			WithFix("What is on a disk can be saved: docs/operate/hosts.md, \"A disk that belongs to nothing\".")
	}
	if err := insert(tx, o.Host, o.Ref(), o.Body, digestOf(o.Body), owner); err != nil {
		return err
	}
	err = tx.Later(nil, `UPDATE orders SET generation = $4, first = $4, taken = $4 WHERE host = $1 AND kind = $2 AND object = $3`,
		o.Host, string(o.Kind), string(o.Object), o.Generation)
	if err != nil {
		return err
	}
	return store.Delete[Orphan](tx, o.ID)
}

// settleOrphan ends the removal of an orphan.
func settleOrphan(tx *store.Tx, o *Order) error {
	if err := drop(tx, o); err != nil {
		return err
	}
	err := tx.Later(nil, `DELETE FROM orphan WHERE id = $1`, o.Owner.Key)
	return err
}

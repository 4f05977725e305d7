package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// Owner is the work key that a document belongs to. Only its reconciler
// writes the document, and it is woken when the host reports.
type Owner struct {
	Kind string
	Key  int64
}

// Order is one document for one host, and what the host said about it.
type Order struct {
	ID         int64
	Host       int64
	Kind       plan.Kind
	Object     plan.ID
	Owner      Owner
	Generation int64
	Digest     string
	Absent     bool
	Body       json.RawMessage // empty when absent
	// Taken and Acknowledged are the newest generations that lie on the
	// host's disk and that were carried out. Only reports move them.
	Taken        int64
	Acknowledged int64
	Status       plan.Status
	// Held: the host was adopted with another document than this one. It is
	// not sent before the reconciler has seen Status and called Put again.
	Held bool
	// Lost: the host made it once and does not have it any more, or is lost.
	Lost    bool
	Updated time.Time

	first int64
}

// Done tells that the host carried out the newest generation, and that it
// still holds.
func (o *Order) Done() bool { return o.Acknowledged >= o.Generation && o.Status.Ready }

// Gone tells that the host removed it as ordered, or is lost.
func (o *Order) Gone() bool { return o.Absent && o.Acknowledged >= o.Generation }

// Ref is the name of the document.
func (o *Order) Ref() plan.Ref { return plan.Ref{Kind: o.Kind, ID: o.Object} }

// absentDigest stands in for the digest of a body.
const absentDigest = "absent"

const orderColumns = `id, host, kind, object, work_kind, work_key, generation, digest, absent, body,
	taken, acknowledged, status, first, held, lost, updated`

// orders runs a query for rows.
func orders(tx *store.Tx, where string, args ...any) ([]*Order, error) {
	rows, err := tx.Query(`SELECT `+orderColumns+` FROM orders WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("find orders: %w", err)
	}
	defer rows.Close()
	var list []*Order
	for rows.Next() {
		o := &Order{}
		var body []byte
		var status string
		err := rows.Scan(&o.ID, &o.Host, store.Into(&o.Kind), store.Into(&o.Object), &o.Owner.Kind, &o.Owner.Key,
			&o.Generation, &o.Digest, store.Into(&o.Absent), &body, &o.Taken, &o.Acknowledged, &status,
			&o.first, store.Into(&o.Held), store.Into(&o.Lost), store.Into(&o.Updated))
		if err != nil {
			return nil, fmt.Errorf("read order: %w", err)
		}
		o.Body = body
		if status != "" {
			if err := json.Unmarshal([]byte(status), &o.Status); err != nil {
				return nil, fmt.Errorf("read status of %s: %w", o.Ref(), err)
			}
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// Get is the order for a document, nil when there is none.
func Get(tx *store.Tx, host int64, kind plan.Kind, id plan.ID) (*Order, error) {
	list, err := orders(tx, `host = $1 AND kind = $2 AND object = $3`, host, string(kind), string(id))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// OrderOf is the order with an id, nil when there is none.
func OrderOf(tx *store.Tx, id int64) (*Order, error) {
	list, err := orders(tx, `id = $1`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// At names a document of a host.
type At struct {
	Host int64
	Ref  plan.Ref
}

// Find reads the orders of some documents, as far as there are any, in one statement.
// One index look-up each, as Get does it: a condition with OR would let the database
// read a table as a whole.
func Find(tx *store.Tx, docs []At) (map[At]*Order, error) {
	if len(docs) == 0 {
		return nil, nil
	}
	var text strings.Builder
	args := make([]any, 0, 3*len(docs))
	for i, d := range docs {
		if i > 0 {
			text.WriteString(" UNION ALL SELECT " + orderColumns + " FROM orders WHERE ")
		}
		fmt.Fprintf(&text, "host = $%d AND kind = $%d AND object = $%d", 3*i+1, 3*i+2, 3*i+3)
		args = append(args, d.Host, string(d.Ref.Kind), string(d.Ref.ID))
	}
	list, err := orders(tx, text.String(), args...)
	if err != nil {
		return nil, err
	}
	found := make(map[At]*Order, len(list))
	for _, o := range list {
		found[At{o.Host, o.Ref()}] = o
	}
	return found, nil
}

// Of lists the orders of a work key in a fixed order.
func Of(tx *store.Tx, owner Owner) ([]*Order, error) {
	return orders(tx, `work_kind = $1 AND work_key = $2 ORDER BY id`, owner.Kind, owner.Key)
}

// OnHost lists orders of a host with an id greater than after, for sweeps in
// pages.
func OnHost(tx *store.Tx, host, after int64, limit int) ([]*Order, error) {
	return orders(tx, `host = $1 AND id > $2 ORDER BY id LIMIT $3`, host, after, int64(limit))
}

// Put orders a document: body is a pointer to (or value of) a struct of
// package plan, nil orders its absence. The generation grows only when the
// digest differs; changed says so. A document belongs to one owner for its
// life. Ordering the absence of what was never ordered changes nothing: then
// Get keeps answering nil.
func Put(tx *store.Tx, host int64, kind plan.Kind, id plan.ID, body any, owner Owner) (changed bool, err error) {
	o, err := Get(tx, host, kind, id)
	if err != nil {
		return false, err
	}
	changed, _, err = putOver(tx, o, host, plan.Ref{Kind: kind, ID: id}, body, owner)
	return changed, err
}

// PutNew is Put for an owner who knows from Find in this transaction that there is no
// such order.
func PutNew(tx *store.Tx, at At, body any, owner Owner) error {
	_, _, err := putOver(tx, nil, at.Host, at.Ref, body, owner)
	return err
}

// Replace is Put for an owner who read the order in this transaction and did
// not write it since: most turns order what is ordered already, and would read
// every order twice to find that out. After written the order must be read
// again; that is more than a new generation.
func Replace(tx *store.Tx, o *Order, body any) (written bool, err error) {
	known := *o // the caller's stays what was read
	_, written, err = putOver(tx, &known, o.Host, o.Ref(), body, o.Owner)
	return written, err
}

// putOver puts a document where o is now, nil for nothing.
func putOver(tx *store.Tx, o *Order, host int64, ref plan.Ref, body any, owner Owner) (changed, written bool, err error) {
	if !ref.Valid() {
		return false, false, fmt.Errorf("order %q %q: not the name of a document", ref.Kind, ref.ID)
	}
	var raw json.RawMessage
	digest := absentDigest
	if body != nil {
		if raw, err = plan.Encode(body); err != nil {
			return false, false, err
		}
		digest = digestOf(raw)
	}
	switch {
	case o == nil && body == nil:
		return false, false, nil
	case o == nil:
		// What a restored store wants again is no orphan any more; the new
		// generation is above the one the host follows.
		if err := tx.Later(nil, `DELETE FROM orphan WHERE host = $1 AND kind = $2 AND object = $3`,
			host, string(ref.Kind), string(ref.ID)); err != nil {
			return false, false, fmt.Errorf("order %s on host %d: %w", ref, host, err)
		}
		return true, true, insert(tx, host, ref, raw, digest, owner)
	case o.Owner != owner && !o.Gone():
		return false, false, cloud.Errorf(cloud.InUse, "order.owner", "%s on host %d belongs to %s %d, not to %s %d",
			ref, host, o.Owner.Kind, o.Owner.Key, owner.Kind, owner.Key)
	case o.Digest == digest && o.Owner == owner && !o.Held:
		return false, false, nil
	}
	if changed = o.Digest != digest; changed {
		if o.Gone() {
			// A new life under the old name: nothing of the first counts.
			o.first, o.Taken, o.Acknowledged, o.Status, o.Lost = o.Generation+1, 0, 0, plan.Status{}, false
		}
		o.Generation++
	}
	lost, err := hostLost(tx, host)
	if err != nil {
		return false, false, err
	}
	if (lost || host == 0) && body == nil && o.Acknowledged < o.Generation {
		// Nobody will carry it out, and nothing is there any more.
		o.Acknowledged = o.Generation
		o.Status = plan.Status{Ready: true, Reason: "the host was declared lost"}
		if err := work.Enqueue(tx, owner.Kind, owner.Key, 0); err != nil {
			return false, false, err
		}
	}
	status, err := json.Marshal(o.Status)
	if err != nil {
		return false, false, err
	}
	err = tx.Later(nil, `UPDATE orders SET work_kind = $2, work_key = $3, generation = $4, digest = $5, absent = $6, body = $7,
		taken = $8, acknowledged = $9, status = $10, first = $11, held = 0, lost = $12, updated = $13 WHERE id = $1`,
		o.ID, owner.Kind, owner.Key, o.Generation, digest, body == nil, []byte(raw),
		o.Taken, o.Acknowledged, string(status), o.first, o.Lost, tx.Now())
	if err != nil {
		return false, false, fmt.Errorf("order %s on host %d: %w", ref, host, err)
	}
	tx.Notify(topic(host))
	return changed, true, nil
}

// insert begins above everything that the host may have of this name.
func insert(tx *store.Tx, host int64, ref plan.Ref, raw json.RawMessage, digest string, owner Owner) error {
	const above = `coalesce((SELECT floor FROM link WHERE host = $1), 0) + 1`
	err := tx.Later(nil, `INSERT INTO orders
		(host, kind, object, work_kind, work_key, generation, first, digest, absent, body, created, updated)
		VALUES ($1, $2, $3, $4, $5, `+above+`, `+above+`, $6, $7, $8, $9, $9)`,
		host, string(ref.Kind), string(ref.ID), owner.Kind, owner.Key, digest, raw == nil, []byte(raw), tx.Now())
	if err != nil {
		return fmt.Errorf("order %s on host %d: %w", ref, host, err)
	}
	tx.Notify(topic(host))
	return nil
}

// Drop forgets an order whose absence was carried out. Forgetting one that
// does not exist is success; one that is not gone is refused.
func Drop(tx *store.Tx, host int64, kind plan.Kind, id plan.ID) error {
	o, err := Get(tx, host, kind, id)
	if err != nil || o == nil {
		return err
	}
	if !o.Gone() {
		return cloud.Errorf(cloud.Conflict, "order.not_gone", "%s on host %d is not gone yet", o.Ref(), host)
	}
	return drop(tx, o)
}

func drop(tx *store.Tx, o *Order) error {
	if err := tx.Later(nil, `DELETE FROM orders WHERE id = $1`, o.ID); err != nil {
		return fmt.Errorf("drop %s: %w", o.Ref(), err)
	}
	// The host may still hold the document that says absent: whatever comes
	// next under this name must be newer.
	return raiseFloor(tx, o.Host, o.Generation)
}

func digestOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:16])
}

// topic is what those who wait for a host's orders listen to.
func topic(host int64) string { return fmt.Sprintf("host %d", host) }

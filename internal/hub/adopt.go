package hub

import (
	"encoding/json"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// mustAdopt tells whether a host and the store know different pasts: the
// host obeyed another incarnation, has something newer than the store, or
// something the store never ordered; or it lost what it had.
func (h *Hub) mustAdopt(tx *store.Tx, l *Link, hello *plan.Hello) (bool, error) {
	list, err := orders(tx, `host = $1`, l.Host)
	if err != nil {
		return false, err
	}
	// A fresh host has no past, and the store has none with it.
	taken := false
	rows := map[plan.Ref]*Order{}
	for _, o := range list {
		rows[o.Ref()] = o
		taken = taken || o.Taken > 0
	}
	for _, d := range hello.Held {
		if err := tooFarAhead(d.Ref(), d.Generation, generationOf(rows[d.Ref()])); err != nil {
			return false, err
		}
	}
	if hello.Incarnation != h.incarnation() {
		return len(hello.Held) > 0 || taken, nil
	}
	for _, d := range hello.Held {
		o := rows[d.Ref()]
		delete(rows, d.Ref())
		switch {
		case o != nil && d.Generation > o.Generation:
			return true, nil
		case o != nil || d.Absent:
			continue
		}
		known, err := isOrphan(tx, l.Host, d.Ref())
		if err != nil || !known {
			return true, err
		}
	}
	for _, o := range rows {
		// Taken, and not there any more: a folder that was damaged.
		if o.Taken > 0 && !o.Gone() {
			return true, nil
		}
	}
	return false, nil
}

// generationOf is that of an order, 0 of none.
func generationOf(o *Order) int64 {
	if o == nil {
		return 0
	}
	return o.Generation
}

// adopt takes over what a host has, or a page of it, in the transaction of the request:
// its counters and what it sees. Both sides' documents are kept; where they
// differ the store's is sent with a generation above the host's, but only
// after its reconciler has seen what the host reported (Held).
func (h *Hub) adopt(tx *store.Tx, l *Link, truth *plan.Adopt) (drop []plan.Held, err error) {
	list, err := orders(tx, `host = $1 ORDER BY id`, l.Host)
	if err != nil {
		return nil, err
	}
	from, to := truth.After, lastOf(truth)
	rows := map[plan.Ref]*Order{} // that the page is about
	for _, o := range list {
		if within(o.Ref(), from, to) {
			rows[o.Ref()] = o
		}
	}
	floor := int64(0)
	var had []plan.Adopted
	for _, d := range truth.Documents {
		ref := d.Ref()
		if !ref.Valid() {
			return nil, fmt.Errorf("%q %q: not the name of a document", d.Kind, d.ID)
		}
		if !within(ref, from, to) {
			return nil, cloud.Errorf(cloud.Invalid, "link.request", "%s is no part of this page", ref)
		}
		// What it was not ordered to have is no claim: its body, and the numbers and
		// addresses in it, count for nothing.
		ours := !d.Absent && h.sealed(l.Host, d.Document)
		if ours {
			had = append(had, d)
		}
		o := rows[ref]
		delete(rows, ref)
		if err := tooFarAhead(ref, d.Generation, generationOf(o)); err != nil {
			return nil, err
		}
		floor = max(floor, d.Generation)
		if o == nil {
			// Half of a removal is no orphan: the host goes on with it and
			// reports it gone.
			if !d.Absent {
				body := d.Body
				if !ours {
					body = nil
				}
				err = putOrphan(tx, l.Host, ref, d.Generation, body)
			} else if d.Acknowledged >= d.Generation && d.Status.Ready {
				drop = append(drop, plan.Held{Kind: d.Kind, ID: d.ID, Generation: d.Generation, Absent: true})
			}
		} else {
			err = h.adoptOrder(tx, o, d)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := h.missed(tx, list, rows); err != nil {
		return nil, err
	}
	if err := raiseFloor(tx, l.Host, floor); err != nil {
		return nil, err
	}
	if h.opt.Adopted != nil {
		if err := h.opt.Adopted(tx, l.Host, had); err != nil {
			return nil, err
		}
	}
	if to != nil { // the rest is to come
		return drop, nil
	}
	if err := replaceOrphans(tx, l.Host, truth.Artefacts); err != nil {
		return nil, err
	}
	return drop, wakeOwners(tx, l.Host)
}

// adoptOrder joins the store's document with the host's.
func (h *Hub) adoptOrder(tx *store.Tx, o *Order, d plan.Adopted) error {
	digest := absentDigest
	if !d.Absent {
		digest = digestOf(d.Body)
	}
	switch {
	case digest != o.Digest:
		// Two pasts. The store's wish wins, with the host's counters in it.
		o.Generation = max(o.Generation, d.Generation+1)
		o.Held = o.Owner.Kind != orphanWork
	case d.Generation > o.Generation:
		o.Generation = d.Generation
	}
	o.first = min(o.first, d.Generation)
	o.Taken, o.Acknowledged = d.Generation, min(max(d.Acknowledged, 0), d.Generation)
	o.Status, o.Lost = d.Status, false
	return saveAdopted(tx, o)
}

// missed marks what the host should have and does not.
func (h *Hub) missed(tx *store.Tx, list []*Order, rows map[plan.Ref]*Order) error {
	for _, o := range list {
		if rows[o.Ref()] == nil || o.Taken == 0 || o.Gone() {
			continue
		}
		o.Taken, o.Acknowledged, o.Held = 0, 0, false
		o.Status = plan.Status{}
		// It is ordered anew. What holds data cannot be made anew, so it is
		// lost unless the host finds it again; a Volume without create fails
		// there with the reason.
		if !o.Absent && (o.Kind == plan.KindVolume || o.Kind == plan.KindVM) {
			o.Lost = true
			o.Status.Reason = "the host does not have it any more"
		}
		if err := saveAdopted(tx, o); err != nil {
			return err
		}
	}
	return nil
}

func saveAdopted(tx *store.Tx, o *Order) error {
	status, err := json.Marshal(o.Status)
	if err != nil {
		return err
	}
	err = tx.Later(nil, `UPDATE orders SET generation = $2, first = $3, taken = $4, acknowledged = $5, status = $6,
		held = $7, lost = $8, updated = $9 WHERE id = $1`,
		o.ID, o.Generation, o.first, o.Taken, o.Acknowledged, string(status), o.Held, o.Lost, tx.Now())
	if err != nil {
		return fmt.Errorf("adopt %s: %w", o.Ref(), err)
	}
	return nil
}

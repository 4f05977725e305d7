package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// row is a stored noun: a struct that embeds cloud.Meta.
type row[R any] interface {
	*R
	GetMeta() *cloud.Meta
}

// kind is a resource as the verbs that all of them have need it: found or
// missing, permitted or refused, written, recorded, shown. What is particular
// to one is a function of its file. A kind has no state.
type kind[R any, P row[R], V any] struct {
	// noun is what messages call it, and codes: "ssh key".
	noun string
	// Flags of the permission matrix; auth.AnyRole asks for a role only.
	show, create, change, remove string

	// about says for events what a row is, and for permissions whose.
	about func(P) subject
	// views gathers what a page of rows is shown with, in their order.
	views func(*Txn, []P) ([]V, error)
	// shows is the columns that lists need; nil: all of them.
	shows []string

	// only is which rows of the table are of this kind at all.
	only cloud.Cond
	// within is which of them there are for the actor, who may read them all. nil:
	// auth.Scope in lists, and auth.May of one by its id.
	within func(*Txn) cloud.Cond
	// sees is what lists show, where that is not what may be read one by one.
	sees func(*Txn) cloud.Cond
	// guard is asked whether the actor may, after his role, where that does not follow
	// from whose the row is.
	guard func(*Txn, P, access) error
	// closed rows stay readable.
	closed bool
	// operator: user 1 changes those of others too.
	operator bool
	// mayFirst: who may is asked before whether there is such a row.
	mayFirst bool
	// key finds rows by another name than their identity: what the request said.
	key func(said string) cloud.Cond
	// formFirst: what is wrong with a new one is said before what may not be done.
	formFirst bool
	// insert, update and close write the row and end it where there is more to it than
	// that; nil: store.Insert, store.Update, and Closed is now.
	insert, update, close func(*Txn, P) error
	// twice is what a row is that a unique index has already; nil where none can be.
	twice func(P) error
}

// access is what somebody wants with a row.
type access int

const (
	reads access = iota
	makes
	changes
)

// owned is whose a row is.
func (k kind[R, P, V]) owned(r P) auth.Owned {
	s := k.about(r)
	return auth.Owned{MemberID: s.member, SiteID: s.site, RegionID: s.region}
}

// may asks for a flag on a row. Where the refusal says that the row does not
// exist for the actor, it reads like any other missing one.
func (k kind[R, P, V]) may(t *Txn, p Pick, r P, flag string, write bool) error {
	if k.guard != nil {
		return k.guarded(t, r, flag, map[bool]access{false: reads, true: changes}[write])
	}
	if k.within != nil && !write {
		return auth.Need(t.Call.Actor, flag)
	}
	o := k.owned(r)
	o.ByOperator = k.operator
	err := t.may(flag, write, o)
	if cloud.IsKind(err, cloud.NotFound) {
		return missing(k.noun, p)
	}
	return err
}

// guarded asks the role and then the guard of the kind. To the role the row is as the
// actor's own.
func (k kind[R, P, V]) guarded(t *Txn, r P, flag string, how access) error {
	a := t.Call.Actor
	if err := t.may(flag, how != reads, auth.Owned{MemberID: a.Member0(), SiteID: a.Site0(), RegionID: a.Site0()}); err != nil {
		return err
	}
	return k.guard(t, r, how)
}

// mayMake asks for a new row.
func (k kind[R, P, V]) mayMake(t *Txn, r P) error {
	if k.guard != nil {
		return k.guarded(t, r, k.create, makes)
	}
	return t.may(k.create, true, k.owned(r))
}

// find reads the row that a request names: missing first, then refused. What is
// closed can be read where its kind says so, and takes no writes.
func (k kind[R, P, V]) find(t *Txn, p Pick, flag string, write bool) (P, error) {
	if write {
		if err := k.early(t, flag); err != nil {
			return nil, err
		}
	}
	r, err := k.get(t, p)
	if err == nil {
		err = k.may(t, p, r, flag, write)
	}
	if err == nil && write {
		err = alive(k.noun, k.about(r).name, *r.GetMeta())
	}
	return r, err
}

// early asks the guard who may, where that comes before the row.
func (k kind[R, P, V]) early(t *Txn, flag string) error {
	if !k.mayFirst {
		return nil
	}
	return k.guarded(t, P(new(R)), flag, changes)
}

// get reads a row without asking who may.
func (k kind[R, P, V]) get(t *Txn, p Pick) (P, error) {
	where := cloud.Eq("uid", p.UID)
	switch {
	case k.key != nil:
		where = k.key(p.Said)
	case p.ID != 0:
		where = cloud.Eq("id", p.ID)
	}
	q := cloud.Query{Where: cloud.And(where, k.only), Closed: k.closed}
	if k.within != nil {
		q.Where = cloud.And(q.Where, k.within(t))
	}
	r, err := store.First[R](t.Tx, q)
	if store.None(err) {
		return nil, missing(k.noun, p)
	}
	return r, err
}

// written is the outcome of writing a row.
func (k kind[R, P, V]) written(t *Txn, r P, err error) error {
	if err == nil && k.twice != nil {
		err = t.Settle() // is it there already?
	}
	if err != nil && k.twice != nil && store.Duplicate(err) {
		return k.twice(r)
	}
	return err
}

// view shows one row.
func (k kind[R, P, V]) view(t *Txn, r P) (v V, err error) {
	list, err := k.views(t, []P{r})
	if err != nil {
		return v, err
	}
	return list[0], nil
}

// Read is one object as it is shown.
func (k kind[R, P, V]) Read(t *Txn, p Pick) (v V, err error) {
	r, err := k.find(t, p, k.show, false)
	if err != nil {
		return v, err
	}
	return k.view(t, r)
}

// List is a page of what the actor may see, and how many there are in all where
// the dialect says that.
func (k kind[R, P, V]) List(t *Txn, q cloud.Query) ([]V, int64, error) {
	if err := auth.Need(t.Call.Actor, k.show); err != nil {
		return nil, 0, err
	}
	q = k.inSight(t, q)
	total, err := count[R](t, q)
	if err != nil {
		return nil, 0, err
	}
	found, err := store.Find[R](t.Tx, showing(q, k.shows))
	if err != nil {
		return nil, 0, err
	}
	rows := make([]P, len(found))
	for i, r := range found {
		rows[i] = r
	}
	views, err := k.views(t, rows)
	return views, total, err
}

// IDs are the ids that List would give, in the order of the query if it has one.
func (k kind[R, P, V]) IDs(t *Txn, q cloud.Query) ([]int64, error) {
	if err := auth.Need(t.Call.Actor, k.show); err != nil {
		return nil, err
	}
	return store.IDs[R](t.Tx, k.inSight(t, q))
}

// inSight confines a query to what the actor may see.
func (k kind[R, P, V]) inSight(t *Txn, q cloud.Query) cloud.Query {
	within := auth.Scope(t.Call.Actor, t.Call.Confined)
	switch {
	case k.sees != nil:
		within = k.sees(t)
	case k.within != nil:
		within = k.within(t)
	}
	q.Where, q.Closed = cloud.And(within, k.only, q.Where), q.Closed || k.closed
	return q
}

// checked asks whether the actor may and whether the input is right, in the order
// of the contract: what the dialect refused is told with what else is wrong.
func (k kind[R, P, V]) checked(call *Call, formFirst bool, may, input func() error) error {
	if formFirst {
		if err := call.Refused.Join(input()); err != nil {
			return err
		}
		return may()
	}
	if err := may(); err != nil {
		return err
	}
	return call.Refused.Join(input())
}

// Create inserts the row that fill completes. fill begins with what r holds and
// runs before anything is written.
func (k kind[R, P, V]) Create(ctx context.Context, c *Control, call *Call, r R, fill func(*Txn, P) error, ans Answer[V]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (v V, err error) {
		r := P(new(r)) // the transaction may run again
		r.GetMeta().ModifiedBy = call.Actor.UserID()
		err = k.checked(call, k.formFirst, func() error { return k.mayMake(t, r) }, func() error { return fill(t, r) })
		if err != nil {
			return v, err
		}
		if k.insert != nil {
			err = k.insert(t, r)
		} else {
			err = store.Insert(t.Tx, (*R)(r))
		}
		if err := k.written(t, r, err); err != nil {
			return v, err
		}
		if err := t.record("CREATE", k.about(r)); err != nil {
			return v, err
		}
		return k.view(t, r)
	}, ans)
}

// Change writes what edit does to a row.
func (k kind[R, P, V]) Change(ctx context.Context, c *Control, call *Call, p Pick, edit func(*Txn, P) error, ans Answer[V]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (v V, err error) {
		if err := k.early(t, k.change); err != nil {
			return v, err
		}
		r, err := k.get(t, p)
		if err != nil {
			return v, err
		}
		err = k.checked(call, false, func() error { return k.may(t, p, r, k.change, true) }, func() error { return edit(t, r) })
		if err != nil {
			return v, err
		}
		r.GetMeta().Touch(t.Now(), call.Actor.UserID())
		if k.update != nil {
			err = k.update(t, r)
		} else {
			err = store.Update(t.Tx, (*R)(r))
		}
		if err := k.written(t, r, err); err != nil {
			return v, err
		}
		if err := t.record("UPDATE", k.about(r)); err != nil {
			return v, err
		}
		return k.view(t, r)
	}, ans)
}

// Delete ends a row and answers what it was. check may refuse: in use.
func (k kind[R, P, V]) Delete(
	ctx context.Context, c *Control, call *Call, p Pick, check func(*Txn, P) error, ans Answer[V],
) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (v V, err error) {
		r, err := k.find(t, p, k.remove, true)
		if err != nil {
			return v, err
		}
		if check != nil {
			if err := check(t, r); err != nil {
				return v, err
			}
		}
		if v, err = k.view(t, r); err != nil {
			return v, err
		}
		if k.close != nil {
			err = k.close(t, r)
		} else {
			now := t.Now()
			r.GetMeta().Closed = &now
			err = store.Update(t.Tx, (*R)(r))
		}
		if err != nil {
			return v, err
		}
		return v, t.record("DELETE", k.about(r))
	}, ans)
}

// itself shows rows that need nothing beside them.
func itself[P any](_ *Txn, rows []P) ([]P, error) { return rows, nil }

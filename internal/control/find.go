package control

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Pick names an object by either identity; the 1&1 dialect knows UID, CloudCIX
// knows ID.
type Pick struct {
	UID cloud.UID
	ID  int64
	// Said is how the caller wrote what can be the name of nothing, for the message.
	Said string
}

// describe gives an object another name and description. Nil stays; what is sent as
// it is shown is no change and never refused (R0a), and a new object needs a name.
func describe(limits cloud.Limits, name, ofName, description, ofDescription *string) error {
	var p cloud.Problems
	if name != nil && *name != *ofName || *ofName == "" {
		if name != nil {
			*ofName = *name
		}
		p.Add(limits.CheckName("name", *ofName))
	}
	if description != nil && *description != *ofDescription {
		if n := utf8.RuneCountInString(*description); limits.Description > 0 && n > limits.Description {
			p.Add(cloud.Errorf(cloud.Invalid, "description.long", "the description is longer than %d characters",
				limits.Description).On("description"))
		}
		*ofDescription = *description
	}
	return p.Err()
}

// ahead asks the database at once for what the reads ask first.
func (t *Txn) ahead(reads ...func(t *Txn)) error {
	list := make([]func(tx *store.Tx), len(reads))
	for i, read := range reads {
		list[i] = func(tx *store.Tx) { read(&Txn{Tx: tx, C: t.C, Call: t.Call}) }
	}
	return t.Ahead(list...)
}

// Empty tells a Pick that names nothing.
func (p Pick) Empty() bool { return p.ID == 0 && p.UID.IsZero() }

// pick reads a live row by whichever identity the dialect has. noun is for
// the message.
func pick[T any](t *Txn, p Pick, noun string) (*T, error) {
	var row *T
	var err error
	if p.ID != 0 {
		row, err = store.Get[T](t.Tx, p.ID)
	} else {
		row, err = store.ByUID[T](t.Tx, p.UID)
	}
	if store.None(err) {
		return nil, missing(noun, p)
	}
	return row, err
}

// missing is the error of an object that is not there, or that the caller may not
// know of. noun may have blanks; the code has none.
func missing(noun string, p Pick) *cloud.Error {
	name := p.UID.String()
	switch {
	case p.Said != "":
		name = p.Said
	case p.ID != 0:
		name = fmt.Sprint(p.ID)
	}
	code := strings.ReplaceAll(strings.ToLower(noun), " ", "_") + ".missing"
	return cloud.Errorf(cloud.NotFound, code, "there is no %s %s", noun, name)
}

// alive refuses to change what is closed and readable still: it is there, and takes
// no change in any state.
func alive(noun, name string, m cloud.Meta) error {
	if m.Closed == nil {
		return nil
	}
	return cloud.Errorf(cloud.Conflict, "closed", "the %s %s is closed and takes no change", noun, name)
}

// may asks auth; in a confined call a refusal by ownership reads like a missing object.
func (t *Txn) may(flag string, write bool, o auth.Owned) error {
	t.asked = append(t.asked, cloud.Asked{
		Flag: flag, Write: write, MemberID: o.MemberID, SiteID: o.SiteID, RegionID: o.RegionID, ByOperator: o.ByOperator,
	})
	return auth.May(t.Call.Actor, flag, write, o, t.Call.Confined)
}

// count is the number of rows of a list for dialects that say it; 0 in 1&1,
// which does not: counting a hundred thousand rows takes longer than a page.
func count[T any](t *Txn, q cloud.Query) (int64, error) {
	if t.Call.Confined {
		return 0, nil
	}
	return store.Count[T](t.Tx, q)
}

// gather collects the distinct ids that get gives for the rows, without 0.
func gather[T any](rows []T, get ...func(T) int64) []int64 {
	seen := map[int64]bool{0: true}
	var ids []int64
	last := int64(0)
	for _, r := range rows {
		for _, g := range get {
			id := g(r)
			if id == last { // neighbours often have the same
				continue
			}
			if last = id; !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// byID reads rows by id, closed ones included, in one query: these columns, or
// all when none is named.
func byID[T any, P row[T]](t *Txn, ids []int64, columns ...string) (map[int64]*T, error) {
	m := make(map[int64]*T, len(ids))
	if len(ids) == 0 {
		return m, nil
	}
	rows, err := store.Find[T](t.Tx, showing(cloud.Query{Where: cloud.In("id", ids), Closed: true}, columns))
	for _, r := range rows {
		m[P(r).GetMeta().ID] = r
	}
	return m, err
}

package cloudcix

import (
	"errors"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// limits is the profile of this dialect (section 14): what may be sent.
var limits = cloud.Limits{
	NameMax: 128, Processors: "cpu", VCPUMin: 1, RAMMin: 1, DiskMin: 10, DiskMax: 10_000, DiskStep: 1,
}

// storageNameMax is how long the name of a storage may be.
const storageNameMax = 50

// form is a request whose body is read field by field. What is wrong with the
// form of a field is noted under the number that the contract gives it, and the
// reader answers the zero value; the verb leaves such fields alone and answers
// them together with what else it finds.
type form struct {
	r     *wire.Request
	body  wire.Object
	group string // of the codes: "vm_create"
	bad   cloud.Problems
}

// coreNames are fields of bodies that the core knows under another word.
var coreNames = map[string]string{
	"cpu": "vcpu", "storages": "disks", "project_id": "project", "image_id": "image", "region_id": "region",
	"storage_type_id": "storage_type", "address_id": "site", "asn_id": "asn", "allocation_id": "allocation", "parent_id": "parent",
	"subnet_id": "subnet",
}

func coreName(field string) string {
	if name, ok := coreNames[field]; ok {
		return name
	}
	return field
}

// add notes that a field is refused; the first reason stays.
func (f *form) add(field string, n int, format string, args ...any) {
	if !f.has(field) {
		e := cloud.Errorf(cloud.Invalid, "form", format, args...).On(coreName(field))
		e.As = place{code: code(f.group, n), status: http.StatusBadRequest, field: field}
		f.bad.Add(e)
	}
}

// item notes that one item of a list is refused, or a part of it.
func (f *form) item(list string, i int, group, part string, n int, format string, args ...any) {
	if f.bad.HasItem(coreName(list), i, part) {
		return
	}
	e := cloud.Errorf(cloud.Invalid, "form", format, args...).OnItem(coreName(list), i, part)
	e.As = place{code: code(group, n), status: http.StatusBadRequest, field: list, item: true, part: part}
	f.bad.Add(e)
}

// has tells whether a field was refused already.
func (f *form) has(field string) bool { return f.bad.Has(coreName(field)) }

// whole tells a request that describes the object anew: fields left out are
// missing, not unchanged.
func (f *form) whole() bool { return f.r.HTTP.Method != http.MethodPatch }

// object is what the path names last.
func (f *form) object() control.Pick { return id(f.r, f.r.Op.Last()) }

// objectIf is object for what may be new: then it names nothing.
func (f *form) objectIf() control.Pick {
	if f.r.HTTP.Method == http.MethodPost {
		return control.Pick{}
	}
	return f.object()
}

// sent tells whether a key is there, be it with null: null is a value of the wrong
// kind to fields that the contract does not call nullable.
func sent(v wire.Value) bool { return !v.Absent() }

// number reads an integer that must be there.
func (f *form) number(field string, absent, kind int) int64 {
	v := f.body.Get(field)
	if !v.Given() {
		f.add(field, absent, "%s is required.", field)
		return 0
	}
	n, err := v.Int()
	if err != nil {
		f.add(field, kind, "%s must be an integer.", field)
	}
	return n
}

// numberIf reads an integer; nil when it was not sent.
func (f *form) numberIf(field string, kind int) *int64 {
	v := f.body.Get(field)
	if !sent(v) {
		return nil
	}
	n, err := v.Int()
	if err != nil {
		f.add(field, kind, "%s must be an integer.", field)
		return nil
	}
	return &n
}

// ref reads the number of an object that must be named.
func (f *form) ref(field string, absent, kind int) control.Pick {
	return pickOf(f.number(field, absent, kind))
}

// name reads a name that must not be empty; what is no text is none.
func (f *form) name(field string, empty, long, most int) string {
	name := ""
	if v := f.body.Get(field); v.Given() {
		s, err := v.Text()
		if err != nil {
			f.add(field, empty, "%s must be text.", field)
			return ""
		}
		name = s
	}
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		f.add(field, empty, "%s is required.", field)
	case n > most:
		f.add(field, long, "%s has %d characters, at most %d are allowed.", field, n, most)
	}
	return name
}

// nameIf is name for a field that may be left out.
func (f *form) nameIf(field string, empty, long, most int) *string {
	if !sent(f.body.Get(field)) {
		return nil
	}
	return ptr(f.name(field, empty, long, most))
}

// refIf reads the number of an object that need not be named; null names none.
func (f *form) refIf(field string, kind int) *int64 {
	if !f.body.Get(field).Given() {
		return nil
	}
	return f.numberIf(field, kind)
}

// nameIfAny reads a text that may be left out and may be empty; what is no text is
// refused like one that is too long.
func (f *form) nameIfAny(field string, long, most int) *string {
	v := f.body.Get(field)
	if !v.Given() {
		return nil
	}
	s, err := v.Text()
	switch n := utf8.RuneCountInString(s); {
	case err != nil:
		f.add(field, long, "%s must be text.", field)
		return nil
	case n > most:
		f.add(field, long, "%s has %d characters, at most %d are allowed.", field, n, most)
		return nil
	}
	return &s
}

// words reads a text that must be there.
func (f *form) words(field string, absent, kind int) *string {
	v := f.body.Get(field)
	if !v.Given() {
		f.add(field, absent, "%s is required.", field)
		return nil
	}
	s, err := v.Text()
	if err != nil {
		f.add(field, kind, "%s must be text.", field)
		return nil
	}
	return &s
}

// text reads a text; whatever is none counts as not sent.
func (f *form) text(field string) string { return textOr(f.body, field, "") }

// textOr reads a text; whatever is none counts as not sent.
func textOr(body wire.Object, field, def string) string {
	if s, err := body.Get(field).Text(); err == nil {
		return s
	}
	return def
}

// state reads a state that is asked for.
func (f *form) state(kind, unknown int) *int {
	n := f.numberIf("state", kind)
	switch {
	case n == nil:
		return nil
	case *n < -1 || *n > 17 && *n != cloud.StateClosed:
		f.add("state", unknown, "%d is no state.", *n)
		return nil
	}
	return ptr(int(*n))
}

// list reads a list that must not be empty. ok is false when there is nothing to
// look at.
func (f *form) list(field string, kind, empty int) (items []wire.Value, ok bool) {
	v := f.body.Get(field)
	if !v.Given() {
		f.add(field, empty, "%s is required.", field)
		return nil, false
	}
	items, err := v.List()
	switch {
	case err != nil:
		f.add(field, kind, "%s %s.", field, noList(err))
	case len(items) == 0:
		f.add(field, empty, "%s must not be empty.", field)
	}
	return items, err == nil && len(items) > 0
}

// noList says what is wrong with a value that was not read as a list.
func noList(err error) string {
	var e *cloud.Error
	if errors.As(err, &e) && e.Code == "list.long" {
		return e.Message
	}
	return "must be a list"
}

// amount is a number of something; one that nothing can have is refused, so that
// nobody gets another one than was sent.
func (f *form) amount(field string, bad int, n, most int64, unit string) int {
	switch {
	case n < 1:
		f.add(field, bad, "%s must be at least 1%s, not %d.", field, unit, n)
	case n > most:
		f.add(field, bad, "%s must be at most %d%s, not %d.", field, most, unit, n)
	default:
		return int(n)
	}
	return 0
}

// small brings a number that is refused beyond some limit, or compared only, into
// the range of int on every machine.
func small(n int64) int { return int(max(min(n, maxSmall), -maxSmall)) }

const (
	maxSmall = 1<<31 - 1
	maxGB    = maxSmall / 1024 // of memory, which is kept in MiB
)

// pickOf names an object by its number; what is not positive names nothing.
func pickOf(n int64) control.Pick {
	if n <= 0 {
		return control.Pick{ID: -1, Said: strconv.FormatInt(n, 10)}
	}
	return control.Pick{ID: n}
}

// formOf begins a form; a body that is no object has none.
func formOf(r *wire.Request) (*form, error) {
	body, err := r.Object()
	return &form{r: r, body: body, group: group(r.Op.ID)}, err
}

package cloudcix

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// code makes the full name of an error code.
func code(group string, n int) string { return fmt.Sprintf("iaas_%s_%03d", group, n) }

// single is an answer that is ready: one error with a code of its own.
type single struct {
	status int
	body   wirespec.Error
	kind   cloud.Kind
}

// Error is the text of the detail.
func (e *single) Error() string { return e.body.Detail }

// Unwrap says to wire that the caller is to blame.
func (e *single) Unwrap() error {
	return &cloud.Error{Kind: e.kind, Code: "single", Message: e.body.Detail}
}

// one makes a single error of the table in section C.
func one(status int, group string, n int, format string, args ...any) error {
	kind := map[int]cloud.Kind{400: cloud.Invalid, 403: cloud.Forbidden, 404: cloud.NotFound}[status]
	return &single{status: status, kind: kind, body: wirespec.Error{ErrorCode: code(group, n), Detail: fmt.Sprintf(format, args...)}}
}

// group is the service and verb of an operation as codes spell them: vmCreate is
// vm_create, virtualRouterPartialUpdate is virtual_router_update.
func group(id string) string {
	id = strings.Replace(id, "PartialUpdate", "Update", 1)
	id = strings.Replace(id, "Head", "Read", 1)
	return cloud.Snake(strings.ToUpper(id[:1]) + id[1:])
}

// failure makes the answer for an error: the three shapes of section 6.
func failure(r *wire.Request, err error) wire.Answer {
	if r.HTTP.Method == http.MethodHead && r.Op.ID != "" {
		if k := cloud.KindOf(err); k == cloud.NotFound || k == cloud.Forbidden && actor(r) != nil {
			return must(http.StatusNotFound, wirespec.Detail{Detail: "Not Found."})
		}
	}
	var s *single
	var e *cloud.Error
	switch {
	case errors.As(err, &s):
		return must(s.status, s.body)
	case !errors.As(err, &e):
		return must(http.StatusInternalServerError, wirespec.Detail{Detail: "Internal error. It was recorded."})
	}
	if r.Op.ID != "" && actor(r) != nil {
		if a, ok := numbered(r, e); ok {
			return a
		}
	}
	return framework(e)
}

// numbered answers with the numbers that the contract has for an operation: all
// fields that are wrong, else the one thing that is. Not ok when it has none.
func numbered(r *wire.Request, e *cloud.Error) (wire.Answer, bool) {
	list := e.Many
	if len(list) == 0 {
		list = []*cloud.Error{e}
	}
	var alone *wire.Answer
	fields := fieldErrors{}
	for _, e := range list {
		to, ok := placeOf(group(r.Op.ID), e)
		if !ok {
			continue
		}
		body := wirespec.Error{ErrorCode: code(to.group, to.n), Detail: detail(e)}
		switch {
		case to.field != "":
			fields.put(r, to, e.Item, body)
		case alone == nil:
			a := must(to.status, body)
			alone = &a
		}
	}
	switch {
	case alone != nil && alone.Status == http.StatusForbidden: // whoever may not do it at all need not know more
		return *alone, true
	case len(fields) > 0:
		return must(http.StatusBadRequest, wirespec.FieldErrors{Errors: fields, Detail: "Bad request."}), true
	case alone != nil:
		return *alone, true
	}
	return wire.Answer{}, false
}

// fieldErrors is what is wrong by field: an error, or for a list what is wrong
// with its items, in a list aligned with what was sent.
type fieldErrors map[string]any

// put notes an error; the first of its place stays.
func (f fieldErrors) put(r *wire.Request, to place, item int, e wirespec.Error) {
	if !to.item || item == 0 {
		if f[to.field] == nil {
			f[to.field] = e
		}
		return
	}
	items, ok := f[to.field].([]any)
	if !ok {
		if f[to.field] != nil {
			return // the list as a whole is refused already
		}
		items = make([]any, max(sentItems(r, to.field), item))
		f[to.field] = items
	}
	if to.part == "" {
		if items[item-1] == nil {
			items[item-1] = e
		}
		return
	}
	if items[item-1] == nil {
		items[item-1] = map[string]any{}
	}
	if parts, ok := items[item-1].(map[string]any); ok && parts[to.part] == nil {
		parts[to.part] = e
	}
}

// sentItems is how many items a list of the body has.
func sentItems(r *wire.Request, field string) int {
	body, err := r.Object()
	if err != nil {
		return 0
	}
	items, err := body.Get(field).List()
	if err != nil {
		return 0
	}
	return len(items)
}

// framework is an error without a code of the table.
func framework(e *cloud.Error) wire.Answer {
	status := map[cloud.Kind]int{
		cloud.Invalid: 400, cloud.Unauthorized: 401, cloud.Forbidden: 403, cloud.NotFound: 404, cloud.Conflict: 409, cloud.Busy: 409,
		cloud.InUse: 409, cloud.Exhausted: 503, cloud.TooMany: 429, cloud.TooLarge: 413, cloud.Unavailable: 503, cloud.NotBuilt: 501,
	}[e.Kind]
	switch {
	case e.Code == wire.NotAllowed:
		status = http.StatusMethodNotAllowed
	case status == 0:
		status = http.StatusInternalServerError
	}
	a := must(status, wirespec.Detail{Detail: detail(e)})
	switch status {
	case http.StatusUnauthorized:
		a.Header = http.Header{"Www-Authenticate": {"X-Auth-Token"}}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		a.Header = http.Header{"Retry-After": {strconv.Itoa(max(1, int(math.Ceil(e.Wait.Seconds()))))}}
	}
	return a
}

// detail is the text for people: what, why, what to do.
func detail(e *cloud.Error) string {
	if e.As != nil { // a sentence of this dialect already
		return e.Message
	}
	var b strings.Builder
	b.WriteString(strings.TrimRight(e.Message, "."))
	if len(e.Reasons) > 0 {
		b.WriteString(" (" + strings.Join(e.Reasons, "; ") + ")")
	}
	b.WriteByte('.')
	if e.Fix != "" {
		b.WriteString(" " + e.Fix)
	}
	text := b.String()
	if r, n := utf8.DecodeRuneInString(text); unicode.IsLower(r) {
		text = string(unicode.ToUpper(r)) + text[n:]
	}
	return text
}

func must(status int, v any) wire.Answer {
	a, err := wire.Encode(status, v)
	if err != nil { // plain text and maps of it always encode
		return wire.Answer{Status: http.StatusInternalServerError, Body: []byte(`{"detail":"Internal error."}`)}
	}
	return a
}

// place is where an error goes.
type place struct {
	n      int
	field  string // empty: the one error of the answer
	item   bool   // aligned with the items of the field
	part   string // of the item
	status int
	group  string // of the code; empty: that of the operation
}

// placeOf looks an error up: what the form refused knows its place; else by its
// code and field, its code, its kind.
func placeOf(group string, e *cloud.Error) (place, bool) {
	to, ok := e.As.(place)
	if !ok {
		to, ok = target(group, e)
	}
	to.group = cmp.Or(to.group, group)
	return to, ok
}

func target(group string, e *cloud.Error) (place, bool) {
	t := codes[group]
	if to, ok := t[e.Code+"@"+e.Field]; ok {
		return to, true
	}
	if to, ok := t[e.Code]; ok {
		return to, true
	}
	if e.Code == "list.value" {
		n := 1
		if group == "storage_list" {
			n = 2
		}
		return place{n: n, status: 400}, true
	}
	if e.Kind == cloud.Forbidden {
		to, ok := t["forbidden"]
		return to, ok
	}
	return place{}, false
}

package cloudcix

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

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
	var e *cloud.Error
	if !errors.As(err, &e) {
		return must(http.StatusInternalServerError, wirespec.Detail{Detail: "Internal error. It was recorded."})
	}
	if r.Op.ID != "" && (r.Op.Public || actor(r) != nil) {
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
		to, ok := placeOf(r.Op, e)
		if !ok {
			continue
		}
		body := wirespec.Error{ErrorCode: to.code, Detail: detail(e)}
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
	code   string
	status int
	field  string // empty: the one error of the answer
	item   bool   // aligned with the items of the field
	part   string // of the item
}

// placeOf looks an error up: what the form refused knows its place; else by its
// code and field, its code, its kind.
func placeOf(o op.Spec, e *cloud.Error) (place, bool) {
	if to, ok := e.As.(place); ok {
		return to, true
	}
	if e.Code == "list.value" {
		return listValue(o)
	}
	names := []string{e.Code + "@" + e.Field, e.Code}
	if e.Kind == cloud.Forbidden {
		names = append(names, "forbidden")
	}
	own := group(o.ID)
	for _, name := range names {
		for key, table := range codes {
			parent, other, _ := strings.Cut(key, "/")
			if n, ok := table[name]; ok && parent == own {
				return at(own, cmp.Or(other, own), n)
			}
		}
	}
	return place{}, false
}

// listValue is the number of a filter whose value its column cannot take: the one
// 400 of a list.
func listValue(o op.Spec) (place, bool) {
	for _, code := range o.Errors {
		if e, ok := numberedError(code); ok && e.Status == http.StatusBadRequest && e.Field == "" {
			return place{code: e.Code, status: e.Status}, true
		}
	}
	return place{}, false
}

// itemsOf says in which list of its parent's request the errors of a nested service
// stand.
var itemsOf = map[string]string{"storage": "storages", "subnet": "subnets"}

// at is the place that the contract gives to a number of one of its services, in an
// answer of another or the same. Not ok when it has none.
func at(own, of string, n int) (place, bool) {
	e, ok := numberedError(code(of, n))
	to := place{code: e.Code, status: e.Status, field: e.Field}
	noun := of[:strings.LastIndexByte(of, '_')]
	if list := itemsOf[noun]; list != "" && of != own {
		to.field, to.item, to.part = list, true, e.Field
	}
	return to, ok
}

// code makes the full name of an error code.
func code(group string, n int) string {
	if !strings.HasPrefix(group, "membership_") {
		group = "iaas_" + group
	}
	return fmt.Sprintf("%s_%03d", group, n)
}

// numberedError is what the contract says of a code.
func numberedError(code string) (op.Error, bool) {
	i, ok := slices.BinarySearchFunc(wirespec.Errors, code, func(e op.Error, code string) int { return cmp.Compare(e.Code, code) })
	if !ok {
		return op.Error{Code: code}, false
	}
	return wirespec.Errors[i], true
}

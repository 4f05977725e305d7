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
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// problems collects what is wrong with the fields of one request, so that all of
// it is answered at once (section 6).
type problems struct {
	group  string         // of the codes: "vm_create"
	fields map[string]any // wirespec.Error, or a list aligned with what was sent
}

func newProblems(group string) *problems { return &problems{group: group, fields: map[string]any{}} }

// code makes the full name of an error code.
func code(group string, n int) string { return fmt.Sprintf("iaas_%s_%03d", group, n) }

// add notes a problem; the first of a field stays.
func (p *problems) add(field string, n int, format string, args ...any) {
	if p.fields[field] == nil {
		p.fields[field] = wirespec.Error{ErrorCode: code(p.group, n), Detail: fmt.Sprintf(format, args...)}
	}
}

// item notes a problem of a field of one entry of a list.
func (p *problems) item(list string, size, i int, group, field string, n int, format string, args ...any) {
	entries, ok := p.fields[list].([]any)
	if !ok {
		if p.fields[list] != nil {
			return // the list as a whole is refused already
		}
		entries = make([]any, size)
		p.fields[list] = entries
	}
	e := wirespec.Error{ErrorCode: code(group, n), Detail: fmt.Sprintf(format, args...)}
	if field == "" {
		if entries[i] == nil {
			entries[i] = e
		}
		return
	}
	m, ok := entries[i].(map[string]any)
	if !ok {
		if entries[i] != nil {
			return
		}
		m = map[string]any{}
		entries[i] = m
	}
	if m[field] == nil {
		m[field] = e
	}
}

// has tells whether a field was refused, so that what depends on it is skipped.
func (p *problems) has(fields ...string) bool {
	return slices.ContainsFunc(fields, func(f string) bool { return p.fields[f] != nil })
}

// merge adds the fields that other knows and p does not.
func (p *problems) merge(other *problems) {
	for f, v := range other.fields {
		if p.fields[f] == nil {
			p.fields[f] = v
		}
	}
}

// err is nil when nothing is wrong.
func (p *problems) err() error {
	if len(p.fields) == 0 {
		return nil
	}
	return &fieldErrors{p}
}

// fieldErrors is an answer that is ready: 400 with errors by field.
type fieldErrors struct{ *problems }

// Error names the fields.
func (e *fieldErrors) Error() string {
	var names []string
	for f := range e.fields {
		names = append(names, f)
	}
	slices.Sort(names)
	return "bad fields: " + strings.Join(names, ", ")
}

// Unwrap says to wire that the caller is to blame.
func (e *fieldErrors) Unwrap() error { return &cloud.Error{Kind: cloud.Invalid, Code: "fields"} }

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
	var fields *fieldErrors
	var s *single
	var e *cloud.Error
	switch {
	case errors.As(err, &fields):
		return must(http.StatusBadRequest, wirespec.FieldErrors{Errors: fields.fields, Detail: "Bad request."})
	case errors.As(err, &s):
		return must(s.status, s.body)
	case !errors.As(err, &e):
		return must(http.StatusInternalServerError, wirespec.Detail{Detail: "Internal error. It was recorded."})
	}
	if r.Op.ID != "" && actor(r) != nil {
		if done := translate(group(r.Op.ID), e); done != nil {
			return failure(r, done)
		}
	}
	return framework(e)
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

// translate puts errors of control into the codes of an operation; nil when
// there is none for it.
func translate(group string, e *cloud.Error) error {
	list := e.Many
	if len(list) == 0 {
		list = []*cloud.Error{e}
	}
	p := newProblems(group)
	for _, e := range list {
		to, ok := target(group, e)
		switch {
		case !ok:
			continue
		case to.field == "":
			return one(to.status, group, to.n, "%s", detail(e))
		default:
			p.group = cmp.Or(to.group, group)
			p.add(to.field, to.n, "%s", detail(e))
			p.group = group
		}
	}
	return p.err()
}

// place is where an error of the core goes.
type place struct {
	n      int
	field  string // empty: a single error
	status int
	group  string // of the code, when it is not that of the operation
}

// target looks an error up: by its code, then by its kind.
func target(group string, e *cloud.Error) (place, bool) {
	t := codes[group]
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

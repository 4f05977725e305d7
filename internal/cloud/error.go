package cloud

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what is wrong in terms every dialect can translate.
type Kind string

// Kinds of errors. Everything that is not an *Error is internal: detailed in
// the log, "internal error" to the user.
const (
	Invalid      Kind = "invalid"      // the request can never succeed as it is
	Unauthorized Kind = "unauthorized" // who are you
	Forbidden    Kind = "forbidden"    // you may not
	NotFound     Kind = "not_found"    // no such object, or none that you may know of
	Conflict     Kind = "conflict"     // not in this state; may succeed later
	Busy         Kind = "busy"         // another change of this object is under way
	InUse        Kind = "in_use"       // something else needs it
	Exhausted    Kind = "exhausted"    // a pool, quota or host capacity is used up
	TooMany      Kind = "too_many"     // rate limit
	TooLarge     Kind = "too_large"    // body over the limit
	Unavailable  Kind = "unavailable"  // try again: a host or the database is away
	NotBuilt     Kind = "not_built"    // the operation is not there yet
)

// Error is the one error type that reaches a user.
type Error struct {
	Kind    Kind
	Code    string   // what exactly, for dialects with own codes: "server.name.length"
	Field   string   // the input it is about, in the core's words: "ram", "disks[1].size"
	Message string   // what is wrong, a sentence
	Reasons []string // details: which hosts were refused and why
	Fix     string   // what to do
	// Wait is how long a caller who asked too often should wait; 0 = a moment.
	Wait time.Duration
	Many    []*Error // several at once (one per field)
}

// Error reads as one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Field != "" {
		b.WriteString(e.Field + ": ")
	}
	b.WriteString(e.Message)
	if len(e.Reasons) > 0 {
		b.WriteString(" (" + strings.Join(e.Reasons, "; ") + ")")
	}
	if e.Fix != "" {
		b.WriteString(" " + e.Fix)
	}
	for _, m := range e.Many {
		b.WriteString("; " + m.Error())
	}
	return b.String()
}

// Errorf makes an error with a code.
func Errorf(k Kind, code, format string, args ...any) *Error {
	return &Error{Kind: k, Code: code, Message: fmt.Sprintf(format, args...)}
}

// On names the input that the error is about.
func (e *Error) On(field string) *Error { e.Field = field; return e }

// WithFix says what the caller can do about it.
func (e *Error) WithFix(format string, args ...any) *Error {
	e.Fix = fmt.Sprintf(format, args...)
	return e
}

// KindOf is the kind of an error, "" for internal ones and nil.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// IsKind tells whether err is of kind k.
func IsKind(err error, k Kind) bool { return KindOf(err) == k }

// Problems collects field errors, so that a request is answered with all that
// is wrong with it at once.
type Problems struct{ list []*Error }

// Add records a problem; nil is ignored.
func (p *Problems) Add(e *Error) {
	if e != nil {
		p.list = append(p.list, e)
	}
}

// Collect records what a check found, if it is about the input, and tells whether
// the other checks are worth making: not after any other error.
func (p *Problems) Collect(err error) bool {
	var e *Error
	switch {
	case err == nil:
		return true
	case !errors.As(err, &e) || e.Kind != Invalid:
		return false
	case len(e.Many) > 0:
		p.list = append(p.list, e.Many...)
	default:
		p.list = append(p.list, e)
	}
	return true
}

// Has tells whether a field already has a problem, so that what depends on
// it can be skipped.
func (p *Problems) Has(field string) bool {
	for _, e := range p.list {
		if e.Field == field {
			return true
		}
	}
	return false
}

// Err is nil, the single problem, or all of them under one Invalid error.
func (p *Problems) Err() error {
	switch len(p.list) {
	case 0:
		return nil
	case 1:
		return p.list[0]
	}
	return &Error{Kind: Invalid, Code: "many", Message: "the request has several problems", Many: p.list}
}

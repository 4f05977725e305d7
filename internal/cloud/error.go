package cloud

import (
	"errors"
	"fmt"
	"slices"
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
	Field   string   // the input it is about, in the core's words: "ram", "disks"
	Item    int      // of a list: which item, counted from 1; 0 = the whole field
	Part    string   // of an item: which of its fields, "size"; "" = the whole item
	Message string   // what is wrong, a sentence
	Reasons []string // details: which hosts were refused and why
	Fix     string   // what to do
	// Wait is how long a caller who asked too often should wait; 0 = a moment.
	Wait time.Duration
	Many []*Error // several at once (one per field)
	// As is how the dialect that refused the input shows it: nobody else looks at
	// it. nil: the dialect finds it by Code.
	As any
}

// Error reads as one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Field != "" {
		b.WriteString(e.Where() + ": ")
	}
	b.WriteString(e.Message)
	if len(e.Reasons) > 0 {
		b.WriteString(" (" + strings.Join(e.Reasons, "; ") + ")")
	}
	if e.Fix != "" {
		if !strings.HasSuffix(e.Message, ".") {
			b.WriteByte('.')
		}
		b.WriteString(" " + e.Fix)
	}
	for _, m := range e.Many {
		b.WriteString("; " + m.Error())
	}
	return b.String()
}

// messageMax is how many bytes a message may have: it often quotes what was sent,
// and that may be a megabyte.
const messageMax = 500

// Errorf makes an error with a code. What is too long for a sentence is cut.
func Errorf(k Kind, code, format string, args ...any) *Error {
	text := fmt.Sprintf(format, args...)
	if len(text) > messageMax {
		text = strings.ToValidUTF8(text[:messageMax], "") + "…"
	}
	return &Error{Kind: k, Code: code, Message: text}
}

// On names the input that the error is about.
func (e *Error) On(field string) *Error {
	if e != nil { // what a check found, nothing perhaps
		e.Field = field
	}
	return e
}

// OnItem names the item of a list that the error is about, counted from 0, and
// which of its fields ("" = all of it).
func (e *Error) OnItem(list string, i int, part string) *Error {
	if e != nil {
		e.Field, e.Item, e.Part = list, i+1, part
	}
	return e
}

// Where is the input that the error is about, for people: "disks[1].size".
func (e *Error) Where() string {
	at := e.Field
	if e.Item > 0 {
		at += fmt.Sprintf("[%d]", e.Item-1)
	}
	if e.Part != "" {
		at += "." + e.Part
	}
	return at
}

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
// is wrong with it at once: every field, and of the items of lists the first
// hundred, since a megabyte of them is quickly sent.
type Problems struct {
	list []*Error
	more int // problems of items that were only counted
}

// maxProblems is from how many problems on those of items are only counted.
const maxProblems = 100

// Add records a problem; nil is ignored.
func (p *Problems) Add(e *Error) {
	switch {
	case e == nil:
	case len(p.list) >= maxProblems && (e.Item > 0 || strings.Contains(e.Field, "[")):
		p.more++
	default:
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
		for _, m := range e.Many {
			p.Add(m)
		}
	default:
		p.Add(e)
	}
	return true
}

// Has tells whether a field or any part of it already has a problem, so that what
// depends on it can be skipped.
func (p *Problems) Has(field string) bool {
	return slices.ContainsFunc(p.list, func(e *Error) bool { return e.Field == field })
}

// HasItem tells whether an item of a list (counted from 0), that part of it, or the
// list as a whole already has a problem.
func (p *Problems) HasItem(list string, i int, part string) bool {
	return slices.ContainsFunc(p.list, func(e *Error) bool {
		return e.Field == list && (e.Item == 0 || e.Item == i+1 && (e.Part == "" || part == "" || e.Part == part))
	})
}

// Join is the outcome of a check of the same input, beside what was found before.
// A missing object, a refusal and a failure of ours are all there is to say;
// anything else is said together, once per field.
func (p *Problems) Join(err error) error {
	if len(p.list) == 0 {
		return err
	}
	var e *Error
	switch {
	case err == nil:
		return p.Err()
	case !errors.As(err, &e):
		return err
	}
	if e.Field == "" && len(e.Many) == 0 {
		switch e.Kind {
		case NotFound, Forbidden, Unauthorized, Unavailable, TooMany:
			return err
		}
	}
	all := Problems{list: slices.Clone(p.list), more: p.more}
	list := e.Many
	if len(list) == 0 {
		list = []*Error{e}
	}
	for _, m := range list {
		if m.Field == "" || m.Item == 0 && !p.Has(m.Field) || m.Item > 0 && !p.HasItem(m.Field, m.Item-1, m.Part) {
			all.Add(m)
		}
	}
	return all.Err()
}

// Err is nil, the single problem, or all of them under one Invalid error. The last
// one says how many there are beside those that are listed.
func (p *Problems) Err() error {
	switch len(p.list) {
	case 0:
		return nil
	case 1:
		return p.list[0]
	}
	list := p.list
	if p.more > 0 {
		last := *list[len(list)-1]
		last.Message += fmt.Sprintf(" (%d more problems are not listed)", p.more)
		list = append(slices.Clone(list[:len(list)-1]), &last)
	}
	return &Error{Kind: Invalid, Code: "many", Message: "the request has several problems", Many: list}
}

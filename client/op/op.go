// Package op describes one operation of a wire dialect as a value. The same
// value is mounted by the server and called by the Go client, so the two cannot
// disagree about method, path or status. Standard library only.
package op

import (
	"fmt"
	"net/url"
	"strings"
)

// None stands for "no body", both as input and as output of an operation.
type None struct{}

// Spec is the untyped part of an operation, for code that walks over all of
// them (mounting, coverage, fuzzing).
type Spec struct {
	ID       string   // operationId in the contract, e.g. "createServer"
	App      string   // CloudCIX application ("iaas", "membership"); empty in 1&1
	Method   string   // upper case
	Path     string   // template below the base path, e.g. "/servers/{server_id}"
	Status   int      // the success status; the smallest one where a contract names two
	Query    []string // names of the query parameters the contract lists
	Group    string   // first tag of the contract, for pages and help
	Summary  string   // one line for people
	Public   bool     // no token needed
	Body     string   // Go name of the input type, empty without a body
	Optional bool     // the body may be left out
	Orders   []string // names a list can be ordered by, the default first; empty where the contract names none
	Filters  []Filter // names a list can be filtered by
	Errors   []string // codes of the numbered errors the contract knows for it; an Error says more of each
}

// Filter is a name that a list can be filtered by.
type Filter struct {
	Name string
	Kind FilterKind // which operators it takes beside the exact match
	Ops  []string   // those operators themselves, where Kind is empty
}

// FilterKind is a family of operators as the contract calls it. It says nothing
// about the type of the value: times are in the family of numbers.
type FilterKind string

// Families of operators (CloudCIX, section 5).
const (
	NumberOps FilterKind = "number" // order, ranges, lists, null
	StringOps FilterKind = "string" // parts of the text, without regard to case; lists
)

// Error is a numbered error of a contract.
type Error struct {
	Code    string // "iaas_vm_create_101"
	Status  int
	Field   string // key under errors; empty: an error that stands alone
	Meaning string // for people
}

// Op is a Spec with the Go types of its bodies.
type Op[In, Out any] struct{ Spec }

// Params lists the names in the path template from left to right.
func (s Spec) Params() []string {
	var names []string
	for rest := s.Path; ; {
		i := strings.IndexByte(rest, '{')
		if i < 0 {
			return names
		}
		rest = rest[i+1:]
		j := strings.IndexByte(rest, '}')
		if j < 0 {
			return names
		}
		names = append(names, rest[:j])
		rest = rest[j+1:]
	}
}

// Last is the last parameter of the path, which names what the operation is about;
// "" when there is none.
func (s Spec) Last() string {
	names := s.Params()
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// Expand fills the path template with args in order. Each is escaped as one
// path segment. A wrong number of args is an error, because a missing id would
// otherwise turn "one" into "all".
func (s Spec) Expand(args ...string) (string, error) {
	names := s.Params()
	if len(names) != len(args) {
		return "", fmt.Errorf("operation %s: %d path values given, %d needed (%s)",
			s.ID, len(args), len(names), strings.Join(names, ", "))
	}
	path := s.Path
	for i, name := range names {
		// "." and ".." survive escaping and would be cleaned into another path
		// on the other side.
		if args[i] == "" || args[i] == "." || args[i] == ".." {
			return "", fmt.Errorf("operation %s: %s may not be %q", s.ID, name, args[i])
		}
		path = strings.Replace(path, "{"+name+"}", url.PathEscape(args[i]), 1)
	}
	return path, nil
}

// Any is an operation without its types, for code that walks over all of them
// and needs a place to decode into.
type Any interface {
	Untyped() Spec
	NewIn() any  // a pointer to a zero input
	NewOut() any // a pointer to a zero answer
}

// Untyped is the Spec itself.
func (o Op[In, Out]) Untyped() Spec { return o.Spec }

// NewIn makes a pointer to a zero input.
func (o Op[In, Out]) NewIn() any { return new(In) }

// NewOut makes a pointer to a zero answer.
func (o Op[In, Out]) NewOut() any { return new(Out) }

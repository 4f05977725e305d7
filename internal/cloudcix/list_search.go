package cloudcix

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/wire"
)

// searchList is what a CloudCIX list was asked for (contract, section 5).
type searchList struct {
	Page     int            // from 0
	Limit    int            // 1 to 100
	Order    string         // one of the service's order names, without sign
	Desc     bool           // "-" was in front of it
	Filters  []searchFilter // all must hold
	Warnings []string       // what was skipped and why; never nil, for the metadata
}

// OrderText is the order as applied, for the metadata.
func (l searchList) OrderText() string {
	if l.Desc {
		return "-" + l.Order
	}
	return l.Order
}

// Offset is how many records come before the page.
func (l searchList) Offset() int {
	if l.Page > (1<<31)/l.Limit {
		return 1 << 31
	}
	return l.Page * l.Limit
}

// searchFilter is one condition on a name of table B.
type searchFilter struct {
	Name    string
	Op      string // "" for an exact match, else gt gte in isnull lt lte range icontains iendswith iexact istartswith
	Exclude bool   // matches are removed instead of kept
	Value   string
	List    []string // of in (may be empty) and range (exactly two, inclusive)
}

// Bool is the truth value of a filter: isnull, and any value spelled true or false.
func (f searchFilter) Bool() (value, ok bool) {
	switch strings.ToLower(f.Value) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// families are the operators of the two kinds of names (contract, section 5).
var families = map[op.FilterKind][]string{
	op.NumberOps: {"gt", "gte", "in", "isnull", "lt", "lte", "range"},
	op.StringOps: {"in", "icontains", "iendswith", "iexact", "istartswith"},
}

// searchTable is what the contract says of one list: how it can be ordered and
// filtered.
type searchTable struct {
	order   []string
	filters map[string][]string // operators allowed beside the exact match
	params  map[string]bool     // query parameters of the operation itself
}

// newSearchTable takes it out of the operation, which must name its orders.
func newSearchTable(o op.Spec) searchTable {
	t := searchTable{order: o.Orders, filters: map[string][]string{}, params: map[string]bool{}}
	for _, f := range o.Filters {
		t.filters[f.Name] = f.Ops
		if f.Kind != "" {
			t.filters[f.Name] = families[f.Kind]
		}
	}
	for _, p := range o.Query {
		// These two come with a name in brackets; without one they are filters that
		// no list has.
		t.params[p] = p != "search" && p != "exclude"
	}
	return t
}

// parse reads page, limit, order and filters. Nothing is an error: what cannot be
// used falls back or is skipped with a warning, as the contract wants.
func (t searchTable) parse(q url.Values) searchList {
	l := searchList{Limit: 50, Order: t.order[0], Warnings: []string{}}
	l.Page = l.numbered(q, "page", 0, 0, math.MaxInt)
	l.Limit = l.numbered(q, "limit", 50, 1, 100)
	if text := wire.Last(q["order"]); text != "" {
		name, desc := strings.CutPrefix(text, "-")
		if slices.Contains(t.order, name) {
			l.Order, l.Desc = name, desc
		} else {
			l.instead("order", text, t.order[0])
		}
	}
	keys := slices.Sorted(maps.Keys(q)) // warnings come out the same every time
	bracketed := false
	for _, key := range keys {
		if name, ok := bracket(key, "search"); ok {
			bracketed = true
			t.filter(&l, name, wire.Last(q[key]), false)
		}
	}
	for _, key := range keys {
		if name, ok := bracket(key, "exclude"); ok {
			t.filter(&l, name, wire.Last(q[key]), true)
		}
	}
	if !bracketed {
		t.old(&l, q, keys)
	}
	return l
}

// numbered reads page or limit; whatever is no number of that range counts as def
// (section 5), and the metadata say so.
func (l *searchList) numbered(q url.Values, name string, def, least, most int) int {
	text := wire.Last(q[name])
	if text == "" {
		return def
	}
	// A number beyond all numbers is a page beyond all pages: Atoi gives the largest.
	n, err := strconv.Atoi(text)
	if err != nil && !errors.Is(err, strconv.ErrRange) || n < least || n > most {
		l.instead(name, text, strconv.Itoa(def))
		return def
	}
	return n
}

func (l *searchList) instead(name, sent, used string) {
	l.Warnings = append(l.Warnings, fmt.Sprintf("ParameterWarning: %s %q cannot be used, %s is in its place", name, clipped(sent), used))
}

// clipped bounds what is quoted of a parameter.
func clipped(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

// bracket takes the name out of search[name].
func bracket(key, word string) (string, bool) {
	name, ok := strings.CutPrefix(key, word+"[")
	if !ok || !strings.HasSuffix(name, "]") {
		return "", false
	}
	return strings.TrimSuffix(name, "]"), true
}

// old reads the bare form of filters that clients before search[...] send.
func (t searchTable) old(l *searchList, q url.Values, keys []string) {
	used := false
	for _, key := range keys {
		if t.params[key] || strings.ContainsAny(key, "[]") {
			continue
		}
		switch key {
		case "page", "limit", "order", "format":
			continue
		}
		name, exclude := strings.CutPrefix(key, "exclude__")
		t.filter(l, name, wire.Last(q[key]), exclude)
		used = true
	}
	if used {
		l.Warnings = append(l.Warnings, "DeprecationWarning: filters outside search[...] and exclude[...] are deprecated")
	}
}

// filter adds one filter or says why not.
func (t searchTable) filter(l *searchList, key, value string, exclude bool) {
	f := searchFilter{Name: key, Exclude: exclude, Value: strings.TrimSpace(value)}
	if _, ok := t.filters[key]; !ok {
		i := strings.LastIndex(key, "__")
		if i < 0 {
			l.skip(key, "it is not a filter of this list")
			return
		}
		f.Name, f.Op = key[:i], key[i+2:]
		ops, ok := t.filters[f.Name]
		switch {
		case !ok:
			l.skip(key, "it is not a filter of this list")
			return
		case !slices.Contains(ops, f.Op):
			l.skip(key, "the operator is not allowed for this filter")
			return
		}
	}
	switch f.Op {
	case "in", "range":
		f.List = split(f.Value)
		if f.Op == "range" && len(f.List) != 2 {
			l.skip(key, "a range needs exactly two values")
			return
		}
	case "isnull":
		if _, ok := f.Bool(); !ok {
			l.skip(key, "isnull needs true or false")
			return
		}
	}
	l.Filters = append(l.Filters, f)
}

func (l *searchList) skip(key, why string) {
	l.Warnings = append(l.Warnings, fmt.Sprintf("SearchFilterWarning: %s was skipped, %s", key, why))
}

// split reads a Python list or tuple as it arrives: "[1,2]", "('a','b')".
func split(value string) []string {
	value = strings.Map(func(r rune) rune {
		if strings.ContainsRune("[](){}'\"", r) {
			return -1
		}
		return r
	}, value)
	list := []string{}
	for _, part := range strings.Split(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

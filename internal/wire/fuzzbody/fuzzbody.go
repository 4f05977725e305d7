// Package fuzzbody makes request bodies out of a contract: legal ones, and ones
// that are wrong in the ways in which clients and attackers are wrong. It is for
// tests of the dialects; the same seed gives the same bodies.
package fuzzbody

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Maker makes bodies for the operations of one contract.
type Maker struct {
	// Words are put into text fields now and then: ids of things that exist, so
	// that bodies get past the door.
	Words []string

	tree   map[string]any
	bodies map[string]any // operation ID -> schema of its body
	rng    *rand.Rand
}

// New reads a contract (an OpenAPI document in YAML).
func New(contract []byte, seed uint64) (*Maker, error) {
	m := &Maker{bodies: map[string]any{}, rng: rand.New(rand.NewPCG(seed, 1))}
	if err := yaml.Unmarshal(contract, &m.tree); err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	for _, item := range object(m.tree["paths"]) {
		for _, o := range object(item) {
			id, ok := object(o)["operationId"].(string)
			if !ok {
				continue
			}
			body := m.follow(object(o)["requestBody"])
			if s := object(object(body["content"])["application/json"])["schema"]; s != nil {
				m.bodies[id] = s
			}
		}
	}
	return m, nil
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// follow goes through references.
func (m *Maker) follow(v any) map[string]any {
	o := object(v)
	for range 8 {
		ref, ok := o["$ref"].(string)
		if !ok {
			return o
		}
		var at any = m.tree
		for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			at = object(at)[step]
		}
		o = object(at)
	}
	return o
}

// Has tells whether an operation has a body.
func (m *Maker) Has(op string) bool { return m.bodies[op] != nil }

// Places are the dotted names of the single values that a body of an operation may
// have, "hdds[].size", sorted.
func (m *Maker) Places(op string) []string {
	found := map[string]bool{}
	var walk func(at string, schema any, depth int)
	walk = func(at string, schema any, depth int) {
		s := m.follow(schema)
		props := object(s["properties"])
		for _, word := range []string{"oneOf", "anyOf", "allOf"} {
			alts, _ := s[word].([]any)
			for _, part := range alts {
				walk(at, part, depth)
			}
		}
		switch {
		case depth > 8:
		case s["items"] != nil:
			walk(at+"[]", s["items"], depth+1)
		case len(props) == 0:
			if at != "" {
				found[at] = true
			}
		}
		for name, prop := range props {
			walk(strings.TrimPrefix(at+"."+name, "."), prop, depth+1)
		}
	}
	walk("", m.bodies[op], 0)
	return slices.Sorted(maps.Keys(found))
}

// Put sets the value at a place of a body that Places names, in the first item of
// lists; what is missing on the way is made.
func Put(body map[string]any, place string, v any) {
	name, rest, deeper := strings.Cut(place, ".")
	list := strings.HasSuffix(name, "[]")
	name = strings.TrimSuffix(name, "[]")
	switch {
	case list && deeper:
		items, _ := body[name].([]any)
		if len(items) == 0 {
			items = []any{map[string]any{}}
		}
		first := maps.Clone(object(items[0]))
		if first == nil {
			first = map[string]any{}
		}
		Put(first, rest, v)
		body[name] = append([]any{first}, items[1:]...)
	case list:
		body[name] = []any{v}
	case deeper:
		inner := maps.Clone(object(body[name]))
		if inner == nil {
			inner = map[string]any{}
		}
		Put(inner, rest, v)
		body[name] = inner
	default:
		body[name] = v
	}
}

// Legal makes a body that the schema of the operation allows, as a tree.
func (m *Maker) Legal(op string) any { return m.draw(m.bodies[op], 5) }

// Body makes a body for an operation: one in four is legal, the others are
// spoiled in one to three places, and some are no JSON any more.
func (m *Maker) Body(op string) []byte {
	var tree any
	if m.Has(op) {
		tree = m.Legal(op)
	}
	if m.rng.IntN(4) > 0 {
		for range 1 + m.rng.IntN(3) {
			tree = m.spoil(tree)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		return []byte("null") // a tree of plain values: cannot happen
	}
	raw := b.Bytes()
	if m.rng.IntN(12) == 0 {
		raw = m.tear(raw)
	}
	return raw
}

// one picks an element.
func one[T any](m *Maker, list []T) T { return list[m.rng.IntN(len(list))] }

// draw makes a legal value for a schema; further down than depth, what is
// optional is left out.
func (m *Maker) draw(schema any, depth int) any {
	s := m.follow(schema)
	if enum, ok := s["enum"].([]any); ok {
		return one(m, enum)
	}
	for _, word := range []string{"oneOf", "anyOf"} {
		if alts, ok := s[word].([]any); ok {
			return m.draw(one(m, alts), depth)
		}
	}
	if all, ok := s["allOf"].([]any); ok {
		out := map[string]any{}
		for _, part := range all {
			maps.Copy(out, object(m.draw(part, depth)))
		}
		return out
	}
	kind, _ := s["type"].(string)
	if kinds, ok := s["type"].([]any); ok {
		kind, _ = one(m, kinds).(string)
	}
	switch kind {
	case "null":
		return nil
	case "boolean":
		return m.rng.IntN(2) == 0
	case "integer", "number":
		return m.number(s, kind == "integer")
	case "string":
		return m.text(s)
	case "array":
		n := max(int(number(s["minItems"], 0)), m.rng.IntN(3))
		if depth <= 0 {
			n = int(number(s["minItems"], 0))
		}
		list := make([]any, n)
		for i := range list {
			list[i] = m.draw(s["items"], depth-1)
		}
		return list
	}
	out := map[string]any{}
	required, _ := s["required"].([]any)
	props := object(s["properties"])
	for _, name := range slices.Sorted(maps.Keys(props)) { // not in the order of a map: seeds must repeat
		if slices.Contains(required, any(name)) || depth > 0 && m.rng.IntN(3) == 0 {
			out[name] = m.draw(props[name], depth-1)
		}
	}
	return out
}

func number(v any, def float64) float64 {
	switch n := v.(type) {
	case int:
		return float64(n)
	case float64:
		return n
	}
	return def
}

func (m *Maker) number(s map[string]any, integer bool) any {
	lo, hi := number(s["minimum"], 0), number(s["maximum"], 1000)
	step := number(s["multipleOf"], 1)
	n := lo + step*float64(m.rng.IntN(int((hi-lo)/step)+1))
	if integer {
		return int64(n)
	}
	return n
}

func (m *Maker) text(s map[string]any) any {
	least, most := int(number(s["minLength"], 0)), int(number(s["maxLength"], 20))
	if len(m.Words) > 0 && least == 0 && m.rng.IntN(2) == 0 {
		return one(m, m.Words)
	}
	n := least + m.rng.IntN(max(1, min(most, least+20)-least+1))
	letters := []rune("abcXYZ 019-_.äß世\u0301")
	out := make([]rune, n)
	for i := range out {
		out[i] = one(m, letters)
	}
	return string(out)
}

// spoil changes one place of a tree.
func (m *Maker) spoil(tree any) any {
	switch t := tree.(type) {
	case map[string]any:
		if len(t) > 0 && m.rng.IntN(6) > 0 {
			name := one(m, slices.Sorted(maps.Keys(t)))
			if m.rng.IntN(5) == 0 {
				delete(t, name)
			} else {
				t[name] = m.spoil(t[name])
			}
			return t
		}
		if m.rng.IntN(2) == 0 {
			t[one(m, []string{"", "id", "name", "x", "\x00", "__proto__", strings.Repeat("k", 300)})] = m.odd()
			return t
		}
	case []any:
		if len(t) > 0 && m.rng.IntN(4) > 0 {
			i := m.rng.IntN(len(t))
			t[i] = m.spoil(t[i])
			return t
		}
		if m.rng.IntN(2) == 0 {
			return append(t, m.odd())
		}
	}
	return m.odd()
}

// odd is a value that somebody once sent where something else was due.
func (m *Maker) odd() any {
	return one(m, []any{
		nil, true, false, 0, 1, -1, 0.5, math.Copysign(0, -1), 1e-9, 20.000001, 1e15, 1e300, json.Number("123456789012345678901234567890"),
		json.Number("1e400"), json.Number("-9223372036854775809"), 9223372036854775807, 2147483648, json.Number("4.0e1"),
		"", " ", "0", "null", "true", "-1", "1e3", "\x00", "a\x00b", "\u2028", "\ufffd", "' OR 1=1 --", "%00", "../..", "<b>",
		strings.Repeat("x", 129), strings.Repeat("ä", 300), strings.Repeat("y", 70_000), strings.Repeat("0", 32), strings.Repeat("F", 32),
		[]any{},
		[]any{nil},
		[]any{[]any{[]any{}}},
		[]any{1, "a", nil, map[string]any{}},
		map[string]any{},
		map[string]any{"id": 1},
		map[string]any{"id": nil},
		map[string]any{"": map[string]any{"": nil}},
		deep(30), deep(200), strings.Join(m.Words, ","),
	})
}

// deep is a tree of lists in lists.
func deep(n int) any {
	var v any
	for range n {
		v = []any{v}
	}
	return v
}

// tear damages the text itself.
func (m *Maker) tear(raw []byte) []byte {
	at := m.rng.IntN(len(raw))
	switch m.rng.IntN(5) {
	case 0:
		return raw[:at]
	case 1:
		raw[at] ^= byte(1 << m.rng.IntN(8))
		return raw
	case 2:
		return append(raw, raw...)
	case 3:
		return slices.Insert(raw, at, '\xff', '\xc0')
	}
	return append([]byte("\ufeff"), raw...)
}

package fuzzbody

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// huge are values made to become much more in memory, or in an answer, than they
// are in a body; each leaves room in a megabyte for the rest of the body.
func huge() []json.RawMessage {
	keys := map[string]any{}
	for i := range 9_000 {
		keys[strings.Repeat("k", 1+i%50)+string(rune('a'+i%26))+strings.Repeat("9", i%10)] = nil
	}
	object, err := json.Marshal(keys)
	if err != nil {
		object = nil // keys of letters: cannot happen
	}
	list := func(item string, n int) json.RawMessage {
		return json.RawMessage("[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]")
	}
	return []json.RawMessage{
		list("{}", 330_000), list("[]", 330_000), list("{}", 1_000), list("null", 1_000), list(`{"id":-1,"x":1}`, 900), object,
		json.RawMessage(`"` + strings.Repeat(`\u0001`, 170_000) + `"`), json.RawMessage(`"` + strings.Repeat(`10.0.0.1,`, 110_000) + `"`),
	}
}

// Hostile makes bodies for an operation in which each place of the schema in turn
// holds each of some values that are huge.
func (m *Maker) Hostile(op string) [][]byte {
	var out [][]byte
	values := huge()
	m.places(m.bodies[op], nil, 3, func(path []string) {
		for _, v := range values {
			tree := m.draw(m.bodies[op], 5)
			if b, err := json.Marshal(put(tree, path, v)); err == nil {
				out = append(out, b)
			}
		}
	})
	return out
}

// places calls f for each property of a schema and of what is in it; "[]" in a
// path is an item of a list.
func (m *Maker) places(schema any, path []string, depth int, f func(path []string)) {
	s := m.follow(schema)
	for _, word := range []string{"allOf", "oneOf", "anyOf"} {
		parts, _ := s[word].([]any)
		for _, part := range parts {
			m.places(part, path, depth, f)
		}
	}
	if s["items"] != nil && depth > 0 {
		m.places(s["items"], append(slices.Clone(path), "[]"), depth-1, f)
	}
	props := object(s["properties"])
	for _, name := range slices.Sorted(maps.Keys(props)) {
		at := append(slices.Clone(path), name)
		f(at)
		if depth > 0 {
			m.places(props[name], at, depth-1, f)
		}
	}
}

// put gives a tree in which the place holds the value.
func put(tree any, path []string, value json.RawMessage) any {
	if len(path) == 0 {
		return value
	}
	if path[0] == "[]" {
		return []any{put(nil, path[1:], value)}
	}
	out := map[string]any{}
	if old, ok := tree.(map[string]any); ok {
		out = maps.Clone(old)
	}
	out[path[0]] = put(out[path[0]], path[1:], value)
	return out
}

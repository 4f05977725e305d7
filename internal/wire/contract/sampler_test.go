package contract

import (
	"encoding/json"
	"math"
	"slices"

	"pgregory.net/rapid"
)

// sampler draws values that a contract allows.
type sampler struct {
	d *Document
	t *rapid.T
}

func number(v any, def float64) float64 {
	if n, ok := v.(json.Number); ok {
		f, _ := n.Float64()
		return f
	}
	return def
}

// draw makes one value for a schema. Depth bounds recursive ones: what is
// optional is left out and lists are empty further down.
func (s sampler) draw(schema any, depth int) any {
	m, _ := s.d.follow(schema, "")
	if c, ok := m["const"]; ok {
		return c
	}
	if enum, ok := m["enum"].([]any); ok {
		return rapid.SampledFrom(enum).Draw(s.t, "enum")
	}
	if alts, ok := m["oneOf"].([]any); ok {
		return s.draw(rapid.SampledFrom(alts).Draw(s.t, "oneOf"), depth)
	}
	// anyOf is the long and the short form of a record; the long one holds both.
	if alts, ok := m["anyOf"].([]any); ok {
		return s.draw(alts[0], depth)
	}
	if all, ok := m["allOf"].([]any); ok {
		out := map[string]any{}
		for _, part := range all {
			for k, v := range s.draw(part, depth).(map[string]any) {
				out[k] = v
			}
		}
		return out
	}
	var kind any
	switch t := m["type"].(type) {
	case []any:
		kind = rapid.SampledFrom(t).Draw(s.t, "type")
	case string:
		kind = t
	default:
		if m["properties"] == nil {
			return nil // anything goes
		}
		kind = "object"
	}
	switch kind {
	case "null":
		return nil
	case "boolean":
		return rapid.Bool().Draw(s.t, "bool")
	case "integer":
		step := int(number(m["multipleOf"], 1))
		least, most := int(number(m["minimum"], -9)), int(number(m["maximum"], math.MaxInt32))
		return step * rapid.IntRange((least+step-1)/step, most/step).Draw(s.t, "int")
	case "number":
		return rapid.Float64Range(number(m["minimum"], 0), number(m["maximum"], 1e6)).Draw(s.t, "number")
	case "string":
		if p, ok := m["pattern"].(string); ok {
			return rapid.StringMatching(p).Draw(s.t, "pattern")
		}
		return rapid.StringN(int(number(m["minLength"], 0)), 8, -1).Draw(s.t, "text")
	case "array":
		least := int(number(m["minItems"], 0))
		most := max(least, min(2, int(number(m["maxItems"], 2))))
		if depth <= 0 {
			most = least
		}
		out := []any{}
		for range rapid.IntRange(least, most).Draw(s.t, "length") {
			out = append(out, s.draw(m["items"], depth-1))
		}
		return out
	}
	return s.object(m, depth)
}

func (s sampler) object(m map[string]any, depth int) any {
	out := map[string]any{}
	required, _ := m["required"].([]any)
	props := object(m["properties"])
	names := make([]string, 0, len(props))
	for name := range props {
		names = append(names, name)
	}
	slices.Sort(names) // the draw must not depend on the order of a map
	for _, name := range names {
		if slices.Contains(required, any(name)) || depth > 0 && rapid.Bool().Draw(s.t, "with "+name) {
			out[name] = s.draw(props[name], depth-1)
		}
	}
	if more, ok := m["additionalProperties"].(map[string]any); ok && depth > 0 && len(names) == 0 {
		out["key"] = s.draw(more, depth-1)
	}
	return out
}

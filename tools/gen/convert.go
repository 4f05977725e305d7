package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// The model generator works on OpenAPI 3.0, the contracts are 3.1. lower turns
// the one into the other in memory, for models only: what a Go type cannot say
// (enumerations inside a property, patterns, const) is dropped on the way, and
// what it can say (nullable) is kept exactly.

// lower converts a whole document. integer is the Go type of every integer in
// this dialect.
func lower(doc map[string]any, integer string) error {
	doc["openapi"] = "3.0.3"
	components, ok := doc["components"].(map[string]any)
	if !ok {
		return fmt.Errorf("contract without components")
	}
	schemas, ok := components["schemas"].(map[string]any)
	if !ok {
		return fmt.Errorf("contract without schemas")
	}
	l := lowering{integer: integer, schemas: schemas}
	for name, s := range schemas {
		schema := s.(map[string]any)
		enum := schema["enum"]
		if schema["type"] == "string" && enum != nil {
			// A named enumeration becomes a Go type with constants.
			l.schema(schema)
			schema["enum"] = enum
			continue
		}
		l.schema(schema)
		// A body that may be null is optional at the operation; the type is the
		// object.
		delete(schema, "nullable")
		schemas[name] = schema
	}
	// Only schemas are wanted; the operations are ours.
	doc["paths"] = map[string]any{}
	doc["components"] = map[string]any{"schemas": schemas}
	delete(doc, "security")
	delete(doc, "servers")
	return nil
}

type lowering struct {
	integer string
	schemas map[string]any
}

// schema rewrites one schema in place.
func (l lowering) schema(s map[string]any) {
	for _, k := range []string{
		"enum", "const", "examples", "pattern", "minLength", "maxLength", "minimum", "maximum",
		"minItems", "maxItems", "default", "x-go-type", "exclusiveMinimum", "exclusiveMaximum",
	} {
		delete(s, k)
	}
	l.types(s)
	l.union(s, "oneOf")
	l.union(s, "anyOf")
	if s["type"] == "integer" {
		s["x-go-type"] = l.integer
	}
	if items, ok := s["items"].(map[string]any); ok {
		l.schema(items)
	}
	if more, ok := s["additionalProperties"].(map[string]any); ok {
		l.schema(more)
	}
	if all, ok := s["allOf"].([]any); ok {
		for _, part := range all {
			l.schema(part.(map[string]any))
		}
	}
	l.properties(s)
}

// types turns a list of types into one type and nullable, or into "anything"
// where several types remain.
func (l lowering) types(s map[string]any) {
	list, ok := s["type"].([]any)
	if !ok {
		return
	}
	var rest []any
	for _, t := range list {
		if t == "null" {
			s["nullable"] = true
		} else {
			rest = append(rest, t)
		}
	}
	if len(rest) == 1 {
		s["type"] = rest[0]
		return
	}
	anything(s)
}

// union turns "X or null" into a nullable X. Everything else that is one of
// several shapes becomes any: the watcher checks the shape, not the Go type.
func (l lowering) union(s map[string]any, key string) {
	list, ok := s[key].([]any)
	if !ok {
		return
	}
	delete(s, key)
	var rest []map[string]any
	for _, alt := range list {
		m := alt.(map[string]any)
		if m["type"] == "null" {
			s["nullable"] = true
		} else {
			rest = append(rest, m)
		}
	}
	if len(rest) != 1 {
		anything(s)
		return
	}
	one := rest[0]
	if ref, ok := one["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		s["type"] = "object"
		if target, ok := l.schemas[name].(map[string]any); ok && target["type"] == "string" {
			s["type"] = "string"
		}
		s["x-go-type"] = codegen.SchemaNameToTypeName(name)
		return
	}
	l.schema(one)
	for k, v := range one {
		if k != "description" || s[k] == nil {
			s[k] = v
		}
	}
}

// anything makes a schema that Go holds as any. A nil any is written as null or
// left out, so no pointer is needed for either.
func anything(s map[string]any) {
	delete(s, "type")
	delete(s, "items")
	delete(s, "properties")
	delete(s, "nullable")
	s["x-go-type"] = "any"
	s["x-go-type-skip-optional-pointer"] = true
}

// properties visits the fields of an object. Lists and maps need no pointer to
// be absent: with omitzero a nil list is left out and an empty one is written.
func (l lowering) properties(s map[string]any) {
	props, ok := s["properties"].(map[string]any)
	if !ok {
		return
	}
	required, _ := s["required"].([]any)
	for name, p := range props {
		prop := p.(map[string]any)
		l.schema(prop)
		if prop["type"] == "array" || prop["additionalProperties"] != nil {
			prop["x-go-type-skip-optional-pointer"] = true
			delete(prop, "nullable") // a nil list is null already
			if !slices.Contains(required, any(name)) {
				prop["x-omitzero"] = true
				prop["x-omitempty"] = false
			}
		}
	}
}

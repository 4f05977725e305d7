// Package contract watches the wire: it checks requests and answers against the
// contract of a dialect and reports what breaks it. It never answers in place of
// the dialect, since both want codes of their own for bad requests. It runs in
// tests and with --dev.
//
// Schemas are compiled once per place with a JSON Schema 2020-12 validator, which
// is what OpenAPI 3.1 schemas are; nothing is converted on the way.
package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"github.com/virga-cloud/virga/api"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"gopkg.in/yaml.v3"
)

// Document is a loaded contract.
type Document struct {
	Name string // "oneandone" or "cloudcix"

	tree       map[string]any
	operations map[string]*operation // by ID

	mu       sync.Mutex // guards what follows; a compiler is not for concurrent use
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

// operation is what is checked of one operation. Places are JSON pointers to
// schemas.
type operation struct {
	params       []param
	body         string // "" without a body
	bodyRequired bool
	answers      map[int]answer
}

type param struct {
	in, name string
	required bool
	empty    bool // an empty value counts as absent
	types    []string
	place    string
}

// answer of one status. Without a place the body must be empty.
type answer struct{ place string }

// OneAndOne is the 1&1 contract, loaded at the first call.
var OneAndOne = sync.OnceValues(func() (*Document, error) { return load("oneandone", api.OneAndOne()) })

// CloudCIX is the CloudCIX contract, loaded at the first call.
var CloudCIX = sync.OnceValues(func() (*Document, error) { return load("cloudcix", api.CloudCIX()) })

const resource = "contract.json"

func load(name string, raw []byte) (*Document, error) {
	var tree map[string]any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return nil, fmt.Errorf("contract %s: %w", name, err)
	}
	// Through JSON, so that numbers have the types the validator expects.
	text, err := json.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("contract %s: %w", name, err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		return nil, fmt.Errorf("contract %s: %w", name, err)
	}
	d := &Document{
		Name: name, tree: doc.(map[string]any), operations: map[string]*operation{},
		compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{},
	}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	if err := d.compiler.AddResource(resource, doc); err != nil {
		return nil, fmt.Errorf("contract %s: %w", name, err)
	}
	for path, item := range object(d.tree["paths"]) {
		at := "/paths/" + escape(path)
		shared := d.params(object(item)["parameters"], at+"/parameters")
		for method, o := range object(item) {
			id, ok := object(o)["operationId"].(string)
			if !ok {
				continue
			}
			op, err := d.operation(object(o), at+"/"+method)
			if err != nil {
				return nil, fmt.Errorf("contract %s: %s: %w", name, id, err)
			}
			op.params = append(op.params, shared...)
			d.operations[id] = op
		}
	}
	return d, nil
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// escape makes one step of a JSON pointer.
func escape(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
}

// follow goes through references; it gives the thing and its true place.
func (d *Document) follow(v any, at string) (map[string]any, string) {
	m := object(v)
	for range 8 { // a reference to itself must not hang
		ref, ok := m["$ref"].(string)
		if !ok {
			return m, at
		}
		at = strings.TrimPrefix(ref, "#")
		var target any = d.tree
		for _, step := range strings.Split(at, "/")[1:] {
			target = object(target)[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
		}
		m = object(target)
	}
	return m, at
}

func (d *Document) operation(o map[string]any, at string) (*operation, error) {
	op := &operation{answers: map[int]answer{}, params: d.params(o["parameters"], at+"/parameters")}
	if o["requestBody"] != nil {
		body, place := d.follow(o["requestBody"], at+"/requestBody")
		op.body = media(body, place)
		op.bodyRequired, _ = body["required"].(bool)
	}
	for code, r := range object(o["responses"]) {
		status, err := strconv.Atoi(code)
		if err != nil {
			return nil, err
		}
		response, place := d.follow(r, at+"/responses/"+code)
		op.answers[status] = answer{place: media(response, place)}
	}
	return op, nil
}

// media is the place of the JSON schema of a body, "" without one.
func media(body map[string]any, at string) string {
	if object(object(body["content"])["application/json"])["schema"] == nil {
		return ""
	}
	return at + "/content/" + escape("application/json") + "/schema"
}

func (d *Document) params(list any, at string) []param {
	items, _ := list.([]any)
	var out []param
	for i, v := range items {
		m, place := d.follow(v, at+"/"+strconv.Itoa(i))
		p := param{place: place + "/schema"}
		p.in, _ = m["in"].(string)
		p.name, _ = m["name"].(string)
		p.required, _ = m["required"].(bool)
		p.empty, _ = m["allowEmptyValue"].(bool)
		if m["style"] == "deepObject" {
			continue // search[...]: any text under any name
		}
		schema, _ := d.follow(m["schema"], "")
		switch t := schema["type"].(type) {
		case string:
			p.types = []string{t}
		case []any:
			for _, one := range t {
				p.types = append(p.types, fmt.Sprint(one))
			}
		}
		out = append(out, p)
	}
	return out
}

// schema compiles the schema at a place once.
func (d *Document) schema(place string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.compiled[place]; s != nil {
		return s, nil
	}
	s, err := d.compiler.Compile(resource + "#" + place)
	if err != nil {
		return nil, fmt.Errorf("contract %s: %s: %w", d.Name, place, err)
	}
	d.compiled[place] = s
	return s, nil
}

// finding is one thing that a schema refuses.
type finding struct {
	where  string // "hardware.hdds[1].size"; "" is the whole value
	text   string
	digits bool // an integer was sent as text of digits
}

// check validates a value and names every place that is refused.
func (d *Document) check(place string, v any) []finding {
	s, err := d.schema(place)
	if err != nil {
		return []finding{{text: err.Error()}}
	}
	err = s.Validate(v)
	if err == nil {
		return nil
	}
	var bad *jsonschema.ValidationError
	if !errors.As(err, &bad) {
		return []finding{{text: err.Error()}}
	}
	var out []finding
	flatten(bad, v, &out)
	return out
}

var printer = message.NewPrinter(language.English)

// flatten lists the leaves of an error tree. Alternatives of which none fits are
// one finding, with all reasons.
func flatten(e *jsonschema.ValidationError, v any, out *[]finding) {
	switch k := e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		var inner []finding
		for _, c := range e.Causes {
			flatten(c, v, &inner)
		}
		f := finding{where: where(e.InstanceLocation), text: e.ErrorKind.LocalizedString(printer)}
		for _, i := range inner {
			f.text += "; " + strings.TrimSpace(i.where+" "+i.text)
			// One fitting alternative but for digits as text is the same freedom.
			f.digits = f.digits || i.digits && i.where == f.where
		}
		*out = append(*out, f)
		return
	case *kind.Type:
		if len(e.Causes) == 0 {
			*out = append(*out, finding{
				where: where(e.InstanceLocation), text: k.LocalizedString(printer),
				digits: k.Got == "string" && contains(k.Want, "integer") && isDigits(reach(v, e.InstanceLocation)),
			})
			return
		}
	}
	if len(e.Causes) == 0 {
		*out = append(*out, finding{where: where(e.InstanceLocation), text: e.ErrorKind.LocalizedString(printer)})
	}
	for _, c := range e.Causes {
		flatten(c, v, out)
	}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func isDigits(v any) bool {
	s, ok := v.(string)
	_, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return ok && err == nil
}

// reach finds a part of a value.
func reach(v any, location []string) any {
	for _, step := range location {
		switch t := v.(type) {
		case map[string]any:
			v = t[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(t) {
				return nil
			}
			v = t[i]
		default:
			return nil
		}
	}
	return v
}

// where writes a location as people do: storages[0].gb.
func where(location []string) string {
	var b strings.Builder
	for _, step := range location {
		if _, err := strconv.Atoi(step); err == nil {
			b.WriteString("[" + step + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}

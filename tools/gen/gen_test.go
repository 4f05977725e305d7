package main

import (
	"encoding/json"
	"go/format"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// The files in the tree are what the contracts make today.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	if err := run("../..", true); err != nil {
		t.Error(err)
	}
}

// The same contract gives the same bytes, whatever order maps are walked in.
func TestGeneratingIsStable(t *testing.T) {
	raw := []byte(small)
	for _, d := range dialects[:1] {
		models, err := d.models(raw)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			again, err := d.models(raw)
			if err != nil || string(again) != string(models) {
				t.Fatalf("two runs differ: %v", err)
			}
		}
	}
}

const small = `
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    put:
      operationId: updateThing
      summary: Change it.
      tags: [things]
      parameters: [{name: q, in: query, schema: {type: string}}]
      x-order-fields: [name, id]
      x-search-fields: {name: string, id: number, on: [], vlan: [in, isnull]}
      x-error-codes: {'400': [t_thing_update_101, t_thing_update_001], '404': [t_thing_update_002]}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses:
        '200': {description: same, content: {application/json: {schema: {type: object, maxProperties: 0}}}}
        '202':
          description: ok
          content: {application/json: {schema: {oneOf: [{$ref: '#/components/schemas/Thing'}, {$ref: '#/components/schemas/EmptyArray'}]}}}
x-error-codes:
  t_thing_update_001: {meaning: alone}
  t_thing_update_002: {meaning: away}
  t_thing_update_101: {field: name, meaning: empty}
components:
  schemas:
    EmptyArray: {type: array, maxItems: 0, items: {}}
    State: {type: string, enum: [A_B, C]}
    Id: {type: string, pattern: '^[0-9]$'}
    Other: {type: object, required: [id], properties: {id: {$ref: '#/components/schemas/Id'}}}
    Thing:
      type: [object, 'null']
      required: [must, null_must, list_must, nested, state]
      properties:
        must: {type: integer, enum: [0, 1]}
        null_must: {type: [string, 'null']}
        null_may: {type: [string, 'null']}
        list_must: {type: array, items: {type: integer}}
        list_may: {type: [array, 'null'], items: {$ref: '#/components/schemas/Id'}}
        other_null: {oneOf: [{$ref: '#/components/schemas/Other'}, {type: 'null'}]}
        mixed: {type: [string, boolean, 'null']}
        ram: {type: number, format: double}
        state: {$ref: '#/components/schemas/State'}
        mode: {oneOf: [{type: string, enum: [X, Y]}, {type: 'null'}]}
        nested: {type: object, required: [vm], properties: {vm: {type: boolean}}}
`

func TestModels(t *testing.T) {
	text, err := dialects[0].models([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(text)), " ")
	for _, want := range []string{
		"Must int `json:\"must\"`",
		"NullMust *string `json:\"null_must\"`",
		"NullMay *string `json:\"null_may,omitempty\"`",
		"ListMust []int `json:\"list_must\"`",
		"ListMay []ID `json:\"list_may,omitzero\"`",
		"OtherNull *Other `json:\"other_null,omitempty\"`",
		"Mixed any `json:\"mixed,omitempty\"`",
		"RAM *float64 `json:\"ram,omitempty\"`",
		"State State `json:\"state\"`",
		"Mode *string `json:\"mode,omitempty\"`",
		"Nested ThingNested `json:\"nested\"`",
		"type ID = string",
		"type State string",
		"VM bool `json:\"vm\"`",
		"package oneandone",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	for _, never := range []string{"EmptyArray", "Thing_Nested"} {
		if strings.Contains(got, never) {
			t.Errorf("%s is in\n%s", never, text)
		}
	}
}

func TestWriters(t *testing.T) {
	models, err := dialects[0].models([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	text, err := dialects[0].writers(models)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = format.Source(text); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(text)), " ")
	for _, want := range []string{
		"func (v Thing) WriteJSON(w *op.JSON) {",
		"w.Key(`\"must\":`) w.Int(int64(v.Must))",
		"w.Key(`\"null_must\":`) if v.NullMust == nil { w.Null() } else { w.String(*v.NullMust) }",
		"if v.NullMay != nil { w.Key(`\"null_may\":`) w.String(*v.NullMay) }",
		"if v.ListMay != nil { w.Key(`\"list_may\":`)",
		"if v.OtherNull != nil { w.Key(`\"other_null\":`) v.OtherNull.WriteJSON(w) }",
		"if v.Mixed != nil { w.Key(`\"mixed\":`) w.Any(v.Mixed) }",
		"w.String(string(v.State))",
		"v.Nested.WriteJSON(w)",
		"w.Raw(`{\"id\":`) w.String(v.ID)", // a name that is always first needs no comma
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	for _, never := range []string{"(v State)", "(v ID)"} {
		if strings.Contains(got, never) {
			t.Errorf("%s is in\n%s", never, text)
		}
	}
}

// What the writers do not know must stop the generator, not give other text.
func TestWritersRefuse(t *testing.T) {
	for name, field := range map[string]string{
		"text as number": "A int `json:\"a,string\"`", "no tag": "A int", "bytes": "A []byte `json:\"a\"`", "array": "A [2]int `json:\"a\"`",
		"number as name": "A map[int]int `json:\"a\"`", "function": "A func() `json:\"a\"`", "object left out": "A B `json:\"a,omitzero\"`",
		"no name": "A int `json:\"-\"`",
	} {
		if text, err := dialects[0].writers([]byte("package p\ntype B struct{}\ntype T struct{ " + field + " }")); err == nil {
			t.Errorf("%s: no error, but\n%s", name, text)
		}
	}
}

func TestOperations(t *testing.T) {
	text, codes, err := dialects[0].operations([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(text)+string(codes)), " ")
	for _, want := range []string{
		"// UpdateThing is PUT /things/{id}: Change it.",
		"var UpdateThing = op.Op[Thing, OrEmpty[Thing]]{Spec: op.Spec{",
		`ID: "updateThing", Method: "PUT", Path: "/things/{id}", Status: 202,`,
		`Query: []string{"q"},`, `Body: "Thing", Optional: true,`,
		`Orders: []string{"name", "id"},`,
		`Filters: []op.Filter{ {Name: "id", Kind: op.NumberOps},` +
			` {Name: "name", Kind: op.StringOps}, {Name: "on"}, {Name: "vlan", Ops: []string{"in", "isnull"}}, },`,
		`Errors: []string{ "t_thing_update_001", "t_thing_update_002", "t_thing_update_101", },`,
		`{Code: "t_thing_update_001", Status: 400, Meaning: "alone"}, {Code: "t_thing_update_002", Status: 404, Meaning: "away"},`,
		`{Code: "t_thing_update_101", Status: 400, Field: "name", Meaning: "empty"},`,
		"// Operations lists all 1 operations", "var Typed = []op.Any{ UpdateThing, }",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
}

func TestBrokenContracts(t *testing.T) {
	for name, change := range map[string][2]string{
		"no schemas":           {"schemas:", "nothing:"},
		"unknown reference":    {"schemas/Other'}, {type", "schemas/Nowhere'}, {type"},
		"answer without names": {"oneOf: [{$ref: '#/components/schemas/Thing'}, {$ref: '#/components/schemas/EmptyArray'}]", "type: object"},
		"no success":           {"'202':", "'404':"},
		"filter of no family":  {"name: string,", "name: text,"},
		"operators as numbers": {"[in, isnull]", "[1]"},
		"no default order":     {"[name, id]", "[]"},
		"code of no meaning":   {"  t_thing_update_002: {meaning: away}\n", ""},
		"code of no operation": {", t_thing_update_001]", "]"},
		"code of two statuses": {"[t_thing_update_002]", "[t_thing_update_002, t_thing_update_001]"},
	} {
		raw := []byte(strings.Replace(small, change[0], change[1], 1))
		_, models := dialects[0].models(raw)
		_, _, operations := dialects[0].operations(raw)
		if name == "no success" {
			raw = []byte(strings.Replace(string(raw), "'200':", "'400':", 1))
			_, _, operations = dialects[0].operations(raw)
		}
		if models == nil && operations == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestVerbFirst(t *testing.T) {
	for id, want := range map[string]string{
		"vmCreate": "CreateVm", "vmPartialUpdate": "PatchVm", "vmHistoryList": "ListVmHistory",
		"membershipTokenUpdate": "UpdateMembershipToken", "ping": "Ping",
	} {
		if got := verbFirst(id); got != want {
			t.Errorf("%s became %s, want %s", id, got, want)
		}
	}
}

// Nothing of 3.1 is left for a reader of 3.0.
func TestLowerLeavesNoTypeLists(t *testing.T) {
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(small), &doc); err != nil {
		t.Fatal(err)
	}
	if err := lower(doc, "int"); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{`"type":[`, `"null"`, `"const"`, `"oneOf"`} {
		if strings.Contains(string(text), never) {
			t.Errorf("%s is in %s", never, text)
		}
	}
}

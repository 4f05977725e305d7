package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// The contract's own tables stand in extensions: what a list can be ordered and
// filtered by, and the numbered errors.
const (
	ordersKey  = "x-order-fields"
	filtersKey = "x-search-fields"
	errorsKey  = "x-error-codes"
)

// extension reads one into a value; absent leaves it as it is.
func extension(from map[string]any, key string, into any) error {
	v, ok := from[key]
	if !ok {
		return nil
	}
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// lists writes the orders and filters of a list. A filter has the name of a
// family of operators, or the operators.
func lists(b *strings.Builder, o *openapi3.Operation) error {
	var orders []string
	var filters map[string]json.RawMessage
	if err := extension(o.Extensions, ordersKey, &orders); err != nil {
		return err
	}
	if err := extension(o.Extensions, filtersKey, &filters); err != nil {
		return err
	}
	if len(filters) > 0 && len(orders) == 0 {
		return fmt.Errorf("%s without %s: which order is the default?", filtersKey, ordersKey)
	}
	if len(orders) > 0 {
		fmt.Fprintf(b, "Orders: %#v,\n", orders)
	}
	if len(filters) == 0 {
		return nil
	}
	b.WriteString("Filters: []op.Filter{\n")
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		var family string
		var ops []string
		switch {
		case json.Unmarshal(filters[name], &family) == nil:
			kind := map[string]string{"number": "op.NumberOps", "string": "op.StringOps"}[family]
			if kind == "" {
				return fmt.Errorf("%s: %s is %q, which is neither number nor string", filtersKey, name, family)
			}
			fmt.Fprintf(b, "{Name: %q, Kind: %s},\n", name, kind)
		case json.Unmarshal(filters[name], &ops) != nil:
			return fmt.Errorf("%s: %s is no name of a family and no list of operators", filtersKey, name)
		case len(ops) == 0:
			fmt.Fprintf(b, "{Name: %q},\n", name)
		default:
			fmt.Fprintf(b, "{Name: %q, Ops: %#v},\n", name, ops)
		}
	}
	b.WriteString("},\n")
	return nil
}

// errorTable is what the contract says of its numbered errors, by code.
type errorTable map[string]*numbered

type numbered struct {
	Field, Meaning string
	status         int // as the operations say, which all must say the same
}

func readErrors(doc *openapi3.T) (errorTable, error) {
	var t errorTable
	return t, extension(doc.Extensions, errorsKey, &t)
}

// of writes the codes of one operation.
func (t errorTable) of(b *strings.Builder, o *openapi3.Operation) error {
	var byStatus map[string][]string
	if err := extension(o.Extensions, errorsKey, &byStatus); err != nil {
		return err
	}
	var codes []string
	for text, list := range byStatus {
		status, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%s: %w", errorsKey, err)
		}
		for _, code := range list {
			e := t[code]
			switch {
			case e == nil:
				return fmt.Errorf("%s: nothing says what %s means", errorsKey, code)
			case e.status != 0 && e.status != status:
				return fmt.Errorf("%s: %s is %d here and %d elsewhere", errorsKey, code, status, e.status)
			}
			e.status = status
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	slices.Sort(codes)
	b.WriteString("Errors: []string{\n")
	for part := range slices.Chunk(codes, 4) {
		fmt.Fprintf(b, "\"%s\",\n", strings.Join(part, `", "`))
	}
	b.WriteString("},\n")
	return nil
}

// write makes the file with all errors, after all operations were written.
func (t errorTable) write(d dialect) ([]byte, error) {
	if len(t) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "// Code generated from %s by tools/gen. DO NOT EDIT.\n\n", d.contract)
	fmt.Fprintf(&out, "package %s\n\nimport %q\n\n", d.name, "github.com/virga-cloud/virga/client/op")
	fmt.Fprintf(&out, "// Errors lists all %d numbered errors of the %s, by code.\nvar Errors = []op.Error{\n", len(t), d.title)
	for _, code := range slices.Sorted(maps.Keys(t)) {
		e := t[code]
		if e.status == 0 {
			return nil, fmt.Errorf("%s: no operation has %s", errorsKey, code)
		}
		fmt.Fprintf(&out, "{Code: %q, Status: %d, ", code, e.status)
		if e.Field != "" {
			fmt.Fprintf(&out, "Field: %q, ", e.Field)
		}
		fmt.Fprintf(&out, "Meaning: %q},\n", e.Meaning)
	}
	out.WriteString("}\n")
	return out.Bytes(), nil
}

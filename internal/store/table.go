package store

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
)

// table is how a struct type is stored. Names follow from the struct; see
// cloud.Snake. There are no tags but `db:"-"`.
type table struct {
	name   string
	cols   []column
	byName map[string]*column
	id     *column // nil when the struct has no ID
	closed bool    // rows are closed instead of removed
	list   string  // "t"."a", ...
	sel    string  // SELECT "t"."a", ... FROM "t"
	ins    string  // INSERT of everything but id
	live   string  // condition for live rows, with AND behind it
	mark   []int   // the field that says that a row lacks columns; nil: no row may
	narrow bool    // cols are not all there are
}

// column is one field. class is what the database sees.
type column struct {
	cloud.Column
	class  class
	null   bool // a pointer: nil is null
	quoted string
	mark   string // what a change of it is noted as; see changes
}

// class of a column: which values it holds in the database.
type class string

const (
	classInt   class = "integer"
	classFloat class = "float"
	classText  class = "text"
	classBytes class = "bytes"
	classJSON  class = "json" // text, never compared
)

// tables are made once: a struct's columns do not change while it runs.
var tables sync.Map // reflect.Type -> *table

// tableOf is the table of a struct type.
func tableOf[T any]() *table {
	t := reflect.TypeFor[T]()
	if v, ok := tables.Load(t); ok {
		return v.(*table)
	}
	v, _ := tables.LoadOrStore(t, newTable(t))
	return v.(*table)
}

func newTable(t reflect.Type) *table {
	tab := &table{name: cloud.Snake(t.Name()), byName: map[string]*column{}}
	if f, ok := t.FieldByName("Narrow"); ok && f.Tag.Get("db") == "-" {
		tab.mark = f.Index
	}
	for _, c := range cloud.Columns(t) {
		col := column{Column: c, quoted: quote(tab.name) + "." + quote(c.Name), mark: tab.name + "." + c.Name}
		ft := c.Type
		if ft.Kind() == reflect.Pointer {
			col.null, ft = true, ft.Elem()
		}
		col.class = classOf(ft)
		tab.cols = append(tab.cols, col)
	}
	var names, places, all []string
	for i := range tab.cols {
		c := &tab.cols[i]
		tab.byName[c.Name] = c
		all = append(all, c.quoted)
		if c.Name == "id" && c.Type.Kind() == reflect.Int64 {
			tab.id = c
			continue
		}
		tab.closed = tab.closed || c.Name == "closed" && c.null
		names = append(names, quote(c.Name))
		places = append(places, fmt.Sprintf("$%d", len(names)))
	}
	q := quote(tab.name)
	if tab.closed {
		tab.live = q + `."closed" IS NULL AND `
	}
	tab.list = strings.Join(all, ", ")
	tab.sel = "SELECT " + tab.list + " FROM " + q
	tab.ins = "INSERT INTO " + q + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")"
	return tab
}

// quote writes a name of a table or column, which is always one of the program's
// own: a quotation mark in it would have to be doubled.
func quote(name string) string { return `"` + name + `"` }

// noun is the table's name for people.
func (t *table) noun() string { return strings.ReplaceAll(t.name, "_", " ") }

// classOf tells how a type is stored.
func classOf(t reflect.Type) class {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Bool,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return classInt
	case reflect.Float32, reflect.Float64:
		return classFloat
	case reflect.String:
		return classText
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return classBytes
		}
	case reflect.Struct:
		switch t {
		case reflect.TypeFor[time.Time]():
			return classInt
		case reflect.TypeFor[netip.Addr](), reflect.TypeFor[netip.Prefix]():
			return classBytes
		}
	}
	return classJSON
}

// encode turns any value that a column may hold into what the drivers take.
func encode(v any) (any, error) {
	switch x := v.(type) { // without reflection
	case nil, int64, float64:
		return x, nil
	case []byte:
		if x == nil { // no bytes, not null: a driver's view of an empty value
			x = []byte{}
		}
		return x, nil
	case string:
		return x, checkText(x)
	}
	return encodeValue(reflect.ValueOf(v))
}

// encodeValue is the stored form of a value: what cloud.Plain gives, so that
// conditions in Go and in SQL see the same, and JSON for what has none.
func encodeValue(v reflect.Value) (any, error) {
	if p, ok := cloud.PlainValue(v); ok {
		if s, isText := p.(string); isText {
			return s, checkText(s)
		}
		return p, nil
	}
	b, err := json.Marshal(v.Interface())
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", v.Type(), err)
	}
	// JSON escapes the null character, so any text in it can be stored.
	return string(b), nil
}

// checkText refuses what PostgreSQL cannot store, on both engines.
func checkText(s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return cloud.Errorf(cloud.Invalid, "text.encoding", "text must be UTF-8 without null characters")
	}
	return nil
}

// values lists the fields of a row in the order of the columns, without id.
func (t *table) values(row reflect.Value) ([]any, error) {
	list := make([]any, 0, len(t.cols)+1)
	for i := range t.cols {
		c := &t.cols[i]
		if c == t.id {
			continue
		}
		v, err := encodeValue(row.FieldByIndex(c.Index))
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.name, c.Name, err)
		}
		list = append(list, v)
	}
	return list, nil
}

// seenBytes stands for bytes where values are compared.
type seenBytes string

// remember notes what a row has in the database, so that an Update can leave
// alone what did not change. Whole lists are not changed row by row.
func remember[T any](tx *Tx, t *table, rows ...*T) error {
	if !tx.write || t.id == nil || !t.closed || len(rows) > 64 {
		return nil // what cannot be closed is a record of something, and stays as it is
	}
	if tx.seen == nil {
		tx.seen = map[any][]any{}
	}
	for _, row := range rows {
		list, err := t.comparable(reflect.ValueOf(row).Elem())
		if err != nil {
			return err
		}
		tx.seen[row] = list
	}
	return nil
}

// comparable lists the fields of a row, all of them, as values that can be
// compared. JSON is left out: it is in no index, and costs more to make than to
// write.
func (t *table) comparable(row reflect.Value) ([]any, error) {
	list := make([]any, len(t.cols))
	for i := range t.cols {
		c := &t.cols[i]
		if c.class == classJSON {
			continue
		}
		v, err := encodeValue(row.FieldByIndex(c.Index))
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.name, c.Name, err)
		}
		if b, ok := v.([]byte); ok {
			v = seenBytes(b)
		}
		list[i] = v
	}
	return list, nil
}

// update is the statement that writes what differs from old, "" when that is
// nothing. Every column that is written costs its indexes two changes each,
// also with the same value. Without old all columns are written.
func (t *table) update(row reflect.Value, old []any) (text string, args []any, marks []string, err error) {
	id := row.FieldByIndex(t.id.Index).Int()
	var now []any
	if old != nil {
		if now, err = t.comparable(row); err != nil {
			return "", nil, nil, err
		}
	}
	var b strings.Builder
	for i := range t.cols {
		c := &t.cols[i]
		if c == t.id {
			if old != nil && old[i] != id {
				return t.update(row, nil) // it is another row by now
			}
			continue
		}
		if old != nil && c.class != classJSON && now[i] == old[i] {
			continue
		}
		v, err := encodeValue(row.FieldByIndex(c.Index))
		if err != nil {
			return "", nil, nil, fmt.Errorf("%s.%s: %w", t.name, c.Name, err)
		}
		args, marks = append(args, v), append(marks, c.mark)
		if len(args) > 1 {
			b.WriteString(", ")
		}
		b.WriteString(quote(c.Name) + " = $" + strconv.Itoa(len(args)))
	}
	if len(args) == 0 {
		return "", nil, nil, nil
	}
	args = append(args, id)
	return "UPDATE " + quote(t.name) + " SET " + b.String() + " WHERE id = $" + strconv.Itoa(len(args)), args, marks, nil
}

// cell receives one column of a row, as sql.Scanner. ptr points at the field.
type cell struct {
	index []int
	ptr   any
	// shared: the text of a column of JSON is read once for the rows of a list that
	// have it alike, such as the keys of the machines that one customer makes. They share
	// what was read then, so it is only done where nobody writes a row back.
	shared bool
	text   string
	value  reflect.Value
}

// Scan stores what the driver gave.
func (c *cell) Scan(src any) error {
	text, ok := src.(string)
	if !ok || !c.shared {
		return decodeInto(c.ptr, src)
	}
	to := reflect.ValueOf(c.ptr).Elem()
	if c.value.IsValid() && text == c.text {
		to.Set(c.value)
		return nil
	}
	err := decode(to, text)
	if err == nil {
		c.text, c.value = text, reflect.ValueOf(to.Interface())
	}
	return err
}

// cells are the destinations for one row after the other: point says which.
func (t *table) cells() (list []cell, dest []any) {
	list, dest = make([]cell, len(t.cols)), make([]any, len(t.cols))
	for i := range t.cols {
		list[i].index, list[i].shared = t.cols[i].Index, t.narrow && t.cols[i].class == classJSON
		dest[i] = &list[i]
	}
	return list, dest
}

// point leads the cells to the fields of a row.
func point(list []cell, row reflect.Value) {
	for i := range list {
		f := row
		for _, k := range list[i].index { // FieldByIndex looks for nil pointers, which rows have none of
			f = f.Field(k)
		}
		list[i].ptr = f.Addr().Interface()
	}
}

// Into makes a destination for Rows.Scan of a pointer to anything that a
// column may hold. What database/sql can do itself is left to it.
func Into(ptr any) any {
	switch ptr.(type) {
	case *int64, *string, *float64, *[]byte, *cell, *any:
		return ptr
	}
	v := reflect.ValueOf(ptr)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return ptr
	}
	return &cell{ptr: ptr}
}

// decodeInto is decode for the types that nearly all columns have, without
// reflection: a page of a list is thousands of values.
func decodeInto(ptr, src any) error {
	switch s := src.(type) {
	case int64:
		switch p := ptr.(type) {
		case *int64:
			*p = s
			return nil
		case *bool:
			*p = s != 0
			return nil
		case *int:
			*p = int(s)
			return nil
		case *time.Time:
			*p = cloud.FromMicros(s)
			return nil
		case **time.Time:
			t := cloud.FromMicros(s)
			*p = &t
			return nil
		}
	case string:
		if p, ok := ptr.(*string); ok {
			*p = s
			return nil
		}
	case []byte:
		switch p := ptr.(type) {
		case *cloud.UID:
			if len(s) == len(p) {
				copy(p[:], s)
				return nil
			}
		case *netip.Addr:
			a, err := cloud.AddrFrom(s)
			*p = a
			return err
		}
	case nil:
		if p, ok := ptr.(**time.Time); ok {
			*p = nil
			return nil
		}
	}
	return decode(reflect.ValueOf(ptr).Elem(), src)
}

// decode is the inverse of encode.
func decode(v reflect.Value, src any) error {
	if v.Kind() == reflect.Pointer {
		if src == nil {
			v.SetZero()
			return nil
		}
		p := reflect.New(v.Type().Elem())
		v.Set(p)
		return decode(p.Elem(), src)
	}
	switch s := src.(type) {
	case int64:
		return decodeInt(v, s)
	case float64:
		if v.CanFloat() {
			v.SetFloat(s)
			return nil
		}
	case string:
		if v.Kind() == reflect.String {
			v.SetString(s)
			return nil
		}
		return decodeBytes(v, []byte(s))
	case []byte:
		if v.Kind() == reflect.String {
			v.SetString(string(s))
			return nil
		}
		return decodeBytes(v, s)
	case bool: // what PostgreSQL makes of EXISTS; no column is one
		return decodeInt(v, map[bool]int64{true: 1}[s])
	case nil:
		return fmt.Errorf("null in a column of type %s", v.Type())
	}
	return fmt.Errorf("a %T cannot be read as %s", src, v.Type())
}

func decodeInt(v reflect.Value, n int64) error {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(cloud.FromMicros(n)))
	case v.Kind() == reflect.Bool:
		v.SetBool(n != 0)
	case v.CanInt():
		if v.OverflowInt(n) {
			return fmt.Errorf("%d does not fit %s", n, v.Type())
		}
		v.SetInt(n)
	case v.CanUint():
		v.SetUint(uint64(n))
	case v.CanFloat():
		v.SetFloat(float64(n))
	default:
		return fmt.Errorf("an integer cannot be read as %s", v.Type())
	}
	return nil
}

// decodeBytes reads byte columns and JSON. b belongs to the driver and must
// be copied.
func decodeBytes(v reflect.Value, b []byte) error {
	switch t := v.Type(); {
	case t == reflect.TypeFor[netip.Addr]():
		a, err := cloud.AddrFrom(b)
		v.Set(reflect.ValueOf(a))
		return err
	case t == reflect.TypeFor[netip.Prefix]():
		p, err := cloud.PrefixFrom(b)
		v.Set(reflect.ValueOf(p))
		return err
	case t.Kind() == reflect.Array && t.Elem().Kind() == reflect.Uint8:
		if len(b) != t.Len() {
			return fmt.Errorf("%d bytes for %s", len(b), t)
		}
		reflect.Copy(v, reflect.ValueOf(b))
		return nil
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		v.SetBytes(append([]byte(nil), b...))
		return nil
	}
	v.SetZero() // JSON leaves in place what it does not name
	if len(b) == 0 || string(b) == "null" {
		return nil
	}
	switch p := v.Addr().Interface().(type) {
	case *[]string:
		if list, ok := plainList(b); ok {
			*p = list
			return nil
		}
	case *map[string]int:
		if counts, ok := plainCounts(b); ok {
			*p = counts
			return nil
		}
	}
	return json.Unmarshal(b, v.Addr().Interface())
}

// plainList reads a JSON list of plain words, which is what the flags of a role
// are: every request reads some ninety of them. Anything else is left to
// package json.
func plainList(b []byte) ([]string, bool) {
	if len(b) < 4 || b[0] != '[' || b[1] != '"' {
		return nil, false
	}
	inner, ok := strings.CutSuffix(string(b[2:]), `"]`)
	if !ok {
		return nil, false
	}
	list := strings.Split(inner, `","`)
	return list, !slices.ContainsFunc(list, func(word string) bool { return !plainWord(word) })
}

// plainCounts reads a JSON object of plain names with whole numbers from 0, as the
// quantities of an event are: a page of machines shows hundreds of them. Anything
// else is left to package json.
func plainCounts(b []byte) (map[string]int, bool) {
	if len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return nil, false
	}
	rest := string(b[1 : len(b)-1])
	counts := make(map[string]int, strings.Count(rest, ":"))
	for more := rest != ""; more; {
		var member string
		member, rest, more = strings.Cut(rest, ",")
		name, number, _ := strings.Cut(member, `":`)
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil || len(number) > 1 && number[0] == '0' || name == "" || name[0] != '"' || !plainWord(name[1:]) {
			return nil, false
		}
		counts[name[1:]] = int(n)
	}
	return counts, true
}

// plainWord tells text that is in JSON as it is.
func plainWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

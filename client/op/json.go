package op

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Writable is a value that writes itself as JSON without reflection. All models
// of the contracts are; their methods are generated. A pointer to one is too.
type Writable interface{ WriteJSON(w *JSON) }

// JSON is text in the making. What it writes is byte for byte what encoding/json
// writes without HTML escapes. The zero value is ready; it is for one goroutine.
type JSON struct {
	b   []byte
	err error // the first value that has no JSON form; nothing counts after it
}

// Encode is the JSON text of any value: by its own WriteJSON, that of its
// elements, or encoding/json.
func Encode(v any) ([]byte, error) {
	var w JSON
	w.Any(v)
	return w.Bytes()
}

// Bytes is the text so far. It is valid until something else is written.
func (w *JSON) Bytes() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return w.b, nil
}

// Len is how much was written.
func (w *JSON) Len() int { return len(w.b) }

// Reset begins again in the same memory: what Bytes gave is gone.
func (w *JSON) Reset() { w.b, w.err = w.b[:0], nil }

// Grow makes room, so that a long text is not copied while it grows.
func (w *JSON) Grow(n int) { w.b = slices.Grow(w.b, n) }

// Raw writes text that is JSON already, or a part of it.
func (w *JSON) Raw(text string) { w.b = append(w.b, text...) }

// Text writes bytes that are JSON already.
func (w *JSON) Text(text []byte) { w.b = append(w.b, text...) }

// Key begins a member of an object; key is its name in quotes with the colon.
func (w *JSON) Key(key string) {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' { // no value ends so
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, key...)
}

// Name begins a member of an object whose name is only known when it is written.
func (w *JSON) Name(name string) {
	w.Key("")
	w.String(name)
	w.b = append(w.b, ':')
}

// Next begins an element of an array.
func (w *JSON) Next() {
	if n := len(w.b); n > 0 && w.b[n-1] != '[' { // no value ends so
		w.b = append(w.b, ',')
	}
}

// Null writes null.
func (w *JSON) Null() { w.b = append(w.b, "null"...) }

// Bool writes true or false.
func (w *JSON) Bool(v bool) { w.b = strconv.AppendBool(w.b, v) }

// Int writes a whole number.
func (w *JSON) Int(v int64) { w.b = strconv.AppendInt(w.b, v, 10) }

// Float writes a number as JavaScript prints it. Infinities and NaN have no JSON
// form and are an error.
func (w *JSON) Float(v float64) {
	abs := math.Abs(v)
	switch {
	case math.IsInf(v, 0) || math.IsNaN(v):
		w.fail(&json.UnsupportedValueError{Value: reflect.ValueOf(v), Str: strconv.FormatFloat(v, 'g', -1, 64)})
	case abs != 0 && (abs < 1e-6 || abs >= 1e21):
		w.b = strconv.AppendFloat(w.b, v, 'e', -1, 64)
		if n := len(w.b); w.b[n-4] == 'e' && w.b[n-3] == '-' && w.b[n-2] == '0' { // 1e-09 is 1e-9
			w.b[n-2] = w.b[n-1]
			w.b = w.b[:n-1]
		}
	default:
		w.b = strconv.AppendFloat(w.b, v, 'f', -1, 64)
	}
}

// String writes a text in quotes. What is no UTF-8 becomes U+FFFD.
func (w *JSON) String(s string) {
	b := append(w.b, '"')
	start := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = control(append(b, s[start:i]...), c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(append(b, s[start:i]...), `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029': // line ends to JavaScript
			b = append(append(b, s[start:i]...), `\u202`...)
			b = append(b, hex[r&15])
			start = i + size
		}
		i += size
	}
	w.b = append(append(b, s[start:]...), '"')
}

const hex = "0123456789abcdef"

// control escapes one character that may not stand in a text as it is.
func control(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// Any writes a value of any type; what does not write itself goes through
// encoding/json.
func (w *JSON) Any(v any) {
	switch v := v.(type) {
	case nil:
		w.Null()
	case string:
		w.String(v)
	case bool:
		w.Bool(v)
	case int:
		w.Int(int64(v))
	case int64:
		w.Int(v)
	case float64:
		w.Float(v)
	case Writable:
		if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && p.IsNil() {
			w.Null()
			return
		}
		v.WriteJSON(w)
	default:
		w.other(v)
	}
}

// other writes lists of what writes itself, and everything else by reflection.
func (w *JSON) other(v any) {
	list := reflect.ValueOf(v)
	if list.Kind() == reflect.Slice && !list.IsNil() && list.Type().Elem().Implements(reflect.TypeFor[Writable]()) {
		w.Raw("[")
		for i := range list.Len() {
			w.Next()
			w.Any(list.Index(i).Addr().Interface()) // of a pointer, so that nothing is copied
		}
		w.Raw("]")
		return
	}
	w.Reflect(v)
}

// Reflect writes a value through encoding/json, whatever methods it has.
func (w *JSON) Reflect(v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		w.fail(err)
		return
	}
	w.Text(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// fail keeps the first error.
func (w *JSON) fail(err error) {
	if w.err == nil {
		w.err = fmt.Errorf("write JSON: %w", err)
	}
}

// Sorted gives the names of a map in the order in which they are written.
func Sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

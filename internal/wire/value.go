package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Rules say how loosely a dialect reads bodies.
type Rules struct {
	NullAbsent bool // an explicit null counts as absent (1&1)
	Trim       bool // text is trimmed (CloudCIX)
	Digits     bool // integers may be sent as text of digits (CloudCIX)
}

// Kind of a loose value.
type Kind int

// Kinds. Absent and Null are two things in CloudCIX and one in 1&1.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	Text
	List
	Map
)

// Value is one loosely typed value of a body. It knows where it stood, so that
// errors can name the field. The zero Value is absent.
type Value struct {
	v       any // nil, bool, json.Number, string, []any, map[string]any
	present bool
	at      string
	rules   *Rules
}

// maxDepth guards recursive readers; encoding/json has a limit of its own far
// above anything a contract knows.
const maxDepth = 64

// Bounds on what is read, far above what either contract has use for: a body of
// a megabyte may be one text, but as a list of {} it would become a hundred
// times as much memory.
const (
	MaxValues = 10_000 // in a body, at all depths
	MaxItems  = 1_000  // in one list, where the contract names no bound of its own
)

// Parse reads a JSON body. Nothing, blanks and the text null are all "absent".
func Parse(body []byte, rules Rules) (Value, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return Value{rules: &rules}, nil
	}
	if crowded(body) {
		return Value{}, malformed("the body holds more than " + strconv.Itoa(MaxValues) + " values")
	}
	if bad := noText(body); bad != "" {
		return Value{}, malformed("the body holds " + bad + ", which is no character")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // so that large ids stay exact
	var v any
	if err := dec.Decode(&v); err != nil {
		return Value{}, malformed("the body is not valid JSON")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Value{}, malformed("the body holds more than one JSON value")
	}
	if deep(v, maxDepth) {
		return Value{}, malformed("the body is nested too deeply")
	}
	return Value{v: v, present: v != nil, rules: &rules}, nil
}

func malformed(text string) *cloud.Error {
	return cloud.Errorf(cloud.Invalid, Malformed, "%s", text)
}

// crowded tells a body of more than MaxValues values without making one of them:
// each but the first follows a comma or an opening bracket.
func crowded(body []byte) bool {
	n, text := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case !text && (c == ',' || c == '[' || c == '{'):
			if n++; n > MaxValues {
				return true
			}
		}
	}
	return false
}

// noText is the first thing in a body that stands where a character should and is
// none: bytes that are no UTF-8, or half of a pair such as \ud800. The decoder would
// put another character there, and nobody would find the name again that he gave.
func noText(body []byte) string {
	for i := 0; i < len(body); {
		if body[i] == '\\' {
			n := escape(body[i:])
			if n < 0 {
				return string(body[i : i+6])
			}
			i += n
			continue
		}
		r, n := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && n == 1 {
			return fmt.Sprintf("the byte 0x%02x", body[i])
		}
		i += n
	}
	return ""
}

// escape is how long an escape of JSON is, a pair counted together; -1 for half of one.
func escape(text []byte) int {
	high, ok := unit(text)
	switch {
	case !ok:
		return min(2, len(text)) // \n, or what the decoder refuses
	case !utf16.IsSurrogate(high):
		return 6
	}
	low, ok := unit(text[6:])
	if !ok || utf16.DecodeRune(high, low) == utf8.RuneError {
		return -1
	}
	return 12
}

// unit reads \uXXXX.
func unit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}

func deep(v any, left int) bool {
	if left == 0 {
		return true
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if deep(e, left-1) {
				return true
			}
		}
	case map[string]any:
		for _, e := range v {
			if deep(e, left-1) {
				return true
			}
		}
	}
	return false
}

// Kind of the value.
func (v Value) Kind() Kind {
	if !v.present {
		return Absent
	}
	switch v.v.(type) {
	case bool:
		return Bool
	case json.Number:
		return Number
	case string:
		return Text
	case []any:
		return List
	case map[string]any:
		return Map
	}
	return Null
}

// Absent tells whether nothing was sent (or null, where that is the same).
func (v Value) Absent() bool { return !v.present }

// Null tells whether an explicit null was sent; never in a dialect where it
// counts as absent.
func (v Value) Null() bool { return v.present && v.v == nil }

// Given tells whether there is a value to look at: neither absent nor null.
func (v Value) Given() bool { return v.present && v.v != nil }

// At is the place of the value: "hardware.hdds[1].size".
func (v Value) At() string { return v.at }

// Any is the value as encoding/json gives it, with numbers as json.Number.
func (v Value) Any() any { return v.v }

func (v Value) wrong(code, what string) error {
	if !v.Given() {
		return cloud.Errorf(cloud.Invalid, "required", "is required").On(v.at)
	}
	return cloud.Errorf(cloud.Invalid, code, "must be %s", what).On(v.at)
}

// Text reads a string. A NUL is refused here because no database column takes it.
func (v Value) Text() (string, error) {
	s, ok := v.v.(string)
	if !ok {
		return "", v.wrong("type.text", "text")
	}
	if strings.IndexByte(s, 0) >= 0 {
		return "", v.wrong("type.text", "text without NUL characters")
	}
	if v.rules != nil && v.rules.Trim {
		s = strings.TrimSpace(s)
	}
	return s, nil
}

// TextOrNumber reads a string, or a number as its text: a port is sent as 80 and
// as "80-90".
func (v Value) TextOrNumber() (string, error) {
	if n, ok := v.v.(json.Number); ok {
		if i, ok := whole(n); ok {
			return strconv.FormatInt(i, 10), nil
		}
		return n.String(), nil
	}
	return v.Text()
}

// Int reads a whole number. 40.0 and 4e1 are whole; text of digits only where the
// dialect says so.
func (v Value) Int() (int64, error) {
	switch n := v.v.(type) {
	case json.Number:
		if i, ok := whole(n); ok {
			return i, nil
		}
	case string:
		if v.rules != nil && v.rules.Digits {
			return v.Digits()
		}
	}
	return 0, v.wrong("type.integer", "an integer")
}

// Digits reads a whole number or text of digits, whatever the dialect's rule.
func (v Value) Digits() (int64, error) {
	if s, ok := v.v.(string); ok {
		if i, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
			return i, nil
		}
		return 0, v.wrong("type.integer", "an integer")
	}
	return v.Int()
}

// whole gives the int64 that a JSON number is equal to. Exponents are bounded
// first: 1e999999999 must not be spelled out.
func whole(n json.Number) (int64, bool) {
	text := n.String()
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(f) > 1<<63 || len(text) > 64 {
		return 0, false
	}
	if _, exp, ok := strings.Cut(strings.ToLower(text), "e"); ok {
		if e, err := strconv.Atoi(exp); err != nil || e > 40 || e < -40 {
			return 0, f == 0 && strings.Trim(text[:strings.IndexAny(text, "eE")], "-0.") == ""
		}
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
}

// Float reads any number that a float64 holds; text of a number only where the
// dialect takes digits as text.
func (v Value) Float() (float64, error) {
	switch n := v.v.(type) {
	case json.Number:
		if f, err := n.Float64(); err == nil {
			return f, nil
		}
	case string:
		if v.rules != nil && v.rules.Digits {
			f, err := strconv.ParseFloat(strings.TrimSpace(n), 64)
			if err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
				return f, nil
			}
		}
	}
	return 0, v.wrong("type.number", "a number")
}

// Bool reads true and false, also as text in any letter case.
func (v Value) Bool() (bool, error) {
	switch b := v.v.(type) {
	case bool:
		return b, nil
	case string:
		switch strings.ToLower(strings.TrimSpace(b)) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	return false, v.wrong("type.boolean", "true or false")
}

// List reads an array; one of more than MaxItems is refused before anything of it
// is looked at.
func (v Value) List() ([]Value, error) {
	list, ok := v.v.([]any)
	if !ok {
		return nil, v.wrong("type.list", "a list")
	}
	if len(list) > MaxItems {
		return nil, v.wrong("list.long", "a list of at most "+strconv.Itoa(MaxItems)+" items")
	}
	out := make([]Value, len(list))
	for i, e := range list {
		out[i] = Value{v: e, present: true, at: v.at + "[" + strconv.Itoa(i) + "]", rules: v.rules}
	}
	return out, nil
}

// Texts reads an array of strings.
func (v Value) Texts() ([]string, error) {
	list, err := v.List()
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, e := range list {
		if out[i], err = e.Text(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Ints reads an array of whole numbers.
func (v Value) Ints() ([]int64, error) {
	list, err := v.List()
	if err != nil {
		return nil, err
	}
	out := make([]int64, len(list))
	for i, e := range list {
		if out[i], err = e.Int(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Object reads an object. An absent value is an empty object, since "no body",
// "empty body" and null are the same to both dialects.
func (v Value) Object() (Object, error) {
	if !v.Given() {
		return Object{at: v.at, rules: v.rules}, nil
	}
	m, ok := v.v.(map[string]any)
	if !ok {
		return Object{}, v.wrong("type.object", "an object")
	}
	return Object{m: m, at: v.at, rules: v.rules}, nil
}

// clean makes text from outside safe to store and compare: valid UTF-8, no NUL.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

package cloud

import (
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Column is one stored field of a noun. The store's tables and the conditions
// of a Query use the same names, so the rule for them lives here.
type Column struct {
	Name  string // snake_case of the field's name
	Index []int  // path for reflect.Value.FieldByIndex
	Type  reflect.Type
}

var columnsOf sync.Map // reflect.Type -> []Column

// Columns lists the stored fields of a struct type in order; embedded structs
// are flattened, unexported fields and those tagged `db:"-"` left out.
func Columns(t reflect.Type) []Column {
	if c, ok := columnsOf.Load(t); ok {
		return c.([]Column)
	}
	c := collect(t, nil)
	columnsOf.Store(t, c)
	return c
}

func collect(t reflect.Type, at []int) []Column {
	var list []Column
	for i := range t.NumField() {
		f := t.Field(i)
		path := append(append([]int(nil), at...), i)
		switch {
		case f.Tag.Get("db") == "-":
		case f.Anonymous && f.Type.Kind() == reflect.Struct && !scalar(f.Type):
			list = append(list, collect(f.Type, path)...)
		case f.IsExported():
			list = append(list, Column{Name: Snake(f.Name), Index: path, Type: f.Type})
		}
	}
	return list
}

var (
	timeType   = reflect.TypeFor[time.Time]()
	addrType   = reflect.TypeFor[netip.Addr]()
	prefixType = reflect.TypeFor[netip.Prefix]()
)

// scalar tells struct types that are one value and not a group of fields.
func scalar(t reflect.Type) bool { return t == timeType || t == addrType || t == prefixType }

// Snake turns a Go name into the name of a table or column: VCPU is vcpu,
// SSHKeys is ssh_keys, PublicIPs is public_ips, IPv4Net is ipv4_net.
func Snake(name string) string {
	r := []rune(strings.NewReplacer("IPv4", "Ipv4", "IPv6", "Ipv6").Replace(name))
	var b strings.Builder
	for i := 0; i < len(r); {
		start, caps := i, false
		for i < len(r) && unicode.IsUpper(r[i]) {
			i++
		}
		if run := i - start; run > 1 {
			switch {
			case i < len(r) && r[i] == 's' && (i+1 == len(r) || unicode.IsUpper(r[i+1])):
				i++ // the plural of an initialism belongs to it: IDs
			case i < len(r) && unicode.IsLower(r[i]):
				i-- // the last capital begins the next word: SSHKeys
			}
			caps = true
			if i < len(r) && unicode.IsDigit(r[i]) {
				i = skipWord(r, i) // SHA256 is one word
			}
		} else {
			i = skipWord(r, i)
		}
		if b.Len() > 0 {
			b.WriteByte('_')
		}
		word := strings.ToLower(string(r[start:i]))
		if caps {
			word = splitID(word)
		}
		b.WriteString(word)
	}
	return b.String()
}

// splitID parts an initialism from the ID behind it: ASNID is asn_id, VMUID is
// vm_uid. UID and UUID are words of their own.
func splitID(word string) string {
	for _, id := range []string{"uuid", "uid", "id"} {
		if rest, ok := strings.CutSuffix(word, id); ok {
			if len(rest) >= 2 && rest != "uu" {
				return rest + "_" + id
			}
			return word
		}
	}
	return word
}

// skipWord goes on to the next capital and always at least one rune ahead of
// where a word without capitals began.
func skipWord(r []rune, i int) int {
	for i < len(r) && !unicode.IsUpper(r[i]) {
		i++
	}
	return i
}

// Plain turns a value into the one form in which it is stored and compared:
// nil, int64, float64, string or []byte. Times are microseconds since 1970
// (the zero time is 0), addresses and prefixes have a fixed width so that
// order is address order, booleans are 0 and 1. ok is false for values that
// have no such form (slices, maps, structs: stored as JSON, never compared).
func Plain(v any) (value any, ok bool) {
	p, ok := plainAny(v)
	return p.value(), ok
}

// PlainValue is Plain for a value that is already in reflection.
func PlainValue(v reflect.Value) (value any, ok bool) {
	p, ok := plainOf(v)
	return p.value(), ok
}

// plain is what Plain gives, without an allocation: a page of a list compares
// thousands of values.
type plain struct {
	kind plainKind
	i    int64
	f    float64
	s    string
	b    []byte
	ours bool // b is not the value's own
}

type plainKind int

const (
	null plainKind = iota
	integer
	float
	words
	octets
)

// value is the value by itself.
func (p plain) value() any {
	switch p.kind {
	case integer:
		return p.i
	case float:
		return p.f
	case words:
		return p.s
	case octets:
		if p.ours {
			return p.b
		}
		return append([]byte{}, p.b...)
	}
	return nil
}

// number reads a stored number, for comparisons of integers with floats.
func (p plain) number() (float64, bool) {
	if p.kind == integer {
		return float64(p.i), true
	}
	return p.f, p.kind == float
}

func plainAny(v any) (plain, bool) {
	switch x := v.(type) { // the common ones without reflection
	case nil:
		return plain{}, true
	case int64:
		return plain{kind: integer, i: x}, true
	case string:
		return plain{kind: words, s: x}, true
	case bool:
		return plain{kind: integer, i: oneIf(x)}, true
	case time.Time:
		return plain{kind: integer, i: Micros(x)}, true
	}
	return plainOf(reflect.ValueOf(v))
}

func oneIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func plainOf(v reflect.Value) (plain, bool) {
	switch v.Kind() {
	case reflect.Invalid:
		return plain{}, true
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return plain{}, true
		}
		return plainOf(v.Elem())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return plain{kind: integer, i: v.Int()}, true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return plain{kind: integer, i: int64(v.Uint())}, true
	case reflect.Bool:
		return plain{kind: integer, i: oneIf(v.Bool())}, true
	case reflect.Float32, reflect.Float64:
		if math.IsNaN(v.Float()) { // neither engine agrees with Go on NaN
			return plain{}, false
		}
		return plain{kind: float, f: v.Float()}, true
	case reflect.String:
		return plain{kind: words, s: v.String()}, true
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return plain{kind: octets, b: v.Bytes()}, true
		}
	case reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b := make([]byte, v.Len())
			reflect.Copy(reflect.ValueOf(b), v)
			return plain{kind: octets, b: b, ours: true}, true
		}
	case reflect.Struct:
		switch v.Type() {
		case timeType:
			return plain{kind: integer, i: Micros(field[time.Time](v))}, true
		case addrType:
			return plain{kind: octets, b: AddrBytes(field[netip.Addr](v)), ours: true}, true
		case prefixType:
			return plain{kind: octets, b: PrefixBytes(field[netip.Prefix](v)), ours: true}, true
		}
	}
	return plain{}, false
}

// field reads a struct; through its address where it has one, because an
// interface would need a copy of it.
func field[T any](v reflect.Value) T {
	if v.CanAddr() {
		return *v.Addr().Interface().(*T)
	}
	return v.Interface().(T)
}

// Micros is the stored form of a time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros is the inverse of Micros.
func FromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// AddrBytes is the stored form of an address: 16 bytes, IPv4 mapped into
// IPv6; empty for the zero Addr.
func AddrBytes(a netip.Addr) []byte {
	if !a.IsValid() {
		return []byte{}
	}
	b := a.As16()
	return b[:]
}

// AddrFrom is the inverse of AddrBytes.
func AddrFrom(b []byte) (netip.Addr, error) {
	if len(b) == 0 {
		return netip.Addr{}, nil
	}
	if len(b) != 16 {
		return netip.Addr{}, fmt.Errorf("an address has 16 bytes, not %d", len(b))
	}
	return netip.AddrFrom16([16]byte(b)).Unmap(), nil
}

// PrefixBytes is the stored form of a prefix: the address as in AddrBytes and
// one byte with the length counted in IPv6.
func PrefixBytes(p netip.Prefix) []byte {
	if !p.IsValid() {
		return []byte{}
	}
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	return append(AddrBytes(p.Addr()), byte(bits))
}

// PrefixFrom is the inverse of PrefixBytes.
func PrefixFrom(b []byte) (netip.Prefix, error) {
	if len(b) == 0 {
		return netip.Prefix{}, nil
	}
	if len(b) != 17 || b[16] > 128 {
		return netip.Prefix{}, fmt.Errorf("%x is no stored prefix", b)
	}
	a, bits := netip.AddrFrom16([16]byte(b[:16])), int(b[16])
	if a.Is4In6() && bits >= 96 {
		return netip.PrefixFrom(a.Unmap(), bits-96), nil
	}
	return netip.PrefixFrom(a, bits), nil
}

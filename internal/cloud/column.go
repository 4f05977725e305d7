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
func Plain(v any) (plain any, ok bool) {
	switch x := v.(type) { // the common ones without reflection
	case nil:
		return nil, true
	case int64:
		return x, true
	case string:
		return x, true
	case UID:
		return append([]byte(nil), x[:]...), true
	}
	return PlainValue(reflect.ValueOf(v))
}

// PlainValue is Plain for a value that is already in reflection.
func PlainValue(v reflect.Value) (plain any, ok bool) {
	switch v.Kind() {
	case reflect.Invalid:
		return nil, true
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, true
		}
		return PlainValue(v.Elem())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return int64(v.Uint()), true
	case reflect.Bool:
		if v.Bool() {
			return int64(1), true
		}
		return int64(0), true
	case reflect.Float32, reflect.Float64:
		if math.IsNaN(v.Float()) { // neither engine agrees with Go on NaN
			return nil, false
		}
		return v.Float(), true
	case reflect.String:
		return v.String(), true
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return append([]byte{}, v.Bytes()...), true
		}
	case reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b := make([]byte, v.Len())
			reflect.Copy(reflect.ValueOf(b), v)
			return b, true
		}
	case reflect.Struct:
		switch v.Type() {
		case timeType:
			return Micros(v.Interface().(time.Time)), true
		case addrType:
			return AddrBytes(v.Interface().(netip.Addr)), true
		case prefixType:
			return PrefixBytes(v.Interface().(netip.Prefix)), true
		}
	}
	return nil, false
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

// number reads a stored number, for comparisons of integers with floats.
func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

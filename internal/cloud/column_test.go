package cloud_test

import (
	"bytes"
	"math"
	"net/netip"
	"reflect"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
)

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"ID": "id", "UID": "uid", "VCPU": "vcpu", "RAM": "ram", "IPv4": "ipv4", "MAC": "mac", "VNI": "vni",
		"SSHKeys": "ssh_keys", "HTTPPort": "http_port", "Name": "name", "ModifiedBy": "modified_by",
		"PublicIPs": "public_ips", "IDs": "ids", "IPv4Net": "ipv4_net", "SHA256": "sha256", "SHA256Sum": "sha256_sum",
		"MemberID": "member_id", "IP": "ip", "IsDNS": "is_dns", "Disk2GB": "disk2_gb", "OS": "os", "TTL": "ttl",
		"UserData": "user_data", "AllowIPv6": "allow_ipv6", "KVM": "kvm", "A": "a", "ASNID": "asn_id",
		"VMUID": "vm_uid", "UUID": "uuid", "Valid": "valid", "Paid": "paid", "IPsID": "ips_id", "AB": "ab", "ABc": "a_bc",
	} {
		if got := cloud.Snake(name); got != want {
			t.Errorf("Snake(%s) = %s, want %s", name, got, want)
		}
	}
}

// Stored addresses and prefixes come back, and their bytes sort like them.
func TestFixedWidth(t *testing.T) {
	addr := rapid.Custom(func(t *rapid.T) netip.Addr {
		if rapid.Bool().Draw(t, "v4") {
			return netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "a")))
		}
		return netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "a"))).Unmap()
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := addr.Draw(t, "a"), addr.Draw(t, "b")
		back, err := cloud.AddrFrom(cloud.AddrBytes(a))
		if err != nil || back != a {
			t.Fatalf("%s came back as %s: %v", a, back, err)
		}
		if a.Is4() == b.Is4() && bytes.Compare(cloud.AddrBytes(a), cloud.AddrBytes(b)) != a.Compare(b) {
			t.Fatalf("%s and %s change order", a, b)
		}
		p := netip.PrefixFrom(a, rapid.IntRange(0, a.BitLen()).Draw(t, "bits"))
		q, err := cloud.PrefixFrom(cloud.PrefixBytes(p))
		if err != nil || q != p {
			t.Fatalf("%s came back as %s: %v", p, q, err)
		}
	})
	if a, err := cloud.AddrFrom(nil); err != nil || a.IsValid() {
		t.Error("no bytes are the zero address")
	}
	if _, err := cloud.AddrFrom([]byte{1, 2}); err == nil {
		t.Error("two bytes are no address")
	}
	if _, err := cloud.PrefixFrom(make([]byte, 16)); err == nil {
		t.Error("16 bytes are no prefix")
	}
	if !cloud.FromMicros(cloud.Micros(time.Time{})).IsZero() {
		t.Error("the zero time does not come back")
	}
}

type thing struct {
	cloud.Meta
	Name  string
	RAM   int
	On    bool
	Until *time.Time
	Tags  []string
	Skip  int `db:"-"`
}

func TestMatch(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	row := &thing{Name: "Web-1", RAM: 512, On: true}
	late := &thing{Name: "db", RAM: 2, Until: &now}
	for _, c := range []struct {
		name     string
		cond     cloud.Cond
		row, and bool
	}{
		{"zero", cloud.Cond{}, true, true},
		{"eq", cloud.Eq("name", "Web-1"), true, false},
		{"eq bool", cloud.Eq("on", true), true, false},
		{"eq nil", cloud.Eq("until", nil), true, false},
		{"ne null", cloud.Ne("until", now), true, false},
		{"not lt null", cloud.Not(cloud.Cmp(cloud.OpLt, "until", now)), true, true},
		{"gte", cloud.Cmp(cloud.OpGte, "ram", 512), true, false},
		{"time lte", cloud.Cmp(cloud.OpLte, "until", now), false, true},
		{"in", cloud.In("ram", []int{1, 2}), false, true},
		{"in nothing", cloud.In("ram", []int{}), false, false},
		{"icontains", cloud.Cmp(cloud.OpIContains, "name", "EB-"), true, false},
		{"contains", cloud.Cmp(cloud.OpContains, "name", "EB-"), false, false},
		{"istarts", cloud.Cmp(cloud.OpIStarts, "name", "wEB"), true, false},
		{"iends", cloud.Cmp(cloud.OpIEndsWith, "name", "B"), false, true},
		{"iexact", cloud.Cmp(cloud.OpIEq, "name", "DB"), false, true},
		{"or", cloud.Or(cloud.Eq("ram", 2), cloud.Eq("ram", 512)), true, true},
		{"column", cloud.Cmp(cloud.OpColGt, "ram", "id"), true, true},
	} {
		if got := c.cond.Match(row); got != c.row {
			t.Errorf("%s: %v for the first row", c.name, got)
		}
		if got := c.cond.Match(*late); got != c.and {
			t.Errorf("%s: %v for the second row", c.name, got)
		}
	}
	state := &cloud.Case{Branches: []cloud.Branch{{When: cloud.Eq("on", true), Then: "ON"}}, Else: "OFF"}
	if state.Of(row) != "ON" || state.Of(late) != "OFF" {
		t.Error("a Case takes the wrong branch")
	}
	if !(cloud.Cond{Op: cloud.OpEq, Case: state, Value: "OFF"}).Match(late) {
		t.Error("a Case cannot be compared")
	}
	for name, bad := range map[string]cloud.Cond{
		"unknown column": cloud.Eq("nope", 1), "skipped column": cloud.Eq("skip", 1), "json column": cloud.Eq("tags", "x"),
		"sub": cloud.In("id", cloud.Sub{Kind: "thing", Column: "id"}), "operator": cloud.Cmp("huh", "ram", 1),
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			bad.Match(row)
		}()
	}
}

// Rows are ordered by what a column holds, null first, or by what a Case makes.
func TestOrderCompare(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a, b := &thing{Name: "Web", RAM: 512, On: true}, &thing{Name: "db", RAM: 2, Until: &now}
	state := &cloud.Case{Branches: []cloud.Branch{{When: cloud.Eq("on", true), Then: "ON"}}, Else: "OFF"}
	for _, c := range []struct {
		order cloud.Order
		want  int
	}{
		{cloud.Order{Field: "name"}, -1}, // bytes, not letters
		{cloud.Order{Field: "ram"}, 1},
		{cloud.Order{Field: "on"}, 1},
		{cloud.Order{Field: "until"}, -1},
		{cloud.Order{Field: "until", Desc: true}, 1},
		{cloud.Order{Field: "id"}, 0},
		{cloud.Order{Case: state}, 1},
	} {
		if got := c.order.Compare(a, b); got != c.want {
			t.Errorf("%+v: %d, want %d", c.order, got, c.want)
		}
		if got := c.order.Compare(b, a); got != -c.want {
			t.Errorf("%+v the other way round: %d", c.order, got)
		}
	}
}

// Whatever bytes a column has, reading them gives a value or an error, and a
// value goes back into the same bytes.
func FuzzFixedWidth(f *testing.F) {
	f.Add([]byte{})
	f.Add(cloud.PrefixBytes(netip.MustParsePrefix("10.0.0.0/8")))
	f.Add(cloud.AddrBytes(netip.MustParseAddr("fd00::1")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := cloud.AddrFrom(b); err == nil && !bytes.Equal(cloud.AddrBytes(a), b) {
			t.Errorf("%x is read as %s", b, a)
		}
		if p, err := cloud.PrefixFrom(b); err == nil && p.IsValid() && !bytes.Equal(cloud.PrefixBytes(p), b) {
			t.Errorf("%x is read as %s", b, p)
		}
	})
}

// A column's name does not change when it is turned into one again: conditions
// tell names of columns by that.
func FuzzSnake(f *testing.F) {
	f.Add("SSHKeys")
	f.Add("A1bIDs")
	f.Fuzz(func(t *testing.T, name string) {
		for _, r := range name {
			if r > 'z' || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				t.Skip("no name of a Go field here")
			}
		}
		if once := cloud.Snake(name); cloud.Snake(once) != once {
			t.Errorf("%q becomes %q and then %q", name, once, cloud.Snake(once))
		}
	})
}

// The stored form of each kind of value that a column can have.
func TestPlain(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 1000, time.UTC)
	uid, none := cloud.DeriveUID("a"), (*time.Time)(nil)
	for _, c := range []struct {
		value, want any
		ok          bool
	}{
		{nil, nil, true},
		{none, nil, true},
		{&noon, noon.UnixMicro(), true},
		{noon, noon.UnixMicro(), true},
		{time.Time{}, int64(0), true},
		{7, int64(7), true},
		{int8(-7), int64(-7), true},
		{uint16(7), int64(7), true},
		{true, int64(1), true},
		{false, int64(0), true},
		{1.5, 1.5, true},
		{float32(0.5), 0.5, true},
		{math.NaN(), nil, false},
		{"a", "a", true},
		{cloud.Now, "now", true},
		{[]byte{1}, []byte{1}, true},
		{[]byte(nil), []byte{}, true},
		{uid, uid[:], true},
		{[2]byte{1, 2}, []byte{1, 2}, true},
		{netip.Addr{}, []byte{}, true},
		{netip.Prefix{}, []byte{}, true},
		{netip.MustParseAddr("::1"), append(make([]byte, 15), 1), true},
		{[]string{"a"}, nil, false},
		{map[string]int{}, nil, false},
		{cloud.Meta{}, nil, false},
		{[2]int{}, nil, false},
	} {
		got, ok := cloud.Plain(c.value)
		if ok != c.ok || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T %v: %#v %v, want %#v %v", c.value, c.value, got, ok, c.want, c.ok)
		}
	}
	raw := []byte{1}
	if got, _ := cloud.Plain(raw); &got.([]byte)[0] == &raw[0] {
		t.Error("the stored form is the value's own memory")
	}
	if !cloud.FromMicros(cloud.Micros(noon)).Equal(noon) || !cloud.FromMicros(cloud.Micros(time.Time{})).IsZero() {
		t.Error("a time does not come back")
	}
}

package control_test

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// An import writes the difference only, leaves what stands in the feed from elsewhere,
// and takes away what the file has no more; a file that lost all its ranges does nothing.
func TestImportFeed(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		file := func(texts ...string) io.Reader { return strings.NewReader(strings.Join(texts, "\n")) }
		from := func(source string, texts ...string) control.FeedImported {
			t.Helper()
			out, err := r.c.ImportFeed(t.Context(), control.FeedImport{Feed: cloud.Blacklist, Source: source, File: file(texts...)})
			r.must(err)
			return out
		}
		rows := func() (list []string) {
			r.must(r.c.DB.Read(t.Context(), func(tx *store.Tx) error {
				found, err := store.Find[cloud.FeedRange](tx, cloud.Query{}.By("prefix"))
				for _, f := range found {
					list = append(list, fmt.Sprintf("%d %s %s %s", f.ID, f.CIDR, f.Source, f.Comment))
				}
				return err
			}))
			return list
		}
		if got := from("drop", "192.0.2.0/24 ; one", "10.0.0.0/8"); got.Added != 2 || got.Removed+got.Changed+got.Listed != 0 {
			t.Errorf("%+v", got)
		}
		before := rows()
		if got := from("drop", "10.0.0.0/8", "192.0.2.0/24 ; one"); got.Added+got.Removed+got.Changed+got.Listed != 0 {
			t.Errorf("the same again: %+v", got)
		}
		if now := rows(); !slices.Equal(now, before) {
			t.Errorf("%v", now)
		}
		if got := from("other", "192.0.2.0/24 ; two", "198.51.100.0/24"); got.Added != 1 || got.Listed != 1 {
			t.Errorf("%+v", got)
		}
		if got := from("drop", "192.0.2.0/24 ; three", "172.16.0.0/12"); got.Added != 1 || got.Removed != 1 || got.Changed != 1 {
			t.Errorf("%+v", got)
		}
		_, err := r.c.ImportFeed(t.Context(), control.FeedImport{Feed: cloud.Blacklist, Source: "drop", File: file("# nothing")})
		if err == nil || !strings.Contains(err.Error(), "the file has no range") {
			t.Errorf("an empty file: %v", err)
		}
		sources, err := r.c.FeedSources(t.Context())
		if want := "[{blacklist drop 2} {blacklist other 1}]"; err != nil || fmt.Sprint(sources) != want {
			t.Errorf("%v %v, want %s", sources, err, want)
		}
		if out, err := r.c.RemoveFeed(t.Context(), cloud.Blacklist, "drop"); err != nil || out.Removed != 2 {
			t.Errorf("%+v %v", out, err)
		}
		if _, err := r.c.RemoveFeed(t.Context(), cloud.Blacklist, "drop"); !cloud.IsKind(err, cloud.NotFound) {
			t.Errorf("%v", err)
		}
		for _, in := range []control.FeedImport{{Feed: "greylist", Source: "x"}, {Feed: cloud.Blacklist, Source: "a b"}} {
			in.File = file("10.0.0.0/8")
			if _, err := r.c.ImportFeed(t.Context(), in); !cloud.IsKind(err, cloud.Invalid) {
				t.Errorf("%v: %v", in, err)
			}
		}
		if now := rows(); len(now) != 1 || !strings.HasSuffix(now[0], "198.51.100.0/24 other ") {
			t.Errorf("%v", now)
		}
	})
}

// Large files are written in steps, and what stood in the feed meanwhile is no mistake.
func TestImportLargeFeed(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		list := ranges(12_001)
		r.write(func(tx *store.Tx) error {
			one := &cloud.FeedRange{Feed: cloud.Whitelist, CIDR: list[7].String(), Prefix: list[7]}
			return store.Insert(tx, one)
		})
		out, err := r.c.ImportFeed(t.Context(), control.FeedImport{Feed: cloud.Whitelist, Source: "big", File: lines(list)})
		if err != nil || out.Added != 12_000 || out.Listed != 1 {
			t.Fatalf("%+v %v", out, err)
		}
		out, err = r.c.ImportFeed(t.Context(), control.FeedImport{Feed: cloud.Whitelist, Source: "big", File: lines(list[:6000])})
		if err != nil || out.Removed != 6001 || out.Added != 0 {
			t.Fatalf("%+v %v", out, err)
		}
	})
}

// A feed that is longer than it may be is refused as a whole.
func TestImportLongFeed(t *testing.T) {
	r := newRig(t, store.SQLite)
	long := strings.NewReader("10.0.0.0/8\n" + strings.Repeat(strings.Repeat(" ", 1000)+"\n", control.FeedBytes/1001+1))
	_, err := r.c.ImportFeed(t.Context(), control.FeedImport{Feed: cloud.Blacklist, Source: "long", File: long})
	if err == nil || !strings.Contains(err.Error(), "longer than 64 MiB") {
		t.Errorf("%v", err)
	}
}

// ranges are n different ones, not in the order of addresses.
func ranges(n int) []netip.Prefix {
	list := make([]netip.Prefix, n)
	for i := range list {
		k := i * 7919 % 14_000_000
		list[i] = netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(1 + k>>16), byte(k >> 8), byte(k), 0}), 24)
	}
	return list
}

// lines is a file with these ranges.
func lines(list []netip.Prefix) io.Reader {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.String() + "\n")
	}
	return strings.NewReader(b.String())
}

// BenchmarkImportFeed is the first import of 200 000 ranges and its repeat.
func BenchmarkImportFeed(b *testing.B) {
	list := ranges(200_000)
	for range b.N {
		r := newRig(b, store.SQLite)
		for _, added := range []int{len(list), 0} {
			b.ResetTimer()
			out, err := r.c.ImportFeed(b.Context(), control.FeedImport{Feed: cloud.Blacklist, Source: "big", File: lines(list)})
			if err != nil || out.Added != added {
				b.Fatalf("%+v %v", out, err)
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds()), map[bool]string{true: "ms/again", false: "ms/import"}[added == 0])
		}
	}
}

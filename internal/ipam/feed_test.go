package ipam_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
)

func TestParseFeed(t *testing.T) {
	list, err := ipam.ParseFeed(strings.NewReader("\ufeff# DROP\n" +
		"192.0.2.0/24 ; SBL1\r\n\n  2001:DB8::1/32\n198.51.100.7#scanner # twice\n10.0.0.5/8\n10.0.0.0/8 ; again\n203.0.113.1 - 203.0.113.4\n"))
	if err == nil || !strings.Contains(err.Error(), "line 1 ") { // a mark that no editor shows
		t.Errorf("%v %v", list, err)
	}
	list, err = ipam.ParseFeed(strings.NewReader("# DROP\n" +
		"192.0.2.0/24 ; SBL1\r\n\n  2001:DB8::1/32\n198.51.100.7#scanner # twice\n10.0.0.5/8\n10.0.0.0/8 ; again\n203.0.113.1 - 203.0.113.4"))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, l := range list {
		got = append(got, l.Prefix.String()+"|"+l.Comment)
	}
	want := "192.0.2.0/24|SBL1 2001:db8::/32| 198.51.100.7/32|scanner # twice 10.0.0.0/8| 203.0.113.1/32| 203.0.113.2/31| 203.0.113.4/32|"
	if strings.Join(got, " ") != want {
		t.Errorf("%q", got)
	}
}

func TestParseFeedSaysTheLine(t *testing.T) {
	for _, c := range []struct{ text, say string }{
		{"192.0.2.0/24\nexample.org\n", `line 2 has "example.org", which is no network such as`},
		{"192.0.2.0/33\n", `line 1 has "192.0.2.0/33"`},
		{"\n\n192.0.2.9-192.0.2.1\n", `line 3 has "192.0.2.9-192.0.2.1"`},
		{"192.0.2.9-2001:db8::1\n", `line 1 has`},
		{"::ffff:192.0.2.9\n", `line 1 has`},
		{"fe80::1%eth0\n", `line 1 has`},
		{"10.0.0.0/8\n\xff\n", `line 2 is no text in UTF-8`},
		{"10.0.0.0/8\n" + strings.Repeat("x", 2000) + "\n", `line 2 is longer than 1024 characters`},
		{"192.0.2.1 192.0.2.2", `line 1 has "192.0.2.1 192.0.2.2"`},
	} {
		_, err := ipam.ParseFeed(strings.NewReader(c.text))
		if err == nil || !cloud.IsKind(err, cloud.Invalid) || !strings.HasPrefix(err.Error(), c.say) {
			t.Errorf("%.40q: %v, want %s", c.text, err, c.say)
		}
	}
	var b strings.Builder
	for i := range ipam.FeedMax + 1 {
		fmt.Fprintf(&b, "%d.%d.%d.%d\n", 1+i>>24, i>>16&255, i>>8&255, i&255)
	}
	if _, err := ipam.ParseFeed(strings.NewReader(b.String())); err == nil || !strings.Contains(err.Error(), "line 500001 is too much") {
		t.Errorf("%v", err)
	}
	// What one line brings is bounded too: IPv6 from the first to the last address but one.
	if list, err := ipam.ParseFeed(strings.NewReader("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")); err != nil || len(list) != 254 {
		t.Errorf("%d ranges, %v", len(list), err)
	}
}

// Whatever a file holds, what is read is ranges without host bits, each once.
func FuzzParseFeed(f *testing.F) {
	for _, text := range []string{"192.0.2.0/24 ; x\n", "1.2.3.4-1.2.3.9", "2001:db8::/32#", "\x00", "-", "1.2.3.4-", "/8", "::/0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ipam.ParseFeed(strings.NewReader(text))
		if err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Fatalf("%v", err)
		}
		seen := map[netip.Prefix]bool{}
		for _, l := range list {
			if !l.Prefix.IsValid() || l.Prefix != l.Prefix.Masked() || l.Prefix.Addr().Is4In6() || seen[l.Prefix] {
				t.Fatalf("%v in %v", l, list)
			}
			seen[l.Prefix] = true
		}
	})
}

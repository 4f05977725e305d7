package cloud_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

func TestHostName(t *testing.T) {
	label := strings.Repeat("a", 63)
	whole := strings.Join([]string{label, label, label, strings.Repeat("b", 61)}, ".")
	for text, want := range map[string]string{
		"a.example": "a.example", "Mail.Example": "Mail.Example", "web": "web", "1.2": "1.2", "x-1.y": "x-1.y",
		"www.example.org.": "www.example.org", label + ".de": label + ".de", whole: whole, whole + ".": whole,
		"xn--bcher-kva.example": "xn--bcher-kva.example",

		"": "", ".": "", "a..b": "", ".a": "", "a..": "", "-a.b": "", "a-.b": "", "a b": "", "a\nb": "", "a\n": "", "a;b": "", "a_b": "",
		"$ORIGIN x.": "", "a.example IN A 192.0.2.1": "", "b\u00fccher.example": "", "a\u202eb": "", "a\x00": "", "(": "", `a\.b`: "", "*.a": "",
		label + "a.de": "", whole + "b": "", "@": "",
	} {
		got, err := cloud.HostName("name", text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

// Whatever is taken is what a zone file reads as one name, and stays what it is.
func FuzzHostName(f *testing.F) {
	for _, s := range []string{"a.example", "a..b", "x.", "$ORIGIN x.", "a\nb", "-", strings.Repeat("a.", 130)} {
		f.Add(s)
	}
	form := regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := cloud.HostName("name", text)
		if fits := form.MatchString(strings.TrimSuffix(text, ".")) && len(strings.TrimSuffix(text, ".")) <= 253; fits != (err == nil) {
			t.Fatalf("%q: %v", text, err)
		}
		if again, err := cloud.HostName("name", got); got != "" && (err != nil || again != got) {
			t.Fatalf("%q becomes %q, then %q, %v", text, got, again, err)
		}
		name := cloud.GuestHost(text)
		if _, err := cloud.HostName("name", name); err != nil || cloud.GuestHost(name) != name {
			t.Fatalf("a guest with %q is called %q: %v", text, name, err)
		}
	})
}

// A name that was given as a host name keeps its dots.
func TestGuestHost(t *testing.T) {
	for text, want := range map[string]string{
		"web.example.com": "web.example.com", "Web.Example.com.": "web.example.com", "web 1.example": "web-1.example", "": "server",
		"...": "server", "a..b": "a.b", "日本.example": "example", "web": "web", "a_b.c": "a-b.c",
		strings.Repeat("a", 70) + ".de":  strings.Repeat("a", 63) + ".de",
		strings.Repeat("abcdefghi.", 30): strings.TrimSuffix(strings.Repeat("abcdefghi.", 25), "."),
	} {
		if got := cloud.GuestHost(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

package cloud_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
)

func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "web 1": "web 1", "Ünï 日本 🚀": "Ünï 日本 🚀", "a\u200db": "a\u200db", // joins letters of some scripts
		"a\x1b[2Jb": `a\u001b[2Jb`, "\a": `\u0007`, "a\rb": `a\u000db`, "a\nb": `a\u000ab`, "a\tb": `a\u0009b`, "\x7f": `\u007f`,
		"\x00":     `\u0000`,
		"a\u202eb": `a\u202eb`, "\u2066x": `\u2066x`, "\u200f": `\u200f`, "\u061c": `\u061c`, "\u009b2J": `\u009b2J`,
		"\u2028": `\u2028`, "\u2029": `\u2029`,
	} {
		if got := cloud.Shown(text, ""); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
		if err := cloud.CheckText("name", text); (err == nil) != (want == text) {
			t.Errorf("%q as a name: %v", text, err)
		}
	}
	if got := cloud.Shown("a\nb\u001b", "\n"); got != "a\nb"+`\u001b` {
		t.Errorf("%q", got)
	}
}

func FuzzShown(f *testing.F) {
	f.Add("a\x1b[2Jb")
	f.Add("\u202e")
	f.Fuzz(func(t *testing.T, text string) {
		got := cloud.Shown(text, "")
		if cloud.CheckText("name", got) != nil || cloud.Shown(got, "") != got {
			t.Fatalf("%q is shown as %q", text, got)
		}
		if utf8.ValidString(text) && got == text != (cloud.CheckText("name", text) == nil) {
			t.Fatalf("%q is shown as %q and taken as a name: %v", text, got, cloud.CheckText("name", text))
		}
		if strings.ContainsAny(got, "\x00\u001b\a\r\n\u202e") {
			t.Fatalf("%q is shown as %q", text, got)
		}
	})
}

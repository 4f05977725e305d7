package cloud_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
)

func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "web 1": "web 1", "Ünï 日本 🚀": "Ünï 日本 🚀", "a\x1b[2Jb": `a\u001b[2Jb`, "\a": `\u0007`,
		"a\rb": `a\u000db`, "a\nb": `a\u000ab`, "a\tb": `a\u0009b`, "\x7f": `\u007f`,
		"\x00":     `\u0000`,
		"a\u202eb": `a\u202eb`, "\u2066x": `\u2066x`, "\u200f": `\u200f`, "\u061c": `\u061c`, "\u009b2J": `\u009b2J`,
		"\u2028": `\u2028`, "\u2029": `\u2029`,
		"a\u200bb": `a\u200bb`, "a\u00adb": `a\u00adb`, "\ufeffa": `\ufeffa`, "\u3164": `\u3164`, "a\u2060": `a\u2060`, "\u2800": `\u2800`,
		"a\U000e0061": `a\udb40\udc61`, "a\U000e0fff": `a\udb43\udfff`, "\U000e0100": `\udb40\udd00`, "\u115f": `\u115f`,
		"web\u200dsite": `web\u200dsite`, "web\u200c": `web\u200c`, "1\ufe0f": `1\ufe0f`, "e\u0301\u200d": "e\u0301" + `\u200d`,
		"\u65e5\u200d\u672c": "\u65e5\\u200d\u672c",
		"\u0646\u200c\u0628": "\u0646\u200c\u0628", "\u0646\u200c": "\u0646" + `\u200c`, // Persian has it between letters
		"\u0d28\u0d4d\u200d":           "\u0d28\u0d4d\u200d", // Malayalam ends with one
		"\u2764\ufe0f\u200d\U0001f525": "\u2764\ufe0f\u200d\U0001f525", "1\ufe0f\u20e3": "1\ufe0f\u20e3", "\u00a9\ufe0f": "\u00a9\ufe0f",
		"\u845b\U000e0100": "\u845b\U000e0100", "\u845b\U000e0100\U000e0101": "\u845b\U000e0100" + `\udb40\udd01`,
		"\u0600\u0661": "\u0600\u0661", "a\u0301": "a\u0301", "\U0001f600": "\U0001f600",
	} {
		if got := cloud.Shown(text, ""); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
		if err := cloud.CheckText("name", text); (err == nil) != (want == text) {
			t.Errorf("%q as a name: %v", text, err)
		}
	}
	if err := cloud.CheckText("name", "a\U000e0061"); err == nil || !strings.Contains(err.Message, "U+E0061") {
		t.Errorf("it does not say which: %v", err)
	}
	if got := cloud.Shown("a\nb\u001b", "\n"); got != "a\nb"+`\u001b` {
		t.Errorf("%q", got)
	}
}

func FuzzShown(f *testing.F) {
	f.Add("a\x1b[2Jb")
	f.Add("\u202e")
	f.Add("\u200b\u200d\ufe0f\U000e0100")
	f.Add("\u0646\u200c\n\ufe0f\u200d")
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

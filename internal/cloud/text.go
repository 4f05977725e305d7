package cloud

import (
	"fmt"
	"strings"
	"unicode"
)

// acts tells characters that a terminal does not show but act upon: controls, ends of
// lines and paragraphs, and marks that turn the direction of what follows. A name with
// one of them looks like another.
func acts(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// CheckText refuses names that are not shown as they are. Code: field + ".form".
func CheckText(field, text string) *Error {
	if i := strings.IndexFunc(text, acts); i >= 0 {
		r := []rune(text[i:])[0]
		return Errorf(Invalid, field+".form", "a name holds no control characters, and no marks of direction: this one has %U", r).On(field)
	}
	return nil
}

// Shown is a text as a terminal may have it: what it would act upon is spelled out, as
// JSON does it, but for what is to be kept.
func Shown(text, keep string) string {
	if !strings.ContainsFunc(text, acts) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !acts(r) || strings.ContainsRune(keep, r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

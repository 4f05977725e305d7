package cloud

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Count is a number with its noun: 1 host, 2 hosts, 2 addresses.
func Count[N ~int | ~int64](n N, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "s"):
		noun += "e"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// acts tells characters that a terminal does not show but act upon: controls, ends of
// lines and paragraphs, and marks that turn the direction of what follows. A name with
// one of them looks like another.
func acts(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// blank tells letters and symbols that have a place and no ink: a name of them looks
// like none.
func blank(r rune) bool {
	return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || r == '\u2800' || r >= 0xe0000 && r <= 0xe00ff
}

// binds tells what is not seen itself, but changes how letters beside it look: joiners
// and the choice among shapes.
func binds(r rune) bool {
	return r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r)
}

// plainScripts are written without joiners: between their letters one changes nothing.
var plainScripts = []*unicode.RangeTable{
	unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
	unicode.Bopomofo, unicode.P, unicode.Z, unicode.N,
}

// hides tells a character that is not seen in a text: what stands before and after it
// decides of those that bind.
func hides(before, r, after rune) bool {
	switch {
	case !binds(r):
		return blank(r) || unicode.Is(unicode.Cf, r) && !acts(r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	case after == '\u20e3' && before < utf8.RuneSelf && r == '\ufe0f': // a key with a digit on it
		return false
	case before < 0x0370 && !unicode.Is(unicode.So, before),
		acts(before) || blank(before) || unicode.Is(unicode.Cf, before) || unicode.In(before, plainScripts...):
		return true
	case unicode.Is(unicode.Variation_Selector, r):
		return unicode.Is(unicode.Variation_Selector, before)
	case unicode.Is(unicode.Han, before):
		return true
	}
	// Some scripts write a joiner behind their last mark.
	return !unicode.Is(unicode.M, before) && (after == 0 || acts(after) || blank(after) || unicode.Is(unicode.Cf, after))
}

// unseen is the place of the first character that is not seen as it is, and how long
// it is; -1 when all are.
func unseen(text string) (at, size int) {
	var before rune
	for i, r := range text {
		n := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, n = utf8.DecodeRuneInString(text[i:])
		}
		after, _ := utf8.DecodeRuneInString(text[i+n:])
		if len(text) == i+n {
			after = 0
		}
		if acts(r) || r >= 0x80 && hides(before, r, after) {
			return i, n
		}
		before = r
	}
	return -1, 0
}

// CheckText refuses names that are not shown as they are. Code: field + ".form".
func CheckText(field, text string) *Error { return CheckShown(field, "a name", text) }

// CheckShown is CheckText for something else than a name.
func CheckShown(field, what, text string) *Error {
	if i, n := unseen(text); i >= 0 {
		r, _ := utf8.DecodeRuneInString(text[i : i+n])
		return Errorf(Invalid, field+".form",
			"%s holds no control characters, no marks of direction and no invisible letters: this one has %U", what, r).On(field)
	}
	return nil
}

// Shown is a text as a terminal may have it: what it would act upon, and what it
// would not show, is spelled out, as JSON does it, but for what is to be kept.
func Shown(text, keep string) string {
	i, n := unseen(text)
	if i < 0 {
		return text
	}
	var b strings.Builder
	for ; i >= 0; i, n = unseen(text) {
		r, _ := utf8.DecodeRuneInString(text[i : i+n])
		b.WriteString(text[:i])
		switch {
		case strings.ContainsRune(keep, r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		text = text[i+n:]
	}
	return b.String() + text
}

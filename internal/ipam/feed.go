package ipam

import (
	"bufio"
	"errors"
	"io"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
)

// FeedMax is how many ranges a file of a feed may have, and FeedBytes how long it may be.
const (
	FeedMax   = 500_000
	FeedBytes = 64 << 20

	feedLine    = 1 << 10 // bytes of a line
	feedComment = 200     // letters that are kept of a comment
)

// Listed is a range that a file of a feed has.
type Listed struct {
	Prefix  netip.Prefix // without host bits
	Comment string
}

// ParseFeed reads a file of a feed: on each line a network, an address, or a first and a
// last address with a dash between them; behind # or ; a comment. Each range is given
// once, in the order of the file. Code: "feed.line", which says the line.
func ParseFeed(from io.Reader) ([]Listed, error) {
	var list []Listed
	seen := map[netip.Prefix]bool{}
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, feedLine), feedLine)
	number := 0
	wrong := func(format string, args ...any) error {
		return cloud.Errorf(cloud.Invalid, "feed.line", "line %d "+format, append([]any{number}, args...)...)
	}
	for lines.Scan() {
		number++
		text := lines.Text()
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return nil, wrong("is no text in UTF-8")
		}
		text, comment, _ := cutAny(text, "#;")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		ranges := blocksOf(text)
		if ranges == nil {
			return nil, wrong("has %q, which is no network such as 192.0.2.0/24, no address and no range such as 192.0.2.1-192.0.2.9",
				cloud.Shown(text, ""))
		}
		for _, p := range ranges {
			if seen[p] {
				continue
			}
			if len(list) == FeedMax {
				return nil, wrong("is too much: a feed has at most %d ranges", FeedMax)
			}
			seen[p] = true
			list = append(list, Listed{p, shortened(strings.TrimSpace(comment))})
		}
	}
	number++
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, wrong("is longer than %d characters", feedLine)
	case err != nil:
		return nil, err
	}
	return list, nil
}

// blocksOf reads one range; nil when it is none.
func blocksOf(text string) []netip.Prefix {
	if first, last, ok := strings.Cut(text, "-"); ok {
		a, err1 := netip.ParseAddr(strings.TrimSpace(first))
		b, err2 := netip.ParseAddr(strings.TrimSpace(last))
		if err1 != nil || err2 != nil || a.Is4() != b.Is4() || a.Is4In6() || b.Is4In6() || a.Zone() != "" || b.Zone() != "" {
			return nil
		}
		return Blocks(a, b)
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" && !a.Is4In6() {
		return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4In6() {
		return nil
	}
	return []netip.Prefix{p.Masked()}
}

// cutAny is strings.Cut at the first of some characters.
func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func shortened(comment string) string {
	if letters := []rune(comment); len(letters) > feedComment {
		return string(letters[:feedComment])
	}
	return comment
}

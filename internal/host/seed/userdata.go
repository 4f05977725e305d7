package seed

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/virga-cloud/virga/internal/plan"
)

// kinds are the first words by which cloud-init knows user data, longest
// first where one starts with another (cloudinit/settings, INCLUSION_TYPES_MAP).
var kinds = []struct{ start, mime string }{
	{"#cloud-config-archive", "text/cloud-config-archive"},
	{"#cloud-config-jsonp", "text/cloud-config-jsonp"},
	{"#cloud-config", "text/cloud-config"},
	{"#cloud-boothook", "text/cloud-boothook"},
	{"#include-once", "text/x-include-once-url"},
	{"#include", "text/x-include-url"},
	{"#part-handler", "text/part-handler"},
	{"## template: jinja", "text/jinja2"},
	{"#!", "text/x-shellscript"},
}

// userData is our cloud-config alone, or a MIME message of it and of what the
// user gave. The user's part adds to our lists and does not replace our
// values, so that a machine keeps the keys with which it was ordered.
func userData(s plan.Seed) []byte {
	own := cloudConfig(s)
	if strings.TrimSpace(s.UserData) == "" {
		return own
	}
	// The boundary is a hash of all parts: the same seed gives the same bytes,
	// and no part can contain it.
	sum := sha256.Sum256(append(bytes.Clone(own), s.UserData...))
	boundary := "virga" + hex.EncodeToString(sum[:16])
	var b bytes.Buffer
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"%s\"\nMIME-Version: 1.0\n", boundary)
	part := func(head, body string) { fmt.Fprintf(&b, "\n--%s\n%s\n\n%s", boundary, head, body) }
	part(headers("text/cloud-config", "virga.cfg", ""), encode(string(own)))
	if head, body, ok := message(s.UserData); ok {
		// A message of the user's own becomes a part with its own headers.
		part(strings.Join(head, "\n"), body+"\n")
	} else {
		part(headers(kindOf(s.UserData), "user-data", adds), encode(s.UserData))
	}
	fmt.Fprintf(&b, "\n--%s--\n", boundary)
	return b.Bytes()
}

func headers(kind, name, merge string) string {
	h := []string{
		"Content-Type: " + kind + "; charset=\"utf-8\"", "MIME-Version: 1.0",
		"Content-Transfer-Encoding: base64", "Content-Disposition: attachment; filename=\"" + name + "\"",
	}
	if merge != "" {
		h = append(h, "Merge-Type: "+merge)
	}
	return strings.Join(h, "\n")
}

func kindOf(data string) string {
	for _, k := range kinds {
		if strings.HasPrefix(data, k.start) {
			return k.mime
		}
	}
	return "text/plain" // cloud-init looks itself
}

// adds is how the user's cloud-config is merged with ours.
const adds = "list(append)+dict(no_replace,recurse_array)+str()"

var (
	// headerLine is a line that Python's parser of messages takes for a header, and
	// foldedLine one that goes on.
	headerLine = regexp.MustCompile(`^[!-9;-~]*:|^From `)
	foldedLine = regexp.MustCompile(`^[ \t]`)
	// plainHeader is one whose name every other parser takes too.
	plainHeader = regexp.MustCompile(`^([A-Za-z0-9-]+):`)
	manyParts   = regexp.MustCompile(`(?i)^content-type:\s*multipart/[^;]+;(.|\n)*boundary=`)
)

// mimeWindow is how far cloud-init looks for the word by which it knows a message.
const mimeWindow = 4096

// message reads user data that is a message by itself, of one part or of many:
// what cloud-init takes for one is one (cloudinit/user_data.py, convert_string),
// and what says that it has parts. The headers are those of the message.
func message(data string) (head []string, body string, ok bool) {
	data = unix(data)
	known := strings.Contains(strings.ToLower(data[:min(len(data), mimeWindow)]), "mime-version:")
	rest, kind, merge := data, "", false
	for rest != "" {
		line, after, _ := strings.Cut(rest, "\n")
		if line == "" { // the end of the headers
			rest = after
			break
		}
		if !headerLine.MatchString(line) && !foldedLine.MatchString(line) {
			break // as Python: the body begins without an empty line
		}
		rest = after
		m := plainHeader.FindStringSubmatch(line)
		switch {
		case m != nil:
			head = append(head, line)
		case foldedLine.MatchString(line) && len(head) > 0:
			head[len(head)-1] += "\n" + line
		}
	}
	for _, h := range head {
		name, value, _ := strings.Cut(strings.ToLower(h), ":")
		switch name {
		case "content-type":
			kind = strings.TrimSpace(value)
			known = known || manyParts.MatchString(h)
		case "merge-type", "x-merge-type":
			merge = true
		}
	}
	if len(head) == 0 || !known {
		return nil, "", false
	}
	if strings.HasPrefix(kind, "text/cloud-config") && !merge {
		head = append(head, "Merge-Type: "+adds)
	}
	return head, rest, true
}

func unix(data string) string { return strings.ReplaceAll(data, "\r\n", "\n") }

// encode is base64 in lines of 76.
func encode(s string) string {
	e := base64.StdEncoding.EncodeToString([]byte(s))
	var b strings.Builder
	for len(e) > 76 {
		b.WriteString(e[:76] + "\n")
		e = e[76:]
	}
	return b.String() + e + "\n"
}

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
	if isMIME(s.UserData) {
		// A message of the user's own becomes a part with its own headers.
		part(strings.TrimRight(headerOf(s.UserData), "\n"), bodyOf(s.UserData)+"\n")
	} else {
		part(headers(kindOf(s.UserData), "user-data", "list(append)+dict(no_replace,recurse_array)+str()"), encode(s.UserData))
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

var mimeHead = regexp.MustCompile(`(?i)^((mime-version|content-type|content-[a-z-]+` +
	`|from|subject|date|x-[a-z-]+|number-attachments|merge-type):[^\n]*\n([ \t][^\n]*\n)*)+\n`)

// isMIME says whether the data is a message: nothing but well-formed headers
// up to the first empty line, one of them saying that it has parts.
func isMIME(data string) bool {
	h := mimeHead.FindString(unix(data))
	return strings.Contains(strings.ToLower(h), "content-type: multipart/") && strings.Contains(h, "boundary=")
}

func headerOf(data string) string { return mimeHead.FindString(unix(data)) }

func bodyOf(data string) string { return strings.TrimPrefix(unix(data), headerOf(data)) }

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

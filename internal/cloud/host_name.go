package cloud

import "strings"

// HostName reads the name of a host as RFC 1123 has it: labels of 1 to 63 letters,
// digits and dashes, not beginning or ending with a dash, 253 characters in all. The
// final dot of an absolute name is not part of it. Anything else would be read as
// something else where it ends up: in a zone, in a configuration, in a log.
func HostName(field, text string) (string, *Error) {
	name := strings.TrimSuffix(text, ".")
	if len(name) > hostNameMax {
		return "", Errorf(Invalid, field+".long", "a host name has at most %d characters, not %d", hostNameMax, len(name)).On(field)
	}
	for label := range strings.SplitSeq(name, ".") {
		if !hostLabel(label) {
			return "", Errorf(Invalid, field+".form", "%q is no host name: %q is no label of 1 to %d letters, digits and dashes",
				text, label, hostLabelMax).On(field)
		}
	}
	return name, nil
}

const (
	hostNameMax  = 253
	hostLabelMax = 63
)

func hostLabel(s string) bool {
	if s == "" || len(s) > hostLabelMax || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if !inHostName(rune(c)) && c != '-' {
			return false
		}
	}
	return true
}

func inHostName(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

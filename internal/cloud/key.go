package cloud

// Key is a public SSH key of a member.
type Key struct {
	Meta
	MemberID    int64
	Name        string
	Description string
	Text        string // full line: type, body, comment
	MD5         string // fingerprint, with colons
}

package cloud

import "slices"

// Role holds the flags of the 1&1 permission matrix: "servers.create" and so
// on, 99 of them; only those that are true are listed.
type Role struct {
	Meta
	MemberID    int64
	Name        string
	Description string
	Default     bool     // belongs to the operator and cannot be changed (R31)
	Flags       []string // those that are true, without order
	Disabled    bool
}

// Has tells whether the role grants a flag.
func (r *Role) Has(flag string) bool { return slices.Contains(r.Flags, flag) }

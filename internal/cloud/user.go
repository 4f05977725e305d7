package cloud

import "time"

// User belongs to one site. Flags are those of CloudCIX, the role is that of
// 1&1; auth asks both.
type User struct {
	Meta
	MemberID      int64
	SiteID        int64
	Name          string // 1&1 login name
	FirstName     string
	Surname       string
	Email         string // login name of the CloudCIX dialect
	Description   string
	Password      string // argon2id
	Epoch         int64  // sessions of an earlier one are void
	Administrator bool   // gets in after its account expired
	Global        bool   // sees what all sites of its member have
	Robot         bool   // acts for its region instead of a member
	Private       bool   // may read and not write
	RoleID        int64
	Disabled      bool       // no request is answered
	APIActive     bool       // the 1&1 key works
	APIKey        string     // sealed, the 1&1 dialect shows it again
	APIKeyHash    []byte     // SHA-256
	AllowedIPs    []string   // empty = every address
	Expires       *time.Time // nil = never
}

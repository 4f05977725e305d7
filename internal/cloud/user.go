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
	Email         string
	Description   string
	Password      string // argon2id
	Epoch         int64  // sessions of an earlier one are void
	Administrator bool
	Global        bool
	Robot         bool
	Private       bool
	RoleID        int64
	Disabled      bool
	APIActive     bool
	APIKey        string   // sealed, the 1&1 dialect shows it again
	APIKeyHash    []byte   // SHA-256
	AllowedIPs    []string // empty = every address
	Expires       *time.Time
}

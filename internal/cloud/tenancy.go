package cloud

import "time"

// Member is an organisation, the tenant. Member 1 is the operator.
type Member struct {
	Meta
	Name        string
	SelfManaged bool
	APIKey      string // sealed; the CloudCIX login asks for it
	APIKeyHash  []byte // SHA-256, to find the member by it
	Currency    string
}

// Site is an office of a member. With CloudRegion it is a region: the place
// where machines are, a data centre of the 1&1 dialect.
type Site struct {
	Meta
	MemberID    int64
	Name        string
	CloudRegion bool
	Country     string // two letters
	Location    string
	DefaultFor  bool   // the data centre used when a request names none
	Driver      string // "virga", or "robot" (R21)
	Inside      string // prefix out of which default projects get their network `public`
}

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

// Role holds the flags of the 1&1 permission matrix: "servers.create" and so
// on, 99 of them; only those that are true are listed.
type Role struct {
	Meta
	MemberID    int64
	Name        string
	Description string
	Default     bool // belongs to the operator and cannot be changed (R31)
	Flags       []string
	Disabled    bool
}

// Has tells whether the role grants a flag.
func (r *Role) Has(flag string) bool {
	for _, f := range r.Flags {
		if f == flag {
			return true
		}
	}
	return false
}

// Project belongs to a member, a site and a region and has one router.
type Project struct {
	Meta
	MemberID    int64
	SiteID      int64
	RegionID    int64
	ManagerID   int64
	Name        string
	Note        string
	Default     bool // the hidden project of the site's 1&1 objects (R22)
	GraceHours  int
	ResellerID  int64
	RouterID    int64
	RunRobot    bool
	ASNID       int64
	PublicNetID int64 // network `public` of a default project
}

// Router is the project's virtual router.
type Router struct {
	Meta
	Life
	ProjectID  int64
	RegionID   int64
	HostID     int64
	FloatingID int64 // IP, its address on the outside
}

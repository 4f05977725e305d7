package cloud

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

package cloud

import "time"

// Project belongs to a member, a site and a region and has one router.
type Project struct {
	Meta
	MemberID    int64
	SiteID      int64
	RegionID    int64
	ManagerID   int64 // user who made it
	Name        string
	Note        string
	Default     bool  // the hidden project of the site's 1&1 objects (R22)
	GraceHours  int   // how long what was shut down is kept; 0 = removed at once
	ResellerID  int64 // as CloudCIX shows it: the region
	RouterID    int64
	RunRobot    bool // its router was ordered at least once; CloudCIX shows it
	ASNID       int64
	PublicNetID int64 // network `public` of a default project
}

// maxGrace is a century: what is kept for longer is kept for good, and a time in the
// far future must not wrap around into the past.
const maxGrace = 100 * 365 * 24

// Grace is how long what was shut down is kept.
func (p *Project) Grace() time.Duration {
	return time.Duration(min(p.GraceHours, maxGrace)) * time.Hour
}

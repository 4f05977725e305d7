// Package auth says who a caller is and what a caller may do. May has one
// caller, package control.
package auth

import (
	"net/netip"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Actor is who acts: a user with a role, as read from the store for this
// request. The zero Actor may do nothing.
type Actor struct {
	User    *cloud.User
	Member  *cloud.Member
	Site    *cloud.Site
	Role    *cloud.Role // nil: no role, no rights (R39)
	Source  netip.Addr  // where the request came from
	Session Session     // of the token; zero for an API key
	// System is the control plane itself (sweeps, the operator's socket).
	System bool
}

// Operator tells user 1, who passes nearly every check of CloudCIX.
func (a *Actor) Operator() bool { return a.System || (a.User != nil && a.User.ID == 1) }

// Operates tells who runs this installation: user 1 and the administrators of
// the operator's member. They read what is of all members, and of hosts.
func (a *Actor) Operates() bool {
	return a.Operator() || a.User != nil && a.User.MemberID == 1 && a.User.Administrator
}

// Has tells whether the actor's role grants a flag of the permission matrix,
// such as "servers.create".
func (a *Actor) Has(flag string) bool {
	if a.System {
		return true
	}
	return a.User != nil && !a.User.Disabled && a.Role != nil && !a.Role.Disabled && a.Role.Has(flag)
}

// Name is how events name the actor.
func (a *Actor) Name() string {
	if a.User == nil {
		return "system"
	}
	if a.User.Name != "" {
		return a.User.Name
	}
	return strings.TrimSpace(a.User.FirstName + " " + a.User.Surname)
}

// UserID is 0 for the system.
func (a *Actor) UserID() int64 {
	if a.User == nil {
		return 0
	}
	return a.User.ID
}

// Owned is what May needs to know of an object.
type Owned struct {
	MemberID int64
	SiteID   int64 // 0: belongs to the member as a whole
	RegionID int64
	// ByOperator: user 1 may change it, whosever it is (cloudcix.md section 4).
	ByOperator bool
}

// Need says whether the actor's role grants a flag, whatever the object; the
// flag AnyRole asks for a role and nothing more (R39). Codes: "token",
// "disabled", "role", "flag".
func Need(a *Actor, flag string) error {
	switch {
	case a.System:
		return nil
	case a.User == nil:
		return cloud.Errorf(cloud.Unauthorized, "token", "no valid token was sent")
	case a.User.Disabled:
		return cloud.Errorf(cloud.Forbidden, "disabled", "the user is disabled")
	case a.Role == nil || a.Role.Disabled:
		return cloud.Errorf(cloud.Forbidden, "role", "the user has no role").
			WithFix("Ask an administrator of your account for one.")
	case flag != AnyRole && !a.Role.Has(flag):
		return cloud.Errorf(cloud.Forbidden, "flag", "your role lacks the permission %s", flag).
			WithFix("Ask an administrator of your account for a role with it.")
	}
	return nil
}

// May says whether the actor may do an action, named by a flag of the
// permission matrix, on an object. Confined is the 1&1 way: the caller's
// world ends at his own member, and what others own does not exist (404).
// Otherwise the answer is Forbidden with a code that says which rule refused: "robot", "global", "owner", "private", "flag".
func May(a *Actor, flag string, write bool, o Owned, confined bool) error {
	if a.System {
		return nil
	}
	if err := Need(a, flag); err != nil {
		return err
	}
	mine := a.User.MemberID == o.MemberID
	site := o.SiteID == 0 || a.User.SiteID == o.SiteID
	if confined {
		switch {
		case !mine, !site && !a.User.Global:
			return cloud.Errorf(cloud.NotFound, "not_found", "no such object")
		case write && (!site || a.User.Private):
			return cloud.Errorf(cloud.Forbidden, "owner", "the object belongs to another site of your account")
		}
		return nil
	}
	switch {
	case a.User.Robot && a.User.SiteID == o.RegionID:
		return nil
	case a.User.Robot:
		return cloud.Errorf(cloud.Forbidden, "robot", "the object is in another region")
	case (!write || o.ByOperator) && a.User.ID == 1:
		return nil
	case !write && a.User.Global && mine:
		return nil
	case !write && a.User.Global:
		return cloud.Errorf(cloud.Forbidden, "global", "the object belongs to another member")
	case !mine || !site:
		return cloud.Errorf(cloud.Forbidden, "owner", "the object belongs to another address")
	case write && a.User.Private:
		return cloud.Errorf(cloud.Forbidden, "private", "private users may not change cloud infrastructure")
	}
	return nil
}

// Scope is May for lists: the condition on rows with member_id, site_id and
// region_id that the actor may see. A property test says that both agree. The
// flag is not part of it: ask Need first, so that a missing flag is an error
// and not an empty list.
func Scope(a *Actor, confined bool) cloud.Cond {
	switch {
	case a.System:
		return cloud.Cond{}
	case Need(a, AnyRole) != nil:
		return cloud.Eq("id", int64(-1))
	case confined && a.User.Global:
		return cloud.Eq("member_id", a.User.MemberID)
	case confined:
		return cloud.And(cloud.Eq("member_id", a.User.MemberID), cloud.In("site_id", []int64{0, a.User.SiteID}))
	case a.User.Robot:
		return cloud.Eq("region_id", a.User.SiteID)
	case a.User.ID == 1:
		return cloud.Cond{}
	case a.User.Global:
		return cloud.Eq("member_id", a.User.MemberID)
	}
	return cloud.And(cloud.Eq("member_id", a.User.MemberID), cloud.In("site_id", []int64{0, a.User.SiteID}))
}

// Member0 is the actor's member, 0 for the system.
func (a *Actor) Member0() int64 {
	if a.User == nil {
		return 0
	}
	return a.User.MemberID
}

// Site0 is the actor's site, 0 for the system.
func (a *Actor) Site0() int64 {
	if a.User == nil {
		return 0
	}
	return a.User.SiteID
}

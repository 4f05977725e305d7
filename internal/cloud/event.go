package cloud

import "time"

// Event is one line of the append-only record: the start or the end of an
// operation (R8). Both lines of an operation carry the same Operation.
type Event struct {
	ID        int64
	Operation UID       // the same on both lines
	End       bool      // the second line of an operation
	At        time.Time // of this line
	Started   time.Time // of the start event, on both lines
	MemberID  int64
	SiteID    int64
	RegionID  int64
	UserID    int64
	UserUID   UID
	UserName  string // as it was then; "guest" or "system" without a user
	Source    string // address the request came from
	Action    string // CREATE, UPDATE, DELETE, ...
	Kind      string // server, ip, key, ...
	ObjectID  int64
	ObjectUID UID
	Object    string // name, as it was then
	ProjectID int64
	State     int            // CloudCIX state it led to; 0 = none
	Quantity  map[string]int // changed quantities
	Failed    bool
	Reason    string
	Narrow    bool `db:"-"` // see Meta
}

package cloud

import "time"

// Removal says how an object is to go.
type Removal string

// Removals.
const (
	Keep       Removal = ""
	AfterGrace Removal = "grace" // stopped now, removed at RemoveAfter; can be taken back
	Now        Removal = "now"   // cannot be taken back
)

// Change names what an open event is doing; dialects show states by it.
type Change string

// Changes.
const (
	NoChange  Change = ""
	Create    Change = "create"
	PowerOn   Change = "power_on"
	PowerOff  Change = "power_off"
	Reboot    Change = "reboot"
	Configure Change = "configure" // hardware, disks, DVD, networks, image
	Capture   Change = "capture"   // snapshot, restore, backup, image taking (R9)
	Removing  Change = "remove"
)

// Life is what Server, Router and block Volume have in common (R2): what is
// wanted, what is under way, and how that went. All facts that a shown state
// needs are columns of the object's own row.
type Life struct {
	On          bool       // wanted power
	Remove      Removal    // wanted absence
	RemoveAfter *time.Time // end of the grace period; only with AfterGrace

	// Change is what the newest event does or did; it is under way while
	// EventID is not 0. ChangeAt is the time of the write that asked for it.
	Change   Change
	ChangeAt time.Time
	EventID  int64     // start event of the operation under way; 0 = nothing is
	Taken    bool      // a host has taken the order
	Step     int       // documents acknowledged, of Steps
	Steps    int       // documents of the operation; 0 before the host has its orders
	Percent  int       // of the slowest document, 0 to 99
	MovedAt  time.Time // when something moved last; giving up counts from here
	Failed   bool      // a creation gave up (CloudCIX 3)
	Reason   string    // why it waits, or why it gave up
	Built    bool      // a host made it at least once
	SeenOn   bool      // power as the host last reported it
}

// Open tells whether an event is under way.
func (l *Life) Open() bool { return l.EventID != 0 }

// Begin opens an event on the object. What is wanted is set beside it by the
// caller, in the same transaction.
func (l *Life) Begin(c Change, event int64, now time.Time) {
	l.Change, l.EventID, l.ChangeAt, l.MovedAt = c, event, now, now
	l.Taken, l.Step, l.Steps, l.Percent, l.Reason = false, 0, 0, 0, ""
}

// Progress is the percentage that is shown while an event is open: never 0
// after the answer of the write, never 100 (R4).
func (l *Life) Progress() int {
	p := 1
	if l.Steps > 0 {
		p = (l.Step*100 + l.Percent) / l.Steps
	}
	return min(max(p, 1), 99)
}

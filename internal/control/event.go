package control

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// subject is what an event is about.
type subject struct {
	kind     string
	id       int64
	uid      cloud.UID
	name     string
	member   int64
	site     int64
	region   int64
	project  int64
	state    int
	quantity map[string]int
}

func aboutServer(s *cloud.Server) subject {
	return subject{
		kind: "server", id: s.ID, uid: s.UID, name: s.Name,
		member: s.MemberID, site: s.SiteID, region: s.RegionID, project: s.ProjectID, state: cloud.StateNumber(s),
	}
}

func (t *Txn) newEvent(action string, s subject) *cloud.Event {
	a := t.Call.Actor
	e := &cloud.Event{
		Operation: t.UID(), At: t.Now(), Started: t.Now(), MemberID: s.member, SiteID: s.site, RegionID: s.region,
		UserID: a.UserID(), UserName: a.Name(), Action: action, Kind: s.kind, ObjectID: s.id, ObjectUID: s.uid,
		Object: s.name, ProjectID: s.project, State: s.state, Quantity: s.quantity,
	}
	if a.User != nil {
		e.UserUID = a.User.UID
	}
	if a.Source.IsValid() {
		e.Source = a.Source.String()
	}
	return e
}

// record writes an operation that ended in this transaction: both lines.
func (t *Txn) record(action string, s subject) error {
	if len(s.quantity) == 0 {
		s.state = 0 // neither state nor quantity moved: not for histories (R8)
	}
	e := t.newEvent(action, s)
	if err := store.Insert(t.Tx, e); err != nil {
		return err
	}
	end := *e
	end.ID, end.End, end.State = 0, true, 0
	return store.Insert(t.Tx, &end)
}

// begin opens an operation on a server that a host has to carry out. The
// wanted state is set by the caller before, so that the event carries the
// state number it led to.
func (t *Txn) begin(s *cloud.Server, c cloud.Change, action string, quantity map[string]int) error {
	if s.Open() { // whoever may replace it has ended it before
		return cloud.Errorf(cloud.Busy, "server.busy", "the server %s is busy (%s)", s.Name, s.Change).WithFix("Try again when it is done.")
	}
	now := t.Now()
	s.Begin(c, -1, now) // the state number below needs the change; the id follows
	about := aboutServer(s)
	about.quantity = quantity
	e := t.newEvent(action, about)
	if err := store.Insert(t.Tx, e); err != nil {
		return err
	}
	s.EventID = e.ID
	s.Touch(now, t.Call.Actor.UserID())
	return nil
}

// supersede ends the open operation of a server because a stronger order
// (removal, forced power-off) takes its place.
func (t *Txn) supersede(s *cloud.Server, by string) error { return t.replace(&s.Life, by) }

// replace ends the operation that an object has open, if any, so that another one
// can begin.
func (t *Txn) replace(l *cloud.Life, by string) error {
	if !l.Open() {
		return nil
	}
	start, err := store.First[cloud.Event](t.Tx, cloud.Where(cloud.Eq("id", l.EventID)))
	if err != nil {
		return err
	}
	end := *start
	end.ID, end.End, end.At = 0, true, t.Now()
	end.Failed, end.Reason = true, "replaced by "+by
	l.EventID = 0
	return store.Insert(t.Tx, &end)
}

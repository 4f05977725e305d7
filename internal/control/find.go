package control

import (
	"fmt"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Empty tells a Pick that names nothing.
func (p Pick) Empty() bool { return p.ID == 0 && p.UID.IsZero() }

// pick reads a live row by whichever identity the dialect has. noun is for
// the message.
func pick[T any](t *Txn, p Pick, noun string) (*T, error) {
	var row *T
	var err error
	if p.ID != 0 {
		row, err = store.Get[T](t.Tx, p.ID)
	} else {
		row, err = store.ByUID[T](t.Tx, p.UID)
	}
	if cloud.IsKind(err, cloud.NotFound) {
		return nil, missing(noun, p)
	}
	return row, err
}

func missing(noun string, p Pick) *cloud.Error {
	name := p.UID.String()
	if p.ID != 0 {
		name = fmt.Sprint(p.ID)
	}
	return cloud.Errorf(cloud.NotFound, noun+".missing", "there is no %s %s", noun, name)
}

// may asks auth; with Hide a refusal by ownership reads like a missing object.
func (t *Txn) may(flag string, write bool, o auth.Owned) error {
	return auth.May(t.Call.Actor, flag, write, o, t.Call.Hide)
}

func ownedServer(s *cloud.Server) auth.Owned {
	return auth.Owned{MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID}
}

// serverFor reads a server that the caller may change.
func (t *Txn) serverFor(p Pick, flag string) (*cloud.Server, error) {
	s, err := pick[cloud.Server](t, p, "server")
	if err != nil {
		return nil, err
	}
	if err := t.may(flag, true, ownedServer(s)); err != nil {
		if cloud.IsKind(err, cloud.NotFound) {
			return nil, missing("server", p)
		}
		return nil, err
	}
	return s, nil
}

// idle refuses a change while another one of this server is under way.
func idle(s *cloud.Server) error {
	if s.Remove == cloud.Now {
		return cloud.Errorf(cloud.Conflict, "server.removing", "the server %s is being removed", s.Name)
	}
	if s.Remove == cloud.AfterGrace {
		when := "soon"
		if s.RemoveAfter != nil {
			when = "at " + s.RemoveAfter.Format("2006-01-02T15:04:05Z")
		}
		return cloud.Errorf(cloud.Conflict, "server.scrub", "the server %s is stopped and will be removed %s", s.Name, when).
			WithFix("Power it on to keep it.")
	}
	if s.Failed {
		return cloud.Errorf(cloud.Conflict, "server.failed", "the creation of server %s failed: %s", s.Name, s.Reason).
			WithFix("Power it on to try again, or delete it.")
	}
	if s.Open() {
		return cloud.Errorf(cloud.Busy, "server.busy", "the server %s is busy (%s)", s.Name, s.Change).
			WithFix("Try again when it is done.")
	}
	return nil
}

// region resolves a region; an empty pick is the default one.
func (t *Txn) region(p Pick) (*cloud.Site, error) {
	if p.Empty() {
		q := cloud.Where(cloud.Eq("cloud_region", true), cloud.Ne("driver", "robot"))
		q.Order = []cloud.Order{{Field: "default_for", Desc: true}, {Field: "id"}}
		s, err := store.First[cloud.Site](t.Tx, q)
		if cloud.IsKind(err, cloud.NotFound) {
			return nil, cloud.Errorf(cloud.NotFound, "region.none", "there is no region yet").WithFix("The operator adds one with `virga admin region`.")
		}
		return s, err
	}
	s, err := pick[cloud.Site](t, p, "region")
	if err != nil {
		return nil, err
	}
	if !s.CloudRegion || (t.Call.Hide && s.Driver == "robot") {
		return nil, missing("region", p)
	}
	return s, nil
}

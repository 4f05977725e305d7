package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// serverFor reads a server that the caller may change.
func (t *Txn) serverFor(p Pick, flag string) (*cloud.Server, error) {
	s, err := t.serverSeen(p, flag, true)
	if err != nil {
		return nil, err
	}
	return s, alive("server", s.Name, s.Meta)
}

// serverSeen reads a server for which the caller has a flag. In CloudCIX one that is
// closed is there still.
func (t *Txn) serverSeen(p Pick, flag string, write bool) (s *cloud.Server, err error) {
	if p.ID != 0 && !t.Call.Confined {
		if s, err = store.GetAny[cloud.Server](t.Tx, p.ID); store.None(err) {
			err = missing("server", p)
		}
	} else {
		s, err = pick[cloud.Server](t, p, "server")
	}
	if err != nil {
		return nil, err
	}
	if err := t.may(flag, write, ownedServer(s)); err != nil {
		if cloud.IsKind(err, cloud.NotFound) {
			return nil, missing("server", p)
		}
		return nil, err
	}
	return s, nil
}

func ownedServer(s *cloud.Server) auth.Owned {
	return auth.Owned{MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID}
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

// onServer is a verb on one server that the caller may change: found, checked,
// changed, and shown as it is then.
func (c *Control) onServer(
	ctx context.Context, call *Call, p Pick, flag string, ans Answer[*View], verb func(t *Txn, s *cloud.Server) error,
) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*View, error) {
		s, err := t.serverFor(p, flag)
		if err != nil {
			return nil, err
		}
		if err := verb(t, s); err != nil {
			return nil, err
		}
		return t.view(s)
	}, ans)
}

// ServersByID reads servers that events or addresses name, closed ones
// included, without asking again who may see them.
func (t *Txn) ServersByID(ids []int64, columns ...string) (map[int64]*cloud.Server, error) {
	return byID[cloud.Server](t, ids, columns...)
}

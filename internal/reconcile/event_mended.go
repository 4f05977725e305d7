package reconcile

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
)

// Mended records that a host repaired a damage of something by itself, as an
// operation of the system that is over already. It moves no state, so histories
// do not show it. What belongs to nobody in particular is told by the doctor alone.
func Mended(tx *store.Tx, owner hub.Owner, what string) error {
	now := tx.Now()
	e := cloud.Event{Operation: tx.UID(), At: now, Started: now, UserName: "system", Action: "REPAIR", Kind: owner.Kind, ObjectID: owner.Key}
	switch owner.Kind {
	case Server:
		s, err := store.GetAny[cloud.Server](tx, owner.Key)
		if store.None(err) {
			return nil
		}
		if err != nil {
			return err
		}
		e.MemberID, e.SiteID, e.RegionID, e.ProjectID = s.MemberID, s.SiteID, s.RegionID, s.ProjectID
		e.ObjectUID, e.Object = s.UID, s.Name
	case Router:
		rt, err := store.GetAny[cloud.Router](tx, owner.Key)
		if store.None(err) {
			return nil
		}
		if err != nil {
			return err
		}
		p, err := store.GetAny[cloud.Project](tx, rt.ProjectID)
		if err != nil {
			return err
		}
		e.MemberID, e.SiteID, e.RegionID, e.ProjectID = p.MemberID, p.SiteID, p.RegionID, p.ID
		e.ObjectUID, e.Object = rt.UID, p.Name
	default:
		return nil
	}
	if err := store.Insert(tx, &e); err != nil {
		return err
	}
	last := e
	last.ID, last.End, last.Reason = 0, true, what
	return store.Insert(tx, &last)
}

package hub

import (
	"net/netip"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// logged keeps the lines of rules with a log, of routers that are on this host. Lines of
// others, and such as no packet makes, are left out: they are shown to customers.
func logged(tx *store.Tx, host int64, lines []plan.Logged) error {
	by := map[plan.ID][]cloud.PolicyHit{}
	var order []plan.ID
	for _, l := range lines {
		if !isAddr(l.Source) || !isAddr(l.Destination) || l.Source.Is4() != l.Destination.Is4() {
			continue
		}
		if by[l.Router] == nil {
			order = append(order, l.Router)
		}
		at := l.At
		if now := tx.Now(); at.After(now) || now.Sub(at) > longestAgo { // its clock is wrong, and it was about now
			at = now
		}
		by[l.Router] = append(by[l.Router], cloud.PolicyHit{
			At: at, Allow: l.Allow, Protocol: int(l.Protocol), Source: l.Source, SourcePort: int(l.SourcePort), Destination: l.Destination,
			DestinationPort: int(l.DestinationPort),
		})
	}
	for _, id := range order {
		uid, ok := cloud.ParseUID(string(id))
		if !ok {
			continue
		}
		rt, err := store.ByUID[cloud.Router](tx, uid)
		if store.None(err) || err == nil && rt.HostID != host {
			continue
		}
		if err != nil {
			return err
		}
		if err := store.AddPolicyHits(tx, rt.ID, by[id]); err != nil {
			return err
		}
	}
	return nil
}

// longestAgo is how old a line may be when it is told: a host that was cut off for longer
// has newer ones.
const longestAgo = 24 * time.Hour

func isAddr(a netip.Addr) bool { return a.IsValid() && a.Zone() == "" && !a.Is4In6() }

package control

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/place"
	"github.com/virga-cloud/virga/internal/store"
)

// firstLook is how many hosts a placement looks at first: those with the fewest
// servers. In a region that has no more, that is all of them.
const firstLook = 32

// place picks a host and adds the need to its running totals. The most suitable
// of a few hosts with room is taken: reading all of a large region for every
// server would cost more than the rest of its creation. Only when none of them
// has room are more looked at, and all of them before anything is refused.
//
// Who asks for no type of disks gets the region's default: the fastest that it
// has hosts with (R18). Full hosts count as well, or the speed of a new server
// would depend on the hour.
func (t *Txn) place(region int64, need place.Need) (*cloud.Host, error) {
	if need.StorageType != 0 {
		h, _, err := t.placeOn(region, need)
		return h, err
	}
	for _, need.StorageType = range []int64{ssd, hdd} {
		if h, some, err := t.placeOn(region, need); some || err != nil && !cloud.IsKind(err, cloud.Exhausted) {
			return h, err
		}
	}
	need.StorageType = 0 // only hosts of which nobody said what they have
	h, _, err := t.placeOn(region, need)
	return h, err
}

// placeOn is place for one type of disks; some tells whether the region has a
// host with them, full or not.
func (t *Txn) placeOn(region int64, need place.Need) (h *cloud.Host, some bool, err error) {
	where := []cloud.Cond{cloud.Eq("region_id", region), cloud.Eq("enabled", true), cloud.Eq("state", string(cloud.HostUp))}
	if need.ServerType != 0 {
		where = append(where, cloud.Eq("server_type", need.ServerType))
	}
	if need.StorageType != 0 {
		where = append(where, cloud.Eq("storage_type", need.StorageType))
	}
	need.HeardSince = store.HeardSince(t.Tx)
	q := cloud.Where(where...).By("servers").By("id")
	for look, seen := firstLook, 0; ; look, seen = look*8, seen+look {
		hosts, err := store.Find[cloud.Host](t.Tx, q.Page(look, seen))
		if err != nil {
			return nil, some, err
		}
		some = some || len(hosts) > 0
		slices.SortFunc(hosts, func(a, b *cloud.Host) int { return cmp.Compare(a.ID, b.ID) }) // the first on a tie
		if h, _ := place.Pick(hosts, need); h != nil {
			h.UsedVCPU += need.VCPU
			h.UsedRAM += need.RAM
			h.UsedGB += need.GB
			h.Servers++
			return h, some, store.Update(t.Tx, h)
		}
		if len(hosts) < look {
			return nil, some, t.noPlace(region, need)
		}
	}
}

// noPlace says why no host was taken.
func (t *Txn) noPlace(region int64, need place.Need) error {
	hosts, err := store.Find[cloud.Host](t.Tx, cloud.Where(cloud.Eq("region_id", region)).By("id"))
	if err != nil {
		return err
	}
	return &cloud.Error{
		Kind: cloud.Exhausted, Code: "server.place", Field: "server", Reasons: t.refusals(hosts, need),
		Message: fmt.Sprintf("no host can take %s, %d MiB of memory and %d GB of disk", cloud.Count(need.VCPU, "vCPU"), need.RAM, need.GB),
		Fix:     t.roomFix(need),
	}
}

// roomFix is what makes room. Whose router cannot reach other hosts gains nothing by
// one more of them.
func (t *Txn) roomFix(need place.Need) string {
	switch r := need.Router; {
	case r == nil || r.Underlay != "":
		return "Ask for less, delete what is not needed, or add a host (`virga agent --join`)."
	case t.Call.Actor.Operates():
		return fmt.Sprintf("Ask for less, delete what is not needed on %[1]s, or give %[1]s an address towards other hosts (--underlay): "+
			"until then the project's servers can be nowhere else.", r.Name)
	}
	return "Ask for less, or delete what is not needed: the host of the project's router has no address towards other hosts, " +
		"so its servers can be nowhere else."
}

// refusals are the reasons of hosts. Their names and how full they are is the
// operator's: a tenant could see what others have.
func (t *Txn) refusals(hosts []*cloud.Host, need place.Need) []string {
	if !t.Call.Actor.Operates() {
		return place.Sum(hosts, need)
	}
	_, reasons := place.Pick(hosts, need)
	return reasons
}

package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// HeardSince is when a host must have spoken last so that something new is placed on
// it. It is zero while this process has not run for long enough to have heard them all.
func HeardSince(tx *Tx) time.Time {
	since := tx.Now().Add(-cloud.HostSilent)
	if since.Before(tx.db.opened) {
		return time.Time{}
	}
	return since
}

// Why no host of a region takes a router.
const (
	NoHost      = "no host of the region has joined yet"
	SilentHosts = "no host of the region that takes something new was heard lately"
)

// WithoutHost says why RouterHost finds none in a region.
func WithoutHost(tx *Tx, region int64) (string, error) {
	n, err := Count[cloud.Host](tx, cloud.Where(cloud.Eq("region_id", region), cloud.Eq("state", cloud.HostUp)))
	if err != nil || n == 0 {
		return NoHost, err
	}
	return SilentHosts, nil
}

// RouterHost chooses the host of a new router: the one with the fewest servers
// that takes any and spoke a short while ago. One with an address towards others
// comes first, since the project's machines can go only where the router reaches.
// 0 = none for now; the router waits, and is placed when one joins or speaks.
func RouterHost(tx *Tx, region int64) (int64, error) {
	takes := []cloud.Cond{cloud.Eq("region_id", region), cloud.Eq("enabled", true), cloud.Eq("state", string(cloud.HostUp))}
	if since := HeardSince(tx); !since.IsZero() {
		takes = append(takes, cloud.Or(cloud.Eq("last_seen", nil), cloud.Cmp(cloud.OpGte, "last_seen", since)))
	}
	for _, more := range []cloud.Cond{cloud.Ne("underlay", ""), cloud.Eq("underlay", "")} {
		h, err := First[cloud.Host](tx, cloud.Where(append(slices.Clone(takes), more)...).By("servers").By("id"))
		if err == nil {
			return h.ID, nil
		}
		if !None(err) {
			return 0, fmt.Errorf("host of a router in region %d: %w", region, err)
		}
	}
	return 0, nil
}

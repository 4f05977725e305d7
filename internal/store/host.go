package store

import (
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
)

// RouterHost chooses the host of a new router: the one with the fewest servers
// that takes any. One with an address towards others comes first, since the
// project's machines can go only where the router reaches. 0 = none for now;
// the router waits, and is placed when one joins.
func RouterHost(tx *Tx, region int64) (int64, error) {
	takes := []cloud.Cond{cloud.Eq("region_id", region), cloud.Eq("enabled", true), cloud.Eq("state", string(cloud.HostUp))}
	for _, more := range []cloud.Cond{cloud.Ne("underlay", ""), cloud.Eq("underlay", "")} {
		h, err := First[cloud.Host](tx, cloud.Where(append(takes, more)...).By("servers").By("id"))
		if err == nil {
			return h.ID, nil
		}
		if !None(err) {
			return 0, fmt.Errorf("host of a router in region %d: %w", region, err)
		}
	}
	return 0, nil
}

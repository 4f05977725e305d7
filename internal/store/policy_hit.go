package store

import "github.com/virga-cloud/virga/internal/cloud"

// AddPolicyHits stores lines of one router and forgets the oldest beyond those that are
// kept. A line that is there already is no second one.
func AddPolicyHits(tx *Tx, router int64, lines []cloud.PolicyHit) error {
	for _, l := range lines {
		_, err := tx.Exec(`INSERT INTO policy_hit (router_id, at, allow, protocol, source, source_port, destination, destination_port)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			router, l.At, l.Allow, l.Protocol, l.Source, l.SourcePort, l.Destination, l.DestinationPort)
		if err != nil {
			return err
		}
	}
	return tx.Later(nil, `DELETE FROM policy_hit WHERE router_id = $1
		AND at <= (SELECT at FROM policy_hit WHERE router_id = $1 ORDER BY at DESC LIMIT 1 OFFSET $2)`, router, int64(cloud.PolicyHitsKept))
}

// DropPolicyHits forgets the lines of a router that is no more.
func DropPolicyHits(tx *Tx, router int64) error {
	return tx.Later(nil, `DELETE FROM policy_hit WHERE router_id = $1`, router)
}

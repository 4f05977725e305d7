package control

import (
	"strconv"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// quantities are what a server is charged for, as its events carry them: cpu,
// ram (MiB), gb in all and for each disk ("storage:<id>"), translated addresses.
func (t *Txn) quantities(s *cloud.Server) (map[string]int, error) {
	disks, err := t.disks(s)
	if err != nil {
		return nil, err
	}
	nat, err := store.Count[cloud.IP](t.Tx, cloud.Where(
		cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)), cloud.Eq("leaving", "")))
	if err != nil {
		return nil, err
	}
	q := map[string]int{"cpu": s.VCPU, "ram": s.RAM, "gb": 0, "nat": int(nat)}
	for _, v := range disks {
		q["gb"] += v.SizeGB
		q["storage:"+strconv.FormatInt(v.ID, 10)] = v.SizeGB
	}
	return q, nil
}

// moved is what differs between two sets of quantities, with the new values.
func moved(before, after map[string]int) map[string]int {
	q := map[string]int{}
	for k, v := range after {
		if old, known := before[k]; !known || old != v {
			q[k] = v
		}
	}
	return q
}

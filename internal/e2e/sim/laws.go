package sim

import (
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// laws is one statement that says every row that breaks a law which holds after
// each commit. A new law is one more text here.
var laws = strings.Join([]string{
	// Totals are sums.
	`SELECT 'host ' || h.id || ': totals are ' || used_vcpu || ' ' || used_ram || ' ' || used_gb
		|| ' of ' || servers || ' servers, they need ' || coalesce(vcpu_sum, 0)
		|| ' ' || coalesce(ram_sum, 0) || ' ' || coalesce(gb_sum, 0) || ' of ' || coalesce(n, 0)
	FROM host h
	LEFT JOIN (SELECT host_id, sum(vcpu) AS vcpu_sum, sum(ram) AS ram_sum, count(*) AS n FROM server
		WHERE closed IS NULL GROUP BY host_id) s ON s.host_id = h.id
	LEFT JOIN (SELECT s.host_id, sum(v.size_gb) AS gb_sum FROM volume v JOIN server s ON s.id = v.server_id
		WHERE v.closed IS NULL AND s.closed IS NULL GROUP BY s.host_id) v ON v.host_id = h.id
	WHERE used_vcpu <> coalesce(vcpu_sum, 0) OR used_ram <> coalesce(ram_sum, 0) OR used_gb <> coalesce(gb_sum, 0)
		OR servers <> coalesce(n, 0)`,
	`SELECT 'subnet ' || s.id || ': in_use is ' || in_use || ', ' || coalesce(n, 0) || ' addresses are taken' FROM subnet s
	LEFT JOIN (SELECT subnet_id, count(*) AS n FROM ip WHERE closed IS NULL GROUP BY subnet_id) i ON i.subnet_id = s.id
	WHERE s.closed IS NULL AND in_use <> coalesce(n, 0)`,

	`SELECT 'ASN ' || n.id || ' counts ' || allocations || ' allocations, there are ' || coalesce(c, 0) FROM asn n
	LEFT JOIN (SELECT asn_id, count(*) AS c FROM allocation WHERE closed IS NULL GROUP BY asn_id) a ON a.asn_id = n.id
	WHERE n.closed IS NULL AND allocations <> coalesce(c, 0)`,
	`SELECT 'allocation ' || a.id || ' counts ' || subnets || ' subnets, there are ' || coalesce(c, 0) FROM allocation a
	LEFT JOIN (SELECT allocation_id, count(*) AS c FROM subnet WHERE closed IS NULL GROUP BY allocation_id) s ON s.allocation_id = a.id
	WHERE a.closed IS NULL AND subnets <> coalesce(c, 0)`,
	`SELECT 'subnet ' || s.id || ' counts ' || children || ' subnets in it, there are ' || coalesce(c, 0) FROM subnet s
	LEFT JOIN (SELECT parent_id, count(*) AS c FROM subnet WHERE closed IS NULL GROUP BY parent_id) k ON k.parent_id = s.id
	WHERE s.closed IS NULL AND children <> coalesce(c, 0)`,
	`SELECT 'allocation ' || a.id || ' has another number or member than its ASN' FROM allocation a JOIN asn n ON n.id = a.asn_id
	WHERE a.closed IS NULL AND (a.asn_number <> n.number OR a.member_id <> n.member_id)`,

	// Nothing is given twice: an address, whatever it is for, in an allocation whose
	// ranges do not overlap.
	`SELECT 'address ' || min(i.text) || ' is given ' || count(*) || ' times in allocation ' || a.id FROM ip i
	JOIN subnet s ON s.id = i.subnet_id JOIN allocation a ON a.id = s.allocation_id
	WHERE i.closed IS NULL AND a.overlap = 0 GROUP BY a.id, i.addr HAVING count(*) > 1`,
	`SELECT 'address ' || id || ' has no text' FROM ip WHERE closed IS NULL AND text = ''`,
	`SELECT 'address ' || hex(addr) || ' is given ' || count(*) || ' times' FROM ip
	WHERE closed IS NULL AND kind IN ('public', 'floating', 'balancer') GROUP BY addr HAVING count(*) > 1`,
	`SELECT 'card ' || mac || ' is given ' || count(*) || ' times' FROM nic
	WHERE closed IS NULL AND mac <> '' GROUP BY mac HAVING count(*) > 1`,
	`SELECT 'VLAN ' || vlan || ' is given ' || count(*) || ' times' FROM subnet
	WHERE closed IS NULL AND vlan <> 0 GROUP BY region_id, vlan HAVING count(*) > 1`,

	// What belongs to something closed is closed.
	`SELECT 'address ' || i.id || ' belongs to server ' || s.id || ', which is closed' FROM ip i JOIN server s ON s.id = i.server_id
	WHERE i.closed IS NULL AND s.closed IS NOT NULL`,
	`SELECT 'card ' || n.id || ' belongs to server ' || s.id || ', which is closed' FROM nic n JOIN server s ON s.id = n.server_id
	WHERE n.closed IS NULL AND s.closed IS NOT NULL`,
	`SELECT 'volume ' || v.id || ' belongs to server ' || s.id || ', which is closed' FROM volume v JOIN server s ON s.id = v.server_id
	WHERE v.closed IS NULL AND s.closed IS NOT NULL`,
	`SELECT 'snapshot ' || n.id || ' belongs to server ' || s.id || ', which is closed' FROM snapshot n JOIN server s ON s.id = n.server_id
	WHERE n.closed IS NULL AND s.closed IS NOT NULL`,
	`SELECT 'server ' || s.id || ' belongs to project ' || p.id || ', which is closed' FROM server s JOIN project p ON p.id = s.project_id
	WHERE s.closed IS NULL AND p.closed IS NOT NULL`,
	`SELECT 'router ' || r.id || ' and project ' || p.id || ' are not closed both' FROM router r JOIN project p ON p.router_id = r.id
	WHERE (r.closed IS NULL) <> (p.closed IS NULL)`,
	`SELECT 'network ' || n.id || ' belongs to project ' || p.id || ', which is closed' FROM subnet n JOIN project p ON p.id = n.project_id
	WHERE n.closed IS NULL AND p.closed IS NOT NULL`,
	`SELECT 'allocation ' || a.id || ' lies under ASN ' || n.id || ', which is closed' FROM allocation a JOIN asn n ON n.id = a.asn_id
	WHERE a.closed IS NULL AND n.closed IS NOT NULL`,
	`SELECT 'subnet ' || s.id || ' lies in allocation ' || a.id || ', which is closed' FROM subnet s
	JOIN allocation a ON a.id = s.allocation_id
	WHERE s.closed IS NULL AND a.closed IS NOT NULL`,
	`SELECT 'subnet ' || s.id || ' lies in subnet ' || p.id || ', which is closed' FROM subnet s JOIN subnet p ON p.id = s.parent_id
	WHERE s.closed IS NULL AND p.closed IS NOT NULL`,
	`SELECT 'address ' || i.id || ' lies in subnet ' || s.id || ', which is closed' FROM ip i JOIN subnet s ON s.id = i.subnet_id
	WHERE i.closed IS NULL AND s.closed IS NOT NULL`,
	`SELECT 'address ' || i.id || ' is translated to address ' || p.id || ', which is closed' FROM ip i JOIN ip p ON p.id = i.private_id
	WHERE i.closed IS NULL AND p.closed IS NOT NULL`,

	// Who waits is woken: what is under way has work that is due some time.
	`SELECT 'server ' || id || ' is under way and nobody will look at it' FROM server
	WHERE event_id <> 0 AND closed IS NULL AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'server' AND key = server.id)`,
	`SELECT 'router ' || id || ' is under way and nobody will look at it' FROM router
	WHERE event_id <> 0 AND closed IS NULL AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'router' AND key = router.id)`,
	`SELECT 'policy ' || id || ' is under way and nobody will look at it' FROM policy
	WHERE events NOT IN ('null', '[]') AND closed IS NULL AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'policy' AND key = policy.id)`,
	`SELECT 'address ' || i.id || ' is bound to policy ' || p.id || ', which is closed' FROM ip i JOIN policy p ON p.id = i.policy_id
	WHERE i.closed IS NULL AND i.leaving = '' AND p.closed IS NOT NULL`,
	`SELECT 'address ' || id || ' is bound anew and nobody will look at it' FROM ip
	WHERE rebound = 1 AND closed IS NULL AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'server' AND key = ip.server_id)
		AND NOT EXISTS (SELECT 1 FROM orders WHERE work_kind = 'server' AND work_key = ip.server_id AND acknowledged < generation)`,

	// A disk that was made is never ordered made again.
	`SELECT 'volume ' || v.id || ' was made and is ordered made again' FROM orders o
	JOIN volume v ON lower(hex(v.uid)) = o.object
	WHERE o.kind = 'volume' AND o.absent = 0 AND v.built = 1 AND v.closed IS NULL
		AND instr(o.body, '"create":true') > 0
		AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'server' AND key = v.server_id)`,
	`SELECT 'volume ' || v.id || ' was made long ago and may be ordered made again' FROM orders o
	JOIN volume v ON lower(hex(v.uid)) = o.object
	WHERE o.kind = 'volume' AND o.absent = 0 AND v.built = 0 AND v.closed IS NULL
		AND o.acknowledged >= o.generation AND o.held = 0
		AND instr(o.status, '"made":true') > 0 AND instr(o.status, '"ready":true') > 0
		AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'server' AND key = v.server_id)`,

	`SELECT kind || ' ' || object || ' is ordered of no host' FROM orders WHERE host = 0`,

	// Numbers of orders go one way.
	`SELECT 'order ' || id || ' for ' || kind || ' ' || object || ' has taken ' || taken || ' of ' || generation
	FROM orders WHERE taken > generation`,
	`SELECT 'server ' || s.id || ' is closed and ' || o.kind || ' ' || o.object || ' is ordered for it' FROM orders o
	JOIN server s ON s.id = o.work_key WHERE o.work_kind = 'server' AND o.absent = 0 AND s.closed IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'server' AND key = s.id)`,
	`SELECT 'card ' || n.id || ' is closed and its port is ordered' FROM orders o JOIN nic n ON lower(hex(n.uid)) = o.object
	WHERE o.kind = 'port' AND o.absent = 0 AND n.closed IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'server' AND key = n.server_id)`,
	`SELECT 'volume ' || v.id || ' is closed and is ordered' FROM orders o JOIN volume v ON lower(hex(v.uid)) = o.object
	WHERE o.kind = 'volume' AND o.absent = 0 AND v.closed IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'server' AND key = v.server_id)`,
}, "\nUNION ALL ")

// lives are the columns that states are made from, of what is there and of what
// has an event under way.
const lives = `SELECT 'server', id, uid, closed IS NOT NULL, "on", "remove", "change", event_id, taken, failed, seen_on,
		change_at, member_id FROM server WHERE closed IS NULL OR event_id <> 0
	UNION ALL SELECT 'router', id, uid, closed IS NOT NULL, "on", "remove", "change", event_id, taken, failed, seen_on,
		change_at, 0 FROM router WHERE closed IS NULL OR event_id <> 0
	UNION ALL SELECT 'network', id, uid, closed IS NOT NULL, 0, CASE WHEN removing = 1 THEN 'now' ELSE '' END, 'remove', event_id, 0, 0, 0,
		0, 0 FROM subnet WHERE event_id <> 0`

// life is a row as it is, without anything of the product in between.
type life struct {
	owner
	uid            cloud.UID
	closed, on     bool
	remove, change string
	event          int64
	taken, failed  bool
	seenOn         bool
	at             int64 // when its newest change was asked for, in microseconds
	member         int64
}

func scanLife(rows store.Rows) (l life, err error) {
	err = rows.Scan(&l.kind, &l.id, store.Into(&l.uid), store.Into(&l.closed), store.Into(&l.on), &l.remove, &l.change, &l.event,
		store.Into(&l.taken), store.Into(&l.failed), store.Into(&l.seenOn), &l.at, &l.member)
	return l, err
}

// number is the table of docs/explain/states.md, written down a second time: what
// is shown has to be what it says of the rows.
func (l *life) number() int {
	open := l.event != 0
	pick := func(when bool, yes, no int) int {
		if when {
			return yes
		}
		return no
	}
	rest := pick(l.on, 4, 6)
	switch {
	case l.closed:
		return 99
	case l.remove == "now":
		return 17
	case l.remove == "grace":
		return pick(!open, 9, pick(l.taken, 14, 8))
	case l.failed:
		return 3
	case !open:
		return rest
	}
	switch l.change {
	case "create":
		return pick(l.taken, 2, 1)
	case "power_off":
		return pick(l.taken, 12, 5)
	case "power_on":
		return pick(l.taken, 13, 7)
	case "reboot":
		return 13
	case "configure":
		return pick(l.on, pick(l.taken, 11, 10), pick(l.taken, 16, 15))
	}
	return rest
}

// text is the column of the other dialect. held: so lately changed that it is
// shown as under way.
func (l *life) text(held bool) string {
	busy := l.event != 0 || held
	switch {
	case l.closed, l.remove == "now":
		return "REMOVING"
	case l.remove == "grace" && busy:
		return "POWERING_OFF"
	case l.remove == "grace":
		return "POWERED_OFF"
	case busy:
		if s := map[string]string{
			"create": "DEPLOYING", "power_on": "POWERING_ON", "power_off": "POWERING_OFF", "reboot": "REBOOTING",
			"configure": "CONFIGURING", "capture": "CONFIGURING", "remove": "REMOVING",
		}[l.change]; s != "" {
			return s
		}
	}
	if l.failed || !l.seenOn {
		return "POWERED_OFF"
	}
	return "POWERED_ON"
}

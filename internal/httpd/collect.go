package httpd

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
)

// collector reads the store when Prometheus asks, so that nothing has to be
// counted along the way and every node says the same.
type collector struct{ m *measures }

var (
	descLeaks = prometheus.NewDesc("virga_leaks",
		"What belongs to nothing, by kind and host (empty: at none); 0 in a healthy installation.", []string{"kind", "host"}, nil)
	descLooked = prometheus.NewDesc("virga_leaks_checked_seconds",
		"Time since the last whole check for leaks of a kind began; missing until the first is done.", []string{"kind"}, nil)
	descBacklog = prometheus.NewDesc("virga_work_backlog", "Things to do whose time has come.", []string{"kind"}, nil)
	descFailing = prometheus.NewDesc("virga_work_failing", "Things to do that failed at least once.", []string{"kind"}, nil)
	descServers = prometheus.NewDesc("virga_servers", "Servers that are alive.", nil, nil)
	descMoving  = prometheus.NewDesc("virga_servers_moving", "Servers on which something is under way.", nil, nil)
	descWaits   = prometheus.NewDesc("virga_waiting", "What waits or failed, by kind; `virga doctor` says for what.", []string{"kind"}, nil)
	descRivals  = prometheus.NewDesc("virga_host_rivals", "Hosts as which a second machine speaks; 0 in a healthy installation.", nil, nil)
	descSeen    = prometheus.NewDesc("virga_host_seen_seconds", "Time since a host was last heard.", []string{"host"}, nil)
)

// Describe lists what Collect gives.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descLeaks, descLooked, descBacklog, descFailing, descServers, descMoving, descWaits, descSeen, descRivals,
	} {
		ch <- d
	}
}

// Collect reads everything in one snapshot.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	var list []prometheus.Metric
	err := c.m.read(func(tx *store.Tx) error {
		list = nil // a Read may run again
		gauge := func(d *prometheus.Desc, v float64, labels ...string) {
			list = append(list, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...))
		}
		for at, n := range c.m.audit.counts() {
			gauge(descLeaks, float64(n), at.kind, at.host)
		}
		for kind, age := range c.m.audit.ages(tx.Now()) {
			gauge(descLooked, age.Seconds(), kind)
		}
		waits, err := c.m.audit.waiting(tx)
		if err != nil {
			return err
		}
		if c.m.waits != nil {
			waits = append(c.m.waits(), waits...)
		}
		byKind := map[string]int{"server": 0, "router": 0, "host": 0, "certificate": 0, "database": 0}
		for _, w := range waits {
			byKind[w.Kind]++
		}
		for kind, n := range byKind {
			gauge(descWaits, float64(n), kind)
		}
		return queue(tx, gauge)
	})
	if err != nil {
		ch <- prometheus.NewInvalidMetric(descLeaks, err)
		return
	}
	for _, m := range list {
		ch <- m
	}
}

// queue measures work, servers and hosts.
func queue(tx *store.Tx, gauge func(d *prometheus.Desc, v float64, labels ...string)) error {
	rivals, err := hub.Rivals(tx)
	if err != nil {
		return err
	}
	gauge(descRivals, float64(len(rivals)))
	now := tx.Now().UnixMicro()
	for _, q := range []struct {
		desc *prometheus.Desc
		sql  string
		args []any
	}{
		{descBacklog, `SELECT kind, COUNT(*) FROM work WHERE due_at <= $1 GROUP BY kind`, []any{now}},
		{descFailing, `SELECT kind, COUNT(*) FROM work WHERE attempts > 0 GROUP BY kind`, nil},
		{descSeen, `SELECT name, $1 - COALESCE(last_seen, created) FROM host WHERE closed IS NULL AND state = 'up'`, []any{now}},
		{descServers, `SELECT '', COALESCE(SUM(servers), 0) FROM host`, nil}, // to count them takes longer the more there are
		{descMoving, `SELECT '', COUNT(*) FROM server WHERE event_id <> 0`, nil},
	} {
		rows, err := tx.Query(q.sql, q.args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			var label string
			var v float64
			if err := rows.Scan(&label, &v); err != nil {
				_ = rows.Close()
				return err
			}
			switch q.desc {
			case descServers, descMoving:
				gauge(q.desc, v)
			case descSeen:
				gauge(q.desc, v/1e6, label)
			default:
				gauge(q.desc, v, label)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

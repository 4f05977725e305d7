package oneandone

import (
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// A log entry is an operation: its start event with its end event (R8).
func (a *api) logs(h wire.Handlers) {
	short(a, h, oneandone.ListLogs, func(t *control.Txn, r *wire.Request) ([]oneandone.Log, error) {
		w, err := parseWindow(r, t.Now())
		if err != nil {
			return nil, err
		}
		ops, err := t.Operations(w.From, w.To)
		if err != nil {
			return nil, err
		}
		percents, err := progress(t, ops)
		if err != nil {
			return nil, err
		}
		list := make([]oneandone.Log, 0, len(ops))
		for _, o := range ops {
			if _, ok := logTypes[o.Start.Kind]; ok {
				list = append(list, logEntry(o, percents, t.Now()))
			}
		}
		return list, nil
	})
	read(a, h, oneandone.GetLog, func(t *control.Txn, r *wire.Request) (oneandone.Log, error) {
		pick, err := inPath(r, "log_id")
		if err != nil {
			return oneandone.Log{}, err
		}
		o, err := t.Operation(pick.UID)
		if err != nil {
			return oneandone.Log{}, err
		}
		if _, ok := logTypes[o.Start.Kind]; !ok {
			return oneandone.Log{}, nothing("log_id", r.Path("log_id"))
		}
		percents, err := progress(t, []*control.Operation{o})
		if err != nil {
			return oneandone.Log{}, err
		}
		return logEntry(o, percents, t.Now()), nil
	})
}

// logTypes are the words of the contract for kinds of objects (5.5). What is
// hidden in this dialect (projects, routers) has no word and no entry.
var logTypes = map[string]string{
	"server":         "VM",
	"image":          "IMAGE",
	"ip":             "PUBLICIP",
	"key":            "SSHKEY",
	"network":        "PRIVATENETWORK",
	"subnet":         "PRIVATENETWORK",
	"balancer":       "LOADBALANCER",
	"policy":         "FIREWALLPOLICY",
	"share":          "SHAREDSTORAGE",
	"tunnel":         "VPN",
	"volume":         "BLOCKSTORAGE",
	"monitor_policy": "MONITORINGPOLICY",
	"user":           "USER",
	"role":           "ROLE",
}

// progress is how far the servers are that running operations work on.
func progress(t *control.Txn, ops []*control.Operation) (map[int64]int, error) {
	var ids []int64
	for _, o := range ops {
		if o.End == nil && o.Start.Kind == "server" {
			ids = append(ids, o.Start.ObjectID)
		}
	}
	percents := map[int64]int{}
	for len(ids) > 0 {
		n := min(batch, len(ids))
		views, _, err := t.Servers(cloud.Where(cloud.In("id", ids[:n])), control.Show{Server: []string{"step", "steps", "percent"}})
		if cloud.IsKind(err, cloud.Forbidden) {
			return percents, nil // may read logs but not servers
		}
		if err != nil {
			return nil, err
		}
		for _, v := range views {
			percents[v.ID] = v.Progress()
		}
		ids = ids[n:]
	}
	return percents, nil
}

func logEntry(o *control.Operation, percents map[int64]int, now time.Time) oneandone.Log {
	e := o.Start
	percent := 1
	if e.Kind == "server" { // ids of other kinds are other things
		percent = max(1, percents[e.ObjectID])
	}
	l := oneandone.Log{
		ID: e.Operation.String(), SiteID: siteID(e.RegionID), CloudpanelID: ptr(panelID(e.ObjectUID)),
		StartDate: date(e.At), Duration: seconds(now.Sub(e.At)),
		Action: e.Action, Type: logTypes[e.Kind],
		Resource: oneandone.LogResource{ID: e.ObjectUID.String(), Name: textOrNull(e.Object)},
		User:     oneandone.Identity{ID: e.UserUID.String(), Name: e.UserName},
		Status:   oneandone.LogStatus{State: "WAITING", Percent: &percent},
		Details:  []any{},
	}
	if o.End == nil {
		return l
	}
	l.EndDate, l.Duration = ptr(date(o.End.At)), seconds(o.End.At.Sub(e.At))
	l.Status = oneandone.LogStatus{State: "OK"}
	if o.End.Failed {
		l.Status.State = "ERROR"
		l.Details = map[string]string{"reason": o.End.Reason}
	}
	return l
}

func seconds(d time.Duration) int { return int(max(d, 0) / time.Second) }

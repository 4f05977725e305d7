package control

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Wait answers "why is this not done yet" from stored facts: what waits, since
// when, for what, and what to do. Everybody who is told is told the same sentence.
type Wait struct {
	Kind   string    `json:"kind"` // server, router, network, image, policy, host, certificate, database
	ID     int64     `json:"id"`
	Name   string    `json:"name"`
	Since  time.Time `json:"since"`
	For    string    `json:"for"`
	Fix    string    `json:"fix,omitempty"`
	Failed bool      `json:"failed"` // it will not come right by waiting
	// Mended: it came right by itself, and somebody should know.
	Mended bool `json:"mended"`

	host string // name of a host that is meant; of no concern to tenants
}

// What names it.
func (w Wait) What() string { return fmt.Sprintf("%s %d (%s)", w.Kind, w.ID, w.Name) }

// String is the sentence with what to do.
func (w Wait) String() string { return strings.TrimSpace(w.Sentence() + " " + w.Fix) }

// Sentence says what waits, since when and for what.
func (w Wait) Sentence() string {
	verb := "waits"
	if w.Failed {
		verb = "failed"
	}
	switch {
	case w.Kind == "host":
		verb = "needs a look"
	case w.Mended:
		return fmt.Sprintf("%s was damaged at %s and repaired: %s.", w.What(), w.Since.UTC().Format(time.RFC3339), w.For)
	}
	return fmt.Sprintf("%s %s since %s: %s.", w.What(), verb, w.Since.UTC().Format(time.RFC3339), strings.TrimSuffix(w.For, "."))
}

const (
	// HostAway is how long a host may be silent before it counts as away: some times
	// the pause in which an idle host says that it lives.
	HostAway = 2 * time.Minute
	// waitLong is how long something may stand still without a word about it.
	waitLong = 30 * time.Second
	// maxWaits bounds a list.
	maxWaits = 200
)

// Away tells a host that was heard once and is not any more.
func Away(h *cloud.Host, now time.Time) bool {
	return h.State == cloud.HostUp && h.LastSeen != nil && now.Sub(*h.LastSeen) > HostAway
}

// silent tells whether a host was not heard for so long that what waits for it waits
// because of that, though it does not count as away yet.
func silent(h *cloud.Host, now time.Time) bool {
	return h.State == cloud.HostUp && h.LastSeen != nil && now.Sub(*h.LastSeen) > cloud.HostSilent
}

// Waiting lists everything that waits, hosts first: what they lack is the reason
// of most of the rest.
func (t *Txn) Waiting() ([]Wait, error) { return Waits(t.Tx) }

// Waits is Waiting for those who have no call.
func Waits(tx *store.Tx) ([]Wait, error) {
	hosts, list, err := hostWaits(tx)
	if err != nil {
		return nil, err
	}
	if since, full := tx.DB().Full(); full != "" {
		list = append([]Wait{{Kind: "database", Name: string(tx.Engine()), Since: since, For: full, Fix: store.FullFix, Failed: true}}, list...)
	}
	seen := map[string]bool{}
	add := func(w *Wait) {
		if w != nil && !seen[w.What()] && len(list) < maxWaits {
			seen[w.What()] = true
			list = append(list, *w)
		}
	}
	old := cloud.Cmp(cloud.OpLte, "moved_at", tx.Now().Add(-waitLong))
	late := cloud.Or(cloud.And(cloud.Ne("event_id", int64(0)), old), cloud.Eq("failed", true))
	homeless := cloud.And(cloud.Ne("event_id", int64(0)), cloud.Or(
		cloud.Eq("host_id", int64(0)),
		cloud.In("host_id", cloud.Sub{Kind: "host", Column: "id", Where: cloud.Eq("state", string(cloud.HostNew))}),
	))
	routers, err := store.Find[cloud.Router](tx, cloud.Where(cloud.Or(late, homeless)).By("id").Page(maxWaits, 0))
	if err != nil {
		return nil, err
	}
	for _, r := range routers {
		p, err := store.GetAny[cloud.Project](tx, r.ProjectID)
		if err != nil {
			return nil, err
		}
		add(lifeWait("router", r.ID, p.Name+", and the servers of project "+fmt.Sprint(p.ID), &r.Life, hosts[r.HostID], tx.Now()))
	}
	servers, err := store.Find[cloud.Server](tx, cloud.Where(late).By("id").Page(maxWaits, 0))
	if err != nil {
		return nil, err
	}
	for _, s := range servers {
		w, err := serverWait(tx, s, hosts[s.HostID])
		if err != nil {
			return nil, err
		}
		add(w)
	}
	orders, err := orderWaits(tx, hosts, "")
	for i := range orders {
		add(&orders[i])
	}
	return list, err
}

// WaitsOf are those of one server, for its owner: hosts are not named.
func (t *Txn) WaitsOf(s *cloud.Server) ([]Wait, error) {
	var list []Wait
	now := t.Now()
	h, err := store.GetAny[cloud.Host](t.Tx, s.HostID)
	if store.None(err) {
		h, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	w, err := serverWait(t.Tx, s, h)
	if err != nil {
		return nil, err
	}
	if w != nil && (s.Failed || now.Sub(s.MovedAt) >= waitLong) {
		list = append(list, *w)
	} else if h != nil && Away(h, now) {
		list = append(list, Wait{Kind: "server", ID: s.ID, Name: s.Name, Since: *h.LastSeen, For: awayText(h), Fix: awayFix(h), host: h.Name})
	} else {
		orders, err := orderWaits(t.Tx, map[int64]*cloud.Host{s.HostID: h}, fmt.Sprintf(`AND (work_kind = 'server' AND work_key = %d
			OR work_kind = 'router' AND work_key = (SELECT router_id FROM project WHERE id = %d))`, s.ID, s.ProjectID))
		if err != nil {
			return nil, err
		}
		list = orders
	}
	for i := range list {
		if list[i].host != "" {
			list[i].For = strings.ReplaceAll(list[i].For, "the host "+list[i].host, "its host")
			list[i].Fix = "The operator was told."
		}
	}
	return list, nil
}

const (
	silentFix = "Start the machines and their agents, or declare one lost: `virga admin host list` has their names."
	joinFix   = "Let a machine join with `virga admin join-token` and `virga agent --join`; `virga admin host list` shows which have."
	mendedFix = "Find out who or what did it on that host, or it happens again; it is told for an hour."
	lookFix   = "The reason stands in its history; it is tried again by itself, and can be deleted."
)

func awayFix(h *cloud.Host) string {
	return "Start the machine and its agent, or declare it lost: `virga admin host lost " + h.Name + "`."
}

func awayText(h *cloud.Host) string {
	return fmt.Sprintf("the host %s was not heard since %s", h.Name, h.LastSeen.UTC().Format(time.RFC3339))
}

// lifeWait says what an object with an open event, or one that failed, waits for.
func lifeWait(kind string, id int64, name string, l *cloud.Life, h *cloud.Host, now time.Time) *Wait {
	w := &Wait{Kind: kind, ID: id, Name: name, Since: l.ChangeAt, For: l.Reason, Failed: l.Failed}
	switch {
	case !l.Open() && !l.Failed:
		return nil
	case l.Failed && !l.Open():
		w.Fix = lookFix
	case h == nil && w.For == store.SilentHosts:
		w.Fix = silentFix
	case h == nil || h.State == cloud.HostNew:
		w.For, w.Fix = store.NoHost, joinFix
	case silent(h, now):
		w.For, w.Fix, w.host = awayText(h), awayFix(h), h.Name
	case w.For == "" && !l.Taken:
		w.For, w.host = fmt.Sprintf("the host %s has not taken the order yet", h.Name), h.Name
	case w.For == "":
		w.For, w.host = fmt.Sprintf("the host %s works on it", h.Name), h.Name
	}
	if w.For == "" {
		w.For = "no reason was given"
	}
	return w
}

// serverWait is lifeWait of a server, which may be lost and on its way back.
func serverWait(tx *store.Tx, s *cloud.Server, h *cloud.Host) (*Wait, error) {
	w := lifeWait("server", s.ID, s.Name, &s.Life, h, tx.Now())
	if w == nil || s.Open() {
		return w, nil
	}
	asked, err := askedFor(tx, s, h)
	if asked {
		w.Failed, w.For, w.Fix = false, askedText, askedFix
		if silent(h, tx.Now()) {
			w.For, w.Fix, w.host = askedText+", but "+awayText(h), awayFix(h), h.Name
		}
	}
	return w, err
}

// hostWaits finds hosts that are away, whose disk is nearly full, or that say an
// address towards others which another host has.
func hostWaits(tx *store.Tx) (map[int64]*cloud.Host, []Wait, error) {
	rows, err := store.Find[cloud.Host](tx, cloud.Query{}.By("id"))
	if err != nil {
		return nil, nil, err
	}
	disks, said, err := diskWaits(tx)
	if err != nil {
		return nil, nil, err
	}
	hosts, list := map[int64]*cloud.Host{}, []Wait{}
	at := map[string]*cloud.Host{} // by region and underlay
	where := func(h *cloud.Host, address string) string { return fmt.Sprint(h.RegionID, " ", address) }
	for _, h := range rows {
		if h.State == cloud.HostUp && h.Underlay != "" {
			at[where(h, h.Underlay)] = h
		}
	}
	for _, h := range rows {
		hosts[h.ID] = h
		if o := at[where(h, said[h.ID])]; o != nil && h.Underlay == "" && h.State == cloud.HostUp {
			since := h.Updated
			if h.LastSeen != nil {
				since = *h.LastSeen
			}
			list = append(list, Wait{
				Kind: "host", ID: h.ID, Name: h.Name + ", underlay", Since: since, host: h.Name,
				For: fmt.Sprintf("the host %s says the address %s towards others, which the host %s has: no network spans to it",
					h.Name, said[h.ID], o.Name),
				Fix: "Give one of them another one: `--underlay ADDR` when its agent starts.",
			})
		}
		if Away(h, tx.Now()) {
			list = append(list, Wait{Kind: "host", ID: h.ID, Name: h.Name, Since: *h.LastSeen, For: awayText(h), Fix: awayFix(h), host: h.Name})
		}
		if d, low := disks[h.ID]; low && h.State == cloud.HostUp {
			list = append(list, Wait{
				Kind: "host", ID: h.ID, Name: h.Name + ", disk", Since: d.since, host: h.Name,
				For: fmt.Sprintf("the disk with the volumes of the host %s is nearly full: %s of %s are free",
					h.Name, gigabytes(d.free), gigabytes(d.size)),
				Fix: "Make room there, or move or delete servers.",
			})
		}
	}
	return hosts, list, nil
}

// gigabytes reads well also of a small disk.
func gigabytes(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/(1<<30)) }

// lowDisk is a disk with less room than a tenth, and less than 20 GB.
type lowDisk struct {
	free, size int64
	since      time.Time
}

// diskWaits finds disks that are nearly full; said are the addresses towards others that
// hosts say.
func diskWaits(tx *store.Tx) (low map[int64]lowDisk, said map[int64]string, err error) {
	rows, err := tx.Query(`SELECT host, facts, seen FROM link WHERE facts <> ''`)
	if err != nil {
		return nil, nil, fmt.Errorf("look at the disks: %w", err)
	}
	defer rows.Close()
	low, said = map[int64]lowDisk{}, map[int64]string{}
	for rows.Next() {
		var host int64
		var text string
		var seen time.Time
		if err := rows.Scan(&host, &text, store.Into(&seen)); err != nil {
			return nil, nil, fmt.Errorf("look at the disks: %w", err)
		}
		var f struct {
			Disk int64  `json:"disk"`
			Free *int64 `json:"disk_free"`
			Room int64  `json:"disk_size"`
			At   string `json:"address"`
		}
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			continue
		}
		said[host] = f.At
		if f.Free == nil { // said by nobody
			continue
		}
		if f.Room == 0 { // from an older agent
			f.Room = f.Disk
		}
		if *f.Free < f.Room/10 && *f.Free < 20<<30 {
			low[host] = lowDisk{*f.Free, f.Room, seen}
		}
	}
	return low, said, rows.Err()
}

// orderWaits finds orders that a host has not carried out, or that do not hold any
// more: one for each object, what failed first.
func orderWaits(tx *store.Tx, hosts map[int64]*cloud.Host, of string) ([]Wait, error) {
	rows, err := tx.Query(`SELECT host, kind, object, work_kind, work_key, taken < generation, status, updated FROM orders
		WHERE ((acknowledged < generation OR status LIKE '%"ready":false%') AND updated <= $1 OR status LIKE '%"mended":{%')
		`+of+` ORDER BY id LIMIT $2`,
		tx.Now().Add(-waitLong), int64(10*maxWaits))
	if err != nil {
		return nil, fmt.Errorf("find orders that wait: %w", err)
	}
	defer rows.Close()
	var list []Wait
	at := map[string]int{}
	for rows.Next() {
		var host, key int64
		var kind, object, owner, status string
		var waits bool
		var updated time.Time
		if err := rows.Scan(&host, &kind, &object, &owner, &key, store.Into(&waits), &status, store.Into(&updated)); err != nil {
			return nil, fmt.Errorf("read order: %w", err)
		}
		var st struct {
			Ready  bool   `json:"ready"`
			Reason string `json:"reason"`
			Failed bool   `json:"failed"`
			Mended *struct {
				What  string    `json:"what"`
				At    time.Time `json:"at"`
				Times int       `json:"times"`
			} `json:"mended"`
		}
		if status != "" {
			if err := json.Unmarshal([]byte(status), &st); err != nil {
				return nil, fmt.Errorf("read status of %s %s: %w", kind, object, err)
			}
		}
		name := kind + " " + object[:min(8, len(object))]
		w := Wait{Kind: owner, ID: key, Name: name, Since: updated, For: st.Reason, Failed: st.Failed && !waits}
		h := hosts[host]
		switch {
		case st.Mended != nil && st.Ready && !waits:
			w.Mended, w.Since, w.For, w.Fix = true, st.Mended.At, st.Mended.What, mendedFix
			if st.Mended.Times > 1 {
				w.For += fmt.Sprintf(" (%d times)", st.Mended.Times)
			}
		case h != nil && silent(h, tx.Now()):
			w.For, w.Fix, w.host = awayText(h), awayFix(h), h.Name
		case h != nil && (waits || w.For == ""):
			w.For, w.host = fmt.Sprintf("the host %s has not done %s yet", h.Name, w.Name), h.Name
		case w.For == "":
			w.For = "its host has not done it yet"
		}
		what := fmt.Sprintf("%s %d", owner, key)
		if i, ok := at[what]; !ok {
			at[what] = len(list)
			list = append(list, w)
		} else if w.Failed && !list[i].Failed || list[i].Mended && !w.Mended {
			list[i] = w
		}
	}
	return list, rows.Err()
}

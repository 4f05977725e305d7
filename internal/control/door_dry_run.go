package control

import (
	"encoding/json"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// DryRunHeader carries a Preview in the answer to a dry run. Status and body
// are those of the real request, so that clients that know nothing of dry runs
// understand the answer; what they do not ask for stands beside it.
const DryRunHeader = "X-Virga-Dry-Run"

// Preview says what a request would have done (docs/explain/dry-run.md). What it would
// cost is not said: there are no prices yet.
type Preview struct {
	// PlacedOn names the hosts that new machines would have gone to, to the operator.
	PlacedOn []string `json:"placed_on,omitempty"`
	// Addresses would have been taken, those inside of projects included.
	Addresses []string        `json:"addresses,omitempty"`
	Changes   []PreviewChange `json:"changes"`
}

// PreviewChange is an operation that would have begun.
type PreviewChange struct {
	Action   string         `json:"action"` // CREATE, UPDATE, DELETE, ...
	Kind     string         `json:"kind"`   // server, router, project, ip, key, ...
	ID       cloud.UID      `json:"id"`     // of what exists; new objects get another one when they are made
	Name     string         `json:"name"`
	State    int            `json:"state,omitempty"` // the CloudCIX number it would have led to
	Quantity map[string]int `json:"quantity,omitempty"`
}

// Header is the text of DryRunHeader: one line of ASCII, as headers want it.
func (p *Preview) Header() string {
	b, err := json.Marshal(p)
	if err != nil {
		return "{}" // texts and numbers only: cannot happen
	}
	out := make([]byte, 0, len(b))
	for _, r := range string(b) {
		switch {
		case r < 0x80:
			out = append(out, byte(r))
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return string(out)
}

// marks are where tables ended before a verb ran. Every write has its event,
// so the events after the mark are what the verb did.
type marks struct{ event, ip int64 }

func (t *Txn) marks() (m marks, err error) {
	if m.event, err = t.Mark(); err != nil {
		return m, err
	}
	err = t.QueryRow(`SELECT COALESCE(MAX(id), 0) FROM ip`).Scan(&m.ip)
	return m, err
}

// preview reads what the verb wrote since, just before it is rolled back.
func (t *Txn) preview(since marks) (*Preview, error) {
	p := &Preview{Changes: []PreviewChange{}}
	events, err := store.Find[cloud.Event](t.Tx, cloud.Where(cloud.Cmp(cloud.OpGt, "id", since.event), cloud.Eq("end", false)).By("id"))
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		p.Changes = append(p.Changes, PreviewChange{
			Action: e.Action, Kind: e.Kind, ID: e.ObjectUID, Name: e.Object, State: e.State, Quantity: e.Quantity,
		})
		if e.Kind != "server" || e.Action != "CREATE" || !t.Call.Actor.Operates() {
			continue
		}
		s, err := store.Get[cloud.Server](t.Tx, e.ObjectID)
		if err != nil {
			return nil, err
		}
		h, err := store.Get[cloud.Host](t.Tx, s.HostID)
		if err != nil {
			return nil, err
		}
		p.PlacedOn = append(p.PlacedOn, h.Name)
	}
	ips, err := store.Find[cloud.IP](t.Tx, cloud.Where(cloud.Cmp(cloud.OpGt, "id", since.ip)).By("id"))
	if err != nil {
		return nil, err
	}
	for _, ip := range ips {
		p.Addresses = append(p.Addresses, ip.Addr.String())
	}
	return p, nil
}

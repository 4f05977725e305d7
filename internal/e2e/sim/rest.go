package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// liveness is how long after the last fault everything has come to an end, in the
// time of the world: a creation that gave up is tried again after an hour, and has
// its own quarter of an hour then.
const liveness = 100 * time.Minute

// Rest lets everything come to an end, and says what did not, with the sentence
// that its owner and the operator are told.
func (r *Run) Rest(limit time.Duration) error {
	until := r.Now.Add(limit)
	for {
		err := r.Settle(until.Sub(r.Now))
		if err != nil && r.Now.Before(until) {
			return err // not for want of time
		}
		left, bad := r.restless()
		if bad != nil {
			return bad
		}
		switch {
		case err == nil && len(left) == 0:
			return nil
		case !r.Now.Before(until):
			return fmt.Errorf("%s after the last fault this has not come to an end: %s", limit, strings.Join(left, "; "))
		}
		r.Now = r.Now.Add(time.Minute)
	}
}

// restless names everything that has not come to an end, and why.
func (r *Run) restless() (left []string, err error) {
	err = r.DB.Read(context.Background(), func(tx *store.Tx) error {
		if left, err = texts(tx, underWay); err != nil || len(left) == 0 {
			return err
		}
		waits, err := control.Waits(tx)
		for _, w := range waits {
			left = append(left, w.String())
		}
		return err
	})
	return left, err
}

// unwhole are the machines that lost a disk, whose other changes wait for a person.
const unwhole = `SELECT work_key FROM orders WHERE work_kind = 'server' AND instr(status, 'though it was made before') > 0`

// underWay is what has not come to an end by the rows.
var underWay = strings.Join([]string{
	`SELECT 'server ' || id || ' (' || "change" || '): ' || reason FROM server WHERE event_id <> 0`,
	`SELECT 'router ' || id || ' (' || "change" || '): ' || reason FROM router WHERE event_id <> 0`,
	`SELECT 'server ' || id || ' failed and is tried again: ' || reason FROM server
	WHERE failed = 1 AND retry_at IS NOT NULL AND closed IS NULL`,
	`SELECT 'router ' || id || ' failed: ' || reason FROM router WHERE failed = 1 AND "remove" = '' AND closed IS NULL`,
	`SELECT 'work ' || kind || ' ' || key || ': ' || last_error FROM work WHERE kind <> 'sweep'`,
	`SELECT 'address ' || id || ' is still leaving' FROM ip WHERE leaving <> '' AND closed IS NULL`,
	`SELECT 'volume ' || id || ' is still being cleared' FROM volume
	WHERE "remove" = 'now' AND closed IS NULL AND server_id NOT IN (` + unwhole + `)`,
	// Those of a machine that is lost wait for a person, as it does.
	`SELECT 'snapshot ' || n.id || ' is neither there nor gone' FROM snapshot n JOIN server s ON s.id = n.server_id
	WHERE (removing = 1 OR made = 0) AND n.closed IS NULL AND s.failed = 0 AND s.id NOT IN (` + unwhole + `)`,
	`SELECT 'router ' || id || ' should have gone' FROM router WHERE "remove" = 'now' AND closed IS NULL`,
}, "\nUNION ALL ")

// Empty deletes everything, the projects with their routers and networks too, and
// looks for leftovers.
func (r *Run) Empty() error {
	if err := unharmed(r.namesGone); err != nil {
		return err
	}
	if r.Rand.IntN(4) == 0 {
		for _, rare := range []func() error{r.namesAgain, r.saidAgain, r.olderAgain} {
			if err := rare(); err != nil {
				return err
			}
		}
	}
	for _, who := range r.tenants {
		for _, s := range r.list(who.key) {
			if code, answer := r.call(who.key, "DELETE", "/servers/"+s.ID, nil); code != 202 {
				return fmt.Errorf("delete %s: %d %s", s.ID, code, answer)
			}
		}
	}
	if err := r.overslept(); err != nil {
		return err
	}
	if bad := r.Leaks(); len(bad) > 0 {
		return fmt.Errorf("after the last delete: %q", bad)
	}
	for _, who := range r.tenants {
		for _, ip := range r.ids(who.key, "/public_ips") {
			if code, answer := r.call(who.key, "DELETE", "/public_ips/"+ip.ID, nil); code != 202 && code != 200 {
				return fmt.Errorf("delete address %s: %d %s", ip.ID, code, answer)
			}
		}
	}
	if len(r.tenants) == 0 {
		return nil // a walk has no users who made projects
	}
	operator := r.tenants[0] // sees the projects of all
	projects, _ := readCIX[[]cixProject](r, operator, "/project/?limit=100")
	for _, p := range projects {
		path := fmt.Sprintf("/project/%d/", p.ID)
		if p.Closed {
			continue
		}
		r.callCIX(operator, "PATCH", path, map[string]any{"grace_period": 0})
		code, answer := r.callCIX(operator, "PATCH", path, map[string]any{"state": 8})
		if code != 200 && !strings.Contains(string(answer), "shut down already") {
			return fmt.Errorf("shut project %d down: %d %s", p.ID, code, answer)
		}
	}
	r.Now = r.Now.Add(100 * time.Hour) // some are in a grace period of before
	if err := r.Rest(liveness); err != nil {
		return err
	}
	return r.bare()
}

// namesGone names what is gone: nobody gets it any more, and nothing is made with it.
func (r *Run) namesGone() error {
	who := r.tenants[1]
	code, answer := r.call(who.key, "POST", "/ssh_keys", map[string]any{"name": "gone", "public_key": publicKey})
	var key idOf
	if code != 201 {
		return fmt.Errorf("a key that is to go: %d %s", code, answer)
	}
	unmarshal(answer, &key)
	if code, answer = r.call(who.key, "DELETE", "/ssh_keys/"+key.ID, nil); code/100 != 2 {
		return fmt.Errorf("remove a key: %d %s", code, answer)
	}
	body := r.wanted()
	body["public_key"] = []string{key.ID}
	if code, answer = r.call(who.key, "POST", "/servers", body); code != 404 {
		return fmt.Errorf("a server with a key that was removed: %d %s", code, answer)
	}
	return nil
}

// namesAgain orders what hosts have just let go of, before they heard that this is known: what
// they are told then has to be newer than what they hold.
func (r *Run) namesAgain() error {
	who := r.tenants[1]
	for range 4 { // more than there are hosts
		r.create(who.key)
	}
	if err := r.Rest(liveness); err != nil {
		return err
	}
	for _, s := range r.list(who.key) {
		r.call(who.key, "DELETE", "/servers/"+s.ID, nil)
	}
	for range 100 {
		for {
			if did, err := r.Work(); err != nil {
				return err
			} else if !did {
				break
			}
		}
		for _, h := range r.Hosts {
			for range 50 {
				if did, _ := h.Agent.Step(context.Background()); !did {
					break
				}
			}
			req := h.Agent.Request(0)
			reply, err := r.Hub.Exchange(context.Background(), h.ID, req)
			if err != nil {
				return err
			}
			shared := func(d plan.Held) bool { return d.Kind == plan.KindImage || d.Kind == plan.KindNetwork }
			if slices.ContainsFunc(reply.Drop, shared) {
				r.say("the answer to %s is lost: %v", h.Name, reply.Drop)
				return r.createAll(who)
			}
			if _, err := h.Agent.Apply(req, reply); err != nil {
				return err
			}
		}
		r.Now = r.Now.Add(time.Second)
	}
	return nil // they are on other machines, too
}

// createAll makes as many machines at once as take every host.
func (r *Run) createAll(who tenant) error {
	for {
		if did, err := r.Work(); err != nil {
			return err
		} else if !did {
			break
		}
	}
	for range 6 {
		r.create(who.key)
	}
	for {
		did, err := r.Work()
		if err == nil {
			err = r.ask()
		}
		if err != nil || !did {
			return err
		}
	}
}

// saidAgain lets all that hosts said about some changes arrive once more when these are long
// over: it counts for nothing that was ordered since.
func (r *Run) saidAgain() error {
	who := r.tenants[1]
	r.heard = new([]word)
	for _, action := range []string{"POWER_OFF", "POWER_ON", "REBOOT"} {
		for _, s := range r.list(who.key) {
			r.call(who.key, "PUT", "/servers/"+s.ID+"/status/action", map[string]any{"action": action, "method": "HARDWARE"})
		}
		if err := r.Rest(liveness); err != nil {
			return err
		}
	}
	late := *r.heard
	r.heard = nil
	for _, w := range late {
		h := r.Hosts[slices.IndexFunc(r.Hosts, func(h *Host) bool { return h.ID == w.host })]
		now := h.Agent.Request(0) // a new word with old news
		now.Reports = w.req.Reports
		for _, req := range []plan.Request{w.req, now} {
			if _, err := r.Hub.Exchange(context.Background(), w.host, req); err != nil {
				return fmt.Errorf("a late request: %w", err)
			}
			if err := r.ask(); err != nil {
				return fmt.Errorf("after a late request: %w", err)
			}
		}
	}
	// One that was told to stand down is asked nothing more.
	h := r.Hosts[slices.IndexFunc(r.Hosts, func(h *Host) bool { return !h.standing && !h.away && !h.Down })]
	strange := h.Agent.Request(0)
	strange.Reports = []plan.Report{{
		Kind: plan.KindVM, ID: plan.ID(strings.Repeat("ab", 16)), Generation: 1, Status: plan.Status{Ready: true},
	}}
	reply, err := r.Hub.Exchange(context.Background(), h.ID, strange)
	if err != nil || !reply.Stale && !reply.Adopt {
		return fmt.Errorf("%s reports something that nobody knows, and is not asked what it has: %+v %w", h.Name, reply, err)
	}
	if err := r.Rest(liveness); err != nil {
		return err
	}
	other := h.Agent.Request(0)
	other.Session += 1000
	if reply, err = r.Hub.Exchange(context.Background(), h.ID, other); err != nil || !reply.Stale {
		return fmt.Errorf("%s is believed in a session that is not its: %+v %w", h.Name, reply, err)
	}
	return r.Rest(liveness)
}

// olderAgain restores a database that is older than what hosts did since.
func (r *Run) olderAgain() error {
	who := r.tenants[1]
	r.backupNow()
	for _, s := range r.list(who.key) {
		r.call(who.key, "PUT", "/servers/"+s.ID+"/status/action", map[string]any{"action": "POWER_OFF", "method": "HARDWARE"})
	}
	if err := r.Rest(liveness); err != nil {
		return err
	}
	r.restoreOld()
	_ = r.Settle(10 * time.Minute)
	if err := r.decide(); err != nil {
		return err
	}
	return r.Rest(liveness)
}

// bare asks that nothing of any tenant is left, in the rows or on a host.
func (r *Run) bare() error {
	for range 3 { // what closes in one sweep lets others go in the next
		r.Now = r.Now.Add(2 * time.Minute)
		if err := r.Rest(liveness); err != nil {
			return err
		}
	}
	var bad []string
	err := r.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		bad, err = texts(tx, `SELECT 'project ' || id || ' is open' FROM project WHERE closed IS NULL
			UNION ALL SELECT 'network ' || id || ' is there' FROM subnet WHERE closed IS NULL AND project_id <> 0
			UNION ALL SELECT 'address ' || id || ' is taken' FROM ip WHERE closed IS NULL`)
		return err
	})
	for _, h := range r.Hosts {
		if h.away || h.standing {
			continue
		}
		h.look(func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) })
		for ref := range h.things {
			if ref.Kind != plan.KindImage && !h.lied[ref] {
				bad = append(bad, fmt.Sprintf("%s still has %s", h.Name, ref))
			}
		}
	}
	if err == nil && len(bad) > 0 {
		err = fmt.Errorf("after everything was deleted: %q", bad)
	}
	return err
}

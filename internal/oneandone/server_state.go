package oneandone

import (
	"strings"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// serverState is the table in docs/explain/states.md, the 1&1 column, in
// the order in which the lines are tried. It is used as a Go function and as an
// SQL expression. Reading aids:
//
//   - busy: an event is open, or the hold of R3 runs: clients poll for
//     transitional states and must meet them even when the work took no time.
//   - a creation shows DEPLOYING to its end and never POWERING_ON, because
//     Ansible gives up on that (contract 5.4).
//   - without work the state is the real power, also after a change gave up (R1).
func serverState(now time.Time, hold time.Duration) *cloud.Case {
	return serverStateWhen(cloud.Or(cloud.Ne("event_id", int64(0)), held(now, hold)))
}

// held tells what was changed so lately that it still shows. The upper bound frees
// what was written before the clock went back.
func held(now time.Time, hold time.Duration) cloud.Cond {
	return cloud.And(cloud.Cmp(cloud.OpGt, "change_at", now.Add(-hold)), cloud.Cmp(cloud.OpLte, "change_at", now))
}

// settledState is serverState of what is not held. The index server_shown has its
// values, word by word: whoever changes the table makes the index anew.
var settledState = serverStateWhen(cloud.Ne("event_id", int64(0)))

func serverStateWhen(busy cloud.Cond) *cloud.Case {
	during := func(changes ...cloud.Change) cloud.Cond {
		names := make([]string, len(changes))
		for i, c := range changes {
			names[i] = string(c)
		}
		return cloud.And(busy, cloud.In("change", names))
	}
	grace := cloud.Eq("remove", string(cloud.AfterGrace))
	return &cloud.Case{
		Branches: []cloud.Branch{
			// Removal never gives up; only the answer to the DELETE itself can
			// still show a row that is closed.
			{When: cloud.Or(cloud.Eq("remove", string(cloud.Now)), cloud.Not(cloud.Cond{Op: cloud.OpNull, Field: "closed"})), Then: removing},
			// CloudCIX 8, 14 and 9 (R7).
			{When: cloud.And(grace, busy), Then: poweringOff},
			{When: grace, Then: poweredOff},
			{When: during(cloud.Create), Then: deploying},
			{When: during(cloud.PowerOn), Then: poweringOn},
			{When: during(cloud.PowerOff), Then: poweringOff},
			{When: during(cloud.Reboot), Then: rebooting},
			{When: during(cloud.Configure, cloud.Capture), Then: configuring}, // R9
			{When: during(cloud.Removing), Then: removing},
			// A creation that gave up has no machine whose power could be told.
			{When: cloud.Eq("failed", true), Then: poweredOff},
			{When: cloud.Eq("seen_on", true), Then: poweredOn},
		},
		Else: poweredOff,
	}
}

// States of servers as text, the form that conditions compare.
const (
	deploying   = string(oneandone.ServerStateDEPLOYING)
	configuring = string(oneandone.ServerStateCONFIGURING)
	poweringOn  = string(oneandone.ServerStatePOWERINGON)
	poweredOn   = string(oneandone.ServerStatePOWEREDON)
	poweringOff = string(oneandone.ServerStatePOWERINGOFF)
	poweredOff  = string(oneandone.ServerStatePOWEREDOFF)
	rebooting   = string(oneandone.ServerStateREBOOTING)
	removing    = string(oneandone.ServerStateREMOVING)
)

// statusOf is the state of a server and how far its work is. fresh marks the
// answer of the very write that began the work, the only place where the
// percentage may be 0: clients read a 0 of a later GET as "finished" (R4).
func statusOf(states *cloud.Case, s *cloud.Server, fresh bool) oneandone.Status {
	state := states.Of(s).(string)
	st := oneandone.Status{State: oneandone.ServerState(state)}
	if state != poweredOn && state != poweredOff {
		p := s.Progress()
		if fresh {
			p = 0
		}
		st.Percent = &p
	}
	return st
}

// inState are the servers whose state contains q: the index knows the state of those
// that are not held.
func inState(t *control.Txn, q string) ([]cloud.Cond, error) {
	var states []string
	for _, s := range []string{poweredOn, poweredOff, poweringOn, poweringOff, deploying, configuring, rebooting, removing} {
		if strings.Contains(strings.ToLower(s), q) {
			states = append(states, s)
		}
	}
	if len(states) == 0 {
		return nil, nil
	}
	return []cloud.Cond{{Op: cloud.OpIn, Case: settledState, Value: states}, held(t.Now(), t.C.Hold)}, nil
}

// statesAt is the table for one transaction.
func statesAt(t *control.Txn) *cloud.Case { return serverState(t.Now(), t.C.Hold) }

// byState sorts by the state that is shown.
func byState(t *control.Txn) cloud.Order {
	return cloud.Order{
		Case: statesAt(t), Settled: settledState, Unsettled: cloud.And(held(t.Now(), t.C.Hold), cloud.Eq("event_id", int64(0))),
	}
}

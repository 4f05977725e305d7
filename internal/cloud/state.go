package cloud

// The numbers of an object's life cycle, as events store them (R8) and as the
// CloudCIX dialect shows them. Only a server that nobody touches stays in a
// stable one: 4, 6, 9, 99.
const (
	StateRequested        = 1  // accepted, no host has it
	StateBuilding         = 2  // a host is making it
	StateUnresourced      = 3  // the creation gave up
	StateRunning          = 4  // on, as wanted
	StateQuiesce          = 5  // off wanted, order not taken
	StateQuiesced         = 6  // off, as wanted
	StateRestart          = 7  // on wanted, order not taken
	StateScrub            = 8  // removal with grace: stop ordered
	StateScrubQueue       = 9  // stopped and kept until the grace period ends
	StateRunningUpdate    = 10 // a change of a running one, order not taken
	StateRunningUpdating  = 11
	StateQuiescing        = 12 // off wanted, order taken
	StateRestarting       = 13 // on wanted or rebooting, order taken
	StateScrubPrep        = 14 // removal with grace: stopping
	StateQuiescedUpdate   = 15 // a change of a stopped one, order not taken
	StateQuiescedUpdating = 16
	StateScrubbing        = 17 // a host is clearing it
	StateClosed           = 99
)

// lifeState is the table in docs/explain/states.md over the columns of
// Meta and Life. The first line that holds counts, so removal comes before
// everything else and a failed creation before what it was doing.
//
// Captures (snapshot, backup) are not in it: they leave the state as it is (R9).
var lifeState = &Case{
	Branches: []Branch{
		{Not(Eq("closed", nil)), int64(StateClosed)},
		{Eq("remove", string(Now)), int64(StateScrubbing)},
		// The grace period runs from the end of the stop, which sets remove_after.
		{And(Eq("remove", string(AfterGrace)), Ne("event_id", 0), Eq("taken", false)), int64(StateScrub)},
		{And(Eq("remove", string(AfterGrace)), Ne("event_id", 0)), int64(StateScrubPrep)},
		{Eq("remove", string(AfterGrace)), int64(StateScrubQueue)},

		{Eq("failed", true), int64(StateUnresourced)},
		{under(Create, Eq("taken", false)), int64(StateRequested)},
		{under(Create), int64(StateBuilding)},
		{under(PowerOff, Eq("taken", false)), int64(StateQuiesce)},
		{under(PowerOff), int64(StateQuiescing)},
		{under(PowerOn, Eq("taken", false)), int64(StateRestart)},
		{under(PowerOn), int64(StateRestarting)},
		{under(Reboot), int64(StateRestarting)},
		{under(Configure, Eq("on", true), Eq("taken", false)), int64(StateRunningUpdate)},
		{under(Configure, Eq("on", true)), int64(StateRunningUpdating)},
		{under(Configure, Eq("taken", false)), int64(StateQuiescedUpdate)},
		{under(Configure), int64(StateQuiescedUpdating)},

		{Eq("on", true), int64(StateRunning)},
	},
	Else: int64(StateQuiesced),
}

// under holds while an event of that kind is under way.
func under(c Change, more ...Cond) Cond {
	return And(append([]Cond{Ne("event_id", 0), Eq("change", string(c))}, more...)...)
}

// ServerState declares the state number of a server, for lists and for
// StateNumber; a property test says that both agree.
func ServerState() *Case { return lifeState }

// RouterState declares the state number of a router (R34).
func RouterState() *Case { return lifeState }

// StateNumber is the state number of a server.
func StateNumber(s *Server) int { return int(lifeState.Of(s).(int64)) }

// RouterStateNumber is the state number of a router.
func RouterStateNumber(r *Router) int { return int(lifeState.Of(r).(int64)) }

// VolumeStateNumber is the state number of a block volume (R14).
func VolumeStateNumber(v *Volume) int { return int(lifeState.Of(v).(int64)) }

// Stable tells the state numbers that do not change by themselves.
func Stable(state int) bool {
	switch state {
	case StateRunning, StateQuiesced, StateScrubQueue, StateClosed:
		return true
	}
	return false
}

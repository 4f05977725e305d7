package e2e

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// A history is what clients asked of one object and what they were answered, with the
// times of both. It is linearizable when each operation can be thought to happen at one
// moment between its question and its answer, so that all answers are right.

// asked is what a client wants of an object.
type asked struct {
	verb  string // create, read, name, power, delete, detach
	value string // the name; "on" or "off"; "keep" or "free"
}

// told is what it was answered.
type told struct {
	// lost: nobody knows what became of it. It may have happened at any time since, or never.
	lost   bool
	status int
	// What a read shows: "" is what it does not say.
	name, power, where string
}

// Where an object is in its life, as reads tell it apart.
const (
	absent   = ""         // not made yet
	alive    = "alive"    // with an address: of a server
	removing = "removing" // accepted, still shown
	gone     = "gone"     // 404 from now on
	leaving  = "leaving"  // an address that a server gives back to its member
	kept     = "kept"     // an address of the member, of no server
)

// object is the state of an object of any kind.
type object struct{ where, name, power string }

// refused answers change nothing, whatever was wanted.
func refused(status int) bool { return status == 400 || status == 409 || status == 429 }

// life is the model of a server and of a key. Only a server is on or off, and only it is
// seen while it is removed.
func lifeStep(s object, in asked, out told) (bool, object) {
	if out.lost {
		switch {
		case in.verb == "name" && (s.where == alive || s.where == removing):
			s.name = in.value
		case in.verb == "power" && s.where == alive:
			s.power = in.value
		case in.verb == "delete" && s.where == alive:
			s.where = removing
		}
		return true, s
	}
	if in.verb != "read" && refused(out.status) {
		return true, s
	}
	if out.status == 404 { // what is being removed may be gone
		was := s.where
		s.where = gone
		return was == removing || was == gone, s
	}
	switch in.verb {
	case "create":
		return s.where == absent, object{where: alive, name: in.value, power: "on"}
	case "name": // also of what is still shown
		ok := s.where == alive || s.where == removing
		s.name = in.value
		return ok, s
	case "power":
		ok := s.where == alive
		s.power = in.value
		return ok, s
	case "delete":
		ok := s.where == alive || s.where == removing
		s.where = removing
		return ok, s
	}
	return s.where == out.where && (out.name == "" || out.name == s.name) && (out.power == "" || out.power == s.power), s
}

// addressStep is the model of a public address. One that leaves its server is shown with
// it or without it, until it is.
func addressStep(s object, in asked, out told) (bool, object) {
	if !out.lost && in.verb != "read" && refused(out.status) {
		return true, s
	}
	if !out.lost && out.status == 404 {
		if in.verb == "detach" { // it is on no server
			return s.where != alive && s.where != absent, s
		}
		was := s.where
		s.where = gone
		return was == removing || was == gone, s
	}
	switch was := s.where; in.verb {
	case "create":
		s.where = alive
		return was == absent, s
	case "detach":
		if was == alive {
			s.where = map[string]string{"keep": leaving, "free": removing}[in.value]
		}
		return out.lost || was == alive, s
	case "delete":
		if was == leaving || was == kept {
			s.where = removing
		}
		return out.lost || was == leaving || was == kept || was == removing, s
	}
	switch was := s.where; {
	case was == leaving && out.where == kept:
		s.where = kept
		return true, s
	case was == leaving, was == removing:
		return out.where == alive || out.where == kept, s
	default:
		return was == out.where, s
	}
}

// modelOf makes a model for the checker.
func modelOf(step func(s object, in asked, out told) (bool, object)) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return object{} },
		Step: func(state, in, out any) (bool, any) { return step(state.(object), in.(asked), out.(told)) },
	}
}

// The kinds of objects.
var models = map[string]porcupine.Model{"server": modelOf(lifeStep), "key": modelOf(lifeStep), "address": modelOf(addressStep)}

// never is the answer's time of what was not answered.
const never = math.MaxInt64

// checkLimit bounds the search for an order of one history.
const checkLimit = 2 * time.Minute

func check(kind string, ops []porcupine.Operation) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(models[kind], ops, checkLimit)
}

// tell is a history for people.
func tell(ops []porcupine.Operation) string {
	var b strings.Builder
	for _, o := range slices.SortedFunc(slices.Values(ops), func(x, y porcupine.Operation) int { return cmp.Compare(x.Call, y.Call) }) {
		end := "never"
		if o.Return != never {
			end = time.Duration(o.Return).Round(time.Microsecond).String()
		}
		fmt.Fprintf(&b, "\n  %v to %s, client %d: %v: %+v", time.Duration(o.Call).Round(time.Microsecond), end, o.ClientId, o.Input, o.Output)
	}
	return b.String()
}

// past is a history written by hand: each operation ends before the next begins, but for
// those that are lost.
func past(steps ...any) (ops []porcupine.Operation) {
	for i := 0; i < len(steps); i += 2 {
		o := porcupine.Operation{Input: steps[i], Output: steps[i+1], Call: int64(10 * i), Return: int64(10*i + 1)}
		if o.Output.(told).lost {
			o.Return = never
		}
		ops = append(ops, o)
	}
	return ops
}

// The checker takes what may be and notices what may not: a stale read, a write that was
// answered and forgotten, one that was refused and happened, what comes back from the dead.
func TestHistoryModels(t *testing.T) {
	ok, made, gone404, busy, lost := told{status: 202}, told{status: 201}, told{status: 404}, told{status: 409}, told{lost: true}
	create, read, remove := asked{"create", "a"}, asked{verb: "read"}, asked{verb: "delete"}
	name := func(n string) asked { return asked{"name", n} }
	power := func(p string) asked { return asked{"power", p} }
	detach := func(how string) asked { return asked{"detach", how} }
	shows := func(n, p string) told { return told{status: 200, where: alive, name: n, power: p} }
	at := func(where string) told { return told{status: 200, where: where} }
	for what, c := range map[string]struct {
		kind string
		fits bool
		ops  []porcupine.Operation
	}{
		"a life": {"server", true, past(create, ok, read, shows("a", "on"), name("b"), ok, read, shows("b", ""),
			remove, ok, read, at(removing), read, gone404)},
		"a stale read":        {"server", false, past(create, ok, name("b"), ok, read, shows("a", "on"))},
		"a stale power":       {"server", false, past(create, ok, power("off"), ok, read, shows("a", "on"))},
		"a read goes back":    {"server", false, past(create, ok, name("b"), lost, read, shows("b", "on"), read, shows("a", "on"))},
		"lost and happened":   {"server", true, past(create, ok, name("b"), lost, read, shows("a", "on"), read, shows("b", "on"))},
		"lost for good":       {"server", true, past(create, ok, name("b"), lost, remove, lost, read, shows("a", "on"))},
		"refused and done":    {"key", false, past(create, made, name("b"), busy, read, shows("b", ""))},
		"refused":             {"key", true, past(create, made, name("b"), busy, read, shows("a", ""))},
		"back from the dead":  {"key", false, past(create, made, remove, ok, read, gone404, read, shows("a", ""))},
		"alive and not there": {"key", false, past(create, made, read, gone404)},
		"removed and alive":   {"server", false, past(create, ok, remove, ok, read, shows("a", "on"))},
		"removed, started":    {"server", false, past(create, ok, remove, ok, power("on"), ok)},
		"an address": {"address", true, past(create, ok, read, at(alive), detach("keep"), ok, read, at(alive), read, at(kept),
			remove, ok, read, gone404)},
		"taken off, still on": {"address", false, past(create, ok, detach("keep"), ok, read, at(kept), read, at(alive))},
		"taken off twice":     {"address", false, past(create, ok, detach("keep"), ok, detach("free"), ok)},
		"gone while on":       {"address", false, past(create, ok, read, gone404)},
		"freed, and there":    {"address", false, past(create, ok, detach("free"), ok, read, gone404, read, at(kept))},
	} {
		want := map[bool]porcupine.CheckResult{true: porcupine.Ok, false: porcupine.Illegal}[c.fits]
		if got := check(c.kind, c.ops); got != want {
			t.Errorf("%s: %s, not %s:%s", what, got, want, tell(c.ops))
		}
	}
}

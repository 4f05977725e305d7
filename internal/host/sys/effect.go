package sys

import "github.com/virga-cloud/virga/internal/crash"

// Effect is one kind of change that a driver makes on the machine, with a
// crash point before and one after it. Drivers keep theirs in package-level
// variables, so that the fault grid knows all of them.
type Effect struct{ before, after string }

// NewEffect registers the points name.before and name.after.
func NewEffect(name string) Effect {
	return Effect{before: crash.Register(name + ".before"), after: crash.Register(name + ".after")}
}

// Do makes the change. An error injected after it is returned although the
// change was made: to the caller that is the same as a lost answer.
func (e Effect) Do(change func() error) error {
	if err := crash.Here(e.before); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	return crash.Here(e.after)
}

package admin

import (
	"net/http"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Clock is the time that an installation goes by.
type Clock struct {
	Now     time.Time `json:"now"`
	Ahead   string    `json:"ahead"`   // how far it was moved
	Movable bool      `json:"movable"` // the node was started for tests
}

// MoveClock moves the clock, ahead or back.
type MoveClock struct {
	By string `json:"by"` // such as 24h, or -24h
}

func (a *Verbs) clock(*http.Request, none) (Clock, error) {
	return Clock{Now: a.DB.Now(), Ahead: a.DB.Ahead().String(), Movable: a.TestClock}, nil
}

func (a *Verbs) moveClock(r *http.Request, in MoveClock) (Clock, error) {
	if !a.TestClock {
		return Clock{}, cloud.Errorf(cloud.Conflict, "clock.fixed", "the clock of this installation is not moved").
			WithFix("Moving it is for tests: start the control plane with --test-clock.")
	}
	by, err := time.ParseDuration(in.By)
	if err != nil {
		return Clock{}, cloud.Errorf(cloud.Invalid, "clock.by", "%.40q is no duration", in.By).On("by").WithFix("A right one is 24h, or -24h.")
	}
	if _, err := a.DB.MoveClock(r.Context(), by); err != nil {
		return Clock{}, err
	}
	if by < 0 { // what was due some time after a moment that has not come yet
		if err := a.Pull(r.Context()); err != nil {
			return Clock{}, err
		}
	}
	return a.clock(r, none{})
}

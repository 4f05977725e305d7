package hub

import (
	"fmt"
	"sync"
	"time"
)

// maxRepairs is how many repairs of one host are written down in a minute. Each is two
// events that are kept for good, and a host says what it likes.
const maxRepairs = 20

// repairsTold counts what a host told of repairs in a minute.
type repairsTold struct {
	minute  time.Time
	written int
	leftOut int // since one was written down last
}

// say is what to write down of a repair, with how many were not written down before it;
// false: there were enough in this minute.
func (r *repairsTold) say(what string) (string, bool) {
	if r.written >= maxRepairs {
		r.leftOut++
		return "", false
	}
	r.written++
	if r.leftOut > 0 {
		what += fmt.Sprintf("; %d more repairs that this host told of were left out", r.leftOut)
		r.leftOut = 0
	}
	return what, true
}

// repairs are the counts of all hosts, in the memory of this control node.
type repairs struct {
	mu   sync.Mutex
	told map[int64]repairsTold
}

func newRepairs() *repairs { return &repairs{told: map[int64]repairsTold{}} }

// of is the count of a host's minute.
func (r *repairs) of(host int64, now time.Time) repairsTold {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.told[host]
	if m := now.Truncate(time.Minute); !t.minute.Equal(m) {
		t.minute, t.written = m, 0
	}
	return t
}

// keep takes over what was counted, once it is written down.
func (r *repairs) keep(host int64, t repairsTold) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told[host] = t
}

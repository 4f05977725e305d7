package host

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// deaf is a machine whose guests answer nothing.
type deaf struct{ Machine }

func (deaf) Dial(ctx context.Context, _ plan.Target) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// A guest that does not answer is said not to answer, long before the control plane
// takes the silence for its host's.
func TestGuestThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Runner{Agent: &Agent{opt: Options{Machine: deaf{}}}}
		begin := time.Now()
		_, err := r.reach(t.Context(), plan.Target{Kind: "tcp", Address: "10.0.0.5:22"})
		if err == nil || !strings.Contains(err.Error(), "the guest does not answer at 10.0.0.5:22") {
			t.Errorf("it is said: %v", err)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

// How long a host that was declared lost waits before it asks again: not at all when the
// control plane holds its question back.
func TestPauseOfOneThatStandsDown(t *testing.T) {
	down := plan.Reply{StandDown: true}
	for _, c := range []struct {
		what  string
		req   plan.Request
		reply plan.Reply
		want  time.Duration
	}{
		{"it was told in the middle", plan.Request{Session: 1}, down, time.Second},
		{"it has not ended everything", plan.Request{Hello: &plan.Hello{Held: []plan.Held{{}}}}, down, time.Second},
		{"it had nothing when it was told", plan.Request{Hello: &plan.Hello{}}, down, time.Second},
		{"it was answered at once", plan.Request{Hello: &plan.Hello{}, Wait: 1}, down, standingBy},
		{"its question was held back", plan.Request{Hello: &plan.Hello{}, Wait: 1}, plan.Reply{StandDown: true, Waited: true}, 0},
	} {
		if got := pauseDown(c.req, c.reply); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

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

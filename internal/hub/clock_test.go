package hub_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
)

// A machine learns before it joins how wrong its clock is, however wrong; whoever
// is not the control plane of the token is not believed.
func TestClockIsCompared(t *testing.T) {
	transports(t, func(t *testing.T, l *linked) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		token := l.token()
		for _, off := range []time.Duration{0, 3 * time.Hour, -3 * time.Hour, 20 * 365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour} {
			got, err := host.ClockOff(ctx, host.JoinOptions{
				Token: token, Dial: l.dial, Rand: rand.Reader, Now: func() time.Time { return time.Now().Add(off) },
			})
			if err != nil || (got-off).Abs() > 5*time.Second {
				t.Errorf("a clock that is %s off seems %s off: %v", off, got, err)
			}
		}
		other := token[:len(token)-1] + string('0'+'1'-token[len(token)-1]%2)
		if other == token {
			t.Fatal("the pin is the same")
		}
		_, err := host.ClockOff(ctx, host.JoinOptions{Token: other, Dial: l.dial, Rand: rand.Reader, Now: time.Now})
		if err == nil || !strings.Contains(err.Error(), "not the control plane that the token is from") {
			t.Errorf("another control plane: %v", err)
		}
		if err := l.join(fake.NewMemory(), token); err != nil {
			t.Errorf("the token was used up by asking: %v", err)
		}
	})
}

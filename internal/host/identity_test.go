package host_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
)

// Of several control nodes the one that answered last is asked first, unless that did
// not last, and all are before it is said that none answers.
func TestDialAny(t *testing.T) {
	now := time.Unix(1000, 0)
	up := map[string]bool{"b": true, "c": true}
	var asked []string
	dial := host.DialAny([]string{"a", "b", "c"}, func() time.Time { return now }, func(_ context.Context, address string) (net.Conn, error) {
		asked = append(asked, address)
		if !up[address] {
			return nil, errors.New(address + " is away")
		}
		c, _ := net.Pipe()
		return c, nil
	})
	for i, step := range []struct {
		after time.Duration
		down  string
		want  string
		fails bool
	}{
		{want: "a b"},                 // the first that answers
		{after: time.Hour, want: "b"}, // again
		{after: time.Second, want: "c"},
		{after: time.Second, want: "a b"},
		{after: time.Hour, down: "b", want: "b c"},
		{after: time.Hour, down: "c", want: "c a b", fails: true},
	} {
		now = now.Add(step.after)
		delete(up, step.down)
		asked = nil
		c, err := dial(t.Context())
		if got := strings.Join(asked, " "); got != step.want || (err != nil) != step.fails {
			t.Errorf("step %d: asked %s, not %s: %v", i, got, step.want, err)
		}
		if err != nil && (!strings.Contains(err.Error(), "a is away") || !strings.Contains(err.Error(), "c is away")) {
			t.Errorf("step %d: %v", i, err)
		}
		if c != nil {
			_ = c.Close()
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	asked = nil
	if _, err := dial(ctx); err == nil || len(asked) != 1 {
		t.Errorf("nobody waits any more: asked %v, %v", asked, err)
	}
}

// Where the control plane is may be said anew; a machine that has not joined keeps
// nothing of it.
func TestSetAddress(t *testing.T) {
	f := fake.NewMemory()
	if err := host.SetAddress(f, "192.0.2.1:1"); err != nil {
		t.Fatal(err)
	}
	if names, err := f.List(); err != nil || len(names) > 0 {
		t.Errorf("files %v, %v", names, err)
	}
	id := fmt.Sprintf(`{"address":"192.0.2.1:1","key":"%s","chain":"eA=="}`, strings.Repeat("A", 43)+"=")
	if err := f.Write("link/identity", []byte(id)); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"192.0.2.2:1,192.0.2.3:1", "192.0.2.2:1,192.0.2.3:1"} {
		if err := host.SetAddress(f, address); err != nil {
			t.Fatal(err)
		}
		if got, joined, err := host.Joined(f); got != address || !joined || err != nil {
			t.Errorf("%q, %v, %v", got, joined, err)
		}
	}
	if b, err := f.Read("link/identity"); err != nil || !slices.Contains(strings.Split(string(b), `"`), "eA==") {
		t.Errorf("the rest is lost: %s %v", b, err)
	}
}

package control_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// Of writers who want one name at the same time one gets it, and the others hear
// what is wrong with theirs.
func TestGroupNamesAreUnique(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const writers = 6
		var wg sync.WaitGroup
		codes := make(chan string, writers)
		for range writers {
			wg.Go(func() {
				in := control.IPAddressGroupIn{Name: text("offices"), CIDRs: []string{"192.0.2.0/24"}}
				_, err := r.c.CreateIPAddressGroup(t.Context(), openly(r.alice), in, keep(new(*cloud.IPAddressGroup)))
				var e *cloud.Error
				if errors.As(err, &e) {
					codes <- e.Code
				} else if err != nil {
					codes <- err.Error()
				}
			})
		}
		wg.Wait()
		close(codes)
		n := 0
		for code := range codes {
			if n++; code != "name.used" {
				t.Errorf("refused with %q", code)
			}
		}
		if n != writers-1 {
			t.Errorf("%d of %d writers were refused", n, writers)
		}
	})
}

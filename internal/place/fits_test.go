package place_test

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/place"
)

// A host whose CPUs are given away beyond the limit still gives disk to the
// machines on it, and says so of what it cannot give.
func TestFitsBeyondTheLimit(t *testing.T) {
	h := &cloud.Host{Enabled: true, State: cloud.HostUp, Cores: 1, RAM: 64 << 10, DiskGB: 1000, UsedVCPU: 20}
	for _, c := range []struct {
		need place.Need
		want string
	}{
		{place.Need{GB: 10, Grow: true}, ""},
		{place.Need{RAM: 512, Grow: true}, ""},
		{place.Need{VCPU: 1, Grow: true}, "0 vCPUs free, 1 needed"},
		{place.Need{VCPU: 1, GB: 10}, "0 vCPUs free, 1 needed"},
		{place.Need{GB: 5000, Grow: true}, "GB of disk free, 5000 needed"},
	} {
		got := place.Fits(h, c.need)
		if got != c.want && (c.want == "" || !strings.Contains(got, c.want)) {
			t.Errorf("%+v: %q, want %q", c.need, got, c.want)
		}
	}
}

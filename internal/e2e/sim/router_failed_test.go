package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// A router that could not be made, and is just being tried with other networks, may
// be shut down, itself or with its project: the try ends in the log.
func TestFailedRouterIsShutDown(t *testing.T) {
	for name, path := range map[string]string{"router": "/virtual_router/%d/", "project": "/project/%d/"} {
		t.Run(name, func(t *testing.T) {
			r := &Run{World: newWorld(t, 5, 1)}
			must(t, r.Start())
			r.Watch()
			h, who := r.Hosts[0], r.tenants[1]
			broken := fake.Fault{Op: fake.OpEnsure, Kind: plan.KindRouter, Mode: fake.Hopeless, Reason: "by the test"}
			h.troubles = []trouble{{Fault: broken, until: r.Now.Add(24 * time.Hour)}}
			if code, answer := r.callCIX(who, "POST", "/project/", map[string]any{"region_id": r.Cred.RegionID, "name": "web"}); code != 201 {
				t.Fatalf("%d %s", code, answer)
			}
			r.pass(t, time.Minute)
			projects, _ := readCIX[[]cixProject](r, who, "/project/")
			id := map[string]int64{"router": projects[0].Router, "project": projects[0].ID}[name]
			if rt := r.router(who, projects[0].Router); rt.State != 3 {
				t.Fatalf("the router is in state %d", rt.State)
			}
			nets := map[string]any{"subnets": []any{map[string]any{"address_range": "10.0.0.1/24"}}}
			if code, answer := r.callCIX(who, "PATCH", fmt.Sprintf("/virtual_router/%d/", projects[0].Router), nets); code != 200 {
				t.Fatalf("%d %s", code, answer)
			}
			if code, answer := r.callCIX(who, "PATCH", fmt.Sprintf(path, id), map[string]any{"state": 8}); code != 200 {
				t.Fatalf("%d %s", code, answer)
			}
			must(t, r.ask())
			must(t, r.Rest(liveness))
			must(t, r.wrong)
		})
	}
}

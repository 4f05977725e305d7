package reconcile_test

import (
	"testing"

	"github.com/virga-cloud/virga/internal/plan"
)

// A network is on the hosts with a card in it and on its router's; with the
// last card it goes from all but the router's.
func TestNetworkFollowsCards(t *testing.T) {
	r := newRig(t, 2)
	_, far := r.onEach()
	h := r.hostOf(far)
	if r.have(h, plan.KindNetwork) != 1 || r.made(h, plan.KindNetwork) != 1 || r.have(h, plan.KindRouter) != 0 {
		t.Fatalf("host of the second server: %s", r.orders())
	}
	r.remove(far)
	r.settle()
	if r.have(h, plan.KindNetwork) != 0 || r.made(h, plan.KindNetwork) != 0 {
		t.Errorf("the network stayed without a card: %s", r.orders())
	}
	r.whole()
}

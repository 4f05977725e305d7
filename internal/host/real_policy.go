package host

import (
	"context"
	"slices"

	"github.com/virga-cloud/virga/internal/plan"
)

// ensurePolicy makes the routers whose ports name the policy.
func (m *Real) ensurePolicy(ctx context.Context, id plan.ID, view View) (plan.Status, error) {
	var routers []plan.Ref
	for _, ref := range view.Users(plan.Ref{Kind: plan.KindPolicy, ID: id}) {
		port := Body[plan.Port](view, ref.Kind, ref.ID)
		if port == nil {
			continue
		}
		r := plan.Ref{Kind: plan.KindRouter, ID: port.Router}
		// A router that was never made takes the policy when it is.
		if view.Missing(r) == "" && !slices.Contains(routers, r) {
			routers = append(routers, r)
		}
	}
	return m.routersAmong(ctx, routers, view)
}

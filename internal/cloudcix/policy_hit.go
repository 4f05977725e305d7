package cloudcix

import (
	"strconv"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// policyLogLines is how many lines the contract shows (section 19).
const policyLogLines = 15

func (a *API) policyHits(h wire.Handlers) {
	getAny(a, h, wirespec.ListPolicyLog, func(t *control.Txn, r *wire.Request) ([]wirespec.PolicyLogItem, error) {
		rows, err := t.PolicyHits(id(r, "project_id"), policyLogLines)
		if err != nil {
			return nil, err
		}
		return each(policyLogItem)(t, rows)
	})
}

func policyLogItem(h *cloud.PolicyHit) wirespec.PolicyLogItem {
	access := "BLOCKED"
	if h.Allow {
		access = "ALLOWED"
	}
	return wirespec.PolicyLogItem{
		Access: access, DestinationAddress: h.Destination.String(), DestinationPort: strconv.Itoa(h.DestinationPort),
		ServiceName: h.Service(), SourceAddress: h.Source.String(), SourcePort: strconv.Itoa(h.SourcePort),
		Timestamp: h.At.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
}

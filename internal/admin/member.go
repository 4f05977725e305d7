package admin

import (
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// SetQuota asks for other limits of a member; what is nil stays as it is. Without
// any it only reads.
type SetQuota struct {
	Member    string `json:"member"`
	Servers   *int   `json:"servers,omitempty"`
	VCPU      *int   `json:"vcpu,omitempty"`
	RAM       *int   `json:"ram,omitempty"` // MiB
	DiskGB    *int   `json:"disk_gb,omitempty"`
	Addresses *int   `json:"addresses,omitempty"`
}

func (a *Verbs) setQuota(r *http.Request, in SetQuota) (control.MemberQuota, error) {
	return a.Control.SetQuota(r.Context(), in.Member, func(q *cloud.Quota) {
		for _, l := range []struct {
			to   *int
			from *int
		}{{&q.Servers, in.Servers}, {&q.VCPU, in.VCPU}, {&q.RAM, in.RAM}, {&q.DiskGB, in.DiskGB}, {&q.Addresses, in.Addresses}} {
			if l.from != nil {
				*l.to = *l.from
			}
		}
	})
}

package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
)

// onServer is a verb on one server that the caller may change: found, checked,
// changed, and shown as it is then. takes says that the verb may take an
// address or a place.
func (c *Control) onServer(ctx context.Context, call *Call, p Pick, flag string, takes bool, ans Answer[*View], verb func(t *Txn, s *cloud.Server) error) (Reply, error) {
	return do(ctx, c, call, locks(call, takes), func(t *Txn) (*View, error) {
		s, err := t.serverFor(p, flag)
		if err != nil {
			return nil, err
		}
		if err := verb(t, s); err != nil {
			return nil, err
		}
		return t.view(s)
	}, ans)
}

package cloudcix

import (
	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

func (a *API) members(h wire.Handlers) {
	get(a, h, wirespec.ReadMembershipMember, readMember, memberOf)
}

func readMember(t *control.Txn, p control.Pick) (*cloud.Member, error) { return t.Member(p.ID) }

func memberOf(t *control.Txn, m *cloud.Member) (wirespec.Member, error) {
	if m == nil {
		return wirespec.Member{}, nil
	}
	key, err := t.MemberKey(m)
	out := wirespec.Member{APIKey: key, ID: m.ID, Name: m.Name, SelfManaged: m.SelfManaged, URI: ptr(uri("member", m.ID))}
	if m.Currency != "" {
		out.Currency = &wirespec.MemberCurrency{ID: 1, Name: m.Currency, Symbol: m.Currency, URI: "/currency/1/"}
	}
	return out, err
}

package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// PoolIPIn makes or changes an address of the pool. Both are always said; nil is one of
// which the dialect has said what is wrong.
type PoolIPIn struct {
	Pick
	Address *string
	Domain  *string
}

// poolIPs are read by everybody and kept by the operator.
var poolIPs = kind[cloud.PoolIP, *cloud.PoolIP, *cloud.PoolIP]{
	noun: "pool ip", show: auth.AnyRole, create: auth.AnyRole, change: auth.AnyRole, remove: auth.AnyRole,
	within: everybody, mayFirst: true,
	about: func(a *cloud.PoolIP) subject {
		return subject{kind: "pool_ip", id: a.ID, uid: a.UID, name: a.Text, member: 1}
	},
	views: itself[*cloud.PoolIP],
	guard: byOperator[*cloud.PoolIP]("the pool"),
}

func (in PoolIPIn) fill(t *Txn, a *cloud.PoolIP) error {
	was := *a
	if in.Address != nil {
		a.Text = *in.Address
	}
	if in.Domain != nil {
		a.Domain = *in.Domain
	}
	var p cloud.Problems
	a.Check(&p)
	if !p.Has("ip_address") && a.Addr != was.Addr {
		pooled, err := store.Count[cloud.PoolIP](t.Tx, cloud.Where(cloud.Eq("addr", a.Addr)))
		if err != nil {
			return err
		}
		recorded, err := store.IsRecorded(t.Tx, a.Addr)
		if err != nil {
			return err
		}
		switch {
		case pooled > 0:
			p.Add(cloud.Errorf(cloud.Invalid, "ip.pooled", "%s is an address of the pool already", a.Text).On("ip_address"))
		case recorded:
			p.Add(cloud.Errorf(cloud.Invalid, "ip.recorded", "%s stands in the address plan already", a.Text).On("ip_address"))
		}
	}
	if !p.Has("domain") && a.Domain != was.Domain {
		used, err := store.Count[cloud.PoolIP](t.Tx, cloud.Where(cloud.Eq("domain", a.Domain)))
		if err != nil {
			return err
		}
		if used > 0 {
			p.Add(cloud.Errorf(cloud.Invalid, "domain.used", "another address of the pool has the domain %s", a.Domain).On("domain"))
		}
	}
	return p.Err()
}

// CreatePoolIP puts an address into the pool.
func (c *Control) CreatePoolIP(ctx context.Context, call *Call, in PoolIPIn, ans Answer[*cloud.PoolIP]) (Reply, error) {
	return poolIPs.Create(ctx, c, call, cloud.PoolIP{}, in.fill, ans)
}

// UpdatePoolIP changes an address of the pool.
func (c *Control) UpdatePoolIP(ctx context.Context, call *Call, in PoolIPIn, ans Answer[*cloud.PoolIP]) (Reply, error) {
	return poolIPs.Change(ctx, c, call, in.Pick, in.fill, ans)
}

// DeletePoolIP takes an address out of the pool.
func (c *Control) DeletePoolIP(ctx context.Context, call *Call, p Pick, ans Answer[*cloud.PoolIP]) (Reply, error) {
	return poolIPs.Delete(ctx, c, call, p, nil, ans)
}

// PoolIPs lists the addresses of the pool.
func (t *Txn) PoolIPs(q cloud.Query) ([]*cloud.PoolIP, int64, error) { return poolIPs.List(t, q) }

// PoolIP reads one.
func (t *Txn) PoolIP(p Pick) (*cloud.PoolIP, error) { return poolIPs.Read(t, p) }

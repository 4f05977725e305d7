package control

import (
	"cmp"
	"context"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// IPAddressGroupIn makes or changes a group of networks; nil stays, but the
// networks are always said.
type IPAddressGroupIn struct {
	Pick            // which, for a change
	MemberID *int64 // for a creation: 0 = everybody's; nil: the caller's
	Name     *string
	Version  *int
	CIDRs    []string
}

// ipAddressGroups are everybody's groups and those of the actor's member.
var ipAddressGroups = kind[cloud.IPAddressGroup, *cloud.IPAddressGroup, *cloud.IPAddressGroup]{
	noun: "ip address group", show: auth.AnyRole, create: writeGroups, change: writeGroups, remove: writeGroups, formFirst: true,
	about: func(g *cloud.IPAddressGroup) subject {
		return subject{kind: "ip_address_group", id: g.ID, uid: g.UID, name: g.Name, member: cmp.Or(g.MemberID, 1)}
	},
	views: itself[*cloud.IPAddressGroup],
	within: func(t *Txn) cloud.Cond {
		return cloud.In("member_id", []int64{0, t.Call.Actor.Member0()})
	},
	twice: func(g *cloud.IPAddressGroup) error { return usedGroup(g) },
}

// usedGroup is what both the check and the index say: the index for writers at the
// same time.
func usedGroup(g *cloud.IPAddressGroup) *cloud.Error {
	return cloud.Errorf(cloud.Invalid, "name.used", "there is a group named %q already", g.Name).On("name")
}

var writeGroups = auth.For("ip_address_group.write")

func (in IPAddressGroupIn) fill(t *Txn, g *cloud.IPAddressGroup) error {
	if in.Name != nil {
		g.Name = *in.Name
	}
	if in.Version != nil {
		g.Version = *in.Version
	}
	g.CIDRs = in.CIDRs
	var p cloud.Problems
	g.Check(&p)
	used, err := store.Count[cloud.IPAddressGroup](t.Tx,
		cloud.Where(cloud.Eq("member_id", g.MemberID), cloud.Eq("name", g.Name), cloud.Ne("id", g.ID)))
	if err != nil {
		return err
	}
	if used > 0 && !p.Has("name") {
		p.Add(usedGroup(g))
	}
	return p.Err()
}

// CreateIPAddressGroup makes a group. Everybody's are made by the operator's
// member alone.
func (c *Control) CreateIPAddressGroup(
	ctx context.Context, call *Call, in IPAddressGroupIn, ans Answer[*cloud.IPAddressGroup],
) (Reply, error) {
	g := cloud.IPAddressGroup{MemberID: call.Actor.Member0(), Version: 4}
	if in.MemberID != nil {
		g.MemberID = *in.MemberID
	}
	return ipAddressGroups.Create(ctx, c, call, g, func(t *Txn, g *cloud.IPAddressGroup) error {
		// This refusal, too, comes after all that is wrong with the form.
		if err := call.Refused.Join(in.fill(t, g)); err != nil {
			return err
		}
		if m := call.Actor.Member; m != nil && !m.SelfManaged && !call.Actor.Operator() {
			return cloud.Errorf(cloud.Forbidden, "self_managed", "the member is not self-managed")
		}
		return nil
	}, ans)
}

// UpdateIPAddressGroup changes a group.
func (c *Control) UpdateIPAddressGroup(
	ctx context.Context, call *Call, in IPAddressGroupIn, ans Answer[*cloud.IPAddressGroup],
) (Reply, error) {
	return ipAddressGroups.Change(ctx, c, call, in.Pick, in.fill, ans)
}

// DeleteIPAddressGroup removes a group.
func (c *Control) DeleteIPAddressGroup(ctx context.Context, call *Call, p Pick, ans Answer[*cloud.IPAddressGroup]) (Reply, error) {
	return ipAddressGroups.Delete(ctx, c, call, p, nil, ans)
}

// IPAddressGroups lists groups.
func (t *Txn) IPAddressGroups(q cloud.Query) ([]*cloud.IPAddressGroup, int64, error) {
	return ipAddressGroups.List(t, q)
}

// IPAddressGroup reads one group.
func (t *Txn) IPAddressGroup(p Pick) (*cloud.IPAddressGroup, error) {
	return ipAddressGroups.Read(t, p)
}

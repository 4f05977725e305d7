package control

import (
	"context"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// quotaUse is what the actor's member has, nil when it has no quota: then
// nothing is counted.
func (t *Txn) quotaUse() (*cloud.Quota, error) {
	m := t.Call.Actor.Member
	if m == nil || m.Quota == (cloud.Quota{}) {
		return nil, nil
	}
	u, err := memberUse(t.Tx, m.ID)
	return &u, err
}

// memberUse counts what a member has. What is being removed counts until it is gone.
func memberUse(tx *store.Tx, member int64) (u cloud.Quota, err error) {
	for _, q := range []struct {
		sql string
		to  []any
	}{
		{`SELECT COUNT(*), CAST(COALESCE(SUM(vcpu), 0) AS BIGINT), CAST(COALESCE(SUM(ram), 0) AS BIGINT) FROM server
			WHERE member_id = $1 AND closed IS NULL`, []any{&u.Servers, &u.VCPU, &u.RAM}},
		{`SELECT CAST(COALESCE(SUM(size_gb), 0) AS BIGINT) FROM volume WHERE member_id = $1 AND closed IS NULL`, []any{&u.DiskGB}},
		{`SELECT COUNT(*) FROM ip WHERE member_id = $1 AND kind IN ('public', 'balancer') AND closed IS NULL`, []any{&u.Addresses}},
	} {
		if err := tx.QueryRow(q.sql, member).Scan(q.to...); err != nil {
			return u, fmt.Errorf("count what member %d has: %w", member, err)
		}
	}
	return u, nil
}

// withinQuota refuses a write after which the member has more of something than
// it had, and than it may have. Less of what is too much is always fine.
func (t *Txn) withinQuota(before *cloud.Quota) error {
	if before == nil {
		return nil
	}
	after, err := t.quotaUse()
	if err != nil {
		return err
	}
	most := t.Call.Actor.Member.Quota
	for _, q := range []struct {
		may                 string
		before, after, most int
	}{
		{cloud.Count(most.Servers, "server"), before.Servers, after.Servers, most.Servers},
		{cloud.Count(most.VCPU, "vCPU"), before.VCPU, after.VCPU, most.VCPU},
		{fmt.Sprintf("%d MiB of memory", most.RAM), before.RAM, after.RAM, most.RAM},
		{fmt.Sprintf("%d GB of disk", most.DiskGB), before.DiskGB, after.DiskGB, most.DiskGB},
		{cloud.Count(most.Addresses, "public address"), before.Addresses, after.Addresses, most.Addresses},
	} {
		if q.most > 0 && q.after > q.most && q.after > q.before {
			return cloud.Errorf(cloud.Forbidden, "quota", "your account may have %s, and would have %d", q.may, q.after).
				WithFix("Delete what is not needed, or ask the operator for more.")
		}
	}
	return nil
}

// MemberQuota is a member's quota with what it has.
type MemberQuota struct {
	Member string      `json:"member"`
	Quota  cloud.Quota `json:"quota"`
	Used   cloud.Quota `json:"used"`
}

// SetQuota is the operator's verb that limits what a member, by name, may have;
// change gets the quota as it is.
func (c *Control) SetQuota(ctx context.Context, member string, change func(q *cloud.Quota)) (out MemberQuota, err error) {
	err = c.DB.Write(ctx, func(tx *store.Tx) error {
		m, err := store.First[cloud.Member](tx, cloud.Where(cloud.Eq("name", member)))
		if member == "" {
			return cloud.Errorf(cloud.Invalid, "member.empty", "say which member").On("member").WithFix("`virga admin users` shows them.")
		}
		if store.None(err) {
			return (&Txn{Tx: tx, C: c, Call: system()}).noMember(member)
		}
		if err != nil {
			return err
		}
		was := m.Quota
		change(&m.Quota)
		q := m.Quota
		if min(q.Servers, q.VCPU, q.RAM, q.DiskGB, q.Addresses) < 0 {
			return cloud.Errorf(cloud.Invalid, "quota.negative", "a quota is a number from 0, which is no limit")
		}
		if m.Quota != was {
			m.Touch(tx.Now(), 0)
			if err := store.Update(tx, m); err != nil {
				return err
			}
			t := &Txn{Tx: tx, C: c, Call: system()}
			if err := t.record("UPDATE", subject{kind: "member", id: m.ID, uid: m.UID, name: m.Name, member: m.ID}); err != nil {
				return err
			}
		}
		used, err := memberUse(tx, m.ID)
		out = MemberQuota{Member: m.Name, Quota: m.Quota, Used: used}
		return err
	})
	return out, err
}

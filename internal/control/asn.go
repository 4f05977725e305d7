package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// ASNIn makes or changes an autonomous system; nil stays.
type ASNIn struct {
	Pick            // which, for a change
	MemberID *int64 // for a creation: nil is the caller's
	Number   *int64
}

// asns are read by everybody and kept by the operator.
var asns = kind[cloud.ASN, *cloud.ASN, *cloud.ASN]{
	noun: "asn", show: auth.AnyRole, create: auth.For("asn.write"), change: auth.For("asn.write"), remove: auth.For("asn.write"),
	formFirst: true,
	about: func(a *cloud.ASN) subject {
		return subject{kind: "asn", id: a.ID, uid: a.UID, name: fmt.Sprintf("AS%d", a.Number), member: a.MemberID}
	},
	views: itself[*cloud.ASN],
	sees: func(t *Txn) cloud.Cond {
		if t.Call.Actor.Operator() || t.Call.Actor.Member0() == 1 {
			return cloud.Cond{}
		}
		return cloud.Eq("member_id", t.Call.Actor.Member0())
	},
	guard: func(t *Txn, a *cloud.ASN, how access) error {
		switch {
		case how == reads || t.Call.Actor.Operator():
			return nil
		case a.Pseudo():
			return cloud.Errorf(cloud.Forbidden, "asn.pseudo", "the pseudo ASN %d belongs to a project", a.Number)
		case t.Call.Actor.Site0() != 1:
			return cloud.Errorf(cloud.Forbidden, "asn.operator", "autonomous systems are kept by the operator")
		}
		return nil
	},
	update: func(t *Txn, a *cloud.ASN) error { return store.ChangeASN(t.Tx, a) },
	close: func(t *Txn, a *cloud.ASN) error {
		err := store.CloseASN(t.Tx, a)
		if used := (*store.Used)(nil); errors.As(err, &used) {
			return cloud.Errorf(cloud.Forbidden, "asn.used", "AS%d has %s", a.Number, cloud.Count(used.Below, "allocation")).
				WithFix("Remove its allocations first.")
		}
		return err
	},
	twice: func(a *cloud.ASN) error { return usedNumber(a) },
}

// usedNumber is what both the check and the index say: the index for writers at the
// same time.
func usedNumber(a *cloud.ASN) *cloud.Error {
	return cloud.Errorf(cloud.Invalid, "number.used", "there is an ASN %d already", a.Number).On("number")
}

// CreateASN makes an autonomous system.
func (c *Control) CreateASN(ctx context.Context, call *Call, in ASNIn, ans Answer[*cloud.ASN]) (Reply, error) {
	return asns.Create(ctx, c, call, cloud.ASN{MemberID: call.Actor.Member0()}, in.fill, ans)
}

// UpdateASN changes an autonomous system.
func (c *Control) UpdateASN(ctx context.Context, call *Call, in ASNIn, ans Answer[*cloud.ASN]) (Reply, error) {
	return asns.Change(ctx, c, call, in.Pick, in.fill, ans)
}

// DeleteASN removes an autonomous system that has no allocations.
func (c *Control) DeleteASN(ctx context.Context, call *Call, p Pick, ans Answer[*cloud.ASN]) (Reply, error) {
	return asns.Delete(ctx, c, call, p, nil, ans)
}

func (in ASNIn) fill(t *Txn, a *cloud.ASN) error {
	var p cloud.Problems
	if in.MemberID != nil && *in.MemberID != a.MemberID {
		a.MemberID = *in.MemberID
		switch _, err := t.Member(a.MemberID); {
		case store.None(err):
			p.Add(cloud.Errorf(cloud.Invalid, "member.unreadable", "there is no member %d that you may read", a.MemberID).On("member_id"))
		case err != nil:
			return err
		}
	}
	made := a.ID == 0
	if in.Number == nil || !made && *in.Number == a.Number {
		return p.Err()
	}
	a.Number = *in.Number
	switch real := a.Number >= 1 && a.Number <= cloud.LastASN; {
	case !real && !made:
		p.Add(cloud.Errorf(cloud.Invalid, "number.range", "%d is not within 1 and %d", a.Number, cloud.LastASN).On("number"))
		return p.Err()
	case !real && a.Number <= cloud.PseudoASN:
		p.Add(cloud.Errorf(cloud.Invalid, "number.range", "%d is neither within 1 and %d nor above %d", a.Number, cloud.LastASN,
			int64(cloud.PseudoASN)).On("number"))
		return p.Err()
	}
	used, err := store.Count[cloud.ASN](t.Tx, cloud.Where(cloud.Eq("number", a.Number), cloud.Ne("id", a.ID)))
	if used > 0 {
		p.Add(usedNumber(a))
	}
	if err != nil {
		return err
	}
	return p.Err()
}

// ASNs lists autonomous systems: those of the own member, or all for the operator's.
func (t *Txn) ASNs(q cloud.Query) ([]*cloud.ASN, int64, error) { return asns.List(t, q) }

// ASN reads one.
func (t *Txn) ASN(p Pick) (*cloud.ASN, error) { return asns.Read(t, p) }

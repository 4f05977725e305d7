package control

import (
	"context"
	"net/netip"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// FeedRangeIn makes or changes a range of a feed. The range is always said.
type FeedRangeIn struct {
	Pick            // which, for a change: its range, as it is shown
	CIDR    *string // nil: the dialect has said what is wrong with it
	Comment *string // nil stays
}

// byOperator lets everybody read what only users of the operator's member write.
func byOperator[P any](what string) func(*Txn, P, access) error {
	return func(t *Txn, _ P, how access) error {
		if how == reads || t.Call.Actor.Operator() || t.Call.Actor.Member0() == 1 {
			return nil
		}
		return cloud.Errorf(cloud.Forbidden, "operator.only", "%s is written by users of the operator's member only", what)
	}
}

// everybody may read all rows there are.
func everybody(*Txn) cloud.Cond { return cloud.Cond{} }

// feedRanges are the ranges of one feed. They are found by their range, and removed for
// good: a feed changes by thousands a day.
func feedRanges(feed string) kind[cloud.FeedRange, *cloud.FeedRange, *cloud.FeedRange] {
	return kind[cloud.FeedRange, *cloud.FeedRange, *cloud.FeedRange]{
		noun: "feed range", show: auth.AnyRole, create: auth.AnyRole, change: auth.AnyRole, remove: auth.AnyRole,
		only: cloud.Eq("feed", feed), within: everybody, mayFirst: true,
		about: func(r *cloud.FeedRange) subject {
			return subject{kind: "feed_range", id: r.ID, uid: r.UID, name: feed + " " + r.CIDR, member: 1}
		},
		views: itself[*cloud.FeedRange],
		key: func(said string) cloud.Cond {
			p, err := netip.ParsePrefix(said)
			if err != nil || p.String() != said { // by its exact text (section 25)
				return cloud.Or()
			}
			return cloud.Eq("prefix", p)
		},
		guard: byOperator[*cloud.FeedRange]("the " + feed),
		close: func(t *Txn, r *cloud.FeedRange) error { return store.Delete[cloud.FeedRange](t.Tx, r.ID) },
		twice: func(r *cloud.FeedRange) error { return listedRange(r) },
	}
}

func listedRange(r *cloud.FeedRange) *cloud.Error {
	return cloud.Errorf(cloud.Invalid, "cidr.listed", "%s stands in the %s already", r.CIDR, r.Feed).On("cidr")
}

func (in FeedRangeIn) fill(t *Txn, r *cloud.FeedRange) error {
	if in.Comment != nil {
		r.Comment = *in.Comment
	}
	if in.CIDR == nil {
		return nil
	}
	was := r.Prefix
	if e := r.Set(*in.CIDR); e != nil {
		return e
	}
	if r.Prefix == was {
		return nil
	}
	n, err := store.Count[cloud.FeedRange](t.Tx, cloud.Where(cloud.Eq("feed", r.Feed), cloud.Eq("prefix", r.Prefix)))
	if err == nil && n > 0 {
		return listedRange(r)
	}
	return err
}

// CreateFeedRange puts a range into a feed.
func (c *Control) CreateFeedRange(feed string) Verb[FeedRangeIn, *cloud.FeedRange] {
	return func(ctx context.Context, call *Call, in FeedRangeIn, ans Answer[*cloud.FeedRange]) (Reply, error) {
		return feedRanges(feed).Create(ctx, c, call, cloud.FeedRange{Feed: feed}, in.fill, ans)
	}
}

// UpdateFeedRange gives a range of a feed another extent or comment.
func (c *Control) UpdateFeedRange(feed string) Verb[FeedRangeIn, *cloud.FeedRange] {
	return func(ctx context.Context, call *Call, in FeedRangeIn, ans Answer[*cloud.FeedRange]) (Reply, error) {
		return feedRanges(feed).Change(ctx, c, call, in.Pick, in.fill, ans)
	}
}

// DeleteFeedRange takes a range out of a feed.
func (c *Control) DeleteFeedRange(feed string) Verb[Pick, *cloud.FeedRange] {
	return func(ctx context.Context, call *Call, p Pick, ans Answer[*cloud.FeedRange]) (Reply, error) {
		return feedRanges(feed).Delete(ctx, c, call, p, nil, ans)
	}
}

// FeedRanges lists the ranges of a feed.
func FeedRanges(feed string) func(*Txn, cloud.Query) ([]*cloud.FeedRange, int64, error) {
	return func(t *Txn, q cloud.Query) ([]*cloud.FeedRange, int64, error) { return feedRanges(feed).List(t, q) }
}

// FeedRange reads one range of a feed.
func FeedRange(feed string) func(*Txn, Pick) (*cloud.FeedRange, error) {
	return func(t *Txn, p Pick) (*cloud.FeedRange, error) { return feedRanges(feed).Read(t, p) }
}

package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var (
	blacklists = listing{op: wirespec.ListCIXBlacklist.Spec, rows: reflect.TypeFor[cloud.FeedRange](), order: inAddresses}
	whitelists = listing{op: wirespec.ListCIXWhitelist.Spec, rows: reflect.TypeFor[cloud.FeedRange](), order: inAddresses}
)

// inAddresses is the order of addresses, not of letters.
var inAddresses = map[string]cloud.Order{"cidr": {Field: "prefix"}}

func (a *API) feedRanges(h wire.Handlers) {
	black, white := cloud.Blacklist, cloud.Whitelist
	index(a, h, wirespec.ListCIXBlacklist, control.FeedRanges(black), each(feedRange))
	read := func(feed string) func(*control.Txn, *wire.Request) (wirespec.CIXListEntry, error) {
		return func(t *control.Txn, r *wire.Request) (e wirespec.CIXListEntry, err error) {
			row, err := control.FeedRange(feed)(t, rangeOf(r))
			if err == nil {
				e = feedRange(row)
			}
			return e, err
		}
	}
	getAny(a, h, wirespec.ReadCIXBlacklist, read(black))
	write(h, wirespec.CreateCIXBlacklist, feedRangeIn, a.c.CreateFeedRange(black), pure(feedRange))
	write(h, wirespec.UpdateCIXBlacklist, feedRangeIn, a.c.UpdateFeedRange(black), pure(feedRange))
	write(h, wirespec.PatchCIXBlacklist, feedRangeIn, a.c.UpdateFeedRange(black), pure(feedRange))
	endOf(h, wirespec.DeleteCIXBlacklist, (*form).feedRange, a.c.DeleteFeedRange(black))

	index(a, h, wirespec.ListCIXWhitelist, control.FeedRanges(white), each(feedRange))
	getAny(a, h, wirespec.ReadCIXWhitelist, read(white))
	write(h, wirespec.CreateCIXWhitelist, feedRangeIn, a.c.CreateFeedRange(white), pure(feedRange))
	write(h, wirespec.UpdateCIXWhitelist, feedRangeIn, a.c.UpdateFeedRange(white), pure(feedRange))
	write(h, wirespec.PatchCIXWhitelist, feedRangeIn, a.c.UpdateFeedRange(white), pure(feedRange))
	endOf(h, wirespec.DeleteCIXWhitelist, (*form).feedRange, a.c.DeleteFeedRange(white))
}

// rangeOf is the range that a path names, as two segments.
func rangeOf(r *wire.Request) control.Pick {
	return control.Pick{Said: r.Path("network") + "/" + r.Path("bits")}
}

func (f *form) feedRange() control.Pick { return rangeOf(f.r) }

// feedRangeIn reads PUT and PATCH alike (section 5).
func feedRangeIn(f *form) control.FeedRangeIn {
	in := control.FeedRangeIn{CIDR: f.words("cidr", 101, 101)}
	if f.r.Path("network") != "" {
		in.Pick = f.feedRange()
	}
	if comment, err := f.body.Get("comment").Text(); err == nil {
		in.Comment = &comment
	}
	return in
}

func feedRange(r *cloud.FeedRange) wirespec.CIXListEntry {
	return wirespec.CIXListEntry{
		CIDR: r.CIDR, Comment: r.Comment, Created: stamp(r.Created), Updated: stamp(r.Updated), ModifiedBy: r.ModifiedBy,
		URI: "/cix_" + r.Feed + "/" + r.CIDR + "/",
	}
}

package control

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// FeedImport makes a source of a feed what a file says.
type FeedImport struct {
	Feed   string    // cloud.Blacklist or cloud.Whitelist
	Source string    // which ranges of the feed the file is about
	File   io.Reader // as ipam.ParseFeed reads it; more than FeedBytes is refused
}

// FeedBytes is how long a file of a feed may be.
const FeedBytes = ipam.FeedBytes

// FeedImported is what an import changed. Listed are ranges of the file that stand in the
// feed already, from another source or written by themselves: they stay as they are.
type FeedImported struct {
	Feed    string `json:"feed"`
	Source  string `json:"source"`
	Ranges  int    `json:"ranges"`
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Changed int    `json:"changed"` // have another comment
	Listed  int    `json:"listed"`
}

// sourceName is how a source may be called: as a file is.
var sourceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// feedStep is how many ranges are written at once: others get a turn in between, and what
// a crash leaves half done the next import finishes.
const feedStep = 5000

// ImportFeed is the operator's verb behind `virga feed import`. It writes the difference
// only, so the same file twice changes nothing.
func (c *Control) ImportFeed(ctx context.Context, in FeedImport) (FeedImported, error) {
	out := FeedImported{Feed: in.Feed, Source: in.Source}
	if err := checkFeed(in.Feed); err != nil {
		return out, err
	}
	if !sourceName.MatchString(in.Source) {
		return out, cloud.Errorf(cloud.Invalid, "feed.source",
			"%q is no name for a source: letters, digits, dots, dashes and _, at most 64, beginning with a letter or a digit",
			in.Source).On("name")
	}
	ranges, err := ipam.ParseFeed(&bounded{in.File, FeedBytes})
	if err != nil {
		return out, err
	}
	if out.Ranges = len(ranges); out.Ranges == 0 {
		return out, cloud.Errorf(cloud.Invalid, "feed.empty", "the file has no range").
			WithFix("If the source is to have none, `virga feed remove %s`.", in.Source)
	}
	d, err := c.feedDifference(ctx, in.Feed, in.Source, ranges)
	if err != nil {
		return out, err
	}
	out.Listed = d.listed
	return out, c.applyFeed(ctx, &out, d)
}

// RemoveFeed takes all ranges of a source out of a feed.
func (c *Control) RemoveFeed(ctx context.Context, feed, source string) (FeedImported, error) {
	out := FeedImported{Feed: feed, Source: source}
	if err := checkFeed(feed); err != nil {
		return out, err
	}
	d, err := c.feedDifference(ctx, feed, source, nil)
	if err != nil {
		return out, err
	}
	if len(d.gone) == 0 {
		return out, cloud.Errorf(cloud.NotFound, "feed.missing", "the %s has no range from %q", feed, source).
			WithFix("`virga feed list` shows the sources.")
	}
	return out, c.applyFeed(ctx, &out, d)
}

// bounded refuses what is longer than it may be, instead of taking its beginning for all
// of it.
type bounded struct {
	from io.Reader
	left int
}

// Read gives what may be read.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, cloud.Errorf(cloud.Invalid, "feed.long", "the file is longer than %d MiB", FeedBytes>>20)
	}
	return n, err
}

func checkFeed(feed string) error {
	if feed != cloud.Blacklist && feed != cloud.Whitelist {
		return cloud.Errorf(cloud.Invalid, "feed.name", "there is a %s and a %s, and no %q", cloud.Blacklist, cloud.Whitelist, feed).On("list")
	}
	return nil
}

// feedChange is what is to be written.
type feedChange struct {
	fresh   []ipam.Listed
	gone    []int64
	comment map[int64]string
	listed  int
}

// feedDifference compares a file with what is stored, in one snapshot.
func (c *Control) feedDifference(ctx context.Context, feed, source string, ranges []ipam.Listed) (d feedChange, err error) {
	there := map[netip.Prefix]store.FeedEntry{}
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		clear(there)
		return store.FeedEntries(tx, feed, func(e store.FeedEntry) { there[e.Prefix] = e })
	})
	if err != nil {
		return d, err
	}
	d.comment = map[int64]string{}
	for _, l := range ranges {
		e, known := there[l.Prefix]
		switch {
		case !known:
			d.fresh = append(d.fresh, l)
		case e.Source != source:
			d.listed++
		case l.Comment != "" && l.Comment != e.Comment:
			d.comment[e.ID] = l.Comment
		}
		delete(there, l.Prefix)
	}
	for _, e := range there {
		if e.Source == source {
			d.gone = append(d.gone, e.ID)
		}
	}
	slices.Sort(d.gone)
	// In the order of addresses: neighbours go to the same page of the index.
	slices.SortFunc(d.fresh, func(a, b ipam.Listed) int {
		return cmp.Or(a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()))
	})
	return d, nil
}

// applyFeed writes a difference in steps, and says at the end what was done: also when a
// step failed, since those before it stay.
func (c *Control) applyFeed(ctx context.Context, out *FeedImported, d feedChange) error {
	write := func(fn func(t *Txn) error) error {
		return c.DB.Write(ctx, func(tx *store.Tx) error { return fn(&Txn{Tx: tx, C: c, Call: system()}) })
	}
	for fresh := range slices.Chunk(d.fresh, feedStep) {
		var added int64
		err := write(func(t *Txn) (err error) {
			rows := make([]store.FeedEntry, len(fresh))
			for i, l := range fresh {
				rows[i] = store.FeedEntry{Prefix: l.Prefix, Comment: l.Comment}
			}
			added, err = store.AddFeedRanges(t.Tx, out.Feed, out.Source, rows)
			return err
		})
		if err != nil {
			return err
		}
		out.Added += int(added)
	}
	for gone := range slices.Chunk(d.gone, feedStep) {
		if err := write(func(t *Txn) error { return store.DropFeedRanges(t.Tx, gone) }); err != nil {
			return err
		}
		out.Removed += len(gone)
	}
	for id, comment := range d.comment {
		if err := write(func(t *Txn) error { return t.commentRange(id, comment) }); err != nil {
			return err
		}
		out.Changed++
	}
	if out.Added+out.Removed+out.Changed == 0 {
		return nil
	}
	return write(func(t *Txn) error {
		name := fmt.Sprintf("%s from %s: %d added, %d removed", out.Feed, out.Source, out.Added, out.Removed)
		return t.record("UPDATE", subject{kind: "feed", name: name, member: 1})
	})
}

// commentRange gives a range another comment, if it is still there.
func (t *Txn) commentRange(id int64, comment string) error {
	r, err := store.Get[cloud.FeedRange](t.Tx, id)
	if store.None(err) {
		return nil
	}
	if err != nil {
		return err
	}
	r.Comment = comment
	r.Touch(t.Now(), 0)
	return store.Update(t.Tx, r)
}

// FeedSource is how many ranges of a feed are from one source.
type FeedSource struct {
	Feed   string `json:"feed"`
	Source string `json:"source"` // "" = written by themselves
	Ranges int    `json:"ranges"`
}

// FeedSources lists what the feeds are made of.
func (c *Control) FeedSources(ctx context.Context) (list []FeedSource, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		list, err = nil, nil
		for _, feed := range []string{cloud.Blacklist, cloud.Whitelist} {
			many := map[string]int{}
			if err := store.FeedEntries(tx, feed, func(e store.FeedEntry) { many[e.Source]++ }); err != nil {
				return err
			}
			for source, n := range many {
				list = append(list, FeedSource{feed, source, n})
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b FeedSource) int {
		return cmp.Or(cmp.Compare(a.Feed, b.Feed), cmp.Compare(a.Source, b.Source))
	})
	return list, err
}

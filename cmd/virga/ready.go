package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
)

// A node is ready when the hosts of its own process were seen: before that
// nothing can be placed on them, and whoever reads that we are ready would be
// refused.

// ownHost is a host of this process, and the session that an earlier start had.
type ownHost struct{ id, session int64 }

// firstContact is how long a start waits for its own hosts before it says so.
const firstContact = 20 * time.Second

// expect notes a host of this process before it speaks.
func (n *node) expect(ctx context.Context, h *cloud.Host) error {
	return n.db.Read(ctx, func(tx *store.Tx) error {
		l, err := hub.LinkOf(tx, h.ID)
		own := ownHost{id: h.ID}
		if l != nil {
			own.session = l.Session
		}
		if err == nil {
			n.mu.Lock()
			n.own = append(n.own, own)
			n.mu.Unlock()
		}
		return err
	})
}

// unseen says which hosts of this process are not there yet, "" when all are.
func (n *node) unseen(ctx context.Context) (what string, err error) {
	var names, lost []string
	n.mu.Lock()
	all := slices.Clone(n.own)
	n.mu.Unlock()
	err = n.db.Read(ctx, func(tx *store.Tx) error {
		names, lost = nil, nil
		for _, own := range all {
			h, err := store.Get[cloud.Host](tx, own.id)
			if err != nil {
				return err
			}
			l, err := hub.LinkOf(tx, own.id)
			if err != nil {
				return err
			}
			switch {
			case l != nil && l.Lost:
				lost = append(lost, h.Name)
			case l == nil || l.Session == own.session || h.Cores == 0:
				names = append(names, h.Name)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case len(names) > 0:
		return fmt.Sprintf("%s not connected yet (%s); machines are refused there until then", hostsHave(names), strings.Join(names, ", ")), nil
	case len(lost) > 0:
		return fmt.Sprintf("%s declared lost (%s); `virga admin host admit NAME` takes one back", hostsAre(lost), strings.Join(lost, ", ")), nil
	}
	return "", nil
}

func hostsHave(names []string) string {
	if len(names) == 1 {
		return "a host of this machine has"
	}
	return fmt.Sprintf("%d hosts of this machine have", len(names))
}

func hostsAre(names []string) string {
	if len(names) == 1 {
		return "a host of this machine is"
	}
	return fmt.Sprintf("%d hosts of this machine are", len(names))
}

// awaitHosts waits until all hosts of this process were seen, or until the limit
// is over, and says which were not.
func (n *node) awaitHosts(ctx context.Context, limit time.Duration) (what string, err error) {
	for end := time.Now().Add(limit); ; {
		what, err = n.unseen(ctx)
		if err != nil || what == "" || limit > 0 && time.Now().After(end) {
			return what, err
		}
		if !pause(ctx, 20*time.Millisecond) {
			return what, ctx.Err()
		}
	}
}

// sayReady says the last word of a start: now, when nothing is waited for, or when
// the hosts have come.
func (n *node) sayReady(ctx context.Context, all *sync.WaitGroup, out io.Writer, what string) {
	n.isNow(what)
	if what == "" {
		say(out, "ready %s", time.Now().Format(time.TimeOnly))
		return
	}
	say(out, "not ready: %s", what)
	all.Go(func() {
		if _, err := n.awaitHosts(ctx, 0); err == nil {
			n.isNow("")
			say(out, "ready %s", time.Now().Format(time.TimeOnly))
		}
	})
}

// isNow notes what the node waits for.
func (n *node) isNow(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waits = what
}

// isReady says what the node waits for.
func (n *node) isReady(context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waits != "" {
		return cloud.Errorf(cloud.Unavailable, "ready.start", "%s", n.waits)
	}
	return nil
}

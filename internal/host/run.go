package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Times of the link.
const (
	longPoll    = 20 * time.Second
	slack       = 15 * time.Second // beyond the wait, before an exchange counts as lost
	gather      = 2 * time.Millisecond
	firstRedial = 100 * time.Millisecond
	lastRedial  = 10 * time.Second
	standingBy  = 30 * time.Second // between questions whether a host that stood down is wanted again
	renewEvery  = time.Hour
	reachTime   = 5 * time.Second // less than the control plane waits for a stream
)

// Runner lets an agent work and keeps its link.
type Runner struct {
	Agent  *Agent       // required
	Client *Client      // required
	Log    *slog.Logger // required
	// Met is called once, when the control plane has taken this host into a
	// session; optional.
	Met func()

	worked chan struct{} // the loop has something to say
	orders chan struct{} // the link has something to do
}

// Run works until ctx ends and returns when everything it started has ended.
// The guests go on.
func (r *Runner) Run(ctx context.Context) {
	r.worked, r.orders = make(chan struct{}, 1), make(chan struct{}, 1)
	var all sync.WaitGroup
	all.Go(func() { r.loop(ctx) })
	all.Go(func() { r.renew(ctx) })
	all.Go(func() { r.watch(ctx) })
	r.exchange(ctx, &all)
	all.Wait()
	r.Client.Close()
}

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// loop makes one step after the other.
func (r *Runner) loop(ctx context.Context) {
	for ctx.Err() == nil {
		worked, next := r.Agent.Step(ctx)
		if worked {
			if r.Agent.Pressing() {
				signal(r.worked)
			}
			continue
		}
		t := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-t.C:
		case <-r.orders:
		}
		t.Stop()
	}
}

// exchange keeps one request open. When there is something to say, the open
// one is given up for one that says it.
func (r *Runner) exchange(ctx context.Context, all *sync.WaitGroup) {
	retry := firstRedial
	known := map[string]bool{}
	for ctx.Err() == nil {
		req, reply, err := r.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errGivenUp) {
			continue
		}
		var streams []plan.StreamOrder
		if err == nil {
			streams, err = r.Agent.Apply(req, reply)
			signal(r.orders)
			if err == nil && reply.Session != 0 && !reply.StandDown && r.Met != nil {
				r.Met()
				r.Met = nil
			}
			// A stream may be told twice; ids are forgotten when the reply
			// with them is long over.
			if len(known) > 10_000 {
				clear(known)
			}
			for _, s := range streams {
				if !known[s.ID] {
					known[s.ID] = true
					all.Go(func() { r.stream(ctx, s) })
				}
			}
		} else {
			r.Agent.Disconnect()
		}
		pause := time.Duration(0)
		switch {
		case err != nil:
			r.Log.Warn("link to the control plane", "error", err)
			pause, retry = retry, min(2*retry, lastRedial)
		case reply.Adopt && req.Hello == nil:
			pause = gather * 10 // the loop still has to look at everything
		case reply.StandDown:
			r.Log.Warn("this host was declared lost, removed or replaced by another machine; it stands down")
			pause = pauseDown(req, reply)
		default:
			retry = firstRedial
		}
		sleep(ctx, pause)
	}
}

// pauseDown is how long a host that stands down waits before it asks again.
func pauseDown(req plan.Request, reply plan.Reply) time.Duration {
	switch {
	case req.Hello == nil || len(req.Hello.Held) > 0 || req.Wait == 0:
		return time.Second // it has not ended everything yet, or not said so, or did not know that it could wait
	case reply.Waited:
		return 0 // the control plane will say so at once
	}
	return standingBy // it is not one that waits, or has nothing to wait for
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// errGivenUp: the agent has news, so the open request makes way.
var errGivenUp = errors.New("given up for another request")

// once makes one exchange.
func (r *Runner) once(ctx context.Context) (req plan.Request, reply plan.Reply, err error) {
	select { // news up to here go with this request
	case <-r.worked:
	default:
	}
	req = r.Agent.Request(longPoll)
	if len(req.Reports) > 0 || len(req.Missing) > 0 || req.Adopt != nil {
		req.Wait = 0 // the answer confirms them
	}
	ctx, cancel := context.WithTimeout(ctx, longPoll+slack)
	defer cancel()
	type result struct {
		reply plan.Reply
		err   error
	}
	done := make(chan result, 1)
	go func() {
		reply, err := r.Client.Exchange(ctx, req)
		done <- result{reply, err}
	}()
	worked := r.worked
	if req.Wait == 0 {
		worked = nil // it is answered at once; news wait for the next
	}
	select {
	case res := <-done:
		return req, res.reply, res.err
	case <-worked:
	}
	// Steps come in bursts, and a report that says several is cheaper; the
	// answer may also have come meanwhile.
	sleep(ctx, gather)
	cancel()
	res := <-done
	if res.err != nil {
		return req, res.reply, errGivenUp
	}
	return req, res.reply, nil
}

// stream connects a target with the control plane.
func (r *Runner) stream(ctx context.Context, s plan.StreamOrder) {
	target, err := r.reach(ctx, s.Target)
	why := ""
	if err != nil {
		why = err.Error()
	}
	link, openErr := r.Client.Stream(ctx, s.ID, why)
	if err != nil || openErr != nil {
		r.Log.Info("guest stream", "target", s.Target, "error", errors.Join(err, openErr))
		if target != nil {
			_ = target.Close()
		}
		return
	}
	splice(ctx, target, link)
}

// reach connects to a guest. One that does not answer is its own matter: it is said
// before the control plane loses its patience with this host.
func (r *Runner) reach(ctx context.Context, to plan.Target) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	c, err := r.Agent.opt.Machine.Dial(ctx, to)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("the guest does not answer at %s yet: it may still boot, or nothing listens there", to.Address)
	}
	return c, err
}

// splice copies both directions until one ends.
func splice(ctx context.Context, a, b io.ReadWriteCloser) {
	var once sync.Once
	end := func() { once.Do(func() { _, _ = a.Close(), b.Close() }) }
	stop := context.AfterFunc(ctx, end)
	defer stop()
	var both sync.WaitGroup
	both.Go(func() { defer end(); _, _ = io.Copy(a, b) }) // the end of a connection is no error
	both.Go(func() { defer end(); _, _ = io.Copy(b, a) })
	both.Wait()
}

// watch lets what somebody else has changed be looked at when it happens.
func (r *Runner) watch(ctx context.Context) {
	err := r.Agent.opt.Machine.Watch(ctx, func(ref plan.Ref) {
		r.Agent.Look(ref)
		signal(r.orders)
	})
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("what others change here is noticed at the next look only", "error", err)
	}
}

// renew keeps the certificate young.
func (r *Runner) renew(ctx context.Context) {
	for ctx.Err() == nil {
		if r.Client.RenewDue() {
			if err := r.Client.Renew(ctx); err != nil && ctx.Err() == nil {
				r.Log.Warn("link to the control plane", "error", err)
			}
		}
		t := time.NewTimer(renewEvery)
		select {
		case <-ctx.Done():
		case <-t.C:
		case <-r.Client.moved:
		}
		t.Stop()
	}
}

// background runs a download of the image driver; Images.Close ends it.
func background(f func()) { go f() }

// Watch hears of changes of the rules of routers, and of their namespaces when they
// are taken away. The rules of cards are looked at all the time.
func (m *Real) Watch(ctx context.Context, changed func(plan.Ref)) error {
	names, err := sys.WatchNetns()
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	all.Go(func() { m.watchNames(ctx, names, changed) })
	defer all.Wait()
	defer func() { _ = names.Close() }()
	return m.watchRules(ctx, changed)
}

// watchNames hears of namespaces that lose their names. Our own removals are among them:
// what is to be absent is not looked at.
func (m *Real) watchNames(ctx context.Context, w *sys.NetnsWatch, changed func(plan.Ref)) {
	stop := context.AfterFunc(ctx, func() { _ = w.Close() })
	defer stop()
	for {
		names, err := w.Next()
		if err != nil {
			return
		}
		for _, ns := range names {
			if id, ok := m.opt.In.Parse("r", string(ns)); ok {
				changed(plan.Ref{Kind: plan.KindRouter, ID: id})
			}
		}
	}
}

// watchRules hears of changes of the rules of routers.
func (m *Real) watchRules(ctx context.Context, changed func(plan.Ref)) error {
	w, err := nft.NewWatch()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = w.Close() })
	defer stop()
	m.mu.Lock()
	m.watch = w
	m.mu.Unlock()
	ids, err := m.routers.List(ctx)
	for _, id := range ids {
		err = errors.Join(err, w.Add(m.opt.In.Netns("r", id)))
	}
	if err != nil {
		return err
	}
	for {
		c, err := w.Next()
		if err != nil {
			return err
		}
		if c.Netns == "" { // too much at once: everything
			ids, err := m.routers.List(ctx)
			if err != nil {
				return err
			}
			for _, id := range ids {
				changed(plan.Ref{Kind: plan.KindRouter, ID: id})
			}
			continue
		}
		if id, ok := m.opt.In.Parse("r", string(c.Netns)); ok && m.tables.Alien(c) {
			changed(plan.Ref{Kind: plan.KindRouter, ID: id})
		}
	}
}

// Down ends all guests and takes away what runs or is configured here:
// processes, cards, routers, networks, the provider bridge. Disks, images and
// documents stay; the next agent on the same folder makes all of it again. No
// agent may be at work meanwhile.
func (m *Real) Down(ctx context.Context) error {
	for _, part := range []struct {
		what   string
		list   func(context.Context) ([]plan.ID, error)
		remove func(context.Context, plan.ID) (plan.Status, error)
	}{
		{"machine", m.machines.List, m.machines.Remove},
		{"card", m.taps.List, m.taps.Remove},
		{"guard", m.guards.List, m.guards.Remove},
		{"router", m.routers.List, func(ctx context.Context, id plan.ID) (plan.Status, error) { return m.removeRouter(ctx, id) }},
		{"network", m.networks.List, m.networks.Remove},
	} {
		ids, err := part.list(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := until(ctx, func() (plan.Status, error) { return part.remove(ctx, id) }); err != nil {
				return fmt.Errorf("remove %s %s: %w", part.what, id, err)
			}
		}
	}
	return until(ctx, func() (plan.Status, error) { return m.provider.Remove(ctx) })
}

// until repeats steps until ready or ctx ends.
func until(ctx context.Context, step func() (plan.Status, error)) error {
	for {
		st, err := step()
		if err == nil && st.Ready {
			return nil
		}
		if err == nil {
			err = errors.New(st.Reason)
		}
		sleep(ctx, soon)
		if ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
	}
}

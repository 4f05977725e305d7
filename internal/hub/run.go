package hub

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

func (o *Options) defaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// longestWait bounds what a host may ask for, so that a proxy between does
// not cut the connection and a node that stops does not wait long.
const longestWait = 20 * time.Second

// bodyTime is how long a host may take to say what it has to say.
const bodyTime = time.Minute

// now is a time of this machine's clock for connections, whatever the hub's own is.
func now(later time.Duration) time.Time { return time.Now().Add(later) }

// pollEvery is how often a waiting exchange looks by itself: wake-ups of
// other nodes may get lost.
const pollEvery = 5 * time.Second

// Serve is Exchange, but it holds the answer back while there is nothing to
// say, as long as the request allows.
func (h *Hub) Serve(ctx context.Context, host int64, req plan.Request) (plan.Reply, error) {
	wait := min(time.Duration(req.Wait)*time.Millisecond, longestWait)
	news, cancel := h.db.Subscribe(topic(host))
	defer cancel()
	streams, cancelStreams := h.streams.subscribe(host)
	defer cancelStreams()
	reply, err := h.Exchange(ctx, host, req)
	standsBy := err == nil && reply.StandDown && req.Hello != nil && len(req.Hello.Held) == 0
	if err != nil || wait <= 0 || speaks(reply) && !standsBy {
		return reply, err
	}
	// What the request said is committed; from here on it only asks.
	ask := plan.Request{Session: req.Session, Seq: req.Seq}
	end := time.NewTimer(wait)
	defer end.Stop()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return reply, ctx.Err()
		case <-end.C:
			reply.Waited = true
			return reply, nil
		case <-news:
		case <-streams:
		case <-poll.C:
		}
		if standsBy {
			lost, err := h.lost(ctx, host)
			if err != nil {
				return plan.Reply{}, err
			}
			if !lost { // taken back: its hello opens a session
				return h.Exchange(ctx, host, req)
			}
			continue
		}
		more, err := h.look(ctx, host, ask)
		if err != nil || speaks(more) || more.Ahead != reply.Ahead {
			more.Drop, more.Incarnation = reply.Drop, reply.Incarnation
			return more, err
		}
	}
}

// ServeLinks accepts hosts until ctx ends, and returns when every connection
// is closed and nobody is answered any more. The listener is a Pipe or a TCP listener.
func (h *Hub) ServeLinks(ctx context.Context, l net.Listener) error {
	if h.opt.CA == nil {
		return errors.New("serve links: this hub has no certificate authority")
	}
	conf, err := h.opt.CA.tlsConfig()
	if err != nil {
		return fmt.Errorf("serve links: %w", err)
	}
	var open sync.RWMutex // held for reading while a request is answered
	links := h.Handler()
	srv := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			open.RLock()
			defer open.RUnlock()
			links.ServeHTTP(w, r)
		}),
		TLSConfig:         conf,
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		// A waiting exchange must notice that the node stops.
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(h.opt.Log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		// Not Shutdown: HTTP/2 takes a second to take its leave, and an answer
		// that is cut off is asked for again.
		err := srv.Close()
		open.Lock()
		defer open.Unlock()
		stopped <- err
	})
	err = srv.ServeTLS(l, "", "")
	if stop() {
		return errors.Join(err, srv.Close())
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("serve links: %w", err)
	}
	return nil
}

func speaks(r plan.Reply) bool {
	return r.Stale || r.Adopt || r.StandDown || len(r.Orders) > 0 || len(r.Drop) > 0 ||
		len(r.Streams) > 0 || len(r.Check) > 0 || r.Incarnation != ""
}

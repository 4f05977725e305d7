package hub

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
)

// tellAgain is when a host that did not connect a stream is told of it once
// more. It knows streams by their id and connects each once.
const tellAgain = time.Second

// streams are connections to guests that somebody waits for. They live in
// the memory of the hub that the host is connected to: whoever waits holds a
// connection to that process anyway.
type streams struct {
	mu      *sync.Mutex
	waiting map[string]*stream
	wake    map[int64]map[chan struct{}]bool
}

type stream struct {
	order plan.StreamOrder
	host  int64
	sent  time.Time // when the host was told; replies get lost
	ready chan result
}

type result struct {
	conn net.Conn
	err  error
}

func newStreams() streams {
	return streams{mu: &sync.Mutex{}, waiting: map[string]*stream{}, wake: map[int64]map[chan struct{}]bool{}}
}

// OpenStream connects to a target on a host. It waits until the host has
// dialled it or ctx ends, which is what bounds the wait when the host is away.
func (h *Hub) OpenStream(ctx context.Context, host int64, to plan.Target) (net.Conn, error) {
	var secret [16]byte
	if _, err := io.ReadFull(h.opt.Rand, secret[:]); err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	s := &stream{
		order: plan.StreamOrder{ID: hex.EncodeToString(secret[:]), Target: to},
		host:  host, ready: make(chan result, 1),
	}
	h.streams.add(s)
	select {
	case r := <-s.ready:
		return r.conn, r.err
	case <-ctx.Done():
		if !h.streams.forget(s) {
			// It was connected at the same moment.
			if r := <-s.ready; r.conn != nil {
				_ = r.conn.Close()
			}
		}
		return nil, cloud.Errorf(cloud.Unavailable, "host.stream", "the host did not connect the stream in time").
			WithFix("Is its agent running and connected to this control node?")
	}
}

func (s *streams) add(n *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[n.order.ID] = n
	for ch := range s.wake[n.host] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// untold marks streams to be told again, because the reply did not arrive.
func (s *streams) untold(orders []plan.StreamOrder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range orders {
		n := s.waiting[o.ID]
		if n == nil {
			continue
		}
		n.sent = time.Time{}
		for ch := range s.wake[n.host] {
			select {
			case ch <- struct{}{}:
			default:
			}
		}
	}
}

// forget ends the wait; false when somebody has connected it already.
func (s *streams) forget(n *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.waiting[n.order.ID]
	delete(s.waiting, n.order.ID)
	return ok
}

// due lists the streams that a host is to be told about.
func (s *streams) due(host int64, now time.Time) []plan.StreamOrder {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []plan.StreamOrder
	for _, n := range s.waiting {
		if n.host == host && now.Sub(n.sent) > tellAgain {
			n.sent = now
			list = append(list, n.order)
		}
	}
	slices.SortFunc(list, func(a, b plan.StreamOrder) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// claim is the stream that a host connects, nil for a wrong or used id.
func (s *streams) claim(host int64, id string) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.waiting[id]
	if n == nil || n.host != host || subtle.ConstantTimeCompare([]byte(n.order.ID), []byte(id)) != 1 {
		return nil
	}
	delete(s.waiting, id)
	return n
}

// subscribe makes a channel that is readable when a host has a new stream.
func (s *streams) subscribe(host int64) (wake chan struct{}, cancel func()) {
	ch := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wake[host] == nil {
		s.wake[host] = map[chan struct{}]bool{}
	}
	s.wake[host][ch] = true
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.wake[host], ch)
		if len(s.wake[host]) == 0 {
			delete(s.wake, host)
		}
	}
}

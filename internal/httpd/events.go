package httpd

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

const (
	// lookEvery is how often an open stream looks at the store. A commit that
	// gives work to somebody wakes it at once.
	lookEvery = 400 * time.Millisecond
	// lookAnyway is how often it looks when there seems to be nothing.
	lookAnyway = 3 * time.Second
	// pause is the least time between two looks.
	pause = 50 * time.Millisecond
	// quietTime is the longest silence, and how long who was shut out still reads.
	quietTime = 15 * time.Second
	// eventPage bounds one look.
	eventPage = 500
)

// Operation is the data of an "operation" message: one line of the record,
// with the field id of the stream to resume after it.
type Operation struct {
	ID        int64     `json:"id"`
	Operation string    `json:"operation"` // same id for start and end
	End       bool      `json:"end"`
	At        time.Time `json:"at"`
	User      string    `json:"user"`
	Action    string    `json:"action"`
	Kind      string    `json:"kind"`
	Object    string    `json:"object"`    // id in the 1&1 form
	ObjectID  int64     `json:"object_id"` // id in the CloudCIX form
	Name      string    `json:"name"`
	State     int       `json:"state,omitempty"` // CloudCIX state that it led to
	Failed    bool      `json:"failed,omitempty"`
	Reason    string    `json:"reason,omitempty"`
}

// Progress is the data of a "server" message: how far the host is. It follows
// the real end of the work, not what dialects show for a moment longer.
type Progress struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Change  string `json:"change,omitempty"`
	Running bool   `json:"running"` // something is under way
	On      bool   `json:"on"`
	Step    int    `json:"step"`
	Steps   int    `json:"steps"`
	Percent int    `json:"percent"`
	Reason  string `json:"reason,omitempty"` // what it waits for, or why it gave up
	Failed  bool   `json:"failed,omitempty"` // the last work gave up
	Gone    bool   `json:"gone,omitempty"`
	// Instance counts the systems that were installed: each has host keys of its own.
	Instance int64 `json:"instance,omitempty"`
}

func progressOf(s *cloud.Server) Progress {
	p := Progress{
		ID: s.UID.String(), Name: s.Name, Change: string(s.Change), Running: s.Open(), On: s.SeenOn,
		Step: s.Step, Steps: s.Steps, Percent: s.Progress(), Reason: s.Reason, Gone: !s.Alive(),
		Instance: s.Instance,
	}
	if !p.Running {
		p.Percent, p.Failed = 100, s.Reason != "" && s.Alive()
	}
	return p
}

func operationOf(e *cloud.Event) Operation {
	return Operation{
		ID: e.ID, Operation: e.Operation.String(), End: e.End, At: e.At, User: e.UserName, Action: e.Action, Kind: e.Kind,
		Object: e.ObjectUID.String(), ObjectID: e.ObjectID, Name: e.Object, State: e.State, Failed: e.Failed, Reason: e.Reason,
	}
}

// events streams what happens to the objects of the actor: every line of the
// record, and how far work on servers is. With ?server=ID only the progress
// of that one, beginning with how it is now. Each message may come again after
// a reconnect; none is lost.
func (f *front) events(w http.ResponseWriter, r *http.Request) error {
	call, err := f.call(r)
	if err != nil {
		return err
	}
	s := &feed{f: f, call: call, r: r, last: map[int64]string{}, sent: map[int64]bool{}, opened: time.Now(), checked: time.Now()}
	if err := s.open(); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy that collects would make it useless
	w.WriteHeader(http.StatusOK)
	s.out = &sseWriter{w: w, rc: http.NewResponseController(w)}
	s.run() // the end of the connection is nobody's error
	return nil
}

// feed is one open stream.
type feed struct {
	f     *front
	r     *http.Request
	call  *control.Call
	only  control.Pick // empty: everything
	after int64        // number to go on from
	// sent has events after that number, and last what was said of servers.
	sent map[int64]bool
	last map[int64]string
	out  *sseWriter

	opened  time.Time
	looked  time.Time // at the store
	mark    int64     // end of the record then
	checked time.Time // when the token was last looked at
}

// open finds where the stream begins. A bad request is still answered as one.
func (s *feed) open() (err error) {
	if text := s.r.URL.Query().Get("server"); text != "" {
		if s.only, err = pickServer(text); err != nil {
			return err
		}
		return s.f.Control.Read(s.r.Context(), s.call, func(t *control.Txn) error {
			_, err := t.Progress(s.only)
			return err
		})
	}
	if err := auth.Need(s.call.Actor, "logs.show"); err != nil {
		return err
	}
	from := s.r.Header.Get("Last-Event-ID")
	if from == "" {
		from = s.r.URL.Query().Get("after") // for clients that cannot set headers
	}
	if from != "" {
		if s.after, err = strconv.ParseInt(from, 10, 64); err != nil || s.after < 0 {
			return cloud.Errorf(cloud.Invalid, "event.id", "%q is no number of an event", from).On("Last-Event-ID")
		}
		return nil
	}
	return s.f.Control.Read(s.r.Context(), s.call, func(t *control.Txn) error {
		s.after, err = t.Mark()
		return err
	})
}

// run looks and tells until the connection or the right to it ends.
func (s *feed) run() {
	ctx := s.r.Context()
	wake, cancel := s.f.Control.DB.Subscribe("work")
	defer cancel()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for s.turn(ctx) == nil && s.alive() == nil {
		select { // commits come in crowds: one look serves many
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		for waits := true; waits; {
			select {
			case <-ctx.Done():
				return
			case <-wake:
				waits = false
			case <-tick.C:
				waits = !s.due(ctx)
			}
		}
	}
}

// due tells whether a look is worth it though nobody woke the stream: most of
// many open ones have nothing to tell most of the time.
func (s *feed) due(ctx context.Context) bool {
	if !s.only.Empty() || len(s.last) > 0 || time.Since(s.looked) >= lookAnyway || time.Since(s.checked) >= s.f.Recheck {
		return true
	}
	mark, err := s.f.pulse.newest(ctx, s.f.Control, s.call)
	return err != nil || mark != s.mark
}

// pulse is where the record of events ends, which all open streams of a node ask
// for together.
type pulse struct {
	mu   sync.Mutex
	at   time.Time
	mark int64
}

// newest is the number of the last event as of a moment ago.
func (p *pulse) newest(ctx context.Context, c *control.Control, call *control.Call) (mark int64, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.at) < lookEvery/2 {
		return p.mark, nil
	}
	err = c.Read(ctx, call, func(t *control.Txn) (err error) {
		mark, err = t.Mark()
		return err
	})
	if err == nil {
		p.at, p.mark = time.Now(), mark
	}
	return mark, err
}

// alive looks from time to time whether the token still holds, and says
// something so that both ends know of each other.
func (s *feed) alive() error {
	if time.Since(s.checked) < s.f.Recheck {
		return nil
	}
	if time.Since(s.opened) > s.f.StreamAge {
		return errOld
	}
	s.checked = time.Now()
	a, err := s.f.again(s.r, s.call.Actor)
	if err != nil {
		return err
	}
	s.call.Actor = a // its role may be another one by now
	return s.out.comment("alive")
}

// turn tells what is new, page by page.
func (s *feed) turn(ctx context.Context) error {
	var err error
	if s.mark, err = s.f.pulse.newest(ctx, s.f.Control, s.call); err != nil { // before the look: what comes later is seen then
		return err
	}
	s.looked = time.Now()
	for {
		var events []*cloud.Event
		var servers []*cloud.Server
		next := s.after
		err := s.f.Control.Read(ctx, s.call, func(t *control.Txn) (err error) {
			if !s.only.Empty() {
				one, err := t.Progress(s.only)
				servers = append(servers, one)
				return err
			}
			if events, next, err = t.Follow(s.after, eventPage); err != nil {
				return err
			}
			servers, err = s.moving(t)
			return err
		})
		if err != nil {
			return err
		}
		if err := s.tell(events, next, servers); err != nil {
			return err
		}
		if len(events) < eventPage {
			return s.out.flush()
		}
	}
}

// moving lists servers with work, and those that had some at the last look.
func (s *feed) moving(t *control.Txn) ([]*cloud.Server, error) {
	if !s.call.Actor.Has("servers.show") {
		return nil, nil
	}
	list, err := t.Moving()
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, srv := range list {
		seen[srv.ID] = true
	}
	for id := range s.last {
		if seen[id] {
			continue
		}
		srv, err := t.Progress(control.Pick{ID: id})
		if cloud.IsKind(err, cloud.NotFound) {
			delete(s.last, id)
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, srv)
	}
	return list, nil
}

func (s *feed) tell(events []*cloud.Event, next int64, servers []*cloud.Server) error {
	for _, e := range events {
		if s.sent[e.ID] {
			continue
		}
		s.sent[e.ID] = true
		if err := s.out.message("operation", min(e.ID, next), operationOf(e)); err != nil {
			return err
		}
	}
	s.after = next
	for id := range s.sent {
		if id <= next {
			delete(s.sent, id)
		}
	}
	for _, srv := range servers {
		if err := s.server(srv); err != nil {
			return err
		}
	}
	return nil
}

// server tells how far a server is, when that changed.
func (s *feed) server(srv *cloud.Server) error {
	p := progressOf(srv)
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if s.last[srv.ID] == string(b) {
		return nil
	}
	s.last[srv.ID] = string(b)
	if s.only.Empty() && !p.Running {
		delete(s.last, srv.ID) // its end is told; it moves no more
	}
	return s.out.raw("server", 0, b)
}

package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/oneandone"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// Run plays one seed: users, hosts, faults and crashes in random order, then
// quiet, then everything must agree. Story, when not nil, hears every step.
type Run struct {
	*World
	Steps int
	Story func(format string, args ...any)

	api       http.Handler
	cix       http.Handler
	tokens    []string // of 1&1, by tenant
	tenants   []tenant
	about     owner           // what it is done to
	doing     string          // what is done right now, for what goes wrong in it
	wrong     error           // what a user was shown that is not so
	triples   map[string]bool // of state, step and fault
	saved     string          // file with an older database
	undecided bool            // something waits for a person's decision
	late      *frozen
	old       map[int64]plan.Request // of hosts, to arrive late
	faults    int                    // crashes, injected errors, hosts that misbehave
	lied      bool
	other     *cloud.Image // for reinstalls
	disc      *cloud.Image // for drives
}

// servers as the API shows them; what is needed of them here.
type shown struct {
	ID     string `json:"id"`
	Status struct {
		State string `json:"state"`
	} `json:"status"`
	Hardware struct {
		VCore int     `json:"vcore"`
		RAM   float64 `json:"ram"`
		HDDs  []struct {
			ID   string `json:"id"`
			Size int    `json:"size"`
			Main bool   `json:"is_main"`
		} `json:"hdds"`
	} `json:"hardware"`
	Snapshot *struct {
		ID string `json:"id"`
	} `json:"snapshot"`
	IPs []struct {
		ID string `json:"id"`
	} `json:"ips"`
}

// Start makes users and the dialect, before the first random step.
func (r *Run) Start() error {
	r.triples, r.old = map[string]bool{}, map[int64]plan.Request{}
	r.turned = r.hears
	r.handlers = r.hears(r.handlers)
	r.mount()
	r.tokens = []string{r.Cred.Token}
	session, err := r.login(1)
	if err != nil {
		return err
	}
	r.tenants = []tenant{{1, 1, r.Cred.Token, session}}
	for i := range 2 {
		key := fmt.Sprintf("%032x", 0xabc0+i)
		u := &cloud.User{RoleID: 1, Administrator: true, APIActive: true, APIKeyHash: auth.APIKeyHash(key)}
		err := r.DB.Write(context.Background(), func(tx *store.Tx) error {
			m := &cloud.Member{Name: fmt.Sprintf("tenant %d", i), SelfManaged: true}
			if err := store.Insert(tx, m); err != nil {
				return err
			}
			s := &cloud.Site{MemberID: m.ID, Name: m.Name}
			if err := store.Insert(tx, s); err != nil {
				return err
			}
			u.MemberID, u.SiteID, u.Name = m.ID, s.ID, m.Name
			return store.Insert(tx, u)
		})
		if err == nil {
			session, err = r.login(u.ID)
		}
		if err != nil {
			return err
		}
		r.tokens = append(r.tokens, key)
		r.tenants = append(r.tenants, tenant{u.MemberID, u.SiteID, key, session})
	}
	if r.disc, err = r.C.AddImage(context.Background(), cloud.Image{
		Kind: cloud.ISOImage, Name: "disc", Family: "Linux", OS: "Linux", Type: "OS", ImageType: "ISO_OS", Public: true, ServerType: 2,
		Digest: fmt.Sprintf("%032x%032x", 5, 5), SizeBytes: 1 << 20,
	}); err != nil {
		return err
	}
	r.other, err = r.C.AddImage(context.Background(), cloud.Image{
		Kind: cloud.Appliance, Name: "other", Family: "Linux", OS: "Linux", Type: "IMAGE", MinGB: 1, CloudInit: true,
		MultipleIPs: true, Public: true, ServerType: 2, Digest: fmt.Sprintf("%032x%032x", 7, 7), SizeBytes: 1 << 20,
	})
	return err
}

func (r *Run) mount() {
	r.api = oneandone.New(r.C, oneandone.Options{Now: r.clock, Rate: -1, Log: slog.New(slog.DiscardHandler)})
	r.mountCIX()
}

// call makes one request; a played crash of the control plane restarts it and
// answers 0, as a broken connection would.
func (r *Run) call(token, method, path string, body any) (status int, answer []byte) {
	return r.send(r.api, "X-TOKEN", token, method, "/v1"+path, body)
}

func (r *Run) say(format string, args ...any) {
	if r.Story != nil {
		r.Story("%s "+format, append([]any{r.Now.Format("15:04:05.000")}, args...)...)
	}
}

// guard runs a step of the control plane; true when it died in it. It is
// started again at once, on what the disk holds.
func (r *Run) guard(step func()) (died bool) {
	defer func() {
		if c := recover(); c != nil {
			if _, played := c.(crash.Crashed); !played {
				panic(c)
			}
			died = true
			r.say("the control plane died at %v", c)
			r.restart()
		}
	}()
	step()
	return false
}

func (r *Run) restart() {
	if err := r.Close(); err != nil {
		panic(fmt.Sprintf("close after crash: %v", err))
	}
	r.reopen()
}

// reopen starts the control plane on what the disk holds.
func (r *Run) reopen() {
	r.late = nil // its connection is gone
	for r.opens() {
		r.say("the control plane died while it started")
	}
	r.mount()
	for _, h := range r.Hosts {
		h.Agent.Disconnect()
	}
}

// opens starts the control plane; true when it died in it and has to be
// started once more.
func (r *Run) opens() (died bool) {
	defer func() {
		if c := recover(); c != nil {
			if _, played := c.(crash.Crashed); !played {
				panic(c)
			}
			died = true
			if err := r.Close(); err != nil {
				panic(fmt.Sprintf("close after crash: %v", err))
			}
		}
	}()
	if err := r.Open(); err != nil && !errors.Is(err, fake.ErrInjected) {
		panic(fmt.Sprintf("start after crash: %v", err))
	}
	return false
}

// guardHost runs a step of a host; when it died in it, its agent starts again.
func (r *Run) guardHost(h *Host, step func()) {
	defer func() {
		if c := recover(); c != nil {
			if _, played := c.(crash.Crashed); !played {
				panic(c)
			}
			r.say("%s died at %v", h.Name, c)
			if err := r.Boot(h); err != nil {
				panic(fmt.Sprintf("boot %s: %v", h.Name, err))
			}
		}
	}()
	step()
}

// Play makes the random steps, with faults, and then brings everything to rest.
func (r *Run) Play() error {
	crashes := 0
	restore := crash.Set(func(name string) error {
		switch n := r.Rand.IntN(2000); {
		case n == 0 && crashes < 6:
			crashes++
			r.faults++
			r.met(r.about, r.doing, "death at "+name)
			panic(crash.Crashed{Point: name})
		case n == 1 && name[:5] != "store":
			r.faults++
			r.met(r.about, r.doing, "error at "+name)
			return fmt.Errorf("%w at %s", fake.ErrInjected, name)
		}
		return nil
	})
	for n := range r.Steps {
		r.step()
		if err := r.ask(); err != nil {
			return fmt.Errorf("after step %d: %w", n+1, err)
		}
		if r.wrong != nil {
			return fmt.Errorf("in step %d: %w", n+1, r.wrong)
		}
	}
	restore()
	if err := r.Mend(); err != nil {
		return fmt.Errorf("when the last fault was over: %w", err)
	}
	r.say("the last fault is over")
	if r.lied || r.undecided {
		// What a lie left behind may keep other removals waiting, with that
		// reason, until somebody decides about it.
		_ = r.Settle(10 * time.Minute)
		if err := r.decide(); err != nil {
			return err
		}
	}
	if err := r.Rest(liveness); err != nil {
		return err
	}
	if bad := r.Leaks(); len(bad) > 0 {
		return fmt.Errorf("after the last fault: %q", bad)
	}
	return nil
}

// decide is the operator after a host lied: what it said was gone and is not
// must have been reported as an orphan by now, and is removed.
func (r *Run) decide() error {
	r.Now = r.Now.Add(2 * time.Minute) // hosts compare artefacts with documents once a minute
	_ = r.Settle(10 * time.Minute)
	return r.RemoveOrphans()
}

// RemoveOrphans is the operator's decision about everything undecided.
func (r *Run) RemoveOrphans() error {
	return r.DB.Write(context.Background(), func(tx *store.Tx) error {
		for _, h := range r.Hosts {
			list, err := hub.Orphans(tx, h.ID)
			if err != nil {
				return err
			}
			for _, o := range list {
				if err := hub.RemoveOrphan(tx, o.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (r *Run) step() {
	r.returns(false)
	h := r.Hosts[r.Rand.IntN(len(r.Hosts))]
	switch n := r.Rand.IntN(100); {
	case n < 10:
		r.user()
	case n < 45:
		r.guard(func() { _, _ = r.Work() })
	case h.Down && n < 90:
		r.Now = r.Now.Add(time.Second)
	case n < 65:
		r.talk(h)
	case n < 90:
		for range 1 + r.Rand.IntN(6) {
			r.guardHost(h, func() { h.Agent.Step(context.Background()) })
		}
	case n < 95:
		r.Now = r.Now.Add(time.Duration(r.Rand.IntN(4000)) * time.Millisecond)
	case n < 96:
		r.Now = r.Now.Add(time.Duration(r.Rand.IntN(200)) * time.Second)
	case n < 98:
		if r.Rand.IntN(2) == 0 {
			r.disaster(h)
		} else {
			r.fault(h)
		}
	case n < 99:
		switch r.Rand.IntN(6) {
		case 0, 1:
			r.freeze()
		case 2, 3:
			if err := r.lateWrite(); err != nil {
				r.notice("%w", err)
			}
		default:
			r.say("%s is switched off and on", h.Name)
			if err := r.Boot(h); err != nil {
				panic(err)
			}
		}
	default:
		if r.Rand.IntN(4) == 0 {
			r.say("the control plane is restarted")
			r.restart()
		}
	}
}

// talk makes an exchange; sometimes the answer is lost, sometimes the request
// arrives twice.
func (r *Run) talk(h *Host) {
	ctx := context.Background()
	req := h.Agent.Request(0)
	r.about, r.doing = owner{}, "talk"
	var reply plan.Reply
	var err error
	if r.guard(func() { reply, err = r.Hub.Exchange(ctx, h.ID, req) }) || err != nil {
		h.Agent.Disconnect()
		return
	}
	h.standing = reply.StandDown
	h.heard(r.Now, req, reply)
	r.sent(h, reply)
	switch r.Rand.IntN(40) {
	case 2:
		r.old[h.ID] = req
	case 3:
		if old, ok := r.old[h.ID]; ok {
			r.say("an old request of %s arrives late", h.Name)
			r.everything("late request", h)
			if r.guard(func() { _, _ = r.Hub.Exchange(ctx, h.ID, old) }) {
				return
			}
		}
	case 0:
		r.everything("answer lost", h)
		r.say("the answer to %s is lost", h.Name)
		return
	case 1:
		r.everything("request doubled", h)
		r.say("the request of %s arrives twice", h.Name)
		if r.guard(func() { _, err = r.Hub.Exchange(ctx, h.ID, req) }) {
			return
		}
	}
	r.guardHost(h, func() { _, _ = h.Agent.Apply(req, reply) })
}

// fault lets some steps of a host go wrong.
func (r *Run) fault(h *Host) {
	modes := []fake.Mode{fake.Fail, fake.FailAfter, fake.Stall, fake.Lie, fake.Hopeless}
	f := fake.Fault{Mode: modes[r.Rand.IntN(len(modes))], Times: 1 + r.Rand.IntN(4), Reason: "by the seed"}
	if r.Rand.IntN(2) == 0 {
		f.Kind = plan.Kinds[r.Rand.IntN(len(plan.Kinds))]
	}
	r.lied = r.lied || f.Mode == fake.Lie
	r.say("%s: fault %+v", h.Name, f)
	r.faults += f.Times
	h.troubles = append(h.troubles, trouble{Fault: f})
}

func (r *Run) list(token string) []shown {
	fresh := r.current()
	code, answer := r.call(token, "GET", "/servers", nil)
	if code != 200 {
		return nil
	}
	var list []shown
	if err := json.Unmarshal(answer, &list); err != nil {
		panic(fmt.Sprintf("list of servers: %v", err))
	}
	if fresh {
		r.right(r.tenants[slices.Index(r.tokens, token)].member, list)
	}
	return list
}

// user lets a random user do something, mostly something sensible.
func (r *Run) user() {
	who := r.tenants[r.Rand.IntN(len(r.tenants))]
	token := who.key
	switch n := r.Rand.IntN(20); {
	case n < 7:
		r.userCIX(who)
		return
	case n < 8:
		r.belongings(token)
		return
	case n < 9 && r.Rand.IntN(4) == 0:
		r.newImage()
		return
	case n < 11:
		r.policies(token)
		return
	case n < 12:
		for range 1 + r.Rand.IntN(3) {
			r.networks(token)
		}
		return
	}
	list := r.list(token)
	if len(list) == 0 || (len(list) < 4 && r.Rand.IntN(3) == 0) {
		r.create(token)
		return
	}
	s := list[r.Rand.IntN(len(list))]
	at := "/servers/" + s.ID
	var full shown
	if code, answer := r.call(token, "GET", at, nil); code == 200 {
		_ = json.Unmarshal(answer, &full)
	}
	switch r.Rand.IntN(16) {
	case 14:
		r.more(token, at, full)
	case 0, 1:
		r.call(token, "DELETE", at+fmt.Sprintf("?keep_ips=%v", r.Rand.IntN(4) == 0), nil)
	case 2, 3:
		r.call(token, "PUT", at+"/status/action", map[string]any{"action": "POWER_OFF", "method": r.method()})
	case 4, 5:
		r.call(token, "PUT", at+"/status/action", map[string]any{"action": "POWER_ON"})
	case 6:
		r.call(token, "PUT", at+"/status/action", map[string]any{"action": "REBOOT", "method": r.method()})
	case 7:
		r.call(token, "PUT", at+"/hardware",
			map[string]any{"vcore": 1 + r.Rand.IntN(4), "cores_per_processor": 1, "ram": float64(1+r.Rand.IntN(8)) / 2})
	case 8:
		r.call(token, "POST", at+"/hardware/hdds", map[string]any{"hdds": []any{map[string]any{"size": 20, "is_main": false}}})
	case 9:
		r.disk(token, at, full)
	case 10:
		r.call(token, "POST", at+"/snapshots", nil)
	case 11:
		if full.Snapshot != nil {
			r.call(token, []string{"PUT", "DELETE"}[r.Rand.IntN(2)], at+"/snapshots/"+full.Snapshot.ID, nil)
		}
	case 12:
		r.call(token, "POST", at+"/clone", map[string]any{"name": "copy"})
	case 13:
		img := []*cloud.Image{r.Image, r.other}[r.Rand.IntN(2)]
		r.call(token, "PUT", at+"/image", map[string]any{"id": img.UID.String()})
	default:
		r.address(token, at, full)
	}
}

func (r *Run) method() string { return []string{"SOFTWARE", "HARDWARE"}[r.Rand.IntN(2)] }

func (r *Run) create(token string) {
	body := r.wanted()
	if nets := r.ids(token, "/private_networks"); len(nets) > 0 && r.Rand.IntN(2) == 0 {
		body["private_network_id"] = nets[r.Rand.IntN(len(nets))].ID
	}
	r.call(token, "POST", "/servers", body)
}

// wanted is the body of a creation.
func (r *Run) wanted() map[string]any {
	body := map[string]any{
		"name": fmt.Sprintf("s%d", r.Rand.IntN(1000)), "appliance_id": r.Image.UID.String(), "power_on": r.Rand.IntN(5) != 0,
		"hardware": map[string]any{"vcore": 1, "cores_per_processor": 1, "ram": 1, "hdds": []any{map[string]any{"size": 20, "is_main": true}}},
	}
	if r.Rand.IntN(8) == 0 { // hashing is slow
		body["password"] = "Secret!23456"
	}
	return body
}

func (r *Run) disk(token, at string, s shown) {
	for _, d := range s.Hardware.HDDs {
		if r.Rand.IntN(2) == 0 {
			if r.Rand.IntN(2) == 0 || d.Main {
				r.call(token, "PUT", at+"/hardware/hdds/"+d.ID, map[string]any{"size": d.Size + 10})
			} else {
				r.call(token, "DELETE", at+"/hardware/hdds/"+d.ID, nil)
			}
			return
		}
	}
}

func (r *Run) address(token, at string, s shown) {
	if len(s.IPs) > 1 {
		r.call(token, "DELETE", at+"/ips/"+s.IPs[0].ID+fmt.Sprintf("?keep_ip=%v", r.Rand.IntN(3) == 0), nil)
		return
	}
	r.call(token, "POST", at+"/ips", map[string]any{"type": "IPV4"})
}

// hears lets the run know whose turn it is.
func (r *Run) hears(handlers map[string]work.Handler) map[string]work.Handler {
	for _, h := range r.Hosts {
		r.listen(h)
	}
	out := map[string]work.Handler{}
	for kind, do := range handlers {
		out[kind] = func(ctx context.Context, it *work.Item) (time.Duration, error) {
			r.about, r.doing = owner{it.Kind, it.Key}, "turn of "+it.Kind
			return do(ctx, it)
		}
	}
	return out
}

// listen lets the run know what a host does.
func (r *Run) listen(h *Host) {
	step := func(c fake.Call) (owner, string) {
		if r.watch == nil {
			return owner{}, string(c.Op)
		}
		return r.watch.things[c.Ref].by, string(c.Op) + " " + string(c.Ref.Kind)
	}
	h.called = func(c fake.Call) { r.about, r.doing = step(c) }
	h.hit = func(c fake.Call, m fake.Mode, lasts bool) {
		o, name := step(c)
		r.met(o, name, map[bool]string{true: "lasting ", false: ""}[lasts]+string(m))
	}
}

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// historyTime is how long clients write and read; VIRGA_HISTORY=5m is for longer.
const historyTime = 12 * time.Second

// doors are where clients knock: of one control node. They stay while it dies and comes
// back.
type doors struct {
	c          *Cloud // to send with, never to read what changes at a start
	one, cix   string
	token, jwt string
}

// thing is an object that clients work on, and its history.
type thing struct {
	kind, id string // 1&1's
	vm       string // path of the same server in CloudCIX
	server   string // of an address: which it was made for

	mu  sync.Mutex
	ops []porcupine.Operation
	end bool // it was seen to be gone
}

// historian lets clients work and writes down what they see.
type historian struct {
	t      *testing.T
	doors  []doors
	image  string
	anchor []string // servers that are not removed, for addresses, one of each client
	begin  time.Time
	http   *http.Client

	enough atomic.Bool // clients go home

	mu     sync.Mutex
	things []*thing
	taken  map[string]bool // addresses that are known
}

func (h *historian) now() int64 { return int64(time.Since(h.begin)) }

// call asks one node. ok is false when it was certainly not heard: nobody listened.
func (h *historian) call(d doors, cix bool, method, path string, body any, key string) (a Answer, out told, ok bool) {
	c, dialect, url, header, token := *d.c, 0, d.one+path, "X-TOKEN", d.token
	if cix {
		dialect, url, header, token = 1, d.cix+path, "X-Auth-Token", d.jwt
	}
	var extra []string
	if key != "" {
		extra = []string{"Idempotency-Key", key}
	}
	a, err := c.send(dialect, h.http, method, url, body, header, token, extra...)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return a, out, false
	}
	if err != nil || a.Status >= 500 {
		return a, told{lost: true}, true
	}
	return a, told{status: a.Status}, true
}

// do asks something of a thing and writes it down.
func (h *historian) do(client int, r *rand.Rand, x *thing) {
	d, in := h.doors[r.IntN(len(h.doors))], h.wish(r, x)
	cix := x.kind == "server" && r.IntN(3) == 0 && in.verb != "delete"
	call := h.now()
	method, path, body := request(x, in, cix)
	a, out, ok := h.call(d, cix, method, path, body, "")
	if !ok {
		time.Sleep(20 * time.Millisecond) // models a client that waits before it tries again
		return
	}
	if in.verb == "read" {
		if out.lost || out.status == 429 || !shown(x, cix, a, &out) {
			return // it tells nothing
		}
	} else if out.status != 0 && out.status != 404 && out.status >= 300 && !refused(out.status) {
		h.t.Errorf("%s: %d %s", a.what, a.Status, a.Body)
	}
	x.add(client, in, out, call, h.now())
}

func (x *thing) add(client int, in asked, out told, call, end int64) {
	if out.lost {
		end = never
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ops = append(x.ops, porcupine.Operation{ClientId: client, Input: in, Output: out, Call: call, Return: end})
	x.end = x.end || out.status == 404 && in.verb == "read"
}

// wish is something that can be asked of a thing. Names never come twice.
func (h *historian) wish(r *rand.Rand, x *thing) asked {
	n := r.IntN(100)
	switch {
	case n < 50:
		return asked{verb: "read"}
	case n < 54:
		return asked{verb: "delete"}
	case x.kind == "address":
		return asked{"detach", []string{"keep", "keep", "free"}[r.IntN(3)]}
	case x.kind == "server" && n < 70:
		return asked{"power", []string{"on", "off"}[r.IntN(2)]}
	}
	return asked{"name", fmt.Sprintf("n-%x", r.Uint64())}
}

// request is what a wish is over the wire.
func request(x *thing, in asked, cix bool) (method, path string, body any) {
	path = map[string]string{"server": "/servers/", "key": "/ssh_keys/", "address": "/public_ips/"}[x.kind] + x.id
	if cix {
		path = x.vm
	}
	switch {
	case in.verb == "read":
		return "GET", path, nil
	case in.verb == "delete":
		return "DELETE", path, nil
	case in.verb == "detach":
		return "DELETE", "/servers/" + x.server + "/ips/" + x.id + map[bool]string{true: "?keep_ip=true"}[in.value == "keep"], nil
	case in.verb == "name" && cix:
		return "PATCH", path, map[string]any{"name": in.value}
	case in.verb == "name":
		return "PUT", path, map[string]any{"name": in.value}
	case cix:
		return "PATCH", path, map[string]any{"state": map[string]int{"on": 7, "off": 5}[in.value]}
	}
	action := map[string]string{"on": "POWER_ON", "off": "POWER_OFF"}[in.value]
	return "PUT", path + "/status/action", map[string]any{"action": action, "method": "HARDWARE"}
}

// powers and ends are what the states of both dialects say of what is wanted.
var (
	powers = map[string]string{
		"POWERED_ON": "on", "POWERING_ON": "on", "DEPLOYING": "on", "POWERED_OFF": "off", "POWERING_OFF": "off",
		"1": "on", "2": "on", "4": "on", "7": "on", "13": "on", "5": "off", "12": "off", "6": "off",
	}
	ends = map[string]string{"REMOVING": removing, "17": removing, "99": gone}
)

// shown reads what a read shows; false: nothing that the model knows.
func shown(x *thing, cix bool, a Answer, out *told) bool {
	if out.status != 200 {
		return out.status == 404
	}
	var one struct {
		Name     string
		Status   struct{ State string }
		Assigned *struct{ ID string } `json:"assigned_to"`
		Content  struct {
			Name  string
			State int
		}
	}
	if json.Unmarshal(a.Body, &one) != nil {
		return false
	}
	out.where, out.name = alive, one.Name
	state := one.Status.State
	if cix {
		out.name, state = one.Content.Name, fmt.Sprint(one.Content.State)
	}
	switch {
	case x.kind == "address":
		out.name = ""
		if one.Assigned == nil {
			out.where = kept
		}
	case ends[state] == gone: // CloudCIX shows it for ever; to others it is gone
		out.status, out.where = 404, ""
	case ends[state] != "":
		out.where = ends[state]
	default:
		out.power = powers[state]
	}
	return true
}

// create makes a thing. Whoever gets no answer asks again with the same key, of any
// node, so that it is made once.
func (h *historian) create(client int, r *rand.Rand, kind string) {
	x := &thing{kind: kind, server: h.anchor[client]}
	in := asked{"create", fmt.Sprintf("n-%x", r.Uint64())}
	path, body := "/servers", any(Body(in.value, h.image, ""))
	switch kind {
	case "key":
		path, body = "/ssh_keys", map[string]any{"name": in.value, "public_key": NewKey(h.t).Line()}
	case "address":
		path, body = "/servers/"+x.server+"/ips", nil
	}
	call, key := h.now(), fmt.Sprintf("key-%x", r.Uint64())
	for end := time.Now().Add(startLimit); ; time.Sleep(20 * time.Millisecond) {
		a, out, ok := h.call(h.doors[r.IntN(len(h.doors))], false, "POST", path, body, key)
		switch {
		case ok && !out.lost && out.status < 300:
			if h.made(x, a) {
				x.add(client, in, told{status: out.status}, call, h.now())
				h.mu.Lock()
				h.things = append(h.things, x)
				h.mu.Unlock()
			}
			return
		case ok && refused(out.status):
			return
		case ok && !out.lost || time.Now().After(end):
			h.t.Errorf("create %s: %d %s, %v", kind, a.Status, a.Body, out)
			return
		}
	}
}

// made reads the ids of a new thing.
func (h *historian) made(x *thing, a Answer) bool {
	var one struct {
		ID  string
		IPs []struct{ ID string } `json:"ips"`
	}
	if err := json.Unmarshal(a.Body, &one); err != nil {
		h.t.Errorf("%s: %v", a.what, err)
		return false
	}
	if x.kind != "address" {
		x.id = one.ID
		return x.kind == "key" || h.inCloudCIX(x)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ip := range one.IPs {
		if !h.taken[ip.ID] {
			h.taken[ip.ID], x.id = true, ip.ID
			return true
		}
	}
	h.t.Errorf("%s: no new address in %s", a.what, a.Body)
	return false
}

// inCloudCIX finds a server as a vm, by its id.
func (h *historian) inCloudCIX(x *thing) bool {
	guid := strings.ToLower(x.id[:8] + "-" + x.id[8:12] + "-" + x.id[12:16] + "-" + x.id[16:20] + "-" + x.id[20:])
	var list struct {
		Content []struct {
			ID   int64
			GUID string
		}
	}
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		a, out, ok := h.call(h.doors[0], true, "GET", "/iaas/v1/vm/?order=-created&limit=100", nil, "")
		if !ok || out.status != 200 || json.Unmarshal(a.Body, &list) != nil {
			continue
		}
		for _, vm := range list.Content {
			if strings.ToLower(vm.GUID) == guid {
				x.vm = fmt.Sprintf("/iaas/v1/vm/%d/", vm.ID)
				return true
			}
		}
		break
	}
	h.t.Errorf("server %s is not in CloudCIX", x.id)
	return false
}

// few is how many things of a kind clients work on at a time, so that they meet.
var few = map[string]int{"server": 4, "key": 2, "address": 2}

// work is one client.
func (h *historian) work(client int, seed uint64) {
	r := rand.New(rand.NewPCG(seed, uint64(client)))
	for !h.enough.Load() {
		var live []*thing
		count := map[string]int{}
		h.mu.Lock()
		for _, x := range h.things {
			x.mu.Lock()
			if !x.end {
				live = append(live, x)
				count[x.kind]++
			}
			x.mu.Unlock()
		}
		h.mu.Unlock()
		kind := []string{"server", "server", "key", "address"}[r.IntN(4)]
		if count[kind] < few[kind] {
			h.create(client, r, kind)
			continue
		}
		h.do(client, r, live[r.IntN(len(live))])
	}
}

// openDoors is how a node that is up is reached from now on.
func openDoors(c *Cloud) doors {
	c.T.Helper()
	c.CIX("GET", "/iaas/v1/project/", nil).Is(200) // logs in
	return doors{c: c, one: c.OneAndOne, cix: strings.TrimSuffix(c.CloudCIX, "/"), token: c.Token, jwt: c.jwt}
}

// What several clients are told of the same things through both dialects, while control
// nodes die by SIGKILL and come back, can be told of things that are in one place.
func TestHistories(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			nodes := historyNodes(t, engine)
			h := &historian{t: t, begin: time.Now(), taken: map[string]bool{}, image: nodes[0].Image("tiny")}
			h.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
			const clients = 8
			for i := range clients {
				s := nodes[0].Create(Body(fmt.Sprintf("anchor-%d", i), h.image, ""), fakeLimit)
				h.anchor = append(h.anchor, s.ID)
				h.taken[s.IPs[0].ID] = true
			}
			for _, c := range nodes {
				h.doors = append(h.doors, openDoors(c))
			}
			long := historyTime
			if text := os.Getenv("VIRGA_HISTORY"); text != "" {
				var err error
				if long, err = time.ParseDuration(text); err != nil {
					t.Fatalf("VIRGA_HISTORY: %v", err)
				}
			}
			seed := rand.Uint64()
			t.Logf("seed %d for %v", seed, long)
			var all sync.WaitGroup
			for i := range clients {
				all.Go(func() { h.work(i, seed) })
			}
			kills := h.kill(nodes, seed, long)
			h.enough.Store(true)
			all.Wait()
			h.judge(kills)
			h.once()
		})
	}
}

// kill lets nodes die and come back for a time, and until there is a history of each
// kind that says something. It gives the number of deaths.
func (h *historian) kill(nodes []*Cloud, seed uint64, long time.Duration) (kills int) {
	h.t.Helper()
	end := time.Now().Add(long)
	for r := rand.New(rand.NewPCG(seed, 99)); time.Now().Before(end) || len(h.telling()) < len(models); kills++ {
		if time.Since(end) > 5*time.Minute {
			h.t.Errorf("only these kinds have a history that could be doctored: %v", h.telling())
			return kills
		}
		c := nodes[r.IntN(len(nodes))]
		<-time.After(time.Duration(500+r.IntN(2000)) * time.Millisecond) // clients work
		c.procs[len(c.procs)-1].Kill()
		if _, err := c.TryStart(nil, c.args...); err != nil {
			h.t.Error(err)
			return kills
		}
	}
	return kills
}

// telling are the kinds of which a history can be doctored.
func (h *historian) telling() map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	kinds := map[string]bool{}
	for _, x := range h.things {
		x.mu.Lock()
		if !kinds[x.kind] && staled(x) != nil {
			kinds[x.kind] = true
		}
		x.mu.Unlock()
	}
	return kinds
}

// historyNodes starts the control nodes of a history: one on a file, two on PostgreSQL.
func historyNodes(t *testing.T, engine string) (nodes []*Cloud) {
	t.Helper()
	args := []string{"up", "--fake", "--listen", ""}
	count := 1
	if engine == "postgres" {
		args = append(args, "--postgres", pgtest.New(t))
		count = 2
	}
	for i := range count {
		c := New(t, bin, quick, fmt.Sprintf("history-%s-%d", engine, i))
		nodes = append(nodes, c)
		own := append([]string{}, args...)
		own[3] = freePort(t) // the same after each death
		if i > 0 {
			copyKeys(t, nodes[0], c)
		}
		c.Start(own...)
		if i > 0 {
			c.Token, c.Email, c.Password, c.APIKey = nodes[0].Token, nodes[0].Email, nodes[0].Password, nodes[0].APIKey
		}
	}
	return nodes
}

// judge looks for an order of each history, and sees that it would notice a stale read.
func (h *historian) judge(kills int) {
	h.t.Helper()
	total, lost, doctored := 0, 0, map[string]int{}
	for _, x := range h.things {
		total += len(x.ops)
		for _, o := range x.ops {
			if o.Output.(told).lost {
				lost++
			}
		}
		if got := check(x.kind, x.ops); got != porcupine.Ok {
			h.t.Errorf("%s %s: %s:%s", x.kind, x.id, got, tell(x.ops))
			continue
		}
		if ops := staled(x); ops != nil {
			doctored[x.kind]++
			if got := check(x.kind, ops); got != porcupine.Illegal {
				h.t.Errorf("a stale read of %s %s is not noticed: %s:%s", x.kind, x.id, got, tell(ops))
			}
		}
	}
	h.t.Logf("%d operations on %d things, %d deaths, %d without an answer; doctored histories that were noticed: %v",
		total, len(h.things), kills, lost, doctored)
}

// staled is a history with one more read, which shows once more what was shown before a
// write that was answered; nil when there is no such read and write.
func staled(x *thing) []porcupine.Operation {
	var first, last *porcupine.Operation
	latest := int64(0)
	for i := range x.ops {
		o := &x.ops[i]
		if o.Return != never {
			latest = max(latest, o.Return)
		}
		in, out := o.Input.(asked), o.Output.(told)
		written := in.verb == "name" || in.verb == "detach" && in.value == "free" || in.verb == "delete" && x.kind == "key"
		switch {
		case in.verb == "read" && out.where == alive && first == nil:
			first = o
		case first != nil && o.Call > first.Return && in.verb == "read" && x.kind == "address" && out.status == 404:
			last = o
		case first != nil && o.Call > first.Return && written && x.kind != "address" && !out.lost && out.status < 300:
			last = o
		}
	}
	if first == nil || last == nil {
		return nil
	}
	stale := *first
	stale.Call, stale.Return = latest+1, latest+2
	return append(append([]porcupine.Operation{}, x.ops...), stale)
}

// once wants nothing to be there that nobody made: no creation happened twice.
func (h *historian) once() {
	h.t.Helper()
	known := map[string]bool{}
	for _, id := range h.anchor {
		known[id] = true
	}
	for _, x := range h.things {
		known[x.id] = true
	}
	for _, path := range []string{"/servers", "/ssh_keys"} {
		a, out, ok := h.call(h.doors[0], false, "GET", path, nil, "")
		var list []struct{ ID, Name string }
		if !ok || out.status != 200 || json.Unmarshal(a.Body, &list) != nil {
			h.t.Fatalf("%s: %d %s", path, a.Status, a.Body)
		}
		for _, s := range list {
			if !known[s.ID] {
				h.t.Errorf("%s has %+v, which no creation answered", path, s)
			}
		}
	}
}

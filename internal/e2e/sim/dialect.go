package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/cloudcix"
)

// tenant is somebody with a token of each dialect.
type tenant struct {
	member  int64
	site    int64
	key     string // of 1&1
	session string // of CloudCIX
}

// login gives a user a token of CloudCIX that outlives the run. It is signed once:
// that costs more than a call.
func (r *Run) login(user int64) (string, error) {
	const century = 100 * 365 * 24 * time.Hour
	return r.C.Tokens.Issue(auth.Session{UID: user, Start: epoch.Add(century)}, century, epoch)
}

// hold is how long 1&1 shows a change at least.
const hold = 2 * time.Second

// mountCIX puts the second dialect in front of the control plane.
func (r *Run) mountCIX() {
	r.C.Hold = hold
	r.cix = cloudcix.New(r.C, cloudcix.Options{Now: r.clock, Rate: -1, Log: slog.New(slog.DiscardHandler)})
}

// callCIX is call for CloudCIX.
func (r *Run) callCIX(who tenant, method, path string, body any) (status int, answer []byte) {
	return r.send(r.cix, "X-Auth-Token", who.session, method, "/iaas/v1"+path, body)
}

// send makes one request; a played crash of the control plane restarts it and
// answers 0, as a broken connection would.
func (r *Run) send(api http.Handler, header, token, method, path string, body any) (status int, answer []byte) {
	var b bytes.Buffer
	if body != nil {
		_ = json.NewEncoder(&b).Encode(body)
	}
	req := httptest.NewRequest(method, path, &b)
	req.Header.Set(header, token)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	r.about, r.doing = r.aboutPath(method, path)
	if r.guard(func() { api.ServeHTTP(rec, req) }) {
		return 0, nil
	}
	r.say("%s %s -> %d", method, path, rec.Code)
	asked := slices.ContainsFunc(r.Hosts, func(h *Host) bool { return h.untold != nil })
	// A host that told, and speaks anew before nobody waits any more, is waited for again:
	// so long after a restore, and after the first start.
	began := epoch
	if r.restored {
		began = r.older
	}
	asked = asked || r.Now.Sub(began) <= addressesWait
	waits := asked && rec.Code == http.StatusServiceUnavailable && strings.Contains(rec.Body.String(), "has not said yet which")
	if rec.Code >= 500 && !waits {
		r.notice("%s %s is answered %d %s", method, path, rec.Code, rec.Body.Bytes())
	}
	return rec.Code, rec.Body.Bytes()
}

// notice remembers what a user was shown that is not so.
func (r *Run) notice(format string, args ...any) {
	if r.wrong == nil {
		r.wrong = fmt.Errorf(format, args...)
	}
}

// readCIX reads one thing of CloudCIX, or a page of them.
func readCIX[T any](r *Run, who tenant, path string) (v T, ok bool) {
	code, answer := r.callCIX(who, "GET", path, nil)
	if code != 200 {
		return v, false
	}
	var out struct {
		Content T `json:"content"`
	}
	unmarshal(answer, &out)
	return out.Content, true
}

type cixVM struct {
	ID      int64 `json:"id"`
	State   int   `json:"state"`
	Project int64 `json:"project_id"`
	IPs     []struct {
		Address string `json:"address"`
		Public  *struct {
			Address string `json:"address"`
		} `json:"public_ip"`
	} `json:"ip_addresses"`
	Storages []struct {
		ID int64 `json:"id"`
		GB int   `json:"gb"`
	} `json:"storages"`
}

type cixProject struct {
	ID     int64  `json:"id"`
	Router int64  `json:"virtual_router_id"`
	State  int    `json:"min_state"`
	Closed bool   `json:"closed"`
	Name   string `json:"name"`
}

type cixRouter struct {
	ID      int64 `json:"id"`
	State   int   `json:"state"`
	Subnets []struct {
		ID    int64  `json:"id"`
		Range string `json:"address_range"`
	} `json:"subnets"`
}

// vms are a tenant's virtual machines, whose states must follow from the rows.
func (r *Run) vms(who tenant) []cixVM {
	fresh := r.current()
	list, _ := readCIX[[]cixVM](r, who, "/vm/?limit=100")
	for _, vm := range list {
		if want, ok := r.stateOf(owner{"server", vm.ID}); fresh && ok && want != vm.State {
			r.notice("virtual machine %d is shown in state %d, the rows say %d", vm.ID, vm.State, want)
		}
	}
	return list
}

// router reads a virtual router likewise.
func (r *Run) router(who tenant, id int64) cixRouter {
	fresh := r.current()
	rt, there := readCIX[cixRouter](r, who, fmt.Sprintf("/virtual_router/%d/", id))
	if want, ok := r.stateOf(owner{"router", rt.ID}); fresh && there && ok && want != rt.State {
		r.notice("virtual router %d is shown in state %d, the rows say %d", rt.ID, rt.State, want)
	}
	return rt
}

// current brings the watch up to date, which then knows what has to be shown.
func (r *Run) current() bool {
	if r.watch == nil {
		return false
	}
	if err := r.ask(); err != nil {
		r.notice("%w", err)
	}
	return true
}

// stateOf is what the rows say; false when they say nothing any more, and when
// nobody watches.
func (r *Run) stateOf(o owner) (int, bool) {
	if r.watch == nil {
		return 0, false
	}
	n, ok := r.watch.states[o]
	return n, ok
}

// right compares a list of 1&1 with the rows: whose servers they are, and states.
func (r *Run) right(member int64, list []shown) {
	seen := map[string]bool{}
	for _, s := range list {
		seen[s.ID] = true
	}
	for _, l := range r.watch.lives {
		id := l.uid.String()
		if l.member == member && !seen[id] {
			r.notice("server %d of member %d is not shown", l.id, member)
		}
		for _, s := range list {
			at := time.UnixMicro(l.at)
			held := at.After(r.clock().Add(-hold)) && !at.After(r.clock())
			switch want := l.text(held); {
			case s.ID != id:
			case l.member != member:
				r.notice("server %d of member %d is shown to member %d", l.id, l.member, member)
			case s.Status.State != want:
				r.notice("server %d is shown %s, the rows say %s", l.id, s.Status.State, want)
			}
		}
	}
}

// aboutPath is what a request is about, and its name without ids.
func (r *Run) aboutPath(method, path string) (o owner, name string) {
	path, _, _ = strings.Cut(path, "?")
	words := strings.Split(path, "/")
	for i, word := range words {
		uid, isUID := cloud.ParseUID(word)
		id, err := strconv.ParseInt(word, 10, 64)
		if !isUID && (err != nil || word == "") {
			continue
		}
		words[i] = "*"
		switch {
		case r.watch == nil || o.id != 0:
		case isUID:
			o = r.watch.lives[uid].owner
		case words[i-1] == "vm":
			o = owner{"server", id}
		case words[i-1] == "virtual_router":
			o = owner{"router", id}
		}
	}
	return o, method + " " + strings.Join(words, "/")
}

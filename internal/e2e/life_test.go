package e2e

import (
	"fmt"
	"time"
)

// life is what a process is told to do until that is done or the process is
// dead.
type life struct {
	*Cloud
	p     *Process
	where string // the verb that came last
}

// verb sends a request. One that is refused because the one before is still at
// work comes again. It is false when the process is dead.
func (l *life) verb(name string, send func() (Answer, error), into any) bool {
	l.T.Helper()
	l.where = name
	for end := time.Now().Add(fakeLimit); ; time.Sleep(10 * time.Millisecond) {
		a, err := send()
		switch {
		case l.p.Ended():
			return false
		case err != nil:
			if !l.p.Died(fakeLimit) { // an answer that is cut off is a sign of death
				l.T.Fatalf("%s: %v", name, err)
			}
			return false
		case a.Status < 300:
			if into != nil {
				a.Into(into)
			}
			return true
		case a.Status != 409 && a.Status != 404 || time.Now().After(end):
			l.T.Fatalf("%s: %d %s", name, a.Status, a.Body)
		}
	}
}

// one is a verb of the 1&1 dialect.
func (l *life) one(name, method, path string, body, into any) bool {
	l.T.Helper()
	return l.verb(name, func() (Answer, error) { return l.TryOne(method, path, body) }, into)
}

// live takes a machine through its life. The answer is the last verb.
func (c *Cloud) live(p *Process) string {
	c.T.Helper()
	l := &life{Cloud: c, p: p}
	var images []struct{ ID, Name string }
	if !l.one("images", "GET", "/server_appliances", nil, &images) {
		return l.where
	}
	var s, shown Server
	if !l.one("create", "POST", "/servers", Body("web", images[0].ID, ""), &s) {
		return l.where
	}
	path := "/servers/" + s.ID
	_ = l.one("resize", "PUT", path+"/hardware", map[string]any{"vcore": 2, "cores_per_processor": 1, "ram": 1}, nil) &&
		l.one("add a disk", "POST", path+"/hardware/hdds", map[string]any{"hdds": []any{map[string]any{"size": 20, "is_main": false}}}, nil) &&
		l.one("snapshot", "POST", path+"/snapshots", nil, nil) &&
		l.one("read", "GET", path, nil, &shown) &&
		l.one("restore", "PUT", path+"/snapshots/"+shown.Snapshot.ID, nil, nil) &&
		l.one("clone", "POST", path+"/clone", map[string]any{"name": "copy"}, nil) &&
		l.one("drop", "DELETE", path+"/snapshots/"+shown.Snapshot.ID, nil, nil) &&
		l.one("off", "PUT", path+"/status/action", map[string]any{"action": "POWER_OFF", "method": "HARDWARE"}, nil) &&
		l.one("delete", "DELETE", path, nil, nil)
	// The last of them on their host, so that what they shared goes as well.
	var list []Server
	if p.Ended() || !l.one("list", "GET", "/servers", nil, &list) {
		return l.where
	}
	for _, s := range list {
		if s.Name == "copy" && !l.one("delete the clone", "DELETE", "/servers/"+s.ID, nil, nil) {
			break
		}
	}
	return l.where
}

// end takes away what outlives machines: the project they are in, which closes
// at once without a grace period, and the images they came from.
func (c *Cloud) end(p *Process) string {
	c.T.Helper()
	l := &life{Cloud: c, p: p}
	_ = l.again("machines are gone", l.endServers) && l.again("projects close", l.endProjects) && l.endImage("tiny")
	return l.where
}

// again does something until it is done or the process is dead.
func (l *life) again(what string, do func() (done, ok bool)) bool {
	l.T.Helper()
	for end := time.Now().Add(fakeLimit); ; time.Sleep(10 * time.Millisecond) {
		if done, ok := do(); done || !ok {
			return ok
		}
		if time.Now().After(end) {
			l.T.Fatalf("%s: not after %s", what, fakeLimit)
		}
	}
}

func (l *life) endServers() (done, ok bool) {
	l.T.Helper()
	var list []Server
	if !l.one("servers", "GET", "/servers", nil, &list) {
		return false, false
	}
	for _, s := range list {
		if s.Status.State != "REMOVING" && !l.one("delete", "DELETE", "/servers/"+s.ID, nil, nil) {
			return false, false
		}
	}
	return len(list) == 0, true
}

func (l *life) endProjects() (done, ok bool) {
	l.T.Helper()
	var list struct {
		Content []struct {
			ID             int64
			Closed, Stable bool
			ShutDown       bool `json:"shut_down"`
		}
	}
	if !l.verb("projects", func() (Answer, error) { return l.TryCIX("GET", "/iaas/v1/project/", nil) }, &list) {
		return false, false
	}
	done = true
	for _, pr := range list.Content {
		switch path := fmt.Sprintf("/iaas/v1/project/%d/", pr.ID); {
		case pr.Closed, pr.ShutDown:
		case !pr.Stable: // and would be refused
			done = false
		case !l.verb("close", func() (Answer, error) {
			return l.TryCIX("PATCH", path, map[string]any{"state": 8, "grace_period": 0})
		}, nil):
			return false, false
		}
	}
	return done, true
}

func (l *life) endImage(name string) bool {
	l.T.Helper()
	return l.verb("remove an image", func() (Answer, error) { return l.TryAdmin("DELETE", "/images/"+name, nil) }, nil)
}

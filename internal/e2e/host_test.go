package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Three hosts and one more, each an agent in a network namespace of its own: they join,
// one is replaced by another machine, one is lost and taken back, one is removed and one
// is copied. There is one machine for each name all the while, who is put out stands
// down, and the copy is told by the doctor, who ends with 1.
func TestHostsComeAndGo(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("networks need root")
	}
	t.Parallel()
	folders := func(name string) *Cloud { return New(t, bin, quick, "change-"+name) }
	r := NewRack(folders("control"), folders, 4)
	r.Start("serve", "--dev", "--listen", "127.0.0.1:8080", "--links", r.Links)
	for i := range 3 {
		r.join(i, fmt.Sprintf("rack-%d", i+1), false)
	}
	r.CIX("POST", "/iaas/v1/project/", map[string]any{"region_id": r.RegionID, "name": "there"}).Is(201)
	r.Until("all is well with three hosts", fakeLimit, func() (bool, string) {
		out, err := r.Run(time.Minute, "doctor", "--store")
		return err == nil, out
	})

	// Nobody becomes a host that is up by a slip of the pen; with a word he does, and
	// the machine before runs nothing any more.
	if a := r.Admin("POST", "/hosts", map[string]any{"name": "rack-2"}).Is(409); !strings.Contains(string(a.Body), "--replace") {
		t.Errorf("a second token: %s", a.Body)
	}
	before := r.Agents[1]
	r.join(3, "rack-2", true)
	r.putOut(before)
	r.states("rack-1 up", "rack-2 up", "rack-3 up")
	before.Kill()

	lost := r.Agents[2]
	lost.Kill()
	r.Admin("POST", "/hosts/rack-3/lost", nil).Is(200)
	r.states("rack-1 up", "rack-2 up", "rack-3 lost")
	r.Admin("POST", "/hosts/rack-3/admit", nil).Is(409) // it may run something still
	back := r.Hosts[2].Spawn(r.Hosts[2].Dir, nil, "agent", "--fake")
	r.putOut(back)
	r.states("rack-1 up", "rack-2 up", "rack-3 lost, stood down")
	r.Admin("POST", "/hosts/rack-3/admit", nil).Is(200)
	r.states("rack-1 up", "rack-2 up", "rack-3 up")

	if err := r.printed(back, "\nready "); err != nil { // it heard so
		t.Fatal(err)
	}
	said := strings.Count(back.Output(), standsDown)
	r.Admin("POST", "/hosts/rack-3/remove", nil).Is(200)
	r.states("rack-1 up", "rack-2 up")
	r.Until("what was removed stands down", fakeLimit, func() (bool, string) {
		return strings.Count(back.Output(), standsDown) > said, back.Output()
	})

	// The folder of a host that runs, on another machine.
	if err := os.RemoveAll(r.Hosts[1].Dir); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", r.Hosts[0].Dir, r.Hosts[1].Dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	twin := r.Hosts[1].Spawn(r.Hosts[1].Dir, nil, "agent", "--fake")
	if err := r.printed(twin, "virga admin host moved"); err != nil {
		t.Error(err)
	}
	r.Until("the doctor names the copy", fakeLimit, func() (bool, string) {
		out, err := r.Run(time.Minute, "doctor", "--store")
		return err != nil && strings.Contains(err.Error(), "exit status 1") && strings.Contains(out, "two machines are one host") &&
			strings.Contains(out, "host rack-1"), out
	})
	r.states("rack-1 up", "rack-2 up")
	if r.Agents[0].Ended() || strings.Contains(r.Agents[0].Output(), standsDown) {
		t.Errorf("the copy put the host out: %s", r.Agents[0].Output())
	}
}

// standsDown is what an agent says that was put out.
const standsDown = "it stands down"

// join lets a machine become a host with a fake machine room.
func (r *Rack) join(i int, name string, replace bool) {
	r.T.Helper()
	var token struct{ Token string }
	r.Admin("POST", "/hosts", map[string]any{"name": name, "replace": replace}).Is(200).Into(&token)
	h := r.Hosts[i]
	r.Agents = append(r.Agents, h.Spawn(h.Dir, nil, "agent", "--fake", "--join", token.Token, "--control", r.Links))
	r.hostUp(name)
}

// putOut waits until an agent stands down.
func (r *Rack) putOut(p *Process) {
	r.T.Helper()
	if err := r.printed(p, standsDown); err != nil {
		r.T.Fatal(err)
	}
}

// states waits until the hosts are just these.
func (r *Rack) states(want ...string) {
	r.T.Helper()
	r.Until("the hosts are "+strings.Join(want, ", "), fakeLimit, func() (bool, string) {
		var list []struct{ Name, State string }
		r.Admin("GET", "/hosts", nil).Is(200).Into(&list)
		var are []string
		for _, h := range list {
			are = append(are, h.Name+" "+h.State)
		}
		return strings.Join(are, ", ") == strings.Join(want, ", "), strings.Join(are, ", ")
	})
}

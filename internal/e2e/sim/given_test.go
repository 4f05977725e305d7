package sim

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// After an older database was put back no address is given that a host uses: of a server
// that the database never heard of, nor one that a server got after the backup. Until the
// hosts have told theirs none is given, and for a time only.
func TestRestoredDatabaseGivesNothingTwice(t *testing.T) {
	r := newSettled(t, 2)
	s, _, _ := r.only(t)
	file := t.TempDir() + "/backup"
	must(t, r.DB.Backup(context.Background(), file))
	if code, answer := r.call(r.tokens[1], "POST", "/servers/"+s.UID.String()+"/ips", map[string]any{"type": "IPV4"}); code != 201 {
		t.Fatalf("%d %s", code, answer)
	}
	r.create(r.tokens[2])
	must(t, r.Settle(time.Hour))
	used := map[string]bool{}
	for _, h := range r.Hosts {
		for _, p := range h.Ports() {
			for _, pub := range p.Public {
				used[pub.Address] = true
			}
		}
	}
	if len(used) != 3 {
		t.Fatalf("the hosts use %v", used)
	}

	r.saved, r.triples = file, map[string]bool{}
	r.restoreOld()
	create := func() (int, string) {
		code, answer := r.call(r.tokens[1], "POST", "/servers", r.wanted())
		return code, string(answer)
	}
	if code, answer := create(); code != 503 || !strings.Contains(answer, "has not said yet which addresses it uses") {
		t.Errorf("before the hosts told: %d %s", code, answer)
	}
	for range 20 { // everybody but the workers, who would order the address away
		for _, h := range r.Hosts {
			for range 50 {
				if did, _ := h.Agent.Step(context.Background()); !did {
					break
				}
			}
			must(t, r.Talk(h))
		}
		r.Now = r.Now.Add(time.Second)
	}
	for range 3 {
		if code, answer := create(); code != 202 {
			t.Fatalf("when the hosts have told: %d %s", code, answer)
		}
	}
	r.Watch()
	must(t, r.ask())
	must(t, r.Settle(time.Hour))
	given := map[string]plan.ID{}
	for _, h := range r.Hosts {
		for id, p := range h.Ports() {
			for _, pub := range p.Public {
				if other, twice := given[pub.Address]; twice {
					t.Errorf("%s is of %s and %s", pub.Address, other, id)
				}
				given[pub.Address] = id
			}
		}
	}
	// The one that the server got after the backup is free again.
	r.pass(t, 3*time.Minute)
	var held []string
	must(t, r.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		held, err = texts(tx, `SELECT name FROM ip WHERE kind = 'noted' AND closed IS NULL AND name LIKE 'order %'`)
		return err
	}))
	if len(held) > 0 {
		t.Errorf("still held: %q", held)
	}
}

// A host that is away keeps nobody from having an address for longer than a time.
func TestRestoredDatabaseWaitsForATime(t *testing.T) {
	r := newSettled(t, 2)
	r.saved, r.triples = t.TempDir()+"/backup", map[string]bool{}
	must(t, r.DB.Backup(context.Background(), r.saved))
	r.restoreOld()
	for _, c := range []struct {
		after time.Duration
		code  int
	}{{0, 503}, {4 * time.Minute, 503}, {2 * time.Minute, 202}} {
		r.Now = r.Now.Add(c.after)
		r.restart()
		if code, answer := r.call(r.tokens[1], "POST", "/servers", r.wanted()); code != c.code {
			t.Errorf("%s later: %d %s", c.after, code, answer)
		}
	}
}

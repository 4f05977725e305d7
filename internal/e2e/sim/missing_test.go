package sim

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// byName is a server that there is one of.
func (r *Run) byName(t *testing.T, name string) (s *cloud.Server) {
	t.Helper()
	must(t, r.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		s, err = store.First[cloud.Server](tx, cloud.Where(cloud.Eq("name", name)))
		return err
	}))
	return s
}

// A copy of a machine with a missing disk gives up for good, with the reason, and is not
// tried again every hour.
func TestCopyOfWhatLostItsDisk(t *testing.T) {
	r := newSettled(t, 1)
	s, v, h := r.only(t)
	must(t, h.loses(plan.ID(v.UID.Hex())))
	must(t, r.Settle(time.Hour))
	if code, answer := r.call(r.tokens[1], "POST", "/servers/"+s.UID.String()+"/clone", map[string]any{"name": "copy"}); code != 202 {
		t.Fatalf("%d %s", code, answer)
	}
	must(t, r.Rest(4*time.Hour))
	if c := r.byName(t, "copy"); !c.Failed || c.RetryAt != nil || !strings.Contains(c.Reason, "could not be frozen") {
		t.Errorf("the copy: %+v", c.Life)
	}
}

// A creation that an older database has under way, and whose disk was made and lost since,
// is no machine that is off: it gives up, and is made when it is tried again.
func TestUnbuiltWithoutItsDisk(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		r := newSettled(t, 1)
		body := r.wanted()
		body["name"], body["power_on"] = "young", true
		if code, answer := r.call(r.tokens[1], "POST", "/servers", body); code != 202 {
			t.Fatalf("%d %s", code, answer)
		}
		s, h := r.byName(t, "young"), r.Hosts[0]
		taken := func() (n int) {
			must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
				return tx.QueryRow(`SELECT count(*) FROM orders WHERE work_kind = 'server' AND work_key = $1 AND kind = 'volume' AND taken > 0`,
					s.ID).Scan(&n)
			}))
			return n
		}
		for range 50 {
			if taken() > 0 {
				break
			}
			_, err := r.Work()
			must(t, err)
			must(t, r.Talk(h))
		}
		r.saved, r.triples = t.TempDir()+"/backup", map[string]bool{}
		must(t, r.DB.Backup(context.Background(), r.saved))
		must(t, r.Settle(time.Hour))
		if s = r.byName(t, "young"); taken() == 0 || !s.Built {
			t.Fatalf("%+v", s.Life)
		}
		var v *cloud.Volume
		must(t, r.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
			v, err = store.First[cloud.Volume](tx, cloud.Where(cloud.Eq("server_id", s.ID)))
			return err
		}))
		if restarted { // and what it saw before is forgotten
			must(t, h.Machine.PowerCut())
			must(t, h.loses(plan.ID(v.UID.Hex())))
			must(t, r.Boot(h))
		} else {
			must(t, h.loses(plan.ID(v.UID.Hex())))
		}
		r.restoreOld()
		if s = r.byName(t, "young"); s.Built || !s.Open() {
			t.Fatalf("the older database has %+v", s.Life)
		}
		r.Watch()
		must(t, r.Rest(4*time.Hour))
		if s = r.byName(t, "young"); !s.Built {
			t.Errorf("restarted %v: %+v", restarted, s.Life)
		}
	}
}

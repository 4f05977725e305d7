package sim

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// Every law is broken once, by hand, and noticed at once.
func TestWatchNotices(t *testing.T) {
	for broken, want := range map[string]string{
		`UPDATE host SET used_vcpu = used_vcpu - 2`:                                    "totals are",
		`UPDATE host SET used_gb = used_gb + 1`:                                        "totals are",
		`UPDATE host SET servers = 0`:                                                  "totals are",
		`UPDATE subnet SET in_use = in_use + 1 WHERE pool = 1`:                         "addresses are taken",
		`UPDATE asn SET allocations = allocations + 1`:                                 "allocations, there are",
		`UPDATE allocation SET subnets = subnets - 1`:                                  "subnets, there are",
		`UPDATE subnet SET children = 1`:                                               "subnets in it, there are",
		`UPDATE asn SET number = number + 1`:                                           "another number or member",
		`UPDATE ip SET text = ''`:                                                      "has no text",
		`UPDATE asn SET closed = 1`:                                                    "lies under ASN",
		`UPDATE allocation SET closed = 1`:                                             "lies in allocation",
		`UPDATE server SET closed = 1`:                                                 "which is closed",
		`UPDATE nic SET closed = 1`:                                                    "its port is ordered",
		`UPDATE volume SET closed = 1`:                                                 "is closed and is ordered",
		`UPDATE router SET closed = 1`:                                                 "not closed both",
		`UPDATE project SET closed = 1`:                                                "not closed both",
		`UPDATE subnet SET closed = 1`:                                                 "which is closed",
		`UPDATE ip SET closed = 1 WHERE kind = 'private'`:                              "is translated to address",
		`DELETE FROM event WHERE "end" = 1`:                                            "", // what was read is read
		`INSERT INTO event (operation, user_uid, object_uid) VALUES (x'01', x'', x'')`: "ask",
		`UPDATE server SET event_id = (SELECT min(id) FROM event)`:                     "which is over",
		`UPDATE server SET event_id = 1`:                                               "nobody will look at it",
		`UPDATE router SET event_id = 1`:                                               "nobody will look at it",
		`UPDATE policy SET events = '[1]'`:                                             "nobody will look at it",
		`UPDATE policy SET closed = 1`:                                                 "has policy",
		`UPDATE policy SET closed = 2`:                                                 "is bound to policy",
		`UPDATE ip SET rebound = 1`:                                                    "is bound anew and nobody",
		`UPDATE volume SET built = 0`:                                                  "may be ordered made again",
		`UPDATE orders SET body = '{"create":true}' WHERE kind = 'volume'`:             "is ordered made again",
		`UPDATE orders SET taken = generation + 1`:                                     "has taken",
		`UPDATE orders SET generation = generation + 9, taken = taken + 8`:             "",
		`UPDATE subnet SET vlan = 1000`:                                                "VLAN 1000 is given",
		`UPDATE orders SET host = 0 WHERE kind = 'image'`:                              "is ordered of no host",
	} {
		t.Run(broken, func(t *testing.T) {
			r := newSettled(t, 1)
			r.Watch()
			must(t, r.ask())
			must(t, r.DB.Write(context.Background(), func(tx *store.Tx) error {
				_, err := tx.Exec(broken)
				return err
			}))
			err := r.ask()
			if want == "" {
				must(t, err)
			} else if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("it says %v, want %q", err, want)
			}
		})
	}
}

// Operations that begin or end twice, or never.
func TestWatchNoticesEvents(t *testing.T) {
	const again, strange = `SELECT operation, %s, user_uid, object_uid FROM event WHERE id = 1`,
		`VALUES (x'000102030405060708090a0b0c0d0e0f', %s, x'', x'')`
	for _, c := range []struct{ row, end, want string }{
		{again, "1", "a second time"}, {again, "0", "a second time"}, {strange, "1", "has no start"}, {strange, "0", "has no end"},
	} {
		broken, want := `INSERT INTO event (operation, "end", user_uid, object_uid) `+fmt.Sprintf(c.row, c.end), c.want
		r := newSettled(t, 1)
		r.Watch()
		must(t, r.ask())
		must(t, r.DB.Write(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Exec(broken)
			return err
		}))
		if err := r.ask(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: it says %v, want %q", broken, err, want)
		}
	}
}

// A disk that is lost and made anew, and one that lies on a host after its row was
// closed.
func TestWatchNoticesDisks(t *testing.T) {
	r := newSettled(t, 1)
	r.Watch()
	must(t, r.ask())
	_, v, h := r.only(t)
	id := plan.ID(v.UID.Hex())
	b, err := h.Disk.Read("volume/" + string(id))
	must(t, err)
	must(t, h.loses(id))
	must(t, r.ask())
	must(t, (&noted{h.Disk, h.changed}).Write("volume/"+string(id), b))
	if err := r.ask(); err == nil || !strings.Contains(err.Error(), "a second time") {
		t.Errorf("made anew: %v", err)
	}
	s, _, _ := r.only(t)
	code, answer := r.call(r.tokens[1], "DELETE", "/servers/"+s.UID.String(), nil)
	if code != 202 {
		t.Fatalf("%d %s", code, answer)
	}
	must(t, r.Boot(h))
	must(t, r.Settle(time.Hour))
	must(t, (&noted{h.Disk, h.changed}).Write("volume/"+string(id), b))
	if err := r.ask(); err == nil || !strings.Contains(err.Error(), "which is closed") {
		t.Errorf("left behind: %v", err)
	}
}

// The second writing of the table of states says what the first says, for every
// row there can be.
func TestStatesWrittenTwice(t *testing.T) {
	changes := []cloud.Change{
		cloud.NoChange, cloud.Create, cloud.PowerOn, cloud.PowerOff, cloud.Reboot, cloud.Configure, cloud.Capture, cloud.Removing,
	}
	now := time.Now()
	for _, remove := range []cloud.Removal{cloud.Keep, cloud.AfterGrace, cloud.Now} {
		for _, change := range changes {
			for bits := range 64 {
				is := func(n int) bool { return bits>>n&1 == 1 }
				s := &cloud.Server{Life: cloud.Life{On: is(0), Remove: remove, Change: change, Taken: is(1), Failed: is(2), SeenOn: is(3)}}
				if is(4) {
					s.EventID = 1
				}
				if is(5) {
					s.Closed = &now
				}
				l := life{
					closed: is(5), on: is(0), remove: string(remove), change: string(change), event: s.EventID, taken: is(1), failed: is(2), seenOn: is(3),
				}
				if got, want := l.number(), cloud.StateNumber(s); got != want {
					t.Errorf("%+v: %d here, %d there", l, got, want)
				}
			}
		}
	}
}

package sim

import (
	"context"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/store"
)

// What store and host know differently is found while their session lasts, whichever
// of them forgot it.
func TestComparedDuringASession(t *testing.T) {
	for name, forget := range map[string]string{
		"order forgotten":  `DELETE FROM orders WHERE kind = 'vm'`,
		"report forgotten": `UPDATE orders SET acknowledged = 0, status = '{"reason":"made up"}' WHERE kind = 'vm'`,
		"never taken":      `UPDATE orders SET taken = generation + 3, generation = generation + 3 WHERE kind = 'vm'`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newSettled(t, 1)
			s, _, h := r.only(t)
			at := "/servers/" + s.UID.String()
			r.order(t, "PUT", at+"/status/action", map[string]any{"action": map[bool]string{true: "POWER_OFF", false: "POWER_ON"}[s.On]})
			session := h.session(t, r)
			must(t, r.DB.Write(context.Background(), func(tx *store.Tx) error {
				n, err := tx.Exec(forget)
				if n == 0 {
					t.Error("nothing was forgotten")
				}
				return err
			}))
			r.pass(t, 5*time.Minute)
			must(t, r.Settle(time.Hour))
			if now := h.session(t, r); now != session {
				t.Errorf("the session %d became %d: what is found so shows nothing", session, now)
			}
			must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
				var behind int64
				err := tx.QueryRow(`SELECT count(*) FROM orders WHERE acknowledged < generation OR status LIKE '%made up%'`).Scan(&behind)
				if behind > 0 {
					t.Errorf("%d orders are not done", behind)
				}
				return err
			}))
			for _, action := range []map[bool]string{{true: "POWER_ON", false: "POWER_OFF"}, {true: "POWER_OFF", false: "POWER_ON"}} {
				if bad := r.Leaks(); len(bad) > 0 {
					t.Errorf("left: %q", bad)
				}
				r.order(t, "PUT", at+"/status/action", map[string]any{"action": action[s.On]})
			}
		})
	}
}

// pass lets time go by with everybody at work.
func (r *Run) pass(t *testing.T, d time.Duration) {
	t.Helper()
	for end := r.Now.Add(d); r.Now.Before(end); r.Now = r.Now.Add(time.Second) {
		_, err := r.round()
		must(t, err)
	}
}

// session is the number of a host's newest session.
func (h *Host) session(t *testing.T, r *Run) (n int64) {
	t.Helper()
	must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT session FROM link WHERE host = $1`, h.ID).Scan(&n)
	}))
	return n
}

package store_test

import (
	"math"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// far is how far a database says that it is from this machine's clock, by transactions
// and by its own word, to the hour.
func far(t *testing.T, db *store.DB) time.Duration {
	t.Helper()
	var in time.Duration
	write(t, db, func(tx *store.Tx) error { in = time.Until(tx.Now()); return nil })
	if out := time.Until(db.Now()); (out - in).Abs() > 10*time.Minute {
		t.Errorf("a transaction is %v ahead, the database %v", in, out)
	}
	return in.Round(time.Hour)
}

// A clock that was moved is ahead for transactions, for leases and after a restart, and
// goes back no further than it was moved.
func TestClockIsMoved(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		if _, err := db.MoveClock(t.Context(), -time.Second); !cloud.IsKind(err, cloud.Invalid) {
			t.Errorf("back behind the machine's: %v", err)
		}
		if _, err := db.MoveClock(t.Context(), math.MaxInt64); !cloud.IsKind(err, cloud.Invalid) {
			t.Errorf("to the end of all times: %v", err)
		}
		for _, step := range []struct{ by, ahead time.Duration }{
			{24 * time.Hour, 24 * time.Hour}, {72 * time.Hour, 96 * time.Hour}, {-48 * time.Hour, 48 * time.Hour},
		} {
			if ahead, err := db.MoveClock(t.Context(), step.by); err != nil || ahead != step.ahead || db.Ahead() != step.ahead {
				t.Fatalf("moved by %v it is %v ahead (%v), %v", step.by, ahead, db.Ahead(), err)
			}
			if d := far(t, db); d != step.ahead {
				t.Errorf("moved by %v it goes %v ahead", step.by, d)
			}
			write(t, db, func(tx *store.Tx) error {
				expr, base := tx.Clock()
				var n int64
				err := tx.QueryRow("SELECT "+expr+"$1", base).Scan(&n)
				if d := time.Until(time.UnixMicro(n)).Round(time.Hour); d != step.ahead {
					t.Errorf("moved by %v, leases go %v ahead", step.by, d)
				}
				return err
			})
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if again := openDB(t, opt); far(t, again) != 48*time.Hour {
			t.Errorf("after a restart it is %v ahead", far(t, again))
		}
	})
}

// Who waits for something looks again when the clock was moved.
func TestClockWakes(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		wake, cancel := db.Subscribe("whatever")
		defer cancel()
		if opt.DSN != "" {
			<-wake // of the new connection
		}
		if _, err := db.MoveClock(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		select {
		case <-wake:
		case <-time.After(time.Minute):
			t.Error("nobody is woken")
		}
	})
}

// All nodes of a database go by the clock that one of them moved: those that run, by
// the notice or by the next reading, and those that start later.
func TestClockIsMovedForAllNodes(t *testing.T) {
	opt := store.Options{DSN: pgtest.New(t)}
	one, two, deaf := openDB(t, opt), openDB(t, opt), openDB(t, opt)
	store.StopClock(two) // it hears of it by the notice only
	wake, cancel := two.Subscribe("whatever")
	defer cancel()
	<-wake // it listens from now on
	if _, err := one.MoveClock(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	select {
	case <-wake:
	case <-time.After(time.Minute):
		t.Fatal("the other node is not woken")
	}
	if d := far(t, two); d != 24*time.Hour {
		t.Errorf("the other node is %v ahead", d)
	}
	if err := deaf.ReadClock(t.Context()); err != nil || far(t, deaf) != 24*time.Hour {
		t.Errorf("a node that heard nothing is %v ahead after a reading, %v", far(t, deaf), err)
	}
	if late := openDB(t, opt); far(t, late) != 24*time.Hour {
		t.Errorf("a node that comes later is %v ahead", far(t, late))
	}
}

package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// cut ends all connections of the database but the one that does it, and waits
// for their end.
func cut(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		// All of them at once, as a server that ends does, and then until they are gone:
		// nobody may come back while others are still there.
		for _, wait := range []string{"", ", 60000"} {
			var n int64
			err := tx.QueryRow("SELECT count(pg_terminate_backend(pid" + wait + ")) FROM pg_stat_activity " +
				"WHERE datname = current_database() AND pid <> pg_backend_pid()").Scan(&n)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A connection that breaks in the middle is told as "try again", and the next
// one works; the listener comes back by itself.
func TestPostgresConnectionsBreak(t *testing.T) {
	opt := store.Options{DSN: pgtest.New(t)}
	db, other := openDB(t, opt), openDB(t, opt)
	wake, cancel := db.Subscribe("work")
	defer cancel()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if err := errors.Join(insert(tx, 0), tx.Settle()); err != nil {
			t.Error(err)
		}
		cut(t, other)
		return insert(tx, 1)
	})
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("a write on a broken connection: %v", err)
	}
	for end := time.Now().Add(10 * time.Second); ; {
		err := db.Write(t.Context(), func(tx *store.Tx) error { return insert(tx, 2) })
		if err == nil {
			break
		}
		if !cloud.IsKind(err, cloud.Unavailable) || time.Now().After(end) {
			t.Fatalf("after the break: %v", err)
		}
	}
	for end := time.Now().Add(10 * time.Second); ; {
		write(t, other, func(tx *store.Tx) error { tx.Notify("work"); return nil })
		select {
		case <-wake:
			return
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatal("the listener does not come back")
		}
	}
}

// A waiting lock is given up with the caller's context, and the lock of a
// write that ended is free again, also after an error or a panic.
func TestPostgresLocks(t *testing.T) {
	db := openDB(t, store.Options{DSN: pgtest.New(t)})
	for _, end := range []func() error{
		func() error { return nil }, func() error { return errors.New("x") }, func() error { panic("x") },
	} {
		func() {
			defer func() { _ = recover() }()
			_ = db.Write(t.Context(), func(*store.Tx) error { return end() })
		}()
		write(t, db, func(tx *store.Tx) error {
			var free bool
			return errors.Join(tx.QueryRow("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()").Scan(&free),
				map[bool]error{false: errors.New("a lock is left behind")}[free])
		})
	}
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- db.Write(context.Background(), func(*store.Tx) error { close(held); <-release; return nil })
	}()
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := db.Write(ctx, func(*store.Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waited for a lock: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A node that stands still, in a transaction or with a lock alone, holds others up for
// as long as a session may stand still. What it began is undone, and it is told so.
func TestFrozenNode(t *testing.T) {
	for _, inside := range []bool{true, false} {
		t.Run(fmt.Sprintf("inside=%v", inside), func(t *testing.T) {
			opt := store.Options{DSN: pgtest.New(t), Frozen: 300 * time.Millisecond}
			frozen, other := openDB(t, opt), openDB(t, opt)
			held, release := make(chan struct{}), make(chan struct{})
			done := make(chan error, 1)
			go func() {
				if !inside {
					done <- store.Hold(context.Background(), frozen, held, release)
					return
				}
				done <- frozen.Write(context.Background(), func(tx *store.Tx) error {
					if err := insert(tx, 1); err != nil {
						return err
					}
					close(held)
					<-release
					return insert(tx, 2)
				})
			}()
			<-held
			write(t, other, func(*store.Tx) error { return nil }) // without the lock
			if err := other.Write(t.Context(), func(tx *store.Tx) error { return insert(tx, 3) }); err != nil {
				t.Errorf("beside a frozen node: %v", err)
			}
			close(release)
			if err := <-done; inside && !cloud.IsKind(err, cloud.Unavailable) {
				t.Errorf("the frozen node was told %v", err)
			}
			read(t, frozen, func(tx *store.Tx) error {
				list, err := store.Find[account](tx, cloud.Query{})
				if len(list) != 1 {
					t.Errorf("%d rows are there, want the other node's alone", len(list))
				}
				return err
			})
			write(t, frozen, func(tx *store.Tx) error { return insert(tx, 4) })
		})
	}
}

// Who stands in the line for too long is told to try again, on its own node and on
// another one, and nobody waits who does not stand in it.
func TestPatienceEnds(t *testing.T) {
	opt := store.Options{DSN: pgtest.New(t), Writers: 2, Patience: 300 * time.Millisecond, Frozen: time.Minute}
	db, other := openDB(t, opt), openDB(t, opt)
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() { done <- store.Hold(context.Background(), db, held, release) }()
	<-held
	errs := make(chan error, 8)
	for i := range 8 {
		go func() {
			errs <- []*store.DB{db, other}[i%2].Write(context.Background(), func(tx *store.Tx) error { return insert(tx, 1) })
		}()
	}
	for _, free := range []*store.DB{db, other} {
		read(t, free, func(tx *store.Tx) error { _, err := store.Find[account](tx, cloud.Query{}); return err })
		if err := free.WriteOne(t.Context(), func(tx *store.Tx) error { return insert(tx, 1) }); err != nil {
			t.Error(err)
		}
	}
	for range 8 {
		if err := <-errs; !cloud.IsKind(err, cloud.Unavailable) {
			t.Errorf("waited too long: %v", err)
		}
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := other.Write(t.Context(), func(*store.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}

// A server that ends is no internal error: everybody is told to try again.
func TestEndedServerIsUnavailable(t *testing.T) {
	opt := store.Options{DSN: pgtest.New(t)}
	db, other := openDB(t, opt), openDB(t, opt)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		_, err := store.Find[account](tx, cloud.Query{})
		if err != nil {
			t.Error(err)
		}
		cut(t, other)
		_, err = store.Find[account](tx, cloud.Query{})
		return err
	})
	if !cloud.IsKind(err, cloud.Unavailable) {
		t.Errorf("a read whose session was ended: %v", err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		if err := errors.Join(insert(tx, 0), tx.Settle()); err != nil {
			t.Error(err)
		}
		cut(t, other)
		return insert(tx, 1)
	})
	if !cloud.IsKind(err, cloud.Unavailable) {
		t.Errorf("a write whose session was ended: %v", err)
	}
}

// onTimeline has the database say that it is on a timeline of its history.
func onTimeline(t *testing.T, dsn, timeline string) {
	t.Helper()
	fakeFunction(t, dsn, `pg_walfile_name(pg_lsn) RETURNS text LANGUAGE sql
		AS $$ SELECT '`+timeline+`' || substr(pg_catalog.pg_walfile_name($1), 9) $$`)
}

// A replica that was promoted may lack the last commits: to hosts it is a store that
// was restored. All nodes see it when they have connections again, and agree.
func TestPromotedReplica(t *testing.T) {
	opt := store.Options{DSN: pgtest.New(t)}
	db, other, third := openDB(t, opt), openDB(t, opt), openDB(t, opt)
	before := db.Incarnation()
	if again := openDB(t, opt).Incarnation(); before.IsZero() || again != before || other.Incarnation() != before {
		t.Fatalf("incarnations %s, %s and %s", before, other.Incarnation(), again)
	}
	var wakes []<-chan struct{}
	for _, d := range []*store.DB{db, other} {
		wake, cancel := d.Subscribe("work")
		defer cancel()
		<-wake // it is connected
		wakes = append(wakes, wake)
	}
	cut(t, third)
	for i, d := range []*store.DB{db, other} {
		<-wakes[i]
		if d.Incarnation() != before {
			t.Error("a server that was only restarted counts as another one")
		}
	}
	onTimeline(t, opt.DSN, "0000000A")
	cut(t, third)
	for i := range wakes {
		<-wakes[i]
	}
	if now := db.Incarnation(); now == before || other.Incarnation() != now {
		t.Errorf("after a failover the incarnations are %s and %s, before it %s", now, other.Incarnation(), before)
	}
}

// Nothing listens there.
func TestPostgresAway(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := store.Open(ctx, store.Options{DSN: "host=" + t.TempDir() + " user=nobody"}); err == nil {
		t.Error("opened a database that is not there")
	}
}

// Who may not make the extension with trigrams is told what to do; where it is there,
// he needs no right to make it.
func TestExtensionIsAskedFor(t *testing.T) {
	dsn := pgtest.New(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	exec := func(statement string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE ROLE plain LOGIN")
	defer exec("DROP OWNED BY plain; DROP ROLE plain")
	exec("GRANT CREATE, USAGE ON SCHEMA public TO plain")
	opt := store.Options{DSN: strings.Replace(dsn, "user=virga", "user=plain", 1)}
	if db, err := store.Open(t.Context(), opt); err == nil || !strings.Contains(err.Error(), "CREATE EXTENSION pg_trgm") {
		t.Errorf("without the extension: %v %v", db, err)
	}
	exec("CREATE EXTENSION pg_trgm")
	db, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// What somebody else has locked is told while a write waits for it.
func TestForeignLockIsTold(t *testing.T) {
	said := make(chan string, 100)
	log := slog.New(slog.NewTextHandler(writer(func(b []byte) { said <- string(b) }), nil))
	opt := store.Options{DSN: pgtest.New(t), Log: log, Slow: 50 * time.Millisecond}
	db := openDB(t, opt)
	foreign, err := pgx.Connect(t.Context(), opt.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close(context.Background())
	if _, err := foreign.Exec(t.Context(), "BEGIN; LOCK TABLE account"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- db.Write(context.Background(), func(tx *store.Tx) error { return insert(tx, 1) })
	}()
	for end := time.After(20 * time.Second); ; {
		select {
		case line := <-said:
			if !strings.Contains(line, "waits for another session") || !strings.Contains(line, "LOCK TABLE account") {
				continue
			}
		case <-end:
			t.Error("nobody was told of the lock")
		}
		break
	}
	if _, err := foreign.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// writer is a function that hears lines.
type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

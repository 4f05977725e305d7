package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// fakeClock lets the clock of a database differ from that of this machine.
func fakeClock(t *testing.T, dsn, ahead string) {
	t.Helper()
	fakeFunction(t, dsn, `clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
		AS $$ SELECT pg_catalog.clock_timestamp() + '`+ahead+`'::interval $$`)
}

// fakeFunction makes a function that a database finds before the built-in one.
func fakeFunction(t *testing.T, dsn, function string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `CREATE SCHEMA IF NOT EXISTS fake;
		CREATE OR REPLACE FUNCTION fake.`+function+`;
		DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, fake, pg_catalog', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
}

// Nodes of one PostgreSQL take their times from its clock, whatever theirs say.
func TestTimeIsTheDatabases(t *testing.T) {
	dsn := pgtest.New(t)
	fakeClock(t, dsn, "3 days")
	db := openDB(t, store.Options{DSN: dsn})
	ahead := func() (d time.Duration) {
		write(t, db, func(tx *store.Tx) error { d = time.Until(tx.Now()); return nil })
		return d.Round(time.Hour)
	}
	if d := ahead(); d != 72*time.Hour {
		t.Errorf("the time is %v ahead of this machine's, the database's 72h", d)
	}
	fakeClock(t, dsn, "1 hour") // it is set right
	if err := db.ReadClock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := ahead(); d != time.Hour {
		t.Errorf("after it was set the time is %v ahead, not 1h", d)
	}
	given := openDB(t, store.Options{DSN: pgtest.New(t), Now: func() time.Time { return time.Unix(1, 0) }})
	write(t, given, func(tx *store.Tx) error {
		if tx.Now().Unix() != 1 {
			t.Errorf("with a clock of its own: %v", tx.Now())
		}
		return nil
	})
}

// Between two readings the time goes on as here, and an answer that does not come
// leaves it as it was.
func TestServerClock(t *testing.T) {
	local, server := time.Unix(5000, 0), time.Unix(90_000, 0)
	var away error
	now, read := store.ServerClock(func() time.Time { return local }, func(context.Context) (time.Time, error) {
		local = local.Add(2 * time.Second) // there and back again
		return server, away
	})
	if err := read(t.Context()); err != nil || !now().Equal(server.Add(time.Second)) {
		t.Errorf("%v, %v", now(), err)
	}
	local = local.Add(time.Minute)
	away = errors.New("away")
	if err := read(t.Context()); !errors.Is(err, away) || !now().Equal(server.Add(63*time.Second)) {
		t.Errorf("%v, %v", now(), err)
	}
}

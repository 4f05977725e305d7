// Package store keeps rows in SQLite or PostgreSQL behind one small generic
// API. A write is a function of its inputs and the store only: it may run
// again, and holds nothing slow. The same SQL text serves both engines.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/crash"
)

// Engine names what holds the rows.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// The two points around every commit, on both engines.
var (
	pointBefore = crash.Register("store.commit.before")
	pointAfter  = crash.Register("store.commit.after")
)

// Options say where the rows are and where time and randomness come from.
type Options struct {
	Path string // file of the SQLite database; required without DSN
	DSN  string // PostgreSQL, used when set

	Now  func() time.Time // optional: the wall clock; on PostgreSQL that of the server
	Rand io.Reader        // optional: crypto/rand; reads are serialised
	Log  *slog.Logger     // optional: discarded

	// Migrations are run after the built-in ones; optional, for tests and
	// for packages that bring tables of their own. Versions must not clash.
	Migrations fs.FS
	Readers    int // connections for Read; optional: 4 on SQLite, 16 on PostgreSQL
	Writers    int // connections for WriteOne on PostgreSQL; optional: 16
	// Slow is after how long PostgreSQL is asked what a write waits for, which is
	// logged; optional: 2 s.
	Slow time.Duration
	// Frozen is after how long without a statement PostgreSQL ends the session of a
	// write, so that others get the line; optional: 4 s. After twice
	// that without a sign of it the database counts as gone.
	Frozen time.Duration
	// Patience is how long a write stands in line on PostgreSQL; optional: 20 s.
	Patience time.Duration
	// Free is how many bytes are free for the database; optional: asked of the file system
	// of Path.
	Free   func() int64
	NoSync bool // SQLite without fsync: for simulations whose crashes are played in process
	// Unchecked leaves out the panic for a Write or Read inside another: to
	// know its goroutine costs each of them more than a statement does. What is
	// tested with the check may run without it.
	Unchecked bool
	// Whole reads all columns of all rows, whichever a query asks for: tests compare
	// what is shown then with what is shown otherwise.
	Whole bool
}

// engine is what differs between the two databases. It has two
// implementations, so that the rest of the package has no case distinctions.
type engine interface {
	write(ctx context.Context, fn func(*Tx) error) ([]func(), error)
	// writeOne is for WriteOne, which see.
	writeOne(ctx context.Context, fn func(*Tx) error) ([]func(), error)
	read(ctx context.Context, fn func(*Tx) error) error
	// readOne is for ReadOne, which see.
	readOne(ctx context.Context, fn func(*Tx) error) error
	close() error
}

// DB is an open database. All methods may be called by many at once.
type DB struct {
	opt    Options
	kind   Engine
	eng    engine
	rand   sync.Mutex
	incarn atomic.Pointer[cloud.UID]
	begun  atomic.Pointer[time.Time] // when that was first used
	opened time.Time                 // in the clock of Tx.Now
	clock  *serverClock              // nil: Options.Now is the clock
	ahead  atomic.Int64              // microseconds by which tests have moved it
	// inside has the goroutines that are running the function of a Write or
	// Read. A Write inside a Write would wait for itself on SQLite, a Read
	// inside it would not see its rows, and Reads inside Reads could all wait
	// for a connection that one of them has.
	inside  sync.Map
	topics  topics
	changes changes
	rarity  rarity // of trigrams
	room    room
	// queries is told of each statement; nil but in tests that ask how they are
	// carried out.
	queries atomic.Pointer[func(text string, args []any)]

	closing sync.Once
	closed  error
}

// Open connects, brings the tables up to date and makes the incarnation at
// the first start. A database newer than the binary is refused.
func Open(ctx context.Context, opt Options) (_ *DB, err error) {
	db, err := open(ctx, opt)
	if err != nil {
		return nil, err
	}
	ready := false
	defer func() {
		if !ready { // also when a played crash goes through here
			err = errors.Join(err, db.Close())
		}
	}()
	if err := db.incarnate(ctx, false); err != nil {
		return nil, err
	}
	if err := db.readAhead(ctx); err != nil {
		return nil, err
	}
	db.opened = db.now()
	ready = true
	return db, nil
}

// open is Open without the incarnation, for Restore.
func open(ctx context.Context, opt Options) (*DB, error) {
	if opt.Path == "" && opt.DSN == "" {
		return nil, errors.New("open database: neither a file nor a DSN is given")
	}
	own := opt.Now == nil
	opt.defaults()
	db := &DB{opt: opt, kind: SQLite, changes: changes{worth: 5000}}
	var err error
	if opt.DSN != "" {
		db.kind = Postgres
		db.eng, err = openPostgres(ctx, db, own)
	} else {
		db.eng, err = openSQLite(ctx, db)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// Close ends all connections. Writes and reads must have ended. To close it
// again does nothing and says the same.
func (db *DB) Close() error {
	db.closing.Do(func() {
		if db.topics.stop != nil {
			db.topics.stop()
		}
		db.closed = db.eng.close()
	})
	return db.closed
}

// Engine tells which database this is.
func (db *DB) Engine() Engine { return db.kind }

// OnQuery has f told of each statement, with its arguments, until it
// is called again; nil ends it. It is for tests that ask how statements are carried out.
func (db *DB) OnQuery(f func(text string, args []any)) {
	if f == nil {
		db.queries.Store(nil)
		return
	}
	db.queries.Store(&f)
}

// Writer lets f look at the connection that writes, while nobody does. It is for tests
// that ask what statements cost, on SQLite, which has one.
func (db *DB) Writer(f func(*sql.Conn) error) error {
	e, ok := db.eng.(*sqliteDB)
	if !ok {
		return errors.New("store: PostgreSQL has no one connection that writes")
	}
	return f(e.w.conn)
}

// Write runs fn in a transaction and answers after the commit. fn may run
// again, so it must not leave anything behind but rows; what it sets outside
// must be overwritten by the next run. An error of fn rolls back what this
// run did and is returned as it is.
//
// Both engines have one writer at a time, PostgreSQL's of all nodes (see
// postgres_line.go), so fn runs as if it were alone.
func (db *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	if db.around() == inWrite {
		panic("store: Write inside a Write: pass the Tx on instead")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	after, err := db.eng.write(ctx, fn)
	db.wrote(err)
	return settled(after, err)
}

// settled runs what waits for the commit.
func settled(after []func(), err error) error {
	if err != nil {
		return err
	}
	for _, f := range after {
		f()
	}
	return nil
}

// WriteOne is Write for a function of one statement that is right on whatever
// it finds at that moment. PostgreSQL runs it outside of the line, where two who
// want the same row wait or skip: the queue leases so. The
// commit does not wait for the disk, so a crash of the database or the machine
// may lose it, but never what a later Write saw: only for what may happen twice.
func (db *DB) WriteOne(ctx context.Context, fn func(tx *Tx) error) error {
	if db.around() == inWrite {
		panic("store: WriteOne inside a Write: pass the Tx on instead")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	after, err := db.eng.writeOne(ctx, fn)
	db.wrote(err)
	return settled(after, err)
}

// Read runs fn on one consistent snapshot. It never blocks writers and never
// waits for them.
func (db *DB) Read(ctx context.Context, fn func(tx *Tx) error) error {
	if what := db.around(); what != "" {
		panic(fmt.Sprintf("store: Read inside a %s: pass the Tx on instead", what))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return db.eng.read(ctx, fn)
}

// ReadOne is Read for a function of one statement, which needs no transaction to see
// one moment.
func (db *DB) ReadOne(ctx context.Context, fn func(tx *Tx) error) error {
	if what := db.around(); what != "" {
		panic(fmt.Sprintf("store: ReadOne inside a %s: pass the Tx on instead", what))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return db.eng.readOne(ctx, fn)
}

// newTx makes the Tx of one run.
func (db *DB) newTx(ctx context.Context, q querier, write bool) *Tx {
	return &Tx{db: db, ctx: ctx, q: q, write: write, now: db.now()}
}

// What a goroutine is inside of.
const (
	inWrite = "Write"
	inRead  = "Read"
)

// run calls fn with the goroutine marked as being inside. Errors that fn
// swallowed count: PostgreSQL would refuse the commit after one, and both
// engines shall behave alike.
func (tx *Tx) run(fn func(*Tx) error) error {
	defer tx.db.mark(tx.write)()
	defer func() { tx.over = true }()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.failed
}

// around is what the calling goroutine is inside of, "" for nothing.
func (db *DB) around() string {
	if db.opt.Unchecked {
		return ""
	}
	what, _ := db.inside.Load(goroutine())
	s, _ := what.(string)
	return s
}

// mark notes that the calling goroutine is inside, until unmark.
func (db *DB) mark(write bool) (unmark func()) {
	if db.opt.Unchecked {
		return func() {}
	}
	id, what := goroutine(), inRead
	if write {
		what = inWrite
	}
	if outer, in := db.inside.Swap(id, what); in { // a Write inside a Read
		return func() { db.inside.Store(id, outer) }
	}
	return func() { db.inside.Delete(id) }
}

// newUID reads an identity from the source of randomness.
func (db *DB) newUID() cloud.UID {
	db.rand.Lock()
	defer db.rand.Unlock()
	var u cloud.UID
	if _, err := io.ReadFull(db.opt.Rand, u[:]); err != nil {
		panic(fmt.Sprintf("store: no randomness: %v", err))
	}
	return u
}

// goroutine identifies the calling goroutine. The runtime has no call for it;
// the first line of a stack trace ("goroutine 12 [running]") says it, but all of
// the stack is walked for it.
func goroutine() string {
	var b [40]byte
	s := string(b[:runtime.Stack(b[:], false)])
	s = strings.TrimPrefix(s, "goroutine ")
	if i := strings.IndexByte(s, ' '); i > 0 {
		return s[:i]
	}
	return s
}

// unavailable is what a user sees when the database cannot be reached.
func unavailable(what string, err error) error {
	e := cloud.Errorf(cloud.Unavailable, "store.unavailable", "the database cannot be used right now").WithFix("Try again in a moment.")
	if isFull(err) {
		e = cloud.Errorf(cloud.Unavailable, "store.unavailable", "the disk with the database of the control plane is full").
			WithFix(FullFix)
	}
	if known := (*cloud.Error)(nil); errors.As(err, &known) {
		return fmt.Errorf("%s: %w", what, err) // it was said already
	}
	return fmt.Errorf("%s: %w: %w", what, e, err)
}

// isDone tells errors of a context that ended from those of the database.
func isDone(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// querier runs statements on the connection of a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (Rows, error)
	// later runs a statement with the next one at the latest, flush all of those now.
	later(d deferred) error
	flush(ctx context.Context) error
	// ahead runs statements that give rows, all at once; nil where that saves nothing.
	ahead(ctx context.Context, list []deferred) ([]Rows, error)
}

// Rows is what a statement gives, row by row. A destination of Scan may be anything
// that Into makes.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
	Columns() ([]string, error)
}

// deferred is a statement that waits to be sent.
type deferred struct {
	text string
	args []any
	// none is what is wrong when it changes no row; nil: nothing.
	none error
	// id is what the row that it makes must get; 0: whatever comes.
	id   int64
	rows *int64 // gets how many it changed; nil: nobody asks
}

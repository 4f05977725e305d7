package httpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// Audit goes through all rows again and again, a slice of each table at a time, and
// remembers what it found. Whoever asks is answered from that: to look at all rows
// takes seconds where there are hundreds of thousands of orders, and measures are
// read every few seconds. What it found is looked at again in each turn, so that what
// was mended is soon forgotten.
type Audit struct {
	db  *store.DB
	log *slog.Logger

	mu    sync.Mutex
	walks []walk         // of each of the checks
	told  map[leak]int64 // what the log knows of

	// What waits is found by looking at all orders, which is not done for each who asks.
	waits   []control.Wait
	waitsAt time.Time // zero: not yet
}

// walk is how far a check is.
type walk struct {
	at    int64           // rows up to here were looked at in this round
	begun time.Time       // this round; zero before its first slice
	whole time.Time       // when the last whole round began; zero before
	found map[int64]wrong // by id
	names map[int64]string
}

// leak is how much of one kind there is at one host.
type leak struct {
	kind, host string // host "": at none
}

const (
	// auditRows is how many rows of each table a turn looks at: a few milliseconds.
	auditRows = 200
	// auditAgain is how many of the rows it has found it looks at again.
	auditAgain = 20
	// auditMost bounds what is remembered of one check.
	auditMost = 100_000
	// auditEvery is the time between two turns, and auditRound that between the
	// beginnings of two rounds.
	auditEvery = time.Second
	auditRound = time.Minute
	// waitsEvery is how often it is looked for what waits, and waitsOld the age from
	// which on what is known of it is not told any more.
	waitsEvery = 15 * time.Second
	waitsOld   = 2 * time.Minute
)

// NewAudit makes one that has looked at nothing yet.
func NewAudit(db *store.DB, log *slog.Logger) *Audit {
	a := &Audit{db: db, log: log, walks: make([]walk, len(checks))}
	for i := range a.walks {
		a.walks[i].found = map[int64]wrong{}
	}
	return a
}

// Run has turns until ctx ends.
func (a *Audit) Run(ctx context.Context) error {
	tick := time.NewTicker(auditEvery)
	defer tick.Stop()
	for {
		if err := a.Turn(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("compare the rows of the store", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Turn looks at the next rows of each table.
func (a *Audit) Turn(ctx context.Context) error {
	var errs []error
	for i := range checks {
		errs = append(errs, a.step(ctx, i, auditRows))
	}
	a.tell()
	return errors.Join(append(errs, a.lookForWaits(ctx))...)
}

// lookForWaits remembers what waits, every so often.
func (a *Audit) lookForWaits(ctx context.Context) error {
	return a.db.Read(ctx, func(tx *store.Tx) error {
		if _, fresh := a.known(tx.Now(), waitsEvery); fresh {
			return nil
		}
		list, err := control.Waits(tx)
		if err != nil {
			return err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.waits, a.waitsAt = list, tx.Now()
		return nil
	})
}

// known is what waited not longer ago than that.
func (a *Audit) known(now time.Time, most time.Duration) (list []control.Wait, fresh bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	age := now.Sub(a.waitsAt)
	return a.waits, !a.waitsAt.IsZero() && age >= 0 && age < most
}

// waiting is what waits, as of the last minutes; where nobody has turns it is looked
// for now.
func (a *Audit) waiting(tx *store.Tx) ([]control.Wait, error) {
	if list, fresh := a.known(tx.Now(), waitsOld); fresh {
		return list, nil
	}
	return control.Waits(tx)
}

// Round looks at all rows.
func (a *Audit) Round(ctx context.Context) error {
	for i := range checks {
		a.mu.Lock()
		a.walks[i].at, a.walks[i].begun = 0, time.Time{}
		a.mu.Unlock()
		for more := true; more; {
			if err := a.step(ctx, i, mostAtOnce); err != nil {
				return err
			}
			a.mu.Lock()
			more = a.walks[i].at > 0
			a.mu.Unlock()
		}
	}
	a.tell()
	return nil
}

// step looks at the next slice of one check. Its rows are read outside of the lock.
func (a *Audit) step(ctx context.Context, i, rows int) error {
	c, w := &checks[i], &a.walks[i]
	a.mu.Lock()
	at, begun := w.at, w.begun
	again := someOf(w.found, auditAgain)
	a.mu.Unlock()
	var end int64
	var list []wrong
	var now time.Time
	looked, last := true, false
	names := map[int64]string{}
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		list, now, end = nil, tx.Now(), at
		if looked = at > 0 || begun.IsZero() || now.Sub(begun) >= auditRound || now.Before(begun); looked {
			if end, last, err = c.slice(tx, at, rows); err != nil {
				return err
			}
			if list, err = c.find(tx, at, end); err != nil {
				return err
			}
		}
		for _, id := range again {
			if looked && id > at && id <= end {
				continue
			}
			more, err := c.find(tx, id-1, id)
			if err != nil {
				return err
			}
			list = append(list, more...)
		}
		return hostNames(tx, list, names)
	})
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	w.note(list, again, at, end)
	maps.Copy(w.hosts(), names)
	if !looked {
		return nil
	}
	if at == 0 {
		w.begun = now
	}
	if w.at = end; last {
		w.at, w.whole = 0, w.begun
	}
	return nil
}

// note puts what was found in the place of what was known of the same rows.
func (w *walk) note(list []wrong, again []int64, above, upTo int64) {
	for _, id := range again {
		delete(w.found, id)
	}
	maps.DeleteFunc(w.found, func(id int64, _ wrong) bool { return id > above && id <= upTo })
	for _, x := range list {
		if len(w.found) < auditMost {
			w.found[x.id] = x
		}
	}
}

func (w *walk) hosts() map[int64]string {
	if w.names == nil {
		w.names = map[int64]string{}
	}
	return w.names
}

// someOf picks some of the keys; a map gives others each time.
func someOf(m map[int64]wrong, n int) (ids []int64) {
	for id := range m {
		if len(ids) == n {
			break
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// hostNames reads the names of the hosts that rows are about.
func hostNames(tx *store.Tx, list []wrong, names map[int64]string) error {
	for _, w := range list {
		if _, known := names[w.host]; known || w.host == 0 {
			continue
		}
		var name string
		err := tx.QueryRow(`SELECT name FROM host WHERE id = $1`, w.host).Scan(&name)
		if err != nil && !store.None(err) {
			return fmt.Errorf("name of host %d: %w", w.host, err)
		}
		names[w.host] = name
	}
	return nil
}

// counts is how much there is of each kind at each host. Each kind has at least one
// number, so that an installation in order says 0 and not nothing.
func (a *Audit) counts() map[leak]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	counts := map[leak]int64{}
	for i := range checks {
		counts[leak{kind: checks[i].kind}] += 0
		for _, w := range a.walks[i].found {
			counts[leak{checks[i].kind, a.walks[i].names[w.host]}]++
		}
	}
	return counts
}

// ages is by kind how long ago the last whole round began; kinds without one yet are
// missing.
func (a *Audit) ages(now time.Time) map[string]time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	ages := map[string]time.Duration{}
	for i := range checks {
		if at := a.walks[i].whole; !at.IsZero() {
			ages[checks[i].kind] = max(ages[checks[i].kind], now.Sub(at))
		}
	}
	return ages
}

// tell writes leaks into the log, in words, when their number changes.
func (a *Audit) tell() {
	counts := a.counts()
	a.mu.Lock()
	defer a.mu.Unlock()
	for at, n := range counts {
		if n > 0 && n != a.told[at] {
			a.log.Warn("leak: "+nameOf(at.kind), "host", at.host, "count", n, "fix", "`virga doctor` lists them")
		}
	}
	a.told = counts
}

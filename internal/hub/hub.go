// Package hub is the control plane's end of the connections to hosts: it
// keeps orders, carries them to the hosts, and records what hosts report.
package hub

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// Options is what a hub is made of.
type Options struct {
	DB   *store.DB // required
	Now  func() time.Time
	Rand io.Reader    // optional: crypto/rand; for secrets of tokens, streams and certificates
	Log  *slog.Logger // optional: discarded
	// HostWork is the kind of work that is enqueued, with the host as key,
	// when a host connects with other facts than before; optional.
	HostWork string
	// Gather is how long an owner may be left asleep when a host only says that
	// it has taken an order: mostly it says soon after that it is done, and one
	// turn does for both. optional: at once
	Gather time.Duration
	// Adopted is called in the transaction that adopted a host, so that what
	// only the host has can be taken care of. had are the documents that the host
	// has and was ordered to have, of this store or of one before it; optional.
	Adopted func(tx *store.Tx, host int64, had []plan.Adopted) error
	// Mended is called in the transaction of a report that tells of a damage which
	// the host has repaired, so that it is recorded; optional.
	Mended func(tx *store.Tx, owner Owner, what string) error
	// CA signs the certificates of hosts; optional when Exchange is called
	// directly and nobody joins.
	CA *CA
	// Key marks orders as this installation's; it is no part of the database. Optional:
	// without one all that hosts say they were ordered is believed.
	Key []byte
	// Images opens the packed bytes of an image by its digest, which a host was
	// ordered to have; optional.
	Images func(digest string) (io.ReadSeekCloser, error)
	// Bring brings an image of so many bytes here that Images does not have
	// (fs.ErrNotExist) and another control node has; optional.
	Bring func(ctx context.Context, digest string, size int64) error
}

// Hub serves all hosts. Any number of hubs may work on one store; what waits
// for a host's stream must be asked of the hub that the host is connected to.
type Hub struct {
	opt     Options
	db      *store.DB
	streams streams
	turns   *turns
	checks  *checks
	told    *told
	repairs *repairs
}

// New makes a hub on a store.
func New(opt Options) *Hub {
	opt.defaults()
	return &Hub{opt: opt, db: opt.DB, streams: newStreams(), turns: newTurns(), checks: newChecks(), told: newTold(), repairs: newRepairs()}
}

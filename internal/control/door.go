// Package control holds the verbs: one file per resource. It is the only
// writer of desired state and never touches the world; every write goes
// through one door.
package control

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Actor is who calls a verb. The dialects know it from here: who may do what
// is asked in one place, which is this package.
type Actor = auth.Actor

// Sealer hides values in the database (first passwords, API keys, stored
// answers). The key lies outside of it.
type Sealer interface {
	Seal(place, plain string) string
	Open(place, sealed string) (string, error)
}

// Options wires a Control. All fields are required unless marked.
type Options struct {
	DB   *store.DB
	Seal Sealer
	// Tokens signs the tokens of the CloudCIX dialect.
	Tokens *auth.Tokens
	Rand   io.Reader // passwords and tokens
	Log    *slog.Logger
	// Hold is how long a change is shown as under way at least (R3); display only.
	Hold time.Duration
	// Fake: every host and image is a simulation (optional).
	Fake bool
}

// Control carries out verbs.
type Control struct {
	Options
	gate  *auth.Gate  // all hashing of passwords
	tries *auth.Tries // failed logins
	told  told        // regions whose hosts have told what they have
}

// New makes a Control.
func New(o Options) *Control {
	return &Control{Options: o, gate: auth.NewGate(auth.GateOptions{}), tries: auth.NewTries()}
}

// Call is one request as the door sees it.
type Call struct {
	Actor    *auth.Actor
	Confined bool   // 1&1: the caller's world ends at his own member; what others own does not exist
	Dialect  string // "oneandone" or "cloudcix"
	Method   string
	Path     string
	Body     []byte
	Key      string // Idempotency-Key, may be empty
	DryRun   bool
	// Refused is what the dialect found wrong with the form of the request. The
	// verb asks for permission as ever and leaves these fields alone; the door
	// answers with them and with what else is wrong, together. Nothing is written
	// then.
	Refused cloud.Problems
}

// Reply is what goes out after the commit.
type Reply struct {
	Status   int
	Body     []byte
	Replayed bool // from the idempotency record
	// Preview is what a dry run would have done; nil for real requests.
	Preview *Preview
}

// Txn is a transaction with its call. Dialects get it to translate results
// inside the same commit.
type Txn struct {
	*store.Tx
	C    *Control
	Call *Call

	asked []cloud.Asked // what was asked permission for so far
}

// Verb is what every write is: who asks and how (call), what for (in), and how
// the result is told (ans). What a verb is about is part of in, as a Pick.
type Verb[In, V any] func(ctx context.Context, call *Call, in In, ans Answer[V]) (Reply, error)

// refused tells whether the dialect refused a field, so that what depends on it
// is left alone.
func (t *Txn) refused(field string) bool { return t.Call.Refused.Has(field) }

// Answer translates a verb's result into the dialect's status and body. It
// runs in the verb's transaction and must not write.
type Answer[T any] func(t *Txn, result T) (status int, body any, err error)

// errDryRun rolls back what a dry run did.
var errDryRun = errors.New("dry run")

// keepAnswers is how long an accepted write can be repeated by its key.
const keepAnswers = 24 * time.Hour

// do is the door: every write passes here. In one transaction it checks the
// idempotency record, runs the verb, translates, and stores the answer.
// verb may run several times and must hold nothing slow.
func do[T any](ctx context.Context, c *Control, call *Call, verb func(t *Txn) (T, error), answer Answer[T]) (Reply, error) {
	var reply Reply
	digest := digestOf(call)
	err := c.DB.Write(ctx, func(tx *store.Tx) error {
		reply = Reply{}
		t := &Txn{Tx: tx, C: c, Call: call}
		useKey := call.Key != "" && !call.DryRun
		if useKey {
			hit, err := replay(t, digest, &reply)
			if hit || err != nil {
				return err
			}
		}
		var since marks
		if call.DryRun {
			var err error
			if since, err = t.marks(); err != nil {
				return err
			}
		}
		before, err := t.quotaUse()
		if err != nil {
			return err
		}
		res, err := verb(t)
		if err := call.Refused.Join(err); err != nil {
			return err
		}
		if err := t.withinQuota(before); err != nil {
			return err
		}
		status, body, err := answer(t, res)
		if err != nil {
			return err
		}
		reply.Status = status
		if reply.Body, err = encode(body); err != nil {
			return err
		}
		if call.DryRun {
			if reply.Preview, err = t.preview(since); err != nil {
				return err
			}
			return errDryRun
		}
		if useKey {
			rec := &cloud.Idempotency{
				UserID: call.Actor.UserID(), Key: call.Key, Digest: digest, Status: status,
				Body: c.Seal.Seal(ofAnswer(call.Actor.UserID(), call.Key), string(reply.Body)), Created: tx.Now(), Asked: t.asked,
			}
			if err := store.Insert(tx, rec); err != nil {
				return fmt.Errorf("store answer: %w", err)
			}
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return reply, err
}

// replay answers from the record of an earlier call with the same key.
func replay(t *Txn, digest []byte, reply *Reply) (bool, error) {
	rec, err := store.First[cloud.Idempotency](t.Tx, cloud.Where(cloud.Eq("user_id", t.Call.Actor.UserID()), cloud.Eq("key", t.Call.Key)))
	if store.None(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if t.Now().Sub(rec.Created) > keepAnswers {
		return false, store.Delete[cloud.Idempotency](t.Tx, rec.ID)
	}
	if !bytes.Equal(rec.Digest, digest) {
		return false, cloud.Errorf(cloud.Conflict, "idempotency.digest",
			"the Idempotency-Key %q was already used for another request", t.Call.Key).
			WithFix("Use a new key for a new request.")
	}
	for _, q := range rec.Asked {
		o := auth.Owned{MemberID: q.MemberID, SiteID: q.SiteID, RegionID: q.RegionID, ByOperator: q.ByOperator}
		if err := t.may(q.Flag, q.Write, o); err != nil {
			return false, err
		}
	}
	body, err := t.C.Seal.Open(ofAnswer(rec.UserID, rec.Key), rec.Body)
	if err != nil {
		return false, fmt.Errorf("open stored answer: %w", err)
	}
	*reply = Reply{Status: rec.Status, Replayed: true}
	if body != "" { // none at all is another answer than an empty one
		reply.Body = []byte(body)
	}
	return true, nil
}

func digestOf(c *Call) []byte {
	h := sha256.New()
	for _, s := range []string{c.Dialect, c.Method, c.Path} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	h.Write(c.Body)
	return h.Sum(nil)
}

// encode writes JSON as both dialects want it: no HTML escapes, no newline at
// the end. nil is an empty body.
func encode(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	if raw, ok := v.([]byte); ok {
		return raw, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Read runs fn on a consistent snapshot.
func (c *Control) Read(ctx context.Context, call *Call, fn func(t *Txn) error) error {
	return c.DB.Read(ctx, func(tx *store.Tx) error {
		return fn(&Txn{Tx: tx, C: c, Call: call})
	})
}

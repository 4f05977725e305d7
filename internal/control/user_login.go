package control

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Login checks the CloudCIX login (error codes "login.missing",
// "login.password", "login.member") and answers a token; without an API key
// and with right credentials the token is "". Who fails too often from one
// address, or asks while too many others do, is refused with TooMany.
func (c *Control) Login(ctx context.Context, email, password, apiKey string, source netip.Addr) (string, error) {
	if email == "" || password == "" {
		return "", cloud.Errorf(cloud.Invalid, "login.missing", "email and password are required")
	}
	var hash []byte
	if apiKey != "" {
		hash = auth.APIKeyHash(apiKey)
	}
	var u *cloud.User
	var now time.Time
	err := c.DB.Read(ctx, func(tx *store.Tx) (err error) {
		now = tx.Now()
		u, err = auth.Login(tx, email, hash)
		return err
	})
	if err != nil {
		return "", err
	}
	try, err := c.tries.Begin(now, source, email)
	if err != nil {
		return "", err
	}
	err = c.fits(ctx, u, password, apiKey != "", source)
	switch {
	case cloud.IsKind(err, cloud.Invalid):
		if n := try.Fail(now); worthAnEvent(n) {
			if lost := c.loginFailed(ctx, u, source, n); lost != nil {
				return "", lost
			}
		}
		return "", err
	case err != nil: // nothing was found out about the password
		try.Cancel()
		return "", err
	}
	try.Pass()
	if apiKey == "" {
		return "", nil
	}
	return c.Tokens.Issue(auth.Session{UID: u.ID, Epoch: u.Epoch, Start: now}, auth.LoginLifetime, now)
}

// fits tells whether a user, nil when there is none, may log in with a password.
// It is slow on purpose, so it stands outside of the transaction.
func (c *Control) fits(ctx context.Context, u *cloud.User, password string, withKey bool, source netip.Addr) error {
	if u == nil && withKey {
		return cloud.Errorf(cloud.Invalid, "login.member", "there is no such user in that member")
	}
	ok, err := c.gate.Check(ctx, hashOf(u), password, source)
	switch {
	case err != nil:
		return err
	case !ok:
		return cloud.Errorf(cloud.Invalid, "login.password", "this combination of email and password is not known")
	case u.Disabled:
		return cloud.Errorf(cloud.Invalid, "login.password", "this user is disabled")
	}
	return nil
}

// worthAnEvent keeps a stranger from filling the log of a member: of the failures
// of one e-mail address the first are written down one by one, then every
// hundredth.
func worthAnEvent(n int) bool { return n <= 20 || n%100 == 0 }

// loginFailed writes a failed login into the log of the user's member. One for an
// address that nobody has goes into the operator's: not to write would take less
// time and so tell that there is no such user. What was typed is not written
// down, since people type passwords into the wrong field.
func (c *Control) loginFailed(ctx context.Context, u *cloud.User, source netip.Addr, n int) error {
	return c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{Source: source}}}
		about := subject{kind: "login", member: 1}
		if u != nil {
			about = aboutUser(u)
		}
		e := t.newEvent("LOGIN", about)
		e.UserName = "guest"
		if err := store.Insert(tx, e); err != nil {
			return err
		}
		end := *e
		end.ID, end.End, end.Failed = 0, true, true
		end.Reason = fmt.Sprintf("failed login from %s, number %d for this e-mail address within %d minutes",
			source, n, int(auth.TryWindow.Minutes()))
		return store.Insert(tx, &end)
	})
}

// hashOf is the stored password; nobody has none, and costs the same time.
func hashOf(u *cloud.User) string {
	if u == nil {
		return ""
	}
	return u.Password
}

// RenewToken answers a token that lives one more hour, but not beyond the end of
// the session.
func (c *Control) RenewToken(ctx context.Context, actor *auth.Actor) (string, error) {
	var now time.Time
	err := c.DB.Read(ctx, func(tx *store.Tx) error { now = tx.Now(); return nil })
	if err != nil {
		return "", err
	}
	return c.Tokens.Issue(actor.Session, auth.RenewLifetime, now)
}

// ActorByKey resolves an API key of the 1&1 dialect (X-TOKEN). Errors:
// Unauthorized; Forbidden with code "source" for an address that is not allowed (406).
func (c *Control) ActorByKey(ctx context.Context, key string, source netip.Addr) (a *auth.Actor, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = auth.ByAPIKey(tx, key, source)
		return err
	})
	return a, err
}

// ActorByToken resolves a JWT of the CloudCIX dialect (X-Auth-Token). Errors:
// Unauthorized (code "token.expired" when it is), Forbidden.
func (c *Control) ActorByToken(ctx context.Context, token string, source netip.Addr) (a *auth.Actor, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		s, err := c.Tokens.Parse(token, tx.Now())
		if err != nil {
			return err
		}
		a, err = auth.BySession(tx, s, source)
		return err
	})
	return a, err
}

// ActorBySession asks for somebody who is connected still whether his session
// holds; that his token ended by its time meanwhile is no matter.
func (c *Control) ActorBySession(ctx context.Context, s auth.Session, source netip.Addr) (a *auth.Actor, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = auth.BySession(tx, s, source)
		return err
	})
	return a, err
}

package control

import (
	"context"
	"net/netip"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Lifetimes of CloudCIX tokens (cloudcix.md section 3).
const (
	loginLife = 2 * time.Hour
	renewLife = time.Hour
)

// Login checks the CloudCIX login (error codes "login.missing",
// "login.password", "login.member") and answers a token; without an API key
// and with right credentials the token is "".
func (c *Control) Login(ctx context.Context, email, password, apiKey string, _ netip.Addr) (string, error) {
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
	// Checking is slow on purpose, so it stands outside of the transaction.
	if u == nil && apiKey != "" {
		return "", cloud.Errorf(cloud.Invalid, "login.member", "there is no such user in that member")
	}
	fits := auth.CheckPassword(hashOf(u), password)
	if u == nil && apiKey != "" {
		return "", cloud.Errorf(cloud.Invalid, "login.member", "there is no such user in that member")
	}
	if !fits {
		return "", cloud.Errorf(cloud.Invalid, "login.password", "this combination of email and password is not known")
	}
	if u.Disabled {
		return "", cloud.Errorf(cloud.Invalid, "login.password", "this user is disabled")
	}
	if apiKey == "" {
		return "", nil
	}
	return c.Tokens.Issue(u.ID, loginLife, now)
}

// hashOf is the stored password; nobody has none, and costs the same time.
func hashOf(u *cloud.User) string {
	if u == nil {
		return ""
	}
	return u.Password
}

// RenewToken answers a token that lives one more hour.
func (c *Control) RenewToken(ctx context.Context, actor *auth.Actor) (string, error) {
	var now time.Time
	err := c.DB.Read(ctx, func(tx *store.Tx) error { now = tx.Now(); return nil })
	if err != nil {
		return "", err
	}
	return c.Tokens.Issue(actor.UserID(), renewLife, now)
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
		id, err := c.Tokens.Parse(token, tx.Now())
		if err != nil {
			return err
		}
		a, err = auth.ByUserID(tx, id, source)
		return err
	})
	return a, err
}

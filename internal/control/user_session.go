package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// DisableUser is the operator's verb that shuts a user out: API key, logins,
// sessions and open streams. The user is named as in NewToken. The operator's own,
// user 1, is shut out only by who is sure of it: the commands of this machine speak
// to the API as that user.
func (c *Control) DisableUser(ctx context.Context, user string, sure bool) (*cloud.User, error) {
	return c.changeUser(ctx, user, "DISABLE", func(_ *Txn, u *cloud.User) error {
		if u.ID == 1 && !sure {
			return cloud.Errorf(cloud.Conflict, "user.operator",
				"%s is the operator's own user: `virga server` and the others on this machine would be refused", u.Name).On("user").
				WithFix("--yes does it; `virga admin user enable %s` lets it in again.", u.UID)
		}
		u.Disabled = true
		u.Epoch++ // enabling does not bring sessions back
		return nil
	})
}

// EnableUser lets a disabled user in again: by the API key, and by a new login.
func (c *Control) EnableUser(ctx context.Context, user string) (*cloud.User, error) {
	return c.changeUser(ctx, user, "ENABLE", func(_ *Txn, u *cloud.User) error {
		u.Disabled = false
		return nil
	})
}

// EndSessions makes all tokens that came from logins of a user void, and ends
// the streams opened with them. The API key stays: NewToken replaces it.
func (c *Control) EndSessions(ctx context.Context, user string) (*cloud.User, error) {
	return c.changeUser(ctx, user, "END_SESSIONS", func(_ *Txn, u *cloud.User) error {
		u.Epoch++
		return nil
	})
}

// changeUser changes a user for the operator, and writes that into the record.
func (c *Control) changeUser(
	ctx context.Context, user, action string, change func(t *Txn, u *cloud.User) error,
) (u *cloud.User, err error) {
	err = c.DB.Write(ctx, func(tx *store.Tx) (err error) {
		t := &Txn{Tx: tx, C: c, Call: system()}
		if u, err = t.userNamed(user); err != nil {
			return err
		}
		if err := change(t, u); err != nil {
			return err
		}
		u.Touch(t.Now(), 0)
		if err := store.Update(tx, u); err != nil {
			return err
		}
		return t.record(action, aboutUser(u))
	})
	return u, err
}

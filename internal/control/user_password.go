package control

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
)

// minPassword is the shortest password in characters that is set by hand.
const minPassword = 8

// SetPassword is the operator's verb behind `virga admin user password`: it gives
// a user another password for the CloudCIX login, a made one when it is "", and
// returns it. The old one is void at once, and so are the sessions begun with it. The user is named as in NewToken.
func (c *Control) SetPassword(ctx context.Context, user, password string) (*cloud.User, string, error) {
	if password == "" {
		var err error
		if password, err = password12(c.Rand); err != nil {
			return nil, "", err
		}
	}
	if err := settable(password); err != nil {
		return nil, "", err
	}
	hash, err := c.gate.Hash(ctx, password, c.Rand)
	if err != nil {
		return nil, "", err
	}
	u, err := c.changeUser(ctx, user, "UPDATE", func(t *Txn, u *cloud.User) error {
		if u.Email == "" {
			return cloud.Errorf(cloud.Invalid, "user.email", "%s has no e-mail address, and so no login that takes a password", u.Name).On("user").
				WithFix("`virga admin token new` makes an API key.")
		}
		if u.ID == 1 { // whoever was not told the first one needs it no more
			if err := t.forgetFirstPassword(); err != nil {
				return err
			}
		}
		u.Password = hash
		u.Epoch++
		return nil
	})
	return u, password, err
}

// settable says what is wrong with a password that somebody chose.
func settable(password string) error {
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return cloud.Errorf(cloud.Invalid, "password.text", "a password is text without control characters").On("password")
	case utf8.RuneCountInString(password) < minPassword || len(password) > auth.MaxPassword:
		return cloud.Errorf(cloud.Invalid, "password.length", "a password has %d characters to %d bytes",
			minPassword, auth.MaxPassword).On("password")
	}
	return nil
}

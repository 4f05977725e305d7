package admin

import (
	"context"
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// AddUser asks for a user, and for its member when there is none of the name.
type AddUser struct {
	Member   string `json:"member"`
	Name     string `json:"name"`
	Email    string `json:"email,omitempty"`
	Password string `json:"password,omitempty"`
	ReadOnly bool   `json:"read_only,omitempty"`

	Administrator bool   `json:"administrator,omitempty"`
	Robot         string `json:"robot,omitempty"`      // region that the user drives
	NewMember     bool   `json:"new_member,omitempty"` // the member is made; else it must be there
}

// User is a user as the operator sees it.
type User struct {
	ID       int64  `json:"id"`
	UID      string `json:"uid"`
	Member   string `json:"member"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Role     string `json:"role"`
	Disabled bool   `json:"disabled"`
	Robot    bool   `json:"robot,omitempty"`
}

// NewUser is what is told once about a user that was made.
type NewUser struct {
	Member    string `json:"member"`
	Name      string `json:"name"`
	Email     string `json:"email,omitempty"`
	Password  string `json:"password,omitempty"`
	Token     string `json:"token"`   // X-TOKEN of the 1&1 dialect
	MemberKey string `json:"api_key"` // of the member, for the CloudCIX login
}

// Token is an API key, told once.
type Token struct {
	Token string `json:"token"`
}

// UserName names a user of a verb that needs nothing else: NAME, MEMBER/NAME,
// e-mail or id.
type UserName struct {
	User string `json:"user"`
	Sure bool   `json:"sure,omitempty"` // to disable the operator's own
}

// NewPassword asks for another password of a user: NAME, MEMBER/NAME, e-mail or id.
type NewPassword struct {
	User     string `json:"user"`
	Password string `json:"password,omitempty"` // made when empty
}

// Password is what a user logs in with, told once; of a password that was given,
// only whose it is.
type Password struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password,omitempty"`
}

func (a *Verbs) listUsers(r *http.Request, _ none) ([]User, error) {
	list, err := a.Control.AllUsers(r.Context())
	if err != nil {
		return nil, err
	}
	roles, err := a.Control.RoleNames(r.Context())
	if err != nil {
		return nil, err
	}
	out := []User{}
	for _, u := range list {
		row := User{
			ID: u.ID, UID: u.UID.String(), Name: u.Name, Email: u.Email, Role: roles[u.RoleID], Disabled: u.Disabled,
			Robot: u.Robot,
		}
		if u.Member != nil {
			row.Member = u.Member.Name
		}
		out = append(out, row)
	}
	return out, nil
}

func (a *Verbs) addUser(r *http.Request, in AddUser) (NewUser, error) {
	user := control.NewUserIn{
		Member: in.Member, Name: in.Name, Email: in.Email, Password: in.Password, ReadOnly: in.ReadOnly, Administrator: in.Administrator,
		Is: control.MemberThere,
	}
	if in.NewMember {
		user.Is = control.MemberNew
	}
	if in.Robot != "" {
		region, err := a.region(r.Context(), in.Robot)
		if err != nil {
			return NewUser{}, err
		}
		user.RobotOf = region.ID
	}
	u, err := a.Control.AddUser(r.Context(), user)
	if err != nil {
		return NewUser{}, err
	}
	return NewUser{Member: u.Member, Name: u.Name, Email: u.Email, Password: u.Password, Token: u.Token, MemberKey: u.MemberKey}, nil
}

func (a *Verbs) newToken(r *http.Request, in UserName) (Token, error) {
	u, t, err := a.Control.ReplaceToken(r.Context(), in.User)
	if err == nil && u.ID == 1 && a.OperatorToken != nil {
		err = a.OperatorToken(t)
	}
	return Token{Token: t}, err
}

func (a *Verbs) disableUser(ctx context.Context, in UserName) (*cloud.User, error) {
	return a.Control.DisableUser(ctx, in.User, in.Sure)
}

func (a *Verbs) enableUser(ctx context.Context, in UserName) (*cloud.User, error) {
	return a.Control.EnableUser(ctx, in.User)
}

func (a *Verbs) endSessions(ctx context.Context, in UserName) (*cloud.User, error) {
	return a.Control.EndSessions(ctx, in.User)
}

// onUser is a verb that changes a user by name and answers who it was.
func (a *Verbs) onUser(verb func(ctx context.Context, in UserName) (*cloud.User, error)) http.HandlerFunc {
	return with(a, func(r *http.Request, in UserName) (User, error) {
		u, err := verb(r.Context(), in)
		if err != nil {
			return User{}, err
		}
		return User{ID: u.ID, UID: u.UID.String(), Name: u.Name, Email: u.Email, Disabled: u.Disabled}, nil
	})
}

func (a *Verbs) newPassword(r *http.Request, in NewPassword) (Password, error) {
	u, password, err := a.Control.SetPassword(r.Context(), in.User, in.Password)
	if err != nil {
		return Password{}, err
	}
	out := Password{Name: u.Name, Email: u.Email}
	if in.Password == "" {
		out.Password = password
	}
	if u.ID == 1 && a.OperatorPassword != nil {
		return out, a.OperatorPassword(password)
	}
	return out, nil
}

package control

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// NewUserIn describes a user that the operator makes (R38).
type NewUserIn struct {
	// Member names the tenant: an existing one, or a new one, which gets a
	// site of its own. Required: who forgets it would make one more operator.
	Member string
	// Is says which of both is meant, so that no slip of the pen makes a tenant,
	// or gives somebody the things of one that is there.
	Is       MemberIs
	Name     string
	Email    string // for the CloudCIX login; without one there is none
	Password string // made when empty and there is an e-mail
	ReadOnly bool
	// Administrator makes one of a user who is not the first of the member; in the
	// operator's it lets read what is of all members.
	Administrator bool
	// RobotOf is the region that the user drives as its robot. It belongs there, and
	// to the member of the region.
	RobotOf int64
}

// MemberIs is what the caller thinks of a member.
type MemberIs string

// What may be thought of a member.
const (
	MemberAny   MemberIs = ""
	MemberThere MemberIs = "there"
	MemberNew   MemberIs = "new"
)

// NewUser is what has to be told once about a user that was made.
type NewUser struct {
	*cloud.User
	Member    string `json:"member"`
	Token     string `json:"token"` // for X-TOKEN
	Password  string `json:"password,omitempty"`
	MemberKey string `json:"member_key"` // for the CloudCIX login
}

// AddUser makes a user with a token, and the member with its site when there
// is none of that name. The first user of a member is its administrator.
func (c *Control) AddUser(ctx context.Context, in NewUserIn) (*NewUser, error) {
	if in.RobotOf != 0 && in.Email == "" {
		return nil, cloud.Errorf(cloud.Invalid, "user.robot", "a robot needs an e-mail address: it logs in with it").On("email")
	}
	in.Name, in.Email, in.Member = strings.TrimSpace(in.Name), strings.TrimSpace(in.Email), strings.TrimSpace(in.Member)
	if in.Name == "" {
		return nil, cloud.Errorf(cloud.Invalid, "user.name", "a name is required").On("name")
	}
	if in.Member == "" {
		return nil, cloud.Errorf(cloud.Invalid, "user.member",
			"a member is required: an organisation of that name, or Operator for those who run this installation").On("member")
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	// All that is slow or random comes before the transaction.
	token, err := auth.NewAPIKey(c.Rand)
	if err != nil {
		return nil, err
	}
	memberKey, err := auth.NewAPIKey(c.Rand)
	if err != nil {
		return nil, err
	}
	if in.Password == "" && in.Email != "" {
		if in.Password, err = password12(c.Rand); err != nil {
			return nil, err
		}
	}
	hash := ""
	if in.Password != "" {
		if hash, err = c.gate.Hash(ctx, in.Password, c.Rand); err != nil {
			return nil, err
		}
	}
	var out *NewUser
	err = c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: system()}
		out = &NewUser{Token: token, Password: in.Password}
		return t.addUser(in, hash, memberKey, out)
	})
	return out, err
}

// personMax is the longest name of a user or a member in characters, and emailMax the
// longest address (RFC 5321).
const (
	personMax = 128
	emailMax  = 254
)

// check refuses names by which nobody could be found again. What stands before a
// slash is the member.
func (in *NewUserIn) check() error {
	var p cloud.Problems
	for _, n := range []struct{ field, text string }{{"name", in.Name}, {"member", in.Member}} {
		e := (cloud.Limits{NameMax: personMax}).CheckName("user", n.text)
		if e == nil && strings.Contains(n.text, "/") {
			e = cloud.Errorf(cloud.Invalid, "user.form", "%q has a slash, which stands between a member and its user where one is named", n.text)
		}
		p.Add(e.On(n.field))
	}
	if in.Email != "" {
		e := cloud.CheckShown("user", "an e-mail address", in.Email)
		switch {
		case e != nil:
		case !strings.Contains(in.Email, "@"):
			e = cloud.Errorf(cloud.Invalid, "user.email", "%q is no e-mail address", in.Email)
		case utf8.RuneCountInString(in.Email) > emailMax:
			e = cloud.Errorf(cloud.Invalid, "user.email", "the address has more than %d characters", emailMax)
		}
		p.Add(e.On("email"))
	}
	return p.Err()
}

func (t *Txn) addUser(in NewUserIn, hash, memberKey string, out *NewUser) error {
	m, site, err := t.tenant(in.Member, memberKey, in.Is)
	if err == nil && in.RobotOf != 0 {
		site, err = t.robotSite(in.RobotOf, m)
	}
	if err != nil {
		return err
	}
	out.Member = m.Name
	if out.MemberKey, err = t.C.Seal.Open(ofKey(m.APIKeyHash), m.APIKey); err != nil {
		return err
	}
	for _, c := range []struct{ column, text, what string }{
		{"name", in.Name, "a user"}, {"email", in.Email, "a user with the e-mail address"},
	} {
		n, err := store.Count[cloud.User](t.Tx, cloud.Where(cloud.Eq("member_id", m.ID), cloud.Cmp(cloud.OpIEq, c.column, c.text)))
		if err != nil {
			return err
		}
		if n > 0 && c.text != "" {
			return cloud.Errorf(cloud.Conflict, "user.taken", "%s already has %s %q", m.Name, c.what, c.text).On(c.column)
		}
	}
	others, err := store.Count[cloud.User](t.Tx, cloud.Where(cloud.Eq("member_id", m.ID)))
	if err != nil {
		return err
	}
	role, err := t.defaultRole(in.ReadOnly)
	if err != nil {
		return err
	}
	out.User = &cloud.User{
		MemberID: m.ID, SiteID: site.ID, Name: in.Name, FirstName: in.Name, Email: in.Email, Password: hash, RoleID: role.ID,
		Administrator: others == 0 || in.Administrator, Global: others == 0, Robot: in.RobotOf != 0, APIActive: true,
		APIKey: t.C.Seal.Seal(ofKey(auth.APIKeyHash(out.Token)), out.Token), APIKeyHash: auth.APIKeyHash(out.Token),
	}
	if err := store.Insert(t.Tx, out.User); err != nil {
		return err
	}
	return t.record("CREATE", aboutUser(out.User))
}

// robotSite is where the robot of a region belongs: robots drive regions of their
// driver, and each has one (R21).
func (t *Txn) robotSite(region int64, m *cloud.Member) (*cloud.Site, error) {
	r, err := t.region(Pick{ID: region})
	if err != nil {
		return nil, err
	}
	if r.Driver != cloud.RobotDriver {
		return nil, cloud.Errorf(cloud.Conflict, "user.robot", "the region %s is not driven by a robot", r.Name).
			WithFix("`virga admin region add NAME --driver robot` makes one that is.")
	}
	if m.ID != r.MemberID {
		return nil, cloud.Errorf(cloud.Conflict, "user.robot", "the robot of a region belongs to its member, not to %s", m.Name).
			WithFix("Say --member Operator.")
	}
	n, err := store.Count[cloud.User](t.Tx, cloud.Where(cloud.Eq("site_id", r.ID), cloud.Eq("robot", true)))
	if err == nil && n > 0 {
		err = cloud.Errorf(cloud.Conflict, "user.robot", "the region %s has a robot already", r.Name)
	}
	return r, err
}

func (t *Txn) defaultRole(readOnly bool) (*cloud.Role, error) {
	name := auth.FullRole
	if readOnly {
		name = auth.ReadOnlyRole
	}
	return store.First[cloud.Role](t.Tx, cloud.Where(cloud.Eq("default", true), cloud.Eq("name", name)).By("id"))
}

func aboutUser(u *cloud.User) subject {
	return subject{kind: "user", id: u.ID, uid: u.UID, name: u.Name, member: u.MemberID, site: u.SiteID}
}

// NewToken gives a user another API key; the old one is void at once. The user
// is named by name, MEMBER/NAME, e-mail or id.
func (c *Control) NewToken(ctx context.Context, user string) (string, error) {
	_, token, err := c.ReplaceToken(ctx, user)
	return token, err
}

// ReplaceToken is NewToken that says whose it is.
func (c *Control) ReplaceToken(ctx context.Context, user string) (*cloud.User, string, error) {
	token, err := auth.NewAPIKey(c.Rand)
	if err != nil {
		return nil, "", err
	}
	u, err := c.changeUser(ctx, user, "UPDATE", func(_ *Txn, u *cloud.User) error {
		u.APIKeyHash, u.APIActive = auth.APIKeyHash(token), true
		u.APIKey = c.Seal.Seal(ofKey(u.APIKeyHash), token)
		return nil
	})
	return u, token, err
}

// userNamed finds exactly one user by what an operator may type.
func (t *Txn) userNamed(text string) (*cloud.User, error) {
	if text == "" {
		return nil, cloud.Errorf(cloud.Invalid, "user.empty", "say which user: NAME, MEMBER/NAME, an e-mail address or an id").On("user").
			WithFix("`virga admin users` shows them.")
	}
	if uid, ok := cloud.ParseUID(text); ok {
		if u, err := pick[cloud.User](t, Pick{UID: uid}, "user"); err == nil || !cloud.IsKind(err, cloud.NotFound) {
			return u, err // else it may be a name that looks like an id
		}
	}
	u, err := t.userCalled(text, cloud.Cond{})
	member, name, ok := strings.Cut(text, "/")
	if !ok || err == nil || !cloud.IsKind(err, cloud.NotFound) {
		return u, err
	}
	m, err := store.First[cloud.Member](t.Tx, cloud.Where(cloud.Eq("name", member)))
	if store.None(err) {
		return nil, t.noMember(member)
	}
	if err != nil {
		return nil, err
	}
	return t.userCalled(name, cloud.Eq("member_id", m.ID))
}

// userCalled finds the one user of a name or e-mail address.
func (t *Txn) userCalled(name string, where cloud.Cond) (*cloud.User, error) {
	list, err := store.Find[cloud.User](t.Tx,
		cloud.Where(where, cloud.Or(cloud.Eq("name", name), cloud.Cmp(cloud.OpIEq, "email", name))).By("id").Page(2, 0))
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, cloud.Errorf(cloud.NotFound, "user.missing", "there is no user %q", name).WithFix("`virga admin users` shows them.")
	case len(list) > 1:
		return nil, cloud.Errorf(cloud.Conflict, "user.ambiguous", "several members have a user %q", name).
			WithFix("Write MEMBER/%s, or the id.", name)
	}
	return list[0], nil
}

// AllUsers lists the users of every member, for the operator.
func (c *Control) AllUsers(ctx context.Context) (list []*PersonView, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: system()}
		list, _, err = t.People(cloud.Query{}.By("member_id").By("id"))
		return err
	})
	return list, err
}

// RoleNames are the names of roles by id.
func (c *Control) RoleNames(ctx context.Context) (names map[int64]string, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		roles, err := store.Find[cloud.Role](tx, cloud.Query{})
		if err != nil {
			return err
		}
		names = make(map[int64]string, len(roles))
		for _, r := range roles {
			names[r.ID] = r.Name
		}
		return nil
	})
	return names, err
}

package control

import (
	"context"
	"strings"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// NewUserIn describes a user that the operator makes (R38).
type NewUserIn struct {
	// Member names the tenant: an existing one, or a new one, which gets a
	// site of its own. Required: who forgets it would make one more operator.
	Member   string
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
	if e := cloud.CheckText("user", in.Name+in.Member); e != nil {
		return nil, e.On("name")
	}
	if in.Email != "" && !strings.Contains(in.Email, "@") {
		return nil, cloud.Errorf(cloud.Invalid, "user.email", "%q is no e-mail address", in.Email).On("email")
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
	err = c.DB.Write(ctx, []string{"tenants"}, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: system()}
		out = &NewUser{Token: token, Password: in.Password}
		return t.addUser(in, hash, memberKey, out)
	})
	return out, err
}

func (t *Txn) addUser(in NewUserIn, hash, memberKey string, out *NewUser) error {
	m, site, err := t.tenant(in.Member, memberKey)
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
	used, err := store.Count[cloud.User](t.Tx, cloud.Where(cloud.Eq("member_id", m.ID), cloud.Cmp(cloud.OpIEq, "name", in.Name)))
	if err != nil {
		return err
	}
	if in.Email != "" {
		n, err := store.Count[cloud.User](t.Tx, cloud.Where(cloud.Eq("member_id", m.ID), cloud.Cmp(cloud.OpIEq, "email", in.Email)))
		if err != nil {
			return err
		}
		used += n
	}
	if used > 0 {
		return cloud.Errorf(cloud.Conflict, "user.taken", "%s already has a user %q or one with that e-mail address", m.Name, in.Name).On("name")
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
	token, err := auth.NewAPIKey(c.Rand)
	if err != nil {
		return "", err
	}
	_, err = c.changeUser(ctx, user, "UPDATE", func(_ *Txn, u *cloud.User) error {
		u.APIKeyHash, u.APIActive = auth.APIKeyHash(token), true
		u.APIKey = c.Seal.Seal(ofKey(u.APIKeyHash), token)
		return nil
	})
	return token, err
}

// userNamed finds exactly one user by what an operator may type.
func (t *Txn) userNamed(text string) (*cloud.User, error) {
	if uid, ok := cloud.ParseUID(text); ok {
		return pick[cloud.User](t, Pick{UID: uid}, "user")
	}
	name, where := text, cloud.Cond{}
	if member, rest, ok := strings.Cut(text, "/"); ok {
		m, err := store.First[cloud.Member](t.Tx, cloud.Where(cloud.Eq("name", member)))
		if store.None(err) {
			return nil, cloud.Errorf(cloud.NotFound, "member.missing", "there is no member %q", member)
		}
		if err != nil {
			return nil, err
		}
		name, where = rest, cloud.Eq("member_id", m.ID)
	}
	list, err := store.Find[cloud.User](t.Tx,
		cloud.Where(where, cloud.Or(cloud.Eq("name", name), cloud.Cmp(cloud.OpIEq, "email", name))).By("id").Page(2, 0))
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, cloud.Errorf(cloud.NotFound, "user.missing", "there is no user %q", text).WithFix("`virga admin users` shows them.")
	case len(list) > 1:
		return nil, cloud.Errorf(cloud.Conflict, "user.ambiguous", "several members have a user %q", name).WithFix("Write MEMBER/%s.", name)
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

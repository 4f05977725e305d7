package auth

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// CodeSource is the code of the error for an address that the user may not come
// from: 406 in the 1&1 dialect, 403 in CloudCIX.
const CodeSource = "source"

// ByAPIKey resolves a key of the 1&1 dialect. A key that is switched off, and a
// user who is, are the same as no key (R39). The row is read on every request,
// so that a change takes effect at once (R40).
func ByAPIKey(tx *store.Tx, key string, source netip.Addr) (*Actor, error) {
	if !LooksLikeAPIKey(key) {
		return nil, errToken()
	}
	hash := APIKeyHash(key)
	p, err := store.Recall(tx, "key "+string(hash), personNeeds, func() (person, error) {
		u, err := store.First[cloud.User](tx, cloud.Where(cloud.Eq("api_key_hash", hash)))
		return personOf(tx, u, err)
	})
	if store.None(err) {
		return nil, errToken()
	}
	if err != nil {
		return nil, err
	}
	if u := &p.user; u.Disabled || !u.APIActive || expired(tx, u) {
		return nil, errToken()
	}
	return p.actor(source)
}

// BySession resolves a token of the CloudCIX dialect as ByUserID does. A session
// that was ended says what clients look for before they log in again.
func BySession(tx *store.Tx, s Session, source netip.Addr) (*Actor, error) {
	a, err := ByUserID(tx, s.UID, source)
	if err != nil {
		return nil, err
	}
	if a.User.Epoch != s.Epoch {
		return nil, cloud.Errorf(cloud.Unauthorized, CodeExpired, "JWT token is expired: the session was ended.")
	}
	a.Session = s
	return a, nil
}

// ByUserID resolves the user of a token of the CloudCIX dialect. api.active
// binds API keys only; a disabled user has a token that is understood and
// refused (R39).
func ByUserID(tx *store.Tx, id int64, source netip.Addr) (*Actor, error) {
	p, err := store.Recall(tx, "user "+strconv.FormatInt(id, 10), personNeeds, func() (person, error) {
		u, err := store.Get[cloud.User](tx, id)
		return personOf(tx, u, err)
	})
	if store.None(err) {
		return nil, errToken()
	}
	if err != nil {
		return nil, err
	}
	switch u := &p.user; {
	case u.Disabled:
		return nil, cloud.Errorf(cloud.Forbidden, "disabled", "The user is disabled.")
	case expired(tx, u) && !u.Administrator:
		return nil, cloud.Errorf(cloud.Forbidden, "expired", "The account of the user has expired.")
	}
	return p.actor(source)
}

// Login finds who wants to log in to the CloudCIX dialect: a user by e-mail, in
// the member with the API key when one was sent (apiKeyHash nil: none was). The
// password is for the caller to check, outside of the transaction. It answers
// nil when there is nobody, so that the caller can spend the same time on
// strangers.
func Login(tx *store.Tx, email string, apiKeyHash []byte) (*cloud.User, error) {
	email = strings.TrimSpace(email)
	if email == "" {
		return nil, nil // users without an e-mail cannot log in here (R38)
	}
	where := []cloud.Cond{cloud.Cmp(cloud.OpIEq, "email", email)}
	if apiKeyHash != nil {
		m, err := store.First[cloud.Member](tx, cloud.Where(cloud.Eq("api_key_hash", apiKeyHash)))
		if store.None(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		where = append(where, cloud.Eq("member_id", m.ID))
	}
	u, err := store.First[cloud.User](tx, cloud.Where(where...).By("id"))
	if store.None(err) {
		return nil, nil
	}
	return u, err
}

// person is a user with what belongs to one. It is remembered from request to
// request, until one of these tables is written to.
type person struct {
	user   cloud.User
	member cloud.Member
	site   cloud.Site
	role   *cloud.Role
}

var personNeeds = []string{"user.*", "member.*", "site.*", "role.*"}

// personOf reads what belongs to a user that was found or not. Whoever has lost his
// member or site is nobody.
func personOf(tx *store.Tx, u *cloud.User, err error) (p person, _ error) {
	if err != nil {
		return p, err
	}
	member, err := store.Get[cloud.Member](tx, u.MemberID)
	if err != nil {
		return p, err
	}
	site, err := store.Get[cloud.Site](tx, u.SiteID)
	if err != nil {
		return p, err
	}
	p = person{user: *u, member: *member, site: *site}
	if u.RoleID != 0 {
		// A role that was removed while users had it is no role.
		if p.role, err = store.Get[cloud.Role](tx, u.RoleID); store.None(err) {
			p.role, err = nil, nil
		}
	}
	return p, err
}

// actor is the person as the caller of one request, who may have it changed. The
// allowed addresses bind both dialects.
func (p person) actor(source netip.Addr) (*Actor, error) {
	if !SourceAllowed(p.user.AllowedIPs, source) {
		return nil, cloud.Errorf(cloud.Forbidden, CodeSource, "Requests from %s are not allowed for this user.", source)
	}
	a := &Actor{User: &p.user, Member: &p.member, Site: &p.site, Source: source}
	if p.role != nil {
		role := *p.role
		a.Role = &role
	}
	return a, nil
}

// SourceAllowed tells whether an address is in a list of addresses, ranges
// ("192.0.2.1-192.0.2.9") and prefixes. No list allows every address; entries
// that cannot be read allow nothing.
func SourceAllowed(list []string, source netip.Addr) bool {
	if len(list) == 0 {
		return true
	}
	source = source.Unmap().WithZone("")
	for _, entry := range list {
		entry = strings.TrimSpace(entry)
		if a, err := netip.ParseAddr(entry); err == nil && a.Unmap() == source {
			return true
		}
		if p, err := netip.ParsePrefix(entry); err == nil && p.Contains(source) {
			return true
		}
		if from, to, ok := strings.Cut(entry, "-"); ok {
			lo, err1 := netip.ParseAddr(strings.TrimSpace(from))
			hi, err2 := netip.ParseAddr(strings.TrimSpace(to))
			if err1 == nil && err2 == nil && lo.Is4() == source.Is4() && !source.Less(lo) && !hi.Less(source) {
				return true
			}
		}
	}
	return false
}

func expired(tx *store.Tx, u *cloud.User) bool {
	return u.Expires != nil && !tx.Now().Before(*u.Expires)
}

func errToken() error {
	return cloud.Errorf(cloud.Unauthorized, "token", "The token is not valid.")
}

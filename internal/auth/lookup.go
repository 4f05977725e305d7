package auth

import (
	"net/netip"
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
	u, err := store.First[cloud.User](tx, cloud.Where(cloud.Eq("api_key_hash", APIKeyHash(key))))
	if store.None(err) {
		return nil, errToken()
	}
	if err != nil {
		return nil, err
	}
	if u.Disabled || !u.APIActive || expired(tx, u) {
		return nil, errToken()
	}
	return actorOf(tx, u, source)
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
	u, err := store.Get[cloud.User](tx, id)
	if store.None(err) {
		return nil, errToken()
	}
	if err != nil {
		return nil, err
	}
	switch {
	case u.Disabled:
		return nil, cloud.Errorf(cloud.Forbidden, "disabled", "The user is disabled.")
	case expired(tx, u) && !u.Administrator:
		return nil, cloud.Errorf(cloud.Forbidden, "expired", "The account of the user has expired.")
	}
	return actorOf(tx, u, source)
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

// actorOf reads what belongs to a user and checks the allowed addresses, which
// bind both dialects.
func actorOf(tx *store.Tx, u *cloud.User, source netip.Addr) (*Actor, error) {
	if !SourceAllowed(u.AllowedIPs, source) {
		return nil, cloud.Errorf(cloud.Forbidden, CodeSource, "Requests from %s are not allowed for this user.", source)
	}
	a := &Actor{User: u, Source: source}
	var err error
	if a.Member, err = store.Get[cloud.Member](tx, u.MemberID); err != nil {
		return nil, err
	}
	if a.Site, err = store.Get[cloud.Site](tx, u.SiteID); err != nil {
		return nil, err
	}
	if u.RoleID != 0 {
		// A role that was removed while users had it is no role.
		if a.Role, err = store.Get[cloud.Role](tx, u.RoleID); store.None(err) {
			a.Role, err = nil, nil
		}
	}
	return a, err
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

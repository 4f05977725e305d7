package control

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// SetupIn describes the first start.
type SetupIn struct {
	Email    string // operator's login, default admin@virga.internal
	Password string // made when empty
	// Kept is a password of the operator that an earlier start wrote down. It is
	// given back if it still fits.
	Kept string
	// Pool is the default region's public addresses, Inside the range of
	// default projects' network `public`. Empty ones have a default at the first
	// start; later they are only compared with what there is.
	Pool, Inside string
}

const (
	defaultPool = "198.18.0.0/15" // reserved for tests of networks (RFC 2544)
	// defaultInside leaves room for other regions; simulated hosts have none.
	defaultInside     = "100.64.0.0/16"
	defaultInsideFake = "100.64.0.0/10"
)

// Credentials are printed once, at the first start.
type Credentials struct {
	Email    string
	Password string // "" when nobody here knows it
	Token    string // API key of user 1, for the 1&1 dialect
	APIKey   string // of member 1, for the CloudCIX login
	RegionID int64
	First    bool // nobody was told the password yet: see CredentialsTold
}

// catalogue is the data centres that clients know (oneandone.md section 14).
var catalogue = []struct {
	uid, country, location string
	pool                   string // of the fake; the first gets SetupIn.Pool
}{
	{"908DC2072407C94C8054610AD5A53B8C", "US", "United States of America", ""},
	{"81DEF28500FBC2A973FC0C620DF5B721", "ES", "Spain", "192.0.2.0/24"},
	{"4EFAD5836CE43ACA502FD5B99BEE44EF", "DE", "Germany", "198.51.100.0/24"},
	{"5091F6D8CBFEF9C26ACE957C652D5D49", "GB", "United Kingdom of Great Britain and Northern Ireland", "203.0.113.0/24"},
}

// firstPassword names the setting that holds the operator's first password,
// sealed, from the transaction that makes the operator until it was told. A
// start that dies in between would lose it: the user has only its hash.
const firstPassword = "operator.first_password"

// Setup makes what must be there before the first request: the operator, the
// region (with Fake all four), flavors, default roles and policies. It makes
// nothing when the operator exists.
func (c *Control) Setup(ctx context.Context, in SetupIn) (Credentials, error) {
	var cred Credentials
	var u *cloud.User
	err := c.DB.Read(ctx, func(tx *store.Tx) (err error) {
		t := &Txn{Tx: tx, C: c, Call: system()}
		cred = Credentials{}
		if u, err = t.known(&cred); err != nil {
			return err
		}
		return t.agrees(in)
	})
	switch {
	case store.None(err):
		return c.firstSetup(ctx, in)
	case err != nil || cred.Password != "" || in.Kept == "":
		return cred, err
	}
	fits, err := c.gate.Check(ctx, u.Password, in.Kept, netip.Addr{})
	if fits {
		cred.Password = in.Kept
	}
	return cred, err
}

// CredentialsTold forgets the first password, which somebody has by now.
func (c *Control) CredentialsTold(ctx context.Context) error {
	return c.DB.Write(ctx, func(tx *store.Tx) error {
		return (&Txn{Tx: tx, C: c, Call: system()}).forgetFirstPassword()
	})
}

func (t *Txn) forgetFirstPassword() error {
	row, err := store.First[cloud.Setting](t.Tx, cloud.Where(cloud.Eq("name", firstPassword)))
	if store.None(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return store.Delete[cloud.Setting](t.Tx, row.ID)
}

// firstSetup makes the rows and their secrets in one transaction. Of several
// control nodes that start at once one makes them and the others find them.
func (c *Control) firstSetup(ctx context.Context, in SetupIn) (Credentials, error) {
	var cred Credentials
	if in.Email == "" {
		in.Email = "admin@virga.internal"
	}
	key, err := auth.NewAPIKey(c.Rand)
	if err != nil {
		return cred, err
	}
	memberKey, err := auth.NewAPIKey(c.Rand)
	if err != nil {
		return cred, err
	}
	if in.Password == "" {
		if in.Password, err = password12(c.Rand); err != nil {
			return cred, err
		}
	}
	hash, err := c.gate.Hash(ctx, in.Password, c.Rand)
	if err != nil {
		return cred, err
	}
	err = c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: system()}
		cred = Credentials{}
		if _, err := t.known(&cred); !store.None(err) {
			return err
		}
		for _, step := range []func() error{
			func() error { return t.operator(in, hash, key, memberKey) },
			func() error { return t.regions(in) },
			t.flavors, t.defaultPolicies,
			func() error {
				return store.Insert(tx, &cloud.Setting{Name: firstPassword, Value: c.Seal.Seal(ofSetting(firstPassword), in.Password)})
			},
		} {
			if err := step(); err != nil {
				return err
			}
		}
		_, err := t.known(&cred)
		return err
	})
	return cred, err
}

// known reads the credentials of an installation, and its operator; store.None
// when there is none yet.
func (t *Txn) known(cred *Credentials) (*cloud.User, error) {
	m, err := store.Get[cloud.Member](t.Tx, 1)
	if err != nil {
		return nil, err
	}
	u, err := store.Get[cloud.User](t.Tx, 1)
	if err != nil {
		return nil, fmt.Errorf("user 1: %w", err)
	}
	r, err := t.region(Pick{})
	if err != nil {
		return nil, err
	}
	cred.RegionID, cred.Email = r.ID, u.Email
	if cred.Token, err = t.C.Seal.Open(ofKey(u.APIKeyHash), u.APIKey); err != nil {
		return nil, fmt.Errorf("API key of user 1: %w", err)
	}
	if cred.APIKey, err = t.C.Seal.Open(ofKey(m.APIKeyHash), m.APIKey); err != nil {
		return nil, fmt.Errorf("API key of member 1: %w", err)
	}
	row, err := store.First[cloud.Setting](t.Tx, cloud.Where(cloud.Eq("name", firstPassword)))
	if store.None(err) {
		return u, nil
	}
	if err != nil {
		return nil, err
	}
	cred.First = true
	if cred.Password, err = t.C.Seal.Open(ofSetting(firstPassword), row.Value); err != nil {
		return nil, fmt.Errorf("first password of user 1: %w", err)
	}
	return u, nil
}

func (t *Txn) operator(in SetupIn, hash, key, memberKey string) error {
	m := &cloud.Member{
		Name: "Operator", SelfManaged: true, APIKeyHash: auth.APIKeyHash(memberKey), Currency: "EUR",
	}
	m.APIKey = t.C.Seal.Seal(ofKey(m.APIKeyHash), memberKey)
	if err := store.Insert(t.Tx, m); err != nil {
		return err
	}
	full := &cloud.Role{MemberID: m.ID, Name: "Full access", Default: true, Flags: auth.AllFlags()}
	read := &cloud.Role{MemberID: m.ID, Name: "Read only", Default: true, Flags: auth.ReadFlags()}
	if err := store.Insert(t.Tx, full); err != nil {
		return err
	}
	if err := store.Insert(t.Tx, read); err != nil {
		return err
	}
	u := &cloud.User{
		MemberID: m.ID, SiteID: 1, Name: "admin", FirstName: "Admin", Email: in.Email, Password: hash,
		Administrator: true, Global: true, RoleID: full.ID, APIActive: true,
		APIKey: t.C.Seal.Seal(ofKey(auth.APIKeyHash(key)), key), APIKeyHash: auth.APIKeyHash(key),
	}
	if err := store.Insert(t.Tx, u); err != nil {
		return err
	}
	if m.ID != 1 || u.ID != 1 {
		return fmt.Errorf("the operator must be member 1 and user 1, not %d and %d", m.ID, u.ID)
	}
	return nil
}

// agrees refuses a start that asks for other ranges than there are: they are for
// the first start, and who gives them later would think that they count.
func (t *Txn) agrees(in SetupIn) error {
	// Of a real start none is simulated. Simulated ones may stand beside machines
	// that join, but not beside those of another control node.
	odd, fix := cloud.Eq("fake", true), "Start it with --fake, or use another database."
	if t.C.Fake {
		odd, fix = cloud.And(cloud.Eq("fake", false), cloud.Not(cloud.Eq("node", ""))), "Start it without --fake, or use another database."
	}
	n, err := store.Count[cloud.Host](t.Tx, cloud.Where(odd))
	if err != nil {
		return err
	}
	if n > 0 {
		is := map[bool]string{false: "simulated", true: "real"}[t.C.Fake]
		be := map[bool]string{true: "is", false: "are"}[n == 1]
		return cloud.Errorf(cloud.Conflict, "setup.hosts", "%s of this database %s %s", cloud.Count(n, "host"), be, is).WithFix("%s", fix)
	}
	r, err := t.region(Pick{})
	if err != nil {
		return err
	}
	if in.Inside != "" && in.Inside != r.Inside {
		return cloud.Errorf(cloud.Conflict, "setup.inside", "the range inside projects is %s since the first start, not %s", r.Inside, in.Inside).
			On("inside")
	}
	if in.Pool == "" {
		return nil
	}
	p, err := poolRange(in.Pool)
	if err != nil {
		return err
	}
	pools, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.Eq("pool", true), cloud.Eq("region_id", r.ID)).By("id"))
	if err != nil {
		return err
	}
	have := make([]string, 0, len(pools))
	for _, o := range pools {
		if o.Prefix == p {
			return nil
		}
		have = append(have, o.Prefix.String())
	}
	return cloud.Errorf(cloud.Conflict, "setup.pool", "the public addresses of region %s are %s since the first start, not %s",
		r.Name, strings.Join(have, ", "), p).On("pool").WithFix("`virga admin pool add %s` adds a range.", p)
}

func (t *Txn) regions(in SetupIn) error {
	if in.Pool == "" {
		in.Pool = defaultPool
	}
	if in.Inside == "" {
		in.Inside = defaultInside
		if t.C.Fake {
			in.Inside = defaultInsideFake
		}
	}
	if e := checkInside(in.Inside); e != nil {
		return e
	}
	asn := &cloud.ASN{MemberID: 1, Number: 64512}
	if err := store.Insert(t.Tx, asn); err != nil {
		return err
	}
	for i, dc := range catalogue {
		if i > 0 && !t.C.Fake {
			break
		}
		uid, _ := cloud.ParseUID(dc.uid)
		s := &cloud.Site{
			MemberID: 1, Name: dc.country, CloudRegion: true, Country: dc.country,
			Location: dc.location, DefaultFor: i == 0, Driver: cloud.VirgaDriver, Inside: in.Inside,
		}
		s.UID = uid
		if err := store.Insert(t.Tx, s); err != nil {
			return err
		}
		pool := dc.pool
		if i == 0 {
			pool = in.Pool
		}
		if _, err := t.freePool(pool, in.Inside); err != nil {
			return err
		}
		if err := t.addPool(asn.ID, s, pool); err != nil {
			return err
		}
	}
	return nil
}

// flavors are the recorded fixed sizes, and the three ids that test suites of
// old clients expect (oneandone.md section 14).
func (t *Txn) flavors() error {
	for i, f := range []struct {
		kind, name, uid string
		vcpu, ram, disk int // RAM in MiB
	}{
		{"fixed", "S", "3D4C49EAEDD42FBC23DB58FE3DEF464F", 1, 512, 30},
		{"fixed", "M", "65929629F35BBFBA63022008F773F3EB", 1, 1024, 40},
		{"fixed", "L", "591A7FEF641A98B38D1C4F7C99910121", 2, 2048, 80},
		{"fixed", "XL", "E903FA4F907B5AAF17A7E987FFCDCC6B", 2, 4096, 120},
		{"fixed", "XXL", "57862AE452473D551B1673938DD3DFFE", 4, 8192, 160},
		{"fixed", "3XL", "6A2383038420110058C77057D261A07C", 8, 16384, 240},
		{"fixed", "4XL", "EED49B709368C3715382730A604E9F6A", 12, 32768, 360},
		{"fixed", "5XL", "EE48ACD55FEFE57E2651862A348D1254", 16, 49152, 500},
		{"fixed", "doc", "81504C620D98BCEBAA5202D145203B4B", 1, 1024, 40},
		{"baremetal", "BMC_L", "81504C620D98BCEBAA5202D145203B4B", 4, 32768, 1600},
		{"baremetal", "BMC_M", "B77E19E062D5818532EFF11C747BD104", 4, 16384, 960},
	} {
		uid, _ := cloud.ParseUID(f.uid)
		row := &cloud.Flavor{Kind: f.kind, Name: f.name, VCPU: f.vcpu, Cores: 1, RAM: f.ram, DiskGB: f.disk, Rank: i}
		if row.UID = uid; f.kind == "baremetal" { // one processor with all its cores
			row.Cores = f.vcpu
		}
		if err := store.Insert(t.Tx, row); err != nil {
			return err
		}
	}
	return nil
}

// defaultPolicies belong to the operator and are seen by every account (R31).
func (t *Txn) defaultPolicies() error {
	for _, p := range []struct {
		family string
		ports  []int
	}{{"Linux", []int{22, 80, 443, 8443, 8447}}, {"Windows", []int{80, 443, 3389, 8443, 8447}}} {
		row := &cloud.Policy{MemberID: 1, Name: p.family, Description: "Default policy for " + p.family, Default: true, Family: p.family}
		for _, port := range p.ports {
			row.Rules = append(row.Rules, cloud.PolicyRule{
				UID: t.UID(), Protocol: "TCP", PortFrom: port, PortTo: port, Port: fmt.Sprint(port), Source: "0.0.0.0", Allow: true,
			})
		}
		if err := store.Insert(t.Tx, row); err != nil {
			return err
		}
	}
	return nil
}

package control

import (
	"context"
	"net/netip"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
)

var errStub = cloud.Errorf(cloud.NotBuilt, "not_built", "not built yet")

func (c *Control) CreateServer(ctx context.Context, call *Call, in CreateServerIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) UpdateServer(ctx context.Context, call *Call, p Pick, in UpdateServerIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) ChangeServer(ctx context.Context, call *Call, p Pick, in ChangeServerIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) PowerServer(ctx context.Context, call *Call, p Pick, in PowerIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) ResizeServer(ctx context.Context, call *Call, p Pick, in HardwareIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) AddDisks(ctx context.Context, call *Call, p Pick, limits cloud.Limits, disks []DiskIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) ResizeDisk(ctx context.Context, call *Call, p, disk Pick, limits cloud.Limits, gb int, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) RemoveDisk(ctx context.Context, call *Call, p, disk Pick, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) ReinstallServer(ctx context.Context, call *Call, p Pick, in ReinstallIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) AddServerIP(ctx context.Context, call *Call, p Pick, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) RemoveServerIP(ctx context.Context, call *Call, p, ip Pick, keep bool, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}

// SetIPPolicy binds a policy to a public IP of a server; an empty pick binds the default.
func (c *Control) SetIPPolicy(ctx context.Context, call *Call, p, ip, policy Pick, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}

// LoadDVD puts an image into the drive; an empty pick ejects.
func (c *Control) LoadDVD(ctx context.Context, call *Call, p, image Pick, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) CreateSnapshot(ctx context.Context, call *Call, p Pick, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) RestoreSnapshot(ctx context.Context, call *Call, p, snapshot Pick, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) DeleteSnapshot(ctx context.Context, call *Call, p, snapshot Pick, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}

// CloneServer answers the new server.
func (c *Control) CloneServer(ctx context.Context, call *Call, p Pick, in CloneIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) DeleteServer(ctx context.Context, call *Call, p Pick, in DeleteServerIn, ans Answer[*View]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) CreateKey(ctx context.Context, call *Call, in KeyIn, ans Answer[*KeyView]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) UpdateKey(ctx context.Context, call *Call, p Pick, in KeyIn, ans Answer[*KeyView]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) DeleteKey(ctx context.Context, call *Call, p Pick, ans Answer[*KeyView]) (Reply, error) {
	return Reply{}, errStub
}

// CreateIP reserves a public address in a region.
func (c *Control) CreateIP(ctx context.Context, call *Call, region Pick, reverse string, ans Answer[*IPView]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) UpdateIP(ctx context.Context, call *Call, p Pick, reverse string, ans Answer[*IPView]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) DeleteIP(ctx context.Context, call *Call, p Pick, ans Answer[*IPView]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) CreateProject(ctx context.Context, call *Call, in CreateProjectIn, ans Answer[*ProjectView]) (Reply, error) {
	return Reply{}, errStub
}
func (c *Control) UpdateProject(ctx context.Context, call *Call, p Pick, in UpdateProjectIn, ans Answer[*ProjectView]) (Reply, error) {
	return Reply{}, errStub
}

// Login checks the CloudCIX login (error codes "login.missing",
// "login.password", "login.member") and answers a token; without an API key
// and with right credentials the token is "".
func (c *Control) Login(ctx context.Context, email, password, apiKey string, source netip.Addr) (string, error) {
	return "", errStub
}

// RenewToken answers a token that lives one more hour.
func (c *Control) RenewToken(ctx context.Context, actor *auth.Actor) (string, error) { return "", errStub }

// ActorByKey resolves an API key of the 1&1 dialect (X-TOKEN). Errors:
// Unauthorized; Forbidden with code "source" for an address that is not allowed (406).
func (c *Control) ActorByKey(ctx context.Context, key string, source netip.Addr) (*auth.Actor, error) {
	return nil, errStub
}

// ActorByToken resolves a JWT of the CloudCIX dialect (X-Auth-Token). Errors:
// Unauthorized (code "token.expired" when it is), Forbidden.
func (c *Control) ActorByToken(ctx context.Context, token string, source netip.Addr) (*auth.Actor, error) {
	return nil, errStub
}

// Server reads one server (scope and permission checked by the call's actor and Hide).
func (t *Txn) Server(p Pick) (*View, error) { return nil, errStub }

// Servers lists servers the actor may see; total counts before paging.
func (t *Txn) Servers(q cloud.Query) (views []*View, total int64, err error) { return nil, 0, errStub }

func (t *Txn) Regions() ([]*cloud.Site, error) { return nil, errStub }

func (t *Txn) Region(p Pick) (*cloud.Site, error) { return nil, errStub }

func (t *Txn) Images(q cloud.Query, kinds ...cloud.ImageKind) ([]*cloud.Image, int64, error) {
	return nil, 0, errStub
}
func (t *Txn) Image(p Pick, kinds ...cloud.ImageKind) (*cloud.Image, error) { return nil, errStub }

// Flavors of a kind, "fixed" or "baremetal".
func (t *Txn) Flavors(kind string) ([]*cloud.Flavor, error) { return nil, errStub }

func (t *Txn) Flavor(kind string, p Pick) (*cloud.Flavor, error) { return nil, errStub }

func (t *Txn) Keys() ([]*KeyView, error) { return nil, errStub }

func (t *Txn) Key(p Pick) (*KeyView, error) { return nil, errStub }

// IPs lists public addresses of the actor's member.
func (t *Txn) IPs(q cloud.Query) ([]*IPView, int64, error) { return nil, 0, errStub }

func (t *Txn) IP(p Pick) (*IPView, error) { return nil, errStub }

// Operations that started in the window, both ends included, newest last.
func (t *Txn) Operations(from, to time.Time) ([]*Operation, error) { return nil, errStub }

func (t *Txn) Operation(id cloud.UID) (*Operation, error) { return nil, errStub }

func (t *Txn) Projects(q cloud.Query) ([]*ProjectView, int64, error) { return nil, 0, errStub }

func (t *Txn) Project(p Pick) (*ProjectView, error) { return nil, errStub }

// History lists end events of an object, oldest first.
func (t *Txn) History(kind string, ids ...int64) ([]*cloud.Event, error) { return nil, errStub }

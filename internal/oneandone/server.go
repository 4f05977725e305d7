package oneandone

import (
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Servers by themselves; their parts are in the files server_*.go and in
// snapshot.go.
func (a *api) servers(h wire.Handlers) {
	register(a, h, oneandone.ListServers, serverList)
	readServer(a, h, oneandone.GetServer, func(t *control.Txn, v *control.View, _ *wire.Request) (oneandone.Server, error) {
		shown := server(t, v, false)
		var err error
		shown.Alerts, err = alerts(t, v)
		return shown, err
	})
	readServer(a, h, oneandone.GetServerStatus, func(t *control.Txn, v *control.View, _ *wire.Request) (oneandone.Status, error) {
		return statusOf(statesAt(t), v.Server, false), nil
	})
	readServer(a, h, oneandone.GetServerImage, func(_ *control.Txn, v *control.View, _ *wire.Request) (oneandone.Identity, error) {
		return imageIdentity(v.Image), nil
	})
	readServer(a, h, oneandone.GetServerDVD,
		func(_ *control.Txn, v *control.View, _ *wire.Request) (oneandone.OrEmpty[oneandone.Identity], error) {
			return oneandone.OrEmpty[oneandone.Identity]{Value: dvdIdentity(v.DVD)}, nil
		})
	write(h, oneandone.CreateServer, serverCreate, a.c.CreateServer, began)
	write(h, oneandone.RenameServer, func(f *form) control.UpdateServerIn {
		return control.UpdateServerIn{Pick: f.parent(), Limits: limits, Name: f.textIf("name"), Description: f.textIf("description")}
	}, a.c.UpdateServer, stays)
	write(h, oneandone.DeleteServer, func(f *form) control.DeleteServerIn {
		return control.DeleteServerIn{Pick: f.parent(), KeepIPs: f.queryBool("keep_ips")}
	}, a.c.DeleteServer, began)
	write(h, oneandone.SetServerStatus, powerIn, a.c.PowerServer, began)
	write(h, oneandone.ReinstallServerImage, reinstallIn, a.c.ReinstallServer, began)
	write(h, oneandone.LoadServerDVD, func(f *form) control.DVDIn {
		return control.DVDIn{Pick: f.parent(), Image: f.neededID("id")}
	}, a.c.LoadDVD, began)
	write(h, oneandone.EjectServerDVD, func(f *form) control.DVDIn { return control.DVDIn{Pick: f.parent()} }, a.c.LoadDVD, began)
	write(h, oneandone.CloneServer, func(f *form) control.CloneIn {
		return control.CloneIn{Pick: f.parent(), Limits: limits, Name: f.needed("name"), Region: f.id("datacenter_id")}
	}, a.c.CloneServer, began)
}

// began translates the answer of a write that begins work, stays that of one
// that does not.
func began(t *control.Txn, v *control.View) (oneandone.Server, error) { return answer(t, v, true) }

func stays(t *control.Txn, v *control.View) (oneandone.Server, error) { return answer(t, v, false) }

// answer refuses servers where this dialect does not reach (R0d); the refusal
// rolls the verb back.
func answer(t *control.Txn, v *control.View, fresh bool) (oneandone.Server, error) {
	if hidden(v) {
		return oneandone.Server{}, nothing("server_id", v.UID.String())
	}
	return server(t, v, fresh), nil
}

// hidden tells servers in regions whose driver is a robot (R0d).
func hidden(v *control.View) bool { return v.Region != nil && v.Region.Driver == cloud.RobotDriver }

// readServer registers a handler for something that a server shows.
func readServer[In, Out any](
	a *api, h wire.Handlers, o op.Op[In, Out], show func(t *control.Txn, v *control.View, r *wire.Request) (Out, error),
) {
	read(a, h, o, func(t *control.Txn, r *wire.Request) (out Out, err error) {
		pick, err := inPath(r, "server_id")
		if err != nil {
			return out, err
		}
		v, err := t.Server(pick)
		if err != nil {
			return out, err
		}
		if hidden(v) {
			return out, nothing("server_id", r.Path("server_id"))
		}
		return show(t, v, r)
	})
}

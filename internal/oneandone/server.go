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
		return server(t, v, false), nil
	})
	readServer(a, h, oneandone.GetServerStatus, func(t *control.Txn, v *control.View, _ *wire.Request) (oneandone.Status, error) {
		return statusOf(statesAt(t), v.Server, false), nil
	})
	readServer(a, h, oneandone.GetServerImage, func(_ *control.Txn, v *control.View, _ *wire.Request) (oneandone.Identity, error) {
		return imageIdentity(v.Image), nil
	})
	readServer(a, h, oneandone.GetServerDVD, func(_ *control.Txn, v *control.View, _ *wire.Request) (oneandone.OrEmpty[oneandone.Identity], error) {
		return oneandone.OrEmpty[oneandone.Identity]{Value: dvdIdentity(v.DVD)}, nil
	})
	readServer(a, h, oneandone.ListServerPrivateNetworks, func(_ *control.Txn, v *control.View, _ *wire.Request) ([]oneandone.ServerPrivateNetwork, error) {
		return privateNetworks(v), nil
	})
	write(a, h, oneandone.CreateServer, began, func(r *wire.Request, call *control.Call, ans control.Answer[*control.View]) (control.Reply, error) {
		in, err := a.createIn(r)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.CreateServer(r.Context(), call, in, ans)
	})
	change(a, h, oneandone.RenameServer, stays, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		body, err := r.Object()
		if err != nil {
			return control.Reply{}, err
		}
		var bad cloud.Problems
		in := control.UpdateServerIn{Limits: limits, Name: body.String(&bad, "name"), Description: body.String(&bad, "description")}
		if err := bad.Err(); err != nil {
			return control.Reply{}, err
		}
		return a.c.UpdateServer(r.Context(), call, p, in, ans)
	})
	change(a, h, oneandone.DeleteServer, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		keep, err := r.QueryBool("keep_ips", false)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.DeleteServer(r.Context(), call, p, control.DeleteServerIn{KeepIPs: keep}, ans)
	})
	change(a, h, oneandone.SetServerStatus, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		in, err := powerIn(r)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.PowerServer(r.Context(), call, p, in, ans)
	})
	change(a, h, oneandone.ReinstallServerImage, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		in, err := reinstallIn(r)
		if err == nil && in.Image == (control.Pick{}) {
			in.Image, err = a.presentImage(r, p)
		}
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.ReinstallServer(r.Context(), call, p, in, ans)
	})
	change(a, h, oneandone.LoadServerDVD, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		iso, err := idIn(r)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.LoadDVD(r.Context(), call, p, iso, ans)
	})
	change(a, h, oneandone.EjectServerDVD, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		return a.c.LoadDVD(r.Context(), call, p, control.Pick{}, ans)
	})
	change(a, h, oneandone.CloneServer, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		body, err := r.Object()
		if err != nil {
			return control.Reply{}, err
		}
		var bad cloud.Problems
		in := control.CloneIn{Limits: limits, Name: required(body, &bad, "name")}
		var missing error
		in.Region, missing = inBody(body, &bad, "datacenter_id")
		if err := firstOf(bad.Err(), missing); err != nil {
			return control.Reply{}, err
		}
		return a.c.CloneServer(r.Context(), call, p, in, ans)
	})
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
func hidden(v *control.View) bool { return v.Region != nil && v.Region.Driver == "robot" }

// readServer registers a handler for something that a server shows.
func readServer[In, Out any](a *api, h wire.Handlers, o op.Op[In, Out], show func(t *control.Txn, v *control.View, r *wire.Request) (Out, error)) {
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

// change registers a verb on the server that the path names.
func change[In any](a *api, h wire.Handlers, o op.Op[In, oneandone.Server],
	translate func(*control.Txn, *control.View) (oneandone.Server, error),
	verb func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error),
) {
	write(a, h, o, translate, func(r *wire.Request, call *control.Call, ans control.Answer[*control.View]) (control.Reply, error) {
		pick, err := inPath(r, "server_id")
		if err != nil {
			return control.Reply{}, err
		}
		return verb(r, call, pick, ans)
	})
}

// idIn reads a body of the form {"id": ...}.
func idIn(r *wire.Request) (control.Pick, error) {
	body, err := r.Object()
	if err != nil {
		return control.Pick{}, err
	}
	var p cloud.Problems
	id := required(body, &p, "id")
	if err := p.Err(); err != nil {
		return control.Pick{}, err
	}
	return pickID("id", id)
}

package oneandone

import (
	"io"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Public addresses of a server and what is bound to them.
func (a *api) serverIPs(h wire.Handlers) {
	readServer(a, h, oneandone.ListServerIps, func(t *control.Txn, v *control.View, _ *wire.Request) ([]oneandone.ServerIP, error) {
		return addresses(t, v), nil
	})
	readServer(a, h, oneandone.GetServerIP, serverIP)
	readServer(a, h, oneandone.GetServerIPFirewallPolicy,
		func(t *control.Txn, v *control.View, r *wire.Request) (oneandone.OrEmpty[oneandone.Identity], error) {
			ip, err := serverIP(t, v, r)
			return oneandone.OrEmpty[oneandone.Identity]{Value: ip.FirewallPolicy}, err
		})
	readServer(a, h, oneandone.ListServerIPLoadBalancers,
		func(t *control.Txn, v *control.View, r *wire.Request) ([]oneandone.Identity, error) {
			ip, err := serverIP(t, v, r)
			return ip.LoadBalancers, err
		})
	write(h, oneandone.AssignServerIP, func(f *form) control.Pick { f.ipv4(); return f.parent() }, a.c.AddServerIP, stays)
	write(h, oneandone.DeleteServerIP, func(f *form) control.ServerIPIn {
		in := f.serverIP()
		in.Keep = f.keepIP()
		return in
	}, a.c.RemoveServerIP, stays)
	write(h, oneandone.AssignServerIPFirewallPolicy, func(f *form) control.ServerIPIn {
		in := f.serverIP()
		in.Policy = f.neededID("id")
		return in
	}, a.c.SetIPPolicy, stays)
	write(h, oneandone.UnassignServerIPFirewallPolicy, (*form).serverIP, a.c.SetIPPolicy, stays)
}

// serverIP reads which address of which server.
func (f *form) serverIP() control.ServerIPIn {
	return control.ServerIPIn{Pick: f.parent(), IP: f.path("ip_id")}
}

// serverIP is the address that the path names.
func serverIP(t *control.Txn, v *control.View, r *wire.Request) (oneandone.ServerIP, error) {
	pick, err := inPath(r, "ip_id")
	if err != nil {
		return oneandone.ServerIP{}, err
	}
	for _, ip := range addresses(t, v) {
		if ip.ID == pick.UID.String() {
			return ip, nil
		}
	}
	return oneandone.ServerIP{}, nothing("ip_id", r.Path("ip_id"))
}

// keepBody bounds what is read of a body that is optional anyway.
const keepBody = 4096

// keepIP reads keep_ip from the query, else from a body: an object, or a bare
// boolean (contract, section 9). A body that says neither is somebody's leak and
// ignored.
func (f *form) keepIP() bool {
	if _, ok := f.r.QueryText("keep_ip"); ok || f.r.HTTP.Body == nil {
		return f.queryBool("keep_ip")
	}
	raw, err := io.ReadAll(io.LimitReader(f.r.HTTP.Body, keepBody))
	if err != nil {
		return false // a body that cannot be read says nothing, like one that is absent
	}
	v, err := wire.Parse(raw, wire.Rules{NullAbsent: true})
	if err != nil {
		return false // likewise
	}
	if v.Kind() == wire.Map {
		o, _ := v.Object()
		v = o.Get("keep_ip")
	}
	keep, err := v.Bool()
	return err == nil && keep
}

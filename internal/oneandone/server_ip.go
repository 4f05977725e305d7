package oneandone

import (
	"io"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Public addresses of a server and what is bound to them.
func (a *api) serverIPs(h wire.Handlers) {
	readServer(a, h, oneandone.ListServerIps, func(t *control.Txn, v *control.View, _ *wire.Request) ([]oneandone.ServerIP, error) {
		return addresses(t, v), nil
	})
	readServer(a, h, oneandone.GetServerIP, serverIP)
	readServer(a, h, oneandone.GetServerIPFirewallPolicy, func(t *control.Txn, v *control.View, r *wire.Request) (oneandone.OrEmpty[oneandone.Identity], error) {
		ip, err := serverIP(t, v, r)
		return oneandone.OrEmpty[oneandone.Identity]{Value: ip.FirewallPolicy}, err
	})
	readServer(a, h, oneandone.ListServerIPLoadBalancers, func(t *control.Txn, v *control.View, r *wire.Request) ([]oneandone.Identity, error) {
		ip, err := serverIP(t, v, r)
		return ip.LoadBalancers, err
	})
	change(a, h, oneandone.AssignServerIP, stays, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		body, err := r.Object()
		if err != nil {
			return control.Reply{}, err
		}
		var bad cloud.Problems
		ipv4(body, &bad)
		if err := bad.Err(); err != nil {
			return control.Reply{}, err
		}
		return a.c.AddServerIP(r.Context(), call, p, ans)
	})
	change(a, h, oneandone.DeleteServerIP, stays, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		ip, err := inPath(r, "ip_id")
		if err != nil {
			return control.Reply{}, err
		}
		keep, err := keepIP(r)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.RemoveServerIP(r.Context(), call, p, ip, keep, ans)
	})
	change(a, h, oneandone.AssignServerIPFirewallPolicy, stays, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		ip, err := inPath(r, "ip_id")
		if err != nil {
			return control.Reply{}, err
		}
		policy, err := idIn(r)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.SetIPPolicy(r.Context(), call, p, ip, policy, ans)
	})
	change(a, h, oneandone.UnassignServerIPFirewallPolicy, stays, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		ip, err := inPath(r, "ip_id")
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.SetIPPolicy(r.Context(), call, p, ip, control.Pick{}, ans)
	})
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
func keepIP(r *wire.Request) (bool, error) {
	if _, ok := r.QueryText("keep_ip"); ok || r.HTTP.Body == nil {
		return r.QueryBool("keep_ip", false)
	}
	raw, err := io.ReadAll(io.LimitReader(r.HTTP.Body, keepBody))
	if err != nil {
		return false, nil //nolint:nilerr // a body that cannot be read says nothing, like one that is absent
	}
	v, err := wire.Parse(raw, wire.Rules{NullAbsent: true})
	if err != nil {
		return false, nil //nolint:nilerr // likewise
	}
	if v.Kind() == wire.Map {
		o, _ := v.Object()
		v = o.Get("keep_ip")
	}
	keep, err := v.Bool()
	return err == nil && keep, nil
}

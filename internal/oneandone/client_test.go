package oneandone

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
)

// The generated client walks through the life of a server on a real connection,
// waiting as users of it do.
func TestClientLife(t *testing.T) {
	w := newWorld(t)
	c, ctx := w.client(adminKey), t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	// Somebody has to do the work while the client waits.
	wait := func(id string, want oneandone.ServerState) oneandone.Server {
		t.Helper()
		seen := []oneandone.ServerState{}
		s, err := c.WaitServer(ctx, id, func(s oneandone.Server) {
			seen = append(seen, s.Status.State)
			w.settle()
		}, want)
		must(err)
		if s.Status.Percent != nil {
			t.Errorf("%s is finished with percent %d (%v)", want, *s.Status.Percent, seen)
		}
		return s
	}
	pong, err := oneandone.Do(ctx, c, oneandone.PingAuth, nil, op.None{})
	must(err)
	if len(pong) != 1 || pong[0] != "PONG" {
		t.Errorf("%v", pong)
	}
	images, err := oneandone.Do(ctx, c, oneandone.ListServerAppliances, nil, op.None{}, op.Query(url.Values{"q": {"centos"}}))
	must(err)
	key, err := oneandone.Do(ctx, c, oneandone.CreateSSHKey, nil,
		oneandone.SSHKeyCreate{Name: "k", PublicKey: ptr("ssh-ed25519 " + publicKey)})
	must(err)
	ids, err := json.Marshal([]string{key.ID})
	must(err)
	made, err := oneandone.Do(ctx, c, oneandone.CreateServer, nil, oneandone.ServerCreate{
		Name: "web", ApplianceID: images[0].ID, PublicKey: json.RawMessage(ids),
		Hardware: oneandone.HardwareRequest{
			Vcore: ptr(2), CoresPerProcessor: ptr(1), RAM: ptr(2.0), Hdds: []oneandone.HDDRequest{{Size: 40, IsMain: ptr(true)}},
		},
	})
	must(err)
	s := wait(made.ID, oneandone.ServerStatePOWEREDON)
	if len(s.Ips) != 1 || *s.RSAKey != 1 {
		t.Errorf("%+v", s)
	}
	_, err = oneandone.Do(ctx, c, oneandone.AddServerHdds, []string{s.ID}, oneandone.HddsAdd{Hdds: []oneandone.HDDRequest{{Size: 20}}})
	must(err)
	if s = wait(s.ID, oneandone.ServerStatePOWEREDON); len(s.Hardware.Hdds) != 2 {
		t.Errorf("%+v", s.Hardware)
	}
	_, err = oneandone.Do(ctx, c, oneandone.SetServerStatus, []string{s.ID}, oneandone.ServerStatusAction{Action: "POWER_OFF"})
	must(err)
	wait(s.ID, oneandone.ServerStatePOWEREDOFF)
	_, err = oneandone.Do(ctx, c, oneandone.UpdateServerHardware, []string{s.ID}, oneandone.HardwareUpdate{Vcore: ptr(1), RAM: ptr(0.5)})
	must(err)
	if s = wait(s.ID, oneandone.ServerStatePOWEREDOFF); s.Hardware.Vcore != 1 || s.Hardware.RAM != 0.5 {
		t.Errorf("%+v", s.Hardware)
	}
	none, err := oneandone.Do(ctx, c, oneandone.GetServerSnapshot, []string{s.ID}, op.None{})
	must(err)
	_, err = oneandone.Do(ctx, c, oneandone.CreateServerSnapshot, []string{s.ID}, op.None{})
	must(err)
	some, err := oneandone.Do(ctx, c, oneandone.GetServerSnapshot, []string{s.ID}, op.None{})
	must(err)
	if none.Value != nil || some.Value == nil {
		t.Errorf("%+v, then %+v", none, some)
	}
	w.settle()
	list, err := oneandone.Do(ctx, c, oneandone.ListServers, nil, op.None{}, op.Query(url.Values{"per_page": {"1"}, "q": {"web"}}))
	must(err)
	if len(list) != 1 || list[0].ID != s.ID {
		t.Errorf("%+v", list)
	}
	_, err = oneandone.Do(ctx, c, oneandone.DeleteServer, []string{s.ID}, op.None{}, op.Query(url.Values{"keep_ips": {"true"}}))
	must(err)
	w.settle()
	must(c.WaitServerGone(ctx, s.ID))
	ip, err := oneandone.Do(ctx, c, oneandone.GetPublicIP, []string{s.Ips[0].ID}, op.None{})
	must(err)
	if ip.AssignedTo != nil {
		t.Errorf("%+v", ip)
	}
}

// Errors reach the client's user with status, type and reason.
func TestClientErrors(t *testing.T) {
	w := newWorld(t)
	c, ctx := w.client(adminKey), t.Context()
	_, err := oneandone.Do(ctx, c, oneandone.GetServer, []string{unknown}, op.None{})
	if oneandone.StatusOf(err) != 404 || err.Error() != fmt.Sprintf("404 - Type: NOT_FOUND; Message: there is no server %s", unknown) {
		t.Error(err)
	}
	_, err = oneandone.Do(ctx, c, oneandone.CreateVPN, nil, oneandone.VPNCreate{Name: "v"})
	if oneandone.StatusOf(err) != 501 {
		t.Error(err)
	}
	_, err = oneandone.Do(ctx, w.client("nobody"), oneandone.ListServers, nil, op.None{})
	if oneandone.StatusOf(err) != 401 {
		t.Error(err)
	}
	for range 2 {
		_, err = oneandone.Do(ctx, c, oneandone.CreatePublicIP, nil, oneandone.PublicIPCreate{}, op.IdempotencyKey("k"))
		if err != nil {
			t.Error(err)
		}
	}
	if ips, err := oneandone.Do(ctx, c, oneandone.ListPublicIps, nil, op.None{}); err != nil || len(ips) != 1 {
		t.Errorf("%d addresses after a repeated request, %v", len(ips), err)
	}
}

// A page of a list costs the page, not the list.
func BenchmarkListServers(b *testing.B) {
	w := newWorld(b)
	w.crowd(10_000)
	for _, query := range []string{
		"page=1&per_page=100", "page=50&per_page=100", "sort=name&page=3&per_page=100",
		"sort=-creation_date&page=1&per_page=100", "q=srv-0042", "sort=hardware.ram&per_page=10",
	} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				w.quiet("GET", "/servers?"+query)
			}
		})
	}
}

package control_test

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// A public address from reservation to release.
func TestAddressLife(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var ip *control.IPView
		_, err := r.c.CreateIP(r.Context(), r.alice, control.IPIn{Reverse: "mail.example"}, keep(&ip))
		r.must(err)
		use := func(in *control.CreateServerIn) { in.IP = pick(ip.IP.Meta) }
		v := r.server(r.alice, use)
		if len(v.IPs) != 2 || v.Partner(v.IPs[0].ID) == nil && v.Partner(v.IPs[1].ID) == nil {
			t.Fatalf("%d addresses", len(v.IPs))
		}
		_, err = r.create(r.alice, use)
		refused(t, err, cloud.InUse, "ip.used")
		_, err = r.create(r.bob, use)
		refused(t, err, cloud.NotFound, "public_ip.missing")
		_, err = r.c.DeleteIP(r.Context(), r.alice, pick(ip.IP.Meta), keep(&ip))
		refused(t, err, cloud.InUse, "ip.used")
		_, err = r.c.UpdateIP(r.Context(), r.alice, control.IPIn{Pick: pick(ip.IP.Meta), Reverse: strings.Repeat("x", 257)}, keep(&ip))
		refused(t, err, cloud.Invalid, "reverse_dns.long")

		// Kept: it is shown as free at once, but cannot be used before the router let go of it.
		_, err = r.c.RemoveServerIP(r.Context(), r.alice, control.ServerIPIn{Pick: pick(v.Meta), IP: pick(ip.IP.Meta), Keep: true}, named)
		r.must(err)
		_, err = r.c.RemoveServerIP(r.Context(), r.alice, control.ServerIPIn{Pick: pick(v.Meta), IP: pick(ip.IP.Meta), Keep: true}, named)
		refused(t, err, cloud.NotFound, "ip.missing")
		_, err = r.create(r.alice, use)
		refused(t, err, cloud.InUse, "ip.used")
		change(r, ip.IP.ID, func(i *cloud.IP) { i.ServerID, i.NICID, i.PrivateID, i.PolicyID, i.Leaving = 0, 0, 0, 0, "" })
		if got := get[cloud.IP](r, ip.IP.ID); got.ReverseDNS != "mail.example" {
			t.Errorf("its name was lost: %+v", got)
		}
		_, err = r.c.DeleteIP(r.Context(), r.bob, pick(ip.IP.Meta), keep(&ip))
		refused(t, err, cloud.NotFound, "public_ip.missing")
		freed := ip.Addr
		_, err = r.c.DeleteIP(r.Context(), r.alice, pick(ip.IP.Meta), keep(&ip))
		r.must(err)
		_, err = r.c.CreateIP(r.Context(), r.bob, control.IPIn{}, keep(&ip))
		if r.must(err); ip.Addr != freed {
			t.Errorf("took %s, the smallest free one is %s", ip.Addr, freed)
		}
	})
}

// Stored keys: made, generated, used, and gone without touching machines.
func TestKeys(t *testing.T) {
	r := newRig(t, store.SQLite)
	var k *control.KeyView
	_, err := r.c.CreateKey(t.Context(), r.alice, control.KeyIn{Limits: small, Name: text("gen")}, keep(&k))
	r.must(err)
	if !strings.Contains(k.Private, "PRIVATE KEY") || !strings.HasPrefix(k.Text, "ssh-ed25519 ") || k.MD5 == "" {
		t.Errorf("%+v", k)
	}
	if row := get[cloud.Key](r, k.ID); strings.Contains(row.Text, "PRIVATE") {
		t.Error("the private half was stored")
	}
	s := r.server(r.alice, func(in *control.CreateServerIn) { in.KeyTexts, in.KeyIDs = nil, []control.Pick{pick(k.Meta)} })
	if len(s.Keys) != 1 || s.Keys[0].KeyID != k.ID || s.Password != "" {
		t.Errorf("keys %+v, password %q", s.Keys, s.Password)
	}
	_, err = r.create(r.bob, func(in *control.CreateServerIn) { in.KeyIDs = []control.Pick{pick(k.Meta)} })
	refused(t, err, cloud.NotFound, "key.missing")
	for name, c := range map[string]struct {
		call *control.Call
		in   control.KeyIn
		code string
	}{
		"no name":     {r.alice, control.KeyIn{Name: text("")}, "name.empty"},
		"long name":   {r.alice, control.KeyIn{Name: text(strings.Repeat("x", 65))}, "name.long"},
		"description": {r.alice, control.KeyIn{Description: text(strings.Repeat("x", 21))}, "description.long"},
		"foreign":     {r.bob, control.KeyIn{Name: text("x")}, "ssh_key.missing"},
		"same":        {r.alice, control.KeyIn{Name: text("gen")}, ""},
	} {
		c.in.Limits, c.in.Pick = small, pick(k.Meta)
		if _, err := r.c.UpdateKey(t.Context(), c.call, c.in, keep(new(*control.KeyView))); code(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
	_, err = r.c.DeleteKey(t.Context(), r.alice, pick(k.Meta), keep(&k))
	r.must(err)
	if s := get[cloud.Server](r, s.ID); len(s.Keys) != 1 {
		t.Error("the server lost its key with the stored one")
	}
	if len(k.Servers) != 1 || k.Private != "" {
		t.Errorf("%+v", k)
	}
}

// Without password and key one password is made and shown until the first
// power cycle.
func TestFirstPassword(t *testing.T) {
	r := newRig(t, store.SQLite)
	s := r.server(r.alice, func(in *control.CreateServerIn) { in.KeyTexts = nil })
	if len(s.Password) != 12 || strings.Contains(s.FirstPassword, s.Password) || strings.Contains(s.RootHash, s.Password) {
		t.Fatalf("password %q", s.Password)
	}
	_, err := power(control.Reboot, false)(r, r.alice, subjectOf{View: s})
	r.must(err)
	if v := r.view(r.alice, s.ID); v.Password != "" {
		t.Error("it is still shown after a power cycle")
	}
}

package cloud_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/virga-cloud/virga/internal/cloud"
)

func TestRouterRuleCheck(t *testing.T) {
	private := func(p netip.Prefix) bool {
		return netip.MustParsePrefix("10.0.0.0/8").Contains(p.Addr()) || p.Addr().String() == "fd00::"
	}
	nets := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00::/64")}
	good := cloud.RouterRule{
		Allow: true, Source: "*", Destination: "10.0.0.10", Protocol: "TCP", Port: "80, 443,9000 - 9010", PCILogging: true,
	}
	for name, c := range map[string]struct {
		change func(*cloud.RouterRule)
		codes  string
	}{
		"good":         {func(*cloud.RouterRule) {}, ""},
		"outwards":     {func(r *cloud.RouterRule) { r.Source, r.Destination = "10.0.0.0/25", "203.0.113.0/24" }, ""},
		"six":          {func(r *cloud.RouterRule) { r.Source, r.Destination = "2001:db8::1", "fd00::/64" }, ""},
		"any":          {func(r *cloud.RouterRule) { r.Protocol, r.Port = "any", "" }, ""},
		"source":       {func(r *cloud.RouterRule) { r.Source = "" }, "rule.source"},
		"mapped":       {func(r *cloud.RouterRule) { r.Source = "::ffff:10.0.0.1" }, "rule.source"},
		"destination":  {func(r *cloud.RouterRule) { r.Destination = "10.0.0.0/33" }, "rule.destination"},
		"families":     {func(r *cloud.RouterRule) { r.Source = "2001:db8::1" }, "rule.family"},
		"both public":  {func(r *cloud.RouterRule) { r.Destination = "203.0.113.1" }, "rule.side"},
		"both private": {func(r *cloud.RouterRule) { r.Source = "10.0.0.11" }, "rule.side"},
		"elsewhere":    {func(r *cloud.RouterRule) { r.Destination = "10.0.1.10" }, "rule.subnet"},
		"too wide":     {func(r *cloud.RouterRule) { r.Destination = "10.0.0.0/23" }, "rule.subnet"},
		"protocol":     {func(r *cloud.RouterRule) { r.Protocol = "gre" }, "rule.protocol"},
		"no port":      {func(r *cloud.RouterRule) { r.Port = "" }, "rule.port.missing"},
		"a port":       {func(r *cloud.RouterRule) { r.Port = "80,0" }, "rule.port.range"},
		"an end":       {func(r *cloud.RouterRule) { r.Port = "80-65536" }, "rule.port.end"},
		"three ends":   {func(r *cloud.RouterRule) { r.Port = "80-90-100" }, "rule.port.ends"},
		"no number":    {func(r *cloud.RouterRule) { r.Port = "80,,90" }, "rule.port.number"},
		"a long text":  {func(r *cloud.RouterRule) { r.Port = strings.Repeat("80,", 90) + "80" }, "rule.port.long"},
		"unused ports": {func(r *cloud.RouterRule) { r.Protocol, r.Port = "icmp", "x" }, "rule.port.number"},
		"logs a deny":  {func(r *cloud.RouterRule) { r.Allow = false }, "rule.pci"},
	} {
		r := good
		c.change(&r)
		var codes []string
		r.Check(func(e *cloud.Error) { codes = append(codes, e.Code) }, private, nets)
		if got := strings.Join(codes, " "); got != c.codes {
			t.Errorf("%s: %q, want %q", name, got, c.codes)
		}
	}
	r := good
	r.Check(func(*cloud.Error) {}, private, nets)
	want := cloud.RouterRule{
		Allow: true, Source: "0.0.0.0/0", Destination: "10.0.0.10/32", Protocol: "tcp", Port: "80,443,9000-9010", PCILogging: true,
	}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
	spans, err := cloud.Spans(r.Port)
	if d := cmp.Diff([]cloud.Span{{From: 80, To: 80}, {From: 443, To: 443}, {From: 9000, To: 9010}}, spans); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
}

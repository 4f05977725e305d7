package hub_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// Lines of a log are kept for routers of the host that tells them, once, the newest ones.
func TestPolicyHits(t *testing.T) {
	engines(t, func(t *testing.T, r *rig) {
		r.talk()
		r.settle()
		host := theHost
		here := &cloud.Router{HostID: host}
		there := &cloud.Router{HostID: host + 1}
		r.write(func(tx *store.Tx) error {
			if err := store.Insert(tx, here); err != nil {
				return err
			}
			return store.Insert(tx, there)
		})
		line := func(rt *cloud.Router, n int) plan.Logged {
			return plan.Logged{
				Router: plan.ID(strings.ToLower(rt.UID.String())), At: r.now.Add(-time.Hour + time.Duration(n)*time.Second), Protocol: 6,
				Source: netip.MustParseAddr("198.51.100.9"), Destination: netip.MustParseAddr("10.0.0.10"), SourcePort: uint16(n), DestinationPort: 22,
			}
		}
		say := func(lines ...plan.Logged) {
			req := r.agent.Request(0)
			req.Hello, req.Orphans, req.Missing, req.Reports, req.Logged = nil, nil, nil, nil, lines
			r.exchange(req)
		}
		kept := func(rt *cloud.Router) (list []*cloud.PolicyHit) {
			r.read(func(tx *store.Tx) (err error) {
				list, err = store.Find[cloud.PolicyHit](tx, cloud.Where(cloud.Eq("router_id", rt.ID)).By("at"))
				return err
			})
			return list
		}
		say(line(here, 1), line(there, 1), line(here, 2))
		say(line(here, 1), line(here, 2)) // the answer got lost
		if a, b := kept(here), kept(there); len(a) != 2 || len(b) != 0 || a[1].SourcePort != 2 || a[1].Service() != "ssh" {
			t.Fatalf("%+v %+v", a, b)
		}
		for n, bad := range []func(l *plan.Logged){
			func(l *plan.Logged) { l.Source = netip.Addr{} },
			func(l *plan.Logged) { l.Destination = netip.MustParseAddr("fe80::1%eth0") },
			func(l *plan.Logged) { l.Destination = netip.MustParseAddr("2001:db8::1") },
			func(l *plan.Logged) { l.Source = netip.MustParseAddr("::ffff:192.0.2.1") },
			func(l *plan.Logged) { l.Router = "../../etc/passwd" },
			func(l *plan.Logged) { l.Router = id(77) },
		} {
			l := line(here, 10+n)
			bad(&l)
			say(l)
		}
		if list := kept(here); len(list) != 2 {
			t.Errorf("%d lines that no packet makes are kept", len(list)-2)
		}
		odd := line(here, 3)
		odd.At = r.now.Add(48 * time.Hour) // of a clock that is ahead
		say(odd)
		if list := kept(here); len(list) != 3 || list[2].At.After(r.now.Add(time.Minute)) {
			t.Errorf("%+v", list)
		}
		for from := 100; from < 500; from += 100 {
			var lines []plan.Logged
			for n := range 100 {
				lines = append(lines, line(here, from+n))
			}
			say(lines...)
		}
		if list := kept(here); len(list) != cloud.PolicyHitsKept || fmt.Sprint(list[len(list)-2].SourcePort) != "499" {
			t.Errorf("%d lines are kept, the last but one is %+v", len(list), list[len(list)-2])
		}
	})
}

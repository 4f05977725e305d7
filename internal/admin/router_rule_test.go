package admin_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

func TestRouterRules(t *testing.T) {
	r := newRig(t)
	p := &cloud.Project{MemberID: 1, Name: "p"}
	r.write(func(tx *store.Tx) error {
		*p = cloud.Project{MemberID: 1, Name: "p"}
		regions, err := store.Find[cloud.Site](tx, cloud.Where().By("id"))
		if err != nil {
			return err
		}
		p.SiteID, p.RegionID = regions[0].ID, regions[0].ID
		if err := store.Insert(tx, p); err != nil {
			return err
		}
		router := &cloud.Router{ProjectID: p.ID, RegionID: p.RegionID}
		router.On, router.SeenOn, router.Built = true, true, true
		if err := store.Insert(tx, router); err != nil {
			return err
		}
		p.RouterID = router.ID
		n := &cloud.Subnet{
			ProjectID: p.ID, RouterID: router.ID, Text: "10.0.0.1/24", Prefix: netip.MustParsePrefix("10.0.0.0/24"), Routed: true,
		}
		return errors.Join(store.Update(tx, p), store.Insert(tx, n))
	})
	path := fmt.Sprintf("/projects/%d/rules", p.ID)
	var out admin.RouterRules
	if got := r.ask("GET", path, "", &out); got != 200 || out.Rules == nil || len(out.Rules) != 0 {
		t.Errorf("%d %+v", got, out)
	}
	const one = `{"allow":true,"source":"*","destination":"10.0.0.10","protocol":"TCP","port":"80, 443","pci_logging":true}`
	if got := r.ask("POST", path, `{"firewall_rules":[`+one+`]}`, &out); got != 200 {
		t.Fatalf("%d", got)
	}
	want := []control.RouterRuleIn{
		{Allow: true, Source: "0.0.0.0/0", Destination: "10.0.0.10/32", Protocol: "tcp", Port: "80,443", PCILogging: true},
	}
	if d := cmp.Diff(want, out.Rules); d != "" {
		t.Error(d)
	}
	for path, body := range map[string]string{
		path: `{"firewall_rules":[{"source":"*","destination":"10.9.0.1","protocol":"any"}]}`, "/projects/x/rules": "{}",
	} {
		if got := r.ask("POST", path, body, nil); got != 400 {
			t.Errorf("%s %s: %d", path, body, got)
		}
	}
	if got := r.ask("GET", "/projects/9999/rules", "", nil); got != 404 {
		t.Errorf("%d", got)
	}
	if got := r.ask("POST", path, `{"firewall_rules":[]}`, &out); got != 200 || len(out.Rules) != 0 {
		t.Errorf("%d %+v", got, out)
	}
}

package oneandone

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/wire"
)

// crowd makes servers straight in the store.
func (w *world) crowd(n int) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		for i := range n {
			s := &cloud.Server{
				MemberID: w.member.ID, SiteID: w.users[adminKey].SiteID, RegionID: w.region.ID,
				Name: fmt.Sprintf("srv-%04d", (i*7919)%n), Description: fmt.Sprintf("d%d", i%3), Hostname: fmt.Sprintf("h%d", n-i),
				ImageID: w.linux.ID, VCPU: 1 + i%4, Cores: 1, RAM: 512 * (1 + i%5),
			}
			s.Created = w.clock().Add(-1)
			s.Built, s.On, s.SeenOn = true, i%2 == 0, i%2 == 0
			s.SeenVCPU, s.SeenCores, s.SeenRAM = s.VCPU, s.Cores, s.RAM
			if i%10 == 9 {
				s.Begin(cloud.Reboot, int64(1000+i), w.clock())
			}
			if err := store.Insert(tx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// The fast ways answer what the plain one over all elements answers: the store
// and apply agree about filters, pages and projections.
func TestListsAgreeWithApply(t *testing.T) {
	w := newWorld(t)
	const n = batch + 60 // more than one batch
	w.crowd(n)
	var all []oneandone.ServerSummary
	err := w.c.Read(t.Context(), w.callAs(adminKey), func(tx *control.Txn) (err error) {
		all, _, err = serverList.find(tx, cloud.Query{}.By("id"))
		return err
	})
	if err != nil || len(all) != n {
		t.Fatal(len(all), err)
	}
	for _, query := range []string{
		"", "page=1&per_page=10", "page=3&per_page=100",
		"page=56&per_page=10", "page=57&per_page=10", "page=99999999999&per_page=1000", "per_page=7", "page=2",
		"q=SRV-001&page=2&per_page=4", "q=reboot", "q=united+states&page=50&per_page=11",
		"q=nothing", "q=%22", "q=h1&sort=name", "q=0.5&per_page=3&page=2",
		"sort=hardware.vcore&per_page=20&page=2", "sort=-hardware.ram", "sort=-hardware.ram&page=3&per_page=200",
		"sort=status.state&per_page=10", "sort=-status.state&page=5&per_page=100",
		"sort=hostname&per_page=9&page=3", "sort=-hostname&per_page=9",
		"sort=nonsense&per_page=5&page=2", "sort=name&page=2&per_page=30", "sort=-name&per_page=8",
		"sort=id&per_page=8", "sort=-id&per_page=8", "sort=description&per_page=200&page=2",
		"fields=id,name,hardware.ram,status.state&per_page=4", "fields=nothing&per_page=2",
		"q=srv&sort=-name&fields=name&page=2&per_page=7", "sort=datacenter.country_code&per_page=3",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		l, err := parseFieldList(&wire.Request{Query: values})
		if err != nil {
			t.Fatal(err)
		}
		want, err := apply(l, all)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got := w.call("GET", "/servers?"+query, nil).want(200)
		if !sameJSON(t, got.body, text) {
			t.Errorf("%s:\n got %.300s\nwant %.300s", query, got.body, text)
		}
	}
	// What every element contains changes no order.
	for _, sort := range []string{"name", "-name", "-creation_date", "-status.state", "hostname", "-description"} {
		plain := w.call("GET", "/servers?per_page=150&page=2&sort="+sort, nil).want(200)
		if got := w.call("GET", "/servers?q=united&per_page=150&page=2&sort="+sort, nil).want(200); !sameJSON(t, got.body, plain.body) {
			t.Errorf("q changes sort=%s", sort)
		}
	}
	for _, query := range []string{"page=0&per_page=5", "page=x&per_page=5", "per_page=-1", "per_page=1.5"} {
		w.call("GET", "/servers?"+query, nil).fails(400, "VALIDATION_ERROR", "page")
	}
}

// callAs is a call outside of HTTP.
func (w *world) callAs(key string) *control.Call {
	w.t.Helper()
	actor, err := w.c.ActorByKey(w.t.Context(), key, nowhere)
	if err != nil {
		w.t.Fatal(err)
	}
	return &control.Call{Actor: actor, Confined: true, Dialect: "oneandone"}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	return string(p) == string(q)
}

// Pages never overlap and never skip, whatever they are sorted by.
func TestPagesCoverEverything(t *testing.T) {
	w := newWorld(t)
	w.crowd(53)
	for _, sort := range []string{"", "name", "-name", "description", "-status.state", "hardware.vcore", "creation_date"} {
		seen := map[string]bool{}
		for page := 1; ; page++ {
			list := parse[[]oneandone.ServerSummary](w.call("GET", fmt.Sprintf("/servers?sort=%s&page=%d&per_page=10", sort, page), nil).want(200))
			for _, s := range list {
				if seen[s.ID] {
					t.Fatalf("sort=%s: %s twice", sort, s.Name)
				}
				seen[s.ID] = true
			}
			if len(list) < 10 {
				break
			}
		}
		if len(seen) != 53 {
			t.Errorf("sort=%s: %d of 53", sort, len(seen))
		}
	}
}

// The searches of the clients' own tests.
func TestSearch(t *testing.T) {
	w := newWorld(t)
	s := w.create("Web One")
	w.create("other", func(b map[string]any) { b["datacenter_id"] = w.spain.UID.String() })
	ip := s.Ips[0].IP
	w.call("PUT", "/public_ips/"+s.Ips[0].ID, `{"reverse_dns":"Mail.Example"}`).want(200)
	for path, want := range map[string]int{
		"/servers?q=web+one": 1, "/servers?q=WEB": 1, "/servers?&page=1&q=us": 1, "/servers?q=Spain": 1, "/servers?q=" + ip: 1,
		"/servers?q=" + ip[:7]: 2, "/servers?q=centos7": 2,
		"/servers?q=POWERED_ON": 2, "/servers?q=" + strings.ToLower(s.ID): 1, "/servers?q=zzz": 0,
		"/public_ips?q=mail.example": 1, "/public_ips?q=Web+One": 1,
		"/public_ips?q=SERVER": 2, "/public_ips?sort=-ip&per_page=1&page=2": 1, "/public_ips?q=": 2,
	} {
		if got := parse[[]any](w.call("GET", path, nil).want(200)); len(got) != want {
			t.Errorf("%s: %d elements, want %d: %v", path, len(got), want, got)
		}
	}
	ips := parse[[]oneandone.PublicIP](w.call("GET", "/public_ips?sort=ip", nil))
	if !slices.IsSortedFunc(ips, func(a, b oneandone.PublicIP) int {
		return strings.Compare(a.Datacenter.CountryCode, b.Datacenter.CountryCode) * -1
	}) {
		t.Errorf("198.18.0 comes before 198.18.64: %+v", ips)
	}
}

// Dropped fields are absent, not null.
func TestFields(t *testing.T) {
	w := newWorld(t)
	w.create("web")
	got := w.call("GET", "/servers?fields=name,hardware.ram,hardware.hdds.size,ips.ip", nil).want(200)
	list := parse[[]map[string]any](got)
	if len(list[0]) != 3 || list[0]["name"] != "web" || len(list[0]["hardware"].(map[string]any)) != 2 {
		t.Errorf("%s", got.body)
	}
}

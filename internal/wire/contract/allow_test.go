package contract_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/wire/contract"
)

// TestAllowances asks for each thing that a contract's prose promises and its schemas
// refuse. The promises stand here once more, so that an allowance that is taken away
// is missed, by name; and each allowance is needed, or it hides something.
func TestAllowances(t *testing.T) {
	long, one := strings.Repeat("x", 5000), "/v1/servers/0123456789ABCDEF0123456789ABCDEF"
	used := map[int]bool{}
	for _, c := range []struct {
		promise string
		e       exchange
	}{
		{"1&1: the name of a server as it was shown", exchange{method: "PUT", path: one, body: `{"name":"` + long + `"}`}},
		{"1&1: the description of a server as it was shown", exchange{method: "PUT", path: one, body: `{"description":"` + long + `"}`}},
		{"1&1: the name of a key as it was shown", exchange{
			method: "PUT", path: "/v1/ssh_keys/0123456789ABCDEF0123456789ABCDEF", body: `{"name":"` + long + `"}`,
		}},
		{"1&1: the description of a key as it was shown", exchange{
			method: "PUT", path: "/v1/ssh_keys/0123456789ABCDEF0123456789ABCDEF", body: `{"description":"` + long + `"}`,
		}},
		{"1&1: processors as they were shown", exchange{method: "PUT", path: one + "/hardware", body: `{"vcore":1000000}`}},
		{"1&1: cores as they were shown", exchange{method: "PUT", path: one + "/hardware", body: `{"cores_per_processor":1000000}`}},
		{"1&1: memory as it was shown", exchange{method: "PUT", path: one + "/hardware", body: `{"ram":1000000}`}},
		{"1&1: the size of a disk as it was shown", exchange{
			method: "PUT", path: one + "/hardware/hdds/0123456789ABCDEF0123456789ABCDEF", body: `{"size":1000007}`,
		}},
		{"CloudCIX: a page that is no number", exchange{cix: true, method: "GET", path: "/iaas/v1/asn/?page=first", answer: empty}},
		{"CloudCIX: a limit out of bounds", exchange{cix: true, method: "GET", path: "/iaas/v1/asn/?limit=9999", answer: empty}},
		{"CloudCIX: digits as text", exchange{cix: true, method: "POST", path: "/iaas/v1/asn/", body: `{"number":"5"}`}},
		{"CloudCIX: a number with a sign in a path", exchange{cix: true, method: "GET", path: "/iaas/v1/asn/+5/", answer: asn}},
		{"CloudCIX: no data for a project", exchange{cix: true, method: "PATCH", path: "/iaas/v1/project/1/", body: `null`}},
		{"CloudCIX: no data for a router", exchange{cix: true, method: "PATCH", path: "/iaas/v1/virtual_router/1/", body: `null`}},
		{"CloudCIX: no data for a machine", exchange{cix: true, method: "PATCH", path: "/iaas/v1/vm/1/", body: `null`}},
		{"CloudCIX: a note that is no text, of a new project", exchange{
			cix: true, method: "POST", path: "/iaas/v1/project/", body: `{"region_id":1,"name":"a","note":5}`,
		}},
		{"CloudCIX: a note that is no text, of a project", exchange{
			cix: true, method: "PUT", path: "/iaas/v1/project/1/", body: `{"name":"a","note":null}`,
		}},
		{"CloudCIX: a note that is no text, of a project in part", exchange{
			cix: true, method: "PATCH", path: "/iaas/v1/project/1/", body: `{"note":null}`,
		}},
	} {
		t.Run(c.promise, func(t *testing.T) {
			c.e.status = 200
			if seen := refusedBy(t, c.e); len(seen) > 0 {
				t.Errorf("is promised, and no allowance in allow.go covers it: %v", seen)
			}
			all := contract.Allowed
			defer func() { contract.Allowed = all }()
			needs := 0
			for i := range all {
				contract.Allowed = slices.Delete(slices.Clone(all), i, i+1)
				if len(refusedBy(t, c.e)) > 0 {
					used[i], needs = true, needs+1
				}
			}
			if needs != 1 {
				t.Errorf("it needs %d allowances, not one", needs)
			}
		})
	}
	for i, a := range contract.Allowed {
		if !used[i] {
			t.Errorf("nothing that is promised needs the allowance %s %s %s: give it a line here, or take it away", a.Dialect, a.Op, a.Where)
		}
	}
}

// refusedBy is what the watcher says of the request, whatever it says of the answer.
func refusedBy(t *testing.T, e exchange) (seen []string) {
	t.Helper()
	all, _ := e.run(t)
	for _, v := range all {
		if v.Side == "request" {
			seen = append(seen, v.String())
		}
	}
	return seen
}

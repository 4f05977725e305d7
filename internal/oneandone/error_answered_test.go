package oneandone

import (
	flags "flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	contracts "github.com/virga-cloud/virga/api"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// answered are the statuses that any test of this binary got from an operation,
// "getServer 404". It lives here, because the tests of one binary have nothing else
// in common.
var answered = answers{got: map[string]bool{}}

type answers struct {
	sync.Mutex
	got map[string]bool
}

func (a *answers) note(op string, status int) {
	a.Lock()
	defer a.Unlock()
	a.got[op+" "+strconv.Itoa(status)] = true
}

// everyTest tells a run of every test of the package.
func everyTest() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz", "test.bench"} {
		if f := flags.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return true
}

// refusals are the documented statuses of what is built, but 500, which nobody
// leads to on purpose, and 429 of reads, which are not counted.
func refusals() (list []string, err error) {
	var doc struct {
		Paths map[string]map[string]yaml.Node
	}
	if err := yaml.Unmarshal(contracts.OneAndOne(), &doc); err != nil {
		return nil, err
	}
	built := New(nil, Options{}).Built()
	for _, item := range doc.Paths {
		for method, node := range item {
			var o struct {
				ID        string `yaml:"operationId"`
				Responses map[string]any
			}
			if method == "parameters" {
				continue
			}
			if err := node.Decode(&o); err != nil {
				return nil, err
			}
			for status := range o.Responses {
				free := status == "429" && method == "get" // clients poll
				if status >= "400" && status < "500" && slices.Contains(built, o.ID) && !free {
					list = append(list, o.ID+" "+status)
				}
			}
		}
	}
	slices.Sort(list)
	return list, nil
}

// judge says which documented refusals no test was answered with.
func (a *answers) judge() (code int) {
	list, err := refusals()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	reached := 0
	for _, r := range list {
		why, excused := unanswered[r]
		switch {
		case a.got[r] && excused:
			fmt.Fprintf(os.Stderr, "%s is answered: take it out of unanswered (%s)\n", r, why)
			code = 1
		case a.got[r]:
			reached++
		case !excused:
			fmt.Fprintf(os.Stderr, "no test was answered with %s\n", r)
			code = 1
		}
	}
	for _, r := range slices.Sorted(maps.Keys(unanswered)) {
		if !slices.Contains(list, r) {
			fmt.Fprintf(os.Stderr, "%s is in unanswered and not documented\n", r)
			code = 1
		}
	}
	fmt.Printf("refusals: %d of %d documented ones of what is built were answered, %d are excused\n", reached, len(list), len(unanswered))
	return code
}

// unanswered are documented refusals that no request can lead to, and why. It may
// only shrink.
var unanswered = map[string]string{
	"createSshKey 404": "names nothing that could be missing", "createFirewallPolicy 404": "names nothing that could be missing",
	"pingAuth 403": "asks for a token and nothing more",
}

// Whoever has no token or no role, or comes from elsewhere, asks too often, names what
// is not there, or says nonsense, is refused by every operation that is built as
// the contract says; and so is whoever uses a key of a repeat for something else.
func TestEveryRefusal(t *testing.T) {
	w := newWorld(t)
	own := w.things(adminKey)
	own["datacenter_id"], own["fixed_instance_size_id"], own["baremetal_model_id"] = w.region.UID.String(), w.flavor.UID.String(),
		w.metal.UID.String()
	own["appliance_id"], own["dvd_iso_id"] = w.linux.UID.String(), w.dvd.UID.String()
	const kept = "77777777777777777777777777777777"
	u := w.user(kept, w.member, w.role.ID)
	w.write(func(tx *store.Tx) error {
		u.AllowedIPs = []string{"198.51.100.7"}
		return store.Update(tx, u)
	})
	slow := newWorld(t, func(_ *control.Options, o *Options) { o.Rate, o.Burst = 1, 1 })
	built := New(nil, Options{}).Built()
	for _, o := range oneandone.Operations {
		if !slices.Contains(built, o.ID) || o.Public {
			continue
		}
		args, none := make([]string, len(o.Params())), make([]string, len(o.Params()))
		for i, name := range o.Params() {
			args[i], none[i] = own[name], unknown
		}
		path, err1 := o.Expand(args...)
		nowhere, err2 := o.Expand(none...)
		if err := firstOf(err1, err2); err != nil {
			t.Fatal(err)
		}
		q := request{path: path}
		if make, ok := writes[o.ID]; ok {
			q = make(w)
		}
		w.as("", o.Method, q.path, q.body).want(http.StatusUnauthorized)
		if r := w.as(noRoleKey, o.Method, q.path+"?"+asks[o.ID], q.body); o.ID != "pingAuth" {
			r.want(http.StatusForbidden)
		}
		w.as(kept, o.Method, q.path, q.body).want(http.StatusNotAcceptable)
		if len(none) > 0 {
			w.call(o.Method, nowhere, q.body).want(http.StatusNotFound)
		}
		if slices.Contains(o.Query, "per_page") {
			w.call(o.Method, q.path+"?page=0&per_page=5", nil).want(http.StatusBadRequest)
		}
		if o.Body != "" {
			w.call(o.Method, q.path, "{").want(http.StatusBadRequest)
		}
		for range 2 {
			if r := slow.as(adminKey, o.Method, nowhere, nil); r.status == http.StatusTooManyRequests {
				break
			}
		}
		if o.Method != http.MethodGet {
			w.call(o.Method, q.path+"?dry_run=perhaps", q.body).want(http.StatusBadRequest)
			w.as(adminKey, o.Method, q.path, q.body, "Idempotency-Key", o.ID).want(o.Status)
			w.as(adminKey, o.Method, q.path+"?again=1", q.body, "Idempotency-Key", o.ID).want(http.StatusConflict)
			w.settle()
		}
	}
}

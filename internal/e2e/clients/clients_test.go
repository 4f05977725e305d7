// Package clients_test plays the published clients of both APIs, unmodified,
// against the real binary: every method that they have and every one that their
// documents name, with the arguments that the documents give.
//
// `make test-clients` fetches them (scripts/clients) and runs this.
package clients_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/e2e"
)

// The outcomes of a method.
const (
	works    = "works"
	notBuilt = "not built"         // the product answered 501
	wrong    = "wrong"             // anything else
	none     = "no such operation" // the contract has none at the address that the client asked for, and it was refused
)

// rank orders outcomes; what is no outcome comes first.
var rank = map[string]int{none: 1, works: 2, notBuilt: 3, wrong: 4}

// call is one call of a method by its script.
type call struct {
	Method  string   `json:"method"`
	Args    []string `json:"args"` // names of the arguments that were given
	Outcome string   `json:"outcome"`
	Reason  string   `json:"reason"` // of what is wrong
}

// report is what a script says about its client.
type report struct {
	Methods map[string][]string `json:"methods"` // all that the client has, found by reflection, with their parameters
	Calls   []call              `json:"calls"`
	Refused []string            `json:"refused"` // misprints that the client refused, as documented
	// Documented are the methods that the client's own README names, which the
	// script reads itself; documented.txt has those of the other clients.
	Documented []string `json:"documented"`
}

// client is one version of a published client and how it is run.
type client struct {
	version string
	command func(dir string) []string // dir is where the clients were put
	env     func(dir string) string
	api     string // CLOUDCIX_API_VERSION
}

func python(script string) func(string) []string {
	return func(dir string) []string {
		return []string{filepath.Join(dir, "python", "bin", "python"), "python/" + script}
	}
}

// clients are all that are played, by their names in the lists beside this file.
// The CloudCIX library builds addresses in two forms: version 1 has the
// application in the path, version 2 in the host's name (the newest library in
// the host's name both times).
func clients() map[string][]client {
	all := map[string][]client{
		"oneandone-python": {{
			version: "1.8.0", command: python("play_oneandone.py"),
			env: func(string) string { return "PYTHONPATH=python/py2" },
		}},
		"oneandone-node": {{
			version: "1.2.0", command: func(string) []string { return []string{"node", "node/play.js"} },
			env: func(dir string) string {
				return "NODE_PATH=" + filepath.Join(dir, "node", "node_modules")
			},
		}},
	}
	for _, v := range []string{"0.9.1", "0.15.1", "5.0.11"} {
		for _, api := range []string{"1", "2"} {
			all["cloudcix"] = append(all["cloudcix"], client{
				version: v + " API " + api, api: api, command: python("play_cloudcix.py"),
				env: func(dir string) string { return "PYTHONPATH=" + filepath.Join(dir, "cloudcix-"+v) },
			})
		}
	}
	return all
}

func TestClients(t *testing.T) {
	dir := os.Getenv("VIRGA_CLIENTS")
	if dir == "" {
		t.Skip("the published clients are not here: make test-clients fetches them")
	}
	base, remove, err := e2e.Folder(true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := remove(); err != nil {
			t.Error(err)
		}
	})
	bin, err := e2e.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, versions := range clients() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reports := make([]report, len(versions))
			t.Run("play", func(t *testing.T) {
				for i, c := range versions {
					t.Run(c.version, func(t *testing.T) {
						t.Parallel()
						reports[i] = play(t, c, dir, bin, filepath.Join(base, fmt.Sprint(name, i)))
					})
				}
			})
			judge(t, name, reports)
		})
	}
}

// playLimit bounds one script, which waits for the states of simulated machines.
const playLimit = 8 * time.Minute

// play runs a client's script against a cloud of its own.
func play(t *testing.T, c client, dir, bin, data string) report {
	t.Helper()
	cl := e2e.New(t, bin, filepath.Dir(data), filepath.Base(data))
	cl.Start("up", "--fake", "--listen", "127.0.0.1:0")
	f := newFront(t, strings.TrimSuffix(cl.CloudCIX, "/"))
	out := filepath.Join(t.TempDir(), "report.json")
	ctx, cancel := context.WithTimeout(t.Context(), playLimit)
	defer cancel()
	args := c.command(dir)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.WaitDelay = time.Second
	// Nothing of the caller's settings (proxies, say) reaches the client.
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(out), "PYTHONDONTWRITEBYTECODE=1",
		"REQUESTS_CA_BUNDLE=" + f.ca, "SSL_CERT_FILE=" + f.ca,
		"VIRGA_PORT=" + port(t, f.plain), "VIRGA_TLS_PORT=" + port(t, f.tls), "VIRGA_TOKEN=" + cl.Token, "VIRGA_EMAIL=" + cl.Email,
		"VIRGA_PASSWORD=" + cl.Password, "VIRGA_API_KEY=" + cl.APIKey, "VIRGA_REGION=" + fmt.Sprint(cl.RegionID),
		"VIRGA_API_VERSION=" + c.api, "VIRGA_REPORT=" + out, c.env(dir),
	}
	begin := time.Now()
	printed, ended := cmd.CombinedOutput()
	var r report
	b, err := os.ReadFile(out)
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	for _, c := range r.Calls {
		if c.Outcome == wrong {
			t.Errorf("wrong: %s(%s): %s", c.Method, strings.Join(c.Args, ", "), c.Reason)
		}
	}
	for _, b := range f.broken {
		t.Errorf("contract: %s", b)
	}
	if err := errors.Join(ended, err); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, printed)
	}
	if len(bytes.TrimSpace(printed)) > 0 {
		t.Logf("%s", printed)
	}
	t.Logf("%d requests to %d operations in %s", f.calls, len(f.called), time.Since(begin).Round(time.Second))
	return r
}

// judge holds what the scripts of one client saw against the lists.
func judge(t *testing.T, name string, reports []report) {
	t.Helper()
	v := weigh(readLists(t, name), reports)
	for _, c := range v.complaints {
		t.Error(c)
	}
	count := map[string]int{}
	for _, o := range v.outcome {
		count[o]++
	}
	// On the test's own output, so that every run shows it.
	fmt.Printf("clients: %-17s %3d work, %3d not built, %3d wrong, %3d not in the API\n",
		name, count[works], count[notBuilt], count[wrong], count[none])
}

// verdict is what all versions of a client came to.
type verdict struct {
	outcome    map[string]string // by method
	complaints []string
}

// weigh compares what the scripts called, and what came of it, with what the
// clients have, what their documents name and what is known not to be built.
func weigh(l lists, reports []report) verdict {
	v := verdict{outcome: map[string]string{}}
	has, given := map[string][]string{}, map[string][]string{}
	var refused []string
	for _, r := range reports {
		maps.Copy(has, r.Methods)
		refused = append(refused, r.Refused...)
		for _, m := range r.Documented {
			l.documented = append(l.documented, documented{text: m, method: m})
		}
		for _, c := range r.Calls {
			given[c.Method] = append(given[c.Method], c.Args...)
			// Of several calls the worst counts: a method works when all of them do.
			if rank[c.Outcome] > rank[v.outcome[c.Method]] {
				v.outcome[c.Method] = c.Outcome
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(has)) {
		if _, called := given[m]; !called {
			v.complain("the client has %s, which is not exercised", m)
		}
	}
	for _, d := range l.documented {
		v.document(d, l.misprints, given, refused)
	}
	v.shrink(l.notBuilt)
	return v
}

func (v *verdict) complain(format string, args ...any) {
	v.complaints = append(v.complaints, fmt.Sprintf(format, args...))
}

// document complains when a documented method is not exercised as documented.
func (v *verdict) document(d documented, misprints map[string]string, given map[string][]string, refused []string) {
	if right, misprint := misprints[d.text]; misprint {
		if !slices.Contains(refused, d.text) {
			v.complain("misprints.txt says that the client does not know %s (but: %s); it does", d.text, right)
		}
		return
	}
	args, called := given[d.method]
	if !called {
		v.complain("the document has %s, which is not exercised", d.text)
		return
	}
	if v.outcome[d.method] == none {
		v.complain("the document has %s and the contract has nothing at the address that it asks for", d.text)
	}
	for _, a := range d.args {
		if !slices.Contains(args, a) {
			v.complain("the document gives %s to %s, no call does", a, d.method)
		}
	}
}

// shrink holds the outcomes against the list of what is not built, which may
// only shrink: what works goes off it, and what is not built was on it.
func (v *verdict) shrink(list []string) {
	for _, m := range list {
		switch v.outcome[m] {
		case "":
			v.complain("notbuilt.txt has %s, which nobody calls: take it off", m)
		case works:
			v.complain("%s works now: take it off notbuilt.txt", m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(v.outcome)) {
		if v.outcome[m] == notBuilt && !slices.Contains(list, m) {
			v.complain("%s is not built (501) and was: notbuilt.txt only shrinks", m)
		}
	}
}

// What the lists are for must be noticed, also where the clients are not installed.
func TestListsNotice(t *testing.T) {
	sound := func() (lists, report) {
		l := lists{
			notBuilt:   []string{"list_roles"},
			documented: []documented{entry(t, "get_server(server_id)"), entry(t, "get_ssh_key(role_id)")},
			misprints:  map[string]string{"get_ssh_key(role_id)": "the argument is ssh_key_id"},
		}
		r := report{
			Methods: map[string][]string{"get_server": {"server_id"}, "list_roles": nil},
			Calls: []call{
				{Method: "get_server", Args: []string{"server_id"}, Outcome: works}, {Method: "list_roles", Outcome: notBuilt},
			},
			Refused: []string{"get_ssh_key(role_id)"},
		}
		return l, r
	}
	for name, c := range map[string]struct {
		harm func(l *lists, r *report)
		want string
	}{
		"nothing":          {func(*lists, *report) {}, ""},
		"forgotten":        {func(_ *lists, r *report) { r.Methods["pricing"] = nil }, "the client has pricing"},
		"in a README only": {func(_ *lists, r *report) { r.Documented = []string{"listRoles"} }, "the document has listRoles"},
		"argument":         {func(_ *lists, r *report) { r.Calls[0].Args = nil }, "gives server_id to get_server"},
		"built":            {func(_ *lists, r *report) { r.Calls[1].Outcome = works }, "list_roles works now"},
		"lost":             {func(_ *lists, r *report) { r.Calls[0].Outcome = notBuilt }, "get_server is not built (501) and was"},
		"one of two calls": {
			func(_ *lists, r *report) { r.Calls = append(r.Calls, call{Method: "get_server", Outcome: notBuilt}) },
			"only shrinks",
		},
		"listed, not there": {func(l *lists, _ *report) { l.notBuilt = append(l.notBuilt, "fly") }, "nobody calls"},
		"no misprint":       {func(_ *lists, r *report) { r.Refused = nil }, "it does"},
		"no such address":   {func(_ *lists, r *report) { r.Calls[0].Outcome = none }, "the contract has nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			l, r := sound()
			c.harm(&l, &r)
			got := strings.Join(weigh(l, []report{r}).complaints, "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("complaints %q, want %q", got, c.want)
			}
		})
	}
}

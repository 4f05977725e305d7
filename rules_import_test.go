package virga_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// layer says what a package of the tree may know. The order is that of
// ARCHITECTURE.md, from the edge to the ground.
type layer struct {
	pkgs []string // below the root; a trailing /... takes the folders below too
	may  []string // what of this module it may import
	not  []string // what of other modules and the standard library it may not
	why  string   // what the limit protects
}

// crashPkg may be imported by everybody: it marks places and does nothing else.
const crashPkg = "internal/crash"

// drivers are the one-duty packages under the agent.
var drivers = []string{
	"internal/host/disk", "internal/host/seed", "internal/host/netdev", "internal/host/nft",
	"internal/host/dhcp", "internal/host/qemu",
}

// world is what only the ends of the system may touch.
var world = []string{"net/http", "os/exec", "os", "syscall", "golang.org/x/sys/...", "database/sql"}

// foreign are SQL drivers and kernel interfaces: each has one home.
var (
	sqlHome    = []string{"database/sql", "github.com/jackc/...", "modernc.org/...", "github.com/pressly/..."}
	kernelHome = []string{
		"github.com/vishvananda/...", "github.com/google/nftables/...", "github.com/mdlayher/...", "github.com/insomniacslk/...",
	}
)

var layers = []layer{
	{
		pkgs: []string{"cmd/virga"},
		may:  []string{"internal/...", "client/..."},
		not:  kernelHome,
		why:  "main wires everything by hand and does nothing itself",
	},
	{
		pkgs: []string{"internal/oneandone"},
		may:  []string{"internal/wire", "internal/control", "internal/cloud", "client/oneandone", "client/op"},
		not:  append([]string{"os", "os/exec", "database/sql"}, kernelHome...),
		why:  "a dialect translates between its contract and control; a business rule, a row or a host here would exist for one dialect only",
	},
	{
		pkgs: []string{"internal/cloudcix"},
		may:  []string{"internal/wire", "internal/control", "internal/cloud", "client/cloudcix", "client/op"},
		not:  append([]string{"os", "os/exec", "database/sql"}, kernelHome...),
		why:  "a dialect translates between its contract and control; a business rule, a row or a host here would exist for one dialect only",
	},
	{
		pkgs: []string{"internal/httpd"},
		may: []string{
			"internal/wire", "internal/wire/contract", "internal/control", "internal/cloud", "internal/auth", "internal/hub", "internal/store",
			"internal/plan", "internal/work", "api",
		},
		not: append([]string{"os/exec"}, kernelHome...),
		why: "the listener joins what others answer; it knows no dialect, no driver and no verb of the operator's",
	},
	{
		pkgs: []string{"internal/admin"},
		may: []string{
			"internal/httpd", "internal/control", "internal/cloud", "internal/hub", "internal/store", "internal/image", "internal/plan",
			"internal/work", "internal/reconcile", "internal/trace",
		},
		not: append([]string{"os/exec"}, kernelHome...),
		why: "the operator's verbs hand what they find to its reconciler; they know no dialect and no driver, and are reached by the socket only",
	},
	{
		pkgs: []string{"internal/control"},
		may:  []string{"internal/auth", "internal/work", "internal/store", "internal/ipam", "internal/place", "internal/meter", "internal/cloud"},
		not:  append(slices.Clone(world), append(sqlHome, kernelHome...)...),
		why:  "control decides inside one transaction that may run again, and never touches the world; making it so is reconcile's",
	},
	{
		pkgs: []string{"internal/reconcile"},
		may: []string{
			"internal/hub", "internal/place", "internal/ipam", "internal/meter", "internal/work", "internal/store", "internal/plan",
			"internal/cloud",
		},
		not: append(slices.Clone(world), append(sqlHome, kernelHome...)...),
		why: "reconcile compares rows with reports; it answers no user and calls no verb, so that it is safe to run at any time",
	},
	{
		pkgs: []string{"internal/trace"},
		may:  []string{"internal/reconcile", "internal/filter", "internal/ipam", "internal/store", "internal/cloud"},
		not:  append(slices.Clone(world), append(sqlHome, kernelHome...)...),
		why:  "what becomes of a packet is told from rows, by the rules that hosts are given; nothing is asked of a host and nothing changed",
	},
	{
		pkgs: []string{"internal/hub"},
		may:  []string{"internal/work", "internal/store", "internal/plan", "internal/cloud"},
		not:  append([]string{"os/exec"}, kernelHome...),
		why:  "the hub carries documents and reports; what they mean is reconcile's and the host's",
	},
	{
		pkgs: []string{"internal/auth", "internal/meter", "internal/dns", "internal/watch", "internal/work"},
		may:  []string{"internal/store", "internal/cloud"},
		not:  kernelHome,
		why:  "these serve control and reconcile and must not call back into them",
	},
	{
		pkgs: []string{"internal/store"},
		may:  []string{"internal/cloud", "internal/ipam"},
		not:  append([]string{"net/http", "os/exec"}, kernelHome...),
		why:  "the store keeps nouns; it knows no verb",
	},
	{pkgs: []string{"internal/store/pgtest"}, why: "a database for the tests of many packages may depend on none of them"},
	{
		pkgs: []string{"internal/store/storetest"}, may: []string{"internal/store", "internal/cloud"},
		why: "it asks for tests whether a row changed, and fills rows, whatever the noun",
	},
	{
		pkgs: []string{"internal/wire"},
		may:  []string{"internal/cloud", "client/op"},
		not:  append([]string{"os", "os/exec"}, append(sqlHome, kernelHome...)...),
		why:  "what both dialects share cannot know either, nor what is behind them",
	},
	{
		pkgs: []string{"internal/wire/contract"},
		may:  []string{"internal/wire", "client/op", "api"},
		not:  append(sqlHome, kernelHome...),
		why:  "the watcher judges answers by the contract alone; with the product's own code it would repeat its mistakes",
	},
	{
		pkgs: []string{"internal/wire/fuzzbody"}, may: []string{"client/op", "api", "internal/wire", "internal/wire/contract"},
		why: "bad bodies are made from the contract alone",
	},
	{
		pkgs: []string{"internal/ipam", "internal/place"},
		may:  []string{"internal/cloud"},
		not:  append(slices.Clone(world), append(sqlHome, kernelHome...)...),
		why:  "arithmetic: pure functions of their arguments",
	},
	{
		pkgs: []string{"internal/filter"},
		may:  []string{"internal/plan"},
		not:  append(slices.Clone(world), append(sqlHome, kernelHome...)...),
		why:  "arithmetic: what is asked what becomes of a packet must not need a kernel",
	},
	{
		pkgs: []string{"internal/host"},
		may:  append([]string{"internal/plan", "internal/host/sys"}, drivers...),
		not:  sqlHome,
		why:  "a host knows documents and drivers; it keeps running when the control plane is gone and is upgraded on its own",
	},
	{
		pkgs: drivers,
		may:  []string{"internal/plan", "internal/host/sys", "internal/filter"},
		not:  append([]string{"net/http"}, sqlHome...),
		why:  "one duty each: a driver that knows another driver or the agent cannot be tested, replaced or repeated alone",
	},
	{
		pkgs: []string{"internal/host/sys", "internal/host/drivertest"},
		may:  []string{"internal/plan", "internal/host/sys"},
		not:  sqlHome,
		why:  "what all drivers share cannot know one of them",
	},
	{
		pkgs: []string{"internal/host/fake"},
		may:  []string{"internal/host", "internal/plan"},
		not:  append([]string{"os/exec", "net/http"}, append(sqlHome, kernelHome...)...),
		why:  "the fake is a whole machine behind the agent's own interface, so that everything above it is the real code",
	},
	{pkgs: []string{"internal/netguard"}, not: []string{"*.*/..."}, why: "it judges addresses for whoever calls them, and knows none of them"},
	{
		pkgs: []string{"internal/image"}, may: []string{"internal/plan", "internal/netguard", "internal/host/sys"},
		not: sqlHome, why: "images are built and read before any cloud exists; what reads a stranger's runs in the cage of a host's tools",
	},
	{pkgs: []string{"internal/gen"}, may: []string{"client/op", "internal/cloud"}, why: "pages are made from operations and source alone"},
	{
		pkgs: []string{"internal/cloud", "internal/plan"}, not: append([]string{"*.*/..."}, world...),
		why: "the nouns and the documents are the language of the project: standard library only, no input or output",
	},
	{pkgs: []string{crashPkg}, not: []string{"*.*/..."}, why: "everybody imports it"},
	{
		pkgs: []string{"client/op"},
		not:  append([]string{"*.*/..."}, kernelHome...),
		why:  "the public client must build in other people's programs and know nothing of the inside",
	},
	{
		pkgs: []string{"client/oneandone", "client/cloudcix"}, may: []string{"client/op"},
		why: "the public client must build in other people's programs and know nothing of the inside",
	},
	{pkgs: []string{"internal/e2e/..."}, may: []string{"internal/...", "client/..."}, why: "whole-system tests see everything"},
	{pkgs: []string{"api", "tools/..."}, not: []string{module + "..."}, why: "contracts and tools stand alone"},
}

// matches says whether a package is meant by a pattern: itself, a tree
// ("x/..."), or everything whose first element has a dot ("*.*/...").
func matches(pattern, p string) bool {
	if pattern == "*.*/..." {
		first, _, _ := strings.Cut(p, "/")
		return strings.Contains(first, ".")
	}
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return p == prefix || strings.HasPrefix(p, prefix+"/")
	}
	return p == pattern
}

func anyMatches(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, p) })
}

// layerOf finds the rule of a package.
func layerOf(dir string) (layer, bool) {
	i := slices.IndexFunc(layers, func(l layer) bool { return anyMatches(l.pkgs, dir) })
	if i < 0 {
		return layer{}, false
	}
	return layers[i], true
}

// importRule is the dependency rule. Tests are free: they may set up more than
// the code under test may know.
func importRule(s *source) []string {
	if s.test() {
		return nil
	}
	l, ok := layerOf(s.dir())
	if !ok {
		return []string{
			fmt.Sprintf("%s: package %s has no line in the dependency rule (rules_import_test.go): say what it may know, and why", s.path, s.dir()),
		}
	}
	var bad []string
	for _, p := range s.imports() {
		own, inside := strings.CutPrefix(p, module)
		switch {
		case inside && own != crashPkg && !anyMatches(l.may, own):
			bad = append(bad, fmt.Sprintf("%s imports %s: %s", s.path, own, l.why))
		case !inside && anyMatches(l.not, p) && !granted(s.path, p):
			bad = append(bad, fmt.Sprintf("%s imports %s: %s", s.path, p, l.why))
		}
	}
	return bad
}

// grants are single exceptions, each with its reason.
var grants = []struct{ file, imports, why string }{}

func granted(file, imports string) bool {
	for _, g := range grants {
		if ok, _ := path.Match(g.file, file); ok && g.imports == imports {
			return true
		}
	}
	return false
}

// An exception nobody needs any more must go, or it hides the next mistake.
func TestGrantsAreNeeded(t *testing.T) {
	all := tree(t)
	for _, g := range grants {
		used := slices.ContainsFunc(all, func(s *source) bool {
			ok, _ := path.Match(g.file, s.path)
			for _, p := range s.imports() {
				if ok && p == g.imports {
					return true
				}
			}
			return false
		})
		if !used {
			t.Errorf("no file %s imports %s any more: drop the grant", g.file, g.imports)
		}
	}
}

package oneandone

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	contracts "github.com/virga-cloud/virga/api"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/wire/fuzzbody"
)

// rounds is how many bodies each operation gets: VIRGA_FUZZ_N, 200 by default.
func rounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("VIRGA_FUZZ_N")
	if text == "" {
		return 200
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("VIRGA_FUZZ_N: %v", err)
	}
	return n
}

// Whatever is sent, the answer follows the contract, is never a 500, and leaves
// no half-made resource. VIRGA_FUZZ_SEED repeats a run.
func TestFuzzBodies(t *testing.T) {
	seed := rand.Uint64()
	if text := os.Getenv("VIRGA_FUZZ_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	statuses := map[int]int{}
	for _, id := range New(nil, Options{}).Built() {
		for _, o := range oneandone.Operations {
			if o.ID != id {
				continue
			}
			// A world each: lists would grow with every operation before.
			t.Run(id, func(t *testing.T) {
				defer func() {
					if t.Failed() {
						t.Logf("repeat with VIRGA_FUZZ_SEED=%d", seed)
					}
				}()
				f := &fuzzer{world: newWorld(t), rng: rand.New(rand.NewPCG(seed, 2)), statuses: statuses}
				var err error
				if f.maker, err = fuzzbody.New(contracts.OneAndOne(), seed); err != nil {
					t.Fatal(err)
				}
				f.fresh()
				for range rounds(t) {
					f.try(o)
				}
				f.whole()
			})
		}
	}
	for _, status := range []int{200, 201, 202, 400, 404, 409} {
		if statuses[status] == 0 {
			t.Errorf("no body led to %d: %v", status, statuses)
		}
	}
}

// fuzzer sends requests to one world.
type fuzzer struct {
	*world
	maker    *fuzzbody.Maker
	rng      *rand.Rand
	statuses map[int]int
	values   map[string][]string // by path parameter
}

// fresh makes targets of every kind and tells the maker about them.
func (f *fuzzer) fresh() {
	w := f.world
	w.settle()
	s := w.create("target")
	snap := parse[oneandone.Server](w.call("POST", "/servers/"+s.ID+"/snapshots", nil).want(202)).Snapshot.ID
	w.settle()
	key := parse[oneandone.SSHKey](w.call("POST", "/ssh_keys", `{"name":"k"}`).want(201)).ID
	ip := parse[oneandone.PublicIP](w.call("POST", "/public_ips", nil).want(201)).ID
	log := parse[[]oneandone.Log](w.call("GET", "/logs?period=LAST_HOUR&per_page=1", nil).want(200))[0].ID
	network := w.network("n").ID
	policy := w.newPolicyOf(webRule)
	w.call("POST", "/firewall_policies/"+policy.ID+"/server_ips", obj{"server_ips": []any{s.Ips[0].ID}}).want(202)
	w.settle()
	f.values = map[string][]string{
		"firewall_policy_id": {policy.ID, w.policy.UID.String()}, "rule_id": {policy.Rules[0].ID}, "server_ip_id": {s.Ips[0].ID},
		"private_network_id": {network},
		"server_id":          {s.ID}, "hdd_id": {s.Hardware.Hdds[0].ID}, "ip_id": {s.Ips[0].ID}, "snapshot_id": {snap}, "ssh_key_id": {key},
		"public_ip_id": {ip}, "log_id": {log}, "datacenter_id": {w.region.UID.String(), w.spain.UID.String()},
		"appliance_id": {w.linux.UID.String(), w.small.UID.String()}, "dvd_iso_id": {w.dvd.UID.String()},
		"fixed_instance_size_id": {w.flavor.UID.String()}, "baremetal_model_id": {w.metal.UID.String()}, "policy": {w.policy.UID.String()},
	}
	f.maker.Words = nil
	for _, name := range []string{
		"appliance_id", "appliance_id", "datacenter_id", "dvd_iso_id",
		"fixed_instance_size_id", "policy", "ssh_key_id", "public_ip_id", "private_network_id", "server_id",
	} {
		f.maker.Words = append(f.maker.Words, f.values[name]...)
	}
}

// try sends one body, mostly to something that is there.
func (f *fuzzer) try(o op.Spec) {
	f.t.Helper()
	args := make([]string, 0, 4)
	for _, name := range o.Params() {
		known := f.values[name]
		switch n := f.rng.IntN(12); {
		case n == 0 || len(known) == 0:
			args = append(args, []string{
				unknown, "0", "zz", "%", "a b", "é",
				strings.Repeat("1", 32), "00000000000000000000000000000000",
			}[f.rng.IntN(8)])
		case n == 1:
			args = append(args, strings.ToLower(known[0]))
		default:
			args = append(args, known[f.rng.IntN(len(known))])
		}
	}
	path, err := o.Expand(args...)
	if err != nil {
		f.t.Fatal(err)
	}
	raw := f.maker.Body(o.ID)
	if f.rng.IntN(3) == 0 || o.ID == "listLogs" {
		path += "?" + f.query(o)
	}
	r := f.call(o.Method, path, raw)
	f.statuses[r.status]++
	if r.status >= 500 && r.status != 501 {
		f.t.Errorf("%s with %.300q: %d %s", r.what, raw, r.status, r.body)
	}
	switch {
	case o.ID == "deleteServer" && r.status == 202, o.ID == "deleteSshKey" && r.status == 200, o.ID == "deletePublicIp" && r.status == 200,
		o.ID == "deletePrivateNetwork" && r.status == 202,
		o.ID == "deleteServerIp" && r.status == 202, o.ID == "deleteServerSnapshot" && r.status == 202:
		f.fresh()
	case o.Method != "GET" && r.status < 300:
		f.settle()
	}
}

// query makes parameters, half of them nonsense.
func (f *fuzzer) query(o op.Spec) string {
	pick := func(list ...string) string { return list[f.rng.IntN(len(list))] }
	v := url.Values{}
	for _, name := range o.Query {
		if f.rng.IntN(2) == 0 {
			continue
		}
		switch name {
		case "page", "per_page":
			v.Set(name, pick("1", "2", "10", "0", "-1", "x", "", "99999999999999999999", "1.5"))
		case "sort":
			v.Set(name, pick("name", "-creation_date", "default", "hardware.ram", "-status.state", "x.y.z", "-", "", "\x00", "hardware", "ips.ip"))
		case "fields":
			v.Set(name, pick("id", "id,name", "hardware.ram,,x", ".", "..", "hardware..ram", "ips.ip", "\x00", ""))
		case "period":
			v.Set(name, pick("LAST_HOUR", "LAST_24H", "CUSTOM", "x", "", "LAST_365D"))
		case "start_date", "end_date":
			v.Set(name, pick("2026-03-04T00:00:00Z", "2026-19-03T00:05:00Z", "x",
				"", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-03-04"))
		default:
			v.Set(name, pick("true", "True", "false", "", "x", "1", "us", "\"", "\\", "%", "\x00", "é"))
		}
	}
	return v.Encode() + pick("", "&", "&&x", "&%zz=1", "&q=%ff")
}

// whole checks that nothing was left half made.
func (w *world) whole() {
	w.t.Helper()
	w.settle()
	err := w.db.Read(w.t.Context(), func(tx *store.Tx) error {
		servers, err := store.Find[cloud.Server](tx, cloud.Query{})
		if err != nil {
			return err
		}
		for _, s := range servers {
			of := cloud.Eq("server_id", s.ID)
			mains, err1 := store.Count[cloud.Volume](tx, cloud.Where(of, cloud.Eq("main", true)))
			nics, err2 := store.Count[cloud.NIC](tx, cloud.Where(of))
			private, err3 := store.Count[cloud.IP](tx, cloud.Where(of, cloud.Eq("kind", string(cloud.PrivateIP))))
			if err := firstOf(err1, err2, err3); err != nil {
				return err
			}
			if mains != 1 || nics == 0 || private == 0 || s.HostID == 0 || s.ProjectID == 0 || s.Name == "" || s.EventID != 0 {
				return fmt.Errorf("server %d %.40q is half made: %d main disks, %d cards, %d addresses", s.ID, s.Name, mains, nics, private)
			}
		}
		orphans, err := store.Find[cloud.Volume](tx, cloud.Where(cloud.Not(cloud.In("server_id", cloud.Sub{Kind: "server", Column: "id"}))))
		if err == nil && len(orphans) > 0 {
			err = fmt.Errorf("%d disks without a server", len(orphans))
		}
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
}

// A megabyte of a hostile body gives a small answer and takes memory of its own
// order: a list of {} once gave forty megabytes.
func TestHostileBodies(t *testing.T) {
	f := &fuzzer{world: newWorld(t), rng: rand.New(rand.NewPCG(1, 2)), statuses: map[int]int{}}
	var err error
	if f.maker, err = fuzzbody.New(contracts.OneAndOne(), 3); err != nil {
		t.Fatal(err)
	}
	f.fresh()
	built := New(nil, Options{}).Built()
	tried := 0
	for _, o := range oneandone.Operations {
		if !slices.Contains(built, o.ID) || o.Body == "" {
			continue
		}
		args := make([]string, 0, 4)
		for _, name := range o.Params() {
			args = append(args, f.values[name][0])
		}
		path, err := o.Expand(args...)
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range f.maker.Hostile(o.ID) {
			tried++
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := f.call(o.Method, path, body)
			runtime.ReadMemStats(&after)
			most := 128 << 10
			if r.status < 300 { // shows the object, whose note may be as long as a body
				most += 1 << 20
			}
			if r.status >= 500 && r.status != 501 || len(r.body) > most {
				t.Errorf("%s with %.60s: %d, an answer of %d KiB", r.what, body, r.status, len(r.body)>>10)
			}
			if used := int64(after.TotalAlloc - before.TotalAlloc); used > 48<<20 {
				t.Errorf("%s with %.60s: %d, %d MiB of memory", r.what, body, r.status, used>>20)
			}
			if r.status < 300 {
				f.settle()
			}
		}
	}
	if tried < 300 {
		t.Errorf("only %d bodies", tried)
	}
}

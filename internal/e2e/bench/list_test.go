package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// Bars of the table by the number of servers.
type listBars struct{ page, jump time.Duration }

var barsOf = map[int]listBars{
	100_000:   {page: 5 * time.Millisecond, jump: 20 * time.Millisecond},
	1_000_000: {page: 10 * time.Millisecond, jump: 60 * time.Millisecond},
}

const (
	pageCPU   = 2500 * time.Microsecond
	searchP99 = 100 * time.Millisecond // q over every field
	threeP99  = 20 * time.Millisecond  // CloudCIX search with total
)

// BenchmarkList reads pages of 100 out of many servers of one member through
// the handlers of both dialects, and creates and deletes servers beside them.
func BenchmarkList(b *testing.B) {
	engines(b, func(b *testing.B, engine string, open func(*testing.B) *database) {
		n, made := listed(b, open(b))
		for _, total := range []int{10_000, 100_000} {
			n.many(b, made, total)
			b.Run(fmt.Sprintf("old/%d", total), func(b *testing.B) { n.oldPages(b, engine, total) })
		}
		n.everyOrder(b, engine, 100_000)
		n.searches(b, engine, 100_000)
		b.Run("create", func(b *testing.B) {
			createLatency(b, n, engine, ", beside 100 000 servers", 1, 100)
		})
		b.Run("delete", func(b *testing.B) { n.deletes(b, engine) })
	})
}

// BenchmarkMillion reads pages out of a million servers.
func BenchmarkMillion(b *testing.B) {
	engines(b, func(b *testing.B, engine string, open func(*testing.B) *database) {
		if os.Getenv("VIRGA_BENCH_ALL") == "" {
			b.Skip("takes many minutes: VIRGA_BENCH_ALL=1")
		}
		n, made := listed(b, open(b))
		n.many(b, made, 1_000_000)
		n.everyOrder(b, engine, 1_000_000)
	})
}

// listed is a node with a few servers that can be multiplied, in five projects.
func listed(b *testing.B, db *database) (n *node, made string) {
	n = newNode(b, db)
	n.run(b)
	n.login(b)
	for i := range 3 {
		id, _ := n.create(b, fmt.Sprintf("first-%d", i))
		n.wait(b, id)
		n.settled(b, string(id))
		made = string(id)
	}
	for i := range 4 {
		body := fmt.Sprintf(`{"region_id":%d,"name":"project-%d"}`, n.cred.RegionID, i)
		if status, got := n.do(n.cix, http.MethodPost, "/iaas/v2/project/", body); status != http.StatusCreated {
			b.Fatalf("project: %d %s", status, got)
		}
	}
	return n, made
}

// oldPages are lines that every version of this table has had.
func (n *node) oldPages(b *testing.B, engine string, total int) {
	for _, l := range []struct {
		name string
		path func(i int) string
	}{
		{"first page", func(int) string { return "/v1/servers?page=1&per_page=100" }},
		{"middle page", func(i int) string { return fmt.Sprintf("/v1/servers?page=%d&per_page=100", total/200+i%7) }},
		{"by name", func(i int) string { return fmt.Sprintf("/v1/servers?page=%d&per_page=100&sort=name", 1+i%7) }},
		{"by name, middle", func(i int) string { return fmt.Sprintf("/v1/servers?page=%d&per_page=100&sort=-name", total/200+i%7) }},
		{"CloudCIX vm, first page", func(int) string { return "/iaas/v2/vm/?limit=100" }},
		{"CloudCIX vm, middle page", func(i int) string { return fmt.Sprintf("/iaas/v2/vm/?limit=100&page=%d", total/200+i%7) }},
	} {
		r := row{what: fmt.Sprintf("list 100 of %d: %s", total, l.name), engine: engine}
		for i := range 60 {
			n.page(b, &r, l.path(i), "")
		}
		n.noted(b, r)
	}
}

// orders are those that the bars name: per dialect the names that a list can be
// sorted by.
var orders = []struct {
	dialect string
	names   []string
	path    func(name string, page int) string // page counts from 0
}{
	{
		"1&1",
		[]string{"", "name", "-name", "creation_date", "status.state", "hardware.ram", "hardware.vcore", "datacenter.country_code"},
		func(name string, page int) string {
			return fmt.Sprintf("/v1/servers?per_page=100&sort=%s&page=%d", name, page+1)
		},
	},
	{"CloudCIX", []string{"created", "-created", "name", "project_id", "state", "updated"}, func(name string, page int) string {
		return fmt.Sprintf("/iaas/v2/vm/?limit=100&order=%s&page=%d", name, page)
	}},
}

// everyOrder walks through a list in every order: pages in a row (first, next,
// the same again, last), then pages anywhere.
func (n *node) everyOrder(b *testing.B, engine string, total int) {
	rnd := rand.New(rand.NewPCG(7, uint64(total)))
	bars := barsOf[total]
	for _, o := range orders {
		for _, name := range o.names {
			label := fmt.Sprintf("list 100 of %d: %s by %s", total, o.dialect, strings.TrimPrefix(name+" (none)", " "))
			if name != "" {
				label = fmt.Sprintf("list 100 of %d: %s by %s", total, o.dialect, name)
			}
			r := row{what: label, engine: engine, p99: bars.page, maxCPU: pageCPU}
			last := total/100 - 1
			for _, step := range []struct {
				what string
				page func(i int) int
			}{
				{"first page", func(int) int { return 0 }},
				{"next page", func(i int) int { return 1 + i }},
				{"followed page", func(i int) int { return 1 + i*7%15 }},
				{"last page", func(int) int { return last }},
			} {
				for i := range 15 {
					n.page(b, &r, o.path(name, step.page(i)), step.what)
				}
			}
			n.noted(b, r)
			r = row{what: label + ", jump", engine: engine, p99: bars.jump, maxCPU: 0}
			for range 20 {
				n.page(b, &r, o.path(name, rnd.IntN(last)), "")
			}
			n.noted(b, r)
		}
	}
}

// searches look for text in every field, with few and with many hits, and by
// three conditions with an exact total.
func (n *node) searches(b *testing.B, engine string, total int) {
	for _, s := range []struct {
		name  string
		p99   time.Duration
		paths []string
	}{
		{
			"q, few hits by name", searchP99,
			[]string{"/v1/servers?per_page=100&page=1&q=ver-10123", "/v1/servers?per_page=100&page=1&q=ver-10666"},
		},
		{
			"q, few hits by address", searchP99,
			[]string{"/v1/servers?per_page=100&page=1&q=.19.77.", "/v1/servers?per_page=100&page=1&q=198.19.3.1"},
		},
		{"q, no hit", searchP99, []string{"/v1/servers?per_page=100&page=1&q=nowhere", "/v1/servers?per_page=100&page=1&q=xyzzy"}},
		{"q, few hits, sorted by name", searchP99, []string{"/v1/servers?per_page=100&page=1&q=ver-10123&sort=-name"}},
		{"q, many hits", searchP99, []string{"/v1/servers?per_page=100&page=1&q=server", "/v1/servers?per_page=100&page=9&q=powered"}},
		{"CloudCIX three-way search with total", threeP99, []string{
			"/iaas/v2/vm/?limit=100&search[name__icontains]=ver-1012&search[state]=4&search[project_id]=2",
			"/iaas/v2/vm/?limit=100&search[name__icontains]=ver-1077&search[state]=4&search[created__gt]=2001-01-01",
		}},
	} {
		r := row{what: fmt.Sprintf("list 100 of %d: %s", total, s.name), engine: engine, p99: s.p99}
		for i := range 40 {
			n.page(b, &r, s.paths[i%len(s.paths)], "")
		}
		n.noted(b, r)
	}
}

// patience bounds one row: what is far too slow shows that after a few pages.
const patience = 1500 * time.Millisecond

// page reads one page and counts what it costs. The garbage of one page is
// collected at the cost of another.
func (n *node) page(b *testing.B, r *row, path, what string) {
	b.Helper()
	spent := time.Duration(0)
	for _, t := range r.took {
		spent += t
	}
	if spent > patience && len(r.took) > 3 {
		return
	}
	h := n.one
	if path[1] == 'i' {
		h = n.cix
	}
	allocs, before, start := allocated(), burnt(), time.Now()
	status, body := n.do(h, http.MethodGet, path, "")
	took := time.Since(start)
	r.cpu += burnt() - before
	r.allocs += allocated() - allocs
	if status != http.StatusOK {
		b.Fatalf("%s: %d: %.300s", path, status, body)
	}
	if got := elements(body); got != 100 && !strings.Contains(path, "q=") && !strings.Contains(path, "search[") {
		b.Fatalf("%s: %d servers", path, got)
	}
	if what != "" && (len(r.took) == 0 || took > maxOf(r.took)) {
		r.worst = " (" + what + ")"
	}
	r.took = append(r.took, took)
}

func maxOf(list []time.Duration) (m time.Duration) {
	for _, d := range list {
		m = max(m, d)
	}
	return m
}

// noted adds a row whose cost was summed up.
func (n *node) noted(b *testing.B, r row) {
	r.cpu /= time.Duration(len(r.took))
	r.allocs /= uint64(len(r.took))
	note(b, r)
}

// allocated counts the objects that this process has made so far.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// deletes removes servers while somebody else writes: how long that one waits.
func (n *node) deletes(b *testing.B, engine string) {
	const total = 60
	var ids []string
	for range total {
		id, _ := n.create(b, fmt.Sprintf("gone-%d", serial.Add(1)))
		n.wait(b, id)
		ids = append(ids, strings.ToUpper(string(id)))
	}
	for _, id := range ids {
		n.settled(b, id)
	}
	done := make(chan []time.Duration)
	go func() {
		var took []time.Duration
		for _, id := range ids {
			start := time.Now()
			if status, body := n.do(n.one, http.MethodDelete, "/v1/servers/"+id, ""); status != http.StatusAccepted {
				b.Errorf("delete: %d %s", status, body)
			}
			took = append(took, time.Since(start))
		}
		done <- took
	}()
	wait := row{
		what: "delete: how long another write takes, beside 100 000 servers", engine: engine, commits: 2, longest: 20 * time.Millisecond,
	}
	for {
		select {
		case took := <-done:
			note(b, row{what: "delete: request to answer, beside 100 000 servers", engine: engine, took: took, commits: 1})
			note(b, wait)
			return
		default:
		}
		start := time.Now()
		if status, body := n.do(n.one, http.MethodPost, "/v1/public_ips", "{}"); status != http.StatusCreated {
			b.Errorf("reserve: %d %s", status, body)
		}
		wait.took = append(wait.took, time.Since(start))
	}
}

// settled waits until a server shows POWERED_ON, so that its copies do.
func (n *node) settled(b *testing.B, id string) {
	b.Helper()
	end := time.Now().Add(30 * time.Second)
	for time.Now().Before(end) {
		_, body := n.do(n.one, http.MethodGet, "/v1/servers/"+strings.ToUpper(id), "")
		if bytes.Contains(body, []byte(`"POWERED_ON"`)) {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	b.Fatalf("server %s is not on", id)
}

// elements counts what a list of either dialect holds.
func elements(body []byte) int {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil {
		return len(list)
	}
	var wrapped struct{ Content []json.RawMessage }
	_ = json.Unmarshal(body, &wrapped) // then it holds nothing
	return len(wrapped.Content)
}

// value is a text of a JSON object, "" when there is none.
func value(body []byte, name string) string {
	var o map[string]any
	_ = json.Unmarshal(body, &o) // then there is none
	s, _ := o[name].(string)
	return s
}

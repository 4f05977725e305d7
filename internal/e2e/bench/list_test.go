package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const listP99 = 20 * time.Millisecond // the table, at 100 000 servers

// BenchmarkList reads pages of 100 out of many servers of one member through
// the handlers of both dialects, and creates servers beside them.
func BenchmarkList(b *testing.B) {
	engines(b, func(b *testing.B, engine string, open func(*testing.B) *database) {
		n := newNode(b, open(b))
		n.run(b)
		n.login(b)
		var made string
		for i := range 3 {
			id, _ := n.create(b, fmt.Sprintf("first-%d", i))
			n.wait(b, id)
			n.settled(b, string(id))
			made = string(id)
		}
		for _, total := range []int{10_000, 100_000} {
			n.many(b, made, total)
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
				b.Run(fmt.Sprintf("%s/%d", l.name, total), func(b *testing.B) {
					pages(b, n, row{what: fmt.Sprintf("list 100 of %d: %s", total, l.name), engine: engine, p99: listP99}, l.path)
				})
			}
		}
		b.Run("create", func(b *testing.B) {
			createLatency(b, n, engine, ", beside 100 000 servers", 1, 100)
		})
	})
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

// pages reads a page again and again. What a first page costs to prepare is
// not counted.
func pages(b *testing.B, n *node, r row, path func(i int) string) {
	h := n.one
	if path(0)[1] == 'i' {
		h = n.cix
	}
	const reads = 60
	for b.Loop() {
		r.took = nil
		end := time.Now().Add(enough)
		for i := -3; i < reads && time.Now().Before(end); i++ {
			before, start := burnt(), time.Now()
			status, body := n.do(h, http.MethodGet, path(max(i, 0)), "")
			took, spent := time.Since(start), burnt()-before
			if got := elements(body); status != http.StatusOK || got != 100 {
				b.Fatalf("%s: %d, %d servers: %.300s", path(i), status, got, body)
			}
			if i >= 0 {
				r.took = append(r.took, took)
				r.cpu += spent
			}
		}
	}
	r.cpu /= time.Duration(len(r.took))
	note(b, r)
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

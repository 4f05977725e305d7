package sim

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// bill is what passed, by text.
type bill struct {
	statements, trips int64
	texts             map[string]int
}

// add takes what passed since the last time.
func (b *bill) add(c *pgtest.Count) {
	statements, trips := c.Since()
	b.statements, b.trips = b.statements+statements, b.trips+trips
	for text, n := range c.Texts() {
		b.texts[text] += n
	}
}

// What a creation may cost on PostgreSQL, with all turns and reports until its machine
// runs: how many statements the database carries out, and how often somebody waits for
// it on the way there and back. Whoever needs more has a reason, or finds another way.
const (
	mostStatements = 178
	mostTrips      = 57
)

// A creation costs the database no more than that, however many servers there are.
func TestCreateCost(t *testing.T) {
	dsn, count := pgtest.Counted(t, pgtest.New(t))
	w, err := NewOn(dsn, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r := &Run{World: w}
	r.mount()
	all := bill{texts: map[string]int{}}
	create := func(i int) {
		t.Helper()
		status, answer := r.call(w.Cred.Token, http.MethodPost, "/servers", map[string]any{
			"name": fmt.Sprintf("s%d", i), "appliance_id": w.Image.UID.String(), "rsa_key": key,
			"hardware": map[string]any{"vcore": 1, "cores_per_processor": 1, "ram": 1, "hdds": []any{map[string]any{"size": 20, "is_main": true}}},
		})
		if status != http.StatusAccepted {
			t.Fatalf("create: %d %s", status, answer)
		}
		for n := 0; ; n++ {
			if _, err = w.round(); err != nil || n > 100 {
				dump(t, w)
				t.Fatalf("round %d: %v", n, err)
			}
			all.add(count)
			done := w.quiet()
			(&bill{texts: map[string]int{}}).add(count) // to ask is not part of it
			if done {
				return
			}
			w.Now = w.Now.Add(time.Second)
		}
	}
	for i := range 5 { // router, network and image come with the first; connections know the statements then
		create(i)
	}
	const total = 5
	all = bill{texts: map[string]int{}}
	for i := range total {
		create(100 + i)
	}
	texts, statements, trips := all.texts, all.statements, all.trips
	for _, text := range slices.SortedFunc(maps.Keys(texts), func(a, b string) int { return texts[b] - texts[a] }) {
		line := strings.Join(strings.Fields(text), " ")
		t.Logf("%5.1f  %s", float64(texts[text])/total, line[:min(len(line), 150)])
	}
	t.Logf("each creation: %.1f statements, %.1f ways there and back", float64(statements)/total, float64(trips)/total)
	if statements > mostStatements*total || trips > mostTrips*total {
		t.Errorf("a creation costs %.1f statements and %.1f ways, more than %d and %d",
			float64(statements)/total, float64(trips)/total, mostStatements, mostTrips)
	}
}

// key is a public key of nobody.
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIDEN0lmQPXjhIUJFWrCWVqZg0oyVjnA1NNtD8BNLSmN sim"

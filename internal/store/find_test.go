package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// unsettled is an order whose index is wrong about what was seen lately.
func unsettled(desc bool) cloud.Order {
	lately := cloud.Cmp(cloud.OpGt, "wait", int64(5))
	level := func(busy cloud.Cond) *cloud.Case {
		return &cloud.Case{Branches: []cloud.Branch{{When: busy, Then: "busy"}, {When: cloud.Eq("on", true), Then: "on"}}, Else: "off"}
	}
	never := cloud.Eq("id", int64(-1))
	return cloud.Order{Case: level(cloud.Or(never, lately)), Settled: level(never), Unsettled: lately, Desc: desc}
}

// pages are few queries, so that what is remembered of one is asked for again.
func pages(t *rapid.T) cloud.Query {
	desc := rapid.Bool().Draw(t, "desc")
	shape := &cloud.Case{Branches: []cloud.Branch{{When: cloud.Eq("vcpu", int64(0)), Then: cloud.Col("ram")}}, Else: cloud.Col("vcpu")}
	q := cloud.Query{Order: pick(t, [][]cloud.Order{
		nil,
		{{Field: "name", Desc: desc}},
		{{Field: "vcpu", Desc: desc}},
		{{Field: "seen", Desc: desc}},
		{{Field: "uid", Desc: desc}},
		{unsettled(desc)},
		{{Case: shape, Desc: desc}},
		{{Field: "on"}, {Field: "name", Desc: desc}},
	})}
	on := cloud.Eq("on", true)
	q.Where = pick(t, []cloud.Cond{
		{}, on, cloud.Cmp(cloud.OpIContains, "name", "a"), cloud.In("parent", cloud.Sub{Kind: "gadget", Column: "id", Where: on}),
	})
	q.Closed = rapid.Bool().Draw(t, "closed")
	return q.Page(rapid.IntRange(1, 5).Draw(t, "limit"), rapid.IntRange(0, 24).Draw(t, "offset"))
}

// plainly is the page that a query has, by a plain evaluation in memory.
func plainly(q cloud.Query, all []*gadget) (page []int64, total int64) {
	on := map[int64]bool{}
	for _, g := range all {
		on[g.ID] = g.On && g.Closed == nil
	}
	var rows []*gadget
	for _, g := range all {
		in := q.Closed || g.Closed == nil
		if _, sub := q.Where.Value.(cloud.Sub); sub {
			in = in && g.Parent != nil && on[*g.Parent]
		} else {
			in = in && q.Where.Match(g)
		}
		if in {
			rows = append(rows, g)
		}
	}
	slices.SortFunc(rows, func(a, b *gadget) int { return inOrder(q.Order, a, b) })
	list := ids(rows)
	list = list[min(q.Offset, len(list)):]
	return list[:min(q.Limit, len(list))], int64(len(rows))
}

// change does one write to a random row.
func change(t *rapid.T, tx *store.Tx, all []*gadget) error {
	if rapid.Bool().Draw(t, "new") || len(all) == 0 {
		return store.Insert(tx, anyRow(t))
	}
	g, err := store.GetAny[gadget](tx, pick(t, ids(all)))
	if err != nil {
		return err
	}
	switch pick(t, []string{"close", "delete", "name", "shape", "by hand"}) {
	case "close":
		now := tx.Now()
		g.Closed = &now
	case "delete":
		return store.Delete[gadget](tx, g.ID)
	case "name":
		g.Name = pick(t, texts)
	case "shape":
		g.VCPU, g.On, g.Wait = int(pick(t, ints[:4])), !g.On, time.Duration(pick(t, []int64{0, 9}))
	case "by hand":
		_, err := tx.Exec(`UPDATE gadget SET ram = 1 - ram, "on" = 1 - "on" WHERE id = $1`, g.ID)
		return err
	}
	return store.Update(tx, g)
}

// Pages and counts are exact in every order, from whatever was remembered, between
// any writes.
func TestPagesAgree(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		opt.NoSync = true
		db, other := openDB(t, opt), nodes(t, opt)
		store.CountEarly(db)
		write(t, db, func(tx *store.Tx) error { _, err := tx.Exec("DROP INDEX gadget_name"); return err })
		rapid.Check(t, func(t *rapid.T) {
			if err := db.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec("DELETE FROM gadget"); return err }); err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(1, 8).Draw(t, "rounds") {
				writer := db
				if other != nil && rapid.Bool().Draw(t, "other node") {
					writer = other
				}
				if err := writer.Write(t.Context(), func(tx *store.Tx) error {
					all, err := store.Find[gadget](tx, cloud.Query{Closed: true})
					for range rapid.IntRange(1, 12).Draw(t, "changes") {
						if err == nil {
							err = change(t, tx, all)
						}
						if err == nil {
							all, err = store.Find[gadget](tx, cloud.Query{Closed: true})
						}
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
				q := pages(t)
				for range rapid.IntRange(1, 6).Draw(t, "reads") {
					if rapid.Bool().Draw(t, "next") {
						q.Offset = max(0, q.Offset+rapid.IntRange(-1, 1).Draw(t, "step")*q.Limit)
					}
					if err := db.Read(t.Context(), func(tx *store.Tx) error { return agrees(tx, q) }); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
		if store.Recalled(db) == 0 {
			t.Error("nothing was remembered")
		}
	})
}

func agrees(tx *store.Tx, q cloud.Query) error {
	got, err := store.Find[gadget](tx, q)
	if err != nil {
		return err
	}
	n, err := store.Count[gadget](tx, q)
	if err != nil {
		return err
	}
	all, err := store.Find[gadget](tx, cloud.Query{Closed: true})
	if err != nil {
		return err
	}
	want, total := plainly(q, all)
	if !slices.Equal(ids(got), want) || n != total {
		return fmt.Errorf("%v of %d, want %v of %d, of %+v", ids(got), n, want, total, q)
	}
	return nil
}

// Distinct gives what a plain look gives.
func TestDistinct(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		opt.NoSync = true
		db := openDB(t, opt)
		rnd := rand.New(rand.NewPCG(1, 2))
		want := map[int64]map[int64]bool{}
		write(t, db, func(tx *store.Tx) error {
			for range 300 {
				n := &cloud.NIC{NetworkID: rnd.Int64N(4), HostID: rnd.Int64N(9)}
				if rnd.IntN(5) == 0 {
					now := tx.Now()
					n.Closed = &now
				} else if n.HostID > 0 {
					if want[n.NetworkID] == nil {
						want[n.NetworkID] = map[int64]bool{}
					}
					want[n.NetworkID][n.HostID] = true
				}
				if err := store.Insert(tx, n); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, db, func(tx *store.Tx) error {
			for network := range int64(5) {
				got, err := store.Distinct[cloud.NIC](tx, "host_id", cloud.Eq("network_id", network))
				if err != nil || !slices.Equal(got, slices.Sorted(maps.Keys(want[network]))) {
					t.Errorf("network %d is on %v, %v; want %v", network, got, err, want[network])
				}
			}
			for _, column := range []string{"mac", "nothing"} {
				if _, err := store.Distinct[cloud.NIC](tx, column); err == nil {
					t.Errorf("the column %q has numbers", column)
				}
			}
			return nil
		})
	})
}

// What is compared in no time stands before text, and text before computed values.
func TestCheapConditionsFirst(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		var text string
		db.OnQuery(func(query string, _ []any) {
			if strings.Contains(query, "count(*)") {
				text = query
			}
		})
		defer db.OnQuery(nil)
		state := cloud.Cond{Op: cloud.OpEq, Case: cloud.ServerState(), Value: 4}
		where := cloud.Where(cloud.And(state, cloud.And(cloud.Cmp(cloud.OpIContains, "name", "x"), cloud.Eq("project_id", 7))))
		read(t, db, func(tx *store.Tx) error {
			_, err := store.Count[cloud.Server](tx, where)
			return err
		})
		number, folded, computed := strings.Index(text, `"project_id"`), strings.Index(text, "lower("), strings.Index(text, "CASE")
		if number < 0 || number > folded || folded > computed {
			t.Errorf("asks in this order: %s", text)
		}
	})
}

// The rows of a narrow read that have the same JSON share what was read of it; rows
// that can be written back share nothing.
func TestSameJSONIsReadOnce(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		keys := [][]cloud.ServerKey{{{Text: "a"}}, {{Text: "a"}}, {{Text: "b"}}, nil, {{Text: "b"}}, {{Text: "b"}}}
		write(t, db, func(tx *store.Tx) error {
			for _, k := range keys {
				if err := store.Insert(tx, &cloud.Server{Keys: k}); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, db, func(tx *store.Tx) error {
			narrow, err := store.Find[cloud.Server](tx, cloud.Query{}.Showing("keys"))
			if err != nil {
				return err
			}
			whole, err := store.Find[cloud.Server](tx, cloud.Query{})
			for i, k := range keys {
				if !slices.Equal(narrow[i].Keys, k) || !slices.Equal(whole[i].Keys, k) {
					t.Errorf("row %d: %v and %v, want %v", i, narrow[i].Keys, whole[i].Keys, k)
				}
			}
			if &narrow[0].Keys[0] != &narrow[1].Keys[0] || &whole[0].Keys[0] == &whole[1].Keys[0] {
				t.Error("shared where it must not be, or read twice")
			}
			return err
		})
	})
}

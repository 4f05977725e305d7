package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

// shownOf is what the words of a server must have: whatever dialects show of it.
func shownOf(s *cloud.Server) []string {
	gib := func(mib int) string { return fmt.Sprint(float64(mib) / 1024) }
	return []string{
		s.Name, s.Description, s.Hostname, s.UID.String(), s.Created.UTC().Format("2006-01-02T15:04:05-07:00"),
		fmt.Sprint(s.VCPU), fmt.Sprint(s.SeenVCPU), fmt.Sprint(s.Cores), gib(s.RAM), gib(s.SeenRAM),
	}
}

// What any text of a row contains is found by it: no row is missed, through inserts,
// changes and transactions that came to nothing.
func TestHitsMissNothing(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		rng := rand.New(rand.NewPCG(1, 2))
		text := func() string {
			alphabet := []rune("abcABC123-._ %\\'\"äÄßıſЖж漢\u0130\u212a")
			n := rng.IntN(14)
			var b strings.Builder
			for range n {
				b.WriteRune(alphabet[rng.IntN(len(alphabet))])
			}
			return b.String()
		}
		rams := []int{512, 1024, 1536, 2048, 102400, 131072, 131584, 1 << 20, 777}
		var all []*cloud.Server
		fill := func(s *cloud.Server) {
			s.Name, s.Description, s.Hostname = text(), text(), text()
			s.VCPU, s.Cores, s.RAM = rng.IntN(3000), rng.IntN(200), rams[rng.IntN(len(rams))]
			s.SeenVCPU, s.SeenRAM = rng.IntN(300), rams[rng.IntN(len(rams))]
		}
		for round := range 12 {
			write(t, db, func(tx *store.Tx) error {
				for range 9 {
					s := &cloud.Server{}
					fill(s)
					s.Created = tx.Now().Add(-time.Duration(rng.IntN(1<<30)) * time.Second)
					if err := store.Insert(tx, s); err != nil {
						return err
					}
					all = append(all, s)
				}
				for range round {
					s, err := store.Get[cloud.Server](tx, all[rng.IntN(len(all))].ID)
					if err != nil {
						return err
					}
					fill(s)
					if err := store.Update(tx, s); err != nil {
						return err
					}
					at := slices.IndexFunc(all, func(o *cloud.Server) bool { return o.ID == s.ID })
					all[at] = s
				}
				return nil
			})
			undone := fmt.Errorf("undone")
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				for range 40 {
					if err := store.Insert(tx, &cloud.Server{Name: "undone"}); err != nil {
						return err
					}
				}
				return undone
			})
			if err != undone {
				t.Fatal(err)
			}
			read(t, db, func(tx *store.Tx) error {
				narrow := 0
				for range 150 {
					s := all[rng.IntN(len(all))]
					parts := shownOf(s)
					from := []rune(parts[rng.IntN(len(parts))])
					if len(from) == 0 {
						continue
					}
					a := rng.IntN(len(from))
					q := strings.ToLower(string(from[a : a+1+rng.IntN(len(from)-a)]))
					ids, ok, err := store.Hits[cloud.Server](tx, q)
					if err != nil {
						return fmt.Errorf("%q: %w", q, err)
					}
					if !ok {
						continue
					}
					narrow++
					contains := func(part string) bool { return strings.Contains(strings.ToLower(part), q) }
					for _, o := range all {
						if slices.ContainsFunc(shownOf(o), contains) && !slices.Contains(ids, o.ID) {
							t.Errorf("%q is in %q and server %d is missed", q, shownOf(o), o.ID)
						}
					}
				}
				if narrow < 25 {
					t.Errorf("%d of 150 questions were answered", narrow)
				}
				if ids, ok, err := store.Hits[cloud.Server](tx, "undone"); err != nil || !ok || slices.ContainsFunc(ids, func(id int64) bool {
					return !slices.ContainsFunc(all, func(s *cloud.Server) bool { return s.ID == id })
				}) {
					t.Error(ids, ok, err)
				}
				return nil
			})
		}
	})
}

// Every letter with two cases that may be relied upon is folded by the engine as Go does it.
func TestHitsFold(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		want := map[int64]rune{}
		write(t, db, func(tx *store.Tx) error {
			for r := rune(1); r <= unicode.MaxRune; r++ {
				if unicode.ToLower(r) == r {
					continue
				}
				s := &cloud.Server{Name: "a " + string(r) + "zq"}
				if err := store.Insert(tx, s); err != nil {
					return err
				}
				want[s.ID] = r
			}
			return nil
		})
		read(t, db, func(tx *store.Tx) error {
			told := 0
			for id, r := range want {
				ids, ok, err := store.Hits[cloud.Server](tx, string(unicode.ToLower(r))+"zq")
				if err != nil {
					return err
				}
				if !ok {
					continue
				}
				if told++; !slices.Contains(ids, id) {
					t.Errorf("%q is not found by its lower form", r)
				}
			}
			if told < 26 {
				t.Errorf("%d of %d letters were told", told, len(want))
			}
			return nil
		})
	})
}

// uidOf is an identity of few digits other than e.
func uidOf(kind, i byte) cloud.UID {
	u := cloud.UID(bytes.Repeat([]byte{0xee}, 16))
	u[0], u[1] = kind, i
	return u
}

// The index tells few rows apart: that is what it is for.
func TestHitsAreFew(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		var web, disk, addr int64
		write(t, db, func(tx *store.Tx) error {
			for i := range 200 {
				// An identity by chance may have the trigrams of what is looked for.
				meta := func(kind byte) cloud.Meta { return cloud.Meta{UID: uidOf(kind, byte(i))} }
				s := &cloud.Server{Meta: meta(1), Name: fmt.Sprintf("machine-%03d", i), RAM: 1024}
				if err := store.Insert(tx, s); err != nil {
					return err
				}
				v := &cloud.Volume{Meta: meta(2), ServerID: s.ID, SeenGB: 20}
				ip := &cloud.IP{Meta: meta(3), Kind: cloud.PublicIP, Addr: netip.AddrFrom4([4]byte{198, 18, byte(i / 100), byte(i)}), ServerID: s.ID}
				if err := store.Insert(tx, v); err != nil {
					return err
				}
				if err := store.Insert(tx, ip); err != nil {
					return err
				}
				if i == 77 {
					web, disk, addr = s.ID, v.ID, ip.ID
					s.Name, v.SeenGB, ip.ReverseDNS = "The Web", 2000, "mail.example"
					if err := store.Update(tx, s); err != nil {
						return err
					}
					if err := store.Update(tx, v); err != nil {
						return err
					}
					if err := store.Update(tx, ip); err != nil {
						return err
					}
				}
			}
			return nil
		})
		read(t, db, func(tx *store.Tx) error {
			only := func(what string, ids []int64, ok bool, err error, want int64) {
				t.Helper()
				if err != nil || !ok || !slices.Equal(ids, []int64{want}) {
					t.Errorf("%s: %v %v %v, want %d", what, ids, ok, err, want)
				}
			}
			ids, ok, err := store.Hits[cloud.Server](tx, "e web")
			only("a name", ids, ok, err, web)
			ids, ok, err = store.Hits[cloud.Volume](tx, "2000")
			only("a size", ids, ok, err, disk)
			ids, ok, err = store.Hits[cloud.IP](tx, ".0.77")
			only("an address", ids, ok, err, addr)
			ids, ok, err = store.HitsBy[cloud.IP](tx, "server_id", "MAIL.ex")
			only("the server of an address", ids, ok, err, web)
			ids, ok, err = store.Hits[cloud.Server](tx, "nowhere")
			if err != nil || !ok || len(ids) != 0 {
				t.Error(ids, ok, err)
			}
			if _, ok, err := store.Hits[cloud.Server](tx, "we"); ok || err != nil {
				t.Error("two letters are no trigram", err)
			}
			for _, c := range []cloud.Cond{
				cloud.Cmp(cloud.OpIContains, "name", "THE w"), cloud.And(cloud.Ne("ram", 7), cloud.And(cloud.Cmp(cloud.OpContains, "name", "he W"))),
			} {
				rows, err := store.Find[cloud.Server](tx, cloud.Where(c))
				if err != nil || len(rows) != 1 || rows[0].ID != web {
					t.Error(rows, err)
				}
				if n, err := store.Count[cloud.Server](tx, cloud.Where(c)); err != nil || n != 1 {
					t.Error(n, err)
				}
			}
			return nil
		})
	})
}

// SQLite is asked for what is rare in a text, not for what all names have. It finds the
// same, also when what was rare is so no more.
func TestRareTrigrams(t *testing.T) {
	db := openDB(t, store.Options{Path: t.TempDir() + "/db", NoSync: true})
	var first int64
	copies := func(from, to int64, name string) {
		write(t, db, func(tx *store.Tx) error {
			over := map[string]string{"name": name, "member_id": "n.i"}
			return storetest.Copy(tx, "server", first, 0, from, to, over)
		})
	}
	write(t, db, func(tx *store.Tx) error {
		s := &cloud.Server{Meta: cloud.Meta{UID: uidOf(1, 1)}, Name: "first"}
		err := store.Insert(tx, s)
		first = s.ID
		return err
	})
	copies(1, 5000, `'server-' || CAST(n.i AS text)`)
	ask := func(q string, want int, ok bool, most int) {
		t.Helper()
		var asked []string
		db.OnQuery(func(text string, args []any) {
			if strings.HasPrefix(text, "SELECT rowid") {
				asked = append(asked, args[0].(string))
			}
		})
		defer db.OnQuery(nil)
		read(t, db, func(tx *store.Tx) error {
			where := cloud.Where(cloud.Cmp(cloud.OpIContains, "name", q))
			if n, err := store.Count[cloud.Server](tx, where); err != nil || n != int64(want) {
				t.Errorf("%q: %d rows, %v, want %d", q, n, err, want)
			}
			if _, told, err := store.Hits[cloud.Server](tx, q); err != nil || told != ok {
				t.Errorf("%q: %v %v", q, told, err)
			}
			return nil
		})
		if len(asked) == 0 {
			t.Fatalf("%q: the index was not asked", q)
		}
		if n := strings.Count(asked[0], `"`)/2 - 2; n > most { // two of unknown words
			t.Errorf("%q: asked for %d trigrams: %s", q, n, asked[0])
		}
	}
	ask("server-4711", 1, true, 3)
	ask("SERVER-471", 11, true, 3)
	ask("server-", 5000, false, 5) // nothing is rare
	copies(5001, 9500, `'471 711 ' || CAST(n.i AS text)`)
	ask("server-471", 11, true, 3)
}

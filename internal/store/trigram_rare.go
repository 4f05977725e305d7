package store

import (
	"cmp"
	"slices"
	"sync"
)

// To find what rows have all of some trigrams, SQLite steps through the rows of each
// of them. Where names are alike ("server-10123") most trigrams are those of all rows,
// and one or two tell as much as all together. So a DB remembers how many rows have
// a trigram. It may be wrong by now: then a search takes longer, and finds the same.

// rarity is how many rows had a trigram when it was asked, up to mostHits and one more.
type rarity struct {
	mu         sync.Mutex
	young, old map[string]int // two generations, so that what nobody asks for goes
}

const (
	maxRarity = 4096 // trigrams of each generation
	fewRare   = 3    // of a search: what is rare in three ways is as good as found
)

// rarest are the trigrams that a search asks for: a few rare ones, or all where none
// is rare.
func (tx *Tx) rarest(table string, all []string) ([]string, error) {
	if len(all) <= 1 {
		return all, nil
	}
	count, rare := make(map[string]int, len(all)), []string{}
	for _, g := range all {
		n, err := tx.rowsWith(table, g)
		if err != nil {
			return nil, err
		}
		if count[g] = n; n <= mostHits {
			rare = append(rare, g)
		}
	}
	if len(rare) == 0 {
		return all, nil
	}
	slices.SortStableFunc(rare, func(a, b string) int { return cmp.Compare(count[a], count[b]) })
	return rare[:min(len(rare), fewRare)], nil
}

// rowsWith is about how many rows have a trigram.
func (tx *Tx) rowsWith(table, g string) (int, error) {
	key := table + " " + g
	if n, ok := tx.db.rarity.get(key); ok {
		return n, nil
	}
	index := quote(table + "_fts")
	list, err := Integers(tx, "SELECT count(*) FROM (SELECT 1 FROM "+index+" WHERE "+index+" MATCH $1 LIMIT $2)", g, int64(mostHits+1))
	if err != nil {
		return 0, err
	}
	n := int(list[0])
	tx.db.rarity.put(key, n)
	return n, nil
}

func (r *rarity) get(key string) (int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n, ok := r.young[key]; ok {
		return n, true
	}
	n, ok := r.old[key]
	if ok {
		r.add(key, n)
	}
	return n, ok
}

func (r *rarity) put(key string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(key, n)
}

// add notes how many rows have a trigram. The caller holds mu.
func (r *rarity) add(key string, n int) {
	if len(r.young) >= maxRarity {
		r.old, r.young = r.young, nil
	}
	if r.young == nil {
		r.young = map[string]int{}
	}
	r.young[key] = n
}

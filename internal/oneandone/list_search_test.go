package oneandone

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// leaves are the dotted names of all scalars that a type can show.
func leaves(t reflect.Type, name string) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return leaves(t.Elem(), name)
	case reflect.Struct:
	default:
		return []string{name}
	}
	var all []string
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		all = append(all, leaves(t.Field(i).Type, strings.TrimPrefix(name+"."+tag, "."))...)
	}
	return all
}

// Every leaf of an element of a long list has a source, and no source names what is
// not there: a field that is added to the contract is not forgotten by searches.
func TestSourcesAreComplete(t *testing.T) {
	for _, l := range []struct {
		element reflect.Type
		sources []source
	}{{reflect.TypeFor[oneandone.ServerSummary](), serverList.sources}, {reflect.TypeFor[oneandone.PublicIP](), ipSources}} {
		want := map[string]bool{}
		for _, name := range leaves(l.element, "") {
			want[name] = true
		}
		got := map[string]bool{}
		for _, s := range l.sources {
			for _, name := range s.leaves {
				got[name] = true
			}
		}
		for name := range want {
			if !got[name] {
				t.Errorf("%s: nothing says where %s comes from, so a search may miss it", l.element, name)
			}
		}
		for name := range got {
			if !want[name] {
				t.Errorf("%s has no %s", l.element, name)
			}
		}
		if len(want) < 10 {
			t.Errorf("%s: only %v", l.element, slices.Sorted(maps.Keys(want)))
		}
	}
}

// A search by sources answers what a search through all elements answers, in every
// order, on random rows and for texts of every kind, and looks at few.
func TestSearchAgreesWithWalk(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			r := &rows{world: newWorldOn(t, engine), rng: rand.New(rand.NewPCG(27, 18)), hidden: map[string]bool{}}
			r.fill(70)
			err := r.c.Read(t.Context(), r.callAs(adminKey), func(tx *control.Txn) error {
				agrees(r, tx, serverList, "name", "-name", "status.state", "creation_date", "hardware.ram", "-image.name")
				agrees(r, tx, ipList, "ip", "-reverse_dns", "-creation_date", "assigned_to.name")
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func agrees[E any](r *rows, tx *control.Txn, list long[E], sorts ...string) {
	t := r.t
	all, _, err := list.find(tx, cloud.Query{}.By("id"))
	if err != nil {
		t.Fatal(err)
	}
	walked := list
	walked.keys = nil
	whole := make([]any, len(all))
	for i, e := range all {
		if whole[i], err = tree(e); err != nil {
			t.Fatal(err)
		}
	}
	words := scalars(whole)
	show := func(s long[E], l fieldList) string {
		w := &arrayWriter{}
		if err := s.answer(tx, l, w); err != nil {
			t.Fatalf("%+v: %v", l, err)
		}
		body, err := w.bytes()
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	narrow, looked := 0, 0
	const questions = 200
	for range questions {
		q := r.part(pick(r, words...))
		if r.rng.IntN(2) == 0 { // longer pieces are what is narrowed
			word := []rune(pick(r, words...))
			from := r.rng.IntN(len(word) + 1)
			q = string(word[from:min(len(word), from+3+r.rng.IntN(9))])
		}
		if r.rng.IntN(6) == 0 {
			q += pick(r, "x", "0", " ", "%", "\u0130", "é")
		}
		l := fieldList{Q: strings.ToLower(q), Sort: pick(r, append(sorts, "", "")...)}
		l.Sort, l.Desc = strings.CutPrefix(l.Sort, "-")
		if r.rng.IntN(2) == 0 {
			l.Page, l.PerPage = 1+r.rng.IntN(3), 1+r.rng.IntN(9)
		}
		if l.Q == "" {
			continue
		}
		if got, want := show(list, l), show(walked, l); got != want {
			t.Errorf("%+v:\n got %s\nwant %s", l, got, want)
		}
		ids, few, err := list.candidates(tx, l.Q)
		if err != nil {
			t.Fatal(err)
		}
		if few {
			narrow++
			looked += len(ids)
		}
	}
	if narrow < questions/4 || looked > narrow*len(all)*2/3 {
		t.Errorf("%d of %d searches were narrowed, to %d elements of %d", narrow, questions, looked/max(narrow, 1), len(all))
	}
	t.Logf("%d of %d searches were narrowed, to %d elements of %d", narrow, questions, looked/max(narrow, 1), len(all))
}

// A search reads no more elements than it must: those that may have the text, and of
// what all have a page in the order of the list.
func TestSearchReadsLittle(t *testing.T) {
	w := newWorld(t)
	const n = 700
	w.crowd(n)
	read := 0
	counted := serverList
	counted.find = func(t *control.Txn, q cloud.Query) ([]oneandone.ServerSummary, []int64, error) {
		list, keys, err := serverList.find(t, q)
		read += len(list)
		return list, keys, err
	}
	err := w.c.Read(t.Context(), w.callAs(adminKey), func(tx *control.Txn) error {
		for _, c := range []struct {
			l       fieldList
			hits, m int
		}{
			{fieldList{Q: "srv-0123"}, 1, 60},
			{fieldList{Q: "nowhere"}, 0, 60},
			{fieldList{Q: "rebooting"}, n / 10, n/10 + 60},
			{fieldList{Q: "srv-06", Sort: "name", Desc: true, Page: 3, PerPage: 10}, 10, 120},
			{fieldList{Q: "united states", Page: 2, PerPage: 10}, 10, batch},
			{fieldList{Q: "united states", Sort: "name", Page: 2, PerPage: 10}, 10, 60},
			{fieldList{Q: "mib-", Sort: "hardware.vcore"}, 0, 60},
		} {
			read = 0
			writer := &arrayWriter{}
			if err := counted.answer(tx, c.l, writer); err != nil {
				return err
			}
			body, err := writer.bytes()
			if err != nil {
				return err
			}
			if got := strings.Count(string(body), `"cloudpanel_id"`); got != c.hits || read > c.m {
				t.Errorf("%+v: %d elements, want %d; %d were read, at most %d", c.l, got, c.hits, read, c.m)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

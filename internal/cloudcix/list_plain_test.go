package cloudcix_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// element is one record of a list as the whole list shows it, and what a filter
// or an order looks at: several values where the name leads into a list.
type element struct {
	shown  map[string]any
	id     int64
	values map[string][]any
}

// notShown are names of the contract whose values no record shows as such: where
// the plain evaluation finds them. Every other name is found in the record.
var notShown = map[string]func(r *rows, e map[string]any, id int64) any{
	"vmList.project_id":      inside("project", "id"),
	"vmList.server__type_id": column(func(s *cloud.Server) any { return float64(s.ServerType) }),
	"vmList.server__type__name": column(func(s *cloud.Server) any {
		return []string{
			"", "HyperV", "KVM", "Phantom",
			"GPU A100",
		}[s.ServerType]
	}),
	"virtualRouterList.project_id": inside("project", "id"),
	"virtualRouterList.ip_address_id": func(_ *rows, e map[string]any, _ int64) any {
		if id := e["ip_address"].(map[string]any)["id"]; id != 0.0 {
			return id
		}
		return nil // closed: there is none
	},
	"projectList.archived": column(func(p *cloud.Project) any {
		if p.Closed == nil {
			return nil
		}
		return p.Closed.UTC()
	}),
	"projectList.run_icarus":          column(func(p *cloud.Project) any { return p.RunRobot }),
	"projectList.run_robot":           column(func(p *cloud.Project) any { return p.RunRobot }),
	"membershipAddressList.created":   column(func(s *cloud.Site) any { return s.Created.UTC() }),
	"membershipUserList.created":      func(_ *rows, e map[string]any, _ int64) any { return e["start_date"] },
	"imageList.regions__region":       func(_ *rows, e map[string]any, _ int64) any { return e["regions"] },
	"storageTypeList.regions__region": func(_ *rows, e map[string]any, _ int64) any { return e["regions"] },
	"subnetList.parent_id":            inside("parent", "id"),
	"subnetList.allocation_id":        inside("allocation", "id"),
	"allocationList.asn_id":           inside("asn", "id"),
	"ipAddressList.subnet_id":         inside("subnet", "id"),
	"ipAddressList.public_ip_id":      inside("public_ip", "id"),
	"vmHistoryList.id":                func(_ *rows, _ map[string]any, id int64) any { return float64(id) },
}

// noField are filters on what no record has.
var noField = map[string]bool{"ipAddressList.ping": true, "ipAddressList.scan": true}

// byNumber are names whose values are ordered as addresses and not as texts, beside
// the filters on gateways, which compare so too.
var byNumber = map[string]bool{
	"allocationList.address_range": true, "subnetList.address_range": true, "ipAddressList.address": true, "subnetList.gateway": true,
	"cixBlacklistList.cidr": true, "cixWhitelistList.cidr": true, "poolIpList.ip_address": true, "interfaceList.ip_address": true,
}

func inside(outer, name string) func(*rows, map[string]any, int64) any {
	return func(_ *rows, e map[string]any, _ int64) any {
		m, _ := e[outer].(map[string]any)
		return m[name]
	}
}

// column reads what a row says that its record does not.
func column[T any](of func(*T) any) func(*rows, map[string]any, int64) any {
	return func(r *rows, _ map[string]any, id int64) (v any) {
		r.t.Helper()
		if err := r.DB.Read(r.t.Context(), func(tx *store.Tx) error {
			row, err := store.GetAny[T](tx, id)
			if err == nil {
				v = of(row)
			}
			return err
		}); err != nil {
			r.t.Fatal(err)
		}
		return v
	}
}

// Every list that is built, on both engines, for callers of all kinds: each filter
// with each operator, kept and excluded, each order in both directions, and pages
// of them give what section 5 of the contract says of the records that the whole
// list shows, evaluated here without a database. What does not belong to a list is
// skipped with a warning, and what cannot be compared is refused with its code.
func TestEveryList(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			r := newRows(t, engine, 92)
			r.fill(24)
			for _, o := range builtLists(r.world) {
				r.every(o)
			}
		})
	}
}

// A page of many asks the database no more often than a page of few: no element is
// asked about by itself.
func TestPagesAskAlike(t *testing.T) {
	dsn, count := pgtest.Counted(t, pgtest.New(t))
	r := rowsOn(t, store.Options{DSN: dsn}, 93)
	r.fill(24)
	compared := map[string]bool{}
	for _, o := range builtLists(r.world) {
		asked := func(limit string) (statements int64, elements int) {
			r.ask(somebody(o), o, url.Values{"limit": {limit}}) // the first of its kind is prepared
			count.Since()
			elements = len(r.ask(somebody(o), o, url.Values{"limit": {limit}}).Content)
			statements, _ = count.Since()
			return statements, elements
		}
		few, some := asked("3")
		many, all := asked("100")
		if all-some < 6 {
			continue
		}
		if compared[o.ID] = true; few == 0 || many-few >= int64(all-some)/2 {
			t.Errorf("%s asks %d times for %d elements and %d times for %d", o.ID, few, some, many, all)
		}
	}
	if !compared["projectList"] || !compared["vmList"] || !compared["virtualRouterList"] {
		t.Errorf("only %v were compared", compared)
	}
}

// builtLists are the lists of the dialect.
func builtLists(w *world) []op.Spec {
	var lists []op.Spec
	for _, o := range wirespec.Operations {
		if slices.Contains(w.api.Router().Built(), o.ID) && o.Method == http.MethodGet && slices.Contains(o.Query, "order") {
			lists = append(lists, o)
		}
	}
	return lists
}

// pathTo is where a list is found.
func (r *rows) pathTo(o op.Spec) string {
	path := strings.ReplaceAll(o.Path, "{vm_id}", fmt.Sprint(r.vm))
	if strings.Contains(path, "{") {
		r.t.Fatalf("%s is a list below something: say here below what", o.ID)
	}
	if o.App == "membership" {
		return "m:" + path
	}
	return path
}

// listed is an answer of a list.
type listed struct {
	Content  []map[string]any
	Metadata struct {
		Page, Limit  int
		Order        string
		TotalRecords int      `json:"total_records"`
		Warnings     []string `json:"warnings"`
	} `json:"_metadata"`
}

func (r *rows) ask(who string, o op.Spec, q url.Values) listed {
	r.t.Helper()
	a := r.call(who, "GET", r.pathTo(o)+"?"+q.Encode(), nil).is(200)
	var out listed
	if err := json.Unmarshal(a.body, &out); err != nil {
		r.t.Fatalf("%s: %s: %v", a.what, a.body, err)
	}
	return out
}

// whole reads all pages of a list in its default order.
func (r *rows) whole(who string, o op.Spec) []*element {
	r.t.Helper()
	var all []*element
	for page := 0; ; page++ {
		got := r.ask(who, o, url.Values{"limit": {"100"}, "page": {strconv.Itoa(page)}})
		for _, e := range got.Content {
			id, known := e["id"].(float64)
			if cidr, ok := e["cidr"].(string); ok && !known { // named by their range
				id = float64(r.feeds[strings.Trim(o.Path, "/")+cidr])
			}
			all = append(all, &element{e, int64(id), map[string][]any{}})
		}
		if len(got.Content) < 100 {
			break
		}
	}
	if o.ID == "vmHistoryList" { // shows no ids
		r.events(who, all)
	}
	for _, name := range namesOf(o) {
		for _, e := range all {
			if find := notShown[o.ID+"."+name]; find != nil {
				e.values[name] = several(find(r, e.shown, e.id))
			} else {
				e.values[name] = reach(e.shown, strings.Split(name, "__"))
			}
		}
	}
	return all
}

// events gives histories their ids: newest first, and of two at one time the later
// one first. That the records are those of the rows is checked.
func (r *rows) events(who string, all []*element) {
	r.t.Helper()
	var found []*cloud.Event
	if err := r.DB.Read(r.t.Context(), func(tx *store.Tx) (err error) {
		found, err = store.Find[cloud.Event](tx, cloud.Where(cloud.Eq("kind", "server"), cloud.Ne("state", 0)))
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	if who != "root" {
		ann := r.users[who]
		found = slices.DeleteFunc(found, func(e *cloud.Event) bool {
			return ann.Robot && e.RegionID != ann.SiteID || !ann.Robot && (e.MemberID != ann.MemberID || !ann.Global && e.SiteID != ann.SiteID)
		})
	}
	slices.SortFunc(found, func(a, b *cloud.Event) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	if len(found) != len(all) {
		r.t.Fatalf("%s sees %d histories, there are %d", who, len(all), len(found))
	}
	for i, e := range found {
		all[i].id = e.ID
		if at, _ := stampOf(all[i].shown["created"].(string)); !at.Equal(e.At) || all[i].shown["vm_id"] != float64(e.ObjectID) ||
			all[i].shown["state"] != float64(e.State) {
			r.t.Fatalf("history %d is %v, want %+v", i, all[i].shown, e)
		}
	}
}

func namesOf(o op.Spec) []string {
	names := slices.Clone(o.Orders)
	for _, f := range o.Filters {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// reach follows a name into a record. nil: there is no such place.
func reach(v any, path []string) []any {
	if list, ok := v.([]any); ok {
		out := []any{}
		for _, e := range list {
			out = append(out, reach(e, path)...)
		}
		return several(out)
	}
	if len(path) == 0 {
		return []any{v}
	}
	m, ok := v.(map[string]any)
	if !ok {
		return []any{nil}
	}
	if below, ok := m[path[0]]; ok {
		return reach(below, path[1:])
	}
	return nil
}

// several are the values to look at: those of a list, or nothing.
func several(v any) []any {
	list, ok := v.([]any)
	switch {
	case !ok:
		return []any{v}
	case len(list) == 0:
		return []any{nil}
	}
	return list
}

// every asks one list everything.
func (r *rows) every(o op.Spec) {
	r.t.Helper()
	tried, parted := 0, map[string]bool{}
	for _, who := range []string{"root", "ann", "gina", "rob"} {
		if a := r.call(who, "GET", r.pathTo(o), nil); a.code == http.StatusForbidden && (who == "rob" || ofRegions[o.ID]) {
			continue // below something in another region, or of no region at all
		}
		all := r.whole(who, o)
		if who == "ann" {
			for _, e := range all {
				if sees, known := r.sees[o.ID][e.id]; known && !sees {
					r.t.Errorf("%s shows ann %d, which is gone or somebody else's: %v", o.ID, e.id, e.shown)
				}
			}
			for id, sees := range r.sees[o.ID] {
				if sees && !slices.ContainsFunc(all, func(e *element) bool { return e.id == id }) {
					r.t.Errorf("%s hides %d from ann", o.ID, id)
				}
			}
		}
		if who == "root" && len(all) < 2 {
			r.t.Errorf("%s shows %d records: rows.fill has to make more of them", o.ID, len(all))
			return
		}
		p := plain{o, all}
		for _, f := range o.Filters {
			for _, q := range r.filters(p, f) {
				if who != "root" && r.rng.IntN(6) > 0 {
					continue
				}
				tried++
				n := r.compare(who, p, q)
				parted[f.Name] = parted[f.Name] || n > 0 && n < len(all)
			}
		}
		for range 20 {
			tried++
			r.compare(who, p, r.mixed(p))
		}
		if who == "root" {
			r.strange(who, p)
		}
	}
	for _, f := range o.Filters {
		if !parted[f.Name] && !noField[o.ID+"."+f.Name] {
			r.t.Errorf("%s: no filter on %s kept some records and not others: rows.fill has to make a difference", o.ID, f.Name)
		}
	}
	r.t.Logf("%s: %d filters, %d orders, %d questions", o.ID, len(o.Filters), len(o.Orders), tried)
}

// filters are all operators of a name with values of the records and others.
func (r *rows) filters(p plain, f op.Filter) []url.Values {
	var out []url.Values
	add := func(operator, value string) {
		name := f.Name
		if operator != "" {
			name += "__" + operator
		}
		out = append(out, url.Values{pick(r, "search[", "search[", "exclude[") + name + "]": {value}, "limit": {"100"}})
	}
	texts := p.samples(f.Name)
	if len(texts) == 0 { // of these records; over all of them something must be parted
		return nil
	}
	for _, operator := range append([]string{""}, operatorsOf(f)...) {
		for range 2 {
			switch a, b := pick(r, texts...), pick(r, texts...); operator {
			case "isnull":
				add(operator, pick(r, "true", "False"))
			case "in":
				add(operator, pick(r, fmt.Sprintf("[%s,%s]", a, b), fmt.Sprintf("('%s',)", a), "[]"))
			case "range":
				add(operator, fmt.Sprintf("(%s,%s)", a, b))
			case "icontains", "istartswith", "iendswith":
				add(operator, r.part(a))
			case "iexact":
				add(operator, pick(r, a, strings.ToUpper(a), strings.ToLower(a)))
			default:
				add(operator, a)
			}
		}
	}
	return out
}

// operatorsOf is section 5 of the contract.
func operatorsOf(f op.Filter) []string {
	switch f.Kind {
	case op.NumberOps:
		return []string{"gt", "gte", "in", "isnull", "lt", "lte", "range"}
	case op.StringOps:
		return []string{"in", "icontains", "iendswith", "iexact", "istartswith"}
	}
	return f.Ops
}

// part is a piece of a text as somebody types it.
func (r *rows) part(text string) string {
	letters := []rune(text)
	from := r.rng.IntN(len(letters) + 1)
	if text = strings.TrimSpace(string(letters[from:min(len(letters), from+1+r.rng.IntN(4))])); text == "" {
		text = "e"
	}
	return pick(r, text, strings.ToUpper(text), strings.ToLower(text), text+pick(r, "x", "%"))
}

// mixed is a page in some order with a few filters.
func (r *rows) mixed(p plain) url.Values {
	q := url.Values{"order": {pick(r, "", "-") + pick(r, p.o.Orders...)}}
	if r.rng.IntN(4) == 0 {
		q.Del("order")
	}
	q.Set("limit", pick(r, "1", "7", "50", "100"))
	q.Set("page", pick(r, "0", "1", "2", "3"))
	for range r.rng.IntN(3) {
		if some := r.filters(p, pick(r, p.o.Filters...)); len(some) > 0 {
			maps.Copy(q, pick(r, some...))
		}
	}
	return q
}

// compare asks and evaluates; it gives how many records fit.
func (r *rows) compare(who string, p plain, q url.Values) int {
	r.t.Helper()
	want := p.fit(r.t, q)
	p.sort(r.t, want, q)
	total := len(want)
	limit, page := 50, 0
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		limit = n
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil {
		page = n
	}
	want = want[min(len(want), page*limit):]
	want = want[:min(len(want), limit)]
	warnings := 0
	if r.rng.IntN(6) == 0 {
		q, warnings = bare(q)
	}
	got := r.ask(who, p.o, q)
	same := len(got.Content) == len(want)
	for i := 0; same && i < len(want); i++ {
		same = sameTree(got.Content[i], want[i].shown)
	}
	if !same || got.Metadata.TotalRecords != total || len(got.Metadata.Warnings) != warnings {
		a, b := []string{}, []string{}
		for _, e := range got.Content {
			a = append(a, fmt.Sprint(e["id"], e["name"]))
		}
		for _, e := range want {
			b = append(b, fmt.Sprint(e.id, e.shown["name"]))
		}
		text, _ := url.QueryUnescape(q.Encode())
		r.t.Errorf("%s %s?%s: %d records %v\n got %q\nwant %d records\n     %q", who, p.o.Path, text, got.Metadata.TotalRecords,
			got.Metadata.Warnings, a, total, b)
	}
	return total
}

// bare is the old form of filters, which is warned of once.
func bare(q url.Values) (old url.Values, warnings int) {
	old = url.Values{}
	for key, v := range q {
		word, name, ok := strings.Cut(strings.TrimSuffix(key, "]"), "[")
		switch {
		case !ok:
			old[key] = v
			continue
		case word == "exclude":
			name = "exclude__" + name
		}
		old[name], warnings = v, 1
	}
	return old, warnings
}

func sameTree(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// strange asks with what does not belong to the list.
func (r *rows) strange(who string, p plain) {
	r.t.Helper()
	own := namesOf(p.o)
	var foreign []string
	for _, o := range wirespec.Operations {
		foreign = append(foreign, namesOf(o)...)
	}
	slices.Sort(foreign)
	foreign = slices.DeleteFunc(slices.Compact(foreign), func(n string) bool { return slices.Contains(own, n) })
	whole := r.ask(who, p.o, url.Values{"limit": {"100"}})
	skipped := func(q url.Values) {
		r.t.Helper()
		q.Set("limit", "100")
		got := r.ask(who, p.o, q)
		warnings := 1 + len(q["order"])
		if len(got.Metadata.Warnings) != warnings || !sameTree(got.Content, whole.Content) || got.Metadata.Order != whole.Metadata.Order {
			r.t.Errorf("%s?%s: %d records, order %s, warnings %v", p.o.Path, q.Encode(), len(got.Content), got.Metadata.Order, got.Metadata.Warnings)
		}
	}
	for i, name := range foreign { // a few of four hundred
		if i%9 == r.rng.IntN(9) {
			skipped(url.Values{pick(r, "search[", "exclude[") + name + pick(r, "", "__in", "__gt") + "]": {"1"}, "order": {pick(r, "", "-") + name}})
		}
	}
	for _, f := range p.o.Filters {
		for _, operator := range []string{
			"gt", "gte", "in", "isnull", "lt", "lte", "range", "icontains", "iendswith", "iexact", "istartswith",
			"regex",
		} {
			if !slices.Contains(operatorsOf(f), operator) {
				skipped(url.Values{"search[" + f.Name + "__" + operator + "]": {"1"}})
			}
		}
		if p.kind(f.Name) == "text" {
			continue
		}
		path := r.pathTo(p.o) + "?" + url.Values{pick(r, "search[", "exclude[") + f.Name + "]": {"no value"}}.Encode()
		a := r.call(who, "GET", path, nil).is(400)
		if got := a.codes()[""]; !slices.Contains(p.o.Errors, got) || !strings.HasSuffix(got, "_list_001") && !strings.Contains(got, "_list_") {
			r.t.Errorf("%s: %s", a.what, a.body)
		}
	}
}

// A thousand values in the lists of a request are looked for, more are refused
// under the list's own code: in one list or in several, kept or excluded, looked at
// by the store or in Go.
func TestLongListsOfValues(t *testing.T) {
	r := newRows(t, store.SQLite, 3)
	r.fill(4)
	ids := func(n int) string { return "[" + strings.Join(words("%d", make([]int64, n)), ",") + "]" }
	for _, o := range builtLists(r.world) {
		name := "id"
		switch o.ID {
		case "vmHistoryList":
			name = "storage_histories__storage_id"
		case "cixBlacklistList", "cixWhitelistList":
			name = "cidr"
		}
		for lists, want := range map[[2]int]int{{1000, 0}: 200, {1001, 0}: 400, {0, 1001}: 400, {500, 500}: 200, {600, 401}: 400} {
			q := url.Values{"search[" + name + "__in]": {ids(lists[0])}, "exclude[" + name + "__in]": {ids(lists[1])}}
			a := r.call(somebody(o), "GET", r.pathTo(o)+"?"+q.Encode(), nil)
			if a.code != want || want == 400 && !slices.Contains(o.Errors, a.codes()[""]) {
				t.Errorf("%s with lists of %v: %d %.300s", o.ID, lists, a.code, a.body)
			}
		}
	}
}

// plain evaluates a list without a database.
type plain struct {
	o   op.Spec
	all []*element
}

// kind is what the values of a name are.
func (p plain) kind(name string) string {
	if name == "gateway" {
		return "address"
	}
	kind := ""
	for _, e := range p.all {
		for _, v := range e.values[name] {
			switch v := v.(type) {
			case float64:
				kind = "number"
			case bool:
				kind = "truth"
			case time.Time:
				return "moment"
			case string:
				if _, ok := stampOf(v); !ok {
					return "text"
				}
				kind = "moment"
			}
		}
	}
	return kind
}

// stampOf reads a time as records show it.
func stampOf(text string) (time.Time, bool) {
	t, err := time.Parse("2006-01-02T15:04:05.999999", text)
	return t, err == nil
}

// samples are values as they are sent, without those that a list of values in
// brackets could not hold.
func (p plain) samples(name string) []string {
	var out []string
	for _, e := range p.all {
		for _, v := range e.values[name] {
			switch v := v.(type) {
			case float64:
				out = append(out, fmt.Sprint(v))
			case bool:
				out = append(out, strings.ToUpper(fmt.Sprint(v)[:1])+fmt.Sprint(v)[1:])
			case time.Time:
				out = append(out, v.Format("2006-01-02T15:04:05.999999"))
			case string:
				if v = strings.TrimSpace(v); v != "" && !strings.ContainsAny(v, "[](){}'\",") {
					out = append(out, v)
				}
			}
		}
	}
	switch p.kind(name) {
	case "number":
		out = append(out, "0", "5", "77777", "-1", "true")
	case "moment":
		out = append(out, "2026-01-02", "2026-01-0201:04:05")
	case "text":
		out = append(out, "nothing like it")
	case "address":
		out = append(out, "10.1.0.1", "2001:DB8::1")
	}
	return out
}

// read is a value as it was sent.
func read(t *testing.T, kind, text string) any {
	t.Helper()
	switch kind {
	case "number":
		if text == "true" {
			return 1.0
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return f
	case "truth":
		return text == "True"
	case "address":
		a, err := netip.ParseAddr(text)
		if err != nil {
			t.Fatal(err)
		}
		return netip.PrefixFrom(a, a.BitLen())
	case "moment":
		for _, form := range []string{"2006-01-02T15:04:05.999999", "2006-01-02", "2006-01-0215:04:05"} {
			if at, err := time.Parse(form, text); err == nil {
				return at
			}
		}
		t.Fatal(text)
	}
	return text
}

// order compares two values; nothing comes before everything.
func order(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(truthOf(a != nil), truthOf(b != nil))
	}
	switch a := a.(type) {
	case float64:
		return cmp.Compare(a, b.(float64))
	case bool:
		return cmp.Compare(truthOf(a), truthOf(b.(bool)))
	case time.Time:
		return a.Compare(b.(time.Time))
	case netip.Prefix: // an address counts as one of IPv6
		x, y := a.Masked().Addr().As16(), b.(netip.Prefix).Masked().Addr().As16()
		return cmp.Or(bytes.Compare(x[:], y[:]), a.Bits()-b.(netip.Prefix).Bits())
	}
	return strings.Compare(a.(string), b.(string))
}

func truthOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// as turns times that are shown as text into times, and addresses into such.
func as(kind string, v any) any {
	if s, ok := v.(string); ok && kind == "address" {
		if p, err := netip.ParsePrefix(s); err == nil {
			return p
		}
		a := netip.MustParseAddr(s)
		return netip.PrefixFrom(a, a.BitLen())
	}
	if s, ok := v.(string); ok && kind == "moment" {
		t, _ := stampOf(s)
		return t
	}
	return v
}

// fit is which records the filters leave, in the order of the whole list.
func (p plain) fit(t *testing.T, q url.Values) []*element {
	t.Helper()
	out := slices.Clone(p.all)
	for key := range q {
		word, rest, ok := strings.Cut(key, "[")
		if !ok {
			continue
		}
		name, operator := strings.TrimSuffix(rest, "]"), ""
		if !slices.Contains(namesOf(p.o), name) {
			i := strings.LastIndex(name, "__")
			name, operator = name[:i], name[i+2:]
		}
		kind := p.kind(name)
		out = slices.DeleteFunc(out, func(e *element) bool {
			return slices.ContainsFunc(e.values[name], func(v any) bool {
				return holds(t, kind, operator, as(kind, v),
					q.Get(key))
			}) != (word == "search")
		})
	}
	return out
}

// lower is what looking without case means: letters of ASCII.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// holds is one filter on one value.
func holds(t *testing.T, kind, operator string, v any, text string) bool {
	t.Helper()
	var list []any
	if operator == "in" || operator == "range" {
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("[]()',", r) }) {
			list = append(list, read(t, kind, strings.TrimSpace(part)))
		}
	}
	switch {
	case operator == "isnull":
		return (v == nil) == (text == "true")
	case v == nil:
		return false
	case operator == "in":
		return slices.ContainsFunc(list, func(x any) bool { return order(v, x) == 0 })
	case operator == "range":
		return order(v, list[0]) >= 0 && order(v, list[1]) <= 0
	}
	switch operator {
	case "icontains":
		return strings.Contains(lower(v.(string)), lower(text))
	case "istartswith":
		return strings.HasPrefix(lower(v.(string)), lower(text))
	case "iendswith":
		return strings.HasSuffix(lower(v.(string)), lower(text))
	case "iexact":
		return lower(v.(string)) == lower(text)
	}
	n := order(v, read(t, kind, text))
	switch operator {
	case "gt":
		return n > 0
	case "gte":
		return n >= 0
	case "lt":
		return n < 0
	case "lte":
		return n <= 0
	}
	return n == 0
}

// sort orders by the value, then by id, both in the direction that was asked for.
func (p plain) sort(t *testing.T, list []*element, q url.Values) {
	t.Helper()
	name, desc := strings.CutPrefix(q.Get("order"), "-")
	if name == "" {
		name, desc = p.o.Orders[0], p.o.ID == "vmHistoryList" // newest first (section 22)
	}
	kind := p.kind(name)
	if byNumber[p.o.ID+"."+name] {
		kind = "address"
	}
	slices.SortFunc(list, func(a, b *element) int {
		n := cmp.Or(order(as(kind, a.values[name][0]), as(kind, b.values[name][0])), cmp.Compare(a.id, b.id))
		if desc {
			return -n
		}
		return n
	})
}

package oneandone

import (
	"net/url"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

func TestLogs(t *testing.T) {
	w := newWorld(t)
	s := parse[oneandone.Server](w.call("POST", "/servers", w.serverBody("web")).want(202))
	w.pass(7 * time.Second)
	find := func(query string) []oneandone.Log {
		t.Helper()
		return parse[[]oneandone.Log](w.call("GET", "/logs?period=LAST_HOUR"+query, nil).want(200))
	}
	running := find("")
	if len(running) != 1 { // project and router are hidden
		t.Fatalf("%+v", running)
	}
	if l := running[0]; l.EndDate != nil || l.Status.Percent == nil || *l.Status.Percent < 1 || *l.Status.Percent > 99 ||
		l.Duration != 7 || l.Resource.ID != s.ID || *l.Resource.Name != "web" || l.User.Name != "user-11" {
		t.Errorf("%+v", l)
	}
	w.settle()
	l := parse[oneandone.Log](w.call("GET", "/logs/"+running[0].ID, nil).want(200))
	if l.EndDate == nil || *l.EndDate != "2026-03-04T05:06:14+00:00" || l.Status.State != "OK" ||
		l.Status.Percent != nil || l.Action != "CREATE" || l.Type != "VM" || l.StartDate != "2026-03-04T05:06:07+00:00" {
		t.Errorf("%+v", l)
	}
	w.call("POST", "/ssh_keys", `{"name":"k"}`).want(201)
	w.call("POST", "/public_ips", nil).want(201)
	if got := find("&sort=type&fields=type"); len(got) != 3 ||
		got[0].Type != "PUBLICIP" || got[1].Type != "SSHKEY" || got[2].Type != "VM" || got[0].ID != "" {
		t.Errorf("%+v", got)
	}
	if got := find("&q=sshkey"); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	if got := find("&page=2&per_page=2&sort=-start_date"); len(got) != 1 || got[0].ID != l.ID {
		t.Errorf("%+v", got)
	}
	// What gave up says so and why.
	w.write(func(tx *store.Tx) error {
		ends, err := store.Find[cloud.Event](tx, cloud.Where(cloud.Eq("kind", "server"), cloud.Eq("end", true)))
		if err != nil {
			return err
		}
		ends[0].Failed, ends[0].Reason = true, "no room"
		return store.Update(tx, ends[0])
	})
	if l := parse[oneandone.Log](w.call("GET", "/logs/"+l.ID, nil)); l.Status.State != "ERROR" ||
		l.Details.(map[string]any)["reason"] != "no room" {
		t.Errorf("%+v", l)
	}
	w.call("GET", "/logs/"+unknown, nil).fails(404, "NOT_FOUND", unknown)
	w.call("GET", "/logs/7", nil).fails(404, "NOT_FOUND", "7")
}

// A hidden operation cannot be read by its id either.
func TestHiddenLogs(t *testing.T) {
	w := newWorld(t)
	w.create("web")
	var hidden []*cloud.Event
	err := w.db.Read(t.Context(), func(tx *store.Tx) (err error) {
		hidden, err = store.Find[cloud.Event](tx, cloud.Where(cloud.Eq("end", false), cloud.In("kind", []string{"project", "router"})))
		return err
	})
	if err != nil || len(hidden) == 0 {
		t.Fatal(hidden, err)
	}
	for _, e := range hidden {
		w.call("GET", "/logs/"+e.Operation.String(), nil).fails(404, "NOT_FOUND", "")
	}
}

func TestLogWindow(t *testing.T) {
	w := newWorld(t)
	start := w.clock().Truncate(time.Second)
	for range 5 { // at 0, 1, ... 4 hours
		w.call("POST", "/public_ips", nil).want(201)
		w.pass(time.Hour)
	}
	at := func(h int, zone string) string {
		if zone == "" {
			return start.Add(time.Duration(h) * time.Hour).Add(890 * time.Millisecond).Format(time.RFC3339Nano)
		}
		z, err := time.Parse("-07:00", zone)
		if err != nil {
			t.Fatal(err)
		}
		return start.Add(time.Duration(h) * time.Hour).Add(890 * time.Millisecond).In(z.Location()).Format(time.RFC3339Nano)
	}
	custom := func(from, to string) string {
		return url.Values{"period": {"CUSTOM"}, "start_date": {from}, "end_date": {to}}.Encode()
	}
	for query, want := range map[string]int{
		"period=LAST_HOUR":                                     1, // both ends are inside: exactly one hour ago counts
		"period=LAST_24H":                                      5,
		"period=LAST_7D":                                       5,
		"period=LAST_30D":                                      5,
		"period=LAST_365D":                                     5,
		"&period=LAST_24H&q=&sort=":                            5,
		custom(at(1, ""), at(3, "")):                           3,
		custom(at(2, ""), at(2, "")):                           1, // start = end = the time of one entry
		custom(at(1, "+02:00"), at(2, "-03:30")):               2,
		custom("2026-04-03T00:00:00Z", "2026-04-04T00:00:00Z"): 0,
		custom("2026-18-02T00:00:00Z", "2026-19-03T00:05:00Z"): 5, // day and month swapped
	} {
		if got := parse[[]oneandone.Log](w.call("GET", "/logs?"+query, nil).want(200)); len(got) != want {
			t.Errorf("%s: %d entries, want %d", query, len(got), want)
		}
	}
	for query, text := range map[string]string{
		"":                             "period",
		"period=":                      "period",
		"period=LAST_WEEK":             "LAST_HOUR",
		"period=CUSTOM":                "start_date",
		"period=CUSTOM&start_date=x":   "end_date",
		custom("yesterday", at(1, "")): "start_date",
		custom(at(2, ""), at(1, "")):   "end_date",
	} {
		w.call("GET", "/logs?"+query, nil).fails(400, "VALIDATION_ERROR", text)
	}
}

// How far something is is told of servers, and not of what has the same number.
func TestLogPercent(t *testing.T) {
	for kind, want := range map[string]int{"server": 40, "network": 1, "policy": 1} {
		o := &control.Operation{Start: &cloud.Event{Kind: kind, ObjectID: 7}}
		if got := logEntry(o, map[int64]int{7: 40}, time.Now()).Status.Percent; got == nil || *got != want {
			t.Errorf("%s: %v, want %d", kind, got, want)
		}
	}
}

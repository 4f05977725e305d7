package oneandone

import (
	"errors"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

func TestWindow(t *testing.T) {
	now := time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)
	for query, want := range map[string]string{
		"period=LAST_HOUR": "2026-05-06T11:00:00Z 2026-05-06T12:00:00Z",
		"period=LAST_7D":   "2026-04-29T12:00:00Z 2026-05-06T12:00:00Z",
		"period=CUSTOM&start_date=2015-05-06T08:33:25%2B02:00&end_date=2015-05-06T08:33:25Z":    "2015-05-06T06:33:25Z 2015-05-06T08:33:25Z",
		"period=CUSTOM&start_date=2015-05-06T08:33:25.5Z&end_date=2015-05-06T08:33:25.5Z":       "2015-05-06T08:33:25Z 2015-05-06T08:33:25Z",
		"period=CUSTOM&start_date=2015-05-06T08:33:25+00:00&end_date=2015-05-06T08:33:25+00:00": "2015-05-06T08:33:25Z 2015-05-06T08:33:25Z",
		"period=CUSTOM&start_date=2016-19-05T00:05:00Z&end_date=2016-20-05T00:05:00Z":           "2016-05-19T00:05:00Z 2016-05-20T00:05:00Z",
		"":                 "period",
		"period=":          "period",
		"period=YESTERDAY": "period",
		"period=CUSTOM":    "many",
		"period=CUSTOM&start_date=2016-01-01T00:00:00Z":                               "end_date",
		"period=CUSTOM&start_date=2016-13-13T00:00:00Z&end_date=2016-01-01T00:00:00Z": "start_date",
		"period=CUSTOM&start_date=x&end_date=2016-01-01T00:00:00Z":                    "start_date",
		"period=CUSTOM&start_date=2017-01-01T00:00:00Z&end_date=2016-01-01T00:00:00Z": "start_date",
	} {
		ask(t, query, func(r *wire.Request) {
			w, err := parseWindow(r, now)
			got := w.From.UTC().Format(time.RFC3339) + " " + w.To.UTC().Format(time.RFC3339)
			var e *cloud.Error
			if errors.As(err, &e) {
				if got = e.Field; got == "" {
					got = e.Code
				}
			}
			if got != want {
				t.Errorf("%s: %s, %v; want %s", query, got, err, want)
			}
		})
	}
}

func FuzzDate(f *testing.F) {
	f.Add("2016-19-05T00:05:00Z")
	f.Add("2015-05-06T08:33:25 00:00")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = parseDate(text) })
}

// What a log entry shows as its start finds it: a bound is as exact as it is written.
func TestWindowOfOneSecond(t *testing.T) {
	w := newWorld(t)
	w.create("web")
	all := parse[[]oneandone.Log](w.call("GET", "/logs?period=LAST_HOUR", nil).want(200))
	if len(all) == 0 {
		t.Fatal("no log")
	}
	for _, l := range all {
		at := url.QueryEscape(l.StartDate)
		found := parse[[]oneandone.Log](w.call("GET", "/logs?period=CUSTOM&start_date="+at+"&end_date="+at, nil).want(200))
		if !slices.ContainsFunc(found, func(f oneandone.Log) bool { return f.ID == l.ID }) {
			t.Errorf("%s is not found at %s: %d others", l.Action, l.StartDate, len(found))
		}
	}
}

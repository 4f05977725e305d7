package oneandone

import (
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// window is the time span of 1&1 logs, usages and measurements; both ends are
// inside.
type window struct {
	Period   string // as asked for: LAST_HOUR ... CUSTOM
	From, To time.Time
}

// periods and how far they reach back.
var periods = map[string]time.Duration{
	"LAST_HOUR": time.Hour,
	"LAST_24H":  24 * time.Hour,
	"LAST_7D":   7 * 24 * time.Hour,
	"LAST_30D":  30 * 24 * time.Hour,
	"LAST_365D": 365 * 24 * time.Hour,
}

// parseWindow reads period, start_date and end_date.
func parseWindow(r *wire.Request, now time.Time) (window, error) {
	text, ok := r.QueryText("period")
	if !ok {
		return window{}, cloud.Errorf(cloud.Invalid, "required", "is required").On("period")
	}
	if back, ok := periods[text]; ok {
		return window{Period: text, From: now.Add(-back), To: now}, nil
	}
	if text != "CUSTOM" {
		return window{}, cloud.Errorf(cloud.Invalid, "window.period",
			"must be one of LAST_HOUR, LAST_24H, LAST_7D, LAST_30D, LAST_365D, CUSTOM").On("period")
	}
	var p cloud.Problems
	w := window{Period: text, From: dateIn(r, "start_date", &p), To: dateIn(r, "end_date", &p)}
	if w.To.Nanosecond() == 0 { // as dates are shown: it stands for all of its second
		w.To = w.To.Add(time.Second - 1)
	}
	if err := p.Err(); err != nil {
		return window{}, err
	}
	if w.From.After(w.To) {
		return window{}, cloud.Errorf(cloud.Invalid, "window.order", "must not be after end_date").On("start_date")
	}
	return w, nil
}

func dateIn(r *wire.Request, name string, p *cloud.Problems) time.Time {
	text, ok := r.QueryText(name)
	if !ok {
		p.Add(cloud.Errorf(cloud.Invalid, "required", "is required with CUSTOM").On(name))
		return time.Time{}
	}
	t, err := parseDate(text)
	if err != nil {
		p.Add(cloud.Errorf(cloud.Invalid, "window.date", "must be a date such as 2015-05-06T08:33:25Z").On(name))
	}
	return t
}

// parseDate reads RFC 3339 with any offset. A date with day and month swapped
// (2016-19-05T00:05:00Z, a misprint of the documentation that one client copied)
// is read as year-day-month when its month is above 12. A plus sign of the offset
// that was not escaped in a query arrives as a blank.
func parseDate(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if i := strings.LastIndexByte(text, ' '); i > 10 {
		text = text[:i] + "+" + text[i+1:]
	}
	t, err := time.Parse(time.RFC3339, text)
	if err == nil {
		return t, nil
	}
	if len(text) > 10 && text[4] == '-' && text[7] == '-' && text[5:7] > "12" {
		if t, swapped := time.Parse(time.RFC3339, text[:5]+text[8:10]+"-"+text[5:7]+text[10:]); swapped == nil {
			return t, nil
		}
	}
	return time.Time{}, err
}

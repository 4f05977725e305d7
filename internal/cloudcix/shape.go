package cloudcix

import (
	"strconv"
	"strings"
	"time"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
)

// stamp is a time as section 5 wants it: UTC, microseconds, no zone letter, no
// fraction when it is zero.
func stamp(t time.Time) string {
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.Format("2006-01-02T15:04:05")
	}
	hour, minute, second := t.Clock()
	// Not by its own Format: a page has a thousand of them.
	b := []byte("0000-00-00T00:00:00.000000")
	digits(b[0:4], year)
	digits(b[5:7], int(month))
	digits(b[8:10], day)
	digits(b[11:13], hour)
	digits(b[14:16], minute)
	digits(b[17:19], second)
	micro := t.Nanosecond() / 1000
	if micro == 0 {
		return string(b[:19])
	}
	digits(b[20:], micro)
	return string(b)
}

// digits puts a number over zeros.
func digits(zeros []byte, n int) {
	for i := len(zeros) - 1; n > 0; i-- {
		zeros[i] = byte('0' + n%10)
		n /= 10
	}
}

// whenForms are the spellings of a time that filters take.
var whenForms = []string{
	"2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z07:00", "2006-01-0215:04:05.999999999",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02",
}

// parseStamp reads a time of a filter. Clients take all spaces out of values, so
// date and time may touch.
func parseStamp(s string) (time.Time, bool) {
	for _, form := range whenForms {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 0 && t.Year() < 10000 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// gigabytes shows memory: whole GB, rounded up (R11).
func gigabytes(mib int) int64 { return int64(mib+1023) / 1024 }

// ref is an id, null for none.
func ref(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// text is a text, null when empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func ptr[T any](v T) *T { return &v }

// uri is the path of a record below the application.
func uri(service string, id int64) string {
	return "/" + service + "/" + strconv.FormatInt(id, 10) + "/"
}

// guid shows an identity in the form of a UUID.
func guid(u cloud.UID) string {
	h := u.Hex()
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// positive reads the digits of an id.
func positive(s string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return n, err == nil && n > 0
}

// content wraps a single record.
func content[T any](v T) wirespec.Content[T] { return wirespec.Content[T]{Content: v} }

// page wraps a list.
func page[T any](items []T, l searchList, total int64) wirespec.Page[T, wirespec.ListMetadata] {
	if items == nil {
		items = []T{}
	}
	return wirespec.Page[T, wirespec.ListMetadata]{Content: items, Metadata: wirespec.ListMetadata{
		Page: int64(l.Page), Limit: int64(l.Limit), Order: l.OrderText(), TotalRecords: total, Warnings: l.Warnings,
	}}
}

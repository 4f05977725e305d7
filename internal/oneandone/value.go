package oneandone

import (
	"math"
	"strconv"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// limits is what may be sent (contract, section 8). Disks go in steps of 10
// although 20 is documented: tests of three clients use 30 and 50.
var limits = cloud.Limits{
	NameMax: 128, Description: 256,
	VCPUMin: 1, VCPUMax: 16,
	RAMMin: 512, RAMMax: 128 * 1024, RAMStep: 512,
	DiskMin: 20, DiskMax: 2000, DiskStep: 10,
}

// Limits that only this dialect has.
const (
	passwordMin = 8
	passwordMax = 64
)

// date prints a time as the contract wants it: no fraction, no Z.
func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-07:00") }

// never is the date of what has no end (R10).
const never = "9999-12-31T00:00:00+00:00"

// textOrNull is null for text that is not there.
func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func intOrNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func ptr[T any](v T) *T { return &v }

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// panelID is the short code of the vendor's panel: derived, no column.
func panelID(u cloud.UID) string { return u.String()[:7] }

// gigabytes shows MiB as GB; every multiple of 512 is exact.
func gigabytes(mib int) float64 { return float64(mib) / 1024 }

// far is what amounts beyond all limits become, so that no conversion overflows.
const far = 1 << 30

// mebibytes reads GB. A size that is no whole number of MiB becomes an odd one,
// which no step allows.
func mebibytes(gb float64) int {
	mib := int(math.Floor(min(max(gb, -far/1024), far/1024) * 1024))
	if float64(mib) != gb*1024 {
		mib |= 1
	}
	return mib
}

// memory reads an optional amount of GB, and how it was sent.
func memory(o wire.Object, p *cloud.Problems, name string) (mib int, sent string) {
	gb := o.Float(p, name)
	if gb == nil {
		return 0, ""
	}
	return mebibytes(*gb), strconv.FormatFloat(*gb, 'g', -1, 64)
}

// whole reads an optional whole number; 0 and absent are the same (Go client).
func whole(o wire.Object, p *cloud.Problems, name string) int {
	n := o.Int(p, name)
	if n == nil {
		return 0
	}
	return int(min(max(*n, math.MinInt), math.MaxInt))
}

// text reads optional text; "" and absent are the same.
func text(o wire.Object, p *cloud.Problems, name string) string {
	if s := o.String(p, name); s != nil {
		return *s
	}
	return ""
}

// required reads text that must be there.
func required(o wire.Object, p *cloud.Problems, name string) string {
	s := o.String(p, name)
	if (s == nil || *s == "") && !p.Has(o.Get(name).At()) {
		p.Add(cloud.Errorf(cloud.Invalid, "required", "is required").On(o.Get(name).At()))
		return ""
	}
	if s == nil {
		return ""
	}
	return *s
}

// oneOf reads optional text out of an enumeration; def when it is absent.
func oneOf(o wire.Object, p *cloud.Problems, name, def string, allowed ...string) string {
	s := o.String(p, name)
	if s == nil {
		return def
	}
	for _, a := range allowed {
		if *s == a {
			return a
		}
	}
	p.Add(cloud.Errorf(cloud.Invalid, "enum", "must be one of %v, not %q", allowed, *s).On(o.Get(name).At()))
	return def
}

// boolean reads an optional truth value. Text is none in a body; only queries
// carry it so.
func boolean(o wire.Object, p *cloud.Problems, name string) *bool {
	v := o.Get(name)
	if v.Given() && v.Kind() != wire.Bool {
		p.Add(cloud.Errorf(cloud.Invalid, "type.boolean", "must be true or false").On(v.At()))
		return nil
	}
	return o.Bool(p, name)
}

// maximum complains about text that is too long, counted in characters.
func maximum(p *cloud.Problems, field, s string, limit int) {
	if n := len([]rune(s)); n > limit {
		p.Add(cloud.Errorf(cloud.Invalid, field+".long", "has %d characters, at most %d are allowed", n, limit).On(field))
	}
}

// password reads an optional password. Only the length is enforced: the test
// suites of several clients use simple ones.
func password(o wire.Object, p *cloud.Problems) string {
	s := o.String(p, "password")
	if s == nil {
		return ""
	}
	if n := len([]rune(*s)); n < passwordMin || n > passwordMax {
		p.Add(cloud.Errorf(cloud.Invalid, "password.length", "must have %d to %d characters, not %d", passwordMin, passwordMax, n).On("password"))
	}
	return *s
}

// nothing answers for an id that names nothing: malformed ids are unknown ids
// (contract, section 2), in the path and in a body.
func nothing(field, id string) *cloud.Error {
	return cloud.Errorf(cloud.NotFound, "not_found", "there is nothing with the id %q", id).On(field)
}

// pickID reads an id.
func pickID(field, id string) (control.Pick, error) {
	u, ok := cloud.ParseUID(id)
	if !ok || u.IsZero() {
		return control.Pick{}, nothing(field, id)
	}
	return control.Pick{UID: u}, nil
}

// inPath is the object that a path parameter names.
func inPath(r *wire.Request, name string) (control.Pick, error) {
	return pickID(name, r.Path(name))
}

// inBody reads an optional id of a body; an empty pick when it is absent.
func inBody(o wire.Object, p *cloud.Problems, name string) (control.Pick, error) {
	s := text(o, p, name)
	if s == "" {
		return control.Pick{}, nil
	}
	return pickID(o.Get(name).At(), s)
}

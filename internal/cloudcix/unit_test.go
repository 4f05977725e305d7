package cloudcix

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

func TestStamp(t *testing.T) {
	at := time.Date(2023, 2, 3, 10, 11, 12, 123456789, time.FixedZone("x", 3600))
	if got := stamp(at); got != "2023-02-03T09:11:12.123456" {
		t.Error(got)
	}
	rapid.Check(t, func(t *rapid.T) { // as the standard library writes it
		at := time.UnixMicro(rapid.Int64Range(-62_167_219_200_000_000, 253_402_300_799_999_999).Draw(t, "time")).UTC()
		want := strings.TrimSuffix(at.Format("2006-01-02T15:04:05.000000"), ".000000")
		if got := stamp(at); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
	if got := stamp(at.Truncate(time.Second)); got != "2023-02-03T09:11:12" {
		t.Error(got)
	}
	for text, want := range map[string]string{
		"2023-02-03T10:11:12.123456": "2023-02-03T10:11:12.123456",
		"2023-02-03T10:11:12":        "2023-02-03T10:11:12", "2023-02-03": "2023-02-03T00:00:00",
		"2023-02-0310:11:12.5": "2023-02-03T10:11:12.500000",
		"2023-02-03T10:11:12Z": "2023-02-03T10:11:12", "2023-02-03T10:11:12+02:00": "2023-02-03T08:11:12",
		"": "", "soon": "", "2023": "", "2023-13-01": "", "0000-01-01": "",
	} {
		got, ok := parseStamp(text)
		if ok != (want != "") || ok && stamp(got) != want {
			t.Errorf("%q: %s %v", text, stamp(got), ok)
		}
	}
}

func TestMemory(t *testing.T) {
	for mib, gb := range map[int]int64{0: 0, 512: 1, 1024: 1, 1025: 2, 4096: 4} {
		if got := gigabytes(mib); got != gb {
			t.Errorf("%d MiB are %d GB", mib, got)
		}
	}
}

func TestGUID(t *testing.T) {
	u, _ := cloud.ParseUID("00112233445566778899AABBCCDDEEFF")
	if got := guid(u); got != "00112233-4455-6677-8899-aabbccddeeff" {
		t.Error(got)
	}
}

func TestGroup(t *testing.T) {
	for id, want := range map[string]string{
		"vmCreate": "vm_create", "vmPartialUpdate": "vm_update", "vmHead": "vm_read", "virtualRouterUpdate": "virtual_router_update",
		"vmHistoryList": "vm_history_list", "storageTypeRead": "storage_type_read", "membershipUserList": "membership_user_list",
	} {
		if got := group(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

func TestFailureShapes(t *testing.T) {
	r := &wire.Request{HTTP: httptest.NewRequest("GET", "/", nil)}
	for _, c := range []struct {
		err    error
		status int
		body   string
	}{
		{errors.New("disk full"), 500, `{"detail":"Internal error. It was recorded."}`},
		{cloud.Errorf(cloud.Invalid, wire.NotAllowed, "not here"), 405, `{"detail":"Not here."}`},
		{cloud.Errorf(cloud.Exhausted, "x", "no room").WithFix("Add some."), 503, `{"detail":"No room. Add some."}`},
		{cloud.Errorf(cloud.NotBuilt, "x", "later"), 501, `{"detail":"Later."}`},
		{&cloud.Error{Kind: cloud.Conflict, Message: "no", Reasons: []string{"a", "b"}}, 409, `{"detail":"No (a; b)."}`},
		{fmt.Errorf("wrapped: %w", cloud.Errorf(cloud.NotFound, "x", "gone")), 404, `{"detail":"Gone."}`},
	} {
		if a := failure(r, c.err); a.Status != c.status || string(a.Body) != c.body {
			t.Errorf("%v: %d %s, want %d %s", c.err, a.Status, a.Body, c.status, c.body)
		}
	}
}

// Items keep their places, and a field is not lost to one that came first.
func TestProblems(t *testing.T) {
	r, err := wire.Parse([]byte(`{"storages": [{}, {}, {}]}`), wire.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	req := &wire.Request{HTTP: httptest.NewRequest("POST", "/", nil), Op: wirespec.CreateVM.Spec, Body: r}
	req.With(context.WithValue(t.Context(), actorKey{}, &control.Actor{}))
	f := &form{r: req, group: "vm_create"}
	if f.bad.Err() != nil || f.has("name") {
		t.Error("nothing is something")
	}
	f.item("storages", 1, "storage_create", "gb", 101, "gb")
	f.item("storages", 1, "storage_create", "name", 104, "name")
	f.item("storages", 2, "vm_create", "", 114, "object")
	f.item("storages", 2, "storage_create", "gb", 101, "not in an item that is no object")
	f.add("name", 126, "one")
	f.add("name", 127, "two")
	f.add("dns", 124, "dns")
	a := failure(req, f.bad.Join(cloud.Errorf(cloud.Invalid, "name.used", "three").On("name")))
	want := `{"detail":"Bad request.","errors":{"dns":{"detail":"dns","error_code":"iaas_vm_create_124"},` +
		`"name":{"detail":"one","error_code":"iaas_vm_create_126"},` +
		`"storages":[null,{"gb":{"detail":"gb","error_code":"iaas_storage_create_101"},` +
		`"name":{"detail":"name","error_code":"iaas_storage_create_104"}},{"detail":"object","error_code":"iaas_vm_create_114"}]}}`
	if a.Status != 400 || string(a.Body) != want {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

func TestUserdata(t *testing.T) {
	for s, want := range map[string]bool{
		"#!/bin/sh": true, "#cloud-config\na: b": true, "#include\nx": true,
		"Content-Type: x\nMIME-Version: 1.0\n": true, "hello": false, " #!": false, "x MIME-Version: ": false,
	} {
		if isUserdata(s) != want {
			t.Errorf("%q", s)
		}
	}
}

// A user who went away is forgotten, one who is busy is not.
func TestLimiterForgets(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := newLimiter(1, func() time.Time { return now }, nil)
	for user := range int64(sweepCallers) {
		l.take(user, false)
	}
	now = now.Add(2500 * time.Millisecond)
	l.take(int64(3), false)
	l.take(int64(-1), false)
	if _, again := l.take(int64(-1), false); len(l.callers) != 2 || again {
		t.Errorf("%d users are remembered", len(l.callers))
	}
}

// Only so many requests are held at a time, and each gives its place back, also
// when its caller goes away.
func TestHeldRequestsAreBounded(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	enter, leave := make(chan bool), make(chan error)
	l := newLimiter(1, func() time.Time { return now }, func(context.Context, time.Duration) error {
		enter <- true
		return <-leave
	})
	answers := make(chan bool)
	for user := range int64(maxHeld) {
		l.take(user, true)
		go func() { answers <- l.allow(t.Context(), user, true) }()
		<-enter
	}
	if l.take(int64(-1), true); l.allow(t.Context(), int64(-1), true) {
		t.Error("one more is held")
	}
	if !l.allow(t.Context(), int64(-2), true) {
		t.Error("who is not too early is refused")
	}
	for range maxHeld - 1 {
		leave <- nil
		if !<-answers {
			t.Fatal("who was held is refused")
		}
	}
	leave <- context.Canceled
	if <-answers {
		t.Error("who went away is answered")
	}
	if l.held != 0 {
		t.Errorf("%d are held still", l.held)
	}
}

// Without another clock a request is held by the machine's, for no longer than its
// caller waits.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if err := pause(t.Context(), time.Second); err != nil || time.Since(begun) != time.Second {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := pause(ctx, time.Second); err == nil {
			t.Error("nobody waits any more")
		}
	})
}

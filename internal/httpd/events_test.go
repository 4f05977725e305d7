package httpd

import (
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// An open stream looks when there is something to see, and now and then anyway;
// many idle ones ask one question together.
func TestIdleStreamsLookSeldom(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "db"), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	seal, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ctl := control.New(control.Options{DB: db, Seal: seal, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Fake: true})
	if _, err := ctl.Setup(t.Context(), control.SetupIn{Pool: "198.18.0.0/24", Inside: "100.64.0.0/16"}); err != nil {
		t.Fatal(err)
	}
	f := &front{FrontOptions: FrontOptions{Control: ctl, Recheck: time.Hour}}
	call := &control.Call{Actor: &auth.Actor{System: true}}
	mark, err := f.pulse.newest(t.Context(), ctl, call)
	if err != nil {
		t.Fatal(err)
	}
	idle := func() *feed {
		now := time.Now()
		return &feed{f: f, call: call, last: map[int64]string{}, mark: mark, looked: now, checked: now}
	}
	for range 100 {
		if idle().due(t.Context()) {
			t.Fatal("an idle stream looks though nothing is new")
		}
	}
	for name, s := range map[string]*feed{
		"a server moves": {f: f, call: call, last: map[int64]string{1: ""}, mark: mark, looked: time.Now(), checked: time.Now()},
		"one server":     {f: f, call: call, only: control.Pick{ID: 1}, mark: mark, looked: time.Now(), checked: time.Now()},
		"long ago":       {f: f, call: call, mark: mark, looked: time.Now().Add(-lookAnyway), checked: time.Now()},
		"to be asked":    {f: f, call: call, mark: mark, looked: time.Now(), checked: time.Now().Add(-time.Hour)},
	} {
		if !s.due(t.Context()) {
			t.Errorf("%s: it does not look", name)
		}
	}
	if _, err := ctl.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "ann"}); err != nil {
		t.Fatal(err)
	}
	f.pulse.at = time.Time{} // a moment later
	if !idle().due(t.Context()) {
		t.Error("it does not look though something happened")
	}
}

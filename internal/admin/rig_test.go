package admin_test

import (
	"crypto/rand"
	"log/slog"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/store"
)

// rig is the operator's verbs over a real store and control.
type rig struct {
	t     *testing.T
	db    *store.DB
	ctl   *control.Control
	admin *admin.Verbs
	cred  control.Credentials
}

func newRig(t *testing.T) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{t: t}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	r.db, err = store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "db"), NoSync: true})
	must(err)
	t.Cleanup(func() {
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
	})
	seal, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	must(err)
	log := slog.New(slog.DiscardHandler)
	r.ctl = control.New(control.Options{DB: r.db, Seal: seal, Rand: rand.Reader, Log: log, Fake: true})
	r.cred, err = r.ctl.Setup(t.Context(), control.SetupIn{Pool: "198.18.0.0/24", Inside: "100.64.0.0/16"})
	must(err)
	ca, err := hub.OpenCA(dir, rand.Reader, time.Now, nil)
	must(err)
	r.admin = &admin.Verbs{
		Control: r.ctl, Hub: hub.New(hub.Options{DB: r.db, Log: log, CA: ca}), CA: ca, DB: r.db,
		Images: image.Shelf{Dir: filepath.Join(dir, "images")}, Log: log, Audit: httpd.NewAudit(r.db, log),
	}
	return r
}

func (r *rig) write(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.db.Write(r.t.Context(), f); err != nil {
		r.t.Fatal(err)
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

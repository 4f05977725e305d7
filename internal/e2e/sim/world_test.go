package sim

import (
	"context"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

func newWorld(t *testing.T, seed uint64, hosts int) *World {
	t.Helper()
	w, err := New(t.TempDir(), seed, hosts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func (w *World) actor(t testing.TB, id int64) *auth.Actor {
	t.Helper()
	var a *auth.Actor
	err := w.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		a, err = auth.ByUserID(tx, id, a0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCreateToDelete(t *testing.T) {
	w := newWorld(t, 1, 1)
	ctx := context.Background()
	if err := w.Settle(time.Minute); err != nil {
		dump(t, w)
		t.Fatal(err)
	}
	call := &control.Call{Actor: w.actor(t, 1), Confined: true}
	var v *control.View
	keep := func(_ *control.Txn, r *control.View) (int, any, error) { v = r; return 202, nil, nil }
	_, err := w.C.CreateServer(ctx, call, control.CreateServerIn{
		Limits: cloud.Limits{
			NameMax: 128, VCPUMin: 1, VCPUMax: 16, RAMMin: 512, RAMMax: 128 << 10, RAMStep: 512, DiskMin: 20, DiskMax: 2000, DiskStep: 10,
		},
		Name: "web", Image: control.Pick{UID: w.Image.UID}, VCPU: 1, Cores: 1, RAM: 512,
		Disks: []control.DiskIn{{SizeGB: 20, Main: true}}, PublicIP: true,
	}, keep)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Settle(10 * time.Minute); err != nil {
		dump(t, w)
		t.Fatal(err)
	}
	err = w.C.Read(ctx, call, func(t *control.Txn) (err error) { v, err = t.Server(control.Pick{ID: v.ID}); return err })
	if err != nil {
		t.Fatal(err)
	}
	if !v.SeenOn || v.Open() || !v.Built || len(v.IPs) != 2 {
		t.Fatalf("server after creation: %+v", v.Server)
	}
	if _, err := w.C.DeleteServer(ctx, call, control.DeleteServerIn{Pick: control.Pick{ID: v.ID}}, keep); err != nil {
		t.Fatal(err)
	}
	if err := w.Settle(10 * time.Minute); err != nil {
		dump(t, w)
		t.Fatal(err)
	}
	if left := w.Leaks(); len(left) > 0 {
		t.Fatalf("left: %v", left)
	}
}

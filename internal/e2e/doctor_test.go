package e2e

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/store"
)

// What waits for a first host, and a host that was not heard for three minutes, is
// told by everybody, and the doctor ends with 1; all is right again when there is one.
func TestHostAwayIsTold(t *testing.T) {
	t.Parallel()
	links := freePort(t)
	c, host := New(t, bin, quick, "away-control"), New(t, bin, quick, "away-host")
	serve := c.Start("serve", "--dev", "--listen", "127.0.0.1:0", "--links", links)
	var token struct{ Token string }
	c.Admin("POST", "/hosts", map[string]any{"name": "metal"}).Is(200).Into(&token)
	// A token alone makes no host: what waits for one says so.
	c.CIX("POST", "/iaas/v1/project/", map[string]any{"region_id": c.RegionID, "name": "early"}).Is(201)
	c.wrong(t, "router", "no host of the region has joined yet", "")
	agent := c.Spawn(host.Dir, nil, "agent", "--fake", "--join", token.Token, "--control", links)
	c.hostUp("metal")
	well := func() {
		t.Helper()
		c.Until("all is well", fakeLimit, func() (bool, string) {
			out, err := c.Run(time.Minute, "doctor", "--store")
			return err == nil, out
		})
	}
	well()

	agent.Kill()
	if err := serve.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(c.Dir, "virga.db")})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(context.Background(), nil, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE host SET last_seen = last_seen - $1`, (3 * time.Minute).Microseconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c.Restart()
	c.wrong(t, "host", "the host metal was not heard since", "")

	c.Spawn(host.Dir, nil, "agent", "--fake")
	well()
}

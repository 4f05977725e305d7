package main

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/crash"
)

// A node whose database stops taking writes while it starts answers all the same, and goes
// on when it can.
func TestStartBesideAStillDatabase(t *testing.T) {
	d, err := openData(filepath.Join(t.TempDir(), "data"))
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, err := openNode(ctx, nodeOptions{data: d, listen: "127.0.0.1:0", fake: true, log: slog.New(slog.DiscardHandler)})
	must(t, err)
	var still atomic.Bool
	tried, went := make(chan struct{}, 100), make(chan struct{}, 100)
	still.Store(true)
	defer crash.Set(func(point string) error {
		switch {
		case point != "store.commit.before":
		case still.Load():
			notice(tried)
			return cloud.Errorf(cloud.Unavailable, "store.unavailable", "the database stands still")
		default:
			notice(went)
		}
		return nil
	})()
	ended := make(chan error, 1)
	go func() { ended <- n.run(ctx) }()
	within := func(what string, c <-chan struct{}) {
		t.Helper()
		select {
		case <-c:
		case err := <-ended:
			t.Fatalf("%s: it ended: %v", what, err)
		case <-time.After(time.Minute):
			t.Fatalf("%s: not within a minute", what)
		}
	}
	within("it tries to write", tried)
	client := http.Client{Timeout: time.Minute}
	res, err := client.Get("http://" + n.web.Addr().String() + "/-/health")
	if err != nil {
		t.Fatalf("a node that cannot write: %v", err)
	}
	must(t, res.Body.Close())
	still.Store(false)
	within("it writes when it can", went)
	cancel()
	must(t, <-ended)
	must(t, n.close())
}

// notice leaves a mark if there is room.
func notice(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

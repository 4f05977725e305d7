package main

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host"
)

// lockedBuffer is written by a start and read by a test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A node is ready when its own hosts were seen by this start, and not because an
// earlier one saw them; until then it says what it waits for.
func TestReadyMeansSeen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	for start := range 2 {
		d, err := openData(dir)
		must(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		n, err := openNode(ctx, nodeOptions{data: d, listen: "127.0.0.1:0", fake: true, log: slog.New(slog.DiscardHandler)})
		must(t, err)
		var all sync.WaitGroup
		all.Go(func() { _ = n.run(ctx) })
		if err := n.isReady(ctx); err == nil || !strings.Contains(err.Error(), "is starting") {
			t.Errorf("start %d, at first: %v", start, err)
		}
		row := cloud.Host{Name: "metal", Fake: true, ServerType: 2, StorageType: 2}
		h, err := n.ctl.OwnHost(ctx, row, start > 0)
		must(t, err)
		must(t, n.expect(ctx, h))
		what, err := n.awaitHosts(ctx, 50*time.Millisecond)
		if err != nil || !strings.Contains(what, "has not connected yet (metal)") {
			t.Errorf("start %d, without its host: %q, %v", start, what, err)
		}
		var out lockedBuffer
		n.sayReady(ctx, &all, &out, what)
		if err := n.isReady(ctx); err == nil || !strings.Contains(err.Error(), "metal") || strings.Contains(out.String(), "\nready") {
			t.Errorf("start %d, without its host: %v, %s", start, err, out.String())
		}
		folder := host.Dir{Path: filepath.Join(dir, "agent")}
		open := func(*host.Client) (host.Machine, error) { return fakeMachine(filepath.Join(dir, "metal"), "metal") }
		must(t, n.startAgent(ctx, &all, folder, row, open))
		for end := time.Now().Add(time.Minute); n.isReady(ctx) != nil; <-time.After(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("start %d: %v", start, n.isReady(ctx))
			}
		}
		for end := time.Now().Add(time.Minute); !strings.Contains(out.String(), "\nready "); <-time.After(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("start %d: it says %s", start, out.String())
			}
		}
		cancel()
		all.Wait()
		must(t, n.close())
		d.close()
	}
}

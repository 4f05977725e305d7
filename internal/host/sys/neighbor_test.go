package sys_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// proc plays the kernel's files.
func proc(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const thresh = "sys/net/ipv4/neigh/default/gc_thresh"

// What is lower is raised, what somebody set higher stays.
func TestRaiseNeighborLimits(t *testing.T) {
	dir := proc(t, map[string]string{thresh + "1": "128\n", thresh + "2": "512\n", thresh + "3": "100000\n"})
	if err := sys.RaiseNeighborLimits(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"1": "1024", "2": "8192", "3": "100000"} {
		b, err := os.ReadFile(filepath.Join(dir, thresh+name))
		if err != nil || strings.TrimSpace(string(b)) != want {
			t.Errorf("gc_thresh%s is %q, %v; want %s", name, b, err, want)
		}
	}
	if err := sys.RaiseNeighborLimits(t.TempDir()); err == nil {
		t.Error("without such files")
	}
}

func TestCountNeighbors(t *testing.T) {
	const head = "entries  allocs   destroys table_fulls\n"
	dir := proc(t, map[string]string{
		thresh + "3":         "1024\n",
		"net/stat/arp_cache": head + "000003f0 00000001 00000002 00000010\n000003f0 00000003 00000004 00000001\n",
	})
	if n, err := sys.CountNeighbors(dir); err != nil || n != (sys.Neighbors{Entries: 1008, Limit: 1024, Full: 17}) {
		t.Errorf("%+v %v", n, err)
	}
	for name, text := range map[string]string{"short": head + "01 02\n", "words": head + "a b c lots\n"} {
		dir := proc(t, map[string]string{thresh + "3": "1024\n", "net/stat/arp_cache": text})
		if _, err := sys.CountNeighbors(dir); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

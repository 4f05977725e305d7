package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Two on one folder would destroy each other's work: the second is refused, and
// finds who is there.
func TestDataIsForOne(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	d, err := openData(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openData(dir); exitCode(err) != exitConflict {
		t.Errorf("a second one: %v", err)
	}
	if pid, ok := lockHolder(dir); !ok || pid != os.Getpid() {
		t.Errorf("the lock is held by %d (%v)", pid, ok)
	}
	tag, err := d.tag()
	if again, err2 := d.tag(); err != nil || err2 != nil || again != tag || !regexp.MustCompile(`^[0-9a-f]{4}$`).MatchString(tag) {
		t.Errorf("%q, then %q: %v, %v", tag, again, err, err2)
	}
	d.close()
	if d, err = openData(dir); err != nil {
		t.Fatalf("after it ended: %v", err)
	}
	d.close()
}

// A folder whose parts lie elsewhere than this binary looks is refused, and told from
// an empty one.
func TestLayoutOfAFolder(t *testing.T) {
	for name, tc := range map[string]struct {
		mark    string // "": none
		folder  string // that is there
		refused string
	}{
		"new":     {},
		"present": {mark: "1\n"},
		"newer":   {mark: "2\n", refused: "newer virga"},
		"damaged": {mark: "one", refused: "damaged"},
		"empty":   {mark: " ", refused: "damaged"},
		"older":   {folder: "host/link/id", refused: "move all of"},
		"as now":  {folder: "host/agent/link/id"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if tc.mark != "" {
				if err := os.WriteFile(filepath.Join(dir, "layout"), []byte(tc.mark), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.MkdirAll(filepath.Join(dir, tc.folder), 0o700); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				d, err := openData(dir)
				if tc.refused != "" {
					if exitCode(err) != exitConflict || !strings.Contains(err.Error(), tc.refused) {
						t.Errorf("%v", err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				d.close()
				if b, err := os.ReadFile(filepath.Join(dir, "layout")); err != nil || string(b) != "1\n" {
					t.Errorf("the mark is %q, %v", b, err)
				}
			}
		})
	}
}

// What is in the lock is sent a signal: nothing else than a number may be, and
// never that of everybody or of init.
func TestLockHolder(t *testing.T) {
	for text, want := range map[string]int{"": 0, "x": 0, "0": 0, "1\n": 0, "-1": 0, "-77": 0, "77\n": 77, "77": 77} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "lock"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if pid, ok := lockHolder(dir); pid != want || ok != (want != 0) {
			t.Errorf("%q: %d %v, want %d", text, pid, ok, want)
		}
	}
	if _, ok := lockHolder(t.TempDir()); ok {
		t.Error("a folder without a lock is held")
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/sys"
)

// The doctor tries a cage, and tells guests that are in one from those that
// are in none.
func TestDoctorOnCages(t *testing.T) {
	if os.Geteuid() != 0 {
		if c := checkCage(); c.State != stateNote {
			t.Errorf("not root: %+v", c)
		}
		t.Skip("a cage needs root")
	}
	if c := checkCage(); c.State != stateGood {
		t.Errorf("%+v", c)
	}
	data := t.TempDir()
	if list := checkGuests(data); list != nil {
		t.Errorf("no installation: %+v", list)
	}
	in := drivertest.NewInstallation(t)
	in.Dir = filepath.Join(data, "host", "machine")
	if err := os.WriteFile(filepath.Join(data, "tag"), []byte(in.Tag+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if list := checkGuests(data); list != nil {
		t.Errorf("no guests: %+v", list)
	}
	t.Cleanup(func() {
		for _, name := range in.FindAll("v") {
			end := time.Now().Add(5 * time.Second)
			for gone := false; !gone && time.Now().Before(end); <-time.After(time.Millisecond) {
				gone, _ = sys.End(name, syscall.SIGKILL)
			}
		}
	})
	cage, err := in.ToolCage()
	if err != nil {
		t.Fatal(err)
	}
	old, caged := drivertest.NewID(), drivertest.NewID()
	for _, l := range []sys.Launch{{Identity: in.VMName(caged), Cage: cage}, {Identity: in.VMName(old)}} {
		l.Path, l.Args, l.Dir, l.Log = "sleep", []string{"600"}, "/", filepath.Join(data, "log")
		if _, err := sys.Start(l); err != nil {
			t.Fatal(err)
		}
		list := checkGuests(data)
		if len(list) != 1 || list[0].State != map[bool]string{true: stateGood, false: stateNote}[l.Cage != nil] {
			t.Errorf("%+v", list)
		}
	}
	text := checkGuests(data)[0].Text
	if !strings.Contains(text, string(old)) || strings.Contains(text, string(caged)) {
		t.Errorf("it says %q", text)
	}
}

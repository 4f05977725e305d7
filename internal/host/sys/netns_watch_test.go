package sys_test

import (
	"os"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// A name that is taken away is heard, under its name, and Close ends the wait.
func TestNetnsWatch(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	ns := sys.Netns("virga-test-watch")
	must(t, ns.Create())
	t.Cleanup(func() { must(t, ns.Delete()) })
	w, err := sys.WatchNetns()
	must(t, err)
	heard := make(chan sys.Netns, 1000)
	go func() {
		defer close(heard)
		for {
			names, err := w.Next()
			if err != nil {
				return
			}
			for _, n := range names {
				heard <- n
			}
		}
	}()
	for range 3 {
		must(t, ns.Create())
		must(t, ns.Delete())
		for found, late := false, time.After(time.Minute); !found; {
			select {
			case n := <-heard:
				found = n == ns
			case <-late:
				t.Fatal("that the name was taken away is not heard")
			}
		}
	}
	must(t, w.Close())
	late := time.After(time.Minute)
	for open := true; open; {
		select {
		case _, open = <-heard:
		case <-late:
			t.Fatal("the wait does not end")
		}
	}
}

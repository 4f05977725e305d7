package cloudcix_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The published Python client against this dialect on loopback, in both forms of
// addresses. It is not part of the project: set VIRGA_PYTHON to an interpreter
// that has it (pip install cloudcix==0.9.1 into a virtual environment).
func TestPythonClient(t *testing.T) {
	python := cmp.Or(os.Getenv("VIRGA_PYTHON"), "python3")
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import cloudcix, requests").CombinedOutput(); err != nil {
		t.Skipf("%s has no cloudcix client (%v): %s", python, err, strings.TrimSpace(string(out)))
	}
	w := newWorld(t)
	served := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock() // a world makes one step at a time
		defer w.mu.Unlock()
		if r.URL.Path != "/settle" {
			w.served.ServeHTTP(rw, r)
			return
		}
		if err := w.Settle(time.Hour); err != nil {
			t.Error(err)
		}
		rw.WriteHeader(http.StatusNoContent)
	})
	srv := httptest.NewServer(served)
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"1", "2"} {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		out, err := exec.CommandContext(ctx, python, "testdata/client.py", u.Port(), version, fmt.Sprint(w.region), fmt.Sprint(w.Image.ID)).CombinedOutput()
		cancel()
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
			t.Errorf("version %s: %v\n%s", version, err, out)
		}
	}
}

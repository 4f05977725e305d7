package cloudcix_test

import (
	"fmt"
	"testing"

	"github.com/virga-cloud/virga/internal/store"
)

// A new name, sent while a change of the machine waits for its host, is no second
// change: the first keeps its operation, and ends it.
func TestNameWhileAChangeWaits(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	path := fmt.Sprintf("/vm/%d/", w.machine("ann", project, "one", "10.0.0.10"))
	if vm := into[obj](w.call("ann", "PATCH", path, obj{"cpu": 3}).is(200)); vm["state"] != 10.0 {
		t.Fatalf("it is in state %v", vm["state"])
	}
	if vm := into[obj](w.call("ann", "PATCH", path, obj{"name": "two"}).is(200)); vm["state"] != 10.0 || vm["name"] != "two" {
		t.Errorf("it is %v in state %v", vm["name"], vm["state"])
	}
	w.settle()
	open := 0
	w.write(func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM event s WHERE "end" = 0
			AND NOT EXISTS (SELECT 1 FROM event e WHERE e.operation = s.operation AND e."end" = 1)`).Scan(&open)
	})
	if open > 0 {
		t.Errorf("%d operations never end", open)
	}
	if vm := into[obj](w.call("ann", "GET", path, nil).is(200)); vm["state"] != 4.0 || vm["cpu"] != 3.0 {
		t.Errorf("it is in state %v with %v", vm["state"], vm["cpu"])
	}
}

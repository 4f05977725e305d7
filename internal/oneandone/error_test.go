package oneandone

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// The table of section 2 of the contract, and the kinds it does not name.
func TestErrorTable(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		kind   string
	}{
		{cloud.Errorf(cloud.Invalid, "x", "m"), 400, "VALIDATION_ERROR"},
		{cloud.Errorf(cloud.Invalid, wire.Malformed, "m"), 400, "BAD_REQUEST"},
		{cloud.Errorf(cloud.Invalid, wire.NotAllowed, "m"), 405, "METHOD_NOT_ALLOWED"},
		{cloud.Errorf(cloud.Unauthorized, "token", "m"), 401, "UNAUTHORIZED"},
		{cloud.Errorf(cloud.Forbidden, "flag", "m"), 403, "FORBIDDEN"},
		{cloud.Errorf(cloud.Forbidden, "source", "m"), 406, "IP_NOT_ALLOWED"},
		{cloud.Errorf(cloud.NotFound, "x", "m"), 404, "NOT_FOUND"},
		{cloud.Errorf(cloud.NotFound, wire.NoSuchPath, "m"), 404, "NOT_FOUND"},
		{cloud.Errorf(cloud.Conflict, "x", "m"), 409, "CONFLICT"},
		{cloud.Errorf(cloud.Busy, "x", "m"), 409, "CONFLICT"},
		{cloud.Errorf(cloud.InUse, "x", "m"), 409, "CONFLICT"},
		{cloud.Errorf(cloud.Exhausted, "x", "m"), 409, "CONFLICT"},
		{cloud.Errorf(cloud.TooMany, "x", "m"), 429, "TOO_MANY_REQUESTS"},
		{cloud.Errorf(cloud.TooLarge, "x", "m"), 413, "REQUEST_ENTITY_TOO_LARGE"},
		{cloud.Errorf(cloud.Unavailable, "x", "m"), 503, "SERVICE_UNAVAILABLE"},
		{cloud.Errorf(cloud.NotBuilt, "x", "m"), 501, "NOT_IMPLEMENTED"},
		{fmt.Errorf("verb: %w", cloud.Errorf(cloud.Busy, "x", "m")), 409, "CONFLICT"},
		{errors.New("disk on fire at /secret"), 500, "INTERNAL_SERVER_ERROR"},
	} {
		a := answerError(nil, c.err)
		var body map[string]any
		if err := json.Unmarshal(a.Body, &body); err != nil {
			t.Fatalf("%v: the body is no object: %s", c.err, a.Body)
		}
		if a.Status != c.status || body["type"] != c.kind || body["message"] == "" {
			t.Errorf("%v: %d %s, want %d %s", c.err, a.Status, a.Body, c.status, c.kind)
		}
		if _, there := body["errors"]; !there {
			t.Errorf("%v: errors must be there although null: %s", c.err, a.Body)
		}
		if strings.Contains(string(a.Body), "secret") {
			t.Errorf("an internal error was told to the caller: %s", a.Body)
		}
	}
}

func TestErrorText(t *testing.T) {
	var p cloud.Problems
	limits.CheckHardware(&p, 99, 3, 100, "")
	p.Add(limits.CheckDisk(7).OnItem("disks", 1, "size"))
	var e oneandone.Error
	if err := json.Unmarshal(answerError(nil, p.Err()).Body, &e); err != nil {
		t.Fatal(err)
	}
	if e.Errors == nil {
		t.Fatal("several problems need details")
	}
	for _, want := range []string{"vcore: ", "ram: ", "hdds[1].size: ", "0.5 to 128 GB in steps of 0.5", "20 to 2000 GB in steps of 10"} {
		if !strings.Contains(*e.Errors, want) {
			t.Errorf("%q is missing in %q", want, *e.Errors)
		}
	}
	full := &cloud.Error{Kind: cloud.Exhausted, Field: "region", Message: "no host", Reasons: []string{"a: full", "b: off"}, Fix: "Add one."}
	if err := json.Unmarshal(answerError(nil, full).Body, &e); err != nil {
		t.Fatal(err)
	}
	if e.Message != "datacenter_id: no host" || e.Errors == nil || *e.Errors != "a: full; b: off. Add one." {
		t.Errorf("%+v, %v", e, *e.Errors)
	}
}

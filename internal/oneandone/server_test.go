package oneandone

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
)

func TestServerLife(t *testing.T) {
	w := newWorld(t)
	made := parse[oneandone.Server](w.call("POST", "/servers", w.serverBody("web")).want(202))
	if made.Status.State != "DEPLOYING" || made.Status.Percent == nil || *made.Status.Percent != 0 {
		t.Errorf("the answer to a creation shows %+v", made.Status)
	}
	if len(made.Ips) != 0 || len(made.Hardware.Hdds) != 0 || made.Hardware.Vcore != 2 || made.Hardware.RAM != 2.5 {
		t.Errorf("the answer to a creation shows %+v, %+v", made.Ips, made.Hardware)
	}
	if made.FirstPassword == nil || len(*made.FirstPassword) < 8 {
		t.Error("no first password although none was given")
	}
	during := w.get(made.ID)
	if p := during.Status.Percent; p == nil || *p < 1 || *p > 99 {
		t.Errorf("percent of a later look is %v", p)
	}
	w.settle()
	w.pass(time.Second)
	ready := w.get(made.ID)
	if ready.Status.State != "POWERED_ON" || ready.Status.Percent != nil || len(ready.Ips) != 1 || len(ready.Hardware.Hdds) != 1 {
		t.Errorf("a finished server shows %+v", ready)
	}
	if fp := ready.Ips[0].FirewallPolicy; fp == nil || fp.Name != "Linux" {
		t.Errorf("policy of the address is %+v", fp)
	}
	gone := parse[oneandone.Server](w.call("DELETE", "/servers/"+made.ID, nil).want(202))
	if gone.Status.State != "REMOVING" {
		t.Errorf("the answer to a deletion shows %+v", gone.Status)
	}
	w.call("GET", "/servers/"+made.ID, nil).want(200)
	w.settle()
	w.call("GET", "/servers/"+made.ID, nil).fails(404, "NOT_FOUND", made.ID)
}

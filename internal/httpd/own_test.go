package httpd_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/store"
)

// What waits is told to the operator, with the sentence that the doctor says, and
// counted by the measures; to nobody else.
func TestWaiting(t *testing.T) {
	own := []control.Wait{{Kind: "certificate", ID: 1, Name: "cloud.example", For: "nobody gives it"}}
	r := newRigWith(t, httpd.FrontOptions{Waits: func() []control.Wait { return own }})
	h, err := r.ctl.PutHost(t.Context(), cloud.Host{RegionID: r.cred.RegionID, Name: "rack-2", Fake: true, Cores: 4, RAM: 4096})
	if err != nil {
		t.Fatal(err)
	}
	r.write(func(tx *store.Tx) error {
		at := tx.Now().Add(-3 * time.Minute)
		h.LastSeen, h.State = &at, cloud.HostUp
		return store.Update(tx, h)
	})
	if status, _ := r.get("/-/waiting"); status != 401 {
		t.Errorf("a stranger on this machine gets %d", status)
	}
	u, err := r.ctl.AddUser(t.Context(), control.NewUserIn{Member: "Acme", Name: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := r.get("/-/waiting", "X-TOKEN", u.Token); status != 403 {
		t.Errorf("a tenant gets %d", status)
	}
	status, body := r.get("/-/waiting", "X-TOKEN", r.cred.Token)
	var list []struct {
		control.Wait
		Text string `json:"text"`
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != 200 || len(list) != 2 {
		t.Fatalf("%d %s %v", status, body, err)
	}
	if !strings.Contains(list[0].Text, "certificate 1 (cloud.example) waits since") {
		t.Errorf("of the node itself it says %q", list[0].Text)
	}
	list = list[1:]
	for _, part := range []string{"host ", "rack-2) needs a look since", "virga admin host lost"} {
		if !strings.Contains(list[0].Text, part) {
			t.Errorf("it says %q without %q", list[0].Text, part)
		}
	}
	var doctor []control.Wait
	r.write(func(tx *store.Tx) (err error) { doctor, err = control.Waits(tx); return err })
	if len(doctor) != 1 || doctor[0].String() != list[0].Text {
		t.Errorf("the doctor says %v", doctor)
	}
	_, measures := r.get("/-/metrics")
	for _, line := range []string{`virga_waiting{kind="host"} 1`, `virga_waiting{kind="certificate"} 1`, `virga_waiting{kind="server"} 0`} {
		if !strings.Contains(measures, line) {
			t.Errorf("the measures do not say %s", line)
		}
	}
}

package httpd_test

import (
	"encoding/json"
	"fmt"
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

// A database that is full is told by all who are asked how the node is, and not when
// there is room again.
func TestFullDatabaseIsTold(t *testing.T) {
	r := newRig(t)
	pages := func(most int) {
		r.write(func(tx *store.Tx) error {
			_, err := tx.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, most))
			return err
		})
	}
	fill := func(name string) error {
		return r.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2)`, name, strings.Repeat("x", 4096))
			return err
		})
	}
	pages(1) // SQLite takes what there is
	for n := 0; fill(fmt.Sprint(n)) == nil; n++ {
		if n == 1000 {
			t.Fatal("the database does not fill up")
		}
	}
	const said = "the disk with the database of the control plane is full"
	if status, body := r.get("/-/ready"); status != 503 || !strings.Contains(body, said) || !strings.Contains(body, "make room") {
		t.Errorf("full, it is ready with %d %s", status, body)
	}
	if status, _ := r.get("/-/health"); status != 200 {
		t.Errorf("full, its health is %d", status)
	}
	_, body := r.get("/-/waiting", "X-TOKEN", r.cred.Token)
	if !strings.Contains(body, "database 0 (sqlite) failed since") || !strings.Contains(body, said) || !strings.Contains(body, "make room") {
		t.Errorf("full, what waits is %s", body)
	}
	if _, measures := r.get("/-/metrics"); !strings.Contains(measures, `virga_waiting{kind="database"} 1`) {
		t.Error("full, the measures do not say so")
	}
	if !strings.Contains(r.log.String(), "the disk with the database is full") {
		t.Errorf("full, the log says %q", r.log.String())
	}
	pages(1 << 20)
	if err := fill("again"); err != nil {
		t.Fatal(err)
	}
	if status, body := r.get("/-/ready"); status != 200 {
		t.Errorf("with room again, it is ready with %d %s", status, body)
	}
	if _, body := r.get("/-/waiting", "X-TOKEN", r.cred.Token); strings.Contains(body, said) {
		t.Errorf("with room again, what waits is %s", body)
	}
}

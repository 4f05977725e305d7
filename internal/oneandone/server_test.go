package oneandone

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
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

// R3: with a hold the transitional state is seen although the work took no time,
// and writes are taken by the real state meanwhile.
func TestHold(t *testing.T) {
	w := newWorld(t, func(c *control.Options, _ *Options) { c.Hold = 2 * time.Second })
	s := parse[oneandone.Server](w.call("POST", "/servers", w.serverBody("web")).want(202))
	w.settle()
	if v := w.get(s.ID); v.Status.State != "DEPLOYING" || v.Status.Percent == nil ||
		*v.Status.Percent == 0 || len(v.Ips) != 0 || len(v.Hardware.Hdds) != 0 {
		t.Errorf("%+v", v)
	}
	w.pass(2 * time.Second)
	if v := w.get(s.ID); v.Status.State != "POWERED_ON" || v.Status.Percent != nil || len(v.Ips) != 1 {
		t.Errorf("%+v", v)
	}
	w.call("PUT", "/servers/"+s.ID+"/status/action", `{"action":"REBOOT"}`).want(202)
	w.settle()
	if st := parse[oneandone.Status](w.call("GET", "/servers/"+s.ID+"/status", nil)); st.State != "REBOOTING" {
		t.Errorf("%+v", st)
	}
	w.call("PUT", "/servers/"+s.ID+"/status/action", `{"action":"POWER_OFF"}`).want(202)
	w.settle()
	w.pass(1999 * time.Millisecond)
	if st := w.get(s.ID).Status; st.State != "POWERING_OFF" {
		t.Errorf("%+v", st)
	}
	w.pass(time.Millisecond)
	if st := w.get(s.ID).Status; st.State != "POWERED_OFF" || st.Percent != nil {
		t.Errorf("%+v", st)
	}
}

func TestRename(t *testing.T) {
	w := newWorld(t)
	s := w.create("web", func(b map[string]any) { b["description"] = "d" })
	at := "/servers/" + s.ID
	v := parse[oneandone.Server](w.call("PUT", at, `{"name":"new","server_id":"x"}`).want(200))
	if v.Name != "new" || *v.Description != "d" || v.Status.State != "POWERED_ON" {
		t.Errorf("%+v", v)
	}
	if v = parse[oneandone.Server](w.call("PUT", at, `{"name":null,"description":"e"}`).want(200)); v.Name != "new" || *v.Description != "e" {
		t.Errorf("%+v", v)
	}
	// Nothing given, nothing changes.
	if v = parse[oneandone.Server](w.call("PUT", at, `{}`).want(200)); v.Name != "new" || *v.Description != "e" {
		t.Errorf("%+v", v)
	}
	for _, body := range []any{nil, "", "null"} { // only some operations go without a body
		w.call("PUT", at, body).fails(400, "VALIDATION_ERROR", "body")
	}
	for body, text := range map[string]string{
		`{"name":""}`: "name", `{"name":"` + strings.Repeat("n", 129) + `"}`: "128", `{"name":7}`: "name",
		`{"description":"` + strings.Repeat("d", 257) + `"}`: "256", `{"description":[]}`: "description",
	} {
		w.call("PUT", at, body).fails(400, "VALIDATION_ERROR", text)
	}
	w.call("PUT", "/servers/"+unknown, `{"name":"x"}`).fails(404, "NOT_FOUND", unknown)
	// R0a: what is shown may be sent back although it is outside the limits.
	long := strings.Repeat("l", 300)
	w.change(s.ID, func(row *cloud.Server) { row.Name = long })
	w.call("PUT", at, fmt.Sprintf(`{"name":%q}`, long)).want(200)
}

// change writes to a row behind everybody's back.
func (w *world) change(id string, f func(*cloud.Server)) {
	w.t.Helper()
	u, _ := cloud.ParseUID(id)
	w.write(func(tx *store.Tx) error {
		row, err := store.ByUID[cloud.Server](tx, u)
		if err != nil {
			return err
		}
		f(row)
		return store.Update(tx, row)
	})
}

func TestActions(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID + "/status/action"
	for _, c := range []struct{ body, during, end string }{
		{`{"action":"REBOOT","method":"SOFTWARE"}`, "REBOOTING", "POWERED_ON"},
		{`{"action":"REBOOT","method":"HARDWARE","recovery_mode":false,"recovery_image_id":null}`, "REBOOTING", "POWERED_ON"},
		{`{"action":"POWER_OFF","method":null}`, "POWERING_OFF", "POWERED_OFF"},
		{`{"action":"POWER_ON"}`, "POWERING_ON", "POWERED_ON"},
		{`{"action":"POWER_OFF","method":"HARDWARE"}`, "POWERING_OFF", "POWERED_OFF"},
	} {
		v := parse[oneandone.Server](w.call("PUT", at, c.body).want(202))
		if string(v.Status.State) != c.during || *v.Status.Percent != 0 {
			t.Errorf("%s answers %+v", c.body, v.Status)
		}
		if st := w.get(s.ID).Status; string(st.State) != c.during || *st.Percent < 1 {
			t.Errorf("%s shows %+v", c.body, st)
		}
		w.settle()
		if st := w.get(s.ID).Status; string(st.State) != c.end || st.Percent != nil {
			t.Errorf("%s ends in %+v", c.body, st)
		}
		if v := w.get(s.ID); v.FirstPassword != nil {
			t.Errorf("the first password is shown after a power cycle")
		}
	}
	w.call("PUT", at, `{"action":"POWER_OFF"}`).fails(409, "CONFLICT", "already off")
	w.call("PUT", at, `{"action":"REBOOT"}`).fails(409, "CONFLICT", "off")
	w.call("PUT", at, `{"action":"POWER_ON"}`).want(202)
	w.call("PUT", at, `{"action":"REBOOT"}`).fails(409, "CONFLICT", "busy")
	w.settle()
	w.call("PUT", at, `{"action":"POWER_ON"}`).fails(409, "CONFLICT", "already on")
	for body, text := range map[string]string{
		`{}`: "action", `{"action":null}`: "action", `{"action":"POWER"}`: "POWER_ON", `{"action":7}`: "action",
		`{"action":"power_on"}`:                 "POWER_ON",
		`{"action":"REBOOT","method":"GENTLE"}`: "SOFTWARE", `{"action":"REBOOT","recovery_mode":"x"}`: "recovery_mode",
	} {
		w.call("PUT", at, body).fails(400, "VALIDATION_ERROR", text)
	}
	w.call("PUT", at, `{"action":"REBOOT","recovery_mode":true}`).fails(501, "NOT_IMPLEMENTED", "recovery")
	w.call("PUT", "/servers/"+unknown+"/status/action", `{"action":"REBOOT"}`).fails(404, "NOT_FOUND", unknown)
}

func TestDeleteServer(t *testing.T) {
	w := newWorld(t)
	for query, kept := range map[string]bool{
		"":                false,
		"?keep_ips=false": false, "?keep_ips=true": true, "?keep_ips=True&keep_hdds=True": true, "?keep_ips=": false,
	} {
		s := w.create("web")
		v := parse[oneandone.Server](w.call("DELETE", "/servers/"+s.ID+query, nil).want(202))
		if v.Status.State != "REMOVING" || v.ID != s.ID {
			t.Errorf("%s answers %+v", query, v.Status)
		}
		// The Go client indexes the addresses of what it deleted.
		brief := parse[[]oneandone.ServerSummary](w.call("GET", "/servers?q="+s.ID, nil).want(200))
		if seen := w.get(s.ID); len(v.Ips) != 1 || v.Ips[0].ID != s.Ips[0].ID || len(seen.Ips) != 1 || seen.Ips[0].IP != s.Ips[0].IP ||
			len(brief[0].Ips) != 1 {
			t.Errorf("%s: the addresses are %+v, then %+v, in the list %+v", query, v.Ips, seen.Ips, brief[0].Ips)
		}
		w.call("GET", "/servers/"+s.ID+"/ips/"+s.Ips[0].ID, nil).want(200)
		w.call("DELETE", "/servers/"+s.ID+"/ips/"+s.Ips[0].ID, nil).fails(409, "CONFLICT", "removed")
		w.call("DELETE", "/servers/"+s.ID+query, nil).want(202) // asked again: no change
		w.call("PUT", "/servers/"+s.ID+"/status/action", `{"action":"REBOOT"}`).fails(409, "CONFLICT", "removed")
		w.settle()
		w.call("GET", "/servers/"+s.ID, nil).want(404)
		w.call("DELETE", "/servers/"+s.ID, nil).want(404)
		if status := w.call("GET", "/public_ips/"+s.Ips[0].ID, nil).status; (status == 200) != kept {
			t.Errorf("%s: the address answers %d", query, status)
		}
		// Ansible reads the end of a deletion from the log and nowhere else.
		logs := parse[[]oneandone.Log](w.call("GET", "/logs?q=DELETE&period=LAST_HOUR&sort=-start_date", nil).want(200))
		if l := logs[0]; l.Resource.ID != s.ID && !slicesHas(logs, s.ID) || l.Action != "DELETE" || l.Type != "VM" || l.Status.State != "OK" {
			t.Errorf("%s: %+v", query, logs)
		}
	}
	s := w.create("web")
	w.call("DELETE", "/servers/"+s.ID+"?keep_ips=perhaps", nil).fails(400, "VALIDATION_ERROR", "keep_ips")
	w.get(s.ID)
}

func slicesHas(logs []oneandone.Log, id string) bool {
	return slices.ContainsFunc(logs, func(l oneandone.Log) bool { return l.Resource.ID == id && l.Status.State == "OK" })
}

// A deletion is taken while something else runs.
func TestDeleteWhileDeploying(t *testing.T) {
	w := newWorld(t)
	s := parse[oneandone.Server](w.call("POST", "/servers", w.serverBody("web")).want(202))
	w.call("PUT", "/servers/"+s.ID+"/status/action", `{"action":"POWER_OFF"}`).fails(409, "CONFLICT", "busy")
	if v := parse[oneandone.Server](w.call("DELETE", "/servers/"+s.ID, nil).want(202)); v.Status.State != "REMOVING" {
		t.Errorf("%+v", v.Status)
	}
}

// R7 and R1 as this dialect shows them.
func TestOtherDialectsSituations(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID
	w.change(s.ID, func(row *cloud.Server) {
		when := noon.AddDate(0, 0, 7)
		row.Remove, row.RemoveAfter, row.On, row.SeenOn, row.EventID = cloud.AfterGrace, &when, false, false, 0
	})
	if st := w.get(s.ID).Status; st.State != "POWERED_OFF" || st.Percent != nil {
		t.Errorf("%+v", st)
	}
	w.call("PUT", at+"/hardware", `{"vcore":4}`).fails(409, "CONFLICT", "2026-05-13")
	if v := parse[oneandone.Server](w.call("PUT", at+"/status/action", `{"action":"POWER_ON"}`).want(202)); v.Status.State != "POWERING_ON" {
		t.Errorf("%+v", v.Status)
	}
	w.settle()
	w.change(s.ID, func(row *cloud.Server) {
		row.Failed, row.Reason, row.Built, row.SeenOn = true, "no room on host", false, false
	})
	if st := w.get(s.ID).Status; st.State != "POWERED_OFF" {
		t.Errorf("%+v", st)
	}
	w.call("PUT", at+"/status/action", `{"action":"REBOOT"}`).fails(409, "CONFLICT", "no room on host")
	if v := parse[oneandone.Server](w.call("PUT", at+"/status/action", `{"action":"POWER_ON"}`).want(202)); v.Status.State != "DEPLOYING" {
		t.Errorf("%+v", v.Status)
	}
	w.settle()
	// R0d: what lives with a robot does not exist here.
	w.change(s.ID, func(row *cloud.Server) { row.RegionID = w.robot.ID })
	w.call("GET", at, nil).fails(404, "NOT_FOUND", "")
	w.call("PUT", at, `{"name":"x"}`).fails(404, "NOT_FOUND", "")
	w.call("GET", "/datacenters/"+w.robot.UID.String(), nil).fails(404, "NOT_FOUND", "")
	if r := w.call("GET", "/servers", nil).want(200); string(r.body) != "[]" {
		t.Errorf("%s", r.body)
	}
	w.change(s.ID, func(row *cloud.Server) {
		if row.Name != "web" {
			t.Error("a refused rename was kept")
		}
	})
}

func TestDVD(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID + "/dvd"
	if r := w.call("GET", at, nil).want(200); string(r.body) != "[]" {
		t.Errorf("an empty drive is %s", r.body)
	}
	w.call("DELETE", at, nil).fails(409, "CONFLICT", "empty")
	body := fmt.Sprintf(`{"id":%q}`, strings.ToLower(w.dvd.UID.String()))
	v := parse[oneandone.Server](w.call("PUT", at, body).want(202))
	if v.DVD == nil || v.DVD.ID != w.dvd.UID.String() || v.Status.State != "CONFIGURING" {
		t.Errorf("%+v %+v", v.DVD, v.Status)
	}
	w.settle()
	if d := parse[oneandone.Identity](w.call("GET", at, nil).want(200)); d.Name != w.dvd.Name {
		t.Errorf("%+v", d)
	}
	if v := parse[oneandone.Server](w.call("DELETE", at, nil).want(202)); v.DVD != nil {
		t.Errorf("%+v", v.DVD)
	}
	w.settle()
	for body, want := range map[string]int{
		`{}`: 400, `{"id":7}`: 400, `{"id":""}`: 400, `{"id":"` + unknown + `"}`: 404,
		fmt.Sprintf(`{"id":%q}`, w.linux.UID): 404,
	} {
		w.call("PUT", at, body).want(want)
	}
}

func TestReinstall(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID + "/image"
	if i := parse[oneandone.Identity](w.call("GET", at, nil).want(200)); i.ID != w.linux.UID.String() {
		t.Errorf("%+v", i)
	}
	v := parse[oneandone.Server](w.call("PUT", at,
		fmt.Sprintf(`{"id":%q,"password":"test1234","firewall_policy":{"id":%q}}`, w.small.UID, w.policy.UID)).want(202))
	if v.Image.ID != w.small.UID.String() || v.Status.State != "CONFIGURING" || v.FirstPassword != nil {
		t.Errorf("%+v", v)
	}
	w.settle()
	for _, body := range []string{`{}`, `{"id":null,"password":null,"firewall_policy":null}`} { // the present image again
		v := parse[oneandone.Server](w.call("PUT", at, body).want(202))
		if v.Image.ID != w.small.UID.String() || v.FirstPassword == nil {
			t.Errorf("%s: %+v", body, v)
		}
		w.settle()
		if st := w.get(s.ID).Status; st.State != "POWERED_ON" {
			t.Errorf("%+v", st)
		}
	}
	for body, want := range map[string]int{
		`{"id":7}`: 400, `{"id":"` + unknown + `"}`: 404, `{"password":"short"}`: 400, `{"firewall_policy":"x"}`: 400,
		`{"firewall_policy":{"id":"` + unknown + `"}}`: 404, fmt.Sprintf(`{"id":%q}`, w.dvd.UID): 404,
	} {
		w.call("PUT", at, body).want(want)
	}
	w.call("PUT", "/servers/"+unknown+"/image", `{}`).fails(404, "NOT_FOUND", unknown)
}

func TestSnapshots(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID + "/snapshots"
	if r := w.call("GET", at, nil).want(200); string(r.body) != "[]" {
		t.Errorf("no snapshot is %s", r.body)
	}
	v := parse[oneandone.Server](w.call("POST", at, "null").want(202))
	if v.Snapshot == nil || v.Status.State != "CONFIGURING" || v.Snapshot.DeletionDate != "2026-03-07T05:06:07+00:00" ||
		v.Snapshot.CreationDate != "2026-03-04T05:06:07+00:00" {
		t.Fatalf("%+v %+v", v.Snapshot, v.Status)
	}
	w.settle()
	snap := parse[oneandone.Snapshot](w.call("GET", at, nil).want(200))
	w.call("POST", at, nil).fails(409, "CONFLICT", "already has a snapshot")
	w.call("POST", "/servers/"+s.ID+"/hardware/hdds", `{"hdds":[{"size":20}]}`).fails(409, "CONFLICT", "snapshot")
	w.call("PUT", at+"/"+unknown, nil).fails(404, "NOT_FOUND", unknown)
	w.call("DELETE", at+"/zz", nil).fails(404, "NOT_FOUND", "zz")
	if v := parse[oneandone.Server](w.call("PUT", at+"/"+snap.ID, nil).want(202)); v.Status.State != "CONFIGURING" {
		t.Errorf("%+v", v.Status)
	}
	w.settle()
	if v := parse[oneandone.Server](w.call("DELETE", at+"/"+snap.ID, nil).want(202)); v.Snapshot != nil {
		t.Errorf("%+v", v.Snapshot)
	}
	w.settle()
	if r := w.call("GET", at, nil).want(200); string(r.body) != "[]" {
		t.Errorf("%s", r.body)
	}
	if snapshot(&control.View{Snapshot: &cloud.Snapshot{}}).DeletionDate != "9999-12-31T00:00:00+00:00" {
		t.Error("a snapshot of the other dialect never expires")
	}
	// How long it is kept may be said, for ever too.
	for _, bad := range []string{"soon", "-1h", "1s", "9999999h", "0"} {
		w.call("POST", at+"?expires="+bad, nil).fails(400, "VALIDATION_ERROR", "expires")
	}
	for text, want := range map[string]string{"never": never, "36h": "2026-03-05T17:06:07+00:00"} {
		v := parse[oneandone.Server](w.call("POST", at+"?expires="+text, nil).want(202))
		if v.Snapshot == nil || v.Snapshot.DeletionDate[:16] != want[:16] {
			t.Errorf("expires=%s: %+v, want %s", text, v.Snapshot, want)
		}
		w.settle()
		w.call("DELETE", at+"/"+v.Snapshot.ID, nil).want(202)
		w.settle()
	}
}

func TestClone(t *testing.T) {
	w := newWorld(t)
	s := w.create("web", func(b map[string]any) { b["description"] = "d" })
	at := "/servers/" + s.ID + "/clone"
	c := parse[oneandone.Server](w.call("POST", at, fmt.Sprintf(`{"name":"copy","datacenter_id":%q}`, w.region.UID)).want(202))
	if c.ID == s.ID || c.Name != "copy" || c.Status.State != "DEPLOYING" || len(c.Ips) != 0 {
		t.Errorf("%+v", c)
	}
	if st := w.get(s.ID).Status; st.State != "CONFIGURING" {
		t.Errorf("the source shows %+v", st)
	}
	w.call("POST", at, `{"name":"again"}`).fails(409, "CONFLICT", "busy")
	w.settle()
	done := w.get(c.ID)
	if done.Status.State != "POWERED_ON" || len(done.Ips) != 1 ||
		done.Ips[0].IP == s.Ips[0].IP || done.Hardware.Hdds[0].Size != 40 || done.Image.ID != s.Image.ID {
		t.Errorf("%+v", done)
	}
	for body, want := range map[string]int{
		`{}`: 400, `{"name":""}`: 400, `{"name":"` + strings.Repeat("n", 129) + `"}`: 400, `{"name":7}`: 400,
		`{"name":"x","datacenter_id":"` + unknown + `"}`: 404, `{"name":"x","datacenter_id":7}`: 400,
		fmt.Sprintf(`{"name":"x","datacenter_id":%q}`, w.spain.UID): 400,
	} {
		w.call("POST", at, body).want(want)
	}
	w.call("POST", "/servers/"+unknown+"/clone", `{"name":"x"}`).fails(404, "NOT_FOUND", unknown)
}

// Networks of the other dialect are shown.
func TestPrivateNetworks(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID + "/private_networks"
	if r := w.call("GET", at, nil).want(200); string(r.body) != "[]" {
		t.Errorf("%s", r.body)
	}
	u, _ := cloud.ParseUID(s.ID)
	w.write(func(tx *store.Tx) error {
		row, err := store.ByUID[cloud.Server](tx, u)
		if err != nil {
			return err
		}
		net := &cloud.Subnet{ProjectID: row.ProjectID, Name: "back", Text: "10.0.0.1/24", Routed: true}
		if err := store.Insert(tx, net); err != nil {
			return err
		}
		nic := &cloud.NIC{ServerID: row.ID, NetworkID: net.ID, MAC: "02:00:00:00:00:01"}
		if err := store.Insert(tx, nic); err != nil {
			return err
		}
		return store.Insert(tx, &cloud.IP{
			Kind: cloud.PrivateIP, Addr: netip.MustParseAddr("10.0.0.7"), SubnetID: net.ID, ServerID: row.ID, NICID: nic.ID, MemberID: row.MemberID,
		})
	})
	list := parse[[]oneandone.ServerPrivateNetwork](w.call("GET", at, nil).want(200))
	if len(list) != 1 || list[0].Name != "back" || *list[0].ServerIP != "10.0.0.7" {
		t.Errorf("%+v", list)
	}
	if v := w.get(s.ID); len(v.PrivateNetworks) != 1 || len(v.Ips) != 1 {
		t.Errorf("%+v", v)
	}
}

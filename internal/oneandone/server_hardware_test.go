package oneandone

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

func TestResize(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID + "/hardware"
	// Hot growth: the answer shows the old hardware (R4), the end the new one.
	v := parse[oneandone.Server](w.call("PUT", at, `{"vcore":4,"cores_per_processor":0,"ram":4.5,"fixed_instance_size_id":null}`).want(202))
	if v.Status.State != "CONFIGURING" || v.Hardware.Vcore != 2 || v.Hardware.RAM != 2.5 {
		t.Errorf("%+v %+v", v.Status, v.Hardware)
	}
	w.call("PUT", at, `{"vcore":6}`).fails(409, "CONFLICT", "busy")
	w.settle()
	if hw := parse[oneandone.Hardware](w.call("GET", at, nil).want(200)); hw.Vcore != 4 || hw.RAM != 4.5 || hw.CoresPerProcessor != 1 {
		t.Errorf("%+v", hw)
	}
	// The echo rule, zeros and nothing at all are no change.
	for _, body := range []string{
		`{"vcore":4,"ram":4.5,"cores_per_processor":1}`,
		`{"vcore":0,"ram":0,"cores_per_processor":0}`, `{}`, `{"vcore":null,"ram":null}`,
	} {
		if v := parse[oneandone.Server](w.call("PUT", at, body).want(202)); v.Status.State != "POWERED_ON" || v.Status.Percent != nil {
			t.Errorf("%s: %+v", body, v.Status)
		}
	}
	w.call("PUT", at, `{"vcore":2}`).fails(409, "CONFLICT", "Power it off")
	w.call("PUT", at, `{"ram":1}`).fails(409, "CONFLICT", "Power it off")
	w.call("PUT", at, `{"cores_per_processor":2}`).fails(409, "CONFLICT", "Power it off")
	w.call("PUT", "/servers/"+s.ID+"/status/action", `{"action":"POWER_OFF"}`).want(202)
	w.settle()
	if v := parse[oneandone.Server](w.call("PUT",
		at, `{"vcore":2,"cores_per_processor":2,"ram":1}`).want(202)); v.Status.State != "CONFIGURING" {
		t.Errorf("%+v", v.Status)
	}
	w.settle()
	if v := w.get(s.ID); v.Status.State != "POWERED_OFF" || v.Hardware.Vcore != 2 || v.Hardware.CoresPerProcessor != 2 || v.Hardware.RAM != 1 {
		t.Errorf("%+v %+v", v.Status, v.Hardware)
	}
	w.call("PUT", at, fmt.Sprintf(`{"fixed_instance_size_id":%q,"vcore":0,"ram":0}`, w.flavor.UID)).want(202)
	w.settle()
	if hw := w.get(s.ID).Hardware; hw.FixedInstanceSizeID == nil || *hw.FixedInstanceSizeID != w.flavor.UID.String() || hw.RAM != 2 {
		t.Errorf("%+v", hw)
	}
	// R0a: a shape outside the limits is shown as it is and may be sent back.
	w.change(s.ID, func(row *cloud.Server) {
		row.VCPU, row.SeenVCPU, row.RAM, row.SeenRAM, row.FlavorID = 32, 32, 200*1024, 200*1024, 0
	})
	if v := parse[oneandone.Server](w.call("PUT", at, `{"vcore":32,"ram":200}`).want(202)); v.Hardware.Vcore != 32 || v.Hardware.RAM != 200 {
		t.Errorf("%+v", v.Hardware)
	}
}

func TestResizeRules(t *testing.T) {
	w := newWorld(t)
	s := w.create("web", func(b map[string]any) { b["power_on"] = false })
	at := "/servers/" + s.ID + "/hardware"
	for _, c := range []struct {
		body   string
		status int
		kind   string
		text   string
	}{
		{`{"vcore":17}`, 400, "VALIDATION_ERROR", "1 to 16"},
		{`{"vcore":-1}`, 400, "VALIDATION_ERROR", "vcore"},
		{`{"vcore":"4"}`, 400, "VALIDATION_ERROR", "vcore"},
		{`{"vcore":1.5}`, 400, "VALIDATION_ERROR", "vcore"},
		{`{"cores_per_processor":-1}`, 400, "VALIDATION_ERROR", "cores_per_processor"},
		{`{"cores_per_processor":3}`, 400, "VALIDATION_ERROR", "cores_per_processor"},
		{`{"ram":-0.5}`, 400, "VALIDATION_ERROR", "ram"},
		{`{"ram":0.7}`, 400, "VALIDATION_ERROR", "steps of 0.5"},
		{`{"ram":129}`, 400, "VALIDATION_ERROR", "0.5 to 128"},
		{`{"ram":true}`, 400, "VALIDATION_ERROR", "ram"},
		{`{"fixed_instance_size_id":7}`, 400, "VALIDATION_ERROR", "fixed_instance_size_id"},
		{`{"fixed_instance_size_id":"7"}`, 404, "NOT_FOUND", "7"},
		{`{"fixed_instance_size_id":"` + unknown + `"}`, 404, "NOT_FOUND", unknown},
		{`7`, 400, "VALIDATION_ERROR", "object"},
	} {
		w.call("PUT", at, c.body).fails(c.status, c.kind, c.text)
	}
	w.call("PUT", "/servers/"+unknown+"/hardware", `{"vcore":4}`).fails(404, "NOT_FOUND", unknown)
	if v := w.get(s.ID); v.Status.State != "POWERED_OFF" || v.Hardware.Vcore != 2 {
		t.Errorf("%+v", v)
	}
}

func TestDisks(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	at := "/servers/" + s.ID + "/hardware/hdds"
	v := parse[oneandone.Server](w.call("POST", at, `{"hdds":[{"size":20,"is_main":false},{"size":50,"is_main":null}]}`).want(202))
	if v.Status.State != "CONFIGURING" || len(v.Hardware.Hdds) != 1 {
		t.Errorf("%+v %+v", v.Status, v.Hardware)
	}
	w.settle()
	list := parse[[]oneandone.HDD](w.call("GET", at, nil).want(200))
	if len(list) != 3 || !list[0].IsMain || list[1].Size != 20 || list[2].Size != 50 {
		t.Fatalf("%+v", list)
	}
	extra := list[1].ID
	if d := parse[oneandone.HDD](w.call("GET", at+"/"+strings.ToLower(extra), nil).want(200)); d.Size != 20 || d.IsMain {
		t.Errorf("%+v", d)
	}
	grown := parse[oneandone.Server](w.call("PUT", at+"/"+extra, `{"size":30,"is_main":false}`).want(202))
	if grown.Hardware.Hdds[1].Size != 20 || grown.Status.State != "CONFIGURING" {
		t.Errorf("%+v", grown.Hardware)
	}
	w.settle()
	if d := parse[oneandone.HDD](w.call("GET", at+"/"+extra, nil).want(200)); d.Size != 30 {
		t.Errorf("%+v", d)
	}
	if v := parse[oneandone.Server](w.call("PUT", at+"/"+extra, `{"size":30}`).want(202)); v.Status.State != "POWERED_ON" { // no change
		t.Errorf("%+v", v.Status)
	}
	w.call("DELETE", at+"/"+list[0].ID, nil).fails(409, "CONFLICT", "main disk")
	// Hardware is what is carried out: the disk is there until it is gone (R4).
	left := parse[oneandone.Server](w.call("DELETE", at+"/"+extra, nil).want(202))
	if len(left.Hardware.Hdds) != 3 || left.Status.State != "CONFIGURING" {
		t.Errorf("right after the order: %+v", left.Hardware)
	}
	if d := parse[oneandone.HDD](w.call("GET", at+"/"+extra, nil).want(200)); d.Size != 30 {
		t.Errorf("%+v", d)
	}
	w.call("DELETE", at+"/"+extra, nil).fails(409, "CONFLICT", "being removed")
	w.call("PUT", at+"/"+extra, `{"size":40}`).fails(409, "CONFLICT", "being removed")
	w.settle()
	if list := parse[[]oneandone.HDD](w.call("GET", at, nil).want(200)); len(list) != 2 {
		t.Errorf("%+v", list)
	}
	w.call("GET", at+"/"+extra, nil).fails(404, "NOT_FOUND", extra)
	// R0a: a disk outside the limits may be sent back as it is shown.
	u, _ := cloud.ParseUID(list[2].ID)
	w.write(func(tx *store.Tx) error {
		d, err := store.ByUID[cloud.Volume](tx, u)
		if err != nil {
			return err
		}
		d.SizeGB, d.SeenGB = 2505, 2505
		return store.Update(tx, d)
	})
	w.call("PUT", at+"/"+list[2].ID, `{"size":2505}`).want(202)
}

func TestDiskRules(t *testing.T) {
	w := newWorld(t)
	s, other := w.create("web"), w.create("other")
	at := "/servers/" + s.ID + "/hardware/hdds"
	main, foreign := s.Hardware.Hdds[0].ID, other.Hardware.Hdds[0].ID
	for _, c := range []struct {
		method, path, body string
		status             int
		kind, text         string
	}{
		{"POST", at, `{}`, 400, "VALIDATION_ERROR", "hdds"},
		{"POST", at, `{"hdds":null}`, 400, "VALIDATION_ERROR", "hdds"},
		{"POST", at, `{"hdds":[]}`, 400, "VALIDATION_ERROR", "hdds"},
		{"POST", at, `{"hdds":{"size":20}}`, 400, "VALIDATION_ERROR", "hdds"},
		{"POST", at, `{"hdds":[{}]}`, 400, "VALIDATION_ERROR", "hdds[0].size"},
		{"POST", at, `{"hdds":[{"size":null}]}`, 400, "VALIDATION_ERROR", "hdds[0].size"},
		{"POST", at, `{"hdds":[{"size":"20"}]}`, 400, "VALIDATION_ERROR", "hdds[0].size"},
		{"POST", at, `{"hdds":[{"size":20},{"size":10}]}`, 400, "VALIDATION_ERROR", "hdds[1].size"},
		{"POST", at, `{"hdds":[{"size":25}]}`, 400, "VALIDATION_ERROR", "steps of 10"},
		{"POST", at, `{"hdds":[{"size":2010}]}`, 400, "VALIDATION_ERROR", "20 to 2000"},
		{"POST", at, `{"hdds":[{"size":20,"is_main":true}]}`, 400, "VALIDATION_ERROR", "main"},
		{"POST", at, `{"hdds":[{"size":20,"is_main":7}]}`, 400, "VALIDATION_ERROR", "is_main"},
		{"PUT", at + "/" + main, `{}`, 400, "VALIDATION_ERROR", "size"},
		{"PUT", at + "/" + main, `{"size":"50"}`, 400, "VALIDATION_ERROR", "size"},
		{"PUT", at + "/" + main, `{"size":30}`, 400, "VALIDATION_ERROR", "shrink"},
		{"PUT", at + "/" + main, `{"size":55}`, 400, "VALIDATION_ERROR", "steps of 10"},
		{"PUT", at + "/" + main, `{"size":2010}`, 400, "VALIDATION_ERROR", "20 to 2000"},
		{"PUT", at + "/" + foreign, `{"size":50}`, 404, "NOT_FOUND", foreign},
		{"PUT", at + "/zz", `{"size":50}`, 404, "NOT_FOUND", "zz"},
		{"GET", at + "/" + foreign, "", 404, "NOT_FOUND", foreign},
		{"DELETE", at + "/" + foreign, "", 404, "NOT_FOUND", foreign},
		{"DELETE", at + "/" + unknown, "", 404, "NOT_FOUND", unknown},
		{"GET", "/servers/" + unknown + "/hardware/hdds", "", 404, "NOT_FOUND", unknown},
	} {
		w.call(c.method, c.path, c.body).fails(c.status, c.kind, c.text)
	}
	if v := w.get(s.ID); len(v.Hardware.Hdds) != 1 || v.Hardware.Hdds[0].Size != 40 {
		t.Errorf("%+v", v.Hardware)
	}
}

// R4: the fixed size is that of the shape that is carried out.
func TestFixedSizeIsShownWhenCarriedOut(t *testing.T) {
	w := newWorld(t)
	large := insert(w,
		&cloud.Flavor{Meta: uid("591A7FEF641A98B38D1C4F7C99910121"), Kind: fixed, Name: "L", VCPU: 4, Cores: 1, RAM: 8192, DiskGB: 80})
	s := w.create("web", func(b map[string]any) {
		b["hardware"] = map[string]any{"fixed_instance_size_id": w.flavor.UID.String()}
	})
	shows := func(when string, want *cloud.Flavor) {
		t.Helper()
		hw := w.get(s.ID).Hardware
		if want == nil && hw.FixedInstanceSizeID == nil {
			return
		}
		if hw.FixedInstanceSizeID == nil || want == nil || *hw.FixedInstanceSizeID != want.UID.String() || hw.Vcore != want.VCPU {
			t.Errorf("%s: %+v", when, hw)
		}
	}
	shows("made", w.flavor)
	w.call("PUT", "/servers/"+s.ID+"/hardware", fmt.Sprintf(`{"fixed_instance_size_id":%q}`, large.UID)).want(202)
	shows("ordered", w.flavor)
	w.settle()
	shows("carried out", large)
	w.call("PUT", "/servers/"+s.ID+"/hardware", `{"vcore":8}`).want(202)
	shows("leaving fixed sizes", large)
	w.settle()
	shows("flexible", nil)
}

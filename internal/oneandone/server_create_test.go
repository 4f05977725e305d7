package oneandone

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

const unknown = "ABCDEFABCDEFABCDEFABCDEFABCDEFAB"

// set changes a value in a body by its path; nil removes it.
func set(body map[string]any, path string, v any) {
	steps := strings.Split(path, ".")
	for _, s := range steps[:len(steps)-1] {
		body = body[s].(map[string]any)
	}
	if last := steps[len(steps)-1]; v == nil {
		delete(body, last)
	} else {
		body[last] = v
	}
}

func disk(size any, main any) map[string]any {
	return map[string]any{"size": size, "is_main": main}
}

// Every documented rule of POST /servers, with its error.
func TestCreateServerRules(t *testing.T) {
	w := newWorld(t)
	free := parse[oneandone.PublicIP](w.call("POST", "/public_ips", nil).want(201))
	used := w.create("other").Ips[0]
	foreign := parse[oneandone.PublicIP](w.as(otherKey, "POST", "/public_ips", nil).want(201))
	foreignKey := parse[oneandone.SSHKey](w.as(otherKey, "POST", "/ssh_keys", `{"name":"k"}`).want(201))
	spanish := parse[oneandone.PublicIP](w.call("POST", "/public_ips", fmt.Sprintf(`{"datacenter_id":%q}`, w.spain.UID)).want(201))
	before := len(parse[[]oneandone.Server](w.call("GET", "/servers", nil)))
	flavor := func(id any) map[string]any { return map[string]any{"fixed_instance_size_id": id} }
	for _, c := range []struct {
		name   string
		path   string
		value  any
		status int
		kind   string
		text   string
	}{
		{"name absent", "name", nil, 400, "VALIDATION_ERROR", "name"},
		{"name empty", "name", "", 400, "VALIDATION_ERROR", "name"},
		{"name too long", "name", strings.Repeat("ä", 129), 400, "VALIDATION_ERROR", "128"},
		{"name of wrong type", "name", 7, 400, "VALIDATION_ERROR", "name"},
		{"description too long", "description", strings.Repeat("x", 257), 400, "VALIDATION_ERROR", "256"},
		{"password too short", "password", "1234567", 400, "VALIDATION_ERROR", "8 to 64"},
		{"password too long", "password", strings.Repeat("x", 65), 400, "VALIDATION_ERROR", "8 to 64"},
		{"hardware absent", "hardware", nil, 400, "VALIDATION_ERROR", "hardware"},
		{"hardware of wrong type", "hardware", []any{}, 400, "VALIDATION_ERROR", "hardware"},
		{"hardware empty", "hardware", map[string]any{}, 400, "VALIDATION_ERROR", "exactly one"},
		{"flavor and numbers", "hardware.fixed_instance_size_id", "81504C620D98BCEBAA5202D145203B4B", 400, "VALIDATION_ERROR", "exactly one"},
		{
			"flavor and model", "hardware",
			map[string]any{"fixed_instance_size_id": unknown, "baremetal_model_id": unknown},
			400,
			"VALIDATION_ERROR", "exactly one",
		},
		{"flavor unknown", "hardware", flavor(unknown), 404, "NOT_FOUND", unknown},
		{"flavor malformed", "hardware", flavor("7"), 404, "NOT_FOUND", "7"},
		{"flavor of wrong type", "hardware", flavor(7), 400, "VALIDATION_ERROR", "fixed_instance_size_id"},
		{"model unknown", "hardware", map[string]any{"baremetal_model_id": unknown}, 404, "NOT_FOUND", unknown},
		{"vcore 0", "hardware.vcore", 0, 400, "VALIDATION_ERROR", "vcore"},
		{"vcore 17", "hardware.vcore", 17, 400, "VALIDATION_ERROR", "1 to 16"},
		{"vcore negative", "hardware.vcore", -1, 400, "VALIDATION_ERROR", "vcore"},
		{"vcore huge", "hardware.vcore", 1e15, 400, "VALIDATION_ERROR", "vcore"},
		{"vcore said as sent", "hardware.vcore", -7, 400, "VALIDATION_ERROR", "not -7"},
		{"vcore huge, said as sent", "hardware.vcore", 5e12, 400, "VALIDATION_ERROR", "not 5000000000000"},
		{"ram said as sent", "hardware.ram", -3, 400, "VALIDATION_ERROR", "not -3"},
		{"little ram said as sent", "hardware.ram", 0.0001, 400, "VALIDATION_ERROR", "not 0.0001"},
		{"ram huge, said as sent", "hardware.ram", 5e12, 400, "VALIDATION_ERROR", "not 5e+12"},
		{"ram between steps, said as sent", "hardware.ram", 0.7, 400, "VALIDATION_ERROR", "not 0.7"},
		{"disk said as sent", "hardware.hdds", []any{disk(-40, true)}, 400, "VALIDATION_ERROR", "not -40"},
		{"disk huge, said as sent", "hardware.hdds", []any{disk(5e12, true)}, 400, "VALIDATION_ERROR", "not 5000000000000"},
		{"cores 0", "hardware.cores_per_processor", 0, 400, "VALIDATION_ERROR", "cores_per_processor"},
		{"name that is not seen", "name", "a\u200bb", 400, "VALIDATION_ERROR", "U+200B"},
		{"name of tags", "name", "web\U000e0061", 400, "VALIDATION_ERROR", "U+E0061"},
		{"vcore not whole", "hardware.vcore", 1.5, 400, "VALIDATION_ERROR", "vcore"},
		{"cores more than vcore", "hardware.cores_per_processor", 3, 400, "VALIDATION_ERROR", "cores_per_processor"},
		{
			"cores do not divide vcore", "hardware",
			map[string]any{"vcore": 4, "cores_per_processor": 3, "ram": 1, "hdds": []any{disk(40, true)}},
			400, "VALIDATION_ERROR", "cores_per_processor",
		},
		{"ram 0", "hardware.ram", 0, 400, "VALIDATION_ERROR", "ram"},
		{"ram too small", "hardware.ram", 0.25, 400, "VALIDATION_ERROR", "0.5 to 128"},
		{"ram too large", "hardware.ram", 128.5, 400, "VALIDATION_ERROR", "0.5 to 128"},
		{"ram between steps", "hardware.ram", 1.3, 400, "VALIDATION_ERROR", "steps of 0.5"},
		{"ram just off a step", "hardware.ram", 1.0000001, 400, "VALIDATION_ERROR", "steps of 0.5"},
		{"ram huge", "hardware.ram", 1e300, 400, "VALIDATION_ERROR", "ram"},
		{"ram as text", "hardware.ram", "2", 400, "VALIDATION_ERROR", "ram"},
		{"no disk", "hardware.hdds", []any{}, 400, "VALIDATION_ERROR", "main"},
		{"two main disks", "hardware.hdds", []any{disk(40, true), disk(40, true)}, 400, "VALIDATION_ERROR", "exactly one"},
		{"no main disk", "hardware.hdds", []any{disk(40, false)}, 400, "VALIDATION_ERROR", "exactly one"},
		{"disk too small", "hardware.hdds", []any{disk(40, true), disk(10, false)}, 400, "VALIDATION_ERROR", "20 to 2000"},
		{"disk too large", "hardware.hdds", []any{disk(2010, true)}, 400, "VALIDATION_ERROR", "20 to 2000"},
		{"disk between steps", "hardware.hdds", []any{disk(45, true)}, 400, "VALIDATION_ERROR", "steps of 10"},
		{"disk without size", "hardware.hdds", []any{map[string]any{"is_main": true}}, 400, "VALIDATION_ERROR", "size"},
		{"disk of wrong type", "hardware.hdds", []any{"40"}, 400, "VALIDATION_ERROR", "hdds[0]"},
		{"disk null", "hardware.hdds", []any{nil}, 400, "VALIDATION_ERROR", "hdds[0]"},
		{"main disk below the image's minimum", "hardware.hdds", []any{disk(20, true)}, 400, "VALIDATION_ERROR", "30"},
		{"main disk below all minimums", "hardware.hdds", []any{disk(10, true)}, 400, "VALIDATION_ERROR", "the main disk has 10 GB"},
		{"appliance absent", "appliance_id", nil, 400, "VALIDATION_ERROR", "appliance_id"},
		{"appliance unknown", "appliance_id", unknown, 404, "NOT_FOUND", unknown},
		{"appliance malformed", "appliance_id", "x", 404, "NOT_FOUND", "x"},
		{"appliance is a DVD", "appliance_id", w.dvd.UID.String(), 404, "NOT_FOUND", ""},
		{"datacenter unknown", "datacenter_id", unknown, 404, "NOT_FOUND", unknown},
		{"datacenter of a robot", "datacenter_id", w.robot.UID.String(), 404, "NOT_FOUND", ""},
		{"address unknown", "ip_id", unknown, 404, "NOT_FOUND", unknown},
		{"address of somebody else", "ip_id", foreign.ID, 404, "NOT_FOUND", foreign.ID},
		{"address in use", "ip_id", used.ID, 409, "CONFLICT", "assigned"},
		{"address elsewhere", "ip_id", spanish.ID, 409, "CONFLICT", "data centre"},
		{"policy unknown", "firewall_policy_id", unknown, 404, "NOT_FOUND", unknown},
		{"policy of wrong type", "firewall_policy_id", 0, 400, "VALIDATION_ERROR", "firewall_policy_id"},
		{"name that moves the cursor", "name", "a\x1b[2Jb", 400, "VALIDATION_ERROR", "name"},
		{"name that turns around", "name", "a\u202eb", 400, "VALIDATION_ERROR", "U+202E"},
		{"key is no key", "rsa_key", "hello", 400, "VALIDATION_ERROR", "rsa_key: "},
		{"key of wrong type", "rsa_key", 7, 400, "VALIDATION_ERROR", "rsa_key"},
		{"stored key unknown", "public_key", []any{unknown}, 404, "NOT_FOUND", unknown},
		{"stored key of somebody else", "public_key", foreignKey.ID, 404, "NOT_FOUND", foreignKey.ID},
		{"stored key of wrong type", "public_key", []any{7}, 400, "VALIDATION_ERROR", "public_key"},
		{"power_on as text", "power_on", "true", 400, "VALIDATION_ERROR", "power_on"},
		{"is_main as text", "hardware.hdds", []any{disk(40, "true")}, 400, "VALIDATION_ERROR", "hdds[0].is_main"},
		{"power_on of wrong type", "power_on", 1, 400, "VALIDATION_ERROR", "power_on"},
		{"server_type unknown", "server_type", "toaster", 400, "VALIDATION_ERROR", "cloud"},
		{"server_type of other hardware", "server_type", "baremetal", 400, "VALIDATION_ERROR", "server_type: "},
		{"user_data kind unknown", "user_data_content_type", "exe", 400, "VALIDATION_ERROR", "yaml"},
		{"balancers are not built", "load_balancer_id", unknown, 501, "NOT_IMPLEMENTED", "load balancers"},
		{"monitoring is not built", "monitoring_policy_id", unknown, 501, "NOT_IMPLEMENTED", "monitoring"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := w.serverBody("rule")
			set(body, c.path, c.value)
			r := w.call("POST", "/servers", body)
			r.t = t
			r.fails(c.status, c.kind, c.text)
		})
	}
	// The appliance must be there where the server is to be.
	body := w.serverBody("rule")
	body["appliance_id"], body["datacenter_id"] = w.small.UID.String(), w.spain.UID.String()
	w.call("POST", "/servers", body).fails(400, "VALIDATION_ERROR", "not available")
	metal := w.serverBody("rule")
	metal["server_type"], metal["hardware"] = "cloud", map[string]any{"baremetal_model_id": w.metal.UID.String()}
	w.call("POST", "/servers", metal).fails(400, "VALIDATION_ERROR", "server_type: ")
	// What is wrong with the size of a disk is told once, by what asks for more.
	small := w.serverBody("rule")
	set(small, "hardware.hdds", []any{disk(10, true)})
	if a := w.call("POST", "/servers", small); strings.Contains(string(a.body), "20 to 2000") {
		t.Errorf("a small disk is told of twice: %s", a.body)
	}
	// Several things are told in one order.
	later := w.serverBody("rule")
	later["load_balancer_id"], later["monitoring_policy_id"] = unknown, unknown
	for first, n := "", 0; n < 20; n++ {
		a := string(w.call("POST", "/servers", later).body)
		if first == "" {
			first = a
		}
		if a != first || strings.Count(a, "not built yet") < 2 {
			t.Fatalf("once %s, once %s", first, a)
		}
	}
	// All that is wrong with the form is told at once.
	w.call("POST", "/servers", `{"hardware":{"vcore":"x","ram":"y"},"power_on":3}`).fails(400, "VALIDATION_ERROR", "hardware.ram")

	if after := len(parse[[]oneandone.Server](w.call("GET", "/servers", nil))); after != before {
		t.Errorf("refused creations left %d servers", after-before)
	}
	if v := parse[oneandone.PublicIP](w.call("GET", "/public_ips/"+free.ID, nil)); v.AssignedTo != nil {
		t.Errorf("a refused creation took an address: %+v", v)
	}
}

// What is accepted, and what follows from it.
func TestCreateServerForms(t *testing.T) {
	w := newWorld(t)
	key := parse[oneandone.SSHKey](w.call("POST", "/ssh_keys", `{"name":"k"}`).want(201))
	ip := parse[oneandone.PublicIP](w.call("POST", "/public_ips", `{"reverse_dns":"a.example"}`).want(201))
	windows := parse[oneandone.Server](w.call("POST", "/servers", w.serverBody("x")))
	w.settle()
	_ = windows
	const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@here"
	for _, c := range []struct {
		name  string
		set   map[string]any
		check func(t *testing.T, s oneandone.Server)
	}{
		{
			"Go client's zeros beside a flavor",
			map[string]any{"hardware": map[string]any{
				"fixed_instance_size_id": strings.ToLower(w.flavor.UID.String()),
				"vcore":                  0, "cores_per_processor": 0, "ram": 0,
			}},
			func(t *testing.T, s oneandone.Server) {
				if hw := s.Hardware; hw.Vcore != 2 || hw.RAM != 2 ||
					hw.FixedInstanceSizeID == nil || *hw.FixedInstanceSizeID != w.flavor.UID.String() || hw.Hdds[0].Size != 80 {
					t.Errorf("%+v", hw)
				}
			},
		},
		{"Python client's nulls", map[string]any{
			"description": nil, "password": nil, "power_on": nil, "firewall_policy_id": nil, "ip_id": nil, "load_balancer_id": nil,
			"monitoring_policy_id": nil, "datacenter_id": nil,
			"private_network_id": nil, "rsa_key": nil, "public_key": nil, "server_type": nil, "ipv6_range": nil, "hostname": nil,
			"server_id": nil, "api_token": "x",
		}, func(t *testing.T, s oneandone.Server) {
			if s.Status.State != "POWERED_ON" || s.Datacenter.ID != w.region.UID.String() || s.Description != nil {
				t.Errorf("%+v", s)
			}
		}},
		{"off", map[string]any{"power_on": false}, func(t *testing.T, s oneandone.Server) {
			if s.Status.State != "POWERED_OFF" || s.Status.Percent != nil {
				t.Errorf("%+v", s.Status)
			}
		}},
		{
			"a model",
			map[string]any{"hardware": map[string]any{"baremetal_model_id": w.metal.UID.String()}, "server_type": "baremetal"},
			func(t *testing.T, s oneandone.Server) {
				if hw := s.Hardware; hw.Vcore != 4 || hw.FixedInstanceSizeID != nil ||
					hw.BaremetalModelID == nil || s.ServerType != "baremetal" || hw.Hdds[0].Size != 1600 {
					t.Errorf("%s %+v", s.ServerType, hw)
				}
			},
		},
		{"elsewhere", map[string]any{"datacenter_id": w.spain.UID.String()}, func(t *testing.T, s oneandone.Server) {
			if s.Datacenter.ID != w.spain.UID.String() || s.Datacenter.CountryCode != "ES" {
				t.Errorf("%+v", s.Datacenter)
			}
		}},
		{"an address that is there", map[string]any{"ip_id": strings.ToLower(ip.ID)}, func(t *testing.T, s oneandone.Server) {
			if len(s.Ips) != 1 || s.Ips[0].ID != ip.ID || s.Ips[0].IP != ip.IP || *s.Ips[0].ReverseDNS != "a.example" {
				t.Errorf("%+v", s.Ips)
			}
			if v := parse[oneandone.PublicIP](w.call("GET", "/public_ips/"+ip.ID, nil)); v.AssignedTo == nil || v.AssignedTo.ID != s.ID ||
				v.AssignedTo.Type != "SERVER" {
				t.Errorf("%+v", v.AssignedTo)
			}
		}},
		{"everything blocked", map[string]any{"firewall_policy_id": "0"}, func(t *testing.T, s oneandone.Server) {
			if s.Ips[0].FirewallPolicy != nil || !w.ipRow(s.Ips[0].ID).BlockAll {
				t.Errorf("%+v", s.Ips)
			}
		}},
		{"a policy", map[string]any{"firewall_policy_id": w.policy.UID.String()}, func(t *testing.T, s oneandone.Server) {
			if p := s.Ips[0].FirewallPolicy; p == nil || p.ID != w.policy.UID.String() {
				t.Errorf("%+v", p)
			}
		}},
		{"a bare key", map[string]any{"rsa_key": line}, func(t *testing.T, s oneandone.Server) {
			if *s.RSAKey != 1 || s.FirstPassword != nil {
				t.Errorf("rsa_key %d, password %v", *s.RSAKey, s.FirstPassword)
			}
		}},
		{"a later client's boolean", map[string]any{"rsa_key": true}, func(t *testing.T, s oneandone.Server) {
			if *s.RSAKey != 0 || s.FirstPassword == nil {
				t.Errorf("rsa_key %d, password %v", *s.RSAKey, s.FirstPassword)
			}
		}},
		{"stored keys", map[string]any{"public_key": []any{key.ID}}, func(t *testing.T, s oneandone.Server) {
			v := parse[oneandone.SSHKey](w.call("GET", "/ssh_keys/"+key.ID, nil))
			if *s.RSAKey != 1 || len(v.Servers) != 1 || v.Servers[0].ID != s.ID {
				t.Errorf("rsa_key %d, key %+v", *s.RSAKey, v)
			}
		}},
		{"a lone stored key", map[string]any{"public_key": key.ID}, func(t *testing.T, s oneandone.Server) {
			if *s.RSAKey != 1 {
				t.Error("the key is missing")
			}
		}},
		{"a password", map[string]any{"password": "test1234"}, func(t *testing.T, s oneandone.Server) {
			if s.FirstPassword != nil {
				t.Errorf("shows %s", *s.FirstPassword)
			}
		}},
		{"name, description, host name, user data", map[string]any{
			"name": strings.Repeat("n", 128), "description": strings.Repeat("ä", 256),
			"hostname": "web.example", "user_data": "#cloud-config\n", "user_data_content_type": "yaml",
		}, func(t *testing.T, s oneandone.Server) {
			if len(s.Name) != 128 || *s.Description != strings.Repeat("ä", 256) || *s.Hostname != "web.example" {
				t.Errorf("%+v", s)
			}
		}},
		{"steps of 10 and two disks", map[string]any{"hardware": map[string]any{
			"vcore": 16, "cores_per_processor": 16,
			"ram": 128, "hdds": []any{disk(2000, true), disk(50, nil), disk(20, false)},
		}}, func(t *testing.T, s oneandone.Server) {
			if len(s.Hardware.Hdds) != 3 || !s.Hardware.Hdds[0].IsMain || s.Hardware.Hdds[1].Size != 50 || s.Hardware.RAM != 128 {
				t.Errorf("%+v", s.Hardware)
			}
		}},
		{
			"cores absent are one",
			map[string]any{"hardware": map[string]any{"vcore": 3, "ram": 0.5, "hdds": []any{disk(30, true)}}},
			func(t *testing.T, s oneandone.Server) {
				if s.Hardware.CoresPerProcessor != 1 || s.Hardware.RAM != 0.5 {
					t.Errorf("%+v", s.Hardware)
				}
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := w.create("form", func(body map[string]any) {
				for k, v := range c.set {
					body[k] = v
				}
			})
			if len(s.Ips) != 1 {
				t.Fatalf("addresses %+v", s.Ips)
			}
			if s.CloudpanelID != s.ID[:7] || s.Image.ID != w.linux.UID.String() || s.Image.Name != w.linux.Name {
				t.Errorf("%+v", s)
			}
			c.check(t, s)
		})
	}
}

// ipRow reads what no answer shows.
func (w *world) ipRow(id string) *cloud.IP {
	w.t.Helper()
	u, _ := cloud.ParseUID(id)
	var row *cloud.IP
	err := w.db.Read(w.t.Context(), func(tx *store.Tx) (err error) {
		row, err = store.ByUID[cloud.IP](tx, u)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return row
}

// Pools and hosts that are used up say which and what to do.
func TestCreateServerExhausted(t *testing.T) {
	w := newWorld(t)
	w.write(func(tx *store.Tx) error {
		hosts, err := store.Find[cloud.Host](tx, cloud.Where(cloud.Eq("region_id", w.region.ID)))
		if err != nil {
			return err
		}
		hosts[0].RAM = 4096
		return store.Update(tx, hosts[0])
	})
	w.call("POST", "/servers", map[string]any{
		"name":         "big",
		"appliance_id": w.linux.UID.String(), "hardware": map[string]any{"vcore": 1, "ram": 64, "hdds": []any{disk(40, true)}},
	}).
		fails(409, "CONFLICT", "host-US")
}

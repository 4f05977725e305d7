package seed_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kdomanski/iso9660"

	"github.com/virga-cloud/virga/internal/host/seed"
	"github.com/virga-cloud/virga/internal/plan"
)

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFoo me@home"

func full() plan.Seed {
	return plan.Seed{
		Instance: "i-1", Hostname: "web", RootHash: "$6$salt$abc./XYZ", Keys: []string{key, "ssh-rsa AAAA it's \"mine\""},
		DNS: []string{"198.51.100.1", "2001:db8::53"},
		NICs: []plan.SeedIF{
			{MAC: "52:54:00:00:00:01", DHCP: true},
			{MAC: "52:54:00:00:00:02", Address: "10.0.0.5/24", Gateway: "10.0.0.1"},
			{MAC: "52:54:00:00:00:03", Address: "198.51.100.7/32", Gateway: "198.51.100.1"},
			{MAC: "52:54:00:00:00:04", Address: "2001:db8::5/64", Gateway: "2001:db8::1"},
		},
	}
}

// files reads the disk back with another implementation.
func files(t testing.TB, img []byte) map[string]string {
	t.Helper()
	r, err := iso9660.OpenImage(bytes.NewReader(img))
	if err != nil {
		t.Fatal(err)
	}
	root, err := r.RootDir()
	if err != nil {
		t.Fatal(err)
	}
	all, err := root.GetChildren()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, f := range all {
		b, err := io.ReadAll(f.Reader())
		if err != nil {
			t.Fatal(err)
		}
		m[f.Name()] = string(b)
	}
	return m
}

func build(t testing.TB, s plan.Seed) map[string]string {
	t.Helper()
	img, err := seed.Build(s)
	if err != nil {
		t.Fatal(err)
	}
	return files(t, img)
}

// decode reads the YAML that we write: JSON with one escape more.
func decode(t testing.TB, text string) map[string]any {
	t.Helper()
	text = regexp.MustCompile(`\\U([0-9a-f]{8})`).ReplaceAllStringFunc(text, func(u string) string {
		var b []byte
		var r rune
		for _, c := range u[2:] {
			r = r<<4 + rune(strings.IndexRune("0123456789abcdef", c))
		}
		return string(utf8.AppendRune(b, r))
	})
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

func TestFiles(t *testing.T) {
	f := build(t, full())
	if got := decode(t, f["meta-data"]); got["instance-id"] != "i-1" || got["local-hostname"] != "web" {
		t.Errorf("meta-data: %v", got)
	}
	config, ok := strings.CutPrefix(f["user-data"], "#cloud-config\n")
	if !ok {
		t.Fatalf("user-data: %s", f["user-data"])
	}
	c := decode(t, config)
	root := c["users"].([]any)[0].(map[string]any)
	if c["hostname"] != "web" || c["disable_root"] != false || c["ssh_pwauth"] != true ||
		root["hashed_passwd"] != "$6$salt$abc./XYZ" || root["lock_passwd"] != false ||
		len(root["ssh_authorized_keys"].([]any)) != 2 || len(c["ssh_authorized_keys"].([]any)) != 2 {
		t.Errorf("cloud-config: %v", c)
	}
	eth := decode(t, f["network-config"])["ethernets"].(map[string]any)
	if len(eth) != 4 || eth["eth0"].(map[string]any)["dhcp4"] != true {
		t.Errorf("network-config: %v", eth)
	}
	routes := func(name string) map[string]any {
		return eth[name].(map[string]any)["routes"].([]any)[0].(map[string]any)
	}
	if r := routes("eth1"); r["to"] != "0.0.0.0/0" || r["via"] != "10.0.0.1" || r["on-link"] != nil {
		t.Errorf("eth1: %v", r)
	}
	if r := routes("eth2"); r["on-link"] != true {
		t.Errorf("eth2, gateway outside of its prefix: %v", r)
	}
	if r := routes("eth3"); r["to"] != "::/0" {
		t.Errorf("eth3: %v", r)
	}
	want := "52:54:00:00:00:01,dhcp,,,198.51.100.1+2001:db8::53 52:54:00:00:00:02,static,10.0.0.5/24,10.0.0.1,198.51.100.1+2001:db8::53 "
	if env := shell(t, f["virga.env"]); !strings.HasPrefix(env["VIRGA_NICS"], want) || env["VIRGA_HOSTNAME"] != "web" ||
		env["VIRGA_ROOT_HASH"] != "$6$salt$abc./XYZ" || unbase(t, env["VIRGA_KEYS_B64"]) != strings.Join(full().Keys, "\n")+"\n" {
		t.Errorf("virga.env: %v", env)
	}
	// Without a hash there is no login by password.
	s := full()
	s.RootHash = ""
	c = decode(t, strings.TrimPrefix(build(t, s)["user-data"], "#cloud-config\n"))
	if c["ssh_pwauth"] != false || c["users"].([]any)[0].(map[string]any)["lock_passwd"] != true {
		t.Errorf("without a password: %v", c)
	}
}

// shell reads the variables as a guest does.
func shell(t testing.TB, env string) map[string]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "virga.env")
	if err := os.WriteFile(file, []byte(env), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("env", "-i", "sh", "-c", `set -a; . "$1"; env -0`, "sh", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for v := range strings.SplitSeq(string(out), "\x00") {
		k, val, _ := strings.Cut(v, "=")
		m[k] = val
	}
	return m
}

func unbase(t testing.TB, s string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSameSeedSameBytes(t *testing.T) {
	s := full()
	s.UserData = "#!/bin/sh\necho hello\n"
	a, err := seed.Build(s)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := seed.Build(s)
	if !bytes.Equal(a, b) {
		t.Error("two builds differ")
	}
	s.Hostname = "db"
	if c, _ := seed.Build(s); bytes.Equal(a, c) {
		t.Error("another name, the same bytes")
	}
}

func TestUserData(t *testing.T) {
	own := "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"BB\"\n\n--BB\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--BB--\n"
	for data, want := range map[string]string{
		"#cloud-config\npackages: [vim]\n":           "text/cloud-config",
		"#!/bin/sh\necho 'ü'\n":                      "text/x-shellscript",
		"#include\nhttps://example.net\n":            "text/x-include-url",
		"#cloud-config-archive\n[]\n":                "text/cloud-config-archive",
		"## template: jinja\n#cloud-config\n":        "text/jinja2",
		"just text":                                  "text/plain",
		own:                                          "multipart/mixed",
		"Content-Type: text/x\nnot a message at all": "text/plain",
	} {
		s := full()
		s.UserData = data
		f := build(t, s)
		if got := unbase(t, shell(t, f["virga.env"])["VIRGA_USERDATA_B64"]); got != data {
			t.Errorf("virga.env has %q, want %q", got, data)
		}
		parts := message(t, f["user-data"])
		if len(parts) != 2 || parts[0].kind != "text/cloud-config" || !strings.HasPrefix(parts[0].body, "#cloud-config\n") {
			t.Fatalf("%q: %v", data, parts)
		}
		if parts[1].kind != want {
			t.Errorf("%q became %s, want %s", data, parts[1].kind, want)
		}
		if want != "multipart/mixed" && parts[1].body != data {
			t.Errorf("%q became %q", data, parts[1].body)
		}
		if want == "multipart/mixed" && !strings.Contains(parts[1].body, "#!/bin/sh\n--BB--") {
			t.Errorf("the user's message became %q", parts[1].body)
		}
	}
}

type part struct{ kind, body string }

func message(t testing.TB, text string) []part {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	_, p, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	r := multipart.NewReader(m.Body, p["boundary"])
	for {
		q, err := r.NextPart()
		if err == io.EOF {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(q)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(q.Header.Get("Content-Type"))
		if q.Header.Get("Content-Transfer-Encoding") == "base64" {
			b = []byte(unbase(t, strings.ReplaceAll(string(b), "\n", "")))
		}
		parts = append(parts, part{kind, string(b)})
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(*plan.Seed){
		"a name with a new line":    func(s *plan.Seed) { s.Hostname = "web\nruncmd: [reboot]" },
		"a name with a quote":       func(s *plan.Seed) { s.Hostname = "web'; reboot; '" },
		"no name":                   func(s *plan.Seed) { s.Hostname = "" },
		"an instance with a blank":  func(s *plan.Seed) { s.Instance = "a b" },
		"a clear password":          func(s *plan.Seed) { s.RootHash = "secret" },
		"a key of two lines":        func(s *plan.Seed) { s.Keys = []string{"ssh-rsa A\nssh-rsa B"} },
		"an empty key":              func(s *plan.Seed) { s.Keys = []string{" "} },
		"a MAC with more":           func(s *plan.Seed) { s.NICs[0].MAC += " x" },
		"an address without prefix": func(s *plan.Seed) { s.NICs[1].Address = "10.0.0.5" },
		"a gateway that is a name":  func(s *plan.Seed) { s.NICs[1].Gateway = "gw" },
		"a gateway with a zone":     func(s *plan.Seed) { s.NICs[3].Gateway = "fe80::1%';reboot" },
		"a resolver that is a name": func(s *plan.Seed) { s.DNS = []string{"dns"} },
		"endless user data":         func(s *plan.Seed) { s.UserData = strings.Repeat("x", 1<<20+1) },
	} {
		s := full()
		change(&s)
		if _, err := seed.Build(s); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// The system's own tool agrees about label and names, in both extensions.
func TestOtherReader(t *testing.T) {
	if _, err := exec.LookPath("xorriso"); err != nil {
		t.Skip("xorriso is not installed")
	}
	img, err := seed.Build(full())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "seed.iso")
	if err := os.WriteFile(file, img, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ext := range []string{"norock", "nojoliet"} {
		out, err := exec.Command("xorriso", "-read_fs", ext, "-indev", file, "-pvd_info", "-lsl", "/").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, want := range []string{"cidata", "user-data", "meta-data", "network-config", "virga.env"} {
			if ext == "norock" && want == "cidata" {
				continue
			}
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: no %s in %s", ext, want, out)
			}
		}
		if strings.Contains(string(out), "WARNING") {
			t.Errorf("%s: %s", ext, out)
		}
	}
}

var envLine = regexp.MustCompile(`^VIRGA_[A-Z0-9_]+='([^']|'\\'')*'$`)

func FuzzBuild(f *testing.F) {
	f.Add("web", "i-1", "$6$a$b", key, "#!/bin/sh\n", "198.51.100.1", "52:54:00:00:00:01", "10.0.0.5/24", "10.0.0.1")
	f.Add("w'eb\n", "i: 1", "$6$'$b", "k\x00ey \U0001f600\u2028'", "--virga\n", "::1%'", "x", "10.0.0.5/24'", "\"")
	f.Fuzz(func(t *testing.T, host, inst, hash, key, data, dns, mac, addr, gw string) {
		s := plan.Seed{
			Hostname: host, Instance: inst, RootHash: hash, Keys: []string{key}, UserData: data,
			DNS: []string{dns}, NICs: []plan.SeedIF{{MAC: mac, Address: addr, Gateway: gw}},
		}
		img, err := seed.Build(s)
		if err != nil {
			return
		}
		m := files(t, img)
		config := m["user-data"]
		if strings.TrimSpace(data) != "" {
			config = message(t, config)[0].body
		}
		c := decode(t, strings.TrimPrefix(config, "#cloud-config\n"))
		keys := c["ssh_authorized_keys"].([]any)
		if len(c) > 8 || c["hostname"] != host || len(keys) != 1 || keys[0] != strings.ToValidUTF8(key, "\ufffd") && utf8.ValidString(key) {
			t.Errorf("cloud-config became %v", c)
		}
		if got := decode(t, m["meta-data"]); len(got) != 2 || got["instance-id"] != inst {
			t.Errorf("meta-data became %v", got)
		}
		lines := strings.Split(strings.TrimSuffix(m["virga.env"], "\n"), "\n")
		if len(lines) != 6 || slices.ContainsFunc(lines, func(l string) bool { return !envLine.MatchString(l) }) {
			t.Errorf("virga.env became %q", m["virga.env"])
		}
	})
}

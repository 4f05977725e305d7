package seed_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
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
	s := full()
	s.NICs[0].More = []string{"10.0.0.7/24", "10.0.0.8/24"}
	f = build(t, s)
	card := decode(t, f["network-config"])["ethernets"].(map[string]any)["eth0"].(map[string]any)
	if card["dhcp4"] != true || !slices.Equal(card["addresses"].([]any), []any{"10.0.0.7/24", "10.0.0.8/24"}) {
		t.Errorf("more addresses: %v", card)
	}
	if env := shell(t, f["virga.env"]); !strings.HasPrefix(env["VIRGA_NICS"], "52:54:00:00:00:01,dhcp,10.0.0.7/24+10.0.0.8/24,,") {
		t.Errorf("more addresses: %v", env)
	}
	s.NICs[0].More = []string{"10.0.0.7"}
	if _, err := seed.Build(s); err == nil {
		t.Error("an address without its length is taken")
	}
	// Without a hash there is no login by password.
	s = full()
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
		"#cloud-config-jsonp\n[]\n":                  "text/cloud-config-jsonp",
		"\n #Cloud-Config\npackages: [vim]\n":        "text/plain", // cloud-init finds out what it is
		"#!/bin/sh\n# MIME-Version: 1.0\n":           "text/x-shellscript",
		"Content-Type: text/x\nnot a message at all": "text/plain",
	} {
		s := full()
		s.UserData = data
		f := build(t, s)
		if got := unbase(t, shell(t, f["virga.env"])["VIRGA_USERDATA_B64"]); got != data {
			t.Errorf("virga.env has %q, want %q", got, data)
		}
		parts := parts(t, f["user-data"])
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

// A message of one part works alone, and so it has to work beside ours: with its
// own headers, whatever it is and however it is packed.
func TestUserDataOfOnePart(t *testing.T) {
	const config = "#cloud-config\npackages: [vim]\n"
	packed := base64.StdEncoding.EncodeToString([]byte(config))
	for name, c := range map[string]struct{ data, kind, body, merge string }{
		"a config": {"Content-Type: text/cloud-config\nMIME-Version: 1.0\n\n" + config, "text/cloud-config", config, "list(append)"},
		"other letters": {
			"mime-version: 1.0\ncontent-type: text/cloud-config; charset=\"utf-8\"\n\n" + config, "text/cloud-config", config, "list(append)",
		},
		"packed": {
			"Content-Type: text/cloud-config\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n" + packed,
			"text/cloud-config", config, "list(append)",
		},
		"with a merge of its own": {
			"Content-Type: text/cloud-config\nMIME-Version: 1.0\nMerge-Type: dict(replace)\n\n" + config,
			"text/cloud-config", config, "dict(replace)",
		},
		"a script": {"Content-Type: text/x-shellscript\nMIME-Version: 1.0\n\n#!/bin/sh\n", "text/x-shellscript", "#!/bin/sh\n", ""},
		"lines of another system": {
			"Content-Type: text/x-shellscript\r\nMIME-Version: 1.0\r\n\r\n#!/bin/sh\r\n", "text/x-shellscript", "#!/bin/sh\n", "",
		},
		"without a kind": {"MIME-Version: 1.0\n\n" + config, "text/plain", config, ""},
		"a folded header": {
			"Content-Type: text/cloud-config;\n charset=\"utf-8\"\nMIME-Version: 1.0\n\n" + config, "text/cloud-config", config, "list(append)",
		},
		"no empty line": {"Content-Type: text/cloud-config\nMIME-Version: 1.0\n" + config, "text/cloud-config", config, "list(append)"},
		"a letter": {
			"From x@y Mon\nX-Mailer: z\nMIME-Version: 1.0\nContent-Type: text/x-include-url\n\nhttps://x\n", "text/x-include-url", "https://x\n", "",
		},
		"a boothook inside": {"MIME-Version: 1.0\nContent-Type: text/cloud-boothook\n\n#!/bin/sh\n", "text/cloud-boothook", "#!/bin/sh\n", ""},
	} {
		s := full()
		s.UserData = c.data
		text := build(t, s)["user-data"]
		parts := parts(t, text)
		if len(parts) != 2 {
			t.Fatalf("%s: %v", name, parts)
		}
		body := strings.TrimRight(parts[1].body, "\n")
		if kind := cmp.Or(parts[1].kind, "text/plain"); kind != c.kind || body != strings.TrimRight(c.body, "\n") {
			t.Errorf("%s became %s %q", name, kind, parts[1].body)
		}
		_, last, _ := strings.Cut(text, "filename=\"virga.cfg\"")
		if !strings.Contains(last, "Merge-Type: "+c.merge) && c.merge != "" || c.merge == "" && strings.Contains(last, "Merge-Type") {
			t.Errorf("%s: %s", name, last)
		}
	}
}

// asCloudInit asks cloud-init itself what it makes of user data: a line for each
// part that it would carry out, as its kind and the start of what is in it.
const asCloudInit = `
import sys
from cloudinit import user_data
class Paths:
    def __getattr__(self, name): return lambda *a: "/none"
p = user_data.UserDataProcessor(Paths())
for file in sys.argv[1:]:
    print("file")
    for part in p.process(open(file, "rb").read()).walk():
        if part.get_content_maintype() != "multipart":
            print(part.get_content_type(), repr((part.get_payload(decode=True) or b"")[:40].strip().decode()))
`

// What cloud-init makes of user data alone it also makes of it beside ours.
func TestCloudInitAgrees(t *testing.T) {
	if err := exec.Command("python3", "-c", "from cloudinit import user_data").Run(); err != nil {
		t.Skip("cloud-init is not installed, and must not be: it would take the machine over. PYTHONPATH may name its unpacked package")
	}
	const script, config = "#!/bin/sh\necho hello\n", "#cloud-config\npackages: [vim]\n"
	dir := t.TempDir()
	all := []string{
		script, config, "\n" + config, "#Cloud-Config\n{}\n", "#cloud-config-jsonp\n[]\n", "#cloud-boothook\n" + script, "#part-handler\n#x\n",
		"## template: jinja\n" + config, "just text\n", "Content-Type: text/cloud-config\n\n" + config,
		"Content-Type: text/cloud-config\nMIME-Version: 1.0\n\n" + config, "MIME-Version: 1.0\n\n" + script,
		"MIME-Version: 1.0\nContent-Type: text/cloud-config\n" + config,
		"MIME-Version: 1.0\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n" +
			base64.StdEncoding.EncodeToString([]byte(script)) + "\n",
		"Content-Type: multipart/mixed; boundary=\"BB\"\nMIME-Version: 1.0\n\n--BB\nContent-Type: text/x-shellscript\n\n" + script +
			"--BB\nContent-Type: text/cloud-config\n\n" + config + "--BB--\n",
		script + "# mime-version: 1.0\n",
	}
	args := []string{"-c", asCloudInit}
	for i, data := range all {
		s := full()
		s.UserData = data
		for _, text := range []string{data, build(t, s)["user-data"]} {
			file := filepath.Join(dir, fmt.Sprint(i, len(args)))
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
	}
	out, err := exec.Command("python3", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	// What is nothing that cloud-init knows it calls by two names.
	found := strings.Split(strings.ReplaceAll(string(out), "text/x-not-multipart", "text/plain"), "file\n")[1:]
	for i, data := range all {
		alone, beside := found[2*i], found[2*i+1]
		if _, rest, _ := strings.Cut(beside, "\n"); rest != alone || !strings.Contains(beside, "disable_root") {
			t.Errorf("%q is\n%s alone, and beside ours\n%s", data, alone, beside)
		}
	}
}

type part struct{ kind, body string }

func parts(t testing.TB, text string) []part {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	_, p, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var list []part
	r := multipart.NewReader(m.Body, p["boundary"])
	for {
		q, err := r.NextPart()
		if err == io.EOF {
			return list
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
		list = append(list, part{kind, string(b)})
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
			config = parts(t, config)[0].body
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

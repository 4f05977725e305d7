package image

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// awk runs the guest's YAML reader with the guest's own awk.
func awk(t *testing.T, want, text string) string {
	t.Helper()
	busybox, err := lookTool("busybox")
	if err != nil {
		t.Skip("missing Debian package: busybox-static")
	}
	cmd := exec.Command(busybox, "awk", "-f", "guest/yaml.awk", "-v", "want="+want)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSuffix(string(out), "\n")
}

const cloudConfig = `#cloud-config
# as cloud-init's documentation writes it
hostname: "my-host"   # a comment
fqdn: my-host.example.org
disable_root: false
ssh_authorized_keys:
- ssh-ed25519 AAAA1 a@b # not a comment in a key? it is
- 'ssh-rsa AAAA2 it''s'
users:
  - default
  - name: root
    lock_passwd: false
    hashed_passwd: $6$salt$abc/def.:x
    ssh_authorized_keys:
      - ecdsa AAAA3
  - name: bob
    hashed_passwd: $6$no
    ssh_authorized_keys: [ssh-rsa BOB]
chpasswd:
  expire: false
  list: |
    bob:$6$bob
    root:$6$list
write_files:
  - path: /etc/x
    content: |
      runcmd:
        - rm -rf /

      hostname: other
runcmd:
  - echo hello > /tmp/x
  - [ ls, "-l", /a b ]
  - - touch
    - it's
  - |
    if true; then
      echo block
    fi
`

func TestYAML(t *testing.T) {
	for _, c := range []struct{ name, want, text, out string }{
		{"field", "hostname", cloudConfig, "my-host"},
		{"field unquoted", "fqdn", cloudConfig, "my-host.example.org"},
		{"absent", "nothing", cloudConfig, ""},
		{"keys", "keys", cloudConfig, "ssh-ed25519 AAAA1 a@b\nssh-rsa AAAA2 it's\necdsa AAAA3"},
		{"hash", "roothash", cloudConfig, "$6$salt$abc/def.:x\n$6$list"},
		{"runcmd", "runcmd", cloudConfig, "echo hello > /tmp/x\n'ls' '-l' '/a b'\n'touch' 'it'\\''s'\nif true; then\n  echo block\nfi"},
		{"meta-data", "instance-id", "instance-id: i-1\nlocal-hostname: web\n", "i-1"},
		{"meta-data, DOS", "local-hostname", "instance-id: i-1\r\nlocal-hostname: web\r\n", "web"},
		{"quoted value with hash", "password", `password: "a # b: \"c\""`, `a # b: "c"`},
		{"flow key list", "keys", "ssh_authorized_keys: [ssh-rsa A, ssh-rsa B]\n", "ssh-rsa A\nssh-rsa B"},
		{"hash in chpasswd users", "roothash", "chpasswd:\n  users:\n    - name: root\n      password: $6$u\n      type: hash\n", "$6$u"},
		{"plain password is no hash", "roothash", "chpasswd:\n  list:\n    - root:secret\n", ""},
		{"nics", "nics", `version: 2
ethernets:
  nic0:
    match:
      macaddress: "52:54:00:AA:00:01"
    dhcp4: true
  nic1:
    match: 
      macaddress: 52:54:00:aa:00:02
    addresses:
      - 10.0.0.5/24
      - fd00::5/64
    gateway4: 10.0.0.1
    gateway6: fd00::1
    nameservers:
      addresses: [10.0.0.1, 10.0.0.2]
  nic2:
    match:
      macaddress: 52:54:00:aa:00:03
    dhcp4: false
    addresses: [192.0.2.9/32]
    routes:
      - to: default
        via: 192.0.2.1
        on-link: true
      - to: 198.51.100.0/24
        via: 192.0.2.2
  nic3:
    match:
      macaddress: 52:54:00:aa:00:04
    dhcp4: false
`, "52:54:00:aa:00:01,dhcp,,,\n" +
			"52:54:00:aa:00:02,static,10.0.0.5/24+fd00::5/64,10.0.0.1+fd00::1,10.0.0.1+10.0.0.2\n" +
			"52:54:00:aa:00:03,static,192.0.2.9/32,192.0.2.1,\n" +
			"52:54:00:aa:00:04,none,,,"},
		{"nics below network", "nics", "network:\n  version: 2\n" +
			"  ethernets:\n    e:\n      match:\n        macaddress: 52:54:00:00:00:01\n      dhcp4: yes\n", "52:54:00:00:00:01,dhcp,,,"},
	} {
		if got := awk(t, c.want, c.text); got != c.out {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.out)
		}
	}
}

// TestNoCloud runs the seed's translation as the guest does, and reads what it wrote with a shell.
func TestNoCloud(t *testing.T) {
	busybox, err := lookTool("busybox")
	if err != nil {
		t.Skip("missing Debian package: busybox-static")
	}
	dir := t.TempDir()
	seed := filepath.Join(dir, "seed")
	for name, text := range map[string]string{
		"meta-data":      "instance-id: it's\nlocal-hostname: from-meta\n",
		"user-data":      cloudConfig,
		"network-config": "version: 2\nethernets:\n  a:\n    match: \n      macaddress: 52:54:00:00:00:01\n    dhcp4: true\n",
	} {
		if err := os.MkdirAll(seed, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(seed, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The scripts name their folder in the guest; here it is this one.
	lib, err := filepath.Abs("guest")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("guest/nocloud")
	if err != nil {
		t.Fatal(err)
	}
	here := strings.ReplaceAll(string(script), "/lib/virga", lib)
	here = strings.Replace(here, "export SEED=$1", "export SEED="+seed, 1)
	cmd := exec.Command(busybox, "sh")
	cmd.Stdin = strings.NewReader(here + "\n")
	env, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	read := exec.Command(busybox, "sh", "-c", string(env)+`
		echo "$VIRGA_HOSTNAME|$VIRGA_INSTANCE_ID|$VIRGA_ROOT_HASH|$VIRGA_KEYS_B64|$VIRGA_NICS|$VIRGA_USERDATA_B64"`)
	out, err := read.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s in\n%s", err, out, env)
	}
	keys := base64.StdEncoding.EncodeToString([]byte("ssh-ed25519 AAAA1 a@b\nssh-rsa AAAA2 it's\necdsa AAAA3\n"))
	want := "my-host|it's|$6$salt$abc/def.:x|" + keys + "|52:54:00:00:00:01,dhcp,,, |" +
		base64.StdEncoding.EncodeToString([]byte(cloudConfig)) + "\n"
	if string(out) != want {
		t.Errorf("%s\nwant\n%s", out, want)
	}
}

// TestScriptsParse: a slip in a script would show only in a guest that does not answer.
func TestScriptsParse(t *testing.T) {
	busybox, err := lookTool("busybox")
	if err != nil {
		t.Skip("missing Debian package: busybox-static")
	}
	entries, err := guestFiles.ReadDir("guest")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "inittab" || e.Name() == "fstab" || filepath.Ext(e.Name()) == ".awk" {
			continue
		}
		if out, err := exec.Command(busybox, "sh", "-n", "guest/"+e.Name()).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", e.Name(), err, out)
		}
	}
}

// wget works with a time limit too, in all the ways to write one, and is given
// everything else as it was said.
func TestWget(t *testing.T) {
	source, err := lookTool("busybox")
	if err != nil {
		t.Skip("missing Debian package: busybox-static")
	}
	dir := t.TempDir()
	busybox, script := filepath.Join(dir, "busybox"), filepath.Join(dir, "wget")
	program, err := os.ReadFile(source)
	if err == nil {
		program, err = hideWget(program)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("guest/wget")
	if err != nil {
		t.Fatal(err)
	}
	for path, b := range map[string][]byte{busybox: program, script: []byte(strings.ReplaceAll(string(text), "/bin/busybox", busybox))} {
		if err := os.WriteFile(path, b, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Path+" "+r.UserAgent())
	}))
	t.Cleanup(web.Close)
	url := web.URL + "/a*b"
	for _, args := range [][]string{
		{"-q", "-O", "-", "-U", "me too", url},
		{"-T", "5", "-q", "-O", "-", "-U", "me too", url},
		{"-T5", "-q", "-O", "-", "-U", "me too", url},
		{"-qT", "5", "-O", "-", "-U", "me too", url},
		{"-qT5", "-O", "-", "-U", "me too", url},
		{"-q", "-O", "-", "-U", "me too", url, "-T", "5"},
		{"-q", "--timeout=5", "-O", "-", "-U", "me too", url},
		{"-q", "--timeout", "5", "-O", "-", "-U", "me too", url},
	} {
		// The shell finds the script, and not what is in busybox.
		cmd := exec.Command(busybox, append([]string{"sh", "-c", `wget "$@"`, "sh"}, args...)...)
		cmd.Env = []string{"PATH=" + dir}
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != "/a*b me too" {
			t.Errorf("wget %q: %v, %q", args, err, out)
		}
	}
	cmd := exec.Command(busybox, "sh", script, "-q", "-O", "-T", "-U", "me too", url) // -T is a file here
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if b, _ := os.ReadFile(filepath.Join(cmd.Dir, "-T")); err != nil || string(b) != "/a*b me too" {
		t.Errorf("a file called -T: %v, %q, %q", err, out, b)
	}
}

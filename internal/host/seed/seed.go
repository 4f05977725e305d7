// Package seed makes the NoCloud disk from which a guest learns, at its first
// boot, who it is. It is a function and no driver of its own: a seed lies in
// its machine's folder and comes and goes with it.
package seed

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/virga-cloud/virga/internal/plan"
)

// Label is the file system's name that cloud-init looks for.
const Label = "cidata"

// Build makes the disk: user-data, meta-data and network-config as cloud-init
// wants them, and virga.env, the same for a guest that has only a shell. Equal
// seeds give equal bytes. What comes in was written by users, so every value
// is checked and quoted as well: none can become syntax.
func Build(s plan.Seed) ([]byte, error) {
	if err := check(s); err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	env := environment(s)
	return iso(Label, []file{
		{"user-data", userData(s)},
		{"meta-data", yaml(map[string]any{"instance-id": s.Instance, "local-hostname": s.Hostname})},
		{"network-config", yaml(network(s))},
		{"virga.env", env},
	})
}

var (
	hostname = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)
	instance = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	mac      = regexp.MustCompile(`^([0-9a-f]{2}:){5}[0-9a-f]{2}$`)
	hash     = regexp.MustCompile(`^\$[A-Za-z0-9]{1,8}\$[A-Za-z0-9./$=,]{1,250}$`)
)

// maxUserData is cloud-init's practical limit, in bytes.
const maxUserData = 1 << 20

func check(s plan.Seed) error {
	if !hostname.MatchString(s.Hostname) {
		return fmt.Errorf("%q is no host name", s.Hostname)
	}
	if !instance.MatchString(s.Instance) {
		return fmt.Errorf("%q is no instance id", s.Instance)
	}
	if s.RootHash != "" && !hash.MatchString(s.RootHash) {
		return fmt.Errorf("the root password is not hashed with crypt(3)")
	}
	for _, k := range s.Keys {
		if strings.ContainsFunc(k, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.TrimSpace(k) == "" {
			return fmt.Errorf("the key %.40q is not one line of text", k)
		}
	}
	if len(s.UserData) > maxUserData {
		return fmt.Errorf("user data has %d bytes, at most %d", len(s.UserData), maxUserData)
	}
	for _, d := range s.DNS {
		if _, err := netip.ParseAddr(d); err != nil || strings.Contains(d, "%") {
			return fmt.Errorf("resolver %q is no address", d)
		}
	}
	for _, n := range s.NICs {
		if err := checkNIC(n); err != nil {
			return err
		}
	}
	return nil
}

func checkNIC(n plan.SeedIF) error {
	if !mac.MatchString(n.MAC) {
		return fmt.Errorf("%q is no MAC address", n.MAC)
	}
	for _, a := range n.More {
		if _, err := netip.ParsePrefix(a); err != nil {
			return fmt.Errorf("card %s: %q is no address with a prefix length", n.MAC, a)
		}
	}
	if n.DHCP {
		return nil
	}
	if _, err := netip.ParsePrefix(n.Address); err != nil && n.Address != "" {
		return fmt.Errorf("card %s: %q is no address with a prefix length", n.MAC, n.Address)
	}
	if _, err := netip.ParseAddr(n.Gateway); n.Gateway != "" && (err != nil || strings.Contains(n.Gateway, "%")) {
		return fmt.Errorf("card %s: gateway %q is no address", n.MAC, n.Gateway)
	}
	return nil
}

// yaml writes a value as JSON, which is YAML too, and needs no rules about
// quoting but JSON's own. Beyond ASCII everything is escaped, because YAML
// refuses some characters that JSON lets stand.
func yaml(v any) []byte {
	raw, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err) // maps and strings only
	}
	var b bytes.Buffer
	for _, r := range string(raw) {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// cloudConfig is our own part of the user data.
func cloudConfig(s plan.Seed) []byte {
	root := map[string]any{"name": "root", "lock_passwd": s.RootHash == ""}
	c := map[string]any{
		"hostname":         s.Hostname,
		"manage_etc_hosts": true,
		"disable_root":     false,
		"ssh_pwauth":       s.RootHash != "",
	}
	if strings.Contains(s.Hostname, ".") {
		c["fqdn"] = s.Hostname
	}
	if s.RootHash != "" {
		root["hashed_passwd"] = s.RootHash
	}
	if len(s.Keys) > 0 {
		root["ssh_authorized_keys"] = s.Keys
		c["ssh_authorized_keys"] = s.Keys
	}
	c["users"] = []any{root}
	return append([]byte("#cloud-config\n"), yaml(c)...)
}

// network is network-config version 2 (netplan's shape).
func network(s plan.Seed) map[string]any {
	cards := map[string]any{}
	for i, n := range s.NICs {
		name := fmt.Sprintf("eth%d", i)
		card := map[string]any{"match": map[string]any{"macaddress": n.MAC}, "set-name": name}
		if n.DHCP {
			card["dhcp4"] = true
			if len(n.More) > 0 {
				card["addresses"] = n.More
			}
		} else if n.Address != "" {
			card["addresses"] = []string{n.Address}
		}
		if !n.DHCP && n.Gateway != "" {
			card["routes"] = []any{route(n)}
		}
		if len(s.DNS) > 0 {
			card["nameservers"] = map[string]any{"addresses": s.DNS}
		}
		cards[name] = card
	}
	return map[string]any{"version": 2, "ethernets": cards}
}

func route(n plan.SeedIF) map[string]any {
	gw := netip.MustParseAddr(n.Gateway) // checked
	r := map[string]any{"to": "0.0.0.0/0", "via": n.Gateway}
	if gw.Is6() {
		r["to"] = "::/0"
	}
	// A /32 address has its gateway outside its own prefix.
	if p, err := netip.ParsePrefix(n.Address); err != nil || !p.Contains(gw) {
		r["on-link"] = true
	}
	return r
}

// environment is the seed for a guest with a shell and nothing else. The
// values without quotes in them are quoted all the same.
func environment(s plan.Seed) []byte {
	var nics []string
	for _, n := range s.NICs {
		f := []string{n.MAC, "dhcp", strings.Join(n.More, "+"), "", strings.Join(s.DNS, "+")}
		if !n.DHCP {
			f = []string{n.MAC, "static", n.Address, n.Gateway, strings.Join(s.DNS, "+")}
		}
		nics = append(nics, strings.Join(f, ","))
	}
	keys := ""
	if len(s.Keys) > 0 {
		keys = strings.Join(s.Keys, "\n") + "\n"
	}
	var b bytes.Buffer
	for _, kv := range [][2]string{
		{"VIRGA_HOSTNAME", s.Hostname},
		{"VIRGA_INSTANCE_ID", s.Instance},
		{"VIRGA_ROOT_HASH", s.RootHash},
		{"VIRGA_KEYS_B64", base64.StdEncoding.EncodeToString([]byte(keys))},
		{"VIRGA_USERDATA_B64", base64.StdEncoding.EncodeToString([]byte(s.UserData))},
		{"VIRGA_NICS", strings.Join(nics, " ")},
	} {
		fmt.Fprintf(&b, "%s='%s'\n", kv[0], strings.ReplaceAll(kv[1], "'", `'\''`))
	}
	return b.Bytes()
}

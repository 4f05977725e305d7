package auth_test

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
)

const edKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

// rsaBody is a small key as 1&1 shows it.
const rsaBody = "AAAAB3NzaC1yc2EAAAADAQABAAAAQQD9ckRSzOpx/0oUh2rq/xoJjKWZZmbOqzYFEr0TEQciMRcQz1MnrENaepfGQ2VkEqm4oavNGmkWx02k+fw8baXX"

func TestPublicKey(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{edKey, edKey},
		{"  " + edKey + " ann@example.org \n", edKey + " ann@example.org"},
		{edKey + "  two words", edKey + " two words"},
		{strings.TrimPrefix(edKey, "ssh-ed25519 "), edKey},
		{rsaBody, "ssh-rsa " + rsaBody},
		{rsaBody[1:], ""},
		{"ssh-ed25519 " + rsaBody, ""},
		{"", ""},
		{"ssh-ed25519", ""},
		{"ssh-ed25519 AAAA", ""},
		{"hello world", ""},
		{edKey + "\n" + edKey, ""},
		{`command="reboot" ` + edKey, ""},
		{"no-pty " + edKey, ""},
		{strings.Repeat("x", 20<<10), ""},
		{edKey + " a\x00b", ""},
		{"-----BEGIN OPENSSH PRIVATE KEY-----", ""},
	} {
		got, err := auth.PublicKey(c.in)
		if got != c.out || (err == nil) != (c.out != "") {
			t.Errorf("%.60q: %q, %v; want %q", c.in, got, err, c.out)
		}
		if again, _ := auth.PublicKey(got); again != got {
			t.Errorf("%q changes when read again: %q", got, again)
		}
	}
	// The fingerprint of the same key as printed by ssh-keygen -E md5 -l.
	if md5, err := auth.KeyMD5(edKey); err != nil || md5 != "65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:bd" {
		t.Errorf("%s, %v", md5, err)
	}
	if _, err := auth.KeyMD5("x"); err == nil {
		t.Error("nonsense has a fingerprint")
	}
}

package image

import (
	"crypto/ed25519"
	"crypto/rand"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

func newKey(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestTinyBoots is the whole life of a tiny guest: first boot, a power cut, what is kept.
func TestTinyBoots(t *testing.T) {
	m, image := unpacked(t)
	g := newGuest(t, m, image, 3<<30)
	g.seed(g.env("VIRGA_HOSTNAME", "web", "VIRGA_INSTANCE_ID", "i-1",
		"VIRGA_NICS", "52:54:00:12:34:56,dhcp,,,"))

	begin := time.Now()
	g.start()
	var first, again string
	c := g.dial(ssh.PublicKeys(g.key), &first)
	g.sh(c, "true")
	t.Logf("first boot to SSH: %v", time.Since(begin).Round(10*time.Millisecond))
	if got := g.sh(c, "hostname"); got != "web" {
		t.Errorf("hostname %q", got)
	}
	g.sh(c, "echo kept > /root/file && sync")
	g.kill()

	begin = time.Now()
	g.start()
	c = g.dial(ssh.PublicKeys(g.key), &again)
	if got := g.sh(c, "cat /root/file"); got != "kept" {
		t.Errorf("file after a power cut: %q", got)
	}
	t.Logf("second boot to SSH: %v", time.Since(begin).Round(10*time.Millisecond))
	if first != again {
		t.Error("host key changed with a reboot")
	}
}

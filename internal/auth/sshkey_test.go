package auth_test

import (
	"crypto/dsa" //nolint:staticcheck // it is what is refused
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/virga-cloud/virga/internal/auth"
)

const edKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

// rsaKey is one of so many bits.
func rsaKey(t *testing.T, bits uint) ssh.PublicKey {
	t.Helper()
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	key, err := ssh.NewPublicKey(&rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestPublicKey(t *testing.T) {
	rsaBody := base64.StdEncoding.EncodeToString(rsaKey(t, 1024).Marshal()) // as 1&1 shows it
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

// Keys with which nobody gets in are refused, and not put into a server that then
// lets nobody in.
func TestKeysThatNobodyTakes(t *testing.T) {
	marshal := func(k any) ssh.PublicKey {
		t.Helper()
		pub, err := ssh.NewPublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		return pub
	}
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert := &ssh.Certificate{Key: marshal(pub), CertType: ssh.UserCert, ValidPrincipals: []string{"root"}, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	p := new(big.Int).Lsh(big.NewInt(1), 1023)
	p.Add(p, big.NewInt(1))
	q := new(big.Int).Lsh(big.NewInt(1), 159)
	q.Add(q, big.NewInt(1))
	for name, c := range map[string]struct {
		key  ssh.PublicKey
		says string
	}{
		"ed25519":       {marshal(pub), ""},
		"RSA":           {rsaKey(t, 2048), ""},
		"oldest RSA":    {rsaKey(t, 1024), ""},
		"short RSA":     {rsaKey(t, 768), "768 bits"},
		"a certificate": {cert, "certificate"},
		"DSA":           {marshal(&dsa.PublicKey{Parameters: dsa.Parameters{P: p, Q: q, G: big.NewInt(2)}, Y: big.NewInt(4)}), "DSA"},
	} {
		_, err := auth.PublicKey(string(ssh.MarshalAuthorizedKey(c.key)))
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

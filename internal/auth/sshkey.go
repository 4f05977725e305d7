package auth

import (
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

// maxPublicKey is longer than any RSA key of 16384 bits with a comment.
const maxPublicKey = 16 << 10

// PublicKey reads one line as it stands in an authorized_keys file and gives it
// back in its plain form: type, body, comment. The body alone will do, since 1&1 shows
// keys so; it says of what type it is. Options in front of the key are
// refused, because they would let an API user set commands and environments in
// guests of others who share the key.
func PublicKey(text string) (line string, err error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", errors.New("the key is empty")
	case len(text) > maxPublicKey:
		return "", errors.New("the key is too long")
	case strings.ContainsAny(text, "\r\n\x00"):
		return "", errors.New("the key must be a single line")
	}
	if blob, err := base64.StdEncoding.DecodeString(text); err == nil {
		if key, err := ssh.ParsePublicKey(blob); err == nil {
			text = key.Type() + " " + text
		}
	}
	key, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(text))
	switch {
	case err != nil:
		return "", errors.New("it is not an OpenSSH public key")
	case len(options) > 0:
		return "", errors.New("options before the key are not allowed")
	case len(rest) > 0:
		return "", errors.New("the key must be a single line")
	}
	if err := taken(key); err != nil {
		return "", err
	}
	line = strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(key)), "\n")
	if comment = strings.TrimSpace(comment); comment != "" {
		line += " " + comment
	}
	return line, nil
}

// leastRSA is the shortest RSA key, in bits, that sshd takes.
const leastRSA = 1024

// taken refuses keys with which nobody would get in: sshd does not take them from
// an authorized_keys file, or at all.
func taken(key ssh.PublicKey) error {
	if _, is := key.(*ssh.Certificate); is {
		return errors.New("it is a certificate and no key; give the key that was certified")
	}
	if key.Type() == ssh.InsecureKeyAlgoDSA { //nolint:staticcheck // to refuse it
		return errors.New("it is a DSA key, which servers do not take any more; make another with `ssh-keygen -t ed25519`")
	}
	k, _ := key.(ssh.CryptoPublicKey)
	if k == nil {
		return nil
	}
	if c, is := k.CryptoPublicKey().(*rsa.PublicKey); is && c.N.BitLen() < leastRSA {
		return fmt.Errorf("it is an RSA key of %d bits, and servers take none below %d; make another with `ssh-keygen -t ed25519`",
			c.N.BitLen(), leastRSA)
	}
	return nil
}

// NewKey makes a pair: the public half as PublicKey gives it, the private one as a
// file of OpenSSH.
func NewKey(rand io.Reader) (line, private string, err error) {
	pub, priv, err := ed25519.GenerateKey(rand)
	if err != nil {
		return "", "", fmt.Errorf("make key: %w", err)
	}
	half, err := ssh.NewPublicKey(pub)
	if err != nil {
		return "", "", fmt.Errorf("make key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(priv, "virga")
	if err != nil {
		return "", "", fmt.Errorf("make key: %w", err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(half))), string(pem.EncodeToMemory(block)), nil
}

// KeyMD5 is the fingerprint of a public key as the 1&1 dialect shows it:
// sixteen pairs of hexadecimal digits with colons.
func KeyMD5(line string) (string, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return "", errors.New("it is not an OpenSSH public key")
	}
	return ssh.FingerprintLegacyMD5(key), nil
}

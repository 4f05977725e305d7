package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"github.com/virga-cloud/virga/internal/auth"
)

// keyNames are the public keys that are tried, best first.
var keyNames = []string{"id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub"}

// publicKey is the line that may log in: of the file that was named, else the
// caller's own, else of a pair that is made now.
func publicKey(cmd *cobra.Command, file string) (string, error) {
	if file != "" {
		line, err := readKey(file)
		if err != nil {
			err = &coded{code: exitUsage, err: fmt.Errorf("--key: %w", err)}
		}
		return line, err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fail(exitUsage, "no home folder to look for a key in; name one with --key, or use --password")
	}
	dir := filepath.Join(home, ".ssh")
	for _, name := range keyNames {
		line, err := readKey(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		return line, err
	}
	line, err := makeKey(dir)
	if err != nil {
		return "", fmt.Errorf("make a key pair: %w", err)
	}
	say(cmd.ErrOrStderr(), "made a key pair for you: %s", filepath.Join(dir, "id_ed25519"))
	return line, nil
}

// readKey reads a public key file. Who names the private half means the public
// one, and must never send the other.
func readKey(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", &coded{code: exitUsage, err: err}
	}
	if strings.Contains(string(b), "PRIVATE KEY") {
		if strings.HasSuffix(file, ".pub") {
			return "", fail(exitUsage, "%s is a private key", file)
		}
		return readKey(file + ".pub")
	}
	line, err := auth.PublicKey(string(b))
	if err != nil {
		return "", fail(exitUsage, "the key in %s cannot be taken: %v", file, err)
	}
	return line, nil
}

// keyComment is how the comment of a pair begins that virga made.
const keyComment = "virga@"

// makeKey writes an ed25519 pair as ssh-keygen does, never over an old one.
func makeKey(dir string) (string, error) {
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "virga"
	}
	block, err := ssh.MarshalPrivateKey(private, keyComment+host)
	if err != nil {
		return "", err
	}
	key, err := ssh.NewPublicKey(pub)
	if err != nil {
		return "", err
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) + " " + keyComment + host
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "id_ed25519")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err // a private key without its public half: not ours to touch
	}
	_, err = f.Write(pem.EncodeToMemory(block))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	return line, os.WriteFile(path+".pub", []byte(line+"\n"), 0o644)
}

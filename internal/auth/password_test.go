package auth_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
)

var gate = auth.NewGate(auth.GateOptions{})

func hashOf(t *testing.T, password string) string {
	t.Helper()
	hash, err := gate.Hash(t.Context(), password, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func fits(t *testing.T, hash, password string) bool {
	t.Helper()
	ok, err := gate.Check(t.Context(), hash, password, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestPassword(t *testing.T) {
	hash := hashOf(t, "correct horse")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the cost is not in the hash: %s", hash)
	}
	if !fits(t, hash, "correct horse") {
		t.Error("the password does not fit its own hash")
	}
	if hashOf(t, "correct horse") == hash {
		t.Error("two hashes of one password are equal")
	}
	for _, wrong := range []string{"", "correct horse ", "Correct horse", strings.Repeat("x", auth.MaxPassword+1)} {
		if fits(t, hash, wrong) {
			t.Errorf("%.20q fits", wrong)
		}
	}
}

// A hash made elsewhere (the reference implementation's test vector) is read,
// so the parameters of the string are the ones that count.
func TestPasswordReadsItsCost(t *testing.T) {
	const known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !fits(t, known, "password") {
		t.Error("a known hash is not recognised")
	}
	if fits(t, strings.Replace(known, "t=2", "t=3", 1), "password") {
		t.Error("the cost is not used")
	}
}

// Broken rows fit nothing, not even the password that hashes to their zero key,
// and cannot order gigabytes of memory.
func TestPasswordBrokenHash(t *testing.T) {
	for _, hash := range []string{
		"", "$", "plain", "$argon2id$", "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=16$m=19456,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=1,p=0$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=1,p=1$!!$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$",
	} {
		if fits(t, hash, "") || fits(t, hash, "x") {
			t.Errorf("%q fits a password", hash)
		}
	}
	if _, err := gate.Hash(t.Context(), "x", bytes.NewReader(nil)); err == nil {
		t.Error("a hash was made without a salt")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

func TestAPIKey(t *testing.T) {
	key, err := auth.NewAPIKey(rand.Reader)
	if err != nil || !auth.LooksLikeAPIKey(key) {
		t.Fatalf("%q, %v", key, err)
	}
	if bytes.Equal(auth.APIKeyHash(key), auth.APIKeyHash(key+" ")) || len(auth.APIKeyHash(key)) != 32 {
		t.Error("hashes of different keys are equal")
	}
	for _, s := range []string{"", key[1:], strings.ToUpper("a" + key[1:]), key + "0", "g" + key[1:]} {
		if auth.LooksLikeAPIKey(s) {
			t.Errorf("%q looks like a key", s)
		}
	}
	if _, err := auth.NewAPIKey(broken{}); err == nil {
		t.Error("a key without randomness")
	}
}

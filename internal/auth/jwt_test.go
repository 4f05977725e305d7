package auth_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestTokens(t *testing.T) {
	dir := t.TempDir()
	tokens, err := auth.OpenTokens(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "token.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	token, err := tokens.Issue(auth.Session{UID: 42, Epoch: 3, Start: noon}, auth.LoginLifetime, noon)
	if err != nil {
		t.Fatal(err)
	}
	again, err := auth.OpenTokens(dir, broken{})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := again.Parse(token, noon.Add(2*time.Hour-time.Second)); err != nil || s.UID != 42 || s.Epoch != 3 || !s.Start.Equal(noon) {
		t.Errorf("after a restart: %+v, %v", s, err)
	}

	var e *cloud.Error
	_, err = tokens.Parse(token, noon.Add(2*time.Hour))
	if !errors.As(err, &e) || e.Code != auth.CodeExpired || e.Kind != cloud.Unauthorized || !strings.Contains(e.Message, "token is expired") {
		t.Errorf("expired: %v", err)
	}

	// Nothing else is a token, and nothing else is "expired".
	stranger, err := auth.OpenTokens(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	foreign, _ := stranger.Issue(auth.Session{UID: 42}, time.Hour, noon)
	nobody, _ := tokens.Issue(auth.Session{}, time.Hour, noon)
	part := strings.Split(token, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + part[1] + "."
	hmac, err := jwt.NewWithClaims(jwt.SigningMethodHS256,
		jwt.MapClaims{"uid": 42, "exp": noon.Add(time.Hour).Unix()}).SignedString([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "text": "abc", "foreign": foreign, "no user": nobody, "none": none, "hmac": hmac,
		"swapped": part[0] + "." + strings.Split(nobody, ".")[1] + "." + part[2], "key": "0123456789abcdef0123456789abcdef",
	} {
		for _, now := range []time.Time{noon, noon.Add(24 * time.Hour)} {
			_, err := tokens.Parse(text, now)
			if !errors.As(err, &e) || e.Kind != cloud.Unauthorized {
				t.Errorf("%s: %v", name, err)
			} else if e.Code == auth.CodeExpired && name != "no user" {
				t.Errorf("%s counts as expired", name)
			}
		}
	}
	eternal, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"uid": 42}).SignedString(mustKey(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Parse(eternal, noon); err == nil {
		t.Error("a token without an end is taken")
	}
}

func mustKey(t *testing.T, dir string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "token.pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// A login can be renewed for a day, however often: the last token ends with it.
func TestSessionEnds(t *testing.T) {
	tokens, err := auth.OpenTokens(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, now := auth.Session{UID: 42, Start: noon}, noon
	for renewals := 0; ; renewals++ {
		token, err := tokens.Issue(s, auth.RenewLifetime, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tokens.Parse(token, noon.Add(auth.SessionLifetime)); !cloud.IsKind(err, cloud.Unauthorized) {
			t.Fatalf("after %d renewals a token outlives the session: %v", renewals, err)
		}
		now = now.Add(50 * time.Minute)
		if s, err = tokens.Parse(token, now); err != nil {
			if renewals < 25 {
				t.Errorf("ended after %d renewals: %v", renewals, err)
			}
			return
		}
	}
}

// A token from before there were epochs is of the first one, and its day begins
// when it is renewed.
func TestOldTokens(t *testing.T) {
	dir := t.TempDir()
	tokens, err := auth.OpenTokens(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	said := jwt.MapClaims{"uid": 42, "exp": noon.Add(time.Hour).Unix()}
	old, err := jwt.NewWithClaims(jwt.SigningMethodRS256, said).SignedString(mustKey(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	s, err := tokens.Parse(old, noon)
	if err != nil || s != (auth.Session{UID: 42}) {
		t.Fatalf("%+v, %v", s, err)
	}
	token, err := tokens.Issue(s, auth.RenewLifetime, noon)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = tokens.Parse(token, noon); err != nil || !s.Start.Equal(noon) {
		t.Errorf("renewed: %+v, %v", s, err)
	}
}

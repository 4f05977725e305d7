package oneandone

import (
	"regexp"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
)

const publicKey = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

const rsaKey = "AAAAB3NzaC1yc2EAAAADAQABAAAAgQCGkFJp7W8LCfFlyM424vJLQwAN4Bsu1A7TrdzLLDO+CsedZ5NG1Kx6XDkCs4lj3G6FNPRXONBI7A8Qmc" +
	"bD4bJY/XJEUszqcf9KFIdq6v8aCYylmWZmzqs2BRK9ExEHIjEXEM9TJ6xDWnqXxkNlZBKpuKGrzRppFsdNpPn8PG2l1w=="

func TestKeys(t *testing.T) {
	w := newWorld(t)
	given := parse[oneandone.SSHKey](w.call("POST", "/ssh_keys", `{"name":"given","description":"d","public_key":"ssh-ed25519 `+
		publicKey+` me@here"}`).want(201))
	if given.PublicKey != "ssh-ed25519 "+publicKey || given.PrivateKey != nil ||
		given.State != "ACTIVE" || given.Servers == nil || *given.Description != "d" {
		t.Errorf("%+v", given)
	}
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(given.Md5) {
		t.Errorf("md5 %q", given.Md5)
	}
	made := parse[oneandone.SSHKey](w.call("POST", "/ssh_keys", `{"name":"made","public_key":""}`).want(201))
	if made.PrivateKey == nil || !strings.Contains(*made.PrivateKey, "PRIVATE KEY") {
		t.Errorf("%+v", made)
	}
	// What is shown can be sent, and is the same key: the type of an RSA key is left
	// out, as the service did (section 9).
	rsa := parse[oneandone.SSHKey](w.call("POST", "/ssh_keys", `{"name":"rsa","public_key":"ssh-rsa `+rsaKey+` me@here"}`).want(201))
	if rsa.PublicKey != rsaKey {
		t.Errorf("%+v", rsa)
	}
	for _, k := range []oneandone.SSHKey{given, made, rsa} {
		again := parse[oneandone.SSHKey](w.call("POST", "/ssh_keys", map[string]any{"name": "again", "public_key": k.PublicKey}).want(201))
		if again.PublicKey != k.PublicKey || again.Md5 != k.Md5 {
			t.Errorf("%+v comes back as %+v", k, again)
		}
		w.create("with-"+k.Name, func(b map[string]any) { b["rsa_key"] = k.PublicKey })
	}
	if later := parse[oneandone.SSHKey](w.call("GET", "/ssh_keys/"+strings.ToLower(made.ID), nil).want(200)); later.PrivateKey != nil {
		t.Error("the private key was shown again")
	}
	renamed := parse[oneandone.SSHKey](w.call("PUT", "/ssh_keys/"+given.ID, `{"name":"new","description":null}`).want(200))
	if renamed.Name != "new" || *renamed.Description != "d" || renamed.PublicKey != given.PublicKey {
		t.Errorf("%+v", renamed)
	}
	if list := parse[[]oneandone.SSHKey](w.call("GET", "/ssh_keys?q=MADE", nil).want(200)); len(list) != 1 || list[0].ID != made.ID {
		t.Errorf("%+v", list)
	}
	// Deleting a key that a server carries is allowed.
	w.create("web", func(b map[string]any) { b["public_key"] = []any{made.ID} })
	gone := parse[oneandone.SSHKey](w.call("DELETE", "/ssh_keys/"+made.ID, nil).want(200))
	if gone.State != "REMOVING" || len(gone.Servers) != 1 {
		t.Errorf("%+v", gone)
	}
	w.call("GET", "/ssh_keys/"+made.ID, nil).fails(404, "NOT_FOUND", made.ID)
}

func TestKeyRules(t *testing.T) {
	w := newWorld(t)
	key := parse[oneandone.SSHKey](w.call("POST", "/ssh_keys", `{"name":"k"}`).want(201))
	long, longer := strings.Repeat("n", 129), strings.Repeat("d", 257)
	for _, c := range []struct {
		method, path, body string
		status             int
		kind, text         string
	}{
		{"POST", "/ssh_keys", `{}`, 400, "VALIDATION_ERROR", "name"},
		{"POST", "/ssh_keys", `{"name":null}`, 400, "VALIDATION_ERROR", "name"},
		{"POST", "/ssh_keys", `{"name":""}`, 400, "VALIDATION_ERROR", "name"},
		{"POST", "/ssh_keys", `{"name":"a\u001bb"}`, 400, "VALIDATION_ERROR", "name"},
		{"PUT", "/ssh_keys/" + key.ID, `{"name":"a\u202eb"}`, 400, "VALIDATION_ERROR", "name"},
		{"POST", "/ssh_keys", `{"name":7}`, 400, "VALIDATION_ERROR", "name"},
		{"POST", "/ssh_keys", `{"name":"` + long + `"}`, 400, "VALIDATION_ERROR", "128"},
		{"POST", "/ssh_keys", `{"name":"k","description":"` + longer + `"}`, 400, "VALIDATION_ERROR", "256"},
		{"POST", "/ssh_keys", `{"name":"k","public_key":"nonsense"}`, 400, "VALIDATION_ERROR", "public_key"},
		{"POST", "/ssh_keys", `{"name":"k","public_key":7}`, 400, "VALIDATION_ERROR", "public_key"},
		{"PUT", "/ssh_keys/" + key.ID, `{"name":""}`, 400, "VALIDATION_ERROR", "name"},
		{"PUT", "/ssh_keys/" + key.ID, `{"name":"` + long + `"}`, 400, "VALIDATION_ERROR", "128"},
		{"PUT", "/ssh_keys/" + key.ID, `{"description":"` + longer + `"}`, 400, "VALIDATION_ERROR", "256"},
		{"PUT", "/ssh_keys/" + unknown, `{"name":"x"}`, 404, "NOT_FOUND", unknown},
		{"GET", "/ssh_keys/" + unknown, "", 404, "NOT_FOUND", unknown},
		{"DELETE", "/ssh_keys/zz", "", 404, "NOT_FOUND", "zz"},
	} {
		w.call(c.method, c.path, c.body).fails(c.status, c.kind, c.text)
	}
}

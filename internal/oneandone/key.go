package oneandone

import (
	"strings"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

func (a *api) keys(h wire.Handlers) {
	short(a, h, oneandone.ListSSHKeys, each(all((*control.Txn).Keys), sshKey))
	get(a, h, oneandone.GetSSHKey, (*control.Txn).Key, pure(sshKey))
	write(h, oneandone.CreateSSHKey, newKey, a.c.CreateKey, pure(sshKey))
	write(h, oneandone.RenameSSHKey, keyIn, a.c.UpdateKey, pure(sshKey))
	write(h, oneandone.DeleteSSHKey, (*form).object, a.c.DeleteKey, pure(sshKey))
}

func newKey(f *form) control.KeyIn {
	return control.KeyIn{
		Limits: limits, Name: ptr(f.needed("name")), Description: f.textIf("description"), Text: textOrNull(f.text("public_key")),
	}
}

// keyIn reads a rename; the key itself cannot change.
func keyIn(f *form) control.KeyIn {
	return control.KeyIn{Pick: f.object(), Limits: limits, Name: f.textIf("name"), Description: f.textIf("description")}
}

func sshKey(k *control.KeyView) oneandone.SSHKey {
	out := oneandone.SSHKey{
		ID: k.UID.String(), Name: k.Name, Description: textOrNull(k.Description), State: oneandone.KeyStateACTIVE,
		Servers: serverIdentities(k.Servers), Md5: strings.ReplaceAll(k.MD5, ":", ""), PublicKey: keyBody(k.Text),
		PrivateKey: textOrNull(k.Private), CreationDate: date(k.Created),
	}
	if !k.Alive() {
		out.State = oneandone.KeyStateREMOVING
	}
	return out
}

// keyBody is a key without its comment and without the leading word ssh-rsa, as the
// service showed it. Other types it did not know; without theirs a key would be taken
// for one of that type.
func keyBody(line string) string {
	words := strings.Fields(line)
	if len(words) < 2 {
		return line
	}
	if words[0] == "ssh-rsa" {
		return words[1]
	}
	return words[0] + " " + words[1]
}

// keyTexts reads rsa_key: the text of a public key. A later generation of
// clients sends a boolean there, which says nothing that we could use.
func keyTexts(body wire.Object, p *cloud.Problems) []string {
	if body.Get("rsa_key").Kind() == wire.Bool {
		return nil
	}
	return one(text(body, p, "rsa_key"))
}

// keyIDs reads public_key: ids of stored keys, or a lone one.
func keyIDs(body wire.Object, p *cloud.Problems) []string {
	if body.Get("public_key").Kind() != wire.Text {
		return body.Texts(p, "public_key")
	}
	return one(text(body, p, "public_key"))
}

func one(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

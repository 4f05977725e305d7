package oneandone

import (
	"strings"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

func (a *api) keys(h wire.Handlers) {
	short(a, h, oneandone.ListSSHKeys, func(t *control.Txn, _ *wire.Request) ([]oneandone.SSHKey, error) {
		all, err := t.Keys()
		if err != nil {
			return nil, err
		}
		list := make([]oneandone.SSHKey, len(all))
		for i, k := range all {
			list[i] = sshKey(k, oneandone.KeyStateACTIVE)
		}
		return list, nil
	})
	read(a, h, oneandone.GetSSHKey, func(t *control.Txn, r *wire.Request) (oneandone.SSHKey, error) {
		pick, err := inPath(r, "ssh_key_id")
		if err != nil {
			return oneandone.SSHKey{}, err
		}
		k, err := t.Key(pick)
		if err != nil {
			return oneandone.SSHKey{}, err
		}
		return sshKey(k, oneandone.KeyStateACTIVE), nil
	})
	there := func(_ *control.Txn, k *control.KeyView) (oneandone.SSHKey, error) {
		return sshKey(k, oneandone.KeyStateACTIVE), nil
	}
	write(a, h, oneandone.CreateSSHKey, there, func(r *wire.Request, call *control.Call, ans control.Answer[*control.KeyView]) (control.Reply, error) {
		in, err := keyIn(r, true)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.CreateKey(r.Context(), call, in, ans)
	})
	write(a, h, oneandone.RenameSSHKey, there, func(r *wire.Request, call *control.Call, ans control.Answer[*control.KeyView]) (control.Reply, error) {
		pick, err := inPath(r, "ssh_key_id")
		if err != nil {
			return control.Reply{}, err
		}
		in, err := keyIn(r, false)
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.UpdateKey(r.Context(), call, pick, in, ans)
	})
	gone := func(_ *control.Txn, k *control.KeyView) (oneandone.SSHKey, error) {
		return sshKey(k, oneandone.KeyStateREMOVING), nil
	}
	write(a, h, oneandone.DeleteSSHKey, gone, func(r *wire.Request, call *control.Call, ans control.Answer[*control.KeyView]) (control.Reply, error) {
		pick, err := inPath(r, "ssh_key_id")
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.DeleteKey(r.Context(), call, pick, ans)
	})
}

// keyIn reads a creation or a rename; the key itself cannot change.
func keyIn(r *wire.Request, create bool) (control.KeyIn, error) {
	body, err := r.Object()
	if err != nil {
		return control.KeyIn{}, err
	}
	var p cloud.Problems
	in := control.KeyIn{
		Limits: limits, Name: body.String(&p, "name"), Description: body.String(&p, "description"),
	}
	if create {
		in.Name = ptr(required(body, &p, "name"))
		in.Text = textOrNull(text(body, &p, "public_key"))
	}
	return in, p.Err()
}

func sshKey(k *control.KeyView, state oneandone.KeyState) oneandone.SSHKey {
	servers := make([]oneandone.Identity, len(k.Servers))
	for i, s := range k.Servers {
		servers[i] = oneandone.Identity{ID: s.UID.String(), Name: s.Name}
	}
	return oneandone.SSHKey{
		ID: k.UID.String(), Name: k.Name, Description: textOrNull(k.Description), State: state,
		Servers: servers, Md5: strings.ReplaceAll(k.MD5, ":", ""), PublicKey: keyBody(k.Text), PrivateKey: textOrNull(k.Private),
		CreationDate: date(k.Created),
	}
}

// keyBody is a key without its leading word and its comment, as the service
// showed it.
func keyBody(line string) string {
	words := strings.Fields(line)
	if len(words) < 2 {
		return line
	}
	return words[1]
}

// keyTexts reads rsa_key: the text of a public key. A later generation of
// clients sends a boolean there, which says nothing that we could use.
func keyTexts(body wire.Object, p *cloud.Problems) []string {
	v := body.Get("rsa_key")
	if v.Kind() == wire.Bool {
		return nil
	}
	if s := text(body, p, "rsa_key"); s != "" {
		return []string{s}
	}
	return nil
}

// keyIDs reads public_key: ids of stored keys, or a lone one.
func keyIDs(body wire.Object, p *cloud.Problems) []string {
	v := body.Get("public_key")
	if v.Kind() != wire.Text {
		return body.Texts(p, "public_key")
	}
	if s := text(body, p, "public_key"); s != "" {
		return []string{s}
	}
	return nil
}

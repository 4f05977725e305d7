package control

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// KeyIn makes or changes a stored key; nil stays. A creation without Text
// generates a pair.
type KeyIn struct {
	Limits      cloud.Limits
	Name        *string
	Description *string
	Text        *string
}

// KeyView is a key with the servers that carry it. Private is set in the
// answer to a creation that generated the pair, and never again.
type KeyView struct {
	*cloud.Key
	Servers []*cloud.Server
	Private string
}

// PublicKey checks the text of an SSH public key and gives its one-line form.
func PublicKey(text string) (string, error) { return auth.PublicKey(text) }

func aboutKey(k *cloud.Key) subject {
	return subject{kind: "key", id: k.ID, uid: k.UID, name: k.Name, member: k.MemberID}
}

// CreateKey stores a public key; without a text a pair is made, whose private
// half is answered once and never stored.
func (c *Control) CreateKey(ctx context.Context, call *Call, in KeyIn, ans Answer[*KeyView]) (Reply, error) {
	line, private, err := c.keyText(in.Text)
	if err != nil {
		return Reply{}, err
	}
	return do(ctx, c, call, locks(call, false), func(t *Txn) (*KeyView, error) {
		a := call.Actor
		if err := t.may("servers.create", true, auth.Owned{MemberID: a.Member0(), SiteID: a.Site0()}); err != nil {
			return nil, err
		}
		k := &cloud.Key{MemberID: a.Member0(), Text: line}
		k.ModifiedBy = a.UserID()
		if in.Name == nil {
			in.Name = new(string)
		}
		if err := describeKey(k, in); err != nil {
			return nil, err
		}
		if k.MD5, err = auth.KeyMD5(line); err != nil {
			return nil, err
		}
		if err := store.Insert(t.Tx, k); err != nil {
			return nil, err
		}
		return &KeyView{Key: k, Private: private}, t.record("CREATE", aboutKey(k))
	}, ans)
}

// keyText checks a key or makes one.
func (c *Control) keyText(text *string) (line, private string, err error) {
	if text != nil && strings.TrimSpace(*text) != "" {
		if line, err = auth.PublicKey(*text); err != nil {
			return "", "", cloud.Errorf(cloud.Invalid, "public_key.bad", "the public key is not usable: %v", err).On("public_key").
				WithFix("Send one line as in an authorized_keys file.")
		}
		return line, "", nil
	}
	pub, priv, err := ed25519.GenerateKey(c.Rand)
	if err != nil {
		return "", "", fmt.Errorf("make key: %w", err)
	}
	sp, err := ssh.NewPublicKey(pub)
	if err != nil {
		return "", "", fmt.Errorf("make key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(priv, "virga")
	if err != nil {
		return "", "", fmt.Errorf("make key: %w", err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(sp))), string(pem.EncodeToMemory(block)), nil
}

func describeKey(k *cloud.Key, in KeyIn) error {
	var p cloud.Problems
	if in.Name != nil && (*in.Name != k.Name || k.Name == "") {
		p.Add(in.Limits.CheckName("name", *in.Name))
		k.Name = *in.Name
	}
	if in.Description != nil && *in.Description != k.Description {
		if in.Limits.Description > 0 && len([]rune(*in.Description)) > in.Limits.Description {
			p.Add(cloud.Errorf(cloud.Invalid, "description.long", "the description is longer than %d characters", in.Limits.Description).On("description"))
		}
		k.Description = *in.Description
	}
	return p.Err()
}

func (t *Txn) keyFor(p Pick, flag string, write bool) (*cloud.Key, error) {
	k, err := pick[cloud.Key](t, p, "ssh key")
	if err != nil {
		return nil, err
	}
	if err := t.may(flag, write, auth.Owned{MemberID: k.MemberID}); err != nil {
		if cloud.IsKind(err, cloud.NotFound) {
			return nil, missing("ssh key", p)
		}
		return nil, err
	}
	return k, nil
}

// UpdateKey renames or describes a key.
func (c *Control) UpdateKey(ctx context.Context, call *Call, p Pick, in KeyIn, ans Answer[*KeyView]) (Reply, error) {
	return do(ctx, c, call, locks(call, false), func(t *Txn) (*KeyView, error) {
		k, err := t.keyFor(p, "servers.create", true)
		if err != nil {
			return nil, err
		}
		if err := describeKey(k, in); err != nil {
			return nil, err
		}
		k.Touch(t.Now(), call.Actor.UserID())
		if err := store.Update(t.Tx, k); err != nil {
			return nil, err
		}
		if err := t.record("UPDATE", aboutKey(k)); err != nil {
			return nil, err
		}
		return t.keyView(k)
	}, ans)
}

// DeleteKey forgets a key; servers that carry it keep it.
func (c *Control) DeleteKey(ctx context.Context, call *Call, p Pick, ans Answer[*KeyView]) (Reply, error) {
	return do(ctx, c, call, locks(call, false), func(t *Txn) (*KeyView, error) {
		k, err := t.keyFor(p, "servers.create", true)
		if err != nil {
			return nil, err
		}
		v, err := t.keyView(k)
		if err != nil {
			return nil, err
		}
		now := t.Now()
		k.Closed = &now
		if err := store.Update(t.Tx, k); err != nil {
			return nil, err
		}
		return v, t.record("DELETE", aboutKey(k))
	}, ans)
}

// Keys lists the keys of the actor's member.
func (t *Txn) Keys() ([]*KeyView, error) {
	if err := auth.Need(t.Call.Actor, "servers.show"); err != nil {
		return nil, err
	}
	keys, err := store.Find[cloud.Key](t.Tx, cloud.Where(cloud.Eq("member_id", t.Call.Actor.Member0())).By("id"))
	if err != nil {
		return nil, err
	}
	return t.keyViews(keys)
}

// Key reads one key.
func (t *Txn) Key(p Pick) (*KeyView, error) {
	k, err := t.keyFor(p, "servers.show", false)
	if err != nil {
		return nil, err
	}
	return t.keyView(k)
}

func (t *Txn) keyView(k *cloud.Key) (*KeyView, error) {
	list, err := t.keyViews([]*cloud.Key{k})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// keyViews finds which servers of the member carry the keys. The keys of a
// server are one JSON column, which no condition can look into.
func (t *Txn) keyViews(keys []*cloud.Key) ([]*KeyView, error) {
	views := make([]*KeyView, len(keys))
	at := map[int64]*KeyView{}
	for i, k := range keys {
		views[i] = &KeyView{Key: k}
		at[k.ID] = views[i]
	}
	if len(keys) == 0 {
		return views, nil
	}
	servers, err := store.Find[cloud.Server](t.Tx, cloud.Where(cloud.Eq("member_id", keys[0].MemberID)).By("id"))
	if err != nil {
		return nil, err
	}
	for _, s := range servers {
		for _, k := range s.Keys {
			if v := at[k.KeyID]; v != nil {
				v.Servers = append(v.Servers, s)
			}
		}
	}
	return views, nil
}

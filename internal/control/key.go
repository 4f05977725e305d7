package control

import (
	"context"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// KeyIn makes or changes a stored key; nil stays. A creation without Text
// generates a pair.
type KeyIn struct {
	Pick        // which, for a change
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

// keys are the public keys of a member.
var keys = kind[cloud.Key, *cloud.Key, *KeyView]{
	noun: "ssh key", show: "servers.show", create: "servers.create", change: "servers.create", remove: "servers.create",
	about: func(k *cloud.Key) subject {
		return subject{kind: "key", id: k.ID, uid: k.UID, name: k.Name, member: k.MemberID}
	},
	within: func(t *Txn) cloud.Cond { return cloud.Eq("member_id", t.Call.Actor.Member0()) },
	views:  (*Txn).keyViews,
}

// CreateKey stores a public key; without a text a pair is made, whose private
// half is answered once and never stored.
func (c *Control) CreateKey(ctx context.Context, call *Call, in KeyIn, ans Answer[*KeyView]) (Reply, error) {
	line, private, err := c.keyText(in.Text)
	if err != nil {
		return Reply{}, err
	}
	return keys.Create(ctx, c, call, cloud.Key{MemberID: call.Actor.Member0(), Text: line}, func(t *Txn, k *cloud.Key) (err error) {
		if k.MD5, err = auth.KeyMD5(line); err != nil {
			return err
		}
		return in.describe(t, k)
	}, func(t *Txn, v *KeyView) (int, any, error) {
		v.Private = private
		return ans(t, v)
	})
}

// keyText checks a key or makes one.
func (c *Control) keyText(text *string) (line, private string, err error) {
	if text == nil || strings.TrimSpace(*text) == "" {
		return auth.NewKey(c.Rand)
	}
	if line, err = auth.PublicKey(*text); err != nil {
		err = cloud.Errorf(cloud.Invalid, "public_key.bad", "the public key is not usable: %v", err).On("public_key").
			WithFix("Send one line as in an authorized_keys file.")
	}
	return line, "", err
}

func (in KeyIn) describe(_ *Txn, k *cloud.Key) error {
	return describe(in.Limits, in.Name, &k.Name, in.Description, &k.Description)
}

// UpdateKey renames or describes a key.
func (c *Control) UpdateKey(ctx context.Context, call *Call, in KeyIn, ans Answer[*KeyView]) (Reply, error) {
	return keys.Change(ctx, c, call, in.Pick, in.describe, ans)
}

// DeleteKey forgets a key; servers that carry it keep it.
func (c *Control) DeleteKey(ctx context.Context, call *Call, p Pick, ans Answer[*KeyView]) (Reply, error) {
	return keys.Delete(ctx, c, call, p, nil, ans)
}

// Keys lists the keys of the actor's member.
func (t *Txn) Keys(q cloud.Query) ([]*KeyView, int64, error) { return keys.List(t, q) }

// Key reads one key.
func (t *Txn) Key(p Pick) (*KeyView, error) { return keys.Read(t, p) }

// keyViews finds which servers of the member carry the keys. The keys of a
// server are one JSON column, which no condition can look into.
func (t *Txn) keyViews(keys []*cloud.Key) ([]*KeyView, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	servers, err := store.Find[cloud.Server](t.Tx, cloud.Where(cloud.Eq("member_id", keys[0].MemberID)).By("id"))
	views := make([]*KeyView, len(keys))
	for i, k := range keys {
		views[i] = &KeyView{Key: k}
		for _, s := range servers {
			if slices.ContainsFunc(s.Keys, func(c cloud.ServerKey) bool { return c.KeyID == k.ID }) {
				views[i].Servers = append(views[i].Servers, s)
			}
		}
	}
	return views, err
}

package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// images of some kinds: the public ones and those of the actor's member. Nobody
// makes one here; see AddImage.
func images(kinds ...cloud.ImageKind) kind[cloud.Image, *cloud.Image, *cloud.Image] {
	return kind[cloud.Image, *cloud.Image, *cloud.Image]{
		noun: "image", show: auth.AnyRole, about: aboutImage, views: itself[*cloud.Image],
		only: cloud.In("kind", kinds),
		within: func(t *Txn) cloud.Cond {
			return cloud.Or(cloud.Eq("public", true), cloud.Eq("member_id", t.Call.Actor.Member0()))
		},
	}
}

func aboutImage(i *cloud.Image) subject {
	return subject{kind: "image", id: i.ID, uid: i.UID, name: i.Name, member: 1}
}

// Images lists images of some kinds; total counts before paging.
func (t *Txn) Images(q cloud.Query, kinds ...cloud.ImageKind) ([]*cloud.Image, int64, error) {
	return images(kinds...).List(t, q)
}

// Image reads one image of some kinds.
func (t *Txn) Image(p Pick, kinds ...cloud.ImageKind) (*cloud.Image, error) {
	return images(kinds...).Read(t, p)
}

// imageNameMax is the longest name of an image in characters.
const imageNameMax = 128

// AddImage registers an image that the operator built or imported; the same
// name again replaces what new machines start from. Machines made from the
// old one keep it: their row names the image, and the host has the old bytes
// until no disk stands on them.
func (c *Control) AddImage(ctx context.Context, in cloud.Image) (*cloud.Image, error) {
	var out *cloud.Image
	if e := (cloud.Limits{NameMax: imageNameMax}).CheckName("image", in.Name); e != nil {
		return nil, e.On("name")
	}
	err := c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{System: true}}}
		old, err := store.First[cloud.Image](tx,
			cloud.Where(cloud.Eq("name", in.Name), cloud.Eq("kind", string(in.Kind)), cloud.Eq("member_id", in.MemberID)))
		switch {
		case err == nil && old.Digest == in.Digest:
			out = old
			return nil
		case err == nil:
			now := tx.Now()
			old.Closed = &now
			if err := store.Update(tx, old); err != nil {
				return err
			}
			if err := work.Enqueue(tx, "image", old.ID, 0); err != nil { // hosts that nobody uses it on let go of it
				return err
			}
		case !store.None(err):
			return err
		}
		row := in
		row.Meta = cloud.Meta{UID: cloud.DeriveUID("image", string(in.Kind), in.Name, in.Digest)}
		if err := t.putImage(&row); err != nil {
			return err
		}
		out = &row
		return t.record("CREATE", aboutImage(&row))
	})
	return out, err
}

// putImage inserts an image. The identity follows from name and bytes, so one
// that was removed and comes again is the same row.
func (t *Txn) putImage(row *cloud.Image) error {
	old, err := store.First[cloud.Image](t.Tx,
		cloud.Query{Where: cloud.And(cloud.Eq("uid", row.UID), cloud.Eq("kind", string(row.Kind))), Closed: true})
	if store.None(err) {
		return store.Insert(t.Tx, row)
	}
	if err != nil {
		return err
	}
	row.Meta = old.Meta
	row.Closed = nil
	row.Touch(t.Now(), 0)
	return store.Update(t.Tx, row)
}

// RemoveImage hides an image from new machines.
func (c *Control) RemoveImage(ctx context.Context, name string) error {
	return c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{System: true}}}
		row, err := store.First[cloud.Image](tx, cloud.Where(cloud.Eq("name", name)))
		if store.None(err) {
			return cloud.Errorf(cloud.NotFound, "image.missing", "there is no image %q", name).WithFix("`virga image list` shows what there is.")
		}
		if err != nil {
			return err
		}
		now := tx.Now()
		row.Closed = &now
		if err := store.Update(tx, row); err != nil {
			return err
		}
		if err := work.Enqueue(tx, "image", row.ID, 0); err != nil {
			return err
		}
		return t.record("DELETE", aboutImage(row))
	})
}

// AllImages lists every live image, for the operator.
func (c *Control) AllImages(ctx context.Context) (list []*cloud.Image, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Find[cloud.Image](tx, cloud.Query{}.By("kind").By("name"))
		return err
	})
	return list, err
}

// ImagesByID is ServersByID for images.
func (t *Txn) ImagesByID(ids []int64, columns ...string) (map[int64]*cloud.Image, error) {
	return byID[cloud.Image](t, ids, columns...)
}

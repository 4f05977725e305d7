package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// ImageOf finds an image by the id that its bytes give it on hosts; nil when
// the store has none. Several rows may have the same bytes: a live one comes first.
func ImageOf(tx *store.Tx, id plan.ID) (*cloud.Image, error) {
	list, err := store.Select[cloud.Image](tx, `SELECT `+store.Columns[cloud.Image]()+
		` FROM image WHERE substr(digest, 1, 32) = $1 ORDER BY closed IS NOT NULL, id`, string(id))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// image keeps an image on every host that has a machine made from it or has
// it in a drive. Hosts keep the bytes of live images once they have them, so
// that the next machine starts at once; those of removed images go with the
// last machine.
func (r *Reconciler) image(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, nil, func(tx *store.Tx) (time.Duration, error) {
		img, err := store.GetAny[cloud.Image](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		owner := hub.Owner{Kind: Image, Key: img.ID}
		q := cloud.Where(cloud.Or(cloud.Eq("image_id", img.ID),
			cloud.Eq("dvd_id", img.ID), cloud.Eq("seen_dvd_id", img.ID), cloud.Eq("seen_image_id", img.ID)))
		servers, err := store.Find[cloud.Server](tx, q.By("host_id"))
		if err != nil {
			return 0, err
		}
		var hosts []int64
		for _, s := range servers {
			if !slices.Contains(hosts, s.HostID) {
				hosts = append(hosts, s.HostID)
			}
		}
		if img.Alive() {
			list, err := hub.Of(tx, owner)
			if err != nil {
				return 0, err
			}
			for _, o := range list {
				if !o.Absent && !slices.Contains(hosts, o.Host) {
					hosts = append(hosts, o.Host)
				}
			}
		}
		doc := plan.Image{Digest: img.Digest, Size: img.SizeBytes, Format: "virga"}
		return 0, spread(tx, owner, plan.KindImage, imageID(img), same(&doc), hosts)
	})
}

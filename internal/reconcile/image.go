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
	return once(ctx, it, func(tx *store.Tx) (time.Duration, error) {
		img, err := store.GetAny[cloud.Image](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		owner := hub.Owner{Kind: Image, Key: img.ID}
		var hosts []int64
		for _, column := range []string{"image_id", "seen_image_id", "dvd_id", "seen_dvd_id"} {
			// Not 0 stands there for the index, which has no machines without one.
			list, err := store.Distinct[cloud.Server](tx, "host_id", cloud.Eq(column, img.ID), cloud.Ne(column, 0))
			if err != nil {
				return 0, err
			}
			hosts = append(hosts, list...)
		}
		slices.Sort(hosts)
		hosts = slices.Compact(hosts)
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

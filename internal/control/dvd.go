package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
)

// LoadDVD puts an image into the drive; an empty pick ejects.
func (c *Control) LoadDVD(ctx context.Context, call *Call, p, image Pick, ans Answer[*View]) (Reply, error) {
	return do(ctx, c, call, locks(call, false), func(t *Txn) (*View, error) {
		s, err := t.serverFor(p, "servers.manage_dvd")
		if err != nil {
			return nil, err
		}
		var want int64
		if !image.Empty() {
			region, err := t.region(Pick{ID: s.RegionID})
			if err != nil {
				return nil, err
			}
			img, err := t.usableImage(image, region, cloud.ISOImage)
			if err != nil {
				return nil, err
			}
			want = img.ID
		}
		if err := idle(s); err != nil {
			return nil, err
		}
		if want == 0 && s.DVDID == 0 {
			return nil, cloud.Errorf(cloud.Conflict, "dvd.empty", "the drive of server %s is empty", s.Name)
		}
		if want != s.DVDID {
			s.DVDID = want
			if err := t.ordered(s, cloud.Configure, "UPDATE", nil); err != nil {
				return nil, err
			}
		}
		return t.view(s)
	}, ans)
}

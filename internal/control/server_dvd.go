package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
)

// DVDIn names a server and what goes into its drive; an empty image ejects.
type DVDIn struct {
	Pick
	Image Pick
}

// LoadDVD puts an image into the drive; an empty pick ejects.
func (c *Control) LoadDVD(ctx context.Context, call *Call, in DVDIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.manage_dvd", ans, func(t *Txn, s *cloud.Server) error {
		var want int64
		if !in.Image.Empty() {
			region, err := t.region(Pick{ID: s.RegionID})
			if err != nil {
				return err
			}
			img, err := t.usableImage(in.Image, region, cloud.ISOImage)
			if err != nil {
				return err
			}
			want = img.ID
		}
		if err := idle(s); err != nil {
			return err
		}
		if want == 0 && s.DVDID == 0 {
			return cloud.Errorf(cloud.Conflict, "dvd.empty", "the drive of server %s is empty", s.Name)
		}
		if want != s.DVDID {
			s.DVDID = want
			if err := t.ordered(s, cloud.Configure, "UPDATE", nil); err != nil {
				return err
			}
		}
		return nil
	})
}

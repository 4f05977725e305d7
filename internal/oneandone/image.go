package oneandone

import (
	"slices"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Appliances and DVD ISOs are two views of images.
func (a *api) images(h wire.Handlers) {
	imageViews(a, h, oneandone.ListServerAppliances, oneandone.GetServerAppliance, cloud.Appliance, appliance)
	imageViews(a, h, oneandone.ListDVDIsos, oneandone.GetDVDISO, cloud.ISOImage, dvdISO)
}

// imageViews registers list and reading of one kind of images.
func imageViews[M any](a *api, h wire.Handlers, list op.Op[op.None, []M], one op.Op[op.None, M], kind cloud.ImageKind,
	show func(*cloud.Image, []oneandone.ID) M,
) {
	short(a, h, list, func(t *control.Txn, _ *wire.Request) ([]M, error) {
		regions, err := t.Regions()
		if err != nil {
			return nil, err
		}
		return each(all(func(t *control.Txn, q cloud.Query) ([]*cloud.Image, int64, error) { return t.Images(q, kind) }),
			func(img *cloud.Image) M { return show(img, availableIn(img, regions)) })(t, nil)
	})
	get(a, h, one, func(t *control.Txn, p control.Pick) (*cloud.Image, error) { return t.Image(p, kind) },
		func(t *control.Txn, img *cloud.Image) (M, error) {
			regions, err := t.Regions()
			return show(img, availableIn(img, regions)), err
		})
}

func availableIn(img *cloud.Image, regions []*cloud.Site) []oneandone.ID {
	ids := []oneandone.ID{}
	for _, region := range regions {
		if img.Available(region.ID) {
			ids = append(ids, region.UID.String())
		}
	}
	return ids
}

// applianceTypes are the values that the contract allows.
var applianceTypes = []string{"IMAGE", "APPLICATION", "ISO", "APP"}

func appliance(img *cloud.Image, where []oneandone.ID) oneandone.ServerAppliance {
	kind := img.Type
	if !slices.Contains(applianceTypes, kind) {
		kind = "IMAGE"
	}
	bits := intOrNull(img.Architecture)
	return oneandone.ServerAppliance{
		ID: img.UID.String(), Name: img.Name, AvailableDatacenters: where,
		OSInstallationBase: textOrNull(img.ImageType), OSFamily: textOrNull(img.Family),
		OS: textOrNull(img.OS), OSVersion: textOrNull(img.OSVersion), OSArchitecture: bits, Architecture: bits,
		OSImageType: textOrNull(img.ImageType), Type: kind,
		ServerTypeCompatibility: list(img.Compatible), MinHDDSize: intOrNull(img.MinGB),
		Licenses: []any{}, Version: textOrNull(img.OSVersion), Categories: list(img.Categories),
	}
}

func dvdISO(img *cloud.Image, where []oneandone.ID) oneandone.DVDISO {
	return oneandone.DVDISO{
		ID: img.UID.String(), Name: img.Name, AvailableDatacenters: where,
		OSFamily: textOrNull(img.Family), OS: textOrNull(img.OS), OSVersion: textOrNull(img.OSVersion),
		OSArchitecture: intOrNull(img.Architecture), Type: textOrNull(img.Type),
	}
}

// list is never null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

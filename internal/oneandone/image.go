package oneandone

import (
	"slices"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Appliances and DVD ISOs are two views of images.
func (a *api) images(h wire.Handlers) {
	short(a, h, oneandone.ListServerAppliances, func(t *control.Txn, _ *wire.Request) ([]oneandone.ServerAppliance, error) {
		return imagesOf(t, cloud.Appliance, appliance)
	})
	read(a, h, oneandone.GetServerAppliance, func(t *control.Txn, r *wire.Request) (oneandone.ServerAppliance, error) {
		return imageOf(t, r, "appliance_id", cloud.Appliance, appliance)
	})
	short(a, h, oneandone.ListDVDIsos, func(t *control.Txn, _ *wire.Request) ([]oneandone.DVDISO, error) {
		return imagesOf(t, cloud.ISOImage, dvdISO)
	})
	read(a, h, oneandone.GetDVDISO, func(t *control.Txn, r *wire.Request) (oneandone.DVDISO, error) {
		return imageOf(t, r, "dvd_iso_id", cloud.ISOImage, dvdISO)
	})
}

func imagesOf[E any](t *control.Txn, kind cloud.ImageKind, show func(*cloud.Image, []oneandone.ID) E) ([]E, error) {
	regions, err := t.Regions()
	if err != nil {
		return nil, err
	}
	all, _, err := t.Images(cloud.Query{}.By("id"), kind)
	if err != nil {
		return nil, err
	}
	list := make([]E, len(all))
	for i, img := range all {
		list[i] = show(img, availableIn(img, regions))
	}
	return list, nil
}

func imageOf[E any](t *control.Txn, r *wire.Request, param string, kind cloud.ImageKind, show func(*cloud.Image, []oneandone.ID) E) (E, error) {
	var none E
	pick, err := inPath(r, param)
	if err != nil {
		return none, err
	}
	img, err := t.Image(pick, kind)
	if err != nil {
		return none, err
	}
	regions, err := t.Regions()
	if err != nil {
		return none, err
	}
	return show(img, availableIn(img, regions)), nil
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

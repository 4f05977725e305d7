package cloudcix

import (
	"reflect"
	"slices"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// kinds of images that this dialect knows: own images count as public for their
// member, media are never listed (R17).
var kinds = []cloud.ImageKind{cloud.Appliance, cloud.OwnImage}

var images = listing{
	op: wirespec.ListImage.Spec, rows: reflect.TypeFor[wirespec.Image](),
	named: map[string]column{"regions__region": {field: "regions"}},
}

func (a *API) images(h wire.Handlers) {
	catalogue(a, h, wirespec.ListImage, wirespec.ReadImage, allImages, func(v imageIn) wirespec.Image { return imageOf(v.Image, v.regions) })
}

// imageIn is an image with all regions there are.
type imageIn struct {
	*cloud.Image
	regions []int64
}

func allImages(t *control.Txn) ([]imageIn, error) {
	rows, _, err := t.Images(cloud.Query{}.By("id"), kinds...)
	if err != nil {
		return nil, err
	}
	regions, err := regionIDs(t)
	list := make([]imageIn, len(rows))
	for i, img := range rows {
		list[i] = imageIn{img, regions}
	}
	return list, err
}

// regionIDs lists all regions in the order of their ids.
func regionIDs(t *control.Txn) ([]int64, error) {
	sites, err := t.Regions()
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(sites))
	for i, s := range sites {
		ids[i] = s.ID
	}
	slices.Sort(ids)
	return ids, nil
}

// imageOf shows an image; one without regions is in all of them.
func imageOf(i *cloud.Image, regions []int64) wirespec.Image {
	if i == nil {
		return wirespec.Image{Regions: []int64{}}
	}
	in := regions
	if len(i.Regions) > 0 {
		in = i.Regions
	}
	name := i.DisplayName
	if name == "" {
		name = i.Name
	}
	return wirespec.Image{
		AnswerFileName: text(i.Answer), CloudInit: i.CloudInit, Created: stamp(i.Created), DisplayName: name, Filename: i.Filename, ID: i.ID,
		MultipleIps: i.MultipleIPs, OSVariant: i.Variant, Regions: append([]int64{}, in...), Updated: stamp(i.Updated), URI: uri("image", i.ID),
	}
}

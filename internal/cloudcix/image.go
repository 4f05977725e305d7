package cloudcix

import (
	"slices"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// kinds of images that this dialect knows: own images count as public for their
// member, media are never listed (R17).
var kinds = []cloud.ImageKind{cloud.Appliance, cloud.OwnImage}

var images = list{
	table: wire.NewSearchTable("display_name, id", "display_name s, id n, regions__region n"),
	cols: map[string]column{
		"id": {field: "id"}, "display_name": {field: "display_name", kind: words}, "regions__region": {field: "region_id"},
	},
	order: map[string]cloud.Order{"display_name": {Field: "display_name"}, "id": {Field: "id"}},
}

func (a *API) listImage(r *wire.Request) (wire.Answer, error) {
	s := images.table.Parse(r.Query)
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, _, err := t.Images(cloud.Query{Order: []cloud.Order{{Field: "id"}}}, kinds...)
		if err != nil {
			return nil, err
		}
		regions, err := regionIDs(t)
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.Image, len(rows))
		for i, img := range rows {
			items[i] = imageOf(img, regions)
		}
		items, total, err := sift(items, s, images, imageRow, imageOrder)
		return page(items, s, total), err
	})
}

// imageRow has what an image can be filtered by, one row for each region.
func imageRow(i wirespec.Image) []any {
	type row struct {
		ID          int64
		DisplayName string
		RegionID    int64
	}
	rows := []any{}
	for _, region := range i.Regions {
		rows = append(rows, row{i.ID, i.DisplayName, region})
	}
	if len(rows) == 0 {
		rows = append(rows, row{i.ID, i.DisplayName, 0})
	}
	return rows
}

func imageOrder(name string) func(a, b wirespec.Image) int {
	if name == "id" {
		return func(a, b wirespec.Image) int { return compare(a.ID, b.ID) }
	}
	return func(a, b wirespec.Image) int { return compare(a.DisplayName, b.DisplayName) }
}

func (a *API) readImage(r *wire.Request) (wire.Answer, error) {
	return a.read(r, func(t *control.Txn) (any, error) {
		img, err := t.Image(id(r, "pk"), kinds...)
		if err != nil {
			return nil, err
		}
		regions, err := regionIDs(t)
		if err != nil {
			return nil, err
		}
		return content(imageOf(img, regions)), nil
	})
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

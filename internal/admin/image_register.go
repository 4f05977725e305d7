package admin

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/image"
)

// Register makes a packed image known: its bytes are copied to where hosts
// fetch them by digest, then the row is written. Doing it again is harmless.
func (a *Verbs) Register(ctx context.Context, b image.Built) (*cloud.Image, error) {
	if err := a.Images.Keep(b); err != nil {
		return nil, err
	}
	const gib = 1 << 30
	row := cloud.Image{
		Kind: cloud.Appliance, Name: b.Name, DisplayName: b.Name, Family: "Linux", OS: b.OSName, OSVersion: b.OSVersion, Architecture: 64,
		ImageType: "MINIMAL", Type: "IMAGE", Compatible: []string{"cloud"}, MinGB: int((b.VirtualSize + gib - 1) / gib),
		Filename: b.Name + ".qcow2", CloudInit: b.CloudInit, MultipleIPs: true, Public: true, ServerType: 2,
		Digest: b.Digest, SizeBytes: b.Bytes,
	}
	if b.Kind == image.KindISO {
		row.Kind, row.Type, row.ImageType = cloud.ISOImage, "OS", "ISO_OS"
	}
	return a.Control.AddImage(ctx, row)
}

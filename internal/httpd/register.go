package httpd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/image"
)

// Register makes a packed image known: its bytes are copied to where hosts
// fetch them by digest, then the row is written. Doing it again is harmless.
func (a *Admin) Register(ctx context.Context, b image.Built) (*cloud.Image, error) {
	if err := a.keep(b); err != nil {
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

// stale is the age at which nobody is writing a copy any more. Younger ones may
// be another control node's, with which the folder is shared.
const stale = 24 * time.Hour

// dropStale removes copies whose control plane died while it wrote them.
func dropStale(dir string) error {
	list, err := filepath.Glob(filepath.Join(dir, "new-*"))
	for _, name := range list {
		if fi, lost := os.Stat(name); lost == nil && time.Since(fi.ModTime()) > stale {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

// keep copies the packed file into the folder of images under its digest.
func (a *Admin) keep(b image.Built) error {
	path := filepath.Join(a.Images, b.Digest)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(a.Images, 0o700); err != nil {
		return fmt.Errorf("keep image: %w", err)
	}
	in, err := os.Open(b.Path)
	if err != nil {
		return fmt.Errorf("keep image: %w", err)
	}
	defer in.Close()
	if err := dropStale(a.Images); err != nil {
		return fmt.Errorf("keep image: %w", err)
	}
	tmp, err := os.CreateTemp(a.Images, "new-")
	if err != nil {
		return fmt.Errorf("keep image: %w", err)
	}
	_, err = io.Copy(tmp, in)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep image: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

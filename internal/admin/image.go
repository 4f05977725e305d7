package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/store"
)

// AddImage asks to register a packed image that lies on the same machine.
type AddImage struct {
	Path string `json:"path"`           // absolute
	Name string `json:"name,omitempty"` // other than the image's own
	// Replace takes the name from an image that has it: new servers start from
	// this one.
	Replace bool `json:"replace,omitempty"`
}

// Image is an image as the operator sees it.
type Image struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	OS     string `json:"os"`
	MinGB  int    `json:"min_gb"`
	Bytes  int64  `json:"bytes"`
	Digest string `json:"digest"`
}

func imageOf(i *cloud.Image) Image {
	os := i.OS
	if i.OSVersion != "" && i.OSVersion != i.OS {
		os += " " + i.OSVersion
	}
	return Image{ID: i.UID.String(), Name: i.Name, Kind: string(i.Kind), OS: os, MinGB: i.MinGB, Bytes: i.SizeBytes, Digest: i.Digest}
}

func (a *Verbs) listImages(r *http.Request, _ none) ([]Image, error) {
	list, err := a.Control.AllImages(r.Context())
	out := []Image{}
	for _, i := range list {
		out = append(out, imageOf(i))
	}
	return out, err
}

func (a *Verbs) addImage(r *http.Request, in AddImage) (Image, error) {
	if !filepath.IsAbs(in.Path) {
		return Image{}, cloud.Errorf(cloud.Invalid, "image.path", "the path %q is not absolute", in.Path).On("path")
	}
	b, err := packed(in.Path)
	if err != nil {
		return Image{}, err
	}
	if in.Name != "" {
		b.Name = in.Name
	}
	if !in.Replace {
		if err := a.nameFree(r.Context(), b); err != nil {
			return Image{}, err
		}
	}
	row, err := a.Register(r.Context(), b)
	if err != nil {
		return Image{}, err
	}
	return imageOf(row), nil
}

// nameFree refuses the name of an image with other bytes: servers would silently
// start from something else than the day before.
func (a *Verbs) nameFree(ctx context.Context, b image.Built) error {
	return a.DB.Read(ctx, func(tx *store.Tx) error {
		n, err := store.Count[cloud.Image](tx, cloud.Where(cloud.Eq("name", b.Name), cloud.Not(cloud.Eq("digest", b.Digest))))
		if err != nil || n == 0 {
			return err
		}
		return cloud.Errorf(cloud.Conflict, "image.exists", "there is an image %s already, with other bytes", b.Name).On("name").
			WithFix("Say another name with --name, or --replace: then new servers start from this one.")
	})
}

// packed reads what a file says of itself, and its digest, which is never
// believed from elsewhere.
func packed(path string) (b image.Built, err error) {
	f, err := os.Open(path) // path: the operator's, on this machine
	if err != nil {
		return b, cloud.Errorf(cloud.Invalid, "image.path", "the image cannot be read: %s", err).On("path")
	}
	defer f.Close()
	if b.Manifest, err = image.ReadManifest(f); err != nil {
		return b, cloud.Errorf(cloud.Invalid, "image.packed", "%s is no packed image: %s", path, err).On("path").
			WithFix("`virga image import` packs disks and ISOs.")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return b, fmt.Errorf("read %s: %w", path, err)
	}
	h := sha256.New()
	if b.Bytes, err = io.Copy(h, f); err != nil {
		return b, fmt.Errorf("read %s: %w", path, err)
	}
	b.Path, b.Digest = path, hex.EncodeToString(h.Sum(nil))
	return b, nil
}

// removeImage hides an image, and frees its bytes once nothing can ask for
// them: no other row has them, and no server came from them.
func (a *Verbs) removeImage(r *http.Request, _ none) (none, error) {
	name := r.PathValue("name")
	var digest string
	err := a.DB.Read(r.Context(), func(tx *store.Tx) error {
		row, err := store.First[cloud.Image](tx, cloud.Where(cloud.Eq("name", name)))
		if store.None(err) {
			return nil // RemoveImage says it better
		}
		if err == nil {
			digest = row.Digest
		}
		return err
	})
	if err != nil {
		return none{}, err
	}
	if err := a.Control.RemoveImage(r.Context(), name); err != nil || digest == "" {
		return none{}, err
	}
	var used bool
	err = a.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		used, err = imageUsed(tx, digest)
		return err
	})
	if err != nil || used {
		return none{}, err
	}
	if err := a.Images.Remove(digest); err != nil {
		return none{}, fmt.Errorf("remove image: %w", err)
	}
	return none{}, nil
}

// DropImages frees the bytes of images that were removed through another node. Those
// that the store does not know stay: it may have come back from an older backup.
func (a *Verbs) DropImages(ctx context.Context) error {
	old, err := a.Images.Old()
	for _, digest := range old {
		var used bool
		err = errors.Join(err, a.DB.Read(ctx, func(tx *store.Tx) error {
			n, err := store.Count[cloud.Image](tx, cloud.Query{Where: cloud.Eq("digest", digest), Closed: true})
			if used = n == 0; err != nil || used {
				return err
			}
			used, err = imageUsed(tx, digest)
			return err
		}))
		if err == nil && !used {
			err = a.Images.Remove(digest)
		}
	}
	return err
}

func imageUsed(tx *store.Tx, digest string) (bool, error) {
	rows, err := store.Find[cloud.Image](tx, cloud.Query{Where: cloud.Eq("digest", digest), Closed: true})
	if err != nil {
		return false, err
	}
	for _, i := range rows {
		if i.Alive() {
			return true, nil
		}
		n, err := store.Count[cloud.Server](tx, cloud.Where(cloud.Or(cloud.Eq("image_id", i.ID), cloud.Eq("dvd_id", i.ID))))
		if err != nil || n > 0 {
			return true, err
		}
	}
	return false, nil
}

package disk_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/disk"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/plan"
)

// packed is a small image as the builder packs it.
func packed(t testing.TB) []byte {
	t.Helper()
	dir := t.TempDir()
	makeQcow(t, filepath.Join(dir, image.DiskName), "", 1<<20)
	f, err := image.Describe(dir, image.DiskName)
	must(t, err)
	m := image.Manifest{Version: image.ManifestVersion, Name: "small", Kind: image.KindDisk, Disk: f, VirtualSize: 1 << 20}
	b, err := image.Pack(m, dir, filepath.Join(dir, "small.image"))
	must(t, err)
	raw, err := os.ReadFile(b.Path)
	must(t, err)
	return raw
}

// server serves packed images by digest, and can break off.
type server struct {
	mu      sync.Mutex
	images  map[string][]byte
	limit   int64 // break off after so many bytes; 0 = never
	offsets []int64
	hang    bool
}

func serve(images ...[]byte) *server {
	s := &server{images: map[string][]byte{}}
	for _, b := range images {
		s.images[digest(b)] = b
	}
	return s
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (s *server) fetch(ctx context.Context, digest string, offset int64) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.images[digest]
	if !ok {
		return nil, fmt.Errorf("no image %s", digest)
	}
	s.offsets = append(s.offsets, offset)
	r := io.Reader(bytes.NewReader(b[offset:]))
	if s.limit > 0 {
		r = io.MultiReader(io.LimitReader(r, s.limit), broken{})
	}
	if s.hang {
		r = hanging{ctx}
	}
	return io.NopCloser(r), nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

type hanging struct{ ctx context.Context }

func (h hanging) Read([]byte) (int, error) { <-h.ctx.Done(); return 0, h.ctx.Err() }

func images(in sys.Installation, s *server) *disk.Images {
	return &disk.Images{
		In: in, Fetch: s.fetch, Go: func(f func()) { go f() },
		Unpack: func(r io.Reader, dir, digest string) error { _, err := image.Unpack(r, dir, digest); return err },
	}
}

func wish(b []byte, format string) (plan.ID, plan.Image) {
	d := digest(b)
	return plan.ID(d[:32]), plan.Image{Digest: d, Size: int64(len(b)), Format: format}
}

func TestImagesConform(t *testing.T) {
	// The suite chooses the id, and an image's id is its digest. So the image is
	// made for the id: any bytes will do for a drive, and the driver under test
	// is told the digest that they have.
	iso := []byte("a disc")
	drivertest.Run(t, drivertest.Config[plan.Image]{
		Points: []string{"disk.image."},
		New: func(_ testing.TB, in sys.Installation) plan.Driver[plan.Image] {
			return byDigest{images(in, serve(iso)), digest(iso)}
		},
		Spec: func(sys.Installation, plan.ID) plan.Image {
			_, spec := wish(iso, "iso")
			return spec
		},
		Fingerprint: func(t testing.TB, in sys.Installation) string { return tree(t, in, true) },
		State:       func(t testing.TB, in sys.Installation) string { return tree(t, in, false) },
		Leftovers:   func(in sys.Installation) []string { return names(in.Path("images")) },
		Foreign: func(t testing.TB, in sys.Installation) func() string {
			own := in.Path("images", "keep this")
			must(t, os.MkdirAll(own, 0o755))
			return func() string { _, err := os.Stat(own); return fmt.Sprint(err) }
		},
	})
}

// byDigest gives the suite's random id to the image with the one digest: on
// disk the id is the digest's start, towards the suite the one it chose.
type byDigest struct {
	*disk.Images
	digest string
}

func (d byDigest) List(ctx context.Context) ([]plan.ID, error) {
	ids, err := d.Images.List(ctx)
	for i := range ids {
		b, _ := os.ReadFile(d.In.Path("suite-id"))
		ids[i] = plan.ID(b)
	}
	return ids, err
}

func (d byDigest) Ensure(ctx context.Context, id plan.ID, spec plan.Image) (plan.Status, error) {
	if err := os.WriteFile(d.In.Path("suite-id"), []byte(id), 0o600); err != nil {
		return plan.Status{}, err
	}
	return d.Images.Ensure(ctx, plan.ID(d.digest[:32]), spec)
}

func (d byDigest) Remove(ctx context.Context, _ plan.ID) (plan.Status, error) {
	return d.Images.Remove(ctx, plan.ID(d.digest[:32]))
}

func settleImage(t testing.TB, d *disk.Images, id plan.ID, spec plan.Image) (plan.Status, error) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; <-time.After(time.Millisecond) {
		st, err := d.Ensure(t.Context(), id, spec)
		if st.Ready || st.Failed || err != nil {
			return st, err
		}
		if time.Now().After(end) {
			t.Fatalf("image: %+v", st)
		}
	}
}

func TestDownloadGoesOn(t *testing.T) {
	raw := packed(t)
	in, s := drivertest.NewInstallation(t), serve(raw)
	id, spec := wish(raw, "virga")
	s.limit = int64(len(raw)) / 3
	for range 2 {
		d := images(in, s) // a new process each time
		if st, err := settleImage(t, d, id, spec); err == nil || !strings.Contains(err.Error(), "the line broke") {
			t.Fatalf("broken off: %+v, %v", st, err)
		}
		must(t, d.Close())
	}
	s.mu.Lock()
	s.limit = 0
	s.mu.Unlock()
	d := images(in, s)
	if st, err := settleImage(t, d, id, spec); err != nil || !st.Ready {
		t.Fatalf("%+v, %v", st, err)
	}
	if s.offsets[1] != int64(len(raw))/3 || s.offsets[2] != 2*(int64(len(raw))/3) {
		t.Errorf("it asked for %v", s.offsets)
	}
	for _, f := range []string{"manifest.json", "disk.qcow2"} {
		if _, err := os.Stat(in.Path("images", string(id), f)); err != nil {
			t.Error(err)
		}
	}
	if got := names(in.Path("images")); len(got) != 1 {
		t.Errorf("left beside it: %v", got)
	}
}

func TestBadImages(t *testing.T) {
	in := drivertest.NewInstallation(t)
	good := packed(t)
	var evil bytes.Buffer
	tw := tar.NewWriter(&evil)
	must(t, tw.WriteHeader(&tar.Header{Name: "../../escape", Size: 4, Mode: 0o644}))
	_, err := tw.Write([]byte("evil"))
	must(t, errors.Join(err, tw.Close()))
	s := serve(good, evil.Bytes())
	d := images(in, s)

	other := append(bytes.Clone(good), 1)
	id, spec := wish(other, "virga")
	s.images[spec.Digest] = good // one byte short
	if st, err := settleImage(t, d, id, spec); err == nil || st.Ready || !strings.Contains(err.Error(), "ended after") {
		t.Errorf("too short: %+v, %v", st, err)
	}
	s.images[spec.Digest] = append(bytes.Clone(good), 2) // the right length
	must(t, os.RemoveAll(in.Path("images")))
	if st, err := settleImage(t, d, id, spec); err != nil || !st.Failed || !strings.Contains(st.Reason, "digest") {
		t.Errorf("other bytes: %+v, %v", st, err)
	}
	// Trying again fetches afresh and can succeed.
	s.images[spec.Digest] = other
	spec.Format = "iso"
	if st, err := settleImage(t, d, id, spec); err != nil || !st.Ready {
		t.Errorf("right at last: %+v, %v", st, err)
	}
	id, spec = wish(evil.Bytes(), "virga")
	if st, err := settleImage(t, d, id, spec); err != nil || !st.Failed {
		t.Errorf("an evil archive: %+v, %v", st, err)
	}
	if _, err := os.Stat(in.Path("escape")); err == nil {
		t.Error("a file came out of its folder")
	}
	id, spec = wish(good, "floppy")
	if st, err := d.Ensure(t.Context(), id, spec); err != nil || !st.Failed {
		t.Errorf("an unknown format: %+v, %v", st, err)
	}
	if st, err := d.Ensure(t.Context(), drivertest.NewID(),
		plan.Image{Digest: digest(good), Size: 1, Format: "iso"}); err != nil || !st.Failed {
		t.Errorf("another image's digest: %+v, %v", st, err)
	}
}

func TestRemoveEndsTheDownload(t *testing.T) {
	raw := packed(t)
	in, s := drivertest.NewInstallation(t), serve(raw)
	s.hang = true
	d := images(in, s)
	id, spec := wish(raw, "virga")
	for range 3 {
		if st, err := d.Ensure(t.Context(), id, spec); err != nil || st.Ready {
			t.Fatalf("%+v, %v", st, err)
		}
	}
	for end := time.Now().Add(5 * time.Second); ; <-time.After(time.Millisecond) {
		st, err := d.Remove(t.Context(), id)
		must(t, err)
		if st.Ready {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%+v", st)
		}
	}
	if got := names(in.Path("images")); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
}

func TestImageInUseStays(t *testing.T) {
	raw := packed(t)
	in := drivertest.NewInstallation(t)
	d, v := images(in, serve(raw)), &disk.Volumes{In: in}
	id, spec := wish(raw, "virga")
	if st, err := settleImage(t, d, id, spec); err != nil || !st.Ready {
		t.Fatalf("%+v, %v", st, err)
	}
	disk1, vm := drivertest.NewID(), drivertest.NewID()
	ensure(t, v, disk1, plan.Volume{Size: 1 << 20, Image: id, Layer: "0", Create: true})
	must(t, os.MkdirAll(in.VMDir(vm), 0o755))
	must(t, in.UseImage(vm, "dvd", id))
	for _, c := range []struct {
		by   string
		free func()
	}{
		{"volume " + string(disk1), func() { remove(t, v, disk1) }},
		{"machine " + string(vm), func() { must(t, in.UseImage(vm, "dvd", "")) }},
	} {
		if st, err := d.Remove(t.Context(), id); err != nil || st.Ready || !strings.Contains(st.Reason, c.by) {
			t.Errorf("in use by %s: %+v, %v", c.by, st, err)
		}
		c.free()
	}
	if st, err := d.Remove(t.Context(), id); err != nil || !st.Ready {
		t.Errorf("free: %+v, %v", st, err)
	}
}

package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// What the driver does to images.
var (
	imageDirEffect    = sys.NewEffect("disk.image.folder")
	imageFetchEffect  = sys.NewEffect("disk.image.fetch")
	imageUnpackEffect = sys.NewEffect("disk.image.unpack")
	imagePlaceEffect  = sys.NewEffect("disk.image.place")
	imageGoneEffect   = sys.NewEffect("disk.image.gone")
)

// part is where an image is fetched and unpacked before it gets its place.
const part = ".part"

// Images is the driver of images: DIR/images/<id>/ with manifest.json,
// disk.qcow2, vmlinuz and initrd, or disk.iso alone. A folder with its final
// name is whole.
type Images struct {
	In sys.Installation // required
	// Fetch reads the packed image from offset on. Required.
	Fetch func(ctx context.Context, digest string, offset int64) (io.ReadCloser, error)
	// Unpack puts the members of a packed image into dir, which must not
	// exist, and checks each. Required.
	Unpack func(r io.Reader, dir, digest string) error
	// Go runs a job in the background: a download may take hours. Required.
	Go func(func())

	mu   sync.Mutex
	jobs map[plan.ID]*fetchJob
}

// fetchJob is a download that this process runs; its bytes are on the disk
// and a new process goes on where it ended.
type fetchJob struct {
	cancel context.CancelFunc
	over   bool
	err    error
}

// errBad says that the bytes themselves are wrong, so that fetching them
// again brings the same.
var errBad = errors.New("bad image")

var _ plan.Driver[plan.Image] = (*Images)(nil)

// List names the images by their folders, those half made or removed included.
func (d *Images) List(context.Context) ([]plan.ID, error) {
	ids, err := listDirs(d.In.Path("images"))
	if err != nil {
		return nil, fmt.Errorf("list images: %w", err)
	}
	return ids, nil
}

// Close ends all downloads of this process; a new one goes on with them.
func (d *Images) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, j := range d.jobs {
		j.cancel()
	}
	return nil
}

// Ensure starts the download or says how far it is.
func (d *Images) Ensure(_ context.Context, id plan.ID, spec plan.Image) (plan.Status, error) {
	if !sys.IsID(string(id)) || !strings.HasPrefix(spec.Digest, string(id)) || !plan.IsDigest(spec.Digest) {
		return plan.Status{Failed: true, Reason: fmt.Sprintf("image %s cannot have the digest %s", id, spec.Digest)}, nil
	}
	if spec.Format != "virga" && spec.Format != "iso" {
		return plan.Status{Failed: true, Reason: fmt.Sprintf("image format %q is not known here", spec.Format)}, nil
	}
	dir := d.dir(id)
	if _, err := os.Stat(dir); err == nil {
		return d.placed(id)
	}
	if j := d.job(id); j != nil {
		return d.progress(id, spec, j)
	}
	if _, err := os.Stat(dir + part); errors.Is(err, fs.ErrNotExist) {
		if err := imageDirEffect.Do(func() error { return makeDir(dir + part) }); err != nil {
			return plan.Status{}, fmt.Errorf("image %s: %w", id, err)
		}
	}
	// A download outlives the call that started it.
	ctx, cancel := context.WithCancel(context.Background())
	j := &fetchJob{cancel: cancel}
	d.mu.Lock()
	if d.jobs == nil {
		d.jobs = map[plan.ID]*fetchJob{}
	}
	d.jobs[id] = j
	d.mu.Unlock()
	d.Go(func() {
		err := d.fetch(ctx, id, spec)
		cancel()
		d.mu.Lock()
		j.err, j.over = err, true
		d.mu.Unlock()
	})
	return plan.Status{Reason: "the image is being fetched", Again: jobLook / 10}, nil
}

// placed clears up behind an image that is whole.
func (d *Images) placed(id plan.ID) (plan.Status, error) {
	if j := d.job(id); j != nil && !j.over {
		return plan.Status{Reason: "the image is being put in place", Again: jobLook / 10}, nil
	}
	d.mu.Lock()
	j := d.jobs[id]
	delete(d.jobs, id)
	d.mu.Unlock()
	if j != nil && j.err != nil {
		return plan.Status{}, fmt.Errorf("image %s: %w", id, j.err)
	}
	if err := os.RemoveAll(d.dir(id) + part); err != nil {
		return plan.Status{}, fmt.Errorf("image %s: %w", id, err)
	}
	return plan.Status{Ready: true}, nil
}

func (d *Images) progress(id plan.ID, spec plan.Image, j *fetchJob) (plan.Status, error) {
	if !j.over {
		st := plan.Status{Reason: "the image is being fetched", Again: jobLook}
		if fi, err := os.Stat(d.packed(id)); err == nil && spec.Size > 0 {
			st.Percent = int(min(99, fi.Size()*100/spec.Size))
		}
		return st, nil
	}
	d.mu.Lock()
	delete(d.jobs, id)
	d.mu.Unlock()
	if errors.Is(j.err, errBad) {
		return plan.Status{Failed: true, Reason: j.err.Error()}, nil
	}
	if j.err != nil {
		return plan.Status{}, fmt.Errorf("image %s: %w", id, j.err)
	}
	return plan.Status{Reason: "the image is being put in place"}, nil
}

// job is a copy of the state of the download, nil when none runs or ran.
func (d *Images) job(id plan.ID) *fetchJob {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, ok := d.jobs[id]
	if !ok {
		return nil
	}
	c := *j
	return &c
}

func (d *Images) dir(id plan.ID) string    { return d.In.Path("images", string(id)) }
func (d *Images) packed(id plan.ID) string { return filepath.Join(d.dir(id)+part, "packed") }

// fetch is the background job: download, check, unpack, put in place.
func (d *Images) fetch(ctx context.Context, id plan.ID, spec plan.Image) error {
	if err := d.download(ctx, id, spec); err != nil {
		return err
	}
	work := filepath.Join(d.dir(id)+part, "image")
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	err := imageUnpackEffect.Do(func() error { return d.unpack(spec, d.packed(id), work) })
	if err != nil {
		if errors.Is(err, errBad) {
			// Nothing can be resumed of it.
			err = errors.Join(err, os.Remove(d.packed(id)))
		}
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return imagePlaceEffect.Do(func() error { return sys.Rename(work, d.dir(id)) })
}

func (d *Images) download(ctx context.Context, id plan.ID, spec plan.Image) error {
	f, err := os.OpenFile(d.packed(id), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if fi.Size() < spec.Size {
		err = imageFetchEffect.Do(func() error { return d.pull(ctx, f, spec, fi.Size()) })
	}
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	return nil
}

func (d *Images) pull(ctx context.Context, f *os.File, spec plan.Image, offset int64) error {
	r, err := d.Fetch(ctx, spec.Digest, offset)
	if err != nil {
		return err
	}
	defer r.Close()
	// One byte more than promised is enough to see that it is too long.
	n, err := io.Copy(f, io.LimitReader(reader{ctx, r}, spec.Size-offset+1))
	if err != nil {
		return err
	}
	if offset+n < spec.Size {
		return fmt.Errorf("the image ended after %d of %d bytes", offset+n, spec.Size)
	}
	return nil
}

// reader ends a copy with its context, whatever its source does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func (d *Images) unpack(spec plan.Image, packed, work string) error {
	f, err := os.Open(packed)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); n != spec.Size || got != spec.Digest {
		return fmt.Errorf("%w: it has %d bytes with digest %s, want %d with %s", errBad, n, got, spec.Size, spec.Digest)
	}
	if spec.Format == "iso" {
		if err := os.MkdirAll(work, 0o700); err != nil {
			return err
		}
		// The bytes are durable before their name is, and a second name keeps
		// the download until all is done.
		return errors.Join(sys.SyncFile(packed), os.Link(packed, filepath.Join(work, "disk.iso")), sys.SyncDir(work))
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	err = d.Unpack(f, work, spec.Digest)
	var no syscall.Errno
	if err != nil && !errors.As(err, &no) { // a full disk is no fault of the image
		return fmt.Errorf("%w: %w", errBad, err)
	}
	return err
}

// Remove deletes an image that no volume stands on and no machine boots from.
func (d *Images) Remove(_ context.Context, id plan.ID) (plan.Status, error) {
	if !sys.IsID(string(id)) {
		return plan.Status{Ready: true}, nil
	}
	if j := d.job(id); j != nil {
		j.cancel()
		if !j.over {
			return plan.Status{Reason: "the download is being ended", Again: jobLook / 10}, nil
		}
		d.mu.Lock()
		delete(d.jobs, id)
		d.mu.Unlock()
	}
	by, err := d.In.ImageUser(id)
	if err != nil {
		return plan.Status{}, fmt.Errorf("remove image %s: %w", id, err)
	}
	if by != "" {
		return plan.Status{Reason: by + " needs it", Again: time.Second}, nil
	}
	err = errors.Join(os.RemoveAll(d.dir(id)+part), removeDir(d.dir(id), imageGoneEffect))
	if err != nil {
		return plan.Status{}, fmt.Errorf("remove image %s: %w", id, err)
	}
	return plan.Status{Ready: true}, nil
}

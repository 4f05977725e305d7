package image

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/netguard"
)

func needQemuImg(t *testing.T) {
	t.Helper()
	if err := missing("qemu-img"); err != nil {
		t.Skip(err)
	}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// rawDisk is a disk with content that no part repeats.
func rawDisk() []byte {
	b := make([]byte, 1<<20)
	src := rand.NewChaCha8([32]byte{1})
	src.Read(b[:300<<10])
	partition(b)
	return b
}

// partition gives a disk a table with one partition that fills it.
func partition(b []byte) {
	clear(b[446:510])
	b[446+4] = 0x83
	binary.LittleEndian.PutUint32(b[446+8:], 1)
	binary.LittleEndian.PutUint32(b[446+12:], uint32(len(b)/512-1))
	b[510], b[511] = 0x55, 0xaa
}

// flaky serves one file and can be told to break off, to know no ranges, or to fail.
type flaky struct {
	mu       sync.Mutex
	data     []byte
	cut      int // bytes after which each answer breaks off; 0 never
	cuts     int // how often
	noRanges bool
	status   []int  // answers before the first good one
	location string // where all are sent instead
	ranges   []string
}

func (s *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	if s.location != "" {
		w.Header().Set("Location", s.location)
		w.WriteHeader(http.StatusFound)
		return
	}
	if len(s.status) > 0 {
		w.WriteHeader(s.status[0])
		s.status = s.status[1:]
		return
	}
	if s.noRanges {
		r.Header.Del("Range")
	}
	if s.cut > 0 && s.cuts > 0 {
		s.cuts--
		w = &cutter{ResponseWriter: w, left: s.cut}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.data))
}

// cutter ends the connection in the middle of the body.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	if len(p) > c.left {
		c.ResponseWriter.Write(p[:c.left])
		http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left -= len(p)
	return c.ResponseWriter.Write(p)
}

func serve(t *testing.T, s *flaky) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL + "/Some%20Disk.raw?token=secret"
}

// onLoopback is what an operator allows who imports from the same machine.
var onLoopback = netguard.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}

func importOptions(t *testing.T) Options {
	dir := t.TempDir()
	return Options{Dir: filepath.Join(dir, "out"), Cache: filepath.Join(dir, "cache"), RetryPause: time.Millisecond, Guard: onLoopback}
}

// An address that was given to us leads nowhere inside, neither itself nor by a
// redirect, and is not tried again. The control run is TestImportURL.
func TestImportCallsNothingInside(t *testing.T) {
	needQemuImg(t)
	secret := &flaky{data: rawDisk()}
	inside := serve(t, secret)
	moved := httptest.NewServer(http.RedirectHandler(strings.Replace(inside, "127.0.0.1", "127.0.0.2", 1), http.StatusFound))
	t.Cleanup(moved.Close)
	for url, guard := range map[string]netguard.Guard{inside: {}, moved.URL: onLoopback} {
		opts := importOptions(t)
		opts.Guard = guard
		_, err := Import(t.Context(), url, digest(secret.data), opts)
		if !errors.Is(err, netguard.ErrRefused) || strings.Contains(fmt.Sprint(err), "token=secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if len(secret.ranges) > 0 {
		t.Errorf("it was asked %d times", len(secret.ranges))
	}
}

func TestImportURL(t *testing.T) {
	needQemuImg(t)
	data := rawDisk()
	for name, c := range map[string]struct {
		server *flaky
		asked  int // requests
	}{
		"plain":            {&flaky{}, 1},
		"broken off twice": {&flaky{cut: 400_000, cuts: 2}, 3},
		"without ranges":   {&flaky{cut: 400_000, cuts: 1, noRanges: true}, 2},
		"busy at first":    {&flaky{status: []int{503, 429}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			c.server.data = data
			url, opts := serve(t, c.server), importOptions(t)
			steps := map[string]int64{}
			opts.Progress = func(step string, done, total int64) {
				if total > 0 && done > total {
					t.Errorf("%s: %d of %d", step, done, total)
				}
				steps[step] = done
			}
			b, err := Import(t.Context(), url, strings.ToUpper(digest(data)), opts)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.server.ranges) != c.asked {
				t.Errorf("requests %q, want %d", c.server.ranges, c.asked)
			}
			if b.Name != "some-disk" || b.VirtualSize != 1<<20 || b.Kind != KindDisk {
				t.Errorf("%+v", b.Manifest)
			}
			if steps["download"] != 1<<20 || steps["check"] != 1<<20 || steps["convert"] != 10_000 {
				t.Errorf("progress %v", steps)
			}
			sameDisk(t, b, data)
			if left, _ := os.ReadDir(opts.Cache); len(left) > 0 {
				t.Errorf("left in the cache: %v", left)
			}
		})
	}
}

// sameDisk unpacks an image and compares what a guest would read.
func sameDisk(t *testing.T, b Built, want []byte) {
	t.Helper()
	f, err := os.Open(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dir := filepath.Join(t.TempDir(), "image")
	if _, err := Unpack(f, dir, b.Digest); err != nil {
		t.Fatal(err)
	}
	raw := filepath.Join(t.TempDir(), "raw")
	if out, err := exec.Command("qemu-img", "convert", "-f", "qcow2", "-O", "raw",
		filepath.Join(dir, DiskName), raw).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the disk's content changed")
	}
}

// TestImportContinues: a second Import takes up what the first one, ended by its caller, left.
func TestImportContinues(t *testing.T) {
	needQemuImg(t)
	data := rawDisk()
	s := &flaky{data: data, cut: 500_000, cuts: 1}
	url, opts := serve(t, s), importOptions(t)
	ctx, cancel := context.WithCancel(t.Context())
	first := opts
	first.RetryPause = time.Hour
	first.Progress = func(_ string, done, _ int64) {
		if done >= 500_000 {
			cancel()
		}
	}
	if _, err := Import(ctx, url, digest(data), first); !errors.Is(err, context.Canceled) {
		t.Fatalf("err %v", err)
	}
	b, err := Import(t.Context(), url, digest(data), opts)
	if err != nil {
		t.Fatal(err)
	}
	sameDisk(t, b, data)
	if last := s.ranges[len(s.ranges)-1]; !strings.HasPrefix(last, "bytes=") {
		t.Errorf("started over: %q", s.ranges)
	}
}

func TestImportURLFails(t *testing.T) {
	needQemuImg(t)
	data := rawDisk()
	for name, c := range map[string]struct {
		server *flaky
		sum    string
		max    int64
		says   string
		asked  int
	}{
		"wrong checksum": {&flaky{}, strings.Repeat("0", 64), 0, "SHA-256 is " + digest(data), 1},
		"no checksum":    {&flaky{}, "", 0, "needs its SHA-256", 0},
		"bad checksum":   {&flaky{}, "12", 0, "64 hex digits", 0},
		"not there":      {&flaky{status: []int{404}}, digest(data), 0, "404", 1},
		"never better":   {&flaky{cut: 1000, cuts: 100, noRanges: true}, digest(data), 0, "EOF", downloadTries},
		"too large":      {&flaky{}, digest(data), 1000, "at most 1000", 1},
		"sent to a file": {&flaky{location: "file:///etc/passwd"}, digest(data), 0, "only http and https", 1},
	} {
		t.Run(name, func(t *testing.T) {
			c.server.data = data
			url, opts := serve(t, c.server), importOptions(t)
			opts.MaxBytes = c.max
			_, err := Import(t.Context(), url, c.sum, opts)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("err %v, want %q", err, c.says)
			}
			if strings.Contains(fmt.Sprint(err), "secret") {
				t.Errorf("the error shows a secret: %v", err)
			}
			if len(c.server.ranges) != c.asked {
				t.Errorf("requests %q, want %d", c.server.ranges, c.asked)
			}
			if made, _ := filepath.Glob(filepath.Join(opts.Dir, "*")); len(made) > 0 {
				t.Errorf("made %v", made)
			}
		})
	}
}

// TestImportSpoiledPart: bytes that another source left are found out, and the next try is clean.
func TestImportSpoiledPart(t *testing.T) {
	needQemuImg(t)
	data := rawDisk()
	s := &flaky{data: data}
	url, opts := serve(t, s), importOptions(t)
	name := sha256.Sum256([]byte(url + "\n" + digest(data)))
	if err := os.MkdirAll(opts.Cache, 0o755); err != nil {
		t.Fatal(err)
	}
	part := filepath.Join(opts.Cache, hex.EncodeToString(name[:])[:32]+".part")
	if err := os.WriteFile(part, []byte("spoiled"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(t.Context(), url, digest(data), opts); !errors.Is(err, ErrInvalid) {
		t.Fatalf("err %v", err)
	}
	b, err := Import(t.Context(), url, digest(data), opts)
	if err != nil {
		t.Fatal(err)
	}
	sameDisk(t, b, data)
}

func TestImportFormats(t *testing.T) {
	needQemuImg(t)
	data, dir := rawDisk(), t.TempDir()
	raw := filepath.Join(dir, "disk.raw")
	if err := os.WriteFile(raw, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"raw", "qcow2", "vdi", "vhdx", "vpc"} {
		file := filepath.Join(dir, "from-"+format)
		args := []string{"convert", "-f", "raw", "-O", format}
		if format == "vpc" {
			args = append(args, "-o", "force_size=on")
		}
		if out, err := exec.Command("qemu-img", append(args, raw, file)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		b, err := Import(t.Context(), file, "", importOptions(t))
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if b.Name != "from-"+format {
			t.Errorf("name %q", b.Name)
		}
		sameDisk(t, b, data)
	}
}

func TestImportISO(t *testing.T) {
	needQemuImg(t)
	g := &guest{t: t, dir: t.TempDir()}
	g.seed(map[string]string{"readme": "hello"})
	b, err := Import(t.Context(), filepath.Join(g.dir, "seed.iso"), "", importOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	if b.Kind != KindISO || b.Disk.Name != ISOName || b.Name != "seed" || b.VirtualSize != b.Disk.Size {
		t.Errorf("%+v", b.Manifest)
	}
}

func TestImportPacked(t *testing.T) {
	needQemuImg(t)
	data, built := packed(t, true)
	b, err := Import(t.Context(), built.Path, digest(data), importOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	if b.Digest != built.Digest || b.Cmdline != "quiet" || filepath.Base(b.Path) != "sample"+Extension {
		t.Errorf("%+v", b)
	}
	bad := filepath.Join(t.TempDir(), "bad.image")
	if err := os.WriteFile(bad, data[:len(data)-3000], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(t.Context(), bad, "", importOptions(t)); !errors.Is(err, ErrInvalid) {
		t.Errorf("truncated: %v", err)
	}
}

func TestImportRefuses(t *testing.T) {
	needQemuImg(t)
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	qemuImg := func(name string, args ...string) string {
		file := filepath.Join(dir, name)
		if out, err := exec.Command("qemu-img", append(args, file)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return file
	}
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	dataFile := filepath.Join(dir, "external")
	with := filepath.Join(dir, "with-data")
	if out, err := exec.Command("qemu-img", "create", "-f", "qcow2", "-o", "data_file="+dataFile, with, "1M").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, file := range map[string]string{
		"backing file":                      qemuImg("backed", "create", "-f", "qcow2", "-b", secret, "-F", "raw"),
		"another file":                      with,
		"VMDK":                              write("x.vmdk", "# Disk DescriptorFile\nRW 2048 FLAT \""+secret+"\" 0\n"),
		"compressed":                        write("x.gz", "\x1f\x8b123"),
		"not a disk":                        write("x.html", "<!DOCTYPE html>"),
		"this is no disk: there is neither": write("hostname", "web\n"),
		"this is no disk":                   write("x.xml", "<?xml version=\"1.0\"?>\n<domain/>"+strings.Repeat(" ", 4096)),
		"neither a partition table nor a file system": write("bytes", string(random(1000))),
		"no disk":       write("zeros", strings.Repeat("\x00", 1<<20)),
		"says vdi":      write("promise.vdi", string(rawDisk())),
		"empty file":    write("empty", ""),
		"header":        write("short", qcow2Magic),
		"not a file":    dir,
		"no such file":  filepath.Join(dir, "absent"),
		"only http":     "ftp://127.0.0.1/x",
		"SHA-256 is":    secret,
		"64 hex digits": secret,
	} {
		sum := ""
		switch name {
		case "SHA-256 is":
			sum = strings.Repeat("0", 64)
		case "64 hex digits":
			sum = "xyz"
		}
		opts := importOptions(t)
		_, err := Import(t.Context(), file, sum, opts)
		if err == nil || !strings.Contains(err.Error(), name) && !strings.Contains(err.Error(), "disk is not qcow2") {
			t.Errorf("%s: %v", name, err)
		}
		if made, _ := filepath.Glob(filepath.Join(opts.Dir, "*")); len(made) > 0 {
			t.Errorf("%s: made %v", name, made)
		}
	}
}

func TestNameFrom(t *testing.T) {
	for source, want := range map[string]string{
		"https://h/a/Debian-12.QCOW2?x=1": "debian-12",
		"/tmp/My Disk (1).img":            "my-disk-1",
		"x.iso":                           "x",
		"https://h/":                      "imported",
		"https://h/..":                    "imported",
		"/tmp/" + strings.Repeat("a", 90) + ".qcow2": strings.Repeat("a", 63),
	} {
		if got := nameFrom(source); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 5-9/10")
	f.Add("bytes 5-9/*")
	f.Fuzz(func(t *testing.T, s string) {
		first, total, err := parseContentRange(s)
		if err == nil && (first < 0 || total != -1 && first >= total) {
			t.Fatalf("%q: %d/%d", s, first, total)
		}
	})
}

func TestProgressWriter(t *testing.T) {
	var got []int64
	w := &progressWriter{progress: func(_ string, done, total int64) {
		got = append(got, done)
		if total != 10_000 {
			t.Errorf("total %d", total)
		}
	}}
	// In whatever pieces it comes.
	if _, err := io.Copy(w, &oneByte{strings.NewReader("    (0.00/100%)\r    (12.34/100%)\rnoise\n (100.00/100%)\r\n")}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != "[0 1234 10000]" {
		t.Errorf("progress %v", got)
	}
}

type oneByte struct{ r io.Reader }

func (o *oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:1]) }

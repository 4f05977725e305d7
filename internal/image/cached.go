package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// tinyRecipe changes with every change of the builder that its other inputs do not show.
const tinyRecipe = "1"

// CacheDir is where Cached keeps images: VIRGA_IMAGE_CACHE, else virga in the user's cache.
func CacheDir() (string, error) {
	if dir := os.Getenv("VIRGA_IMAGE_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("image cache (set VIRGA_IMAGE_CACHE): %w", err)
	}
	return filepath.Join(dir, "virga"), nil
}

// Cached returns the tiny image, which it builds only when its inputs changed: our scripts, the
// recipe and the Debian packages on this machine. A newer kernel alone does not count; delete
// the folder to get it. Tests of many packages share one image: processes take turns.
func Cached(ctx context.Context) (Built, error) {
	if err := MissingTiny(); err != nil {
		return Built{}, err
	}
	cache, err := CacheDir()
	if err != nil {
		return Built{}, err
	}
	key, err := tinyKey(ctx)
	if err != nil {
		return Built{}, fmt.Errorf("image cache: %w", err)
	}
	dir := filepath.Join(cache, "tiny-"+key)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Built{}, fmt.Errorf("image cache: %w", err)
	}
	unlock, err := lockFolder(dir)
	if err != nil {
		return Built{}, fmt.Errorf("image cache: %w", err)
	}
	defer unlock()
	if b, err := loadBuilt(dir); err == nil {
		return b, nil
	}
	b, err := BuildTiny(ctx, Options{Dir: dir, Cache: cache})
	if err != nil {
		return Built{}, err
	}
	text, err := json.Marshal(b)
	if err != nil {
		return Built{}, err
	}
	return b, os.WriteFile(filepath.Join(dir, "built.json"), text, 0o644)
}

func loadBuilt(dir string) (Built, error) {
	var b Built
	text, err := os.ReadFile(filepath.Join(dir, "built.json"))
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return b, err
	}
	b.Path = filepath.Join(dir, "tiny"+Extension)
	st, err := os.Stat(b.Path)
	if err != nil {
		return b, err
	}
	if st.Size() != b.Bytes {
		return b, fmt.Errorf("%s has %d bytes, want %d", b.Path, st.Size(), b.Bytes)
	}
	return b, nil
}

// tinyKey hashes all inputs of a build that this machine knows without asking a mirror.
func tinyKey(ctx context.Context) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, tinyRecipe, tinySize, tinyCmdline, guestModules, earlyModules)
	err := fs.WalkDir(guestFiles, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := guestFiles.ReadFile(p)
		fmt.Fprintf(sum, "%s %d %s", p, len(text), text)
		return err
	})
	if err != nil {
		return "", err
	}
	versions, err := output(ctx, "/", "dpkg-query", append([]string{"-W", "-f", "${Package} ${Version}\n"}, tinyPackages()...)...)
	if err != nil {
		return "", err
	}
	fmt.Fprint(sum, strings.TrimSpace(versions))
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// lockFolder waits for and takes the folder's lock, which ends with the process at the latest.
func lockFolder(dir string) (func(), error) {
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

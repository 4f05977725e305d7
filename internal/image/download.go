package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/netguard"
)

const (
	// stallLimit ends a transfer that delivers nothing: a dead peer never closes.
	stallLimit = 60 * time.Second
	// downloadTime ends a transfer that delivers next to nothing, and is continued.
	downloadTime = 6 * time.Hour
	// downloadTries bounds how often one import goes back to a server that breaks off.
	downloadTries = 5
)

// errPermanent marks an answer that a repeat will not change.
var errPermanent = errors.New("will not get better")

// download fetches url to a file in the cache and returns it. What an earlier try left in the
// .part file is continued with a range request; it is named by address and digest, so that two
// images never meet. The result's digest is want.
func download(ctx context.Context, opts Options, address, want string) (string, error) {
	name := sha256.Sum256([]byte(address + "\n" + want))
	part := filepath.Join(opts.Cache, hex.EncodeToString(name[:])[:32]+".part")
	var err error
	for try := range downloadTries {
		if try > 0 {
			opts.Log.Warn("download broke off, trying again", "url", redact(address), "try", try, "error", err)
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(time.Duration(try) * opts.retryPause()):
			}
		}
		if err = downloadOnce(ctx, opts, address, part); err != nil {
			if errors.Is(err, errPermanent) || ctx.Err() != nil {
				break
			}
			continue
		}
		var got string
		if got, err = fileDigest(ctx, part, opts.Progress); err != nil {
			return "", err
		}
		if got == want {
			return part, nil
		}
		// Whatever is in the file is worthless, and continuing it would never end.
		if rmErr := os.Remove(part); rmErr != nil {
			return "", rmErr
		}
		return "", fmt.Errorf("download %s: %w", redact(address), invalid("SHA-256 is %s, want %s", got, want))
	}
	return "", fmt.Errorf("download %s: %w", redact(address), err)
}

// redact keeps a password in an address out of logs and errors.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(bad address)"
	}
	u.RawQuery = "" // signed links carry their secret here
	return u.Redacted()
}

// downloadOnce continues the part file until the server says that it is complete.
func downloadOnce(ctx context.Context, opts Options, address, part string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	have, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errPermanent, err)
	}
	// Compressed on the way, ranges would count other bytes than the digest does.
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	stall := time.AfterFunc(stallLimit, func() { cancel(fmt.Errorf("nothing came for %v", stallLimit)) })
	defer stall.Stop()
	guard := opts.Guard
	guard.Time = downloadTime
	resp, err := guard.Client().Do(req)
	if err != nil {
		var call *url.Error // repeats the whole address, secrets of signed links included
		if errors.As(err, &call) {
			err = call.Err
		}
		if errors.Is(err, netguard.ErrRefused) {
			return fmt.Errorf("%w: %w", errPermanent, err)
		}
		return causeOf(ctx, err)
	}
	defer resp.Body.Close()

	start, total, err := answered(resp, have)
	if err != nil || start < 0 {
		return err
	}
	if total > opts.maxBytes() {
		return fmt.Errorf("%w: %d bytes, at most %d are taken", errPermanent, total, opts.maxBytes())
	}
	if err := f.Truncate(start); err != nil {
		return err
	}
	if _, err := f.Seek(start, io.SeekStart); err != nil {
		return err
	}
	done := start
	body := io.LimitReader(resp.Body, opts.maxBytes()-start+1)
	_, err = io.Copy(f, readerFunc(func(p []byte) (int, error) {
		n, err := body.Read(p)
		stall.Reset(stallLimit)
		done += int64(n)
		opts.Progress("download", done, max(total, 0))
		return n, err
	}))
	switch {
	case err != nil:
		return causeOf(ctx, err)
	case done > opts.maxBytes():
		return fmt.Errorf("%w: more than %d bytes", errPermanent, opts.maxBytes())
	case total > 0 && done != total:
		return fmt.Errorf("%d of %d bytes: %w", done, total, io.ErrUnexpectedEOF)
	}
	return nil
}

// answered reads from an answer where its bytes belong in the file and how long the whole is
// (-1 unknown). Start -1 says that the file is complete already.
func answered(resp *http.Response, have int64) (start, total int64, err error) {
	switch resp.StatusCode {
	case http.StatusOK: // the server knows no ranges, or there was nothing to continue
		return 0, resp.ContentLength, nil
	case http.StatusPartialContent:
		first, whole, err := parseContentRange(resp.Header.Get("Content-Range"))
		if err != nil || first != have {
			return 0, 0, fmt.Errorf("%w: asked for bytes from %d, got range %q", errPermanent, have, resp.Header.Get("Content-Range"))
		}
		return first, whole, nil
	case http.StatusRequestedRangeNotSatisfiable:
		// All is there, or the file is longer than the source: the digest tells which.
		return -1, 0, nil
	}
	err = fmt.Errorf("server says %s", resp.Status)
	if resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusRequestTimeout {
		err = fmt.Errorf("%w: %w", errPermanent, err)
	}
	return 0, 0, err
}

// parseContentRange reads "bytes FIRST-LAST/TOTAL"; an unknown total ("*") is -1.
func parseContentRange(s string) (first, total int64, err error) {
	bad := fmt.Errorf("bad Content-Range %q", s)
	rest, ok := strings.CutPrefix(s, "bytes ")
	if !ok {
		return 0, 0, bad
	}
	span, whole, ok := strings.Cut(rest, "/")
	from, to, ok2 := strings.Cut(span, "-")
	if !ok || !ok2 {
		return 0, 0, bad
	}
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	total = -1
	var err3 error
	if whole != "*" {
		total, err3 = strconv.ParseInt(whole, 10, 64)
	}
	if err1 != nil || err2 != nil || err3 != nil || first < 0 || last < first || whole != "*" && last >= total {
		return 0, 0, bad
	}
	return first, total, nil
}

// causeOf prefers the reason we gave up for over the noise that giving up made.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// fileDigest is the SHA-256 of a file, read with progress and until ctx ends.
func fileDigest(ctx context.Context, path string, progress func(string, int64, int64)) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	var done int64
	_, err = io.Copy(sum, readerFunc(func(p []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		n, err := f.Read(p)
		done += int64(n)
		progress("check", done, st.Size())
		return n, err
	}))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

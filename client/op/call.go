package op

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// MaxAnswer bounds how much of an answer is read.
const MaxAnswer = 64 << 20

// Caller sends operations to a server. The dialect clients fill it in; it is not
// meant to be used on its own.
type Caller struct {
	HTTP   *http.Client                                            // optional; http.DefaultClient when nil
	Base   func(Spec) string                                       // required; base address of an operation without a final slash
	Token  func(context.Context) (string, error)                   // optional; asked before every call that needs one
	Header string                                                  // required; name of the token header
	Errors func(status int, header http.Header, body []byte) error // required; the dialect's error shape
}

// RequestID is the header under which a server names a request in its log.
const RequestID = "X-Request-Id"

// Option changes one call.
type Option func(*http.Request)

// IdempotencyKey makes a write safe to repeat: the server answers the same key
// and body with the stored answer for 24 hours.
func IdempotencyKey(key string) Option {
	return func(r *http.Request) { r.Header.Set("Idempotency-Key", key) }
}

// DryRun asks what a write would do without doing it.
func DryRun() Option {
	return func(r *http.Request) {
		q := r.URL.Query()
		q.Set("dry_run", "true")
		r.URL.RawQuery = q.Encode()
	}
}

// Query adds query parameters.
func Query(values url.Values) Option {
	return func(r *http.Request) {
		q := r.URL.Query()
		for k, vs := range values {
			for _, v := range vs {
				q.Add(k, v)
			}
		}
		r.URL.RawQuery = q.Encode()
	}
}

// Call carries out an operation: args fill the path, in is the body (None for
// none). An answer that is no success is the dialect's error, with the status.
func Call[In, Out any](ctx context.Context, c *Caller, o Op[In, Out], args []string, in In, options ...Option) (Out, error) {
	var out Out
	req, err := c.request(ctx, o.Spec, args, in)
	if err != nil {
		return out, err
	}
	for _, option := range options {
		option(req)
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return out, fmt.Errorf("%s: %w", o.ID, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
	switch {
	case err != nil:
		return out, fmt.Errorf("%s: read answer: %w", o.ID, err)
	case len(body) > MaxAnswer:
		return out, fmt.Errorf("%s: the answer is larger than %d bytes", o.ID, MaxAnswer)
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return out, c.Errors(resp.StatusCode, resp.Header, body)
	}
	if _, none := any(out).(None); none || len(body) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(body, &out); err != nil {
		return out, fmt.Errorf("%s: decode answer: %w", o.ID, err)
	}
	return out, nil
}

func (c *Caller) request(ctx context.Context, s Spec, args []string, in any) (*http.Request, error) {
	path, err := s.Expand(args...)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if _, none := in.(None); !none {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("%s: encode body: %w", s.ID, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, s.Method, strings.TrimSuffix(c.Base(s), "/")+path, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.ID, err)
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if !s.Public && c.Token != nil {
		token, err := c.Token(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: token: %w", s.ID, err)
		}
		req.Header.Set(c.Header, token)
	}
	return req, nil
}

// Wait repeats read until done says so. Between two reads it waits every, or
// until the context ends; its error then also says how far things were. An
// error of read ends the waiting.
func Wait[T any](ctx context.Context, every time.Duration, read func(context.Context) (T, error), done func(T) (bool, error)) (T, error) {
	timer := time.NewTimer(every)
	defer timer.Stop()
	for {
		v, err := read(ctx)
		if err != nil {
			return v, err
		}
		ok, err := done(v)
		if ok || err != nil {
			return v, err
		}
		timer.Reset(every)
		select {
		case <-ctx.Done():
			return v, errors.Join(ErrStillWaiting, context.Cause(ctx))
		case <-timer.C:
		}
	}
}

// ErrStillWaiting is in the error of a Wait that its context ended.
var ErrStillWaiting = errors.New("still waiting")

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

// socket speaks to the operator's socket of a running control plane.
type socket struct {
	path string
	http *http.Client
}

func openSocket(cmd *cobra.Command) (*socket, error) {
	dir, err := dataDir(cmd)
	if err != nil {
		return nil, err
	}
	s := &socket{path: filepath.Join(dir, "admin.sock")}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer // dial: our own socket
		return d.DialContext(ctx, "unix", s.path)
	}
	s.http = &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}} // dial: our own socket
	return s, nil
}

// ask sends a verb to the socket and reads its answer into out, which may be nil.
func (s *socket) ask(ctx context.Context, method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	return s.send(ctx, method, path, &body, out)
}

// send is ask with a body as it is.
func (s *socket) send(ctx context.Context, method, path string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://virga"+path, body)
	if err != nil {
		return err
	}
	resp, err := s.http.Do(req)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fail(exitNoServer, "no virga runs with %s; start it with `virga up`, or name its folder with --data", filepath.Dir(s.path))
	case errors.Is(err, fs.ErrPermission):
		return fail(exitAuth, "you may not open %s; operate as the user that runs virga", s.path)
	case err != nil:
		return fmt.Errorf("ask the control plane: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return problemOf(resp)
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("read the answer of the control plane: %w", err)
	}
	return nil
}

// query asks for a value.
func query[T any](cmd *cobra.Command, path string) (T, error) {
	var out T
	s, err := openSocket(cmd)
	if err == nil {
		err = s.ask(cmd.Context(), http.MethodGet, path, nil, &out)
	}
	return out, err
}

// order sends a wish and reads what came of it.
func order[T any](cmd *cobra.Command, method, path string, in any) (T, error) {
	var out T
	s, err := openSocket(cmd)
	if err == nil {
		err = s.ask(cmd.Context(), method, path, in, &out)
	}
	return out, err
}

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/wire"
	"github.com/virga-cloud/virga/internal/wire/contract"
)

// watched is a contract and the index of its operations, on the client's side.
type watched struct {
	doc   *contract.Document
	index *wire.Router
}

// contracts are loaded once for all tests.
var contracts = sync.OnceValues(func() (w [2]watched, err error) {
	for i, load := range []func() (*contract.Document, error){contract.OneAndOne, contract.CloudCIX} {
		if w[i].doc, err = load(); err != nil {
			return w, err
		}
	}
	// Without handlers: only to tell which operation a request is.
	if w[0].index, err = wire.Mount(wire.Dialect{
		Name: "oneandone",
		Ops:  oneandone.Operations, Prefixes: map[string][]string{"": {"/v1"}},
	}); err != nil {
		return w, err
	}
	w[1].index, err = wire.Mount(wire.Dialect{Name: "cloudcix", Ops: cloudcix.Operations, Slash: true, Prefixes: map[string][]string{
		"iaas": {"/iaas/v1", "/iaas/v2"}, "membership": {"/membership/v1", "/membership/v2"},
	}})
	return w, err
})

// Answer is what came back.
type Answer struct {
	c      *Cloud
	what   string
	Status int
	Body   []byte
}

// Is ends the test unless the status is one of these.
func (a Answer) Is(status ...int) Answer {
	a.c.T.Helper()
	if !slices.Contains(status, a.Status) {
		a.c.T.Fatalf("%s: %d %s, want %v", a.what, a.Status, a.Body, status)
	}
	return a
}

// Into decodes the body.
func (a Answer) Into(v any) {
	a.c.T.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.c.T.Fatalf("%s: %v: %s", a.what, err, a.Body)
	}
}

// callLimit bounds one request.
const callLimit = 30 * time.Second

// client reaches the cloud's listener, wherever that is.
func (c *Cloud) client() *http.Client {
	if c.Netns == "" {
		return http.DefaultClient
	}
	return &http.Client{Transport: &http.Transport{DialContext: c.Netns.Dial, DisableKeepAlives: true}}
}

// TryOne is a call of the 1&1 dialect that may fail to get through.
func (c *Cloud) TryOne(method, path string, body any) (Answer, error) {
	c.T.Helper()
	return c.send(0, c.client(), method, c.OneAndOne+path, body, "X-TOKEN", c.Token)
}

// One is a call of the 1&1 dialect; path begins after /v1.
func (c *Cloud) One(method, path string, body any) Answer {
	c.T.Helper()
	return c.must(c.TryOne(method, path, body))
}

// CIX is a call of the CloudCIX dialect; path begins with /iaas/v1/. It logs in
// at the first call.
func (c *Cloud) CIX(method, path string, body any) Answer {
	c.T.Helper()
	return c.must(c.TryCIX(method, path, body))
}

// TryCIX is CIX that may fail to get through.
func (c *Cloud) TryCIX(method, path string, body any) (Answer, error) {
	c.T.Helper()
	base := strings.TrimSuffix(c.CloudCIX, "/")
	if c.jwt == "" {
		in := map[string]any{"email": c.Email, "password": c.Password, "api_key": c.APIKey}
		var token struct{ Token string }
		a, err := c.send(1, c.client(), "POST", base+"/membership/v1/auth/login/", in, "", "")
		if err != nil {
			return a, err
		}
		a.Is(201).Into(&token)
		c.jwt = token.Token
	}
	return c.send(1, c.client(), method, base+path, body, "X-Auth-Token", c.jwt)
}

// Admin is a call of the operator's socket, which has no contract.
func (c *Cloud) Admin(method, path string, body any) Answer {
	c.T.Helper()
	return c.must(c.TryAdmin(method, path, body))
}

// TryAdmin is Admin that may fail to get through.
func (c *Cloud) TryAdmin(method, path string, body any) (Answer, error) {
	c.T.Helper()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(c.Dir, "admin.sock"))
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	return c.send(-1, client, method, "http://admin"+path, body, "", "")
}

func (c *Cloud) must(a Answer, err error) Answer {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
	return a
}

// send makes one exchange, with more headers by name and value, and holds it against the contract of a dialect: an
// answer that breaks it fails the test.
func (c *Cloud) send(dialect int, client *http.Client, method, url string, body any, header, token string, more ...string) (Answer, error) {
	c.T.Helper()
	var sent []byte
	var err error
	if body != nil {
		if sent, err = json.Marshal(body); err != nil {
			return Answer{}, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(sent))
	if err != nil {
		return Answer{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	if header != "" {
		r.Header.Set(header, token)
	}
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	a := Answer{c: c, what: method + " " + url}
	res, err := client.Do(r)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	if a.Body, err = io.ReadAll(res.Body); err != nil {
		return a, fmt.Errorf("%s: %w", a.what, err)
	}
	a.Status = res.StatusCode
	if dialect < 0 {
		return a, nil
	}
	w, err := contracts()
	if err != nil {
		return a, err
	}
	r.URL.Host, r.URL.Scheme = "", ""
	target := w[dialect].index.Resolve(r)
	for _, v := range w[dialect].doc.Judge(target, r, sent, a.Status, res.Header, a.Body) {
		c.T.Errorf("contract: %s", v)
	}
	return a, nil
}

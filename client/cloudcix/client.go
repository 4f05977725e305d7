package cloudcix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/client/op"
)

// Client talks to one server under the path form of the addresses
// (BASE/iaas/v1/...). It logs in by itself and again before its token ends.
type Client struct {
	Base     string        // required; "http://127.0.0.1:8080"
	Email    string        // required
	Password string        // required
	APIKey   string        // required; the member's key
	HTTP     *http.Client  // optional
	Poll     time.Duration // optional; between two looks of the wait helpers, 2 s when 0

	mu    sync.Mutex
	token string
}

// FieldError is one problem of a request.
type FieldError struct {
	Code   string `json:"error_code"`
	Detail string `json:"detail"`
}

// APIError is an error answer of the server. Single errors have a Code; field
// errors have Fields, and Nested where a list field was wrong.
type APIError struct {
	Status int
	Code   string
	Detail string
	Fields map[string]FieldError
	Nested map[string]json.RawMessage // as sent: lists with null where an item was fine

	Request string // id of the request in the server's log, if it gave one
}

// Error reads as one line, fields sorted.
func (e *APIError) Error() string {
	parts := []string{strconv.Itoa(e.Status) + " " + strings.TrimSpace(e.Code+" "+e.Detail)}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		parts = append(parts, fmt.Sprintf("%s: %s %s", name, e.Fields[name].Code, e.Fields[name].Detail))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Nested)) {
		parts = append(parts, fmt.Sprintf("%s: %s", name, e.Nested[name]))
	}
	return strings.Join(parts, "; ")
}

// StatusOf is the HTTP status of an error answer, 0 for any other error.
func StatusOf(err error) int {
	var e *APIError
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// Do calls an operation. args fill its path from left to right, in is the body;
// operations without one take op.None{}. A token that has ended is replaced once.
//
//	vm, err := cloudcix.Do(ctx, c, cloudcix.ReadVM, []string{"7"}, op.None{})
func Do[In, Out any](ctx context.Context, c *Client, o op.Op[In, Out], args []string, in In, options ...op.Option) (Out, error) {
	caller := &op.Caller{
		HTTP: c.HTTP, Header: "X-Auth-Token",
		Base:   func(s op.Spec) string { return strings.TrimSuffix(c.Base, "/") + "/" + s.App + "/v1" },
		Token:  c.login,
		Errors: decodeError,
	}
	out, err := op.Call(ctx, caller, o, args, in, options...)
	if StatusOf(err) == http.StatusUnauthorized && !o.Public {
		c.mu.Lock()
		c.token = ""
		c.mu.Unlock()
		return op.Call(ctx, caller, o, args, in, options...)
	}
	return out, err
}

// login gives the current token, a new one when there is none.
func (c *Client) login(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" {
		return c.token, nil
	}
	answer, err := Do(ctx, c, CreateMembershipToken, nil, LoginRequest{Email: c.Email, Password: c.Password, APIKey: &c.APIKey})
	if err != nil {
		return "", err
	}
	c.token = answer.Token
	return c.token, nil
}

// decodeError tells the three shapes apart; anything else still gives the status.
func decodeError(status int, header http.Header, body []byte) error {
	e := &APIError{Status: status, Detail: http.StatusText(status), Request: header.Get(op.RequestID)}
	var shape struct {
		Code   string                     `json:"error_code"`
		Detail string                     `json:"detail"`
		Errors map[string]json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return e
	}
	e.Code = shape.Code
	if shape.Detail != "" {
		e.Detail = shape.Detail
	}
	for name, raw := range shape.Errors {
		var f FieldError
		if err := json.Unmarshal(raw, &f); err == nil && f.Code != "" {
			if e.Fields == nil {
				e.Fields = map[string]FieldError{}
			}
			e.Fields[name] = f
			continue
		}
		if e.Nested == nil {
			e.Nested = map[string]json.RawMessage{}
		}
		e.Nested[name] = raw
	}
	return e
}

// States of a VM that stay by themselves; all others are on the way to one.
const (
	StateUnresourced State = 3
	StateRunning     State = 4
	StateQuiesced    State = 6
	StateScrubQueue  State = 9
	StateClosed      State = 99
)

// WaitVM looks at a VM until it is in one of states. State 3 (could not be made)
// ends the waiting with an error unless it was asked for. progress may be nil.
func (c *Client) WaitVM(ctx context.Context, id int64, progress func(VM), states ...State) (VM, error) {
	every := c.Poll
	if every <= 0 {
		every = 2 * time.Second
	}
	return op.Wait(ctx, every, func(ctx context.Context) (VM, error) {
		answer, err := Do(ctx, c, ReadVM, []string{strconv.FormatInt(id, 10)}, op.None{})
		return answer.Content, err
	}, func(vm VM) (bool, error) {
		if progress != nil {
			progress(vm)
		}
		switch {
		case slices.Contains(states, vm.State):
			return true, nil
		case vm.State == StateUnresourced:
			return true, fmt.Errorf("vm %s could not be made (state %d)", vm.Name, vm.State)
		}
		return false, nil
	})
}

package oneandone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/virga-cloud/virga/client/op"
)

// Client talks to one server.
type Client struct {
	Base  string        // required; base address with the version: "http://127.0.0.1:8080/v1"
	Token string        // required except for Ping; an API key
	HTTP  *http.Client  // optional
	Poll  time.Duration // optional; between two looks of the wait helpers, 2 s when 0
}

// APIError is an error answer of the server.
type APIError struct {
	Status  int    // HTTP status
	Type    string // upper-case class: "NOT_FOUND"
	Message string // for people
	Detail  string // the field "errors", often empty
	Request string // id of the request in the server's log, if it gave one
}

// Error reads as the official client prints it, so that scripts find their text.
func (e *APIError) Error() string {
	s := fmt.Sprintf("%d - Type: %s; Message: %s", e.Status, e.Type, e.Message)
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	return s
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
// operations without one take op.None{}.
//
//	server, err := oneandone.Do(ctx, c, oneandone.GetServer, []string{id}, op.None{})
func Do[In, Out any](ctx context.Context, c *Client, o op.Op[In, Out], args []string, in In, options ...op.Option) (Out, error) {
	return op.Call(ctx, &op.Caller{
		HTTP: c.HTTP, Header: "X-TOKEN",
		Base:   func(op.Spec) string { return c.Base },
		Token:  func(context.Context) (string, error) { return c.Token, nil },
		Errors: decodeError,
	}, o, args, in, options...)
}

// decodeError reads {"type","message","errors"}; anything else (a proxy's page)
// still gives the status.
func decodeError(status int, header http.Header, body []byte) error {
	e := &APIError{Status: status, Request: header.Get(op.RequestID)}
	var shape struct {
		Type    string  `json:"type"`
		Message string  `json:"message"`
		Errors  *string `json:"errors"`
	}
	if err := json.Unmarshal(body, &shape); err != nil || shape.Type == "" {
		e.Type = strings.ToUpper(strings.ReplaceAll(http.StatusText(status), " ", "_"))
		e.Message = http.StatusText(status)
		return e
	}
	e.Type, e.Message = shape.Type, shape.Message
	if shape.Errors != nil {
		e.Detail = *shape.Errors
	}
	return e
}

// WaitServer looks at a server until nothing runs on it any more (percent is
// null) and its state is one of states, or any settled state when none is given.
// A server that settled in another state is an error. progress may be nil.
func (c *Client) WaitServer(ctx context.Context, id string, progress func(Server), states ...ServerState) (Server, error) {
	return op.Wait(ctx, c.every(), func(ctx context.Context) (Server, error) {
		return Do(ctx, c, GetServer, []string{id}, op.None{})
	}, func(s Server) (bool, error) {
		if progress != nil {
			progress(s)
		}
		if s.Status.Percent != nil || !Settled(s.Status.State) {
			return false, nil
		}
		for _, want := range states {
			if s.Status.State == want {
				return true, nil
			}
		}
		if len(states) > 0 {
			return true, fmt.Errorf("server %s is %s, not %v", s.Name, s.Status.State, states)
		}
		return true, nil
	})
}

// Settled tells whether a server in this state stays in it by itself.
func Settled(s ServerState) bool {
	switch s {
	case ServerStatePOWEREDON, ServerStatePOWEREDOFF, ServerStateONRECOVERY:
		return true
	}
	return false
}

// WaitServerGone looks at a server until it is not there any more.
func (c *Client) WaitServerGone(ctx context.Context, id string) error {
	_, err := op.Wait(ctx, c.every(), func(ctx context.Context) (bool, error) {
		_, err := Do(ctx, c, GetServer, []string{id}, op.None{})
		if StatusOf(err) == http.StatusNotFound {
			return true, nil
		}
		return false, err
	}, func(gone bool) (bool, error) { return gone, nil })
	return err
}

func (c *Client) every() time.Duration {
	if c.Poll > 0 {
		return c.Poll
	}
	return 2 * time.Second
}

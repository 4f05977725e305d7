package oneandone

import (
	"errors"
	"net/http"
	"strings"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// badToken is the text of the live service, as one client's manual quotes it.
const badToken = "The Token you are using is not valid"

// errorType is the one place where kinds of errors become statuses and types
// (contract, section 2).
func errorType(e *cloud.Error) (status int, name string) {
	switch e.Code {
	case wire.NotAllowed:
		return http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED"
	case wire.Malformed:
		return http.StatusBadRequest, "BAD_REQUEST"
	}
	switch e.Kind {
	case cloud.Invalid:
		return http.StatusBadRequest, "VALIDATION_ERROR"
	case cloud.Unauthorized:
		return http.StatusUnauthorized, "UNAUTHORIZED"
	case cloud.Forbidden:
		if e.Code == "source" {
			return http.StatusNotAcceptable, "IP_NOT_ALLOWED"
		}
		return http.StatusForbidden, "FORBIDDEN"
	case cloud.NotFound:
		return http.StatusNotFound, "NOT_FOUND"
	case cloud.Conflict, cloud.Busy, cloud.InUse, cloud.Exhausted:
		return http.StatusConflict, "CONFLICT"
	case cloud.TooMany:
		return http.StatusTooManyRequests, "TOO_MANY_REQUESTS"
	case cloud.TooLarge:
		return http.StatusRequestEntityTooLarge, "REQUEST_ENTITY_TOO_LARGE"
	case cloud.Unavailable:
		return http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE"
	case cloud.NotBuilt:
		return http.StatusNotImplemented, "NOT_IMPLEMENTED"
	}
	return http.StatusInternalServerError, "INTERNAL_SERVER_ERROR"
}

// answerError makes the body of every answer that is no success. It is always
// an object: the Go client would otherwise report a JSON error in place of the
// status. What is internal was logged by wire and stays inside.
func answerError(_ *wire.Request, err error) wire.Answer {
	body := oneandone.Error{Message: "An internal error occurred. It was recorded; please try again."}
	var e *cloud.Error
	if !errors.As(err, &e) {
		e = &cloud.Error{}
	}
	status, kind := errorType(e)
	body.Type = kind
	switch {
	case e.Kind == "":
	case e.Kind == cloud.Unauthorized:
		body.Message = badToken
	default:
		body.Message = sentence(e)
		body.Errors = details(e)
	}
	out, err := wire.Encode(status, body)
	if err != nil { // three strings: cannot happen
		return wire.Answer{Status: http.StatusInternalServerError, Body: []byte(`{"type":"INTERNAL_SERVER_ERROR","message":"","errors":null}`)}
	}
	return out
}

// sentence names the field and says what is wrong.
func sentence(e *cloud.Error) string {
	if e.Field == "" {
		return e.Message
	}
	return fieldName(e) + ": " + e.Message
}

// details are what a person needs beyond the sentence, as the one string that
// clients can decode; nil when there is nothing.
func details(e *cloud.Error) *string {
	var parts []string
	for _, m := range e.Many {
		parts = append(parts, sentence(m))
	}
	parts = append(parts, e.Reasons...)
	text := strings.Join(parts, "; ")
	if e.Fix != "" {
		if text != "" {
			text += ". "
		}
		text += e.Fix
	}
	return textOrNull(text)
}

// fieldNames are the core's words for input and what the contract calls them.
var fieldNames = map[string]string{
	"vcpu":            "vcore",
	"cores":           "cores_per_processor",
	"disks":           "hdds",
	"disk":            "hdd",
	"image":           "appliance_id",
	"flavor":          "fixed_instance_size_id",
	"region":          "datacenter_id",
	"policy":          "firewall_policy_id",
	"range":           "network_address",
	"private_network": "private_network_id",
	"ip":              "ip_id",
	"key_ids":         "public_key",
	"keys":            "rsa_key",
	"text":            "public_key",
	"reverse":         "reverse_dns",
}

// fieldName is where an error is, in the contract's words: "hdds[1].size".
func fieldName(e *cloud.Error) string {
	at := *e
	if name, ok := fieldNames[e.Field]; ok {
		at.Field = name
	}
	return at.Where()
}

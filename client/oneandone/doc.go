// Package oneandone is the Go client of the 1&1 Cloud Server API v1 dialect. Its
// models and operations are generated from api/oneandone.openapi.yaml; the server
// mounts the same operations and answers with the same models.
package oneandone

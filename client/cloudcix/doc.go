// Package cloudcix is the Go client of the CloudCIX IaaS dialect. Its models and
// operations are generated from api/cloudcix.openapi.yaml; the server mounts the
// same operations and answers with the same models.
package cloudcix

// Package api holds the two wire contracts. They are the source of truth for
// everything that crosses the network: models, operations and the contract
// watcher are made from these bytes, never the other way round.
package api

import "embed"

// Files are both contracts with their prose, as they are served to whoever
// writes a client.
//
//go:embed *.yaml *.md
var Files embed.FS

// OneAndOne is the OpenAPI 3.1 document of the 1&1 Cloud Server API v1; the
// behaviour that a schema cannot state is in oneandone.md beside it.
func OneAndOne() []byte { return file("oneandone.openapi.yaml") }

// CloudCIX is the OpenAPI 3.1 document of the CloudCIX IaaS API; its prose part
// is cloudcix.md.
func CloudCIX() []byte { return file("cloudcix.openapi.yaml") }

func file(name string) []byte {
	b, err := Files.ReadFile(name)
	if err != nil {
		panic(err) // it is compiled in
	}
	return b
}

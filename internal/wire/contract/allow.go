package contract

import "strings"

// Allowance is something that a contract's schemas refuse and a dialect accepts
// all the same, with the reason. A 2xx for a refused request without an entry
// here is a violation.
type Allowance struct {
	Dialect string
	Op      string // operation ID; "" for all
	Where   string // "query.page", "body.name", "body." for everything in the body
	Digits  bool   // only an integer that was sent as text of digits
	Reason  string
}

// echo is the reason of several entries.
const echo = "R0a: a value sent back as it was shown is no change and never refused, also outside of the limits"

// Allowed is the written list.
var Allowed = []Allowance{
	{Dialect: "oneandone", Op: "renameServer", Where: "body.name", Reason: echo},
	{Dialect: "oneandone", Op: "renameServer", Where: "body.description", Reason: echo},
	{Dialect: "oneandone", Op: "renameSshKey", Where: "body.name", Reason: echo},
	{Dialect: "oneandone", Op: "renameSshKey", Where: "body.description", Reason: echo},
	{Dialect: "oneandone", Op: "updateServerHardware", Where: "body.vcore", Reason: echo},
	{Dialect: "oneandone", Op: "updateServerHardware", Where: "body.cores_per_processor", Reason: echo},
	{Dialect: "oneandone", Op: "updateServerHardware", Where: "body.ram", Reason: echo},
	{Dialect: "oneandone", Op: "resizeServerHdd", Where: "body.size", Reason: echo},
	{Dialect: "cloudcix", Where: "query.page", Reason: "cloudcix.md 5: page is an integer from 0, anything else counts as 0"},
	{Dialect: "cloudcix", Where: "query.limit", Reason: "cloudcix.md 5: limit is 1 to 100, anything else counts as 50"},
	{Dialect: "cloudcix", Where: "body.", Digits: true, Reason: "cloudcix.md 5: integer parameters accept digits as text"},
	{
		Dialect: "cloudcix", Op: "projectPartialUpdate",
		Where: "body", Reason: "cloudcix.md 2 and 5: clients send null for no data, and PATCH looks only at the keys present",
	},
	{Dialect: "cloudcix", Op: "virtualRouterPartialUpdate", Where: "body", Reason: "as projectPartialUpdate"},
	{Dialect: "cloudcix", Op: "vmPartialUpdate", Where: "body", Reason: "as projectPartialUpdate"},
	{
		Dialect: "cloudcix", Op: "projectCreate", Where: "body.note",
		Reason: "cloudcix.md C: no error code exists for note; what is no text is not stored",
	},
	{
		Dialect: "cloudcix", Op: "projectUpdate", Where: "body.note",
		Reason: "as projectCreate; null is what a record may show, so it comes back",
	},
	{Dialect: "cloudcix", Op: "projectPartialUpdate", Where: "body.note", Reason: "as projectUpdate"},
	{
		Dialect: "cloudcix", Where: "path.", Digits: true,
		Reason: "path segments are text on the wire; digits with a sign or leading zeros are still that number",
	},
}

// allows tells whether an entry covers a finding.
func (a Allowance) allows(dialect, op, where string, digits bool) bool {
	if a.Dialect != dialect || a.Op != "" && a.Op != op || a.Digits && !digits {
		return false
	}
	if strings.HasSuffix(a.Where, ".") {
		return strings.HasPrefix(where, a.Where)
	}
	return where == a.Where
}

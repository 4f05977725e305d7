// Package sys is what drivers share about the machine under them: names of
// artefacts, network namespaces, detached processes and disk tools.
package sys

import (
	"path/filepath"
	"strings"

	"github.com/virga-cloud/virga/internal/plan"
)

// Installation tells one Virga on a machine from another. All artefacts it
// makes start with its prefix, so two installations (and parallel tests) on
// one machine never touch each other's.
type Installation struct {
	Tag string // four hexadecimal digits
	Dir string // where this host keeps its files; absolute
}

// Prefix is "vg" and the tag; every artefact's name starts with it.
func (in Installation) Prefix() string { return "vg" + in.Tag }

// Name is the name of an artefact without a length limit, such as a network
// namespace: vg1a2b-n-<32 digits>. The letter tells kinds apart.
func (in Installation) Name(letter string, id plan.ID) string {
	return in.Prefix() + "-" + letter + "-" + string(id)
}

// Parse is the inverse of Name: the id in a name of this installation with
// this letter, false for every other name.
func (in Installation) Parse(letter, name string) (plan.ID, bool) {
	rest, ok := strings.CutPrefix(name, in.Prefix()+"-"+letter+"-")
	if !ok || len(rest) != 32 {
		return "", false
	}
	return plan.ID(rest), true
}

// Link is the name of a network interface: at most 15 characters, so it holds
// only the start of the id. The link's alias holds Name in full.
func (in Installation) Link(letter string, id plan.ID) string {
	return in.Prefix() + letter + id.Short()
}

// plain makes a name of one file out of every text.
var plain = strings.NewReplacer("/", "%2F", "..", "%2E%2E")

// Path is a file or folder below the installation's folder. No part leads out
// of it: ids come over a link.
func (in Installation) Path(parts ...string) string {
	path := in.Dir
	for _, p := range parts {
		path = filepath.Join(path, plain.Replace(p))
	}
	return path
}

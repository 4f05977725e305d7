package hub

import (
	"regexp"
	"strings"

	"github.com/virga-cloud/virga/internal/plan"
)

// artefact is how hosts name things in their reasons: a kind with the start of an
// id, or the whole id.
var artefact = regexp.MustCompile(`\b(no )?(image|network|router|port|policy|volume|vm|machine|card|snapshot) ` +
	`[0-9a-f]{8}([0-9a-f]{24})?\b` +
	`|\b[0-9a-f]{32}\b`)

// inWords says for people what a host waits for. They know their disks, and no
// ids of artefacts, which a host's own log has.
func inWords(reason string) string {
	return artefact.ReplaceAllStringFunc(reason, func(found string) string {
		m := artefact.FindStringSubmatch(found)
		noun := plan.Kind(m[2]).Noun()
		switch m[2] {
		case "":
			return "…"
		case "machine":
			noun = plan.KindVM.Noun()
		case "card":
			noun = plan.KindPort.Noun()
		}
		if m[1] != "" { // what is not there has no article
			_, bare, _ := strings.Cut(noun, " ")
			return m[1] + bare
		}
		return noun
	})
}

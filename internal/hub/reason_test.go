package hub

import (
	"regexp"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/plan"
)

func TestInWords(t *testing.T) {
	id := plan.ID("0123456789abcdef0123456789abcdef")
	for reason, want := range map[string]string{
		"":               "",
		"being made":     "being made",
		"port 8080 used": "port 8080 used",
		"waits for " + plan.Ref{Kind: plan.KindVolume, ID: id}.String() + ": waits for image 0a0a0a0a": "waits for a disk: waits for the image",
		"waits for network " + string(id):                                  "waits for the network",
		"card 01234567: no such device":                                    "a network card: no such device",
		"waits for snapshot " + string(id) + " of volume 0123abcd":         "waits for the snapshot of a disk",
		"volume " + string(id) + " has no snapshot " + string(id) + " yet": "a disk has no snapshot yet",
		"no card 01234567 is there":                                        "no network card is there",
		"machine " + string(id) + " has the disk open":                     "the machine has the disk open",
		"layer " + string(id) + " is missing":                              "layer … is missing",
	} {
		s := plan.Status{Reason: reason}
		statusBounded(&s)
		if s.Reason != want {
			t.Errorf("%q becomes %q, want %q", reason, s.Reason, want)
		}
	}
	for _, k := range plan.Kinds {
		if n := k.Noun(); n == "" || strings.Contains(n, "vm") {
			t.Errorf("%s is called %q", k, n)
		}
	}
}

// Whatever a host says, no id of an artefact is told to people.
func FuzzInWords(f *testing.F) {
	f.Add("waits for volume 01234567: image 0123456789abcdef0123456789abcdef")
	f.Fuzz(func(t *testing.T, reason string) {
		if out := inWords(reason); regexp.MustCompile(`\b[0-9a-f]{32}\b|\bvolume [0-9a-f]{8}\b`).MatchString(out) {
			t.Errorf("%q becomes %q", reason, out)
		}
	})
}

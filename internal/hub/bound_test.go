package hub

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
)

// said is what is left of a request after the door.
func said(t *testing.T, req plan.Request) (plan.Request, error) {
	t.Helper()
	b, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	return decodeRequest(bytes.NewReader(b))
}

const anID = plan.ID("00000000000000000000000000000001")

// What no agent says is refused as a whole, what is only long is shortened.
func TestRequestsAreBounded(t *testing.T) {
	facts := func(f plan.Facts) plan.Request { return plan.Request{Hello: &plan.Hello{Facts: f}} }
	refs := make([]plan.Ref, maxOrphans+1)
	for i := range refs {
		refs[i] = plan.Ref{Kind: plan.KindVM, ID: anID}
	}
	held := make([]plan.Held, maxHeld+1)
	for i := range held {
		held[i] = plan.Held{Kind: plan.KindVM, ID: anID}
	}
	documents := make([]plan.Adopted, maxHeld+1)
	for i := range documents {
		documents[i].Document = plan.Document{Kind: plan.KindVM, ID: anID}
	}
	for name, req := range map[string]plan.Request{
		"cpus":      facts(plan.Facts{CPUs: 1e9}),
		"no cpus":   facts(plan.Facts{CPUs: -1}),
		"ram":       facts(plan.Facts{RAM: 1 << 40}),
		"disk":      facts(plan.Facts{Disk: 1<<60 + 1}),
		"address":   facts(plan.Facts{Address: "not one"}),
		"versions":  {Hello: &plan.Hello{Versions: make([]int, maxVersions+1)}},
		"damaged":   {Hello: &plan.Hello{Damaged: make([]plan.Ref, maxHeld+1)}},
		"session":   {Session: -1},
		"request":   {Session: 1, Seq: plan.MaxGeneration + 1},
		"wait":      {Wait: -1},
		"held":      {Hello: &plan.Hello{Held: held}},
		"page":      {Adopt: &plan.Adopt{More: true}},
		"documents": {Adopt: &plan.Adopt{Documents: documents}},
		"reports":   {Reports: make([]plan.Report, maxReports+1)},
	} {
		if _, err := said(t, req); !cloud.IsKind(err, cloud.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	fits := facts(plan.Facts{
		CPUs: 256, RAM: 4 << 20, Disk: 1 << 50, DiskFree: 1 << 60, DiskSize: 1 << 62, MTU: 1 << 40, Address: "10.0.0.1",
		Name: "rack\x1b[2J" + strings.Repeat("x", 1000),
	})
	got, err := said(t, fits)
	if err != nil || got.Hello.Facts.DiskFree != 1<<50 || got.Hello.Facts.DiskSize != 1<<60 || got.Hello.Facts.MTU != maxMTU ||
		len(got.Hello.Facts.Name) > maxWord || strings.Contains(got.Hello.Facts.Name, "\x1b") {
		t.Errorf("%+v %v", got.Hello, err)
	}
	long := plan.Status{
		Reason: strings.Repeat("ü", 5<<20/2), Percent: 1e9,
		VM:     &plan.VMSeen{VCPU: 1e9, RAM: -1, Boot: 1 << 60, Restarts: 1 << 60},
		Volume: &plan.VolumeSeen{Size: 1 << 60, Used: -1, Layer: strings.Repeat("x", 9999), Snapshots: make([]string, maxShown+1)},
	}
	b, err := json.Marshal(plan.Request{Reports: []plan.Report{{Kind: plan.KindVM, ID: anID, Status: long}}, Orphans: &refs})
	if err != nil {
		t.Fatal(err)
	}
	if got, err = decodeRequest(bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	s := got.Reports[0].Status
	if len(s.Reason) > maxReason || !utf8.ValidString(s.Reason) || s.Percent != 100 || s.VM.VCPU != maxGuestCPUs || s.VM.RAM != 0 ||
		s.VM.Boot != plan.MaxGeneration || s.VM.Restarts != plan.MaxGeneration || s.Volume.Size != maxVolume || s.Volume.Used != 0 ||
		len(s.Volume.Layer) != maxWord || len(s.Volume.Snapshots) != maxShown || len(*got.Orphans) != maxOrphans {
		t.Errorf("%d bytes of reason, %+v, %+v, %d orphans", len(s.Reason), s.VM, s.Volume, len(*got.Orphans))
	}
}

// What an honest host says arrives as it was said.
func TestHonestRequestsAreLeftAlone(t *testing.T) {
	req := plan.Request{
		Session: 1, Seq: 2,
		Reports: []plan.Report{{
			Kind: plan.KindVolume, ID: anID, Generation: 3,
			Status: plan.Status{
				Reason: "the disk is full, größer geht nicht", Percent: 7,
				Volume: &plan.VolumeSeen{Made: true, Size: 20 << 30, Layer: "S.2", Snapshots: []string{"S"}},
			},
		}},
	}
	got, err := said(t, req)
	a, _ := json.Marshal(req)
	b, _ := json.Marshal(got)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("%s became %s, %v", a, b, err)
	}
}

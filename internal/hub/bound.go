package hub

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
)

// Bounds of what a host may say. An honest one stays far below them; one that was
// taken can neither fill the memory nor the database, nor keep others waiting.
const (
	maxExchange = 4 << 20  // bytes of a request
	maxAdoption = 64 << 20 // of one that tells everything, which only who was asked for it may send
	maxReports  = 1000
	maxHeld     = 20_000 // documents
	maxOrphans  = 1000   // what is beyond is told once these were decided
	maxReason   = 1000   // characters that people are shown
	maxWord     = 255    // of a name
	maxShown    = 1000   // restore points of a volume
	maxVersions = 100

	// maxAhead is how far a host may be ahead of a store that forgot something. It
	// lies so far below plan.MaxGeneration that the store can count on above it for
	// ever: else a host which says the greatest number would be dumb from then on.
	maxAhead = 1 << 40

	// Of a machine and a disk on a host.
	maxGuestCPUs = 1 << 12
	maxGuestRAM  = 1 << 27 // MiB
	maxVolume    = 1 << 47 // bytes
	maxMTU       = 1 << 16

	// Simulated hosts are as large as this.
	maxCPUs = 1 << 20
	maxRAM  = 1 << 30 // MiB
	maxDisk = 1 << 60 // bytes
)

// bounded refuses a request that no agent makes, and shortens what is only long.
func bounded(req *plan.Request) error {
	if req.Session < 0 || req.Seq < 0 || req.Seq > plan.MaxGeneration || req.Wait < 0 {
		return cloud.Errorf(cloud.Invalid, "link.request", "session %d, request %d, wait %d: a number is out of range",
			req.Session, req.Seq, req.Wait)
	}
	held, documents := 0, 0
	if req.Hello != nil {
		held = max(len(req.Hello.Held), len(req.Hello.Damaged))
		if len(req.Hello.Versions) > maxVersions {
			return cloud.Errorf(cloud.Invalid, "link.request", "%d versions of documents are too many", len(req.Hello.Versions))
		}
		if err := factsBounded(&req.Hello.Facts); err != nil {
			return err
		}
	}
	if req.Adopt != nil {
		documents = len(req.Adopt.Documents)
		if req.Adopt.More && documents == 0 {
			return cloud.Errorf(cloud.Invalid, "link.request", "a page without documents cannot be followed by another")
		}
		for i := range req.Adopt.Documents {
			statusBounded(&req.Adopt.Documents[i].Status)
		}
		req.Adopt.Artefacts = req.Adopt.Artefacts[:min(len(req.Adopt.Artefacts), maxOrphans)]
	}
	if req.Orphans != nil {
		first := (*req.Orphans)[:min(len(*req.Orphans), maxOrphans)]
		req.Orphans = &first
	}
	if max(len(req.Reports), len(req.Missing)) > maxReports || held > maxHeld || documents > maxHeld {
		return cloud.Errorf(cloud.Invalid, "link.request", "too much at once: %d reports, %d documents", len(req.Reports), max(held, documents))
	}
	req.Logged = req.Logged[:min(len(req.Logged), plan.LoggedPerRequest)]
	for i := range req.Reports {
		statusBounded(&req.Reports[i].Status)
	}
	return nil
}

// factsBounded wants a machine that can be.
func factsBounded(f *plan.Facts) error {
	if f.CPUs < 0 || f.CPUs > maxCPUs || f.RAM < 0 || f.RAM > maxRAM || f.Disk < 0 || f.Disk > maxDisk {
		return cloud.Errorf(cloud.Invalid, "link.facts", "%d CPUs, %d MiB of memory and %d bytes of disk are no machine", f.CPUs, f.RAM, f.Disk)
	}
	f.DiskFree, f.MTU = min(max(f.DiskFree, 0), f.Disk), min(max(f.MTU, 0), maxMTU)
	f.DiskSize = min(max(f.DiskSize, 0), maxDisk)
	if _, err := netip.ParseAddr(f.Address); err != nil && f.Address != "" {
		return cloud.Errorf(cloud.Invalid, "link.facts", "%.80q is no address", f.Address)
	}
	for _, text := range []*string{&f.Name, &f.Accelerator, &f.Software} {
		*text = plain(*text, maxWord)
	}
	return nil
}

func statusBounded(s *plan.Status) {
	s.Reason = plain(inWords(s.Reason), maxReason)
	s.Percent = min(max(s.Percent, 0), 100)
	if m := s.Mended; m != nil {
		m.What, m.Times = plain(m.What, maxReason), min(max(m.Times, 1), maxReports)
	}
	if v := s.VM; v != nil {
		v.VCPU, v.RAM = min(max(v.VCPU, 0), maxGuestCPUs), min(max(v.RAM, 0), maxGuestRAM)
		v.Boot, v.Restarts = min(max(v.Boot, 0), plan.MaxGeneration), min(max(v.Restarts, 0), plan.MaxGeneration)
	}
	if v := s.Volume; v != nil {
		v.Size, v.Used = min(max(v.Size, 0), maxVolume), min(max(v.Used, 0), maxDisk)
		v.Layer, v.HeldBy = plain(v.Layer, maxWord), plan.ID(plain(string(v.HeldBy), maxWord))
		v.Snapshots = v.Snapshots[:min(len(v.Snapshots), maxShown)]
		for i := range v.Snapshots {
			v.Snapshots[i] = plain(v.Snapshots[i], maxWord)
		}
	}
}

// tooFarAhead refuses a generation that no past of this installation can explain.
// known is the store's own, 0 for none.
func tooFarAhead(ref plan.Ref, generation, known int64) error {
	if generation <= max(known, maxAhead) {
		return nil
	}
	return cloud.Errorf(cloud.Invalid, "link.generation", "the host has generation %d of %s, which was never changed so often",
		generation, ref).
		WithFix("Its file in the agent's folder is damaged: move it away and start the agent again, it is sent anew.")
}

// plain shortens a text and takes out what would move a terminal's cursor.
func plain(text string, most int) string {
	if len(text) <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

package plan

import (
	"encoding/json"
	"fmt"
	"strings"
)

// This file is what a host and the control plane say to each other. One
// exchange is one request of the host and one reply; both ends may repeat it.

// DocumentVersion is the newest form of documents this binary writes and
// reads. A host says at connect which ones it knows.
const DocumentVersion = 1

// MaxGeneration is far above what counting changes leads to, so that there is room
// to count on. A document that has more is none: its file is damaged.
const MaxGeneration = 1 << 50

// Ref names a document or an artefact on a host.
type Ref struct {
	Kind Kind `json:"kind"`
	ID   ID   `json:"id"`
}

// CompareRefs orders names: by kinds as they are ensured, then by ids.
func CompareRefs(a, b Ref) int {
	if d := a.Kind.Rank() - b.Kind.Rank(); d != 0 {
		return d
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

// String reads well in a reason: "volume 0a1b2c3d".
func (r Ref) String() string { return fmt.Sprintf("%s %s", r.Kind, r.ID.Short()) }

// Valid tells whether kind and id are well formed. Ids become file names, so
// nothing else may pass.
func (r Ref) Valid() bool {
	return r.Kind.Rank() >= 0 && isHex(string(r.ID), 32)
}

// IsDigest says whether a text is a SHA-256 as image files are named by it: 64
// small hexadecimal digits. Nothing else of a peer may become a file's name.
func IsDigest(s string) bool { return isHex(s, 64) }

// isHex says whether a text is that many small hexadecimal digits.
func isHex(s string, digits int) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == digits
}

// Ref is the name of the document.
func (d Document) Ref() Ref { return Ref{Kind: d.Kind, ID: d.ID} }

// Request is what a host says in one exchange.
type Request struct {
	// Session is the number the control plane gave to this connection; zero
	// with Hello asks for a new one.
	Session int64 `json:"session,omitempty"`
	// Seq grows by one with every request of a session. A request that is
	// older than the last one seen came late and is dropped.
	Seq int64 `json:"seq,omitempty"`
	// Wait is how long the control plane may hold the answer back while it
	// has nothing to say, in milliseconds. Zero answers at once.
	Wait int64 `json:"wait,omitempty"`

	Hello *Hello `json:"hello,omitempty"`
	// Adopt is the whole truth of the host, sent when the last reply asked
	// for it.
	Adopt *Adopt `json:"adopt,omitempty"`
	// Reports say what became of documents since the last confirmed report.
	Reports []Report `json:"reports,omitempty"`
	// Missing are documents of the last reply's Check that the host does not have
	// as the control plane thinks. They are to be sent again.
	Missing []Ref `json:"missing,omitempty"`
	// Orphans are all artefacts without any document, when the list changed
	// since it was last confirmed; nil = unchanged.
	Orphans *[]Ref `json:"orphans,omitempty"`
	// Logged are lines of rules with a log, oldest first, at most LoggedPerRequest; those
	// of a request that was not answered are told again.
	Logged []Logged `json:"logged,omitempty"`
}

// Hello opens a session.
type Hello struct {
	Tag         string `json:"tag"`                   // of the installation on this machine
	Incarnation string `json:"incarnation,omitempty"` // of the store that this host obeys; empty = none yet
	Versions    []int  `json:"versions"`              // document versions this binary reads
	// Place says on which machine and where on it the host's folder lies. A host
	// that speaks from another place than before is a copy until an operator says
	// that it moved. Empty: it does not say.
	Place string `json:"place,omitempty"`
	Facts Facts  `json:"facts"`
	Held  []Held `json:"held"` // all documents in the host's folder
	// Damaged are documents whose files could not be read: they were put aside,
	// what they made goes on, and they are to be sent again.
	Damaged []Ref `json:"damaged,omitempty"`
}

// Facts is what a host has.
type Facts struct {
	Name     string `json:"name,omitempty"`
	CPUs     int    `json:"cpus"`
	RAM      int    `json:"ram"`       // MiB
	Disk     int64  `json:"disk"`      // bytes that volumes may take: what is free, and what they have
	DiskFree int64  `json:"disk_free"` // bytes of it that are free
	// DiskSize is the size of the file system with the volumes, whatever else is in it, in
	// bytes; 0 from those who do not say.
	DiskSize    int64  `json:"disk_size,omitempty"`
	Accelerator string `json:"accelerator"`        // kvm, tcg, fake
	Address     string `json:"address,omitempty"`  // underlay address for VXLAN
	MTU         int    `json:"mtu,omitempty"`      // of the link that has Address
	Software    string `json:"software,omitempty"` // version of the binary
}

// Held is one document that a host has.
type Held struct {
	Kind         Kind  `json:"kind"`
	ID           ID    `json:"id"`
	Generation   int64 `json:"generation"`
	Acknowledged int64 `json:"acknowledged,omitempty"` // carried out since the agent started
	Absent       bool  `json:"absent,omitempty"`
}

// Ref is the name of the document.
func (h Held) Ref() Ref { return Ref{Kind: h.Kind, ID: h.ID} }

// Adopt is everything a host has and sees, for a store that does not know it
// (a restored one). Bodies are included, so that addresses of what only the
// host knows can be held.
type Adopt struct {
	// After is the document behind which this page begins, in the order of
	// CompareRefs; nil: with the first. More says that another page follows.
	After     *Ref      `json:"after,omitempty"`
	More      bool      `json:"more,omitempty"`
	Documents []Adopted `json:"documents"`
	Artefacts []Ref     `json:"artefacts,omitempty"` // without any document; with the last page
}

// Adopted is one document with what the host sees of it.
type Adopted struct {
	Document
	Acknowledged int64  `json:"acknowledged"`
	Status       Status `json:"status"`
}

// Report says what became of one document. Reports are coalesced (the newest
// state only) and repeated until they are confirmed.
type Report struct {
	Kind         Kind   `json:"kind"`
	ID           ID     `json:"id"`
	Generation   int64  `json:"generation"`             // of the document on the host's disk
	Acknowledged int64  `json:"acknowledged,omitempty"` // newest generation that was carried out
	Absent       bool   `json:"absent,omitempty"`       // that document says absent
	Status       Status `json:"status"`
}

// Ref is the name of the reported document.
func (r Report) Ref() Ref { return Ref{Kind: r.Kind, ID: r.ID} }

// Gone tells that the artefact was removed as ordered.
func (r Report) Gone() bool {
	return r.Absent && r.Status.Ready && r.Acknowledged >= r.Generation
}

// Reply is the control plane's answer.
type Reply struct {
	Session int64 `json:"session,omitempty"`
	// Stale: the request was of an older session, or came late. Nothing of it
	// was taken; the host says hello again.
	Stale bool `json:"stale,omitempty"`
	// Refused says why no session was opened: this host speaks from elsewhere
	// already. It must not run what its documents say.
	Refused string `json:"refused,omitempty"`
	// Adopt asks for the whole truth (Request.Adopt) before any order flows.
	Adopt bool `json:"adopt,omitempty"`
	// Pages says that it may come in pages; the next one is what follows After.
	Pages bool `json:"pages,omitempty"`
	After *Ref `json:"after,omitempty"`
	// Incarnation of the store. The host writes it down once it is adopted,
	// that is, when it comes without Adopt.
	Incarnation string `json:"incarnation,omitempty"`
	// StandDown: this host was declared lost and replaced. It stops guests and
	// networks, keeps disks and images, and forgets its documents.
	StandDown bool `json:"stand_down,omitempty"`
	// Waited: the answer was held back as the request allowed, so the host may ask
	// again at once.
	Waited bool `json:"waited,omitempty"`

	Orders []Document `json:"orders,omitempty"`
	// Check names some of the documents that the host said it took, with their
	// generations. It says which of them it lacks.
	Check []Held `json:"check,omitempty"`
	// Drop names documents whose absence is recorded: the host forgets them.
	Drop []Held `json:"drop,omitempty"`
	// Streams are connections that somebody waits for.
	Streams []StreamOrder `json:"streams,omitempty"`
	// Ahead is by how many microseconds tests have moved the control plane's clock
	// ahead. The host judges certificates by that time.
	Ahead int64 `json:"ahead,omitempty"`
}

// StreamOrder asks the host to connect a target with a stream that it opens
// to the control plane.
type StreamOrder struct {
	ID     string `json:"id"` // secret, single use
	Target Target `json:"target"`
}

// Target is the far end of a stream.
type Target struct {
	Kind string `json:"kind"` // tcp, serial, vnc
	// VM whose serial line or screen is meant.
	VM ID `json:"vm,omitempty"`
	// Router or Network in whose namespace a tcp target is dialled.
	Router  ID     `json:"router,omitempty"`
	Network ID     `json:"network,omitempty"`
	Address string `json:"address,omitempty"` // host:port
}

// Encode writes a body for a document. Bodies are plain structs, so this
// fails only for a programming error.
func Encode(body any) (json.RawMessage, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", body, err)
	}
	return b, nil
}

// Decode reads the body of a document as its kind says: *Image, *Network,
// *Router, *Policy, *Port, *Volume or *VM. What it stands on is named by well
// formed ids, or it is no body: they become names of files too.
func (d Document) Decode() (any, error) {
	var v any
	switch d.Kind {
	case KindImage:
		v = new(Image)
	case KindNetwork:
		v = new(Network)
	case KindRouter:
		v = new(Router)
	case KindPolicy:
		v = new(Policy)
	case KindPort:
		v = new(Port)
	case KindVolume:
		v = new(Volume)
	case KindVM:
		v = new(VM)
	default:
		return nil, fmt.Errorf("unknown kind %q", d.Kind)
	}
	if err := json.Unmarshal(d.Body, v); err != nil {
		return nil, fmt.Errorf("read %s: %w", d.Ref(), err)
	}
	for _, r := range Uses(v) {
		if !r.Valid() {
			return nil, fmt.Errorf("read %s: %q is no id of what it stands on (%s)", d.Ref(), r.ID, r.Kind)
		}
	}
	return v, nil
}

// Uses lists what an artefact stands on. It waits until these are there, and
// they are removed after it only.
func Uses(body any) []Ref {
	var refs []Ref
	add := func(k Kind, id ID) {
		if id == "" {
			return
		}
		for _, r := range refs {
			if r.Kind == k && r.ID == id {
				return
			}
		}
		refs = append(refs, Ref{Kind: k, ID: id})
	}
	switch b := body.(type) {
	case *Router:
		for _, l := range b.Legs {
			add(KindNetwork, l.Network)
		}
	case *Port:
		add(KindRouter, b.Router)
		add(KindNetwork, b.Network)
		for _, each := range b.Each() {
			for _, p := range each.Public {
				add(KindPolicy, p.Policy)
			}
		}
	case *Volume:
		add(KindImage, b.Image)
		// A finished copy stands by itself, so its source may go.
		if b.Source != nil && b.Create {
			add(KindVolume, b.Source.Volume)
		}
	case *VM:
		add(KindImage, b.Image)
		add(KindImage, b.DVD)
		for _, n := range b.NICs {
			add(KindNetwork, n.Network)
		}
		for _, v := range b.Volumes {
			add(KindVolume, v.Volume)
		}
	}
	return refs
}

// Package plan is what a host is told: data only, the same for every driver
// and for the fake. The control plane compiles documents (reconcile), carries
// them (hub), and a host makes its machine like them (host).
package plan

import (
	"context"
	"encoding/json"
	"time"
)

// ID names an object on a host: 32 lower-case hexadecimal digits of the
// object's uid (for an image, the first 32 digits of its digest). Artefacts
// carry it where List can read it.
type ID string

// Short is the part of an id that fits into names with a length limit, such
// as a network interface. The full id stands in the link's alias beside it.
func (id ID) Short() string {
	if len(id) > 8 {
		return string(id[:8])
	}
	return string(id)
}

// Kind is the kind of a document.
type Kind string

// The kinds, named like the nouns they are compiled from.
const (
	KindImage   Kind = "image"
	KindNetwork Kind = "network"
	KindRouter  Kind = "router"
	KindPolicy  Kind = "policy"
	KindPort    Kind = "port"
	KindVolume  Kind = "volume"
	KindVM      Kind = "vm"
)

// Noun is what a person calls the thing.
func (k Kind) Noun() string {
	switch k {
	case KindPolicy:
		return "the firewall policy"
	case KindPort:
		return "a network card"
	case KindVolume:
		return "a disk"
	case KindVM:
		return "the machine"
	}
	return "the " + string(k)
}

// Kinds lists the kinds in the order in which a host ensures them; removal
// goes the other way round.
var Kinds = []Kind{KindImage, KindNetwork, KindRouter, KindPolicy, KindPort, KindVolume, KindVM}

// Rank is the position of a kind in Kinds, -1 for an unknown one.
func (k Kind) Rank() int {
	for i, o := range Kinds {
		if o == k {
			return i
		}
	}
	return -1
}

// Document is one order to a host. Generation grows by one with every change
// of Digest; a host refuses an older generation than the one it has.
type Document struct {
	Kind       Kind            `json:"kind"`
	ID         ID              `json:"id"`
	Generation int64           `json:"generation"`
	Absent     bool            `json:"absent,omitempty"` // remove what the last document made
	Body       json.RawMessage `json:"body,omitempty"`   // an Image, Network, ... of this package; empty when Absent
	// Seal is the control plane's mark that it ordered this body from this host.
	// The host keeps it and tells it when it is adopted; it says nothing to it.
	Seal string `json:"seal,omitempty"`
}

// Status is what a driver says after one step, and what a host reports.
type Status struct {
	Ready   bool   `json:"ready"`             // the artefact is as the spec says (for Remove: it is gone)
	Percent int    `json:"percent,omitempty"` // 0 to 99 while a long step runs
	Reason  string `json:"reason,omitempty"`  // why it is not ready, or a warning; for people
	// Failed says that trying again without a change will not help (a missing
	// disk that was once made, an unreadable image). The host keeps trying,
	// slowly; the control plane gives up at once.
	Failed bool `json:"failed,omitempty"`
	// Again is when the next step is due. Zero with Ready false means "soon".
	Again time.Duration `json:"-"`

	// Repaired is what a driver found damaged and made good in this step; the agent
	// makes Mended of it, which it tells for MendedFor.
	Repaired string  `json:"-"`
	Mended   *Mended `json:"mended,omitempty"`

	VM     *VMSeen     `json:"vm,omitempty"`
	Volume *VolumeSeen `json:"volume,omitempty"`
}

// MendedFor is how long a repaired damage is told.
const MendedFor = time.Hour

// Mended is a damage that a host repaired by itself: somebody took something away,
// or a process died.
type Mended struct {
	What  string    `json:"what"`  // for people
	At    time.Time `json:"at"`    // moves at most once a minute
	Times int       `json:"times"` // since the agent started
}

// MendedAt is when the last damage was repaired, zero for none.
func (s Status) MendedAt() time.Time {
	if s.Mended == nil {
		return time.Time{}
	}
	return s.Mended.At
}

// VMSeen is what a host observes of a machine.
type VMSeen struct {
	Running  bool  `json:"running"`
	Boot     int64 `json:"boot"`                // the boot counter that the running (or stopped by the guest) process carries
	GuestOff bool  `json:"guest_off,omitempty"` // the guest of that boot powered itself off
	VCPU     int   `json:"vcpu,omitempty"`
	RAM      int   `json:"ram,omitempty"` // MiB
	// Restarts counts hypervisors that died and were started again.
	Restarts int64 `json:"restarts,omitempty"`
}

// VolumeSeen is what a host observes of a volume.
type VolumeSeen struct {
	Made      bool     `json:"made"`
	Size      int64    `json:"size"`                // bytes, virtual
	Used      int64    `json:"used,omitempty"`      // bytes on disk, all layers
	Layer     string   `json:"layer"`               // active layer
	Snapshots []string `json:"snapshots,omitempty"` // frozen points that can be restored
	HeldBy    ID       `json:"held_by,omitempty"`   // the VM whose process has it open
	Image     ID       `json:"image,omitempty"`     // image that the active layer stands on; empty = none, or not said
}

// Driver makes one kind of artefact on one host. Every method may be called
// again at any time, also after the process died in the middle of the last
// call, and must then go on from what it finds on the machine. None waits for
// a guest, a copy or a download: it starts that detached, answers not ready,
// and is called again (no call takes over two seconds). An error means "this
// step failed, try again later"; Status.Failed means trying will not help.
type Driver[Spec any] interface {
	// List names all artefacts of this installation that exist here, wanted
	// or not, half made ones included. Foreign ones are never named.
	List(ctx context.Context) ([]ID, error)
	// Ensure makes one bounded step towards spec. The same spec again, when
	// all is done, is cheap and changes nothing.
	Ensure(ctx context.Context, id ID, spec Spec) (Status, error)
	// Remove makes one bounded step towards absence and ends whatever Ensure
	// started. Ready means gone; removing what does not exist is success.
	Remove(ctx context.Context, id ID) (Status, error)
}

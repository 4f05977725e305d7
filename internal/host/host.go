// Package host is the agent: it keeps the documents that the control plane
// ordered in a folder, makes its machine like them one step at a time, and
// reports what it sees. It goes on doing so when the control plane is away.
package host

import (
	"context"
	"net"

	"github.com/virga-cloud/virga/internal/plan"
)

// Machine is what an agent works on: the real one is composed of drivers
// (Real), host/fake is the other. Every method follows the rules of
// plan.Driver: it may be called again at any time, also after the process
// died in the middle, and does one bounded step.
type Machine interface {
	// List names all artefacts of a kind that exist here, half made ones
	// included. Kinds without artefacts of their own answer with nothing.
	List(ctx context.Context, kind plan.Kind) ([]plan.ID, error)
	// Ensure makes one step towards a document. What it uses has been there
	// at least once, except for a VM: that may have to end an old process
	// before its volumes can become ready, so it asks the view itself.
	Ensure(ctx context.Context, doc plan.Document, view View) (plan.Status, error)
	// Remove makes one step towards absence. Nothing uses the artefact; what
	// it used itself stands in view.Before.
	Remove(ctx context.Context, ref plan.Ref, view View) (plan.Status, error)
	// Facts says what the host has.
	Facts(ctx context.Context) (plan.Facts, error)
	// Watch tells of documents whose artefacts somebody else has changed, until ctx
	// ends. What it cannot hear of is found when its turn comes.
	Watch(ctx context.Context, changed func(plan.Ref)) error
	// Dial reaches a port, a serial line or a screen of a guest.
	Dial(ctx context.Context, to plan.Target) (net.Conn, error)
}

// kindNIC is the pseudo kind under which a VM's use of a card is indexed, so
// that a Port that becomes ready wakes the VM that waits for it.
const kindNIC plan.Kind = "nic"

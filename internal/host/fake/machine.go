// Package fake is a whole machine without a hypervisor: it carries documents
// out with the semantics that package plan describes, keeps what it made in a
// folder of its own (so that a killed process finds its guests and disks
// again), and can be told to fail, stall or lie. Disks have content, as a
// small map, so that snapshots, restores and clones can be checked.
package fake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/plan"
)

// Options is what a fake machine is made of.
type Options struct {
	Folder host.Folder      // required: NewMemory, or a host.Dir with Quick set
	Now    func() time.Time // required
	// Facts are those of the machine it plays; zero fields get the size of a
	// large one, so that a benchmark does not run out of it.
	Facts plan.Facts
	// Steps is how many steps making an artefact takes; optional, 1 for most,
	// 2 for images and volumes.
	Steps func(plan.Kind) int
	// Pause is what lies between these steps; optional, none.
	Pause time.Duration
}

// Machine is a fake machine. It is safe for use by several goroutines.
type Machine struct {
	opt Options

	mu      sync.Mutex
	objects map[plan.Ref]*object
	// holder is the VM whose process has a volume open. It follows from the
	// VMs, so that a start is one write and cannot be half done.
	holder map[plan.ID]plan.ID
	faults []*Fault
	free   *int64 // of the disk, when it was set
	logged []plan.Logged
	// Hook is asked at every step after the faults that were injected, so
	// that a simulation can decide by its seed. Set it before the first step.
	Hook func(Call) *Fault
}

// object is one artefact, one file in the folder.
type object struct {
	Kind   plan.Kind       `json:"kind"`
	ID     plan.ID         `json:"id"`
	Steps  int             `json:"steps,omitempty"`  // done of the making; Made ends it
	Made   bool            `json:"made,omitempty"`   // otherwise half made
	Digest string          `json:"digest,omitempty"` // of the body carried out
	Body   json.RawMessage `json:"body,omitempty"`   // as carried out
	VM     *guest          `json:"vm,omitempty"`
	Disk   *disk           `json:"disk,omitempty"`
}

// New opens the machine that lies in the folder, or an empty one.
func New(opt Options) (*Machine, error) {
	m := &Machine{opt: opt, objects: map[plan.Ref]*object{}, holder: map[plan.ID]plan.ID{}}
	names, err := opt.Folder.List()
	if err != nil {
		return nil, fmt.Errorf("open fake machine: %w", err)
	}
	for _, name := range names {
		if host.IsSetAside(name) {
			continue
		}
		var o object
		err := host.ReadJSON(opt.Folder, name, &o)
		if err == nil && fileOf(o.ref()) != name {
			err = fmt.Errorf("%w: it holds %s", host.ErrDamaged, o.ref())
		}
		if errors.Is(err, host.ErrDamaged) { // like a disk that is gone: the rest goes on
			_, err = host.SetAside(opt.Folder, name)
		} else if err == nil {
			m.put(&o)
		}
		if err != nil {
			return nil, fmt.Errorf("open fake machine: %s: %w", name, err)
		}
	}
	return m, nil
}

// put replaces an artefact in memory.
func (m *Machine) put(o *object) {
	m.drop(o.ref())
	m.objects[o.ref()] = o
	if o.VM != nil && o.VM.Running {
		for _, id := range o.VM.Volumes {
			m.holder[id] = o.ID
		}
	}
}

func (m *Machine) drop(ref plan.Ref) {
	if old := m.objects[ref]; old != nil && old.VM != nil {
		for _, id := range old.VM.Volumes {
			if m.holder[id] == ref.ID {
				delete(m.holder, id)
			}
		}
	}
	delete(m.objects, ref)
}

func (o *object) ref() plan.Ref { return plan.Ref{Kind: o.Kind, ID: o.ID} }

// points are the crash points around the effects of each kind.
type points struct{ makeBefore, makeAfter, removeBefore, removeAfter string }

var pointsOf = registerPoints()

func registerPoints() map[plan.Kind]points {
	m := map[plan.Kind]points{}
	for _, k := range plan.Kinds {
		p := "fake." + string(k)
		m[k] = points{
			crash.Register(p + ".ensure.before"), crash.Register(p + ".ensure.after"),
			crash.Register(p + ".remove.before"), crash.Register(p + ".remove.after"),
		}
	}
	return m
}

// SetFree plays a disk with so many bytes left.
func (m *Machine) SetFree(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free = &n
}

// Facts says what the machine has.
func (m *Machine) Facts(context.Context) (plan.Facts, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.opt.Facts
	if f.Name == "" {
		f.Name = "fake"
	}
	if f.CPUs == 0 {
		f.CPUs = 1 << 20
	}
	if f.RAM == 0 {
		f.RAM = 1 << 30
	}
	if f.Disk == 0 {
		f.Disk = 1 << 60
	}
	if f.DiskFree = f.Disk; m.free != nil {
		f.DiskFree = *m.free
	}
	f.Accelerator = "fake"
	return f, nil
}

// List names what exists, half made artefacts included.
func (m *Machine) List(_ context.Context, kind plan.Kind) ([]plan.ID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.fault(Call{Op: OpList, Ref: plan.Ref{Kind: kind}})
	if f != nil && f.Mode == Fail {
		return nil, f.err()
	}
	var ids []plan.ID
	for r := range m.objects {
		if r.Kind == kind {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Ensure makes one step towards a document.
func (m *Machine) Ensure(_ context.Context, doc plan.Document, view host.View) (plan.Status, error) {
	// Asked before the lock: the view has one of its own.
	hold := ""
	var group []plan.Ref
	layers := map[plan.ID]string{} // wanted of a VM's volumes
	switch doc.Kind {
	case plan.KindVM:
		vm := host.Body[plan.VM](view, doc.Kind, doc.ID)
		if vm == nil {
			return plan.Status{}, fmt.Errorf("%s has no body", doc.Ref())
		}
		hold = view.Hold(doc.ID, vm)
		for _, a := range vm.Volumes {
			if v := host.Body[plan.Volume](view, plan.KindVolume, a.Volume); v != nil {
				layers[a.Volume] = v.Layer
			}
		}
	case plan.KindVolume:
		group = together(view, doc.ID)
	}
	body, err := doc.Decode()
	if err != nil {
		return plan.Status{}, err
	}

	m.mu.Lock()
	defer m.mu.Unlock()
	call := Call{Op: OpEnsure, Ref: doc.Ref()}
	f := m.fault(call)
	if st, err, done := m.before(f, doc.Ref()); done {
		return st, err
	}
	var st plan.Status
	switch b := body.(type) {
	case *plan.Volume:
		st, err = m.ensureVolume(doc, b, group)
	case *plan.VM:
		st, err = m.ensureVM(doc, b, hold, m.mustSetBack(layers))
	default:
		st, err = m.ensureSimple(doc)
	}
	return m.after(f, st, err)
}

// mustSetBack tells whether a volume waits for its machine to be off.
func (m *Machine) mustSetBack(layers map[plan.ID]string) bool {
	for id, want := range layers {
		o := m.objects[plan.Ref{Kind: plan.KindVolume, ID: id}]
		if o != nil && o.Disk != nil && !o.Disk.Left[want] && setBack(o.Disk.Active, want) {
			return true
		}
	}
	return false
}

// ensureSimple makes what is nothing but its document.
func (m *Machine) ensureSimple(doc plan.Document) (plan.Status, error) {
	o := m.objects[doc.Ref()]
	digest := digestOf(doc.Body)
	if o != nil && o.Made && o.Digest == digest {
		return plan.Status{Ready: true}, nil
	}
	next := m.edit(doc.Ref())
	if !next.Made {
		if st, more, err := m.making(next); more || err != nil {
			return st, err
		}
	}
	next.Body, next.Digest, next.Made = doc.Body, digest, true
	if err := m.save(next); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}

// making plays the steps of a long creation; more says that it goes on.
func (m *Machine) making(o *object) (st plan.Status, more bool, err error) {
	steps := 1
	switch {
	case m.opt.Steps != nil:
		steps = m.opt.Steps(o.Kind)
	case o.Kind == plan.KindImage || o.Kind == plan.KindVolume:
		steps = 2
	}
	o.Steps++
	if o.Steps >= steps {
		return plan.Status{}, false, nil
	}
	if err := m.save(o); err != nil {
		return plan.Status{}, false, err
	}
	return plan.Status{Percent: o.Steps * 100 / steps, Reason: "being made", Again: m.pause()}, true, nil
}

func (m *Machine) pause() time.Duration { return max(m.opt.Pause, 1) }

// Remove makes one step towards absence.
func (m *Machine) Remove(_ context.Context, ref plan.Ref, _ host.View) (plan.Status, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.fault(Call{Op: OpRemove, Ref: ref})
	if st, err, done := m.before(f, ref); done {
		return st, err
	}
	st, err := m.remove(ref)
	return m.after(f, st, err)
}

func (m *Machine) remove(ref plan.Ref) (plan.Status, error) {
	o := m.objects[ref]
	if o == nil {
		return plan.Status{Ready: true}, nil
	}
	if vm := m.holder[ref.ID]; vm != "" && o.Disk != nil {
		return plan.Status{Reason: fmt.Sprintf("is open in the process of vm %s", vm.Short()), Volume: m.seen(o)}, nil
	}
	if ref.Kind == plan.KindImage {
		if by := m.imageUser(ref.ID); by != "" {
			return plan.Status{Reason: fmt.Sprintf("volume %s needs it", by.Short()), Again: waiting}, nil
		}
	}
	p := pointsOf[ref.Kind]
	if err := crash.Here(p.removeBefore); err != nil {
		return plan.Status{}, err
	}
	if err := m.opt.Folder.Remove(fileOf(ref)); err != nil {
		return plan.Status{}, err
	}
	m.drop(ref)
	return plan.Status{Ready: true}, crash.Here(p.removeAfter)
}

// edit is a copy of an artefact to be changed and saved; a new one when
// there is none. What was not saved did not happen.
func (m *Machine) edit(ref plan.Ref) *object {
	o := m.objects[ref]
	if o == nil {
		return &object{Kind: ref.Kind, ID: ref.ID}
	}
	c := *o
	if o.VM != nil {
		v := *o.VM
		v.Volumes, v.NICs, v.Starts = slices.Clone(v.Volumes), slices.Clone(v.NICs), slices.Clone(v.Starts)
		c.VM = &v
	}
	if o.Disk != nil {
		c.Disk = o.Disk.clone()
	}
	return &c
}

// save is the one effect of a step: the artefact is as o says, or as before.
func (m *Machine) save(o *object) error {
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	p := pointsOf[o.Kind]
	if err := crash.Here(p.makeBefore); err != nil {
		return err
	}
	if err := m.opt.Folder.Write(fileOf(o.ref()), b); err != nil {
		return err
	}
	m.put(o)
	return crash.Here(p.makeAfter)
}

func fileOf(r plan.Ref) string { return string(r.Kind) + "/" + string(r.ID) }

func digestOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}

// errNoSuch is the answer of the by-hand functions.
var errNoSuch = errors.New("no such artefact on this machine")

// Dump shows the whole machine, one artefact per line, for comparisons.
func (m *Machine) Dump() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	lines := make([]string, 0, len(m.objects))
	for _, o := range m.objects {
		b, _ := json.Marshal(o) // plain data
		lines = append(lines, string(b))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Log has a router's rules say something, which the agent tells with its next request. The
// newest lines of a router stay when nobody takes them.
func (m *Machine) Log(line plan.Logged) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logged = append(m.logged, line)
	n := 0
	for _, l := range m.logged {
		if l.Router == line.Router {
			n++
		}
	}
	if n > plan.LoggedMax {
		i := slices.IndexFunc(m.logged, func(l plan.Logged) bool { return l.Router == line.Router })
		m.logged = slices.Delete(m.logged, i, i+1)
	}
}

// TakeLogged gives what a router's rules said since the last time.
func (m *Machine) TakeLogged(router plan.ID) (lines []plan.Logged, lost uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logged = slices.DeleteFunc(m.logged, func(l plan.Logged) bool {
		if l.Router == router {
			lines = append(lines, l)
		}
		return l.Router == router
	})
	return lines, 0
}

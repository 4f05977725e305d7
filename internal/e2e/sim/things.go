package sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// noted is a machine's folder that remembers which of its files were written, so
// that a look at a machine costs as much as what changed on it.
type noted struct {
	*fake.Memory
	changed map[string]bool
}

func (n *noted) Write(name string, data []byte) error {
	n.changed[name] = true
	return n.Memory.Write(name, data)
}

func (n *noted) Remove(name string) error {
	n.changed[name] = true
	return n.Memory.Remove(name)
}

// thing is an artefact as it lies in a machine's folder, with what others may
// not have at the same time and what it stands on.
type thing struct {
	made, running bool
	uniques       []string // "mac ...", "address ...", "segment ..."
	stands        []plan.Ref
}

// look brings what is known of a host's artefacts up to date. It tells whether
// anything changed, and complains about a disk that was made a second time.
func (h *Host) look(say func(string, ...any)) bool {
	if len(h.changed) == 0 {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(h.changed)) {
		delete(h.changed, name)
		b, err := h.Disk.Read(name)
		if err != nil {
			h.gone(name)
			continue
		}
		var o stored
		if json.Unmarshal(b, &o) != nil {
			continue // damaged on purpose
		}
		t := o.thing()
		ref := plan.Ref{Kind: o.Kind, ID: o.ID}
		was := h.things[ref]
		h.things[ref] = t
		if o.Kind != plan.KindVolume || !t.made || was != nil && was.made {
			continue
		}
		if h.disks[o.ID] {
			say("%s made the disk %s a second time: what was on it is lost", h.Name, o.ID)
		}
		h.disks[o.ID] = true
		delete(h.lost, ref)
	}
	return true
}

// gone notes that a file is not there any more. A disk that was ordered away may
// be made again under its name; one that was lost may not.
func (h *Host) gone(name string) {
	for ref := range h.things {
		if string(ref.Kind)+"/"+string(ref.ID) != name {
			continue
		}
		delete(h.things, ref)
		if !h.losing {
			delete(h.disks, ref.ID)
			delete(h.lied, ref)
		}
	}
}

// removes looks at what a machine is told to remove: nothing that something else stands on.
func (h *Host) removes(ref plan.Ref) {
	h.look(func(format string, args ...any) { h.bad = append(h.bad, fmt.Sprintf(format, args...)) })
	for _, user := range slices.SortedFunc(maps.Keys(h.things), compareRefs) {
		if slices.Contains(h.things[user].stands, ref) && !h.lies(user) && !h.lied[ref] && !h.standing {
			h.bad = append(h.bad, fmt.Sprintf("%s removes %s, on which %s stands", h.Name, ref, user))
		}
	}
	delete(h.disks, ref.ID) // ordered away, and may be made again
}

// read brings what is known of an agent's documents up to date.
func (h *Host) read() {
	for _, name := range slices.Sorted(maps.Keys(h.filed)) {
		delete(h.filed, name)
		kind, id, ok := strings.Cut(name, "/")
		if !ok {
			continue
		}
		ref := plan.Ref{Kind: plan.Kind(kind), ID: plan.ID(id)}
		var f struct {
			Document struct {
				Generation int64 `json:"generation"`
			} `json:"document"`
		}
		b, err := h.Folder.Read(name)
		if err != nil || json.Unmarshal(b, &f) != nil {
			delete(h.orders, ref)
			continue
		}
		h.orders[ref] = f.Document.Generation
	}
}

// loses lets a disk vanish behind everybody's back.
func (h *Host) loses(id plan.ID) error {
	h.losing = true
	defer func() { h.losing = false }()
	err := h.Machine.LoseDisk(id)
	h.lost[plan.Ref{Kind: plan.KindVolume, ID: id}] = true
	h.look(func(string, ...any) {})
	return err
}

// stored is what of an artefact's file is looked at.
type stored struct {
	Kind plan.Kind       `json:"kind"`
	ID   plan.ID         `json:"id"`
	Made bool            `json:"made"`
	Body json.RawMessage `json:"body"`
	VM   *struct {
		Running bool      `json:"running"`
		Volumes []plan.ID `json:"volumes"`
	} `json:"vm"`
	Disk *struct {
		Layers map[string]struct {
			Image plan.ID `json:"image"`
		} `json:"layers"`
	} `json:"disk"`
}

func (o *stored) thing() *thing {
	t := &thing{made: o.Made}
	switch o.Kind {
	case plan.KindVM:
		if t.running = o.VM != nil && o.VM.Running; t.running {
			t.uniques = []string{"running vm " + string(o.ID)}
			for _, v := range o.VM.Volumes {
				t.stands = append(t.stands, plan.Ref{Kind: plan.KindVolume, ID: v})
			}
			var vm plan.VM
			if json.Unmarshal(o.Body, &vm) != nil {
				break
			}
			for _, n := range vm.NICs {
				t.stands = append(t.stands, plan.Ref{Kind: plan.KindNetwork, ID: n.Network})
			}
		}
	case plan.KindVolume:
		if o.Disk == nil {
			break
		}
		for _, l := range o.Disk.Layers {
			if l.Image != "" {
				t.stands = append(t.stands, plan.Ref{Kind: plan.KindImage, ID: l.Image})
			}
		}
	case plan.KindPort:
		var p plan.Port
		if json.Unmarshal(o.Body, &p) != nil {
			break
		}
		t.uniques = []string{"card " + p.MAC, "address " + p.Address + " in network " + string(p.Network)}
		t.stands = []plan.Ref{{Kind: plan.KindRouter, ID: p.Router}}
		for _, a := range append([]plan.PortAddr{{Public: p.Public}}, p.More...) {
			if a.Address != "" {
				t.uniques = append(t.uniques, "address "+a.Address+" in network "+string(p.Network))
			}
			for _, pub := range a.Public {
				t.uniques = append(t.uniques, "public address "+pub.Address)
				if pub.Policy != "" {
					t.stands = append(t.stands, plan.Ref{Kind: plan.KindPolicy, ID: pub.Policy})
				}
			}
		}
	case plan.KindRouter:
		var r plan.Router
		if json.Unmarshal(o.Body, &r) != nil {
			break
		}
		for _, leg := range r.Legs {
			t.stands = append(t.stands, plan.Ref{Kind: plan.KindNetwork, ID: leg.Network})
		}
		for _, out := range r.Outside {
			t.uniques = append(t.uniques, "outside address "+out.Address)
		}
	case plan.KindNetwork:
		var n plan.Network
		if json.Unmarshal(o.Body, &n) == nil && n.VNI != 0 {
			t.uniques = []string{fmt.Sprint("segment ", n.VNI)}
		}
	}
	return t
}

package fake

import (
	"fmt"
	"maps"
	"slices"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/plan"
)

// disk is a volume: layers over each other, each with what was written while
// it was the active one.
type disk struct {
	Size   int64             `json:"size"`
	Layers map[string]*layer `json:"layers"`
	Active string            `json:"active"`
	// Points are the frozen points: snapshot to the frozen layer.
	Points map[string]string `json:"points,omitempty"`
	// Left are the layers that were active once. A wish for one was overtaken,
	// by a database that came back from a backup for example.
	Left map[string]bool `json:"left,omitempty"`
}

type layer struct {
	Base  string            `json:"base,omitempty"`  // layer below; empty = Image and Data are all there is
	Image plan.ID           `json:"image,omitempty"` // what a first layer stands on
	Data  map[string]string `json:"data,omitempty"`
}

func (d *disk) clone() *disk {
	c := *d
	c.Layers, c.Points, c.Left = map[string]*layer{}, maps.Clone(d.Points), maps.Clone(d.Left)
	for name, l := range d.Layers {
		c.Layers[name] = &layer{Base: l.Base, Image: l.Image, Data: maps.Clone(l.Data)}
	}
	return &c
}

func (m *Machine) seen(o *object) *plan.VolumeSeen {
	d := o.Disk
	s := &plan.VolumeSeen{Made: true, Size: d.Size, Layer: d.Active, HeldBy: m.holder[o.ID], Image: d.image(d.Active)}
	for p := range d.Points {
		s.Snapshots = append(s.Snapshots, p)
	}
	slices.Sort(s.Snapshots)
	for _, l := range d.Layers {
		s.Used += 4096
		for k, v := range l.Data {
			s.Used += int64(len(k) + len(v))
		}
	}
	return s
}

// image is what a layer stands on.
func (d *disk) image(name string) plan.ID {
	l := d.Layers[name]
	for l != nil && l.Base != "" {
		l = d.Layers[l.Base]
	}
	if l == nil {
		return ""
	}
	return l.Image
}

// imageUser names a volume that has a layer on an image, "" for none.
func (m *Machine) imageUser(image plan.ID) (user plan.ID) {
	for ref, o := range m.objects {
		if o.Disk == nil || user != "" && user < ref.ID {
			continue
		}
		for _, l := range o.Disk.Layers {
			if l.Image == image {
				user = ref.ID
			}
		}
	}
	return user
}

// content is what a reader of a layer sees.
func (d *disk) content(name string) map[string]string {
	l := d.Layers[name]
	if l == nil {
		return map[string]string{}
	}
	c := map[string]string{}
	if l.Base != "" {
		c = d.content(l.Base)
	}
	maps.Copy(c, l.Data)
	return c
}

// keep merges away every frozen layer that no wanted point names: its data
// flows into what stands on it.
func (d *disk) keep(points []string) {
	frozen := map[string]bool{}
	for p, l := range d.Points {
		if slices.Contains(points, p) {
			frozen[l] = true
		} else {
			delete(d.Points, p)
		}
	}
	names := slices.Sorted(maps.Keys(d.Layers))
	for _, name := range names {
		if name == d.Active || frozen[name] {
			continue
		}
		below := d.Layers[name]
		for _, up := range d.Layers {
			if up.Base != name {
				continue
			}
			data := maps.Clone(below.Data)
			if data == nil {
				data = map[string]string{}
			}
			maps.Copy(data, up.Data)
			up.Base, up.Image, up.Data = below.Base, below.Image, data
		}
		delete(d.Layers, name)
	}
}

// together names the volumes of one machine that must be frozen in one
// transaction with this one: those ordered to the same new layer.
func together(view host.View, id plan.ID) []plan.Ref {
	vol := host.Body[plan.Volume](view, plan.KindVolume, id)
	if vol == nil || vol.VM == "" {
		return nil
	}
	vm := host.Body[plan.VM](view, plan.KindVM, vol.VM)
	if vm == nil {
		return nil
	}
	var group []plan.Ref
	for _, a := range vm.Volumes {
		o := host.Body[plan.Volume](view, plan.KindVolume, a.Volume)
		if a.Volume != id && o != nil && o.VM == vol.VM && o.Layer == vol.Layer {
			group = append(group, plan.Ref{Kind: plan.KindVolume, ID: a.Volume})
		}
	}
	return group
}

func (m *Machine) ensureVolume(doc plan.Document, v *plan.Volume, group []plan.Ref) (plan.Status, error) {
	digest := digestOf(doc.Body)
	o := m.objects[doc.Ref()]
	if o != nil && o.Made && o.Digest == digest {
		return plan.Status{Ready: true, Volume: m.seen(o), Again: waiting}, nil
	}
	next := m.edit(doc.Ref())
	if !next.Made {
		return m.makeVolume(next, doc, v, digest)
	}
	d := next.Disk
	if vm := m.holder[doc.ID]; vm != "" && vm != v.VM {
		return m.waits(next, "is still open in the process of vm %s", vm.Short())
	}
	if v.Size > d.Size {
		d.Size = v.Size
	}
	if v.Layer != d.Active {
		st, done, err := m.switchLayer(next, doc.ID, v, group)
		if !done || err != nil {
			return st, err
		}
	}
	for _, p := range v.Snapshots {
		if _, ok := d.Points[p]; !ok {
			return plan.Status{Failed: true, Reason: "snapshot " + p + " is not there", Volume: m.seen(next)}, nil
		}
	}
	d.keep(v.Snapshots)
	next.Body, next.Digest = doc.Body, digest
	if err := m.save(next); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true, Volume: m.seen(next)}, nil
}

// makeVolume makes the first layer, blank, on an image or from a copy.
func (m *Machine) makeVolume(next *object, doc plan.Document, v *plan.Volume, digest string) (plan.Status, error) {
	if !v.Create {
		return plan.Status{Failed: true, Reason: "the disk is missing, though it was made before"}, nil
	}
	data := map[string]string{}
	switch {
	case v.Source != nil:
		src := m.objects[plan.Ref{Kind: plan.KindVolume, ID: v.Source.Volume}]
		if src == nil || src.Disk == nil {
			return plan.Status{Reason: fmt.Sprintf("waits for volume %s", v.Source.Volume.Short())}, nil
		}
		point, ok := src.Disk.Points[v.Source.Snapshot]
		if !ok {
			return plan.Status{Reason: fmt.Sprintf("waits for snapshot %s of volume %s", v.Source.Snapshot, v.Source.Volume.Short())}, nil
		}
		data = src.Disk.content(point)
	case v.Image != "":
		data["image"] = string(v.Image)
	}
	if st, more, err := m.making(next); more || err != nil {
		st.Volume = &plan.VolumeSeen{}
		return st, err
	}
	next.Disk = &disk{
		Size: v.Size, Active: v.Layer, Points: map[string]string{},
		Layers: map[string]*layer{v.Layer: {Data: data}},
	}
	if v.Source == nil { // a copy stands on nothing
		next.Disk.Layers[v.Layer].Image = v.Image
	}
	next.Made, next.Body, next.Digest = true, doc.Body, digest
	if err := m.save(next); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true, Volume: m.seen(next)}, nil
}

func (m *Machine) waits(o *object, format string, args ...any) (plan.Status, error) {
	return plan.Status{Reason: fmt.Sprintf(format, args...), Volume: m.seen(o), Again: waiting}, nil
}

// switchLayer makes the wanted layer the active one, as its name says: a
// snapshot, a restore or a reinstall.
func (m *Machine) switchLayer(next *object, id plan.ID, v *plan.Volume, group []plan.Ref) (plan.Status, bool, error) {
	d, holder := next.Disk, m.holder[id]
	snapshot, restore := plan.PointOfLayer(v.Layer)
	reinstall := plan.FreshLayer(v.Layer)
	switch {
	case d.Left[v.Layer]:
		// Following it would throw away what was written since.
		return plan.Status{Failed: true, Reason: "layer " + v.Layer + " was left behind", Volume: m.seen(next)}, false, nil
	case holder != "" && (restore || reinstall):
		st, err := m.waits(next, "waits until vm %s is off", holder.Short())
		return st, false, err
	case restore:
		point, ok := d.Points[snapshot]
		if !ok {
			return plan.Status{Failed: true, Reason: "no snapshot " + snapshot + " to restore", Volume: m.seen(next)}, false, nil
		}
		delete(d.Layers, d.Active)
		d.Layers[v.Layer] = &layer{Base: point, Data: map[string]string{}}
		d.activate(v.Layer)
	case reinstall:
		delete(d.Layers, d.Active)
		data := map[string]string{}
		if v.Image != "" {
			data["image"] = string(v.Image)
		}
		d.Layers[v.Layer] = &layer{Image: v.Image, Data: data}
		d.activate(v.Layer)
	case !slices.Contains(v.Snapshots, v.Layer):
		return plan.Status{Failed: true, Reason: "layer " + v.Layer + " is no snapshot, restore or reinstall", Volume: m.seen(next)}, false, nil
	default:
		d.freeze(v.Layer)
		// The other disks of a running machine are frozen at the same moment,
		// so that the snapshot is one point in time. Each is one file here, so
		// a crash between them leaves some to freeze with their own document;
		// that is why the group is frozen first.
		if holder != "" {
			if err := m.freezeGroup(holder, v.Layer, group); err != nil {
				return plan.Status{}, false, err
			}
		}
	}
	return plan.Status{}, true, nil
}

func (d *disk) freeze(snapshot string) {
	if d.Points == nil {
		d.Points = map[string]string{}
	}
	d.Points[snapshot] = d.Active
	d.Layers[snapshot] = &layer{Base: d.Active, Data: map[string]string{}}
	d.activate(snapshot)
}

func (d *disk) activate(layer string) {
	if d.Left == nil {
		d.Left = map[string]bool{}
	}
	d.Left[d.Active] = true
	d.Active = layer
}

// setBack tells whether the way from one layer to another abandons what was
// written since: a restore or a reinstall, for which the machine must be off.
func setBack(active, want string) bool {
	_, restore := plan.PointOfLayer(want)
	return want != active && (restore || plan.FreshLayer(want))
}

func (m *Machine) freezeGroup(vm plan.ID, snapshot string, group []plan.Ref) error {
	for _, r := range group {
		o := m.edit(r)
		if o.Disk == nil || m.holder[r.ID] != vm || o.Disk.Active == snapshot {
			continue
		}
		o.Disk.freeze(snapshot)
		o.Digest = "" // its own document still has to look at the rest
		if err := m.save(o); err != nil {
			return err
		}
	}
	return nil
}

// WriteDisk plays a guest's write into a volume.
func (m *Machine) WriteDisk(id plan.ID, key, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.edit(plan.Ref{Kind: plan.KindVolume, ID: id})
	if o.Disk == nil {
		return fmt.Errorf("write volume %s: %w", id, errNoSuch)
	}
	l := o.Disk.Layers[o.Disk.Active]
	if l.Data == nil {
		l.Data = map[string]string{}
	}
	l.Data[key] = value
	return m.save(o)
}

// ReadDisk is what a guest sees on a volume. The key "image" names the image
// it was made from.
func (m *Machine) ReadDisk(id plan.ID) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.objects[plan.Ref{Kind: plan.KindVolume, ID: id}]
	if o == nil || o.Disk == nil {
		return nil, fmt.Errorf("read volume %s: %w", id, errNoSuch)
	}
	return o.Disk.content(o.Disk.Active), nil
}

// LoseDisk destroys a volume behind everybody's back.
func (m *Machine) LoseDisk(id plan.ID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	ref := plan.Ref{Kind: plan.KindVolume, ID: id}
	delete(m.objects, ref)
	return m.opt.Folder.Remove(fileOf(ref))
}

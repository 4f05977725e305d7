package sys

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/virga-cloud/virga/internal/plan"
)

// Chain is what lies in a volume's folder. Everything is read from the files:
//
//	<layer>.qcow2     a layer; its header names the layer or image it stands on
//	active            symbolic link to the active layer
//	<snapshot>.point  symbolic link to the layer that was frozen as that point
//	<layer>.left      this layer was the active one and is not any more
//	bases             images that a layer was made on; a header that names
//	                  another one was written by somebody else
//
// The point needs a name of its own since the layer that was named after it
// goes when the machine is set back to an older point, and the point stays.
type Chain struct {
	Dir    string
	Active string            // layer, empty = the volume was never made
	Layers map[string]Layer  // by name
	Points map[string]string // snapshot to its frozen layer
	// Left are the layers that were active once. A wish for one of them was
	// overtaken (a database that came back from an older backup, say), and is
	// refused: following it would throw away what was written since.
	Left map[string]bool
	// Only limits merging to these layers; nil = any. Set by a caller that
	// cannot reach the others.
	Only map[string]bool

	bases map[plan.ID]bool // nil = from before there was a record
}

// Layer is one qcow2 file of a chain.
type Layer struct {
	Name  string
	On    string  // layer it stands on, empty = none
	Image plan.ID // image it stands on, empty = none
	Size  int64   // bytes the guest sees
}

// What moves a volume from one layer to the next. Each is durable before the
// next begins, and every driver must find its way from between any two.
var (
	pointEffect  = NewEffect("sys.chain.point")
	leftEffect   = NewEffect("sys.chain.left")
	activeEffect = NewEffect("sys.chain.active")
)

var (
	imageFile = regexp.MustCompile(`^\.\./\.\./images/([0-9a-f]{32})/disk\.qcow2$`)
	objectID  = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// IsID says whether a name is an object's id, as names of folders are.
func IsID(s string) bool { return objectID.MatchString(s) }

// VolumeDir is the folder of a volume.
func (in Installation) VolumeDir(id plan.ID) string { return in.Path("volumes", string(id)) }

// ImageBacking is how a layer names an image it stands on: relative, so that
// the installation's folder can be moved.
func ImageBacking(id plan.ID) string { return "../../images/" + string(id) + "/disk.qcow2" }

// File is the path of a layer.
func (c *Chain) File(layer string) string { return filepath.Join(c.Dir, layer+".qcow2") }

// Backing is what the header of a layer on another one says.
func Backing(layer string) string { return layer + ".qcow2" }

// LoadChain reads a volume's folder; a folder that is not there is an empty
// chain.
func LoadChain(dir string) (*Chain, error) {
	c := &Chain{Dir: dir, Layers: map[string]Layer{}, Points: map[string]string{}, Left: map[string]bool{}}
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	if err := c.readBases(); err != nil {
		return nil, err
	}
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".qcow2"); ok && plan.IsLayer(name) {
			l, err := c.readLayer(name)
			if err != nil {
				return nil, err
			}
			c.Layers[name] = l
			continue
		}
		if name, ok := strings.CutSuffix(f.Name(), ".left"); ok {
			c.Left[name] = true
			continue
		}
		name, isPoint := strings.CutSuffix(f.Name(), ".point")
		if !isPoint && f.Name() != "active" {
			continue
		}
		to, err := os.Readlink(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		to = strings.TrimSuffix(to, ".qcow2")
		if !plan.IsLayer(to) {
			return nil, fmt.Errorf("%s points at %q", filepath.Join(dir, f.Name()), to)
		}
		if isPoint {
			c.Points[name] = to
		} else {
			c.Active = to
		}
	}
	return c, nil
}

func (c *Chain) readLayer(name string) (Layer, error) {
	q, err := ReadQcow(c.File(name))
	if err != nil {
		return Layer{}, err
	}
	l := Layer{Name: name, Size: q.Size}
	if m := imageFile.FindStringSubmatch(q.Backing); m != nil {
		l.Image = plan.ID(m[1])
	} else if on, ok := strings.CutSuffix(q.Backing, ".qcow2"); ok && plan.IsLayer(on) {
		l.On = on
	} else if q.Backing != "" {
		return Layer{}, fmt.Errorf("%s stands on %q, which is no layer of ours", c.File(name), q.Backing)
	}
	if q.DataFile {
		return Layer{}, fmt.Errorf("%s keeps its data in another file", c.File(name))
	}
	if l.Image != "" && c.bases != nil && !c.bases[l.Image] {
		return Layer{}, fmt.Errorf("%s says that it stands on image %s, on which no layer of this disk was made", c.File(name), l.Image)
	}
	return l, nil
}

// readBases reads which images the layers may stand on. Their headers alone do
// not say: a guest that has taken its QEMU can write any name there, and would
// be shown that image at its next start.
func (c *Chain) readBases() error {
	b, err := os.ReadFile(filepath.Join(c.Dir, "bases"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c.bases = map[plan.ID]bool{}
	for _, id := range strings.Fields(string(b)) {
		c.bases[plan.ID(id)] = true
	}
	return nil
}

// record adds images to those that the layers may stand on.
func (c *Chain) record(images []plan.ID) error {
	all := slices.AppendSeq(slices.Clone(images), maps.Keys(c.bases))
	slices.Sort(all)
	var b strings.Builder
	for _, id := range slices.Compact(all) {
		fmt.Fprintln(&b, id)
	}
	if err := WriteFile(filepath.Join(c.Dir, "bases"), []byte(b.String()), 0o600); err != nil {
		return err
	}
	return c.readBases()
}

// StandOn notes that a layer is about to be made on an image.
func (c *Chain) StandOn(image plan.ID) error {
	if c.bases[image] {
		return nil
	}
	if c.bases == nil {
		return c.record(append(c.standsOn(), image))
	}
	return c.record([]plan.ID{image})
}

// standsOn are the images below the layers, sorted.
func (c *Chain) standsOn() []plan.ID {
	var all []plan.ID
	for _, l := range c.Layers {
		if l.Image != "" {
			all = append(all, l.Image)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Follow finishes a snapshot that was cut short: its new layer stands on the
// active one, and the link was not yet moved. Nothing else ever makes a layer
// on the active one, so what stands there is the newer active layer, empty or
// not. Only for a volume that no process holds: a running machine knows best
// which layer is its active one.
func (c *Chain) Follow() error {
	for {
		on := c.children(c.Active)
		if c.Active == "" || len(on) != 1 || strings.Contains(on[0], ".") {
			return nil
		}
		if err := c.Freeze(on[0], on[0]); err != nil {
			return err
		}
	}
}

// Freeze records that the active layer is the point and layer the new active
// one. The point first, or a crash between the two would lose its name.
func (c *Chain) Freeze(point, layer string) error {
	if c.Points[point] != c.Active {
		err := pointEffect.Do(func() error { return Link(Backing(c.Active), filepath.Join(c.Dir, point+".point")) })
		if err != nil {
			return err
		}
		c.Points[point] = c.Active
	}
	return c.Activate(layer)
}

// Activate records the active layer.
func (c *Chain) Activate(layer string) error {
	if c.Active != "" && c.Active != layer && !c.Left[c.Active] {
		err := leftEffect.Do(func() error { return WriteFile(filepath.Join(c.Dir, c.Active+".left"), nil, 0o600) })
		if err != nil {
			return err
		}
		c.Left[c.Active] = true
	}
	if err := activeEffect.Do(func() error { return Link(Backing(layer), filepath.Join(c.Dir, "active")) }); err != nil {
		return err
	}
	c.Active = layer
	return nil
}

// DropPoint forgets a point; its layer is merged later.
func (c *Chain) DropPoint(point string) error {
	if err := os.Remove(filepath.Join(c.Dir, point+".point")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	delete(c.Points, point)
	return SyncDir(c.Dir)
}

// DropLayer deletes a layer.
func (c *Chain) DropLayer(layer string) error {
	if err := os.Remove(c.File(layer)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	delete(c.Layers, layer)
	return SyncDir(c.Dir)
}

// children are the layers that stand on one, sorted.
func (c *Chain) children(layer string) []string {
	var on []string
	for _, l := range c.Layers {
		if layer != "" && l.On == layer {
			on = append(on, l.Name)
		}
	}
	slices.Sort(on)
	return on
}

// Has says whether a point is there.
func (c *Chain) Has(point string) bool {
	_, ok := c.Points[point]
	return ok
}

// Snapshots are the points that can be restored, sorted.
func (c *Chain) Snapshots() []string {
	var all []string
	for p := range c.Points {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

// Lineage is the active layer and what it stands on, from the top down.
func (c *Chain) Lineage() []string {
	var names []string
	for l := c.Active; l != "" && len(names) <= len(c.Layers); l = c.Layers[l].On {
		names = append(names, l)
	}
	return names
}

// Image is the image that the active layer stands on, empty for none.
func (c *Chain) Image() plan.ID {
	line := c.Lineage()
	if len(line) == 0 {
		return ""
	}
	return c.Layers[line[len(line)-1]].Image
}

// Used is how many bytes all files of the volume take.
func (c *Chain) Used() int64 {
	var n int64
	for name := range c.Layers {
		if fi, err := os.Stat(c.File(name)); err == nil {
			n += fi.Sys().(*syscall.Stat_t).Blocks * 512
		}
	}
	return n
}

// Broken says what is missing below the active layer and the points, empty
// when nothing is.
func (c *Chain) Broken() string {
	heads := append(c.Snapshots(), "active")
	for _, h := range heads {
		l := c.Active
		if h != "active" {
			l = c.Points[h]
		}
		for n := 0; l != ""; n++ {
			layer, ok := c.Layers[l]
			if !ok {
				return fmt.Sprintf("layer %s of the disk is missing", l)
			}
			if n > len(c.Layers) {
				return "the layers of the disk stand on each other in a circle"
			}
			l = layer.On
		}
	}
	return ""
}

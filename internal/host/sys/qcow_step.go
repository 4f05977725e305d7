package sys

import (
	"fmt"
	"slices"

	"github.com/virga-cloud/virga/internal/plan"
)

// Action is what must be done next to a chain.
type Action int

// The actions. Who carries one out depends on who holds the volume: the disk
// driver with files, or the driver of the machine through its process.
const (
	Nothing     Action = iota
	Lost               // no way from here to the wish; Reason says why
	MakeFirst          // the first layer
	FreezePoint        // freeze the active layer as Point, Layer on top
	GoBack             // Layer on the frozen layer On, abandon the active one
	StartOver          // Layer on Image, abandon the active one
	Grow               // the active layer to Size
	DropPoint          // forget Point
	DropLayer          // nothing needs Layer any more
	Merge              // layer On flows into the only one on it, Layer
)

// Step is the next action with what it needs.
type Step struct {
	Do     Action
	Layer  string
	On     string
	Point  string
	Size   int64
	Reason string
}

// Next is the next step from what is there towards what is wanted. One step
// at a time, each found from the files alone, is what makes a crash between
// any two of them harmless.
func (c *Chain) Next(want plan.Volume) Step {
	if !plan.IsLayer(want.Layer) {
		return lost("%q is no name of a layer", want.Layer)
	}
	if c.Active == "" {
		return c.first(want)
	}
	if why := c.Broken(); why != "" {
		return lost("%s", why)
	}
	if want.Layer != c.Active {
		return c.move(want)
	}
	if c.Layers[c.Active].Size < want.Size {
		return Step{Do: Grow, Layer: c.Active, Size: want.Size}
	}
	return c.tidy(want)
}

func (c *Chain) first(want plan.Volume) Step {
	if !want.Create {
		return lost("the disk is missing; it was made before and is not made again empty")
	}
	if len(c.Points) > 0 {
		return lost("the disk has points but no active layer")
	}
	layer := want.Layer
	if !plan.FreshLayer(layer) {
		layer = "0"
	}
	return Step{Do: MakeFirst, Layer: layer, Size: want.Size}
}

// move goes from the active layer to another one. One that was left before is
// refused: that wish was overtaken, and following it would throw away what was
// written since.
func (c *Chain) move(want plan.Volume) Step {
	if c.Left[want.Layer] || want.Layer == "0" {
		return lost("the disk is at layer %s, which is newer than %s", c.Active, want.Layer)
	}
	size := max(want.Size, c.Layers[c.Active].Size)
	if plan.FreshLayer(want.Layer) {
		return Step{Do: StartOver, Layer: want.Layer, Size: size}
	}
	point, restore := plan.PointOfLayer(want.Layer)
	if !restore {
		if c.Has(point) {
			return lost("snapshot %s was taken before and the disk is at layer %s", point, c.Active)
		}
		return Step{Do: FreezePoint, Layer: want.Layer, On: c.Active, Point: point, Size: size}
	}
	if !c.Has(point) {
		return lost("snapshot %s is not there", point)
	}
	return Step{Do: GoBack, Layer: want.Layer, On: c.Points[point], Point: point, Size: size}
}

// tidy removes what nothing needs. A frozen layer that is no point and on
// which several others stand stays, out of sight, until one is left.
func (c *Chain) tidy(want plan.Volume) Step {
	for _, p := range c.Snapshots() {
		if !slices.Contains(want.Snapshots, p) {
			return Step{Do: DropPoint, Point: p}
		}
	}
	for _, p := range want.Snapshots {
		if !c.Has(p) {
			return lost("snapshot %s is not there", p)
		}
	}
	kept := map[string]bool{c.Active: true}
	for _, l := range c.Points {
		kept[l] = true
	}
	for _, name := range sorted(c.Layers) {
		on := c.children(name)
		if !kept[name] && len(on) == 0 {
			return Step{Do: DropLayer, Layer: name}
		}
	}
	for _, name := range sorted(c.Layers) {
		on := c.children(name)
		if !kept[name] && len(on) == 1 && (c.Only == nil || c.Only[name] && c.Only[on[0]]) {
			return Step{Do: Merge, Layer: on[0], On: name}
		}
	}
	return Step{}
}

func sorted(m map[string]Layer) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func lost(format string, args ...any) Step {
	return Step{Do: Lost, Reason: fmt.Sprintf(format, args...)}
}

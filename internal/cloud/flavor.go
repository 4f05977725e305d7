package cloud

// Flavor is a fixed shape.
type Flavor struct {
	Meta
	Kind   string // "fixed" or "baremetal"
	Name   string
	VCPU   int
	Cores  int // per processor
	RAM    int // MiB
	DiskGB int
	Rank   int // place in lists
}

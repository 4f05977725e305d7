package plan

import (
	"regexp"
	"strings"
)

// Power is the wanted power of a machine.
type Power string

// Powers.
const (
	On  Power = "on"
	Off Power = "off"
)

// VM is a machine. It waits until its volumes, ports and images are there.
type VM struct {
	Name string `json:"name"` // a valid host name
	// Boot counts the boots that somebody asked for: it is one at the first,
	// and moves with every power-on and reboot. A running process with a
	// smaller counter is ended (softly when Soft) and a new one is started.
	// The counter is an argument of the process, so a repeat is harmless.
	Boot  int64 `json:"boot"`
	Power Power `json:"power"`
	// Soft: ask the guest (ACPI) before ending a process, and give it Grace
	// seconds; then it is ended all the same, so that nothing gets stuck.
	Soft  bool `json:"soft,omitempty"`
	Grace int  `json:"grace,omitempty"` // seconds, 0 = 60

	VCPU    int      `json:"vcpu"`
	Cores   int      `json:"cores"` // cores per socket
	RAM     int      `json:"ram"`   // MiB
	Volumes []Attach `json:"volumes"`
	NICs    []NIC    `json:"nics"`
	DVD     ID       `json:"dvd,omitempty"` // image in the drive; empty = ejected
	Seed    Seed     `json:"seed"`
	// Image is the image the main volume was made from; its manifest says
	// how to boot (own kernel or boot loader).
	Image ID `json:"image,omitempty"`
	// RAM and VCPU are changed on the running process when it can be done
	// (growth); otherwise they wait for the next boot unless Restart allows
	// to stop and start the machine for it.
	Restart bool `json:"restart,omitempty"`
}

// Attach puts a volume into a machine. The first is the boot disk.
type Attach struct {
	Volume ID `json:"volume"`
	// Serial is shown to the guest (at most 20 characters).
	Serial string `json:"serial"`
}

// NIC is a network card: a tap on the bridge of Network.
type NIC struct {
	ID      ID     `json:"id"`
	Network ID     `json:"network"`
	MAC     string `json:"mac"` // aa:bb:cc:dd:ee:ff
	// Addresses the guest may use as a source (anti-spoofing).
	Addresses []string `json:"addresses"`
	// Isolated: the card reaches the router only, no other card of the segment.
	Isolated bool `json:"isolated,omitempty"`
}

// Seed is what the guest is told at its first boot (NoCloud). No password in
// clear ever stands in a document.
type Seed struct {
	Instance string   `json:"instance"` // changes with reinstall and clone, so that the guest takes it as new
	Hostname string   `json:"hostname"`
	RootHash string   `json:"root_hash,omitempty"` // crypt(3) SHA-512
	Keys     []string `json:"keys,omitempty"`      // authorized_keys lines
	UserData string   `json:"user_data,omitempty"`
	DNS      []string `json:"dns,omitempty"`
	NICs     []SeedIF `json:"nics"`
}

// SeedIF is the configuration of one card as the guest gets it.
type SeedIF struct {
	MAC     string `json:"mac"`
	DHCP    bool   `json:"dhcp"`
	Address string `json:"address,omitempty"` // CIDR, when not DHCP
	Gateway string `json:"gateway,omitempty"`
	// More are addresses beside the one that DHCP gives, CIDR.
	More []string `json:"more,omitempty"`
}

// Volume is a disk: a chain of qcow2 layers on this host.
//
// Layers. The active layer is written to; every other one is frozen. A
// snapshot S freezes the active layer and makes a new one on top, named S, in
// one transaction for all disks of a machine. So the frozen point S is what
// layer "S", or any layer "S.<m>", stands on. Restoring S makes a layer "S.<m>"
// on the frozen point and drops the abandoned one. The first layer is "0"; a
// reinstall starts again with a layer "r<m>". The mark m is random, so that no
// name comes back (older installations counted: "S.1", "r1"). The name of the
// active layer is therefore the record of what was carried out.
//
//	image <- 0 (frozen, point A) <- A (frozen, point B) <- B   active
//	                            \- A.5e after a restore of A
type Volume struct {
	Size   int64  `json:"size"`            // bytes; only grows
	Image  ID     `json:"image,omitempty"` // backing image of the first layer; empty = blank
	Source *Copy  `json:"source,omitempty"`
	Layer  string `json:"layer"` // wanted active layer
	// Snapshots are the points that must be kept, oldest first. A point that
	// is not named is merged away (its data flows into what stands on it).
	Snapshots []string `json:"snapshots,omitempty"`
	// Create is true until the host reported the volume made. A missing disk
	// without Create is a failure, never a new blank one.
	Create bool `json:"create,omitempty"`
	// VM is the machine that may open it; empty = detached.
	VM ID `json:"vm,omitempty"`
}

// mark is a random one, or a counter of an older control plane.
const mark = `[0-9a-f]{1,16}`

var (
	reinstalled = regexp.MustCompile(`^r` + mark + `$`)
	layerName   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}(\.` + mark + `)?$`)
)

// IsLayer says whether a text is the name of a layer; it is also that of a file.
func IsLayer(name string) bool { return layerName.MatchString(name) }

// FreshLayer says whether a layer is the start of a chain: the first one or
// that of a reinstall.
func FreshLayer(name string) bool { return name == "0" || reinstalled.MatchString(name) }

// PointOfLayer is the frozen point that a layer was named after, and whether
// it is one of a restore.
func PointOfLayer(name string) (point string, restored bool) {
	point, _, restored = strings.Cut(name, ".")
	return point, restored
}

// Copy makes a volume from a frozen point of another one on the same host.
type Copy struct {
	Volume   ID     `json:"volume"`
	Snapshot string `json:"snapshot"`
}

// Image is a file that volumes are based on, or that goes into a drive. The
// host fetches it by digest over its link.
type Image struct {
	Digest string `json:"digest"` // sha256 of the packed image, 64 hex digits
	Size   int64  `json:"size"`   // bytes of the packed image
	Format string `json:"format"` // "virga" (packed image, see internal/image), "iso" (raw file for a drive)
}

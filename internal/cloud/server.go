package cloud

import (
	"fmt"
	"strings"
	"time"
)

// Server is a virtual machine. The plain columns are what is wanted; those
// that begin with Seen are what the host carried out last.
type Server struct {
	Meta
	Life
	MemberID    int64
	SiteID      int64
	RegionID    int64
	ProjectID   int64
	HostID      int64
	Name        string
	Description string
	Hostname    string
	ServerType  int64 // 2 = KVM
	FlavorID    int64
	VCPU        int
	Cores       int // per processor
	RAM         int // MiB
	ImageID     int64
	DVDID       int64
	StorageType int64 // 1 HDD, 2 SSD
	UserData    string
	DNS         []string
	GatewayID   int64 // network whose gateway is the default route

	Boot      int64 // boots asked for; see plan.VM
	Soft      bool  // how the present boot may be ended
	Restart   bool  // this change may stop and start the machine
	Reinstall int64
	Restores  int64
	Instance  int64 // moves when the guest must take itself as new

	RootHash      string // crypt(3), goes into the seed
	FirstPassword string // sealed, shown until the first power cycle
	Keys          []ServerKey
	// Spare is the installation that the main disk does not hold: during a
	// reinstall the old one, after one that was given up the new one, because
	// the host may have been just about to begin. nil when all is done.
	Spare *Install

	SeenBoot    int64
	SeenVCPU    int
	SeenCores   int
	SeenRAM     int
	SeenDVDID   int64
	SeenImageID int64
	// SeenFlavorID is the fixed size whose shape the host carried out last.
	SeenFlavorID int64
	CloneOf      int64 // server whose disks are being copied; 0 when done
	// RetryAt is when a creation that gave up is tried again; nil when only a
	// person tries it (R1a).
	RetryAt *time.Time
}

// ClonePoint is the name of the hidden snapshot of its source that a clone is
// copied from.
func (s *Server) ClonePoint() string { return "clone-" + s.UID.Hex() }

// Install is what a reinstall replaces: the image that a server stands on, and
// how its owner gets in.
type Install struct {
	Layer         string      `json:"layer"` // of the main disk
	ImageID       int64       `json:"image_id"`
	Instance      int64       `json:"instance"`
	RootHash      string      `json:"root_hash,omitempty"`
	FirstPassword string      `json:"first_password,omitempty"` // sealed
	Keys          []ServerKey `json:"keys,omitempty"`
	// Bound are the firewall policies that stood at its addresses with this
	// installation, where the other one came with its own.
	Bound []Rebound `json:"bound,omitempty"`
}

// Rebound is what stands at an address with an installation.
type Rebound struct {
	IP       int64 `json:"ip"`
	Policy   int64 `json:"policy,omitempty"`
	BlockAll bool  `json:"block_all,omitempty"`
	Other    int64 `json:"other"` // the policy with the other installation
}

// Install is the installation that a server is wanted to have, whose main disk
// has a layer of that name.
func (s *Server) Install(layer string) *Install {
	return &Install{
		Layer: layer, ImageID: s.ImageID, Instance: s.Instance, RootHash: s.RootHash, FirstPassword: s.FirstPassword, Keys: s.Keys,
	}
}

// SwapInstall takes the spare installation; the present one, on a layer of that
// name, becomes the spare.
func (s *Server) SwapInstall(layer string) {
	to := s.Spare
	s.Spare = s.Install(layer)
	s.ImageID, s.Instance, s.RootHash, s.FirstPassword, s.Keys = to.ImageID, to.Instance, to.RootHash, to.FirstPassword, to.Keys
}

// ServerKey is a public key of a server: a stored Key, or bare text.
type ServerKey struct {
	KeyID int64  `json:"key_id,omitempty"`
	Text  string `json:"text"` // an authorized_keys line
}

// Limits is a dialect's limits profile: what may be sent (R0). What is shown
// is never bound by it.
type Limits struct {
	NameMax          int
	VCPUMin, VCPUMax int
	RAMMin, RAMMax   int // MiB
	RAMStep          int // MiB
	DiskMin, DiskMax int // GB
	DiskStep         int // GB
	Description      int
}

// CheckName checks the name of an object against the profile.
func (l Limits) CheckName(field, name string) *Error {
	if name == "" {
		return Errorf(Invalid, field+".empty", "a name is required").On(field)
	}
	if n := len([]rune(name)); n > l.NameMax {
		return Errorf(Invalid, field+".long", "the name has %d characters, at most %d are allowed", n, l.NameMax).On(field)
	}
	return nil
}

// CheckHardware checks a shape against the profile.
func (l Limits) CheckHardware(p *Problems, vcpu, cores, ram int) {
	if vcpu < l.VCPUMin || (l.VCPUMax > 0 && vcpu > l.VCPUMax) {
		p.Add(Errorf(Invalid, "vcpu.range", "vcore must be %d to %d, not %d", l.VCPUMin, l.VCPUMax, vcpu).On("vcpu"))
	}
	if cores < 1 || cores > vcpu || vcpu%cores != 0 {
		p.Add(Errorf(Invalid, "cores.range", "cores_per_processor is %d, but must be at least 1 and divide vcore (%d)", cores, vcpu).On("cores"))
	}
	if ram < l.RAMMin || (l.RAMMax > 0 && ram > l.RAMMax) || (l.RAMStep > 0 && ram%l.RAMStep != 0) {
		p.Add(Errorf(Invalid, "ram.range", "ram must be %s to %s GB in steps of %s, not %s", gib(l.RAMMin), gib(l.RAMMax), gib(l.RAMStep), gib(ram)).On("ram"))
	}
}

// CheckDisk checks a size in GB.
func (l Limits) CheckDisk(gb int) *Error {
	if gb < l.DiskMin || gb > l.DiskMax || gb%l.DiskStep != 0 {
		return Errorf(Invalid, "disk.range", "a disk must be %d to %d GB in steps of %d, not %d", l.DiskMin, l.DiskMax, l.DiskStep, gb)
	}
	return nil
}

func gib(mib int) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", float64(mib)/1024), "0"), ".")
}

// GuestName makes a valid host name of any text (R13).
func GuestName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
		}
		if b.Len() >= 63 {
			break
		}
	}
	s := strings.Trim(b.String(), "-")
	if s == "" {
		return "server"
	}
	return s
}

// Volume is a disk of a server, or a block volume that outlives it.
type Volume struct {
	Meta
	Life
	Kind      VolumeKind
	MemberID  int64
	SiteID    int64
	RegionID  int64
	ProjectID int64
	HostID    int64
	ServerID  int64
	Name      string
	Main      bool
	SizeGB    int
	ImageID   int64
	Layer     string // wanted active layer; see plan.Volume
	SourceID  int64  // volume this one is copied from, until it is made
	SourceAt  string // the frozen point it is copied from
	SeenGB    int
	SeenLayer string
}

// VolumeKind tells disks from block volumes.
type VolumeKind string

// Volume kinds.
const (
	DiskVolume  VolumeKind = "disk"
	BlockVolume VolumeKind = "block"
)

// Snapshot is a node of a server's tree.
type Snapshot struct {
	Meta
	ServerID int64
	ParentID int64
	Name     string
	Active   bool
	Hidden   bool // made by a clone, never shown
	Made     bool
	Removing bool
	Expires  *time.Time
}

// Key is a public SSH key of a member.
type Key struct {
	Meta
	MemberID    int64
	Name        string
	Description string
	Text        string // full line: type, body, comment
	MD5         string
}

// Flavor is a fixed shape.
type Flavor struct {
	Meta
	Kind   string // "fixed" or "baremetal"
	Name   string
	VCPU   int
	Cores  int
	RAM    int // MiB
	DiskGB int
	Rank   int
}

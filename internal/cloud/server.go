package cloud

import (
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
	Country     string // of the region, which keeps its own for ever: lists are sorted by it
	ProjectID   int64
	HostID      int64
	Name        string
	Description string
	Hostname    string // as given, or made of the name; valid for a guest (R13)
	ServerType  int64  // 2 = KVM
	FlavorID    int64
	VCPU        int // all of them, a multiple of Cores
	Cores       int // per processor
	RAM         int // MiB
	ImageID     int64
	DVDID       int64    // image in the drive; 0 = empty
	StorageType int64    // 1 HDD, 2 SSD
	UserData    string   // as sent, for cloud-init
	DNS         []string // resolvers of the guest
	GatewayID   int64    // network whose gateway is the default route

	Boot     int64 // boots asked for; see plan.VM
	Soft     bool  // how the present boot may be ended
	Restart  bool  // this change may stop and start the machine
	Instance int64 // moves when the guest must take itself as new

	RootHash      string // crypt(3), goes into the seed
	FirstPassword string // sealed, shown until the first power cycle
	Keys          []ServerKey
	// Spare is the installation that the main disk does not hold: during a
	// reinstall the old one, after one that was given up the new one, because
	// the host may have been just about to begin. nil when all is done.
	Spare *Install

	SeenBoot    int64 // boot that the host carried out
	SeenVCPU    int
	SeenCores   int
	SeenRAM     int // MiB
	SeenDVDID   int64
	SeenImageID int64
	// SeenFlavorID is the fixed size whose shape the host carried out last.
	SeenFlavorID int64
	CloneOf      int64 // server whose disks are being copied; 0 when done
	// RetryAt is when a creation that gave up is tried again; nil when only a
	// person tries it (R1a).
	RetryAt *time.Time
}

// ServerVCPU and ServerRAM declare the shape of a server as it is shown: the one that was
// carried out, or, before any was, the one that is wanted.
func ServerVCPU() *Case { return shownVCPU }

// ServerRAM is in MiB; see ServerVCPU.
func ServerRAM() *Case { return shownRAM }

var (
	shownVCPU = &Case{Branches: []Branch{{When: Eq("seen_vcpu", 0), Then: Col("vcpu")}}, Else: Col("seen_vcpu")}
	shownRAM  = &Case{Branches: []Branch{{When: Eq("seen_vcpu", 0), Then: Col("ram")}}, Else: Col("seen_ram")}
)

// ClonePoint is the name of the hidden snapshot of its source that a clone is
// copied from.
func (s *Server) ClonePoint() string { return "clone-" + s.UID.Hex() }

// ServerKey is a public key of a server: a stored Key, or bare text.
type ServerKey struct {
	KeyID int64  `json:"key_id,omitempty"`
	Text  string `json:"text"` // an authorized_keys line
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

// GuestHost is GuestName for a text that is meant as the name of a host: its dots
// stay, and what lies between them is made valid.
func GuestHost(name string) string {
	var b strings.Builder
	for label := range strings.SplitSeq(name, ".") {
		if !strings.ContainsFunc(strings.ToLower(label), inHostName) {
			continue
		}
		label = GuestName(label)
		if b.Len()+1+len(label) > hostNameMax {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(label)
	}
	if b.Len() == 0 {
		return GuestName("")
	}
	return b.String()
}

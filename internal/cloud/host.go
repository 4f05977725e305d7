package cloud

import "time"

// HostState is what an operator decided about a host.
type HostState string

// Host states.
const (
	HostNew  HostState = "new" // has a token to join with, and has never spoken: nothing is placed on it
	HostUp   HostState = "up"
	HostLost HostState = "lost" // declared; its machines are gone
)

// Host is a machine that runs servers: a CloudCIX server (physical).
type Host struct {
	Meta
	RegionID    int64
	Name        string
	State       HostState
	Enabled     bool
	Fake        bool
	ServerType  int64
	StorageType int64
	VCPU        int // sellable, after overcommitment
	Cores       int
	RAM         int // MiB, whole machine
	DiskGB      int
	Accelerator string
	LastSeen    *time.Time
	UsedVCPU    int // running totals of placed servers, kept in the transactions that place and free
	UsedRAM     int
	UsedGB      int
	Servers     int
	Whole       int64 // bare-metal server that has the host to itself; 0 = none
}

// ImageKind says what an image is for.
type ImageKind string

// Kinds of images.
const (
	Appliance ImageKind = "appliance"
	OwnImage  ImageKind = "own"
	ISOImage  ImageKind = "iso"
	Recovery  ImageKind = "recovery"
)

// Image is what disks start from, or what goes into a drive.
type Image struct {
	Meta
	Kind         ImageKind
	MemberID     int64 // own images
	Name         string
	DisplayName  string
	Description  string
	Family       string // Linux, Windows, Other
	OS           string
	OSVersion    string
	Architecture int
	ImageType    string // STANDARD, MINIMAL, ISO_OS
	Type         string // IMAGE, APPLICATION, ISO; OS or APP for ISOs
	Categories   []string
	Compatible   []string // cloud, baremetal
	MinGB        int
	Filename     string
	Variant      string
	Answer       string
	CloudInit    bool
	MultipleIPs  bool
	Public       bool
	ServerType   int64
	SKU          string
	Regions      []int64 // empty = all
	Digest       string  // sha256 of the packed file; empty = known by name, not here
	SizeBytes    int64
}

// Available tells whether machines in the region can use the image.
func (i *Image) Available(region int64) bool {
	if len(i.Regions) == 0 {
		return true
	}
	for _, r := range i.Regions {
		if r == region {
			return true
		}
	}
	return false
}

// Event is one line of the append-only record: the start or the end of an
// operation (R8). Both lines of an operation carry the same Operation.
type Event struct {
	ID        int64
	Operation UID
	End       bool
	At        time.Time
	Started   time.Time
	MemberID  int64
	SiteID    int64
	RegionID  int64
	UserID    int64
	UserUID   UID
	UserName  string // as it was then; "guest" or "system" without a user
	Source    string // address the request came from
	Action    string // CREATE, UPDATE, DELETE, ...
	Kind      string // server, ip, key, ...
	ObjectID  int64
	ObjectUID UID
	Object    string // name, as it was then
	ProjectID int64
	State     int            // CloudCIX state it led to; 0 = none
	Quantity  map[string]int // changed quantities
	Failed    bool
	Reason    string
}

// Idempotency remembers an accepted write for 24 hours, so that a repeat
// with the same key answers the same (docs/explain/repeats.md).
type Idempotency struct {
	ID      int64
	UserID  int64
	Key     string
	Digest  []byte
	Status  int
	Body    string // sealed
	Created time.Time
}

// Setting is one value of the installation.
type Setting struct {
	ID    int64
	Name  string
	Value string
}

package cloud

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

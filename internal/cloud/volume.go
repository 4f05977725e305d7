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
	Main      bool   // the one that the server boots from
	SizeGB    int    // wanted; disks only grow
	ImageID   int64  // image that its layers stand on
	Layer     string // wanted active layer; see plan.Volume
	SourceID  int64  // volume this one is copied from, until it is made
	SourceAt  string // the frozen point it is copied from
	SeenGB    int    // carried out; 0 = not made yet
	SeenLayer string // active layer as the host reports it
}

// RestoreLayer is the name of the layer on which a disk goes on after its
// snapshot was restored. A mark is for one restore: a name that came back, as a
// counter does with a restored database, would be taken for carried out.
func RestoreLayer(snapshot, mark UID) string { return snapshot.Hex() + "." + mark.Hex()[:16] }

// ReinstallLayer is the name of the layer with which a reinstalled disk begins.
func ReinstallLayer(mark UID) string { return "r" + mark.Hex()[:16] }

// VolumeKind tells disks from block volumes.
type VolumeKind string

// Volume kinds.
const (
	DiskVolume  VolumeKind = "disk"
	BlockVolume VolumeKind = "block"
)

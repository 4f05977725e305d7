package cloud

import "slices"

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
	Architecture int    // bits: 32 or 64
	ImageType    string // STANDARD, MINIMAL, ISO_OS
	Type         string // IMAGE, APPLICATION, ISO; OS or APP for ISOs
	Categories   []string
	Compatible   []string // cloud, baremetal
	MinGB        int      // smallest main disk
	Filename     string   // as CloudCIX shows it
	Variant      string
	Answer       string
	CloudInit    bool // reads the seed
	MultipleIPs  bool // may have more than one private address (CloudCIX)
	Public       bool // everybody sees it
	ServerType   int64
	SKU          string
	Regions      []int64 // empty = all
	Digest       string  // sha256 of the packed file; empty = known by name, not here
	SizeBytes    int64   // of the packed file
}

// Available tells whether machines in the region can use the image.
func (i *Image) Available(region int64) bool {
	return len(i.Regions) == 0 || slices.Contains(i.Regions, region)
}

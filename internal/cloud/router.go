package cloud

// Router is the project's virtual router.
type Router struct {
	Meta
	Life
	ProjectID  int64
	RegionID   int64
	HostID     int64
	FloatingID int64 // IP, its address on the outside
}

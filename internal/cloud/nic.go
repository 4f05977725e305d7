package cloud

// NIC is a network card of a server.
type NIC struct {
	Meta
	ServerID  int64
	NetworkID int64
	MAC       string
	Rank      int
	Removing  bool
}

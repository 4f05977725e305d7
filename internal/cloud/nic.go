package cloud

// NIC is a network card of a server.
type NIC struct {
	Meta
	ServerID  int64
	NetworkID int64
	HostID    int64  // that of the server
	MAC       string // made of region, private address and server type; unique among live rows
	Rank      int    // order of the cards, from 0: the first is the default
	Removing  bool
}

package cloud

// NIC is a network card of a server.
type NIC struct {
	Meta
	ServerID  int64
	NetworkID int64
	HostID    int64  // that of the server
	MAC       string // made of region, private address and server type; unique among live rows
	Rank      int    // order of the cards, from 0: the first is the default
	Removing  bool   // it is to be taken away
	// Built: a host has put it into the machine. What was never there is not waited
	// for when a change is given up.
	Built bool
	// Had is the address that it had when it was taken away; "" before. Whoever comes
	// back to a network gets it again, where it is free.
	Had string
}

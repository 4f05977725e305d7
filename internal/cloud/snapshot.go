package cloud

import "time"

// Snapshot is a node of a server's tree.
type Snapshot struct {
	Meta
	ServerID int64
	ParentID int64 // snapshot that it stands on; 0 = the image
	Name     string
	Active   bool       // the disks stand on it now
	Hidden   bool       // made by a clone, never shown
	Made     bool       // a host froze all disks
	Removing bool       // ordered to go, and shown no more
	Expires  *time.Time // shown by 1&1 as its deletion date; nothing is deleted by it
}

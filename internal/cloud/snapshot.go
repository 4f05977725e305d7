package cloud

import "time"

// Snapshot is a node of a server's tree.
type Snapshot struct {
	Meta
	ServerID int64
	ParentID int64
	Name     string
	Active   bool
	Hidden   bool // made by a clone, never shown
	Made     bool
	Removing bool
	Expires  *time.Time
}

package admin

import (
	"net/http"
	"os"
	"path/filepath"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Backup asks for a copy of the database in a file of the same machine.
type Backup struct {
	Path      string `json:"path"`
	Overwrite bool   `json:"overwrite,omitempty"` // what has the name already
}

// BackedUp is a finished backup.
type BackedUp struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

func (a *Verbs) backup(r *http.Request, in Backup) (BackedUp, error) {
	if !filepath.IsAbs(in.Path) {
		return BackedUp{}, cloud.Errorf(cloud.Invalid, "backup.path", "the path %q is not absolute", in.Path).On("path")
	}
	if _, err := os.Stat(filepath.Dir(in.Path)); err != nil { // path: the operator's, on this machine
		return BackedUp{}, cloud.Errorf(cloud.Invalid, "backup.path", "there is no folder %s", filepath.Dir(in.Path)).On("path")
	}
	if _, err := os.Lstat(in.Path); err == nil && !in.Overwrite { // path: as above
		return BackedUp{}, cloud.Errorf(cloud.Conflict, "backup.exists", "%s is there already", in.Path).On("path").
			WithFix("Choose another name; `virga backup --overwrite` replaces it.")
	}
	if err := a.DB.Backup(r.Context(), in.Path); err != nil {
		return BackedUp{}, err
	}
	st, err := os.Stat(in.Path) // path: as above
	if err != nil {
		return BackedUp{}, err
	}
	return BackedUp{Path: in.Path, Bytes: st.Size()}, nil
}

package admin

import (
	"net/http"
	"os"
	"path/filepath"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Backup asks for a copy of the database in a file of the same machine.
type Backup struct {
	Path string `json:"path"`
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
	if err := a.DB.Backup(r.Context(), in.Path); err != nil {
		return BackedUp{}, err
	}
	st, err := os.Stat(in.Path) // path: as above
	if err != nil {
		return BackedUp{}, err
	}
	return BackedUp{Path: in.Path, Bytes: st.Size()}, nil
}

package admin

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// ExportEvents asks for the old events in a file of the same machine.
type ExportEvents struct {
	Path   string    `json:"path"`
	Before time.Time `json:"before"`
	Remove bool      `json:"remove,omitempty"` // from the database, once the file is on the disk
}

// ExportedEvents is what came of it.
type ExportedEvents struct {
	Path       string `json:"path"`
	Lines      int    `json:"lines"`
	Operations int    `json:"operations"`
	Removed    bool   `json:"removed"`
}

// eventLine is one line of the file.
type eventLine struct {
	ID        int64          `json:"id"`
	Operation string         `json:"operation"`
	End       bool           `json:"end"`
	At        time.Time      `json:"at"`
	Started   time.Time      `json:"started"`
	Member    int64          `json:"member_id"`
	Site      int64          `json:"site_id"`
	Region    int64          `json:"region_id"`
	User      int64          `json:"user_id"`
	UserUID   string         `json:"user_uid"`
	UserName  string         `json:"user_name"`
	Source    string         `json:"source"`
	Action    string         `json:"action"`
	Kind      string         `json:"kind"`
	Object    int64          `json:"object_id"`
	ObjectUID string         `json:"object_uid"`
	Name      string         `json:"object"`
	Project   int64          `json:"project_id"`
	State     int            `json:"state"`
	Quantity  map[string]int `json:"quantity,omitempty"`
	Failed    bool           `json:"failed"`
	Reason    string         `json:"reason"`
}

func lineOf(e *cloud.Event) eventLine {
	return eventLine{
		ID: e.ID, Operation: e.Operation.String(), End: e.End, At: e.At, Started: e.Started, Member: e.MemberID, Site: e.SiteID,
		Region: e.RegionID, User: e.UserID, UserUID: e.UserUID.String(), UserName: e.UserName, Source: e.Source, Action: e.Action,
		Kind: e.Kind, Object: e.ObjectID, ObjectUID: e.ObjectUID.String(), Name: e.Object, Project: e.ProjectID, State: e.State,
		Quantity: e.Quantity, Failed: e.Failed, Reason: e.Reason,
	}
}

// exportEvents writes a new file, and removes from the database what is in it only
// after it is on the disk.
func (a *Verbs) exportEvents(r *http.Request, in ExportEvents) (out ExportedEvents, err error) {
	if !filepath.IsAbs(in.Path) {
		return out, cloud.Errorf(cloud.Invalid, "events.path", "the path %q is not absolute", in.Path).On("path")
	}
	f, err := os.OpenFile(in.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // path: the operator's, on this machine
	switch {
	case errors.Is(err, os.ErrExist):
		return out, cloud.Errorf(cloud.Conflict, "events.exists", "%s is there already", in.Path).On("path").WithFix("Choose another name.")
	case err != nil:
		return out, cloud.Errorf(cloud.Invalid, "events.path", "%s cannot be made: %s", in.Path, err).On("path")
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, f.Close(), os.Remove(in.Path)) // path: the file that was made above
		}
	}()
	w := bufio.NewWriter(f)
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	old, err := a.Control.ExportEvents(r.Context(), in.Before, func(e *cloud.Event) error { return lines.Encode(lineOf(e)) })
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return out, fmt.Errorf("write %s: %w", in.Path, err)
	}
	done = true
	if err := errors.Join(f.Close(), syncFolder(filepath.Dir(in.Path))); err != nil {
		return out, fmt.Errorf("write %s: %w", in.Path, err)
	}
	out = ExportedEvents{Path: in.Path, Lines: old.Lines, Operations: len(old.Operations)}
	if in.Remove {
		err = a.Control.RemoveEvents(r.Context(), old.Operations)
		out.Removed = err == nil
	}
	return out, err
}

// syncFolder has the name of a new file survive a crash of the machine.
func syncFolder(dir string) error {
	d, err := os.Open(dir) // path: the folder of a file of the operator's
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

package control

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// What is said of a lost server whose host was taken back, until it has reported.
const (
	askedText = "its host is back and is asked for its disks"
	askedFix  = "Wait until it has reported, which takes some seconds: a server whose disks are all there is off then, and can be started."
)

// lostReason says what took a machine away.
func lostReason(s *cloud.Server, h *cloud.Host) string {
	if h.State == cloud.HostLost || s.Reason == "" {
		return "its host " + h.Name + " is gone"
	}
	return s.Reason
}

// errLost refuses what needs the disks of a server that is lost; nil for others.
func (t *Txn) errLost(s *cloud.Server) error {
	h, err := store.GetAny[cloud.Host](t.Tx, s.HostID)
	if err != nil {
		return err
	}
	if h.State != cloud.HostLost && (!s.Failed || !s.Built) { // nothing was there that could be lost
		return nil
	}
	asked, err := askedFor(t.Tx, s, h)
	if err != nil {
		return err
	}
	if asked {
		return cloud.Errorf(cloud.Conflict, "server.lost", "the server %s is not there yet: %s", s.Name, askedText).WithFix(askedFix)
	}
	return cloud.Errorf(cloud.Conflict, "server.lost", "the server %s is lost: %s", s.Name, lostReason(s, h)).
		WithFix("Delete it and make a new one.")
}

// askedFor tells whether the host of a lost server is up again and has not said yet that
// a disk is not there. A disk that it has found counts too: the server's own turn is next.
func askedFor(tx *store.Tx, s *cloud.Server, h *cloud.Host) (bool, error) {
	if h == nil || h.State != cloud.HostUp || !s.Failed || !s.Built {
		return false, nil
	}
	n, failed, err := disksTold(tx, s, h)
	return n > 0 && failed == "", err
}

// disksTold is how many disks of a server its host is to have, and what it says of one
// that it cannot have as ordered, "" when there is none.
func disksTold(tx *store.Tx, s *cloud.Server, h *cloud.Host) (n int, failed string, err error) {
	rows, err := tx.Query(`SELECT status FROM orders WHERE work_kind = 'server' AND work_key = $1 AND host = $2
		AND kind = 'volume' AND absent = 0`, s.ID, h.ID)
	if err != nil {
		return 0, "", fmt.Errorf("disks of server %d: %w", s.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var st struct {
			Failed bool   `json:"failed"`
			Reason string `json:"reason"`
		}
		err := rows.Scan(&text)
		if err == nil && text != "" {
			err = json.Unmarshal([]byte(text), &st)
		}
		if err != nil {
			return 0, "", fmt.Errorf("disks of server %d: %w", s.ID, err)
		}
		if n++; st.Failed {
			failed = cmp.Or(st.Reason, "its host cannot make it so")
		}
	}
	return n, failed, rows.Err()
}

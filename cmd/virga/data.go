package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/sys"
)

const defaultData = "/var/lib/virga"

// data is the folder of an installation.
type data struct {
	dir  string
	lock *os.File
}

// dataDir finds the folder that the flag or the environment names.
func dataDir(cmd *cobra.Command) (string, error) {
	dir, err := cmd.Flags().GetString("data")
	if err == nil && dir == "" && cmd.Flags().Changed("data") {
		return "", fail(exitUsage, "--data is empty (a variable that is not set?); name a folder, or leave it out for %s", defaultData)
	}
	if err != nil || dir == "" {
		dir = os.Getenv("VIRGA_DATA")
	}
	if dir == "" {
		dir = defaultData
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	// A link to the folder is the operator's; what is checked is where it leads.
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real, nil
	}
	return dir, nil // it is made at the first start
}

// openData takes the folder for this process alone: no two may work on one
// database or make one host's artefacts.
func openData(dir string) (*data, error) {
	if err := checkFolder(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make %s: %w", dir, err)
	}
	if err := checkFiles(dir); err != nil {
		return nil, err
	}
	// Nobody but us can put a link there by now; if it is one, it stays unopened.
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fail(exitConflict, "another virga works on %s; stop it first, or use --data for a second installation", dir)
	}
	// The number is for `virga down`, which ends whoever holds the lock.
	if err := f.Truncate(0); err != nil {
		return nil, fmt.Errorf("write lock: %w", err)
	}
	if _, err := f.WriteAt([]byte(fmt.Sprintln(os.Getpid())), 0); err != nil {
		return nil, fmt.Errorf("write lock: %w", err)
	}
	d := &data{dir: dir, lock: f}
	if err := d.checkLayout(); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// layout counts what changes in where things lie in a folder. A folder says which
// one it has, so that no binary takes one for empty whose parts lie elsewhere.
const layout = 1

// checkLayout refuses a folder whose parts lie elsewhere than this binary looks.
func (d *data) checkLayout() error {
	name := d.path("layout") // path: our own name
	b, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		if old := d.path("host", "link"); exists(old) { // before there was a mark
			return fail(exitConflict, "the agent's folder in %s lies where an older virga had it: move all of %s but `machine` to %s",
				d.dir, d.path("host"), d.path("host", "agent"))
		}
		return writeFile(name, []byte(strconv.Itoa(layout)+"\n"), 0o600)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || n <= 0 {
		return fail(exitConflict, "%s says %q, which is no layout: it is damaged; %d is what this binary writes", name, clip(b), layout)
	}
	if n > layout {
		return fail(exitConflict, "%s was used by a newer virga (layout %d, this one knows %d): use a newer binary", d.dir, n, layout)
	}
	return nil
}

// path: our own names
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// clip bounds what is shown of a file.
func clip(b []byte) []byte { return b[:min(len(b), 40)] }

func (d *data) path(parts ...string) string {
	return filepath.Join(append([]string{d.dir}, parts...)...)
}

func (d *data) close() { _ = d.lock.Close() }

// tag is the installation's four digits; every artefact on a host starts with
// them. They are drawn once.
func (d *data) tag() (string, error) { return d.drawn("tag", 2) }

// machine is where this machine's guests and networks are kept, and how they are
// called.
func (d *data) machine() (sys.Installation, error) {
	tag, err := d.tag()
	return sys.Installation{Tag: tag, Dir: d.path("host", "machine")}, err
}

// node is this folder's name among the control nodes of one database.
func (d *data) node() (string, error) { return d.drawn("node", 8) }

// drawn is a file with so many random bytes, made once.
func (d *data) drawn(name string, n int) (string, error) {
	b, err := os.ReadFile(d.path(name)) // path: our own names
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	r := make([]byte, n)
	if _, err := rand.Read(r); err != nil {
		return "", fmt.Errorf("draw %s: %w", name, err)
	}
	text := hex.EncodeToString(r)
	return text, writeFile(d.path(name), []byte(text+"\n"), 0o600)
}

// writeFile replaces a file in one step, so that readers never see half of it.
func writeFile(path string, b []byte, mode os.FileMode) error {
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := crash.Here(pointWrite); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return crash.Here(pointWritten)
}

// Around the moment in which a file of the installation gets its name.
var (
	pointWrite   = crash.Register("data.write.before")
	pointWritten = crash.Register("data.write.after")
)

// ready is what scripts read to find a running installation: DATA/ready.json,
// mode 0600, written when the service is ready.
type ready struct {
	OneAndOne string `json:"oneandone"` // base address of the 1&1 dialect
	CloudCIX  string `json:"cloudcix"`  // base address of the CloudCIX dialect, API version 1
	Token     string `json:"token"`     // API key of the operator, for X-TOKEN
	Email     string `json:"email"`     // CloudCIX login
	Password  string `json:"password"`
	APIKey    string `json:"api_key"`
	RegionID  int64  `json:"region_id"`
	PID       int    `json:"pid"`
	// Note says why the password is missing.
	Note string `json:"note,omitempty"`
}

func readReady(dir string) (ready, error) {
	var r ready
	b, err := os.ReadFile(filepath.Join(dir, "ready.json"))
	if errors.Is(err, os.ErrNotExist) {
		return r, fail(exitNoServer, "no virga was started with %s yet; start one with `virga up`", dir)
	}
	if err != nil {
		return r, fmt.Errorf("read ready.json: %w", err)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("read ready.json: %w", err)
	}
	return r, nil
}

func (d *data) writeReady(r ready) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(d.path("ready.json"), append(b, '\n'), 0o600)
}

package sys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/virga-cloud/virga/internal/plan"
)

// The users of caged processes. They have no names and no entries in
// /etc/passwd; nobody else has them: systemd gives users below firstUser to
// containers, and those above the last one to foreign file systems.
//
// An installation has the range that its tag says: the first of it is for
// tools (qemu-img), one of the others for each guest.
const (
	firstUser = 0x70000000
	userRange = 4094 // 65536 ranges end just below 0x7ffe0000
)

// ToolUser is the user of a tool that belongs to no installation.
const ToolUser = firstUser

var (
	userGive = NewEffect("sys.user.give")
	userFree = NewEffect("sys.user.free")
)

// ToolUser is the user of this installation's tools, and the group that may
// read its disks.
func (in Installation) ToolUser() (int, error) {
	tag, err := strconv.ParseUint(in.Tag, 16, 16)
	if err != nil {
		return 0, fmt.Errorf("the tag %q is no four hexadecimal digits", in.Tag)
	}
	return firstUser + int(tag)*userRange, nil
}

// User gives an object a user of its own, the same one until FreeUser. The
// record is a link in DIR/users, named by the number, so that no two get one.
func (in Installation) User(letter string, id plan.ID) (int, error) {
	first, err := in.ToolUser()
	if err != nil {
		return 0, err
	}
	uid, err := in.findUser(letter, id)
	if err != nil || uid != 0 {
		return uid, err
	}
	if err := os.MkdirAll(in.Path("users"), 0o700); err != nil {
		return 0, err
	}
	for uid := first + 1; uid < first+userRange; uid++ {
		err := userGive.Do(func() error { return os.Symlink(letter+"-"+string(id), in.Path("users", strconv.Itoa(uid))) })
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("a user for %s: %w", id, err)
		}
		return uid, SyncDir(in.Path("users"))
	}
	return 0, fmt.Errorf("all %d users of this installation are taken", userRange-1)
}

// FreeUser takes the user back from an object that has no process any more.
func (in Installation) FreeUser(letter string, id plan.ID) error {
	uid, err := in.findUser(letter, id)
	if err != nil || uid == 0 {
		return err
	}
	return userFree.Do(func() error { return os.Remove(in.Path("users", strconv.Itoa(uid))) })
}

func (in Installation) findUser(letter string, id plan.ID) (int, error) {
	all, err := os.ReadDir(in.Path("users"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, f := range all {
		to, err := os.Readlink(in.Path("users", f.Name()))
		if err != nil || to != letter+"-"+string(id) {
			continue
		}
		return strconv.Atoi(f.Name())
	}
	return 0, nil
}

// own makes a regular file a user's and a group's, with a mode. It follows no
// link. Only root gives; for others everything is theirs.
func own(path string, uid, gid int, mode fs.FileMode) error {
	if os.Geteuid() != 0 {
		return nil
	}
	fi, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !fi.Mode().IsRegular() && !fi.IsDir() {
		return fmt.Errorf("give %s: it is no file", path)
	}
	if err := os.Lchown(path, uid, gid); err != nil {
		return fmt.Errorf("give %s: %w", path, err)
	}
	if fi.Mode().Perm() == mode {
		return nil
	}
	return os.Chmod(path, mode)
}

// Give makes a file or folder wholly a user's.
func Give(path string, uid int, mode fs.FileMode) error { return own(path, uid, uid, mode) }

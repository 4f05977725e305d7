package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/image"
)

// States of a check: what is only a note does not make the doctor fail.
const (
	stateGood = "ok"
	stateNote = "note"
	stateBad  = "bad"
)

// machineCheck is one thing that a host needs.
type machineCheck struct {
	Name  string `json:"name"`
	State string `json:"state"`
	Text  string `json:"text"`
	Fix   string `json:"fix,omitempty"`
}

// hostTools are the programs that the drivers run, by Debian package.
var hostTools = []struct{ program, pkg string }{
	{"qemu-system-x86_64", "qemu-system-x86"},
	{"qemu-img", "qemu-utils"},
	{"nft", "nftables"},
}

// checkMachine says whether this machine can be a host.
func checkMachine(data string) []machineCheck {
	list := []machineCheck{
		checkRoot(), checkTools(), checkAccel(), checkDevice("/dev/net/tun", "modprobe tun"), checkNetns(), checkForwarding(),
		checkNeighbors("/proc"), checkDisk(data), checkCage(),
	}
	return append(append(list, checkGuests(data)...), checkImages()...)
}

func good(name, text string) machineCheck {
	return machineCheck{Name: name, State: stateGood, Text: text}
}

func checkRoot() machineCheck {
	if os.Geteuid() == 0 {
		return good("privileges", "root")
	}
	return machineCheck{"privileges", stateNote, "not root: only --fake works", "run `virga up` as root"}
}

func checkTools() machineCheck {
	var missing []string
	for _, t := range hostTools {
		_, err := exec.LookPath(t.program)
		if errors.Is(err, exec.ErrNotFound) { // the folders of root are not in everybody's PATH
			_, err = exec.LookPath(filepath.Join("/usr/sbin", t.program))
		}
		if err != nil {
			missing = append(missing, t.pkg)
		}
	}
	if len(missing) == 0 {
		return good("packages", "QEMU, qemu-img and nft are here")
	}
	return machineCheck{
		"packages", stateBad, "missing: " + strings.Join(missing, " "), "apt-get install --no-install-recommends " + strings.Join(missing, " "),
	}
}

// checkAccel only looks; it starts no guest.
func checkAccel() machineCheck {
	if qemu.Accel() == qemu.KVM {
		return good("acceleration", "KVM")
	}
	return machineCheck{
		"acceleration", stateNote, "no usable KVM: guests are emulated (TCG) and about ten times slower",
		"use a machine with hardware virtualisation, or switch it on in the firmware",
	}
}

func checkDevice(path, fix string) machineCheck {
	st, err := os.Stat(path)
	if err == nil && st.Mode()&os.ModeCharDevice != 0 {
		return good(path, "there")
	}
	return machineCheck{path, stateBad, "missing: guests cannot have network cards", fix}
}

func checkNetns() machineCheck {
	if _, err := os.Stat("/proc/self/ns/net"); err != nil {
		return machineCheck{"network namespaces", stateBad, "the kernel has none", "use a kernel with CONFIG_NET_NS"}
	}
	return good("network namespaces", "there")
}

func checkForwarding() machineCheck {
	b, err := os.ReadFile("/proc/net/protocols")
	if err != nil || !strings.Contains(string(b), "NETLINK") {
		return machineCheck{"netlink", stateBad, "the kernel does not offer it", "use a kernel with CONFIG_NETFILTER_NETLINK"}
	}
	return good("netlink", "there")
}

const neighborCheck = "neighbours"

// checkNeighbors watches the one table that guests of all projects share with
// this machine: a full one cuts off whoever is new.
func checkNeighbors(proc string) machineCheck {
	n, err := sys.CountNeighbors(proc)
	if err != nil {
		return machineCheck{neighborCheck, stateNote, err.Error(), ""}
	}
	text := fmt.Sprintf("%d of at most %d in the kernel's table", n.Entries, n.Limit)
	switch {
	case n.Entries > n.Limit*8/10:
		return machineCheck{
			neighborCheck, stateBad, text + ", which was full " + cloud.Count(n.Full, "time") + ": new connections fail",
			"find out who writes to so many addresses (`ip -s neigh` in each namespace), and raise net.ipv4.neigh.default.gc_thresh3",
		}
	case n.Full > 0:
		return machineCheck{
			neighborCheck, stateNote, text + "; it was full " + cloud.Count(n.Full, "time") + " since the machine started",
			"`virga up` raises the limit; if the number grows, raise net.ipv4.neigh.default.gc_thresh3",
		}
	}
	return good(neighborCheck, text)
}

// Below this, images and the first disks do not fit.
const wantedBytes = 5 << 30

// checkDisk looks at the file system of the folder, or of what will hold it.
func checkDisk(data string) machineCheck {
	dir := data
	for dir != "/" {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return machineCheck{diskCheck, stateBad, err.Error(), ""}
	}
	return room(st.Bavail*uint64(st.Bsize), data)
}

const diskCheck = "disk space"

// leastBytes is what a control plane needs to write down that something is wrong.
const leastBytes = 512 << 20

func room(free uint64, data string) machineCheck {
	c := good(diskCheck, fmt.Sprintf("%.1f GB free for %s", float64(free)/(1<<30), data))
	switch {
	case free < leastBytes:
		c.State, c.Fix = stateBad, "make room, before guests are paused and nothing can be ordered"
		c.Text += ": its file system is full, or nearly so"
	case free < wantedBytes:
		c.State, c.Fix = stateNote, "make room, or choose another folder with --data"
	}
	return c
}

func checkImages() []machineCheck {
	var list []machineCheck
	for _, b := range []struct {
		name    string
		missing func() error
	}{{"tiny", image.MissingTiny}, {"debian-12", image.MissingDebian}} {
		name := "image " + b.name
		err := b.missing()
		var m *image.MissingError
		switch {
		case err == nil:
			list = append(list, good(name, "can be built here"))
		case errors.As(err, &m):
			list = append(list, machineCheck{
				name, stateNote, "building it lacks " + strings.Join(m.Packages, " "),
				"apt-get install --no-install-recommends " + strings.Join(m.Packages, " "),
			})
		default:
			list = append(list, machineCheck{name, stateNote, err.Error(), ""})
		}
	}
	return list
}

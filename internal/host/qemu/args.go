package qemu

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// rootPorts is how many disks and cards a machine can have together. The
// ports must exist at the start; plugging a port is not possible.
const rootPorts = 16

// maxMemoryFrom is the least memory with which a machine may grow, in MiB.
// With room to grow a Linux guest sets 64 MiB aside for DMA, which a smaller
// one cannot spare.
const maxMemoryFrom = 256

// dimm is the step in which memory grows, in MiB: a memory block of x86 Linux.
const dimm = 128

// node names the block node of a layer, within QEMU's limit of 31 characters.
func node(volume plan.ID, layer string) string {
	sum := sha256.Sum256([]byte(string(volume) + "/" + layer))
	return "l" + hex.EncodeToString(sum[:15])
}

func diskDevice(id plan.ID) string { return "disk-" + string(id) }
func nicDevice(id plan.ID) string  { return "nic-" + string(id) }

// layerNode is the wish to open a layer, with what it stands on or without.
func layerNode(volume plan.ID, layer, file string) map[string]any {
	return map[string]any{
		"driver": "qcow2", "node-name": node(volume, layer), "discard": "unmap",
		"file": map[string]any{"driver": "file", "filename": file, "discard": "unmap"},
	}
}

func diskDev(a plan.Attach, drive, bus string) map[string]any {
	d := map[string]any{"driver": "virtio-blk-pci", "id": diskDevice(a.Volume), "drive": drive, "bus": bus}
	if a.Serial != "" {
		d["serial"] = fmt.Sprintf("%.20s", a.Serial)
	}
	return d
}

func nicDev(n plan.NIC, bus string) map[string]any {
	return map[string]any{
		"driver": "virtio-net-pci", "id": nicDevice(n.ID), "netdev": "net-" + string(n.ID),
		"mac": n.MAC, "bus": bus, "romfile": "",
	}
}

// bootArg carries the boot counter where /proc shows it.
const bootArg = "name=opt/virga/boot,string="

var bootArgument = regexp.MustCompile(`\x00` + regexp.QuoteMeta(bootArg) + `([0-9]{1,18})\x00`)

// bootOf reads the boot counter from the arguments of a process.
func bootOf(p sys.Process) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.PID))
	if err != nil {
		return 0, err
	}
	m := bootArgument.FindSubmatch(b)
	if m == nil {
		return 0, fmt.Errorf("process %d carries no boot counter", p.PID)
	}
	return strconv.ParseInt(string(m[1]), 10, 64)
}

// manifest is what we need of an image's manifest.json.
type manifest struct {
	Kernel  *struct{} `json:"kernel"`
	Initrd  *struct{} `json:"initrd"`
	Cmdline string    `json:"cmdline"`
}

// kernel are the arguments to boot an image that has no boot loader.
func (v *vm) kernel() ([]string, error) {
	if v.spec.Image == "" {
		return nil, nil
	}
	dir := v.In.Path("images", string(v.spec.Image))
	b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("manifest of image %s: %w", v.spec.Image, err)
	}
	if m.Kernel == nil {
		return nil, nil
	}
	args := []string{"-kernel", filepath.Join(dir, "vmlinuz"), "-append", m.Cmdline}
	if m.Initrd != nil {
		args = append(args, "-initrd", filepath.Join(dir, "initrd"))
	}
	return args, nil
}

// size settles how far the machine may grow while it runs.
func (v *vm) size() (smp, mem string) {
	cores := max(1, min(v.spec.Cores, v.spec.VCPU))
	want := max(2*v.spec.VCPU, 4)
	sockets := (want + cores - 1) / cores
	v.run.MaxCPUs = sockets * cores
	smp = fmt.Sprintf("cpus=%d,maxcpus=%d,sockets=%d,cores=%d,threads=1", v.spec.VCPU, v.run.MaxCPUs, sockets, cores)
	mem = strconv.Itoa(v.spec.RAM) + "M"
	v.run.MaxRAM = 0
	if v.spec.RAM >= maxMemoryFrom {
		v.run.MaxRAM = max(4*v.spec.RAM, v.spec.RAM+4096)
		mem = fmt.Sprintf("size=%dM,slots=16,maxmem=%dM", v.spec.RAM, v.run.MaxRAM)
	}
	return smp, mem
}

// Descriptors of the process: the log of the serial line, and then the taps.
const (
	serialFD = 3
	firstTap = 4
)

// arguments is the command line. Sockets are relative to their folder, where
// the process runs: a unix address holds 108 bytes only.
func (v *vm) arguments(layers map[plan.ID]string) ([]string, error) {
	kernel, err := v.kernel()
	if err != nil {
		return nil, err
	}
	smp, mem := v.size()
	accel, cpu := fmt.Sprintf("tcg,thread=multi,tb-size=%d", v.codeCache()>>20), "max"
	if v.Accel == KVM {
		accel, cpu = "kvm", "host"
	}
	id := string(v.id)
	args := []string{
		"-name", "guest=" + v.In.VMName(v.id) + ",debug-threads=off",
		"-uuid", id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:],
		"-fw_cfg", bootArg + strconv.FormatInt(v.spec.Boot, 10),
		"-nodefaults", "-no-user-config", "-display", "none",
		// A guest that breaks out of its devices finds few system calls.
		"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
		"-machine", "q35", "-accel", accel, "-cpu", cpu, "-smp", smp, "-m", mem,
		// A guest that powers itself off stays as a stopped process, so that it
		// is never taken for one that died.
		"-action", "shutdown=pause",
		"-chardev", "socket,id=qmp,path=qmp.sock,server=on,wait=off", "-mon", "chardev=qmp,mode=control",
		"-add-fd", fmt.Sprintf("fd=%d,set=1", serialFD),
		"-chardev", "socket,id=serial,path=serial.sock,server=on,wait=off,logfile=/dev/fdset/1,logappend=on", "-serial", "chardev:serial",
		"-device", "VGA", "-vnc", "unix:vnc.sock",
		"-device", "virtio-rng-pci", "-device", "virtio-balloon-pci,id=balloon",
		"-device", "virtio-serial-pci", "-chardev", "socket,id=qga,path=qga.sock,server=on,wait=off",
		"-device", "virtserialport,chardev=qga,name=org.qemu.guest_agent.0",
		"-device", "virtio-scsi-pci,id=scsi",
		"-blockdev", asJSON(readOnly("seed", v.file("seed.iso"))),
		"-device", "scsi-cd,id=cd-seed,bus=scsi.0,drive=seed",
	}
	for i := range rootPorts {
		args = append(args, "-device",
			fmt.Sprintf("pcie-root-port,id=rp%d,chassis=%d,addr=%#x.%#x,multifunction=on,io-reserve=0", i, i+1, 0x10+i/8, i%8))
	}
	args = append(args, v.drive()...)
	for i, a := range v.spec.Volumes {
		layer := layers[a.Volume]
		file := filepath.Join(v.In.VolumeDir(a.Volume), layer+".qcow2")
		dev := diskDev(a, node(a.Volume, layer), "rp"+strconv.Itoa(i))
		dev["bootindex"] = 2 + i
		args = append(args, "-blockdev", asJSON(layerNode(a.Volume, layer, file)), "-device", asJSON(dev))
	}
	for i, n := range v.spec.NICs {
		args = append(args,
			"-netdev", fmt.Sprintf("tap,id=net-%s,fd=%d", n.ID, firstTap+i),
			"-device", asJSON(nicDev(n, "rp"+strconv.Itoa(len(v.spec.Volumes)+i))))
	}
	return append(append(args, kernel...), v.Extra...), nil
}

// drive is the DVD drive, empty or not. A disc comes before the disk, or
// nobody could start a rescue system.
func (v *vm) drive() []string {
	dev := map[string]any{"driver": "scsi-cd", "id": "dvd", "bus": "scsi.0", "bootindex": 1}
	if v.spec.DVD == "" {
		return []string{"-device", asJSON(dev)}
	}
	dev["drive"] = "dvd-first"
	return []string{
		"-blockdev", asJSON(readOnly("dvd-first", v.disc())),
		"-device", asJSON(dev),
	}
}

// readOnly is the wish to open a disc.
func readOnly(node, file string) map[string]any {
	return map[string]any{
		"driver": "raw", "node-name": node, "read-only": true, "file": map[string]any{"driver": "file", "filename": file},
	}
}

func (v *vm) disc() string { return v.In.Path("images", string(v.spec.DVD), "disk.iso") }

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of strings and numbers
	}
	return string(b)
}

package image

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed guest
var guestFiles embed.FS

// tinySize is what the tiny guest's disk holds when its volume is not larger. Its file system
// grows by itself, so this is also the smallest volume it can have.
const tinySize = 256 << 20

// tinyCmdline leaves out what costs boot time under emulation and guards nothing in such a guest:
// error reports of the empty slots for disks and cards (plugging is ACPI's), and the 64 MiB for
// devices that cannot reach all memory, which a machine that can grow would set aside.
const tinyCmdline = "root=LABEL=rootfs console=tty0 console=ttyS0,115200 quiet panic=10 " +
	"no_timer_check cryptomgr.notests audit=0 apparmor=0 pcie_ports=compat swiotlb=1024"

func tinyPackages() []string {
	return []string{"qemu-utils", "busybox-static", "dropbear-bin", "e2fsprogs", "kmod", "lz4"}
}

// BuildTiny makes the tiny image: Debian's cloud kernel, busybox and an SSH server, in about
// ten seconds. It is for tests and first steps, and boots in the time its kernel takes.
// It needs no privilege; a *MissingError names Debian packages that are not there.
func BuildTiny(ctx context.Context, opts Options) (Built, error) {
	opts, err := opts.prepare()
	if err != nil {
		return Built{}, err
	}
	if err := MissingTiny(); err != nil {
		return Built{}, err
	}
	work, err := os.MkdirTemp(opts.Cache, "tiny-*")
	if err != nil {
		return Built{}, fmt.Errorf("build tiny: %w", err)
	}
	defer os.RemoveAll(work)
	b, err := buildTiny(ctx, opts, work)
	if err != nil {
		return Built{}, fmt.Errorf("build tiny: %w", err)
	}
	return b, nil
}

func buildTiny(ctx context.Context, opts Options, work string) (Built, error) {
	const steps = 5
	opts.Progress("kernel", 0, steps)
	k, err := fetchKernel(ctx, work)
	if err != nil {
		return Built{}, err
	}
	opts.Progress("programs", 1, steps)
	root, err := tinyRoot(ctx, k, work)
	if err != nil {
		return Built{}, err
	}
	opts.Progress("initial RAM disk", 2, steps)
	out := filepath.Join(work, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		return Built{}, err
	}
	if err := tinyInitrd(ctx, k, root, out, work); err != nil {
		return Built{}, err
	}
	if err := copyFile(filepath.Join(out, KernelName), k.image); err != nil {
		return Built{}, err
	}
	opts.Progress("disk", 3, steps)
	raw := filepath.Join(work, "disk.raw")
	if err := makeExt4(ctx, root, raw, tinySize, work); err != nil {
		return Built{}, err
	}
	if _, err := run(ctx, work, packEnv(), nil, "qemu-img", "convert", "-f", "raw", "-O", "qcow2",
		raw, filepath.Join(out, DiskName)); err != nil {
		return Built{}, err
	}
	opts.Progress("pack", 4, steps)
	m := Manifest{
		Version: ManifestVersion, Name: "tiny", Kind: KindDisk,
		OSFamily: "Linux", OSName: "Virga tiny", OSVersion: k.release, Arch: "amd64",
		CloudInit: true, MinRAM: 128, VirtualSize: tinySize, Cmdline: tinyCmdline,
	}
	b, err := finish(m, opts, out)
	opts.Progress("pack", steps, steps)
	return b, err
}

// finish describes what lies in out and packs it into the result folder.
func finish(m Manifest, opts Options, out string) (Built, error) {
	if opts.Name != "" {
		m.Name = opts.Name
	}
	disk := DiskName
	if m.Kind == KindISO {
		disk = ISOName
	}
	var err error
	if m.Disk, err = Describe(out, disk); err != nil {
		return Built{}, err
	}
	for _, part := range []struct {
		name string
		to   **File
	}{{KernelName, &m.Kernel}, {InitrdName, &m.Initrd}} {
		if !exists(filepath.Join(out, part.name)) {
			continue
		}
		f, err := Describe(out, part.name)
		if err != nil {
			return Built{}, err
		}
		*part.to = &f
	}
	b, err := Pack(m, out, filepath.Join(opts.Dir, m.Name+Extension))
	if err != nil {
		return Built{}, err
	}
	opts.Log.Info("image ready", "name", m.Name, "path", b.Path, "digest", b.Digest, "bytes", b.Bytes)
	return b, nil
}

// tinyRoot puts the guest's disk together.
func tinyRoot(ctx context.Context, k kernel, work string) (tree, error) {
	t := tree{}
	for _, d := range []string{
		"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/lib", "/dev", "/proc", "/sys", "/run",
		"/mnt", "/home", "/var/log", "/var/lib", "/etc/dropbear",
	} {
		t.dir(d, 0o755)
	}
	t.dir("/root", 0o700)
	t.dir("/tmp", 0o777|os.ModeSticky)
	t.dir("/var/tmp", 0o777|os.ModeSticky)
	t.link("/var/run", "/run")
	if err := addBusybox(ctx, t, work); err != nil {
		return nil, err
	}
	if err := addPrograms(ctx, t, work); err != nil {
		return nil, err
	}
	if err := addModules(ctx, t, k, work); err != nil {
		return nil, err
	}
	return t, addGuestFiles(t, k)
}

// addBusybox adds busybox and a link for each program in it that nothing better replaces.
func addBusybox(ctx context.Context, t tree, work string) error {
	busybox, err := lookTool("busybox")
	if err != nil {
		return err
	}
	// A busybox that is linked to libraries would not start in the initial RAM disk.
	libs, err := libraries(ctx, work, busybox)
	if err != nil {
		return err
	}
	if len(libs) > 0 {
		return fmt.Errorf("%s is linked to libraries: install the package busybox-static", busybox)
	}
	program, err := os.ReadFile(busybox)
	if err != nil {
		return err
	}
	if program, err = hideWget(program); err != nil {
		return fmt.Errorf("%s: %w", busybox, err)
	}
	t.data("/bin/busybox", 0o755, string(program))
	list, err := output(ctx, work, "busybox", "--list")
	if err != nil {
		return err
	}
	replaced := map[string]bool{
		"busybox": true, "dpkg": true, "dpkg-deb": true, "rpm": true, "mke2fs": true, "resize2fs": true,
		"wget": true, // guest/wget says why
	}
	for _, name := range strings.Fields(list) {
		if !replaced[name] {
			t.link("/bin/"+name, "/bin/busybox")
		}
	}
	for _, name := range []string{"init", "getty", "syslogd", "reboot", "poweroff", "modprobe"} {
		t.link("/sbin/"+name, "/bin/busybox")
	}
	return nil
}

// hideWget gives busybox's own wget another name, at the same place of its sorted
// table: its shell takes what is in busybox before it looks at the path, and would
// never find guest/wget.
func hideWget(busybox []byte) ([]byte, error) {
	const name, hidden = "\x00wget\x00", "\x00wgeu\x00"
	if n := bytes.Count(busybox, []byte(name)); n != 1 {
		return nil, fmt.Errorf("it names wget %d times, and not once as that of Debian 12", n)
	}
	return bytes.Replace(busybox, []byte(name), []byte(hidden), 1), nil
}

func addPrograms(ctx context.Context, t tree, work string) error {
	for name, dst := range map[string]string{
		"dropbear": "/usr/sbin/dropbear", "dropbearkey": "/usr/bin/dropbearkey",
		"resize2fs": "/usr/sbin/resize2fs", "mke2fs": "/usr/sbin/mke2fs", "e2fsck": "/usr/sbin/e2fsck",
	} {
		source, err := lookTool(name)
		if err != nil {
			return err
		}
		libs, err := libraries(ctx, work, source)
		if err != nil {
			return err
		}
		t.program(dst, source, libs)
	}
	t.link("/usr/sbin/mkfs.ext4", "mke2fs")
	t.link("/usr/sbin/fsck.ext4", "e2fsck")
	t.file("/etc/mke2fs.conf", 0o644, "/etc/mke2fs.conf")

	// Lets scp and sftp work; it is linked to nothing but the C library.
	root, err := fetchPackage(ctx, work, "openssh-sftp-server")
	if err != nil {
		return err
	}
	sftp := filepath.Join(root, "usr/lib/openssh/sftp-server")
	libs, err := libraries(ctx, work, sftp)
	if err != nil {
		return err
	}
	t.program("/usr/lib/sftp-server", sftp, libs)
	return nil
}

var libraryRE = regexp.MustCompile(`(?m)^\s*(?:\S+ => )?(/\S+) \(0x`)

// libraries lists the shared libraries a program of this machine is linked to.
func libraries(ctx context.Context, work, program string) ([]string, error) {
	var out strings.Builder
	text, err := run(ctx, work, packEnv(), &out, "ldd", program)
	if err != nil {
		if strings.Contains(out.String()+text, "not a dynamic executable") {
			return nil, nil
		}
		return nil, err
	}
	if strings.Contains(out.String(), "not found") {
		return nil, fmt.Errorf("a library of %s is missing", program)
	}
	var list []string
	for _, m := range libraryRE.FindAllStringSubmatch(out.String(), -1) {
		list = append(list, m[1])
	}
	return list, nil
}

// addModules adds the guest's kernel modules with fresh dependency lists for just those.
func addModules(ctx context.Context, t tree, k kernel, work string) error {
	files, err := k.loadOrder(guestModules)
	if err != nil {
		return err
	}
	base := filepath.Join(work, "modules")
	dir := filepath.Join(base, "lib/modules", k.release)
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, f)), 0o755); err != nil {
			return err
		}
		if err := copyFile(filepath.Join(dir, f), filepath.Join(k.modules, f)); err != nil {
			return err
		}
	}
	for _, f := range []string{"modules.builtin", "modules.builtin.modinfo", "modules.order"} {
		if err := copyFile(filepath.Join(dir, f), filepath.Join(k.modules, f)); err != nil {
			return err
		}
	}
	if _, err := run(ctx, work, packEnv(), nil, "depmod", "-b", base, k.release); err != nil {
		return err
	}
	// busybox reads the text lists only.
	for _, f := range append(files, "modules.dep", "modules.alias", "modules.symbols") {
		t.file("/lib/modules/"+k.release+"/"+f, 0o644, filepath.Join(dir, f))
	}
	return nil
}

// addGuestFiles adds our scripts and the few files a Unix system expects.
func addGuestFiles(t tree, k kernel) error {
	entries, err := guestFiles.ReadDir("guest")
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, err := guestFiles.ReadFile("guest/" + e.Name())
		if err != nil {
			return err
		}
		switch e.Name() {
		case "initramfs-init":
		case "inittab", "fstab":
			t.data("/etc/"+e.Name(), 0o644, string(text))
		case "poweroff":
			t.data("/etc/acpi/PWRF/00000080", 0o755, string(text))
		case "wget":
			t.data("/bin/wget", 0o755, string(text))
		default:
			t.data("/lib/virga/"+e.Name(), 0o755, string(text))
		}
	}
	for name, text := range map[string]string{
		"passwd": "root:x:0:0:root:/root:/bin/sh\n" +
			"daemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
		"group":    "root:x:0:\ndaemon:x:1:\ntty:x:5:\ndisk:x:6:\nnogroup:x:65534:\n",
		"shells":   "/bin/sh\n/bin/ash\n",
		"profile":  "export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
		"hosts":    "127.0.0.1\tlocalhost\n::1\tlocalhost\n",
		"hostname": "virga\n",
		"issue":    "Virga tiny \\r \\l\n\n",
		"os-release": fmt.Sprintf("ID=virga-tiny\nNAME=\"Virga tiny\"\nPRETTY_NAME=\"Virga tiny\"\nVERSION_ID=%s\n",
			k.release),
		"resolv.conf": "",
	} {
		t.data("/etc/"+name, 0o644, text)
	}
	// No password fits "*": until the seed sets one, only a key lets anyone in.
	t.data("/etc/shadow", 0o640, "root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n")
	t.link("/etc/mtab", "/proc/mounts")
	return nil
}

// tinyInitrd writes the initial RAM disk, in the compression that unpacks quickest.
func tinyInitrd(ctx context.Context, k kernel, root tree, out, work string) error {
	t := tree{}
	for _, d := range []string{"/dev", "/proc", "/sys", "/root"} {
		t.dir(d, 0o755)
	}
	t["/bin/busybox"] = root["/bin/busybox"]
	t.parents("/bin/busybox")
	for _, name := range []string{"sh", "mount", "insmod", "cat", "findfs", "usleep", "switch_root", "reboot"} {
		t.link("/bin/"+name, "busybox")
	}
	order, err := k.loadOrder(earlyModules)
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, f := range order {
		name := "/lib/" + filepath.Base(f)
		t.file(name, 0o644, filepath.Join(k.modules, f))
		list.WriteString(name + "\n")
	}
	t.data("/modules", 0o644, list.String())
	t.data("/etc/fstab", 0o644, "dev /dev devtmpfs defaults 0 0\nproc /proc proc defaults 0 0\n")
	script, err := guestFiles.ReadFile("guest/initramfs-init")
	if err != nil {
		return err
	}
	t.data("/init", 0o755, string(script))

	plain := filepath.Join(work, "initrd.cpio")
	f, err := os.Create(plain)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := writeCpio(f, t); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	// -l: the only lz4 framing the kernel reads.
	_, err = run(ctx, work, packEnv(), nil, "lz4", "-l", "-9", "-q", "-f", plain, filepath.Join(out, InitrdName))
	return err
}

func copyFile(dst, src string) error {
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(dst)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}

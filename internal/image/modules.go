package image

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// kernel is an unpacked Debian kernel package.
type kernel struct {
	release string              // 6.1.0-56-cloud-amd64
	image   string              // path of vmlinuz
	modules string              // path of lib/modules/RELEASE
	deps    map[string][]string // file below modules -> files it needs, nearest last loaded first
	byName  map[string]string   // virtio_net -> file below modules
}

// earlyModules is what the initial RAM disk loads: enough for the root disk, and the NIC, so
// that its negotiation runs while the disk is mounted.
var earlyModules = []string{"virtio_pci", "virtio_blk", "virtio_net"}

// guestModules go onto the disk: what a virtual machine of ours can be given, and the file
// systems of shares and of disks people bring along.
var guestModules = []string{
	"virtio_pci", "virtio_blk", "virtio_net", "virtio_console", "virtio_balloon", "virtio_rng",
	"virtio_scsi", "virtio_mem", "virtiofs", "sr_mod", "sd_mod", "isofs", "button", "evdev",
	"qemu_fw_cfg", "loop", "vfat", "nls_utf8", "nls_cp437", "nls_ascii", "nls_iso8859_1",
	"overlay", "8021q", "wireguard", "tun", "nfsv3", "nfsv4", "cifs", "xfs", "btrfs", "crc32c_intel",
}

// optionalModules may be absent: kernels differ in what they build in.
var optionalModules = map[string]bool{
	"virtio_mem": true, "virtiofs": true, "qemu_fw_cfg": true, "nls_ascii": true, "wireguard": true,
	"overlay": true, "8021q": true, "tun": true, "nfsv3": true, "nfsv4": true, "cifs": true,
	"xfs": true, "btrfs": true, "crc32c_intel": true, "loop": true, "vfat": true,
	"nls_utf8": true, "nls_cp437": true, "nls_iso8859_1": true, "virtio_balloon": true,
}

var kernelPackageRE = regexp.MustCompile(`(?m)^\s*Depends:\s*(linux-image-[0-9][a-z0-9.+-]*)\s*$`)

// fetchKernel downloads and unpacks, never installs, Debian's current kernel for clouds.
func fetchKernel(ctx context.Context, work string) (kernel, error) {
	text, err := output(ctx, work, "apt-cache", "depends", "linux-image-cloud-amd64")
	if err != nil {
		return kernel{}, fmt.Errorf("find the kernel package (is `apt-get update` needed?): %w", err)
	}
	found := kernelPackageRE.FindStringSubmatch(text)
	if found == nil {
		return kernel{}, fmt.Errorf("linux-image-cloud-amd64 names no kernel; is `apt-get update` needed?")
	}
	root, err := fetchPackage(ctx, work, found[1])
	if err != nil {
		return kernel{}, err
	}
	release := strings.TrimPrefix(found[1], "linux-image-")
	k := kernel{release: release, image: filepath.Join(root, "boot/vmlinuz-"+release)}
	for _, lib := range []string{"lib/modules", "usr/lib/modules"} {
		if dir := filepath.Join(root, lib, release); exists(dir) {
			k.modules = dir
		}
	}
	if k.modules == "" || !exists(k.image) {
		return kernel{}, fmt.Errorf("package %s holds no kernel %s", found[1], release)
	}
	base := strings.TrimSuffix(strings.TrimSuffix(k.modules, "/"+release), "/lib/modules")
	if _, err := run(ctx, work, packEnv(), nil, "depmod", "-b", base, release); err != nil {
		return kernel{}, fmt.Errorf("kernel modules: %w", err)
	}
	dep, err := os.ReadFile(filepath.Join(k.modules, "modules.dep"))
	if err != nil {
		return kernel{}, fmt.Errorf("kernel modules: %w", err)
	}
	k.deps, k.byName = parseModulesDep(string(dep))
	return k, nil
}

// fetchPackage downloads a Debian package through apt, which checks its signature, and unpacks
// it below work. It returns the folder.
func fetchPackage(ctx context.Context, work, name string) (string, error) {
	dir := filepath.Join(work, "deb-"+name)
	root := filepath.Join(dir, "root")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", err
	}
	// Without the option, apt as root complains that its own user cannot read the folder.
	if _, err := run(ctx, dir, packEnv(), nil, "apt-get", "-q", "-o", "APT::Sandbox::User=root",
		"-o", "Acquire::Retries=3", "download", name); err != nil {
		return "", fmt.Errorf("download package %s: %w", name, err)
	}
	debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(debs) != 1 {
		return "", fmt.Errorf("download package %s: got %d files", name, len(debs))
	}
	if _, err := run(ctx, dir, packEnv(), nil, "dpkg-deb", "-x", debs[0], root); err != nil {
		return "", fmt.Errorf("unpack package %s: %w", name, err)
	}
	return root, nil
}

// parseModulesDep reads depmod's list: "file: what it needs, ..., what those need".
func parseModulesDep(text string) (deps map[string][]string, byName map[string]string) {
	deps, byName = map[string][]string{}, map[string]string{}
	for line := range strings.Lines(text) {
		file, needs, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		deps[file] = strings.Fields(needs)
		byName[moduleName(file)] = file
	}
	return deps, byName
}

// moduleName turns a file into the name modprobe knows: dashes and underscores are the same.
func moduleName(file string) string {
	name, _, _ := strings.Cut(filepath.Base(file), ".ko")
	return strings.ReplaceAll(name, "-", "_")
}

// loadOrder lists the files of the named modules and of all they need, each after its needs.
func (k kernel) loadOrder(names []string) ([]string, error) {
	var order []string
	seen := map[string]bool{}
	for _, name := range names {
		file, ok := k.byName[strings.ReplaceAll(name, "-", "_")]
		if !ok {
			if optionalModules[name] {
				continue
			}
			return nil, fmt.Errorf("kernel %s has no module %s", k.release, name)
		}
		// depmod lists needs from the nearest to the deepest: the deepest is loaded first.
		needs := k.deps[file]
		for i := len(needs) - 1; i >= 0; i-- {
			if !seen[needs[i]] {
				seen[needs[i]] = true
				order = append(order, needs[i])
			}
		}
		if !seen[file] {
			seen[file] = true
			order = append(order, file)
		}
	}
	return order, nil
}

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}

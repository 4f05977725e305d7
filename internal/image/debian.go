package image

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// debianSize is what the guest sees when its volume is not larger. cloud-init grows the file
// system with the volume.
const debianSize = 3 << 30

const debianCmdline = "root=LABEL=rootfs ro console=tty0 console=ttyS0,115200 quiet"

// debianReleases maps an image's name to Debian's release.
var debianReleases = map[string]struct{ suite, version string }{
	"debian-12": {"bookworm", "12"},
	"debian-13": {"trixie", "13"},
}

// debianInclude is what the guest has beyond Debian's minimal system.
var debianInclude = []string{
	"linux-image-cloud-amd64", "cloud-init", "cloud-guest-utils", "e2fsprogs", "openssh-server",
	"qemu-guest-agent", "systemd-sysv", "systemd-resolved", "iproute2", "netplan.io", "udev", "dbus",
	"acpid", "sudo", "ca-certificates", "less", "nano", "iputils-ping", "isc-dhcp-client",
}

// debianScript runs in the finished tree, with its folder as $1. It must not leave anything that
// two machines would share: host keys, machine id, random seed.
const debianScript = `set -eu
root=$1
rm -f "$root"/etc/ssh/ssh_host_*_key* "$root"/var/lib/systemd/random-seed "$root"/var/lib/dbus/machine-id
: > "$root"/etc/machine-id
printf 'LANG=C.UTF-8\n' > "$root"/etc/default/locale
rm -f "$root"/etc/hostname "$root"/etc/resolv.conf
ln -s ../run/systemd/resolve/stub-resolv.conf "$root"/etc/resolv.conf
printf 'LABEL=rootfs / ext4 errors=remount-ro,x-systemd.growfs 0 1\n' > "$root"/etc/fstab
printf 'datasource_list: [ NoCloud, None ]\n' > "$root"/etc/cloud/cloud.cfg.d/90-virga.cfg
printf 'disable_root: false\nssh_pwauth: true\nlocale: C.UTF-8\nssh_genkeytypes: [ed25519, ecdsa, rsa]\n' \
	> "$root"/etc/cloud/cloud.cfg.d/91-virga.cfg
mkdir -p "$root"/etc/ssh/sshd_config.d
printf 'PermitRootLogin yes\n' > "$root"/etc/ssh/sshd_config.d/10-virga.conf
# The first boot's network wait is cloud-init's, not that of links nobody configured.
mkdir -p "$root"/etc/systemd/system/systemd-networkd-wait-online.service.d
printf '[Service]\nExecStart=\nExecStart=/lib/systemd/systemd-networkd-wait-online --any --timeout=30\n' \
	> "$root"/etc/systemd/system/systemd-networkd-wait-online.service.d/virga.conf
# CPUs and memory that join are used at once; the kernel leaves that to user space.
mkdir -p "$root"/etc/udev/rules.d
printf 'SUBSYSTEM=="cpu", ACTION=="add", TEST=="online", ATTR{online}!="1", ATTR{online}="1"\n' \
	> "$root"/etc/udev/rules.d/80-virga-hotplug.rules
printf 'SUBSYSTEM=="memory", ACTION=="add", TEST=="state", ATTR{state}!="online", ATTR{state}="online"\n' \
	>> "$root"/etc/udev/rules.d/80-virga-hotplug.rules
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/man/* \
	"$root"/var/log/*.log "$root"/var/log/apt
`

func debianPackages() []string { return []string{"mmdebstrap", "debian-archive-keyring"} }

// BuildDebian makes a full Debian image ("debian-12") with cloud-init and the QEMU guest agent
// from Debian's packages, in one to two minutes. It must run as root. The file system fills the
// disk, without a boot loader: the manifest names kernel and initial RAM disk.
func BuildDebian(ctx context.Context, release string, opts Options) (Built, error) {
	r, ok := debianReleases[release]
	if !ok {
		return Built{}, fmt.Errorf("build %s: unknown release, want debian-12 or debian-13", release)
	}
	opts, err := opts.prepare()
	if err != nil {
		return Built{}, err
	}
	if err := MissingDebian(); err != nil {
		return Built{}, err
	}
	if os.Geteuid() != 0 {
		return Built{}, fmt.Errorf("build %s: needs root, to keep the owners of the files", release)
	}
	work, err := os.MkdirTemp(opts.Cache, release+"-*")
	if err != nil {
		return Built{}, fmt.Errorf("build %s: %w", release, err)
	}
	defer os.RemoveAll(work)
	m := Manifest{
		Version: ManifestVersion, Name: release, Kind: KindDisk,
		OSFamily: "Linux", OSName: "Debian", OSVersion: r.version, Arch: "amd64",
		CloudInit: true, GuestAgent: true, MinRAM: 512, VirtualSize: debianSize, Cmdline: debianCmdline,
	}
	b, err := buildDebian(ctx, r.suite, m, opts, work)
	if err != nil {
		return Built{}, fmt.Errorf("build %s: %w", release, err)
	}
	return b, nil
}

func buildDebian(ctx context.Context, suite string, m Manifest, opts Options, work string) (Built, error) {
	const steps = 4
	root, out := filepath.Join(work, "root"), filepath.Join(work, "out")
	script := filepath.Join(work, "customize")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"+debianScript), 0o755); err != nil {
		return Built{}, err
	}
	if err := os.Mkdir(out, 0o755); err != nil {
		return Built{}, err
	}
	opts.Progress("packages", 0, steps)
	env := append(packEnv(), fmt.Sprintf("SOURCE_DATE_EPOCH=%d", packTime.Unix()))
	_, err := run(ctx, work, env, nil, "mmdebstrap", "--mode=root", "--variant=minbase", "--quiet",
		"--include="+strings.Join(debianInclude, ","), `--aptopt=Apt::Install-Recommends "false"`,
		"--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-include=/usr/share/doc/*/copyright",
		"--customize-hook="+script+` "$1"`, suite, root)
	if err != nil {
		return Built{}, err
	}
	opts.Progress("kernel", 1, steps)
	if err := debianBoot(root, out); err != nil {
		return Built{}, err
	}
	opts.Progress("disk", 2, steps)
	raw := filepath.Join(work, "disk.raw")
	if _, err := run(ctx, work, packEnv(), nil, "mke2fs", "-q", "-t", "ext4", "-L", "rootfs", "-b", "4096",
		"-E", "nodiscard", "-d", root, raw, fmt.Sprintf("%dk", debianSize>>10)); err != nil {
		return Built{}, err
	}
	if _, err := run(ctx, work, packEnv(), nil, "qemu-img", "convert", "-f", "raw", "-O", "qcow2", "-c",
		"-o", "compression_type=zstd", raw, filepath.Join(out, DiskName)); err != nil {
		return Built{}, err
	}
	opts.Progress("pack", 3, steps)
	b, err := finish(m, opts, out)
	opts.Progress("pack", steps, steps)
	return b, err
}

// debianBoot takes the one kernel and initial RAM disk out of the tree's boot folder.
func debianBoot(root, out string) error {
	for _, part := range []struct{ pattern, to string }{
		{"vmlinuz-*", KernelName}, {"initrd.img-*", InitrdName},
	} {
		found, err := filepath.Glob(filepath.Join(root, "boot", part.pattern))
		if err != nil || len(found) != 1 {
			return fmt.Errorf("want one %s in the boot folder, found %d", part.pattern, len(found))
		}
		if err := copyFile(filepath.Join(out, part.to), found[0]); err != nil {
			return err
		}
	}
	return nil
}

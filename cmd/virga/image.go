package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/netguard"
)

func imageCommand() *cobra.Command {
	cmd := asGroup(&cobra.Command{Use: "image", Aliases: []string{"images"}, Short: "Build, import and list what servers start from"})
	addOutput(cmd)
	cmd.AddCommand(imageBuild(), imageImport(), imageList(), imageRemove())
	return cmd
}

// listedImage is an image as `virga image list` shows it to scripts.
type listedImage struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Kind  string `json:"kind"` // appliance: a server starts from it; iso: it goes into a drive
	OS    string `json:"os"`
	MinGB int    `json:"min_gb,omitempty"` // of the disk that it needs
}

func imageList() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List what servers start from, and the discs for their drives", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			appliances, err := listed(cmd, api.ListServerAppliances)
			if err != nil {
				return err
			}
			isos, err := listed(cmd, api.ListDVDIsos)
			if err != nil {
				return err
			}
			list := make([]listedImage, 0, len(appliances)+len(isos))
			for _, a := range appliances {
				i := listedImage{ID: a.ID, Name: a.Name, Kind: "appliance", OS: system(a.OS, a.OSVersion)}
				if a.MinHDDSize != nil {
					i.MinGB = *a.MinHDDSize
				}
				list = append(list, i)
			}
			for _, d := range isos {
				list = append(list, listedImage{ID: d.ID, Name: d.Name, Kind: "iso", OS: system(d.OS, d.OSVersion)})
			}
			rows := make([][]string, 0, len(list))
			for _, i := range list {
				disk := ""
				if i.MinGB > 0 {
					disk = strconv.Itoa(i.MinGB) + " GB"
				}
				rows = append(rows, []string{i.Name, i.Kind, i.OS, disk, i.ID})
			}
			return show(cmd, list, []string{"NAME", "KIND", "SYSTEM", "DISK", "ID"}, rows)
		},
	}
	addRemote(cmd)
	return cmd
}

// system is the name of an operating system with its version, which for some is
// in the name.
func system(os, version *string) string {
	if v := textOf(version); v != "" && v != textOf(os) {
		return strings.TrimSpace(textOf(os) + " " + v)
	}
	return textOf(os)
}

func imageRemove() *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Aliases: []string{"rm"}, Short: "Offer an image no more; servers made from it stay", Args: usage(cobra.ExactArgs(1)),
		ValidArgsFunction: completeAllImages,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := order[any](cmd, http.MethodDelete, "/images/"+url.PathEscape(args[0]), nil); err != nil {
				return err
			}
			return done(cmd, "the image %s is offered no more", args[0])
		},
	}
}

func imageBuild() *cobra.Command {
	var out string
	var replace bool
	cmd := &cobra.Command{
		Use:   "build tiny|debian-12",
		Short: "Build an image on this machine and add it",
		Long: `Build an image on this machine and add it to the running installation.

"tiny" boots in seconds and is made without privileges; "debian-12" is a full
Debian with cloud-init and needs root. Without a running control plane the file
is left, to be added later with "virga image import FILE".`,
		Args: usage(cobra.ExactArgs(1)), ValidArgs: []string{"tiny", "debian-12"},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "tiny":
				return addBuilt(cmd, out, replace, image.BuildTiny)
			case "debian-12":
				return addBuilt(cmd, out, replace, func(ctx context.Context, o image.Options) (image.Built, error) {
					return image.BuildDebian(ctx, args[0], o)
				})
			}
			return fail(exitUsage,
				"%q cannot be built; there are tiny and debian-12. Other disks can be imported: `virga image import URL --sha256 SUM`", args[0])
		},
	}
	addBuild(cmd, &out, &replace)
	return cmd
}

// addBuild declares what all verbs have that make an image.
func addBuild(cmd *cobra.Command, out *string, replace *bool) {
	cmd.Flags().StringVar(out, "dir", "", "folder for the packed file, which is kept there (default: a temporary one)")
	cmd.Flags().BoolVar(replace, "replace", false, "take the name from the image that has it: new servers start from this one")
}

func imageImport() *cobra.Command {
	var out, sum, name string
	var allow []string
	var proxy, replace, raw bool
	cmd := &cobra.Command{
		Use:   "import URL|FILE",
		Short: "Add a disk, an ISO or a packed image",
		Long: `Add a disk, an ISO or a packed image. A URL may lead to addresses that are
reachable from everywhere, also by redirects; this machine, other parts of the
installation and private ranges are refused unless --allow names them.`,
		Example: "  virga image import https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2 --sha256 SUM",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := importable(args[0], sum); err != nil {
				return err
			}
			return addBuilt(cmd, out, replace, func(ctx context.Context, o image.Options) (b image.Built, err error) {
				o.Name, o.Raw = name, raw
				if o.Guard, err = importGuard(cmd, allow, proxy); err != nil {
					return image.Built{}, err
				}
				return image.Import(ctx, args[0], sum, o)
			})
		},
	}
	cmd.Flags().StringVar(&sum, "sha256", "", "SHA-256 of the source; required for a URL")
	cmd.Flags().StringVar(&name, "name", "", "name of the image (default: that of the file)")
	cmd.Flags().StringSliceVar(&allow, "allow", nil, "private or local ranges that the URL may lead to, such as 10.0.0.0/8")
	cmd.Flags().BoolVar(&proxy, "proxy",
		false, "go through the proxy of the environment (HTTPS_PROXY), which then decides what may be reached")
	cmd.Flags().BoolVar(&raw, "raw", false, "take a file in which there is no sign of a disk as one, byte for byte")
	addBuild(cmd, &out, &replace)
	return cmd
}

// importable refuses what no import can succeed with, in words about what was typed.
//
// path: the file that the operator named
func importable(source, sum string) error {
	if _, err := hex.DecodeString(sum); err != nil || sum != "" && len(sum) != 64 {
		return fail(exitUsage, "--sha256: %q is no SHA-256, which has 64 hex digits", sum)
	}
	scheme, _, isURL := strings.Cut(source, "://")
	switch {
	case isURL && scheme != "http" && scheme != "https":
		return fail(exitUsage, "there is no import by %s; it goes by http, https, or from a file", scheme)
	case isURL && sum == "":
		return fail(exitUsage, "say with --sha256 what the download should be; only then it is taken")
	case isURL:
		return nil
	}
	if _, err := os.Stat(source); errors.Is(err, os.ErrNotExist) {
		return fail(exitNotFound, "there is no file %s", source)
	}
	return nil
}

// importGuard says where a download may go. The addresses of hosts are known to a
// running control plane only; without one there is none to protect.
func importGuard(cmd *cobra.Command, allow []string, proxy bool) (g netguard.Guard, err error) {
	g.Proxy = proxy
	for _, text := range allow {
		p, err := parseRange(text)
		if err != nil {
			return g, fail(exitUsage, "--allow: %v", err)
		}
		g.Allow = append(g.Allow, p)
	}
	hosts, err := query[[]admin.Host](cmd, "/hosts")
	if err != nil && exitCode(err) != exitNoServer {
		return g, err
	}
	for _, h := range hosts {
		if a, err := netip.ParseAddr(h.Address); err == nil {
			g.Refuse = append(g.Refuse, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return g, nil
}

// addBuilt makes a packed image and registers it. Without a control plane the
// work of minutes is not thrown away: the file stays.
func addBuilt(cmd *cobra.Command, dir string, replace bool, build func(context.Context, image.Options) (image.Built, error)) error {
	data, err := dataDir(cmd)
	if err != nil {
		return err
	}
	keep := dir != ""
	if !keep {
		if dir, err = workFolder(data); err != nil {
			return err
		}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("folder for the image: %w", err)
	}
	p := &stepLine{cmd: cmd, tty: isTerminal(cmd.ErrOrStderr())}
	b, err := build(cmd.Context(), image.Options{Dir: dir, Progress: p.show})
	p.end()
	if err != nil {
		if !keep {
			_ = os.RemoveAll(dir) // best effort; it is a work folder
		}
		return explainImage(err)
	}
	row, err := order[admin.Image](cmd, http.MethodPost, "/images", admin.AddImage{Path: b.Path, Name: b.Name, Replace: replace})
	switch {
	case exitCode(err) == exitNoServer:
		say(cmd.OutOrStdout(), "%s", b.Path)
		return fail(exitNoServer, "the image is ready, but no virga runs "+
			"with %s to take it; start one with `virga up` and add it with `virga image import %s`", data, b.Path)
	case err != nil:
		say(cmd.ErrOrStderr(), "the image is ready in %s", b.Path)
		return err
	}
	if !keep {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("clean up: %w", err)
		}
	}
	return show(cmd, row, nil, [][]string{
		{"image", row.Name}, {"system", row.OS}, {"disk", strconv.Itoa(row.MinGB) + " GB"}, {"digest", row.Digest},
	})
}

// workFolder is beside the images when the folder of the installation is
// there, because /tmp may be small.
func workFolder(data string) (string, error) {
	parent := ""
	if st, err := os.Stat(data); err == nil && st.IsDir() {
		parent = data
	}
	dir, err := os.MkdirTemp(parent, "image-work-")
	if errors.Is(err, os.ErrPermission) {
		dir, err = os.MkdirTemp("", "virga-image-")
	}
	if err != nil {
		return "", fmt.Errorf("folder for the image: %w", err)
	}
	return dir, nil
}

// explainImage says what to do about errors of package image.
func explainImage(err error) error {
	var missing *image.MissingError
	switch {
	case errors.Is(err, netguard.ErrRefused):
		return fail(exitUsage, "%v; --allow RANGE allows it", err)
	case errors.As(err, &missing):
		return fail(exitFailed, "%v", err)
	case errors.Is(err, image.ErrInvalid):
		return &coded{code: exitUsage, err: err}
	}
	return err
}

// stepLine shows how far a long work on this machine is.
type stepLine struct {
	cmd   *cobra.Command
	tty   bool
	step  string
	drawn time.Time
}

func (p *stepLine) show(step string, done, total int64) {
	out := p.cmd.ErrOrStderr()
	if !p.tty {
		if step != p.step {
			say(out, "%s", step)
		}
		p.step = step
		return
	}
	if step == p.step && time.Since(p.drawn) < 100*time.Millisecond {
		return
	}
	p.step, p.drawn = step, time.Now()
	text := "\r\x1b[K" + step
	if total > 0 {
		text += fmt.Sprintf("  %d %% of %.0f MiB", done*100/total, float64(total)/(1<<20))
	}
	_, _ = fmt.Fprint(out, text)
}

func (p *stepLine) end() {
	if p.tty && p.step != "" {
		_, _ = fmt.Fprint(p.cmd.ErrOrStderr(), "\r\x1b[K")
	}
}

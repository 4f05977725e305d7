package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
)

// createFlags are the wishes of `virga server create`. The defaults fit a
// laptop.
type createFlags struct {
	image, flavor, region, network, ram, key, userData, description string
	cpu, disk                                                       int
	password, off                                                   bool
}

const (
	defaultRAM  = "512M"
	defaultDisk = 20
)

func serverCreate() *cobra.Command {
	var f createFlags
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a server",
		Long: `Make a server. Your public SSH key gets in (~/.ssh/id_*.pub; a key pair is made
when there is none), so that "virga ssh NAME" works; with --password a root
password is made instead and shown.`,
		Example: "  virga server create web --image tiny\n  virga server create db --image debian-12 --cpu 2 --ram 2G --disk 40 --no-wait",
		Args:    usage(cobra.ExactArgs(1)),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.image, "image", "tiny", "image to start from, by name or id")
	fl.StringVar(&f.flavor, "flavor", "", "fixed size, such as S, M or L, instead of --cpu, --ram and --disk")
	fl.IntVar(&f.cpu, "cpu", 1, "virtual processors")
	fl.StringVar(&f.ram, "ram", defaultRAM, "memory: 512M, 2G; plain numbers are MiB")
	fl.IntVar(&f.disk, "disk", defaultDisk, "size of the disk in GB")
	fl.StringVar(&f.region, "region", "", "where, by country or id (default: the installation's first region)")
	fl.StringVar(&f.network, "network", "", "private network that it is in as well, by name or id")
	fl.StringVar(&f.key, "key", "", "public key file that may log in as root (default: yours)")
	fl.BoolVar(&f.password, "password", false, "log in with a password that is made, not with a key")
	fl.StringVar(&f.userData, "user-data", "", "file with user data for cloud-init")
	fl.StringVar(&f.description, "description", "", "what it is for")
	fl.BoolVar(&f.off, "off", false, "leave it switched off")
	offer(cmd, "image", completeImages)
	offer(cmd, "flavor", completeFlavors)
	offer(cmd, "region", completeCountries)
	offer(cmd, "network", completeNetworks)
	addWait(cmd)
	return cmd
}

// clash refuses a flavor beside single sizes.
func (f *createFlags) clash(cmd *cobra.Command) error {
	for _, size := range []string{"cpu", "ram", "disk"} {
		if err := exclusive(cmd, "flavor", size); err != nil {
			return err
		}
	}
	return nil
}

func (f *createFlags) run(cmd *cobra.Command, name string) error {
	if err := errors.Join(exclusive(cmd, "key", "password"), f.clash(cmd)); err != nil {
		return err
	}
	r, err := connect(cmd)
	if err != nil {
		return err
	}
	in, err := f.request(cmd, r, name)
	if err != nil {
		return err
	}
	s, err := call(cmd.Context(), r, api.CreateServer, nil, in)
	if err != nil {
		return err
	}
	return r.settle(cmd, s)
}

func (f *createFlags) request(cmd *cobra.Command, r *remote, name string) (in api.ServerCreate, err error) {
	ctx := cmd.Context()
	in.Name = name
	on := !f.off
	in.PowerOn = &on
	if f.description != "" {
		in.Description = &f.description
	}
	if in.ApplianceID, err = r.image(ctx, f.image); err != nil {
		return in, err
	}
	if in.Hardware, err = f.hardware(ctx, r); err != nil {
		return in, err
	}
	if f.region != "" {
		id, err := r.region(ctx, f.region)
		if err != nil {
			return in, err
		}
		in.DatacenterID = &id
	}
	if f.network != "" {
		n, err := r.network(ctx, f.network)
		if err != nil {
			return in, err
		}
		in.PrivateNetworkID = &n.ID
	}
	if f.userData != "" {
		b, err := os.ReadFile(f.userData)
		if err != nil {
			return in, fail(exitUsage, "--user-data: %v", err)
		}
		text := string(b)
		in.UserData = &text
	}
	if !f.password {
		key, err := publicKey(cmd, f.key)
		if err != nil {
			return in, err
		}
		in.RSAKey = key
	}
	return in, nil
}

func (f *createFlags) hardware(ctx context.Context, r *remote) (h api.HardwareRequest, err error) {
	if f.flavor != "" {
		list, err := call(ctx, r, api.ListFixedInstanceSizes, nil, op.None{})
		if err != nil {
			return h, err
		}
		var names []string
		for _, s := range list {
			names = append(names, s.Name)
		}
		size, err := named("flavor", f.flavor, list, func(s api.FixedInstanceSize) (string, string) { return s.ID, s.Name },
			"there are "+strings.Join(names, ", "))
		h.FixedInstanceSizeID = &size.ID
		return h, err
	}
	ram, err := gigabytes(f.ram)
	if err != nil {
		return h, err
	}
	cores, main := 1, true
	h.Vcore, h.CoresPerProcessor, h.RAM = &f.cpu, &cores, &ram
	h.Hdds = []api.HDDRequest{{Size: f.disk, IsMain: &main}}
	return h, nil
}

// gigabytes reads an amount of memory: 512, 512M, 0.5G, 2GB.
func gigabytes(text string) (float64, error) {
	s := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(text)), "B"), "I")
	unit := 1.0 / 1024
	switch {
	case strings.HasSuffix(s, "G"):
		s, unit = s[:len(s)-1], 1
	case strings.HasSuffix(s, "M"):
		s = s[:len(s)-1]
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n > 0) || n > 1<<20 {
		return 0, fail(exitUsage, "%q is no amount of memory such as 512M or 2G", text)
	}
	return n * unit, nil
}

// image finds what a server may start from: the catalogue, then own images.
func (r *remote) image(ctx context.Context, name string) (string, error) {
	list, err := call(ctx, r, api.ListServerAppliances, nil, op.None{})
	if err != nil {
		return "", err
	}
	type entry struct{ id, name string }
	var all []entry
	var names []string
	for _, a := range list {
		all, names = append(all, entry{a.ID, a.Name}), append(names, a.Name)
	}
	fix := "there are " + strings.Join(names, ", ")
	if len(names) == 0 {
		fix = "make one with `virga image build tiny`"
	}
	e, err := named("image", name, all, func(e entry) (string, string) { return e.id, e.name }, fix)
	if exitCode(err) != exitNotFound {
		return e.id, err
	}
	// Images of servers are nice to have: an installation may not have them yet.
	if own, ownErr := call(ctx, r, api.ListImages, nil, op.None{}); ownErr == nil {
		for _, i := range own {
			if strings.EqualFold(i.Name, name) || strings.EqualFold(i.ID, name) {
				return i.ID, nil
			}
		}
	}
	return "", err
}

// region finds a data centre by country or id.
func (r *remote) region(ctx context.Context, name string) (string, error) {
	list, err := call(ctx, r, api.ListDatacenters, nil, op.None{})
	if err != nil {
		return "", err
	}
	var names []string
	for _, d := range list {
		names = append(names, fmt.Sprintf("%s (%s)", d.CountryCode, d.Location))
	}
	d, err := named("region", name, list, func(d api.Datacenter) (string, string) { return d.ID, d.CountryCode },
		"there are "+strings.Join(names, ", "))
	return d.ID, err
}

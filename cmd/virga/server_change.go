package main

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
)

// change is a verb on one existing server.
func change(use, short string, act func(cmd *cobra.Command, r *remote, s api.ServerSummary) (api.Server, error)) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: completeServers,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, s, err := target(cmd, args[0])
			if err != nil {
				return err
			}
			after, err := act(cmd, r, s)
			if err != nil {
				return err
			}
			return r.settle(cmd, after)
		},
	}
	addWait(cmd)
	return cmd
}

func serverPower(verb, short, action string) *cobra.Command {
	var force bool
	cmd := change(verb+" NAME", short, func(cmd *cobra.Command, r *remote, s api.ServerSummary) (api.Server, error) {
		in := api.ServerStatusAction{Action: action}
		if force {
			hard := "HARDWARE"
			in.Method = &hard
		}
		return call(cmd.Context(), r, api.SetServerStatus, []string{s.ID}, in)
	})
	if action != "POWER_ON" {
		cmd.Flags().BoolVar(&force, "force", false, "do not ask the guest: like pulling the plug")
	}
	return cmd
}

func serverResize() *cobra.Command {
	var f createFlags
	cmd := change("resize NAME", "Give a server another shape", func(cmd *cobra.Command, r *remote, s api.ServerSummary) (api.Server, error) {
		if err := f.clash(cmd); err != nil {
			return api.Server{}, err
		}
		if err := notBelow(cmd, 1, "cpu", "disk"); err != nil {
			return api.Server{}, err
		}
		if f.flavor == "" && f.cpu == 0 && f.ram == "" && f.disk == 0 {
			return api.Server{}, fail(exitUsage, "say what to change: --flavor, --cpu, --ram or --disk")
		}
		return f.resize(cmd, r, s)
	})
	cmd.Flags().StringVar(&f.flavor, "flavor", "", "fixed size, such as S, M or L")
	offer(cmd, "flavor", completeFlavors)
	cmd.Flags().IntVar(&f.cpu, "cpu", 0, "virtual processors")
	cmd.Flags().StringVar(&f.ram, "ram", "", "memory: 512M, 2G")
	cmd.Flags().IntVar(&f.disk, "disk", 0, "size of the main disk in GB; disks only grow")
	return cmd
}

// resize changes processors and memory in one call and the disk in another;
// the API has no call for both, and while one is under way the other is busy.
func (f *createFlags) resize(cmd *cobra.Command, r *remote, s api.ServerSummary) (out api.Server, err error) {
	ctx := cmd.Context()
	var in api.HardwareUpdate
	if f.cpu > 0 {
		cores := 1
		in.Vcore, in.CoresPerProcessor = &f.cpu, &cores
	}
	if f.ram != "" {
		ram, err := gigabytes(f.ram)
		if err != nil {
			return out, err
		}
		in.RAM = &ram
	}
	if f.flavor != "" {
		h, err := f.hardware(ctx, r)
		if err != nil {
			return out, err
		}
		in.FixedInstanceSizeID = h.FixedInstanceSizeID
	}
	both := in != (api.HardwareUpdate{}) && f.disk > 0
	if both { // nothing is changed unless all of it can be
		if _, err := f.resizeDisk(ctx, r, s, op.DryRun()); err != nil {
			return out, err
		}
	}
	if in != (api.HardwareUpdate{}) {
		if out, err = call(ctx, r, api.UpdateServerHardware, []string{s.ID}, in); err != nil || !both {
			return out, err
		}
		// The second change is refused while the first is under way.
		if _, err := r.await(cmd, s.ID, s.Name); err != nil {
			return out, err
		}
	}
	return f.resizeDisk(ctx, r, s)
}

func (f *createFlags) resizeDisk(ctx context.Context, r *remote, s api.ServerSummary, how ...op.Option) (out api.Server, err error) {
	full, err := call(ctx, r, api.GetServer, []string{s.ID}, op.None{})
	if err != nil {
		return out, err
	}
	for _, d := range full.Hardware.Hdds {
		if d.IsMain {
			return call(ctx, r, api.ResizeServerHDD, []string{s.ID, d.ID}, api.HDDUpdate{Size: f.disk}, how...)
		}
	}
	return out, fail(exitConflict, "%s has no main disk yet", s.Name)
}

func serverSnapshot() *cobra.Command {
	var restore, remove bool
	var expires lifeFlag
	cmd := change("snapshot NAME", "Take, restore or remove the snapshot of a server",
		func(cmd *cobra.Command, r *remote, s api.ServerSummary) (api.Server, error) {
			if err := exclusive(cmd, "restore", "remove", "expires"); err != nil {
				return api.Server{}, err
			}
			if !restore && !remove {
				until := first(expires.text, "never") // the API's own default is three days
				return call(cmd.Context(), r, api.CreateServerSnapshot, []string{s.ID}, op.None{}, op.Query(url.Values{"expires": {until}}))
			}
			full, err := call(cmd.Context(), r, api.GetServer, []string{s.ID}, op.None{})
			if err != nil {
				return full, err
			}
			if full.Snapshot == nil {
				return full, fail(exitNotFound, "%s has no snapshot", s.Name)
			}
			args := []string{s.ID, full.Snapshot.ID}
			if restore {
				return call(cmd.Context(), r, api.RestoreServerSnapshot, args, op.None{})
			}
			return call(cmd.Context(), r, api.DeleteServerSnapshot, args, op.None{})
		})
	cmd.Flags().BoolVar(&restore, "restore", false, "go back to it")
	cmd.Flags().BoolVar(&remove, "remove", false, "forget it")
	cmd.Flags().Var(&expires, "expires", "let it go by itself after a time, such as 72h or 3d, or never (default: never)")
	return cmd
}

func serverClone() *cobra.Command {
	var region string
	cmd := &cobra.Command{
		Use: "clone NAME NEWNAME", Short: "Make a copy of a server", Args: usage(cobra.ExactArgs(2)), ValidArgsFunction: completeServers,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, s, err := target(cmd, args[0])
			if err != nil {
				return err
			}
			in := api.ServerClone{Name: args[1]}
			if region != "" {
				id, err := r.region(cmd.Context(), region)
				if err != nil {
					return err
				}
				in.DatacenterID = &id
			}
			copied, err := r.clone(cmd, s, in)
			if err != nil {
				return err
			}
			return r.settle(cmd, copied)
		},
	}
	cmd.Flags().StringVar(&region, "region", "", "where to put the copy")
	offer(cmd, "region", completeCountries)
	addWait(cmd)
	return cmd
}

// clone orders a copy. While the source is busy, with the freezing for another copy
// say, the API refuses, and who waits for the copy anyway waits for that too.
func (r *remote) clone(cmd *cobra.Command, s api.ServerSummary, in api.ServerClone) (copied api.Server, err error) {
	limit, _ := cmd.Flags().GetDuration("timeout")
	ctx, cancel := context.WithTimeout(cmd.Context(), limit)
	defer cancel()
	for told := false; ; told = true {
		// An order is not cut short by the wait for its turn: nobody would know whether it was taken.
		copied, err = call(cmd.Context(), r, api.CloneServer, []string{s.ID}, in)
		if !waits(cmd) || exitCode(err) != exitConflict || !strings.Contains(err.Error(), " is busy") {
			return copied, err
		}
		if !told {
			say(cmd.ErrOrStderr(), "%s is busy; the copy is made when it is not", s.Name)
		}
		busy := err
		if _, err := r.client.WaitServer(ctx, s.ID, nil); err != nil && ctx.Err() == nil {
			return copied, r.explain(err)
		}
		if ctx.Err() != nil || !pause(ctx, r.client.Poll) {
			return copied, notOrdered(cmd, s.Name, limit, busy)
		}
	}
}

// notOrdered says that the wait for a busy server ended before anything was asked of
// it, which is no wait for work that goes on.
func notOrdered(cmd *cobra.Command, name string, limit time.Duration, busy error) error {
	if cmd.Context().Err() != nil {
		return fail(exitStopped, "stopped by a signal; the copy of %s was not ordered, and nothing is made", name)
	}
	return fail(exitConflict, "the copy of %s was not ordered within %s, and nothing is made: %v", name, limit, busy)
}

func serverDelete() *cobra.Command {
	var keep bool
	cmd := &cobra.Command{
		Use: "delete NAME...", Aliases: []string{"rm"}, Short: "Remove servers and their disks",
		Args: usage(cobra.MinimumNArgs(1)), ValidArgsFunction: completeMoreServers,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := connect(cmd)
			if err != nil {
				return err
			}
			return r.deleteServers(cmd, args, keep)
		},
	}
	cmd.Flags().BoolVar(&keep, "keep-ips", false, "keep its public addresses for another server")
	addWait(cmd)
	return cmd
}

// deleteServers orders all removals before it waits for the first, so that they
// go on side by side. A name that is wrong ends it before anything is ordered, and
// what was ordered before a refusal is told.
func (r *remote) deleteServers(cmd *cobra.Command, names []string, keep bool) error {
	var options []op.Option
	if keep {
		options = append(options, op.Query(map[string][]string{"keep_ips": {"true"}}))
	}
	ordered := make([]api.ServerSummary, 0, len(names))
	for _, name := range names {
		s, err := r.server(cmd.Context(), name)
		if err != nil {
			return err
		}
		ordered = append(ordered, s)
	}
	var refused error
	for i, s := range ordered {
		if _, refused = call(cmd.Context(), r, api.DeleteServer, []string{s.ID}, op.None{}, options...); refused != nil {
			ordered = ordered[:i]
			break
		}
	}
	what := "is being removed"
	for _, s := range ordered {
		if waits(cmd) {
			if _, err := r.await(cmd, s.ID, s.Name); err != nil {
				return err
			}
			what = "is removed"
		}
		if err := done(cmd, "%s %s", s.Name, what); err != nil {
			return err
		}
	}
	return refused
}

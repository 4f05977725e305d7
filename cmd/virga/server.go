package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
)

func serverCommand() *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:     "server",
		Aliases: []string{"servers", "vm"},
		Short:   "Make and change servers",
		Long:    "Make and change servers, through the public API. A server is named by its name or its id.",
	})
	addRemote(cmd)
	addOutput(cmd)
	cmd.AddCommand(serverCreate(), serverList(), serverShow(), serverResize(), serverSnapshot(), serverClone(), serverDelete())
	cmd.AddCommand(serverPower("start", "Switch a server on", "POWER_ON"),
		serverPower("stop", "Shut a server down", "POWER_OFF"), serverPower("reboot", "Boot a server again", "REBOOT"))
	return cmd
}

func serverList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List servers", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := connect(cmd)
			if err != nil {
				return err
			}
			list, err := call(cmd.Context(), r, api.ListServers, nil, op.None{})
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(list))
			for _, s := range list {
				var ips []string
				for _, ip := range s.Ips {
					ips = append(ips, ip.IP)
				}
				rows = append(rows, []string{
					s.Name, stateOf(s.Status), s.Image.Name, shape(s.Hardware), strings.Join(ips, " "), s.Datacenter.CountryCode, s.ID,
				})
			}
			if len(list) == 0 {
				if js, err := asJSON(cmd); err != nil || !js {
					say(cmd.ErrOrStderr(), "no servers yet; make one with `virga server create NAME`")
					return err
				}
			}
			return show(cmd, list, []string{"NAME", "STATE", "IMAGE", "SHAPE", "ADDRESS", "REGION", "ID"}, rows)
		},
	}
}

func serverShow() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Show everything about a server", Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: completeServers,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, s, err := target(cmd, args[0])
			if err != nil {
				return err
			}
			return r.printServer(cmd, s.ID)
		},
	}
}

// printServer reads a server as it is now and shows it.
func (r *remote) printServer(cmd *cobra.Command, id string) error {
	s, err := call(cmd.Context(), r, api.GetServer, []string{id}, op.None{})
	if err != nil {
		return err
	}
	return r.showServer(cmd, s)
}

func (r *remote) showServer(cmd *cobra.Command, s api.Server) error {
	rows := [][]string{
		{"name", s.Name},
		{"id", s.ID},
		{"state", stateOf(s.Status)},
		{"image", s.Image.Name},
		{"shape", shape(s.Hardware)},
		{"region", s.Datacenter.CountryCode},
		{"created", s.CreationDate},
	}
	for _, ip := range s.Ips {
		rows = append(rows, []string{"address", ip.IP})
	}
	for _, n := range s.PrivateNetworks {
		rows = append(rows, []string{"network", strings.TrimSpace(n.Name + " " + textOf(n.ServerIP))})
	}
	if s.Snapshot != nil {
		rows = append(rows, []string{"snapshot", life(s.Snapshot, r.now())})
	}
	for _, a := range append(s.Alerts.Critical, s.Alerts.Warning...) {
		rows = append(rows, []string{"attention", a.Description})
	}
	if s.FirstPassword != nil && *s.FirstPassword != "" {
		rows = append(rows, []string{"password", *s.FirstPassword + "   (root, shown until the first power cycle)"})
	}
	return show(cmd, s, nil, rows)
}

// life says from when a snapshot is, and how long it will be there.
func life(s *api.Snapshot, now time.Time) string {
	end, err := time.Parse(time.RFC3339, s.DeletionDate)
	if err != nil || end.Year() == 9999 { // as the API says never
		return s.CreationDate + ", kept until it is removed"
	}
	left := end.Sub(now)
	text := "now"
	switch {
	case left >= 48*time.Hour:
		text = "in " + cloud.Count(int(left.Hours()/24), "day")
	case left >= 2*time.Hour:
		text = "in " + cloud.Count(int(left.Hours()), "hour")
	case left > 0:
		text = "in " + cloud.Count(int(left.Minutes())+1, "minute")
	}
	return fmt.Sprintf("%s, removes itself %s (%s)", s.CreationDate, text, s.DeletionDate)
}

func stateOf(s api.Status) string {
	text := strings.ToLower(strings.ReplaceAll(string(s.State), "_", " "))
	if s.Percent != nil {
		text += fmt.Sprintf(" %d%%", *s.Percent)
	}
	return text
}

func shape(h api.Hardware) string {
	gb := 0
	for _, d := range h.Hdds {
		gb += d.Size
	}
	text := fmt.Sprintf("%d cpu, %s GB", h.Vcore, number(h.RAM))
	if gb > 0 { // disks are not shown while they are made
		text += fmt.Sprintf(", %d GB disk", gb)
	}
	return text
}

// target connects and finds the server that was named.
func target(cmd *cobra.Command, name string) (*remote, api.ServerSummary, error) {
	r, err := connect(cmd)
	if err != nil {
		return nil, api.ServerSummary{}, err
	}
	s, err := r.server(cmd.Context(), name)
	return r, s, err
}

// server finds a server by id or name. Names need not be unique in this API.
func (r *remote) server(ctx context.Context, name string) (api.ServerSummary, error) {
	if _, ok := cloud.ParseUID(name); ok {
		s, err := call(ctx, r, api.GetServer, []string{name}, op.None{})
		if err == nil {
			return api.ServerSummary{ID: s.ID, Name: s.Name, Status: s.Status, Hardware: s.Hardware, Image: s.Image}, nil
		}
		if exitCode(err) != exitNotFound { // it may still be the name of one
			return api.ServerSummary{}, err
		}
	}
	list, err := call(ctx, r, api.ListServers, nil, op.None{}, op.Query(url.Values{"q": {name}}))
	if err != nil {
		return api.ServerSummary{}, err
	}
	return named("server", name, list, func(s api.ServerSummary) (string, string) { return s.ID, s.Name },
		"`virga server list` shows them")
}

// named picks the one element that is called so: exactly, else without regard
// to case.
func named[T any](noun, name string, list []T, key func(T) (id, name string), fix string) (T, error) {
	var none T
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		var found []T
		for _, e := range list {
			if id, n := key(e); same(n, name) || strings.EqualFold(id, name) {
				found = append(found, e)
			}
		}
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			var ids []string
			for _, e := range found {
				id, _ := key(e)
				ids = append(ids, id)
			}
			return none, fail(exitConflict, "there are %d of the name %q; say which one by its id: %s", len(found), name, strings.Join(ids, ", "))
		}
	}
	return none, fail(exitNotFound, "there is no %s %q; %s", noun, name, fix)
}

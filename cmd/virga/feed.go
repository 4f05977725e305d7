package main

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

func feedCommand() *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use: "feed", Aliases: []string{"feeds"}, Short: "Import ranges of the blacklist and the whitelist",
		Long: `Ranges of addresses in the blacklist and the whitelist of the installation. Users
of the operator's member write single ranges through the CloudCIX API; here whole
files are imported. It goes through the socket DATA/admin.sock.`,
	})
	addOutput(cmd)
	cmd.AddCommand(feedImport(), feedList(), feedRemove())
	return cmd
}

func feedImport() *cobra.Command {
	var list, name string
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Make a source of a feed what a file says",
		Long: `Make a source of a feed what a file says; - is standard input. On each line of
the file there is a network, an address, or a first and a last address with a
dash between them; behind # or ; a comment. Only the difference to the last
import of the same name is written. What stands in the feed from elsewhere
stays as it is.`,
		Example: "  virga feed import drop.txt\n  virga feed import --list whitelist --name partners offices.txt",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if name == "" {
				if name = filepath.Base(args[0]); args[0] == "-" {
					return fail(exitUsage, "standard input has no name: say which source it is with --name")
				}
			}
			in := cmd.InOrStdin()
			if args[0] != "-" {
				f, err := os.Open(args[0]) // path: the file that the operator named
				if errors.Is(err, fs.ErrNotExist) {
					return fail(exitNotFound, "there is no file %s", args[0])
				}
				if err != nil {
					return err
				}
				defer f.Close()
				in = f
			}
			var out control.FeedImported
			if err := feedVerb(cmd, http.MethodPost, list, name, in, &out); err != nil {
				return err
			}
			if js, err := asJSON(cmd); js || err != nil {
				return errors.Join(err, show(cmd, out, nil, nil))
			}
			return done(cmd, "%s from %s: %s, %d added, %d removed, %d with another comment, %d listed from elsewhere",
				out.Feed, out.Source, cloud.Count(int64(out.Ranges), "range"), out.Added, out.Removed, out.Changed, out.Listed)
		},
	}
	feedFlags(cmd, &list)
	cmd.Flags().StringVar(&name, "name", "", "which source it is (default: the name of the file)")
	return cmd
}

func feedFlags(cmd *cobra.Command, list *string) {
	cmd.Flags().StringVar(list, "list", cloud.Blacklist, "blacklist or whitelist")
	offer(cmd, "list", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{cloud.Blacklist, cloud.Whitelist}, cobra.ShellCompDirectiveNoFileComp
	})
}

func feedVerb(cmd *cobra.Command, method, list, name string, body io.Reader, out *control.FeedImported) error {
	s, err := openSocket(cmd)
	if err != nil {
		return err
	}
	return s.send(cmd.Context(), method, "/feeds/"+url.PathEscape(list)+"/"+url.PathEscape(name), body, out)
}

func feedRemove() *cobra.Command {
	var list string
	cmd := &cobra.Command{
		Use: "remove NAME", Aliases: []string{"rm"}, Short: "Take all ranges of a source out of a feed", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			var out control.FeedImported
			if err := feedVerb(cmd, http.MethodDelete, list, args[0], nil, &out); err != nil {
				return err
			}
			return done(cmd, "%s from %s: %d removed", out.Feed, out.Source, out.Removed)
		},
	}
	feedFlags(cmd, &list)
	return cmd
}

func feedList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List what the feeds are made of", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := query[[]control.FeedSource](cmd, "/feeds")
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(list))
			for _, s := range list {
				rows = append(rows, []string{s.Feed, s.Source, strconv.Itoa(s.Ranges)})
			}
			return show(cmd, list, []string{"LIST", "SOURCE", "RANGES"}, rows)
		},
	}
}

package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/store"
)

func backupCommand() *cobra.Command {
	var overwrite bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the database of the running installation to a file",
		Long: `Write the database of the running installation to a new file, while it works on.
It holds what there is and what is wanted, not the disks of servers. Without the
folder DATA/keys sealed values in it cannot be read: keep a copy of that too, apart
from the backups, since each opens the other.`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			b, err := order[admin.BackedUp](cmd, http.MethodPost, "/backup", admin.Backup{Path: path, Overwrite: overwrite})
			if err != nil {
				return err
			}
			return show(cmd, b, nil, [][]string{{"backup", b.Path}, {"size", fmt.Sprintf("%.1f MiB", float64(b.Bytes)/(1<<20))}})
		},
	}
	cmd.Flags().BoolVar(&overwrite, "overwrite", false, "replace a file of that name")
	addOutput(cmd)
	return cmd
}

func restoreCommand() *cobra.Command {
	var dsn string
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Fill a new database from a backup",
		Long: `Fill a new database from a backup. No virga may be running with the folder, and
there must be no database yet: move DATA/virga.db away first, so that nothing
is lost by mistake. Hosts tell the restored store what they really have before
they take orders from it.`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return restore(cmd, args[0], dsn) },
	}
	cmd.Flags().StringVar(&dsn, "postgres", "", "PostgreSQL database without tables, instead of the SQLite file: a connection string")
	return cmd
}

func restore(cmd *cobra.Command, file, dsn string) error {
	if _, err := os.Stat(file); err != nil {
		return &coded{code: exitNotFound, err: err}
	}
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	d, err := openData(dir)
	if err != nil {
		return err
	}
	defer d.close()
	path := d.path("virga.db")
	if dsn == "" {
		if _, err := os.Stat(path); err == nil {
			return fail(exitConflict, "%s is there already; move it away first", path)
		}
	}
	if err := store.Restore(cmd.Context(), file, store.Options{Path: path, DSN: dsn}); err != nil {
		return err
	}
	if _, err := os.Stat(d.path("keys")); err != nil {
		say(cmd.ErrOrStderr(), "note: there is no %s; put the keys of the old installation there before the first start", d.path("keys"))
	}
	say(cmd.OutOrStdout(), "restored; start with `virga up`")
	return nil
}

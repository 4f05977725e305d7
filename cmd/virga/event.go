package main

import (
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
)

func eventsExport() *cobra.Command {
	var before string
	var remove bool
	cmd := &cobra.Command{
		Use:   "export FILE --before DATE",
		Short: "Write old events to a file, and with --remove take them out of the database",
		Long: `Write the events of all operations that ended before DATE to a new file, one JSON
object a line. With --remove they are then taken out of the database, some at a time,
while it works on: logs and histories begin later. What is open stays, and so do the
events of servers that are alive, which are part of what the APIs show of them. The
last 24 hours stay too.`,
		Example: "  virga admin events export /var/backups/events-2025.jsonl --before 2026-01-01 --remove",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			at, err := dateOf(before)
			if err != nil {
				return err
			}
			in := admin.ExportEvents{Path: path, Before: at, Remove: remove}
			got, err := order[admin.ExportedEvents](cmd, http.MethodPost, "/events/export", in)
			if err != nil {
				return err
			}
			removed := "no"
			if got.Removed {
				removed = "yes"
			}
			return show(cmd, got, nil, [][]string{
				{"file", got.Path},
				{"lines", strconv.Itoa(got.Lines)},
				{"operations", strconv.Itoa(got.Operations)},
				{"taken out of the database", removed},
			})
		},
	}
	cmd.Flags().StringVar(&before, "before", "", "day (2026-01-31, its beginning in UTC) or time (2026-01-31T12:00:00Z)")
	cmd.Flags().BoolVar(&remove, "remove", false, "take them out of the database once the file is on the disk")
	return cmd
}

// dateOf reads a day or a time.
func dateOf(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	if text == "" {
		return time.Time{}, fail(exitUsage, "say up to when: --before 2026-01-31")
	}
	return time.Time{}, fail(exitUsage, "--before %q is no day like 2026-01-31 and no time like 2026-01-31T12:00:00Z", text)
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/virga-cloud/virga/internal/cloud"
)

// addOutput adds the flag that chooses between tables and JSON.
func addOutput(cmd *cobra.Command) {
	cmd.PersistentFlags().StringP("output", "o", "table", "table for people, json for scripts")
	cmd.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { // before anything is done
		_, err := asJSON(cmd)
		return errors.Join(err, exclusive(cmd, "wait", "no-wait"))
	}
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

// asJSON reads the flag.
func asJSON(cmd *cobra.Command) (bool, error) {
	switch o := flag(cmd, "output"); o {
	case "json":
		return true, nil
	case "table", "":
		return false, nil
	default:
		return false, fail(exitUsage, "--output is table or json, not %q", o)
	}
}

// show prints v as JSON, or what people gets as rows under a head.
func show(cmd *cobra.Command, v any, head []string, rows [][]string) error {
	js, err := asJSON(cmd)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if js {
		return writeJSON(out, v)
	}
	return writeTable(out, head, rows)
}

// done says what a verb without an answer of its own has done. Scripts, which ask
// for JSON, have the status for that.
func done(cmd *cobra.Command, format string, args ...any) error {
	js, err := asJSON(cmd)
	if err == nil && !js {
		say(cmd.OutOrStdout(), format, args...)
	}
	return err
}

// warn says what a person should know beside what was done; nothing for "".
func warn(out io.Writer, text string) {
	if text != "" {
		say(out, "warning: %s", text)
	}
}

// writeJSON leaves nothing raw that a terminal would act upon.
func writeJSON(out io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(out, cloud.Shown(b.String(), "\n"))
	return err
}

var (
	headStyle = lipgloss.NewStyle().Bold(true).Faint(true).PaddingRight(3)
	cellStyle = lipgloss.NewStyle().PaddingRight(3)
)

// namesOfOthers are columns of names that people choose. One that is as long as it may
// be would push all that is behind it off the screen; show and JSON have all of it.
var namesOfOthers = []string{"NAME", "MEMBER", "IMAGE", "EMAIL", "LOCATION", "SYSTEM", "REGION"}

const widestName = 40

// writeTable draws columns. Colours go where they can be seen only, and what others
// gave names to does nothing to a terminal.
func writeTable(out io.Writer, head []string, rows [][]string) error {
	for _, row := range rows {
		for i := range row {
			row[i] = cloud.Shown(row[i], "")
			if i < len(head) && slices.Contains(namesOfOthers, head[i]) {
				row[i] = cut(row[i], widestName)
			}
		}
	}
	t := table.New().Border(lipgloss.HiddenBorder()).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).BorderColumn(false).BorderHeader(false).BorderRow(false).
		Headers(head...).Rows(rows...).Wrap(false).
		StyleFunc(func(row, _ int) lipgloss.Style {
			if row == table.HeaderRow {
				return headStyle
			}
			return cellStyle
		})
	for line := range strings.Lines(t.Render() + "\n") {
		if _, err := lipgloss.Fprintln(out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// isTerminal tells whether a stream is seen by a person.
func isTerminal(s any) bool {
	f, ok := s.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func textOf(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// number writes a quantity without needless digits: 0.5, 2.
func number(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }

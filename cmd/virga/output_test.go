package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/netguard"
)

// Scripts tell by the status what went wrong.
func TestExitOfStatus(t *testing.T) {
	for status, want := range map[int]int{
		400: exitUsage, 401: exitAuth,
		403: exitAuth, 406: exitAuth, 404: exitNotFound, 409: exitConflict, 500: exitFailed, 501: exitFailed,
	} {
		if got := exitOfStatus(status); got != want {
			t.Errorf("%d: %d, want %d", status, got, want)
		}
	}
}

// Who pressed Ctrl-C is told so, and not what our own code calls it.
func TestFinish(t *testing.T) {
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		err  error
		code int
		says string
	}{
		{t.Context(), nil, exitOK, ""},
		{t.Context(), errors.New("odd"), exitFailed, "virga: odd\n"},
		{t.Context(), fail(exitConflict, "busy"), exitConflict, "virga: busy\n"},
		{t.Context(), &coded{code: 42, err: errQuiet}, 42, ""},
		{stopped, fmt.Errorf("open the store: %w", context.Canceled), exitStopped, "virga: stopped by a signal before it was done\n"},
		{stopped, errors.New("read: connection closed"), exitStopped, "virga: stopped by a signal before it was done\n"},
		{stopped, fail(exitTimeout, "web is not done yet; it goes on"), exitTimeout, "virga: web is not done yet; it goes on\n"},
		{stopped, nil, exitOK, ""},
	} {
		var out bytes.Buffer
		if code := finish(c.ctx, &out, c.err); code != c.code || out.String() != c.says {
			t.Errorf("%v: status %d, %q; want %d, %q", c.err, code, out.String(), c.code, c.says)
		}
	}
}

// What the API calls by its fields people called by flags.
func TestInFlags(t *testing.T) {
	for text, want := range map[string]string{
		"vcore: vcore must be 1 to 16, not 99":                           "--cpu must be 1 to 16, not 99",
		"hdds[0].size: a disk must be 20 to 2000 GB":                     "--disk: a disk must be 20 to 2000 GB",
		"size: disks only grow":                                          "--disk: disks only grow",
		"name: the name has 200 characters":                              "the name has 200 characters",
		"hardware.ram: ram must be 0.5 GB":                               "--ram must be 0.5 GB",
		"the request has several problems: vcore: vcore is 99; ram: odd": "the request has several problems: --cpu is 99; --ram: odd",
		"server_type: it is of another kind":                             "server_type: it is of another kind",
		"the server web is busy: capture":                                "the server web is busy: capture",
		"":                                                               "",
	} {
		if got := inFlags(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Whatever a service says, its words stay, and reading them ends.
func FuzzInFlags(f *testing.F) {
	f.Add("problems: vcore: vcore must be 1; hdds[0].size: x; ; name: ")
	f.Fuzz(func(t *testing.T, text string) {
		if out := inFlags(text); len(out) > 8*len(text)+8 || !strings.Contains(text, ": ") && out != text {
			t.Errorf("%q becomes %q", text, out)
		}
	})
}

func TestExplainImage(t *testing.T) {
	odd := errors.New("odd")
	for _, c := range []struct {
		err  error
		code int
		says string
	}{
		{fmt.Errorf("get: %w", netguard.ErrRefused), exitUsage, "--allow RANGE"},
		{fmt.Errorf("read: %w", image.ErrInvalid), exitUsage, ""},
		{&image.MissingError{Packages: []string{"mmdebstrap"}}, exitFailed, "mmdebstrap"},
		{odd, exitFailed, "odd"},
	} {
		if err := explainImage(c.err); exitCode(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v becomes %v with status %d, want %d", c.err, err, exitCode(err), c.code)
		}
	}
}

func TestStepsAreLinesWithoutATerminal(t *testing.T) {
	var out bytes.Buffer
	cmd := &cobra.Command{}
	cmd.SetErr(&out)
	p := &stepLine{cmd: cmd}
	p.show("download", 0, 10)
	p.show("download", 5, 10)
	p.show("pack", 0, 0)
	p.end()
	if got := out.String(); got != "download\npack\n" {
		t.Errorf("%q", got)
	}
}

// Only a clear yes destroys something.
func TestConfirm(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n":   true,
		" Y \n": true, "y": true, "": false, "\n": false, "n\n": false, "yes please\n": false, "\ny\n": false,
	} {
		cmd := &cobra.Command{}
		cmd.SetIn(strings.NewReader(answer))
		var out bytes.Buffer
		cmd.SetOut(&out)
		if got := confirm(cmd, "Delete all?"); got != want || out.String() != "Delete all? [y/N] " {
			t.Errorf("%q: %v, %q", answer, got, out.String())
		}
	}
}

// Names that others gave do nothing to the terminal on which they are shown.
func TestNamesDoNothingToATerminal(t *testing.T) {
	const name = "a\x1b[2J\a\r\u202eb\u009b2J\x7f\nc"
	var table, js, line bytes.Buffer
	err := errors.Join(writeTable(&table, []string{"NAME"}, [][]string{{name}}), writeJSON(&js, map[string]string{"name": name}))
	if err != nil {
		t.Fatal(err)
	}
	say(&line, "%s is done", name)
	newBar(&line).show(httpd.Progress{Name: name, Change: "create", Running: true, Reason: name})
	for what, out := range map[string]string{"table": table.String(), "json": js.String(), "line": line.String()} {
		if strings.ContainsAny(out, "\x1b\a\r\u202e\u009b\x7f") || !strings.Contains(out, `\u001b[2J\u0007`) && what != "json" {
			t.Errorf("%s: %q", what, out)
		}
	}
	if n := strings.Count(table.String(), "\n"); n != 2 {
		t.Errorf("the table has %d lines: %q", n, table.String())
	}
	var back map[string]string
	if err := json.Unmarshal(js.Bytes(), &back); err != nil || back["name"] != name {
		t.Errorf("%q, %v", back, err)
	}
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

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

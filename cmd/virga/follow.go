package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/httpd"
)

// addWait adds the flags of verbs whose work goes on after the answer. They
// wait unless told otherwise: the next line of a script means what this one has
// made, and would be refused while it is under way.
func addWait(cmd *cobra.Command) {
	cmd.Flags().Bool("wait", true, "wait until the work is done")
	cmd.Flags().Bool("no-wait", false, "return as soon as the order is accepted")
	cmd.Flags().Duration("timeout", 10*time.Minute, "how long to wait; the work goes on after it")
}

// waits tells what the flags of addWait say.
func waits(cmd *cobra.Command) bool {
	wait, _ := cmd.Flags().GetBool("wait")
	not, _ := cmd.Flags().GetBool("no-wait")
	return wait && !not
}

// errNoEvents says that the service has no stream of events, so that whoever
// waits has to ask.
var errNoEvents = errors.New("no event stream")

// settle ends a verb on a server: it follows the work to its end and shows what
// came of it, or, with --no-wait, shows what the API answered.
func (r *remote) settle(cmd *cobra.Command, s api.Server) error {
	if !waits(cmd) {
		return r.showServer(cmd, s)
	}
	if _, err := r.await(cmd, s.ID, s.Name); err != nil {
		return err
	}
	s, err := r.shown(cmd.Context(), s.ID)
	if err != nil {
		return err
	}
	if s.Status.Percent != nil { // somebody has begun the next change
		say(cmd.ErrOrStderr(), "the work is done; %s is %s again", s.Name, stateOf(s.Status))
	}
	return r.showServer(cmd, s)
}

// shown reads a server when the API shows it at rest. It shows every change for
// two seconds at least, during which it hides parts of what there is: the
// disks and addresses of a new server, say. Whoever is still busy when the
// patience ends has been given other work, and is shown as that.
func (r *remote) shown(ctx context.Context, id string) (api.Server, error) {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	var last api.Server
	s, err := r.client.WaitServer(ctx, id, func(s api.Server) { last = s })
	if ctx.Err() != nil && last.ID != "" {
		return last, nil
	}
	return s, r.explain(err)
}

// await follows a server to the end of what it does, with a bar on standard
// error.
func (r *remote) await(cmd *cobra.Command, id, name string) (last httpd.Progress, err error) {
	limit, _ := cmd.Flags().GetDuration("timeout")
	ctx, cancel := context.WithTimeout(cmd.Context(), limit)
	defer cancel()
	bar := newBar(cmd.ErrOrStderr())
	last, err = r.follow(ctx, id, bar.show, func() { bar.away(name) })
	bar.end()
	switch {
	case cmd.Context().Err() != nil: // Ctrl-C ends the waiting, not the work
		return last, fail(exitTimeout, "%s is not done yet (%s); it goes on", name, first(last.Reason, last.Change, "accepted"))
	case errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
		return last, fail(exitTimeout, "%s is not done after %s (%s); it goes on", name, limit, first(last.Reason, last.Change, "accepted"))
	case err != nil:
		return last, err
	case last.Failed:
		return last, fail(exitFailed, "%s: %s", name, last.Reason)
	}
	return last, nil
}

// follow reads the progress of a server until nothing is under way. A broken
// stream is opened again; away is told each time that this did not work.
func (r *remote) follow(ctx context.Context, id string, show func(httpd.Progress), away func()) (last httpd.Progress, err error) {
	for {
		done, err := r.followOnce(ctx, id, func(p httpd.Progress) {
			last = p
			show(p)
		})
		if done || ctx.Err() != nil {
			return last, ctx.Err()
		}
		var c *coded
		if errors.As(err, &c) && c.code != exitNoServer {
			return last, err
		}
		if errors.Is(err, errNoEvents) {
			return last, r.poll(ctx, id)
		}
		if err != nil {
			away()
		}
		select {
		case <-ctx.Done():
			return last, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// followOnce reads one stream; done says that the end was seen.
func (r *remote) followOnce(ctx context.Context, id string, show func(httpd.Progress)) (done bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.root+"/-/events?server="+id, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("X-TOKEN", r.client.Token)
	resp, err := http.DefaultClient.Do(req) // dial: the cloud that the person named
	if err != nil {
		return false, r.explain(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
			return false, errNoEvents
		}
		return false, problemOf(resp)
	}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var p httpd.Progress
		if err := json.Unmarshal([]byte(data), &p); err != nil {
			return false, fmt.Errorf("read progress: %w", err)
		}
		show(p)
		if !p.Running {
			return true, nil
		}
	}
	return false, lines.Err()
}

// glance is how a server is now, as far as the service says so.
func (r *remote) glance(ctx context.Context, id string) (now httpd.Progress, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	seen := false
	_, err = r.followOnce(ctx, id, func(p httpd.Progress) {
		now, seen = p, true
		cancel()
	})
	if seen || errors.Is(err, errNoEvents) {
		return now, nil
	}
	return now, err
}

// poll asks a service without events.
func (r *remote) poll(ctx context.Context, id string) error {
	_, err := r.client.WaitServer(ctx, id, nil)
	if c := (*coded)(nil); errors.As(r.explain(err), &c) && c.code == exitNotFound {
		return nil // it was removed
	}
	return r.explain(err)
}

// problemOf reads an error of the node's own paths.
func problemOf(resp *http.Response) error {
	_, err := problemIn(resp)
	return err
}

// problemIn is problemOf with the code that programs tell problems apart by.
func problemIn(resp *http.Response) (code string, err error) {
	var p struct {
		Code    string   `json:"code"`
		Message string   `json:"message"`
		Reasons []string `json:"reasons"`
		Fix     string   `json:"fix"`
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err := json.Unmarshal(b, &p); err != nil || p.Message == "" {
		return "", fail(exitOfStatus(resp.StatusCode), "%s", resp.Status)
	}
	text := p.Message
	if len(p.Reasons) > 0 {
		text += " (" + strings.Join(p.Reasons, "; ") + ")"
	}
	if p.Fix != "" {
		text = strings.TrimSuffix(text, ".") + ". " + p.Fix
	}
	return p.Code, fail(exitOfStatus(resp.StatusCode), "%s", text)
}

// bar shows progress: one line that is drawn again on a terminal, else a line
// for each step.
type bar struct {
	out   io.Writer
	tty   bool
	last  string
	start time.Time
	drawn bool
	far   httpd.Progress // the furthest that was shown
}

func newBar(out io.Writer) *bar { return &bar{out: out, tty: isTerminal(out), start: time.Now()} }

const barWidth = 28

var (
	barDone = lipgloss.NewStyle().Foreground(lipgloss.Color("42"))
	barRest = lipgloss.NewStyle().Faint(true)
)

// words say what a change is to a person.
var words = map[string]string{
	"create": "creating", "power_on": "starting", "power_off": "stopping", "reboot": "rebooting",
	"configure": "changing", "capture": "working on the snapshot", "remove": "removing",
}

// forward keeps what is shown from going back: orders that turn up later make the
// whole larger, and what was done is done.
func (b *bar) forward(p httpd.Progress) httpd.Progress {
	if p.Change == b.far.Change {
		p.Percent, p.Step = max(p.Percent, b.far.Percent), max(p.Step, b.far.Step)
		p.Steps = max(p.Steps, p.Step)
	}
	b.far = p
	return p
}

func (b *bar) show(p httpd.Progress) {
	p = b.forward(p)
	p.Name, p.Reason = cloud.Shown(p.Name, ""), cloud.Shown(p.Reason, "")
	what := first(words[p.Change], p.Change, "working")
	if !p.Running {
		what = "done"
		if p.Failed {
			what = "failed"
		}
	}
	if b.tty {
		full := barWidth * p.Percent / 100
		line := fmt.Sprintf("\r\x1b[K%s %s%s %3d %%  %s  %s", p.Name, barDone.Render(strings.Repeat("━", full)),
			barRest.Render(strings.Repeat("━", barWidth-full)), p.Percent, what, barRest.Render(cut(p.Reason, 40)))
		_, _ = lipgloss.Fprint(b.out, line)
		b.drawn = true
		return
	}
	line := fmt.Sprintf("%s: %s", p.Name, what)
	if p.Steps > 0 { // the host has its orders
		line += fmt.Sprintf(", step %d/%d", p.Step, p.Steps)
	}
	if !p.Running {
		line = fmt.Sprintf("%s: %s after %s", p.Name, what, time.Since(b.start).Round(100*time.Millisecond))
	} else if p.Reason != "" {
		line += ", " + p.Reason
	}
	if line != b.last {
		b.last = line
		_, _ = fmt.Fprintln(b.out, line)
	}
}

// away says that nothing is heard, instead of saying nothing.
func (b *bar) away(name string) {
	const text = "%s: the control plane does not answer; the work goes on, and so does the waiting for it"
	if b.tty {
		_, _ = fmt.Fprintf(b.out, "\r\x1b[K"+text, name)
		b.drawn = true
		return
	}
	if line := fmt.Sprintf(text, name); line != b.last {
		b.last = line
		_, _ = fmt.Fprintln(b.out, line)
	}
}

func (b *bar) end() {
	if b.drawn {
		_, _ = fmt.Fprintln(b.out)
	}
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

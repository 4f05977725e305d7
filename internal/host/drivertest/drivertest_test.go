package drivertest_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// The suite is tested with a driver of two files an object, which is right
// without a bug and must be refused with each of them.
var (
	beforeHead = crash.Register("pair.head.before")
	afterHead  = crash.Register("pair.head.after")
	beforeTail = crash.Register("pair.tail.before")
	afterTail  = crash.Register("pair.tail.after")
	beforeGone = crash.Register("pair.gone.before")
	afterGone  = crash.Register("pair.gone.after")
)

type pair struct {
	in  sys.Installation
	bug string
}

func (p pair) path(id plan.ID, part string) string { return p.in.Path(p.in.Name(part, id)) }

func (p pair) List(context.Context) ([]plan.ID, error) {
	seen := map[plan.ID]bool{}
	all, err := os.ReadDir(p.in.Dir)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		for _, part := range []string{"h", "t"} {
			if p.bug == "blind" && part == "h" {
				continue // a half made object has no tail yet
			}
			if id, ok := p.in.Parse(part, e.Name()); ok {
				seen[id] = true
			} else if p.bug == "greedy" && strings.HasPrefix(e.Name(), "vg") {
				seen[plan.ID(e.Name())] = true
			}
		}
	}
	var ids []plan.ID
	for id := range seen {
		ids = append(ids, id)
	}
	return ids, nil
}

func (p pair) put(id plan.ID, part, content, before, after string) error {
	path := p.path(id, part)
	if got, err := os.ReadFile(path); err == nil && (string(got) == content || p.bug == "deaf") && p.bug != "restless" {
		return nil
	}
	if err := crash.Here(before); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return err
	}
	err := crash.Here(after)
	if p.bug == "swallow" {
		return nil
	}
	return err
}

func (p pair) Ensure(_ context.Context, id plan.ID, spec string) (plan.Status, error) {
	if p.bug == "slow" {
		<-time.After(drivertest.Limit + drivertest.Grace + 50*time.Millisecond)
	}
	if err := p.put(id, "h", spec, beforeHead, afterHead); err != nil {
		return plan.Status{}, err
	}
	if err := p.put(id, "t", spec, beforeTail, afterTail); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}

func (p pair) Remove(_ context.Context, id plan.ID) (plan.Status, error) {
	for _, part := range []string{"t", "h"} {
		if p.bug == "half" && part == "h" {
			if _, err := os.Stat(p.path(id, "t")); err != nil {
				continue // "no tail, so nothing was made"
			}
		}
		if _, err := os.Stat(p.path(id, part)); errors.Is(err, fs.ErrNotExist) && p.bug != "picky" {
			continue
		}
		if err := crash.Here(beforeGone); err != nil {
			return plan.Status{}, err
		}
		if err := os.Remove(p.path(id, part)); err != nil {
			return plan.Status{}, err
		}
		if err := crash.Here(afterGone); err != nil {
			return plan.Status{}, err
		}
	}
	if p.bug == "broom" {
		all, _ := filepath.Glob(p.in.Path("vg*"))
		for _, f := range all {
			_ = os.Remove(f)
		}
	}
	return plan.Status{Ready: true}, nil
}

func config(bug string) drivertest.Config[string] {
	show := func(t testing.TB, in sys.Installation) string {
		var b strings.Builder
		all, err := os.ReadDir(in.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if !strings.HasPrefix(e.Name(), in.Prefix()+"-") {
				continue
			}
			content, err := os.ReadFile(in.Path(e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s=%s ", e.Name(), content)
		}
		return b.String()
	}
	return drivertest.Config[string]{
		Points:      []string{"pair."},
		New:         func(_ testing.TB, in sys.Installation) plan.Driver[string] { return pair{in: in, bug: bug} },
		Spec:        func(_ sys.Installation, id plan.ID) string { return "one " + string(id) },
		Update:      func(_ sys.Installation, id plan.ID) string { return "two " + string(id) },
		Fingerprint: show,
		State:       show,
		Leftovers: func(in sys.Installation) []string {
			all, _ := filepath.Glob(in.Path(in.Prefix() + "-*"))
			return all
		},
		Foreign: func(t testing.TB, in sys.Installation) func() string {
			names := []string{"vg0000-h-" + string(drivertest.NewID()), "vgfoo"}
			for _, n := range names {
				if err := os.WriteFile(in.Path(n), []byte(n), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			return func() (s string) {
				for _, n := range names {
					b, err := os.ReadFile(in.Path(n))
					s += fmt.Sprint(string(b), err)
				}
				return s
			}
		},
		Damage: map[string]func(testing.TB, sys.Installation, plan.ID){
			"tail lost": func(_ testing.TB, in sys.Installation, id plan.ID) { _ = os.Remove(pair{in: in}.path(id, "t")) },
		},
		Deadline: time.Second,
	}
}

const bugEnv = "VIRGA_DRIVERTEST_BUG"

func TestPair(t *testing.T) { drivertest.Run(t, config(os.Getenv(bugEnv))) }

// TestRefuses runs TestPair with each bug in a process of its own: the suite
// is worth something only if it fails there, for the right reason.
func TestRefuses(t *testing.T) {
	for bug, says := range map[string]string{
		"blind":    "half made and not listed",
		"greedy":   "List = ",
		"deaf":     "the update changed nothing",
		"restless": "tried effects",
		"swallow":  "answered ready although",
		"slow":     "the limit is",
		"half":     "left after Remove",
		"picky":    "Remove",
		"broom":    "foreign artefacts were touched",
	} {
		t.Run(bug, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestPair$", "-test.count=1")
			cmd.Env = append(os.Environ(), bugEnv+"="+bug)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Fatalf("a driver with the bug %q passed", bug)
			}
			if !strings.Contains(string(out), says) {
				t.Fatalf("the bug %q was found, but not by %q:\n%s", bug, says, out)
			}
		})
	}
}

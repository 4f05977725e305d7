package qemu

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// running looks at a living process: end it, see that its guest went off, or
// change what can be changed while it runs.
func (v *vm) running(ctx context.Context, p sys.Process) (plan.Status, error) {
	boot, err := bootOf(p)
	if err != nil {
		return plan.Status{}, err
	}
	if err := v.adopt(p); err != nil {
		return plan.Status{}, err
	}
	st := plan.Status{VM: &plan.VMSeen{Running: true, Boot: boot, Restarts: v.run.Restarts}, Again: soon}
	q, err := dialQMP(ctx, v.socket("qmp.sock"))
	if err != nil {
		return v.silent(ctx, p, boot, st, err)
	}
	defer q.close()
	if !v.run.Started {
		// From here on its end without an order is a death.
		v.run.Started = true
		if err := v.save(); err != nil {
			return plan.Status{}, err
		}
	}
	m, err := v.look(q)
	if err != nil {
		return st, err
	}
	st.VM.VCPU, st.VM.RAM = m.cpus, m.ram
	why, err := v.mustEnd(m, boot)
	if err != nil {
		return st, err
	}
	if v.run.Ending.IsZero() && (why != "" || m.status == "shutdown") {
		if kept := v.lastCopy(m); kept != "" {
			return v.refuse(m, boot, st, kept)
		}
	}
	switch {
	case why == "" && m.status == "shutdown":
		return v.guestOff(ctx, p, q, boot)
	case why == "":
		return v.adapt(ctx, q, m, p, st)
	case m.status == "shutdown" || !v.spec.Soft || v.graceOver(p, q):
		_, err = v.end(ctx, p, q)
	}
	st.Reason = why
	return st, err
}

// silent is a process whose monitor does not answer. It is left alone, unless
// it must end: it may be the guest's only copy of unsaved work.
func (v *vm) silent(ctx context.Context, p sys.Process, boot int64, st plan.Status, why error) (plan.Status, error) {
	hungUp := !errors.Is(why, fs.ErrNotExist) && !errors.Is(why, os.ErrDeadlineExceeded) && !errors.Is(why, context.DeadlineExceeded)
	if !p.Alive() || !v.run.Started && hungUp && goes(ctx, p) {
		if !v.run.Started {
			return plan.Status{}, fmt.Errorf("it did not start: %s", v.lastWords())
		}
		return st, nil // the next step sees it dead
	}
	if v.spec.Power == plan.Off || boot < v.spec.Boot || !v.run.Ending.IsZero() {
		_, err := v.end(ctx, p, nil)
		st.Reason = "the machine is being ended"
		return st, err
	}
	if v.Now().Sub(v.run.StartAt) < startTime {
		st.Reason = "the machine is starting"
		return st, nil
	}
	return st, fmt.Errorf("its process %d does not answer: %w", p.PID, why)
}

// mustEnd is why the process must end, empty when it may go on.
func (v *vm) mustEnd(m *machine, boot int64) (string, error) {
	switch {
	case !v.run.Ending.IsZero():
		return "the machine is being ended", nil
	case v.spec.Power == plan.Off:
		return "the machine is being powered off", nil
	case boot < v.spec.Boot:
		return "the machine is being restarted", nil
	}
	if why := v.cold(m); why != "" && v.spec.Restart {
		return "the machine is being restarted for its new hardware", nil
	}
	for _, a := range v.spec.Volumes {
		c, err := sys.LoadChain(v.In.VolumeDir(a.Volume))
		if err != nil {
			return "", err
		}
		if step := c.Next(v.spec.Disks[a.Volume]); step.Do == sys.GoBack || step.Do == sys.StartOver {
			return fmt.Sprintf("the machine is being stopped, so that disk %s can be set back", a.Volume), nil
		}
	}
	return "", nil
}

// lastCopy is why the process must not end, empty when it may: a file that it has
// open is not there any more, so what the guest wrote is in the process alone. What
// the next process could not be started with counts as well, when there is to be
// one.
func (v *vm) lastCopy(m *machine) string {
	for _, a := range v.spec.Volumes {
		if _, open := m.active[a.Volume]; !open {
			continue
		}
		c, err := sys.LoadChain(v.In.VolumeDir(a.Volume))
		var why string
		switch {
		case err != nil:
			why = err.Error()
		case c.Active == "":
			why = "its files are missing"
		default:
			why = c.Broken()
		}
		if why == "" && v.spec.Power == plan.On {
			if step := c.Next(v.spec.Disks[a.Volume]); step.Do == sys.Lost {
				why = step.Reason
			}
		}
		if why != "" {
			return fmt.Sprintf("disk %s: %s", a.Volume, why)
		}
	}
	return ""
}

// refuse leaves a process alone that holds the last copy of a disk. Only the removal
// of the machine ends it.
func (v *vm) refuse(m *machine, boot int64, st plan.Status, kept string) (plan.Status, error) {
	if m.status == "shutdown" && !v.run.GuestOff {
		v.run.GuestOff, v.run.Boot = true, boot
		if err := v.save(); err != nil {
			return st, err
		}
	}
	if v.run.GuestOff {
		st.VM = v.seenOff()
	}
	st.Failed = true
	st.Reason = kept + "; the process of the machine has the last copy and is not ended: save what is needed from inside the guest first"
	return st, nil
}

// cold is what differs from the wish and cannot be changed while it runs. How
// the CPUs are spread over sockets is no reason: nobody waits for that.
func (v *vm) cold(m *machine) string {
	switch {
	case v.spec.VCPU < m.cpus, v.spec.VCPU > v.run.MaxCPUs:
		return fmt.Sprintf("%d instead of %d CPUs", v.spec.VCPU, m.cpus)
	case v.spec.RAM < m.ram, v.spec.RAM > m.ram && (v.spec.RAM > v.run.MaxRAM || (v.spec.RAM-m.ram)%dimm != 0):
		return fmt.Sprintf("%d instead of %d MiB", v.spec.RAM, m.ram)
	}
	return ""
}

// grace is how long the guest has to shut down.
func (v *vm) grace() time.Duration {
	if v.spec.Grace <= 0 {
		return defaultGrace
	}
	return time.Duration(v.spec.Grace) * time.Second
}

// graceOver asks the guest to shut down and says whether its time is over. The
// time of the first asking is the time of a file, so a restart of the agent
// gives no second period; the file names the process, so the next one gets one.
func (v *vm) graceOver(p sys.Process, q *qmp) bool {
	name := v.file("grace")
	mark := fmt.Sprintf("%d %d", p.PID, p.Start)
	now := v.Now()
	b, _ := os.ReadFile(name)
	fi, err := os.Stat(name)
	if err != nil || string(b) != mark {
		if v.write(graceEffect, "grace", []byte(mark)) != nil || os.Chtimes(name, now, now) != nil {
			return false
		}
	} else if now.Sub(fi.ModTime()) >= v.grace() {
		return true
	}
	// Asked in every step: a guest that just boots misses the first ones. One
	// that refuses is ended when its time is over.
	_ = q.do("system_powerdown", nil, nil)
	return false
}

// guestOff notes that the guest went off by itself, and ends the process.
func (v *vm) guestOff(ctx context.Context, p sys.Process, q *qmp, boot int64) (plan.Status, error) {
	if !v.run.GuestOff {
		v.run.GuestOff, v.run.Boot = true, boot
		if err := v.save(); err != nil {
			return plan.Status{}, err
		}
	}
	gone, err := v.end(ctx, p, q)
	if err != nil || !gone {
		return plan.Status{Reason: "the guest powered itself off", Again: soon, VM: v.seenOff()}, err
	}
	return v.stopped(ctx)
}

// end ends a process in order, so that nothing that the guest has written is
// lost between QEMU and the disk, and by force when that takes too long. It
// waits a moment only.
func (v *vm) end(ctx context.Context, p sys.Process, q *qmp) (gone bool, err error) {
	err = stopEffect.Do(func() error {
		if v.run.Ending.IsZero() {
			v.run.Ending = v.Now()
			if err := v.save(); err != nil {
				return err
			}
		}
		if q == nil || v.Now().Sub(v.run.Ending) > quitTime {
			return v.kill()
		}
		// Again in every step: an agent before us may have died just before.
		return q.do("quit", nil, nil)
	})
	var refused *qmpError
	if err != nil && errors.As(err, &refused) {
		return false, err
	}
	// A closed socket is what success looks like.
	return goes(ctx, p), err
}

// goes waits a moment for the end of a process that said its last word.
func goes(ctx context.Context, p sys.Process) bool {
	for range 30 {
		if !p.Alive() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}
	return false
}

func (v *vm) kill() error {
	_, err := sys.End(v.In.VMName(v.id), syscall.SIGKILL)
	return err
}

func (v *vm) seenOff() *plan.VMSeen {
	return &plan.VMSeen{Boot: v.run.Boot, GuestOff: v.run.GuestOff, Restarts: v.run.Restarts}
}

// stopped is a machine without a process: leave it so, or start it.
func (v *vm) stopped(ctx context.Context) (plan.Status, error) {
	if err := v.release(nil); err != nil {
		return plan.Status{}, err
	}
	// The guest's folder goes as a whole: it may have left anything there.
	for _, f := range append([]string{"grace", stepping, "pid", ioDir}, sockets...) {
		if err := os.RemoveAll(v.file(f)); err != nil {
			return plan.Status{}, err
		}
	}
	st := plan.Status{VM: v.seenOff()}
	if v.spec.Power == plan.Off || v.run.GuestOff && v.run.Boot >= v.spec.Boot {
		st.Ready = true
		return st, nil
	}
	died := v.run.Started && v.run.Ending.IsZero() && !v.run.GuestOff
	if wait := restartPause - v.Now().Sub(v.run.StartAt); died && wait > 0 && wait <= restartPause {
		st.Reason, st.Again = "the hypervisor died: "+v.lastWords(), min(wait, time.Second)
		return st, nil
	}
	layers, why, err := v.holdDisks()
	if err != nil || why != "" {
		st.Reason, st.Again = why, 2*soon
		return st, err
	}
	return v.start(ctx, layers, died)
}

// lastWords is what QEMU said before it ended.
func (v *vm) lastWords() string {
	lines := strings.Split(strings.TrimSpace(sys.Tail(v.file("log"), 2000)), "\n")
	return lines[len(lines)-1]
}

// start starts the process. Everything it needs is there and held.
func (v *vm) start(ctx context.Context, layers map[plan.ID]string, died bool) (plan.Status, error) {
	iso, err := v.Seed(v.spec.Seed)
	if err != nil {
		return plan.Status{Failed: true, Reason: err.Error(), VM: v.seenOff()}, nil
	}
	if err := v.write(seedEffect, "seed.iso", iso); err != nil {
		return plan.Status{}, err
	}
	var taps []*os.File
	defer func() {
		for _, f := range taps {
			_ = f.Close()
		}
	}()
	for _, n := range v.spec.NICs {
		f, err := v.OpenTap(ctx, n.ID)
		if err != nil {
			return plan.Status{Reason: fmt.Sprintf("card %s: %v", n.ID, err), Again: 2 * soon, VM: v.seenOff()}, nil
		}
		taps = append(taps, f)
	}
	restarts, death := v.run.Restarts, ""
	if died {
		restarts++
		death = "the hypervisor died and was started again; its last words: " + v.lastWords()
	}
	v.run = run{Boot: v.spec.Boot, Restarts: restarts, StartAt: v.Now()}
	nics := make([]string, 0, len(v.spec.NICs))
	for _, n := range v.spec.NICs {
		nics = append(nics, string(n.ID))
	}
	if err := v.write(cardsEffect, "nics", []byte(strings.Join(nics, "\n"))); err != nil {
		return plan.Status{}, err
	}
	user, err := v.give()
	if err != nil {
		return plan.Status{}, err
	}
	cage, err := v.cage(user)
	if err != nil {
		return plan.Status{}, err
	}
	serial, err := os.OpenFile(v.file("serial.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return plan.Status{}, err
	}
	defer serial.Close()
	args, err := v.arguments(layers)
	if err != nil {
		return plan.Status{}, err
	}
	if err := os.Truncate(v.file("log"), 0); err != nil && !errors.Is(err, os.ErrNotExist) {
		return plan.Status{}, err
	}
	var p sys.Process
	err = startEffect.Do(func() error {
		if err := v.save(); err != nil {
			return err
		}
		p, err = sys.Start(sys.Launch{
			Identity: v.In.VMName(v.id), Path: "qemu-system-x86_64", Args: args, Dir: v.file(ioDir),
			Log: v.file("log"), PIDFile: v.file("pid"), Files: append([]*os.File{serial}, taps...), Cage: cage,
		})
		return err
	})
	if err != nil {
		return plan.Status{}, err
	}
	st, err := v.settle(ctx, p)
	st.Repaired = death
	return st, err
}

// settle waits a moment for the monitor: most machines are up before it is
// over, and what is wrong with a command line shows at once.
func (v *vm) settle(ctx context.Context, p sys.Process) (plan.Status, error) {
	for range 50 {
		if !p.Alive() {
			// Not a hypervisor that died: it never ran.
			return plan.Status{}, fmt.Errorf("it did not start: %s", v.lastWords())
		}
		if _, err := os.Stat(v.socket("qmp.sock")); err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return plan.Status{Reason: "the machine is starting", Again: soon}, nil
		case <-time.After(10 * time.Millisecond):
		}
	}
	return v.running(ctx, p)
}

// holdDisks checks that every volume is as wanted and free, and holds it. The
// answer is the active layer of each, or why it must wait.
func (v *vm) holdDisks() (layers map[plan.ID]string, why string, err error) {
	if v.spec.DVD != "" {
		if _, err := os.Stat(v.disc()); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Sprintf("image %s for the drive is not here yet", v.spec.DVD), nil
		} else if err != nil {
			return nil, "", err
		}
	}
	if v.spec.Image != "" {
		if _, err := os.Stat(v.In.Path("images", string(v.spec.Image), "manifest.json")); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Sprintf("image %s is not here yet", v.spec.Image), nil
		} else if err != nil {
			return nil, "", err
		}
	}
	layers = map[plan.ID]string{}
	for _, a := range v.spec.Volumes {
		layer, why, err := v.hold(a.Volume, sys.Process{})
		if err != nil || why != "" {
			return nil, why, errors.Join(err, v.release(nil))
		}
		layers[a.Volume] = layer
	}
	return layers, "", nil
}

// hold takes one volume for the process p; without p for the one to be
// started, which is then found by its name.
func (v *vm) hold(id plan.ID, p sys.Process) (layer, why string, err error) {
	dir := v.In.VolumeDir(id)
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return "", fmt.Sprintf("volume %s is not there yet", id), nil
	}
	unlock, err := v.In.LockVolume(id)
	if err != nil {
		return "", "", err
	}
	defer unlock()
	by, err := v.In.HeldBy(id)
	if err != nil {
		return "", "", err
	}
	if by != "" && by != v.id {
		return "", fmt.Sprintf("machine %s still has volume %s open", by, id), nil
	}
	want := v.spec.Disks[id]
	if want.VM != v.id {
		return "", fmt.Sprintf("volume %s is not meant for this machine yet", id), nil
	}
	c, err := sys.LoadChain(dir)
	if err == nil && by == "" {
		err = c.Follow()
	}
	if err != nil {
		return "", "", err
	}
	if why := unfinished(c, want); why != "" {
		return "", fmt.Sprintf("volume %s: %s", id, why), nil
	}
	if s := v.In.VolumeJob(id).State(); s == sys.JobRunning || s == sys.JobDone {
		return "", fmt.Sprintf("volume %s is being copied or merged", id), nil
	}
	if err := v.giveVolume(id); err != nil {
		return "", "", err
	}
	err = holdEffect.Do(func() error { return v.In.WriteHold(id, sys.Hold{VM: v.id, Process: p}) })
	return c.Active, "", err
}

// unfinished is why a chain cannot be opened yet. What is left to tidy up can
// be done while it is open.
func unfinished(c *sys.Chain, want plan.Volume) string {
	switch step := c.Next(want); step.Do {
	case sys.Nothing, sys.DropPoint, sys.DropLayer, sys.Merge:
		return ""
	case sys.Lost:
		return step.Reason
	default:
		return "the disk is not ready yet"
	}
}

// adopt bounds the process and writes it into the holds that were taken before
// it had a pid, in case that the one who started it came to neither.
func (v *vm) adopt(p sys.Process) error {
	user, err := v.user()
	if err != nil {
		return err
	}
	if err := (&sys.Cage{User: user, Limits: guestLimits}).Limit(p); err != nil {
		return err
	}
	held, err := v.In.Holds(v.id)
	if err != nil {
		return err
	}
	for _, id := range held {
		if h, err := v.In.ReadHold(id); err == nil && h.Process.PID == p.PID && h.Process.Start == p.Start {
			continue
		}
		if err := v.In.WriteHold(id, sys.Hold{VM: v.id, Process: p}); err != nil {
			return err
		}
	}
	return nil
}

// release gives up the volumes that this machine holds, but those to keep. The
// caller knows that its process does not have them open.
func (v *vm) release(keep []plan.ID) error {
	held, err := v.In.Holds(v.id)
	if err != nil {
		return err
	}
	for _, id := range held {
		if !slices.Contains(keep, id) {
			if err := v.In.DropHold(id, v.id); err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(string(id)), err)
			}
		}
	}
	return nil
}

package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// disaster lets something rare happen. Most last for a while; Mend ends them all.
func (r *Run) disaster(h *Host) {
	switch r.Rand.IntN(11) {
	case 0, 1:
		r.lasting(h)
	case 2:
		r.loseDisk(h)
	case 3:
		r.silence(h)
	case 4:
		r.loseHost(h)
	case 5:
		r.restoreOld()
	case 6:
		r.setClock()
	case 7:
		r.overload()
	case 8, 9:
		r.reboot()
	default:
		r.Now = r.Now.Add(time.Duration(r.Rand.IntN(150)) * time.Minute)
		r.say("time goes by")
	}
}

// lasting lets orders of one kind fail on a host for up to an hour.
func (r *Run) lasting(h *Host) {
	kinds := []plan.Kind{plan.KindVolume, plan.KindVM, plan.KindRouter, plan.KindPort, plan.KindNetwork, plan.KindImage, ""}
	modes := []fake.Mode{fake.Fail, fake.FailAfter, fake.Stall, fake.Hopeless}
	f := fake.Fault{
		Kind: kinds[r.Rand.IntN(len(kinds))], Mode: modes[r.Rand.IntN(len(modes))],
		Op:     []fake.Op{"", fake.OpEnsure, fake.OpRemove}[r.Rand.IntN(3)],
		Reason: "for a while",
	}
	until := r.Now.Add(time.Duration(1+r.Rand.IntN(60)) * time.Minute)
	r.say("%s: %s of %s %q until %s", h.Name, f.Mode, f.Op, f.Kind, until.Format("15:04"))
	h.troubles = append(h.troubles, trouble{Fault: f, until: until})
	r.faults++
}

// loseDisk lets a disk vanish that was made and is not ordered made again.
func (r *Run) loseDisk(h *Host) {
	docs := documents[plan.Volume](h, plan.KindVolume)
	var ids []plan.ID
	for id, v := range docs {
		if t := h.things[plan.Ref{Kind: plan.KindVolume, ID: id}]; !v.Create && t != nil && t.made {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || h.away {
		return
	}
	slices.Sort(ids)
	id := ids[r.Rand.IntN(len(ids))]
	r.everything("disk lost", h, plan.Ref{Kind: plan.KindVolume, ID: id})
	r.say("%s loses the disk %s", h.Name, id)
	r.faults++
	r.undecided = true // what is left of the machine is kept for a person
	if err := h.loses(id); err != nil {
		panic(err)
	}
}

// silence keeps a host from speaking for a while, as a cut cable does.
func (r *Run) silence(h *Host) {
	if h.away {
		return
	}
	h.Down, h.back = true, r.Now.Add(time.Duration(1+r.Rand.IntN(20))*time.Minute)
	r.everything("host silent", h)
	r.say("%s is silent until %s", h.Name, h.back.Format("15:04"))
	r.faults++
}

// loseHost is the operator who declares a host lost that is switched off, and takes
// it back later. One at a time: somebody has to be left.
func (r *Run) loseHost(h *Host) {
	if slices.ContainsFunc(r.Hosts, func(o *Host) bool { return o.away || o.Down }) {
		return
	}
	r.everything("host lost", h)
	r.say("%s is switched off and declared lost", h.Name)
	r.faults++
	r.undecided = true
	if r.guard(func() {
		if err := r.declare(h, cloud.HostLost); err != nil && !errors.Is(err, fake.ErrInjected) {
			panic(err)
		}
	}) {
		return
	}
	if r.stateOfHost(h) != cloud.HostLost {
		return
	}
	h.Down, h.away, h.back = true, true, r.Now.Add(time.Duration(5+r.Rand.IntN(60))*time.Minute)
}

func (r *Run) stateOfHost(h *Host) (state cloud.HostState) {
	_ = r.DB.Read(context.Background(), func(tx *store.Tx) error {
		row, err := store.Get[cloud.Host](tx, h.ID)
		if err == nil {
			state = row.State
		}
		return err
	})
	return state
}

// declare is what the operator says about a host.
func (r *Run) declare(h *Host, state cloud.HostState) error {
	tell := map[cloud.HostState]func(*store.Tx, int64) error{cloud.HostLost: hub.DeclareLost, cloud.HostUp: hub.Readmit}[state]
	return r.DB.Write(context.Background(), func(tx *store.Tx) error {
		row, err := store.Get[cloud.Host](tx, h.ID)
		if err != nil {
			return err
		}
		row.State = state
		if err := store.Update(tx, row); err != nil {
			return err
		}
		return tell(tx, h.ID)
	})
}

// returns lets hosts come back whose time it is, or all of them.
func (r *Run) returns(all bool) {
	for _, h := range r.Hosts {
		if !h.Down || !all && r.Now.Before(h.back) {
			continue
		}
		r.say("%s is back", h.Name)
		h.Down = false
		h.Agent.Disconnect()
	}
	for _, h := range r.Hosts {
		if !h.away || h.Down || !h.standing {
			continue
		}
		died := r.guard(func() {
			err := r.declare(h, cloud.HostUp)
			if err != nil && !cloud.IsKind(err, cloud.Conflict) && !errors.Is(err, fake.ErrInjected) {
				panic(err)
			}
		})
		if died || r.stateOfHost(h) != cloud.HostUp {
			continue
		}
		r.say("%s stood down and is taken back", h.Name)
		h.away, h.standing = false, false
		h.untold = &untold{}
		h.Agent.Disconnect()
	}
}

// backup saves the database as it is.
func (r *Run) backupNow() {
	file := filepath.Join(r.Dir, "older")
	_ = os.Remove(file)
	if err := r.DB.Backup(context.Background(), file); err != nil {
		_ = os.Remove(file)
		return
	}
	r.saved = file
	r.say("the database is saved")
}

// restoreOld puts an older database in the place of the present one; without one it
// makes one for later.
func (r *Run) restoreOld() {
	if r.saved == "" {
		r.backupNow()
		return
	}
	for _, h := range r.Hosts {
		if h.away {
			return // who is lost in the older one is for the operator to say again
		}
		r.everything("older database", h)
	}
	r.say("an older database is restored")
	r.faults++
	r.undecided, r.restored, r.older = true, true, r.Now
	file := r.saved
	r.saved = ""
	if err := r.Close(); err != nil {
		panic(err)
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(r.path() + end)
	}
	opt := store.Options{Path: r.path(), Now: r.clock, Rand: r.bytes, NoSync: true}
	if err := unharmed(func() error { return store.Restore(context.Background(), file, opt) }); err != nil {
		panic(err)
	}
	r.reopen()
	_ = r.DB.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT coalesce(max(id), 0) FROM server`).Scan(&r.younger)
	})
	for _, h := range r.Hosts {
		h.untold = &untold{since: r.Now}
	}
}

// setClock sets the control plane's clock ahead, or right again, or behind.
func (r *Run) setClock() {
	was := r.skew
	switch {
	case r.skew != 0:
		r.skew = 0
	case r.Rand.IntN(3) == 0:
		r.skew = -time.Duration(1+r.Rand.IntN(120)) * time.Minute
	default:
		r.skew = time.Duration(1+r.Rand.IntN(72)) * time.Hour
	}
	for _, h := range r.Hosts {
		r.everything("clock set", h)
		if h.untold != nil && !h.untold.since.IsZero() {
			h.untold.since = epoch.Add(-addressesWait) // the wait may be over before its time
		}
	}
	r.say("the clock is set from %s to %s", was, r.skew)
	r.faults++
	if r.skew < was { // which the queue's watch sees
		r.guard(func() { _ = r.Queue.Pull(context.Background()) })
	}
}

// overload orders three times as many machines as fit on hosts that are empty.
func (r *Run) overload() {
	who := r.tenants[r.Rand.IntN(len(r.tenants))]
	r.say("overload")
	refused := 0
	for range 36 {
		body := r.wanted()
		body["hardware"] = map[string]any{
			"vcore": 16, "cores_per_processor": 1, "ram": 128, "hdds": []any{map[string]any{"size": 20, "is_main": true}},
		}
		if code, _ := r.call(who.key, "POST", "/servers", body); code >= 400 {
			refused++
		}
	}
	r.met(owner{}, "create", fmt.Sprint("overload, refused: ", refused > 0))
}

// reboot switches a host off and on, one with a removal under way if there is one:
// its guests are gone, and its agent begins from its files.
func (r *Run) reboot() {
	h := r.Hosts[r.Rand.IntN(len(r.Hosts))]
	for _, o := range r.Hosts {
		names, _ := o.Folder.List()
		for _, name := range names {
			if b, _ := o.Folder.Read(name); strings.Contains(string(b), `"absent":true`) && !o.away {
				h = o
			}
		}
	}
	r.everything("reboot", h)
	r.say("%s is rebooted", h.Name)
	r.faults++
	r.guardHost(h, func() {
		if err := h.Machine.PowerCut(); err != nil && !errors.Is(err, fake.ErrInjected) {
			panic(err)
		}
	})
	if err := r.Boot(h); err != nil {
		panic(err)
	}
}

// Mend ends everything that lasts, as the operator and time do in the end.
func (r *Run) Mend() error {
	for _, h := range r.Hosts {
		h.troubles = nil
	}
	if r.skew != 0 {
		back := r.skew > 0
		r.skew = 0
		if back {
			if err := r.Queue.Pull(context.Background()); err != nil {
				return err
			}
		}
	}
	if err := r.lateWrite(); err != nil {
		return err
	}
	r.returns(true)
	for range 20 {
		if !slices.ContainsFunc(r.Hosts, func(h *Host) bool { return h.away }) {
			return nil
		}
		r.Now = r.Now.Add(30 * time.Second)
		if _, err := r.round(); err != nil {
			return err
		}
		r.returns(true)
	}
	return errors.New("a lost host did not stand down within ten minutes")
}

// everything counts a fault that meets all that lies on a host, or one thing of it.
func (r *Run) everything(fault string, h *Host, only ...plan.Ref) {
	if r.watch == nil {
		return
	}
	if len(only) == 0 {
		only = slices.Collect(maps.Keys(h.things))
	}
	for _, ref := range only {
		r.met(r.watch.things[ref].by, string(ref.Kind), fault)
	}
}

// met counts a triple of state, step and fault.
func (r *Run) met(o owner, step, fault string) {
	state := "none"
	if r.watch != nil {
		if n, ok := r.watch.states[o]; ok {
			state = fmt.Sprint(o.kind, " ", n)
		}
	}
	if r.triples == nil { // a walk asks nobody for them
		r.triples = map[string]bool{}
	}
	r.triples[state+"\t"+step+"\t"+fault] = true
}

// unharmed runs what no fault may meet: it stands for a person at the disk.
func unharmed(f func() error) error {
	restore := crash.Set(func(string) error { return nil })
	defer restore()
	return f()
}

package cloudcix

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// change is a VMUpdate as it was read, with what is needed to put errors back to
// where they came from.
type change struct {
	in        control.ChangeServerIn
	cpu, ram  bool
	storages  int   // items sent
	grow, add []int // their places in what was sent
}

// updateVM is PUT and PATCH vm/{pk}/ (section 14).
func (a *API) updateVM(r *wire.Request) (wire.Answer, error) {
	body, c, p, err := form(r)
	if err != nil {
		return wire.Answer{}, err
	}
	ch := changeIn(p, body, r.HTTP.Method == http.MethodPut)
	if p.err() != nil {
		return wire.Answer{}, a.complete(r, c, p, func(dry *control.Call) error {
			_, err := a.c.ChangeServer(r.Context(), dry, id(r, "pk"), ch.in, nothing[*control.View])
			return ch.blame(err)
		})
	}
	rep, err := a.c.ChangeServer(r.Context(), c, id(r, "pk"), ch.in, func(t *control.Txn, v *control.View) (int, any, error) {
		vm, err := oneVM(t, v)
		return http.StatusOK, content(vm), err
	})
	return replied(rep, ch.blame(err))
}

// changeIn reads a VMUpdate. What was refused is left out of the input, so that
// the rest can be played through.
func changeIn(p *problems, body wire.Object, put bool) *change {
	ch := &change{in: control.ChangeServerIn{UpdateServerIn: control.UpdateServerIn{Limits: limits, UniqueName: true}}}
	in := &ch.in
	if v := body.Get("name"); sent(v) {
		name := nameOf(p, body, "name", 101, 102, limits.NameMax)
		if !p.has("name") {
			in.Name = &name
		}
	}
	if v := body.Get("state"); sent(v) {
		ch.stateIn(p, v)
	}
	ch.natIn(p, body.Get("ip_addresses"), put)
	ch.hardwareIn(p, body)
	ch.storagesIn(p, body.Get("storages"))
	if v := body.Get("userdata"); sent(v) {
		s := userdataIn(p, body, 134, 135)
		if !p.has("userdata") && s != "" {
			in.UserData = &s
		}
	}
	ch.gpuIn(p, body.Get("gpu"))
	ch.withState(p)
	return ch
}

func (ch *change) stateIn(p *problems, v wire.Value) {
	n, err := v.Int()
	switch {
	case err != nil:
		p.add("state", 104, "The state must be an integer.")
	case n < -1 || n > 17 && n != 99:
		p.add("state", 105, "%d is no state.", n)
	default:
		ch.in.State = ptr(int(n))
	}
}

// natIn reads ip_addresses: only nat can change; addresses left out keep theirs.
func (ch *change) natIn(p *problems, v wire.Value, put bool) {
	if !v.Given() {
		if put || sent(v) {
			p.add("ip_addresses", 112, "ip_addresses is required.")
		}
		return
	}
	items, err := v.List()
	switch {
	case err != nil:
		p.add("ip_addresses", 111, "ip_addresses must be a list.")
		return
	case len(items) == 0:
		p.add("ip_addresses", 112, "ip_addresses must not be empty.")
		return
	}
	nat := map[netip.Addr]bool{}
	for _, item := range items {
		addr, on, told, ok := toggleIn(item)
		if !ok {
			p.add("ip_addresses", 115, "An item is not an address of the virtual machine.")
			return
		}
		if told {
			nat[addr] = on
		}
	}
	ch.in.NAT = nat
}

// toggleIn reads an item of ip_addresses. In an update unknown keys are ignored:
// clients send back what they were shown.
func toggleIn(item wire.Value) (addr netip.Addr, on, told, ok bool) {
	o, err := item.Object()
	if err != nil || !item.Given() {
		return addr, false, false, false
	}
	s, err := o.Get("address").Text()
	if err != nil {
		return addr, false, false, false
	}
	if addr, err = netip.ParseAddr(s); err != nil {
		return addr, false, false, false
	}
	if !idFits(o) {
		return addr, false, false, false
	}
	v := o.Get("nat")
	if !sent(v) {
		return addr, false, false, true
	}
	on, err = v.Bool()
	return addr, on, true, err == nil
}

func (ch *change) hardwareIn(p *problems, body wire.Object) {
	// Whoever cannot stop a machine for a change cannot change it in this dialect.
	hw := control.HardwareIn{Limits: limits, AllowRestart: true}
	if v := body.Get("cpu"); sent(v) {
		ch.cpu = true
		if n, err := v.Int(); err != nil {
			p.add("cpu", 116, "cpu must be an integer.")
		} else if hw.VCPU = small(n); n <= 0 {
			p.add("cpu", 117, "cpu must be at least 1.")
			hw.VCPU = 0
		}
	}
	if v := body.Get("ram"); sent(v) {
		ch.ram = true
		if n, err := v.Int(); err != nil {
			p.add("ram", 121, "ram must be an integer.")
		} else if hw.RAMGB = small(n); n <= 0 {
			p.add("ram", 122, "ram must be at least 1 GB.")
			hw.RAMGB = 0
		}
	}
	if ch.cpu || ch.ram { // also when refused: the permission is asked for all the same
		ch.in.Hardware = &hw
	}
}

// storagesIn reads storages: with id a change, without a new one.
func (ch *change) storagesIn(p *problems, v wire.Value) {
	if !sent(v) {
		return
	}
	items, err := v.List()
	if err != nil {
		p.add("storages", 126, "storages must be a list.")
		return
	}
	ch.storages = len(items)
	for i, item := range items {
		o, err := item.Object()
		if err != nil || !item.Given() {
			p.item("storages", len(items), i, p.group, "", 127, "A storage must be an object.")
			continue
		}
		bad := false
		note := func(group string) func(field string, n int, text string) {
			return func(field string, n int, text string) {
				bad = true
				p.item("storages", len(items), i, group, field, n, "%s", text)
			}
		}
		if !o.Has("id") {
			d := storageIn(o, note("storage_create"))
			if d.Main && !bad {
				note(p.group)("", 128, "A new storage may not be primary.")
			}
			if !bad {
				ch.in.Add, ch.add = append(ch.in.Add, d), append(ch.add, i)
			}
			continue
		}
		if d := growIn(o, p, note); !bad {
			ch.in.Grow, ch.grow = append(ch.in.Grow, d), append(ch.grow, i)
		}
	}
}

// growIn reads an item of StorageUpdate.
func growIn(o wire.Object, p *problems, note func(group string) func(field string, n int, text string)) control.DiskIn {
	var d control.DiskIn
	n, err := o.Get("id").Int()
	if err != nil {
		note(p.group)("", 129, "The id of the item is not a storage.")
	}
	d.ID = pickOf(n)
	if v := o.Get("gb"); sent(v) {
		if gb, err := v.Int(); err != nil {
			note("storage_update")("gb", 101, "gb must be an integer.")
		} else if gb <= 0 || gb > int64(limits.DiskMax) && gb > 1<<30 {
			note("storage_update")("gb", 102, fmt.Sprintf("gb must be %d to %d.", limits.DiskMin, limits.DiskMax))
		} else {
			d.SizeGB = small(gb) // the core knows whether it is an echo or out of range
		}
	}
	if v := o.Get("name"); sent(v) {
		name, err := v.Text()
		switch n := len([]rune(name)); {
		case err != nil || n == 0:
			note("storage_update")("name", 103, "name must not be empty.")
		case n > storageNameMax:
			note("storage_update")("name", 104, fmt.Sprintf("name has %d characters, at most %d are allowed.", n, storageNameMax))
		}
		d.Name = name
	}
	return d
}

// gpuIn reads gpu. No host has any yet: 0 is what is shown and so no change.
func (ch *change) gpuIn(p *problems, v wire.Value) {
	if !sent(v) {
		return
	}
	n, err := v.Int()
	switch {
	case err != nil:
		p.add("gpu", 136, "gpu must be an integer.")
	case n != 0:
		p.add("gpu", 137, "The server of the virtual machine has no GPU.")
	}
}

// withState refuses a change of the shape together with a state that is not the
// one that such a change leads to.
func (ch *change) withState(p *problems) {
	if ch.in.State == nil {
		return
	}
	switch *ch.in.State {
	case cloud.StateRunning, cloud.StateQuiesced, cloud.StateRunningUpdate, cloud.StateQuiescedUpdate:
		return // the stable ones are echoes, or refused by the core
	}
	if ch.cpu {
		p.add("cpu", 119, "cpu cannot change together with state %d.", *ch.in.State)
	}
	if ch.ram {
		p.add("ram", 124, "ram cannot change together with state %d.", *ch.in.State)
	}
	if ch.storages > 0 {
		p.add("storages", 132, "storages cannot change together with state %d.", *ch.in.State)
	}
}

// blame says which field an error of the core without one is about: a machine
// that is busy refuses all parts that would change its shape.
func (ch *change) blame(err error) error {
	var e *cloud.Error
	if !errors.As(err, &e) {
		return err
	}
	p := newProblems("vm_update")
	switch e.Code {
	case "server.busy", "server.scrub", "server.failed", "server.removing":
		if ch.cpu {
			p.add("cpu", 118, "%s", detail(e))
		}
		if ch.ram {
			p.add("ram", 123, "%s", detail(e))
		}
		if ch.storages > 0 {
			p.add("storages", 131, "%s", detail(e))
		}
		if !p.has("cpu", "ram", "storages") {
			p.add("state", 106, "%s", detail(e))
		}
	case "server.grow":
		switch {
		case e.Field == "ram":
			p.add("ram", 125, "%s", detail(e))
		case e.Field == "vcpu":
			p.add("cpu", 120, "%s", detail(e))
		default:
			p.add("storages", 130, "%s", detail(e))
		}
	case "disk.range", "disk.shrink":
		ch.blameItem(p, e)
	default:
		return err
	}
	return p.err()
}

// blameItem finds the item of storages that grow[i] or disks[i] of the core was.
func (ch *change) blameItem(p *problems, e *cloud.Error) {
	var i int
	places, group, n := ch.grow, "storage_update", 102
	if _, err := fmt.Sscanf(e.Field, "grow[%d]", &i); err != nil {
		places, group, n = ch.add, "storage_create", 103
		if _, err := fmt.Sscanf(strings.TrimSuffix(e.Field, ".size"), "disks[%d]", &i); err != nil {
			p.add("storages", 130, "%s", detail(e))
			return
		}
	}
	if i < 0 || i >= len(places) {
		p.add("storages", 130, "%s", detail(e))
		return
	}
	p.item("storages", ch.storages, places[i], group, "gb", n, "%s", detail(e))
}

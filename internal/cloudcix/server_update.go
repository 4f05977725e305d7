package cloudcix

import (
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// serverChange reads a VMUpdate (section 14). What was refused is left out.
func serverChange(f *form) control.ChangeServerIn {
	in := control.ChangeServerIn{
		Pick: f.object(), Limits: limits, UniqueName: true,
		Name:     f.nameIf("name", 101, 102, limits.NameMax),
		State:    f.state(104, 105),
		NAT:      natIn(f),
		Hardware: hardwareIn(f),
		Disks:    storageChanges(f),
	}
	if s := userdataIn(f, 134, 135); s != "" {
		in.UserData = &s
	}
	gpuIn(f)
	withState(f, in)
	return in
}

// natIn reads ip_addresses: only nat can change; addresses left out keep theirs.
func natIn(f *form) map[netip.Addr]bool {
	if !f.whole() && !sent(f.body.Get("ip_addresses")) {
		return nil
	}
	items, _ := f.list("ip_addresses", 111, 112)
	nat := map[netip.Addr]bool{}
	for _, item := range items {
		addr, on, told, ok := toggleIn(item)
		if !ok {
			f.add("ip_addresses", 115, "An item is not an address of the virtual machine.")
			return nil
		}
		if told {
			nat[addr] = on
		}
	}
	return nat
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

// hardwareIn reads cpu and ram. Whoever cannot stop a machine for a change cannot
// change it in this dialect. What was refused still asks for the permission.
func hardwareIn(f *form) *control.HardwareIn {
	hw := &control.HardwareIn{Limits: limits, AllowRestart: true}
	if cpu := f.numberIf("cpu", 116); cpu != nil {
		hw.VCPU = f.amount("cpu", 117, *cpu, maxSmall, "")
	}
	if ram := f.numberIf("ram", 121); ram != nil {
		hw.RAMGB = f.amount("ram", 122, *ram, maxGB, " GB")
	}
	if !sent(f.body.Get("cpu")) && !sent(f.body.Get("ram")) {
		return nil
	}
	return hw
}

// storageChanges reads storages: with id a change, without a new one. Items that
// were refused keep their place, so that errors of the others find theirs.
func storageChanges(f *form) []control.DiskIn {
	v := f.body.Get("storages")
	if !sent(v) {
		return nil
	}
	items, err := v.List()
	if err != nil {
		f.add("storages", 126, "storages %s.", noList(err))
		return nil
	}
	disks := make([]control.DiskIn, len(items))
	for i, item := range items {
		o, err := item.Object()
		if err != nil || !item.Given() {
			f.item("storages", i, f.group, "", 127, "A storage must be an object.")
			continue
		}
		if o.Has("id") {
			disks[i] = growIn(f, o, i)
			continue
		}
		disks[i] = storageIn(o, func(part string, n int, text string) { f.item("storages", i, "storage_create", part, n, "%s", text) })
		if disks[i].Main {
			f.item("storages", i, f.group, "", 128, "A new storage may not be primary.")
		}
	}
	return disks
}

// growIn reads an item of StorageUpdate.
func growIn(f *form, o wire.Object, i int) control.DiskIn {
	bad := func(part string, n int, format string, args ...any) {
		f.item("storages", i, "storage_update", part, n, format, args...)
	}
	var d control.DiskIn
	n, err := o.Get("id").Int()
	if err != nil {
		f.item("storages", i, f.group, "", 129, "The id of the item is not a storage.")
	}
	d.ID = pickOf(n)
	if v := o.Get("gb"); sent(v) {
		if gb, err := v.Int(); err != nil {
			bad("gb", 101, "gb must be an integer.")
		} else if gb <= 0 || gb > int64(limits.DiskMax) && gb > 1<<30 {
			bad("gb", 102, "gb must be %d to %d, not %d.", limits.DiskMin, limits.DiskMax, gb)
		} else {
			d.SizeGB = small(gb) // the core knows whether it is an echo or out of range
		}
	}
	if v := o.Get("name"); sent(v) {
		name, err := v.Text()
		switch n := len([]rune(name)); {
		case err != nil || n == 0:
			bad("name", 103, "name must not be empty.")
		case n > storageNameMax:
			bad("name", 104, "name has %d characters, at most %d are allowed.", n, storageNameMax)
		}
		d.Name = name
	}
	return d
}

// gpuIn reads gpu. No host has any yet: 0 is what is shown and so no change.
func gpuIn(f *form) {
	if n := f.numberIf("gpu", 136); n != nil && *n != 0 {
		f.add("gpu", 137, "The server of the virtual machine has no GPU.")
	}
}

// withState refuses a change of the shape together with a state that is not the
// one that such a change leads to.
func withState(f *form, in control.ChangeServerIn) {
	if in.State == nil {
		return
	}
	switch *in.State {
	case cloud.StateRunning, cloud.StateQuiesced, cloud.StateRunningUpdate, cloud.StateQuiescedUpdate:
		return // the stable ones are echoes, or refused by the core
	}
	for field, n := range map[string]int{"cpu": 119, "ram": 124} {
		if sent(f.body.Get(field)) {
			f.add(field, n, "%s cannot change together with state %d.", field, *in.State)
		}
	}
	if len(in.Disks) > 0 {
		f.add("storages", 132, "storages cannot change together with state %d.", *in.State)
	}
}

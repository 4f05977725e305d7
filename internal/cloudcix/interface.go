package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var interfaces = listing{
	op: wirespec.ListInterface.Spec, rows: reflect.TypeFor[cloud.Interface](),
	named: map[string]column{
		"ip_address":  {field: "text"},
		"mac_address": {field: "mac"},
		"server_id":   {field: "host_id"},
	},
	order: map[string]cloud.Order{"ip_address": {Field: "addr"}},
}

func (a *API) interfaces(h wire.Handlers) {
	index(a, h, wirespec.ListInterface, (*control.Txn).Interfaces, each(interfaceOf))
	get(a, h, wirespec.ReadInterface, (*control.Txn).Interface, pure(interfaceOf))
	write(h, wirespec.CreateInterface, interfaceCreate, a.c.CreateInterface, pure(interfaceOf))
	write(h, wirespec.UpdateInterface, interfaceUpdate, a.c.UpdateInterface, pure(interfaceOf))
	write(h, wirespec.PatchInterface, interfaceUpdate, a.c.UpdateInterface, pure(interfaceOf))
	end(h, wirespec.DeleteInterface, a.c.DeleteInterface)
}

func interfaceCreate(f *form) control.InterfaceIn {
	return control.InterfaceIn{
		Host: ptr(f.number("server_id", 101, 102)), MAC: f.words("mac_address", 105, 106), Address: f.addressIf("ip_address", 107),
		Hostname: f.nameIfAny("hostname", 108, 64), Details: f.nameIfAny("details", 109, 64), Enabled: f.truthIf("enabled", 110),
	}
}

// interfaceUpdate requires nothing: what is not sent stays, and it stays with its host.
func interfaceUpdate(f *form) control.InterfaceIn {
	in := control.InterfaceIn{
		Pick: f.object(), Address: f.addressIf("ip_address", 104), Hostname: f.nameIfAny("hostname", 103, 64),
		Details: f.nameIfAny("details", 101, 64), Enabled: f.truthIf("enabled", 102),
	}
	if sent(f.body.Get("mac_address")) {
		in.MAC = f.words("mac_address", 105, 105)
	}
	return in
}

// addressIf reads an address that may be left out; null and "" are none.
func (f *form) addressIf(field string, kind int) *string {
	v := f.body.Get(field)
	if !sent(v) {
		return nil
	}
	if v.Null() {
		return ptr("")
	}
	s, err := v.Text()
	if err != nil {
		f.add(field, kind, "%s must be text.", field)
		return nil
	}
	return &s
}

func interfaceOf(i *cloud.Interface) wirespec.Interface {
	out := wirespec.Interface{
		Created: stamp(i.Created), Details: i.Details, Enabled: i.Enabled, Hostname: i.Hostname, ID: i.ID, MACAddress: i.MAC,
		ServerID: i.HostID, Updated: stamp(i.Updated), URI: uri("interface", i.ID),
	}
	if i.Text != "" {
		out.IPAddress = &i.Text
	}
	return out
}

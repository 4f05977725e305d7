package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var poolIPs = listing{
	op: wirespec.ListPoolIP.Spec, rows: reflect.TypeFor[cloud.PoolIP](),
	named: map[string]column{"ip_address": {field: "text"}},
	order: map[string]cloud.Order{"ip_address": {Field: "addr"}},
}

func (a *API) poolIPs(h wire.Handlers) {
	index(a, h, wirespec.ListPoolIP, (*control.Txn).PoolIPs, each(poolIP))
	get(a, h, wirespec.ReadPoolIP, (*control.Txn).PoolIP, pure(poolIP))
	write(h, wirespec.CreatePoolIP, poolIPIn, a.c.CreatePoolIP, pure(poolIP))
	write(h, wirespec.UpdatePoolIP, poolIPIn, a.c.UpdatePoolIP, pure(poolIP))
	write(h, wirespec.PatchPoolIP, poolIPIn, a.c.UpdatePoolIP, pure(poolIP))
	end(h, wirespec.DeletePoolIP, a.c.DeletePoolIP)
}

// poolIPIn reads all three writes alike (section 5).
func poolIPIn(f *form) control.PoolIPIn {
	return control.PoolIPIn{Pick: f.objectIf(), Address: f.words("ip_address", 101, 101), Domain: f.words("domain", 104, 104)}
}

func poolIP(a *cloud.PoolIP) wirespec.PoolIP {
	return wirespec.PoolIP{
		Created: stamp(a.Created), Domain: a.Domain, ID: a.ID, IPAddress: a.Text, ModifiedBy: ref(a.ModifiedBy), Updated: stamp(a.Updated),
		URI: uri("pool_ip", a.ID),
	}
}

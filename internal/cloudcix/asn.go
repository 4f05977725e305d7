package cloudcix

import (
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var asns = listing{op: wirespec.ListASN.Spec, rows: reflect.TypeFor[cloud.ASN]()}

func (a *API) asns(h wire.Handlers) {
	index(a, h, wirespec.ListASN, (*control.Txn).ASNs, each(asnOf))
	get(a, h, wirespec.ReadASN, (*control.Txn).ASN, pure(asnOf))
	write(h, wirespec.CreateASN, asnIn, a.c.CreateASN, pure(asnOf))
	write(h, wirespec.UpdateASN, asnIn, a.c.UpdateASN, pure(asnOf))
	write(h, wirespec.PatchASN, asnIn, a.c.UpdateASN, pure(asnOf))
	end(h, wirespec.DeleteASN, a.c.DeleteASN)
}

func asnIn(f *form) control.ASNIn {
	in := control.ASNIn{Pick: f.objectIf(), MemberID: f.numberIf("member_id", 101)}
	if f.whole() || sent(f.body.Get("number")) {
		in.Number = ptr(f.number("number", 102, 102))
	}
	return in
}

func asnOf(a *cloud.ASN) wirespec.ASN {
	return wirespec.ASN{
		AllocationsInUse: a.Allocations, Created: stamp(a.Created), ID: a.ID, MemberID: ref(a.MemberID), Number: a.Number,
		Updated: stamp(a.Updated), URI: uri("asn", a.ID),
	}
}

package cloudcix

import (
	"net/http"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// createVM is POST vm/ (section 14).
func (a *API) createVM(r *wire.Request) (wire.Answer, error) {
	body, c, p, err := form(r)
	if err != nil {
		return wire.Answer{}, err
	}
	in := createIn(p, body)
	if p.err() != nil {
		// Nothing more can be said without the objects that the rest depends on.
		if p.has("project_id", "image_id", "gateway_subnet") {
			return wire.Answer{}, p.err()
		}
		return wire.Answer{}, a.complete(r, c, p, func(dry *control.Call) error {
			_, err := a.c.CreateServer(r.Context(), dry, probeCreate(p, in), nothing[*control.View])
			return err
		})
	}
	return replied(a.c.CreateServer(r.Context(), c, in, func(t *control.Txn, v *control.View) (int, any, error) {
		vm, err := oneVM(t, v)
		return http.StatusCreated, content(vm), err
	}))
}

// createIn reads a VMCreate; what is wrong goes into p.
func createIn(p *problems, body wire.Object) control.CreateServerIn {
	in := control.CreateServerIn{Limits: limits, UniqueName: true, Cores: 1}
	if n := need(p, body, "project_id", 101, 102); n != nil {
		in.Project = pickOf(*n)
	}
	if n := need(p, body, "image_id", 105, 106); n != nil {
		in.Image = pickOf(*n)
	}
	if n := need(p, body, "storage_type_id", 109, 110); n != nil {
		if in.StorageType = *n; control.StorageTypeName(*n) == "" {
			p.add("storage_type_id", 111, "There is no storage type %d.", *n)
		}
	}
	if n := need(p, body, "cpu", 117, 118); n != nil {
		if in.VCPU = small(*n); *n <= 0 {
			p.add("cpu", 119, "cpu must be at least 1.")
		}
	}
	if n := need(p, body, "ram", 120, 121); n != nil {
		if in.RAM = megabytes(*n); *n <= 0 {
			p.add("ram", 122, "ram must be at least 1 GB.")
		}
	}
	in.Name = nameOf(p, body, "name", 126, 127, limits.NameMax)
	in.Disks = storagesIn(p, body)
	in.DNS = dnsIn(p, body)
	in.KeyTexts = keysIn(p, body)
	in.GatewayNet = gatewayIn(p, body)
	in.Addresses = addressesIn(p, body)
	in.UserData = userdataIn(p, body, 144, 145)
	return in
}

// probeCreate replaces what was refused, so that the rest can be played through.
func probeCreate(p *problems, in control.CreateServerIn) control.CreateServerIn {
	if p.has("name") {
		in.Name = placeholder
	}
	if p.has("cpu") {
		in.VCPU = 1
	}
	if p.has("ram") {
		in.RAM = 1024
	}
	if p.has("storage_type_id") {
		in.StorageType = 0
	}
	if p.has("storages") {
		in.Disks = []control.DiskIn{{SizeGB: limits.DiskMin, Main: true}}
	}
	if p.has("ip_addresses") {
		in.Addresses = nil
	}
	if p.has("userdata") {
		in.UserData = ""
	}
	return in
}

// storagesIn reads storages: at least one, exactly one of them primary.
func storagesIn(p *problems, body wire.Object) []control.DiskIn {
	v := body.Get("storages")
	if !v.Given() {
		p.add("storages", 113, "At least one storage is required.")
		return nil
	}
	items, err := v.List()
	switch {
	case err != nil:
		p.add("storages", 112, "storages must be a list.")
		return nil
	case len(items) == 0:
		p.add("storages", 113, "At least one storage is required.")
		return nil
	}
	var disks []control.DiskIn
	mains := 0
	for i, item := range items {
		o, err := item.Object()
		if err != nil || !item.Given() {
			p.item("storages", len(items), i, p.group, "", 114, "A storage must be an object.")
			continue
		}
		d := storageIn(o, func(field string, n int, text string) {
			p.item("storages", len(items), i, "storage_create", field, n, "%s", text)
		})
		if d.Main {
			mains++
		}
		disks = append(disks, d)
	}
	if mains != 1 && !p.has("storages") {
		for i := range items {
			p.item("storages", len(items), i, p.group, "", 115, "Exactly one storage must be primary, %d are.", mains)
		}
	}
	return disks
}

// dnsIn reads the resolvers: addresses with commas between them.
func dnsIn(p *problems, body wire.Object) []string {
	s := textOr(body, "dns", "")
	if s == "" {
		if body.Has("dns") && s != textOr(body, "dns", "-") {
			p.add("dns", 125, "dns must be text.")
		}
		p.add("dns", 124, "dns is required.")
		return nil
	}
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		addr, err := netip.ParseAddr(strings.TrimSpace(part))
		if err != nil || addr.Zone() != "" {
			p.add("dns", 125, "%q is not an IP address.", part)
			return nil
		}
		list = append(list, addr.String())
	}
	return list
}

// keysIn reads the public key.
func keysIn(p *problems, body wire.Object) []string {
	v := body.Get("public_key")
	if !v.Given() {
		return nil
	}
	s, err := v.Text()
	if err == nil && s == "" {
		return nil
	}
	if err == nil {
		s, err = control.PublicKey(s)
	}
	if err != nil {
		p.add("public_key", 129, "The public key cannot be used: %v.", err)
		return nil
	}
	return []string{s}
}

// gatewayIn reads the text of the gateway's network, as it was sent when the
// network was made.
func gatewayIn(p *problems, body wire.Object) string {
	s := textOr(body, "gateway_subnet", "")
	if _, err := netip.ParsePrefix(s); err != nil {
		p.add("gateway_subnet", 130, "gateway_subnet must be an address range such as 10.0.0.1/24.")
	}
	return s
}

// addressesIn reads ip_addresses of a creation.
func addressesIn(p *problems, body wire.Object) []control.AddressIn {
	v := body.Get("ip_addresses")
	if !v.Given() {
		p.add("ip_addresses", 133, "At least one address is required.")
		return nil
	}
	items, err := v.List()
	switch {
	case err != nil:
		p.add("ip_addresses", 132, "ip_addresses must be a list.")
		return nil
	case len(items) == 0:
		p.add("ip_addresses", 133, "At least one address is required.")
		return nil
	}
	var list []control.AddressIn
	seen := map[netip.Addr]bool{}
	for _, item := range items {
		in, ok := addressIn(item)
		switch {
		case !ok:
			p.add("ip_addresses", 136, "An item must be an object with the keys address and nat.")
			return nil
		case seen[in.Addr]:
			p.add("ip_addresses", 134, "The address %s occurs twice.", in.Addr)
			return nil
		}
		seen[in.Addr] = true
		list = append(list, in)
	}
	return list
}

// addressIn reads one item; id is part of the answers and ignored, every other
// key is refused (section 5).
func addressIn(item wire.Value) (control.AddressIn, bool) {
	var in control.AddressIn
	o, err := item.Object()
	if err != nil || !item.Given() {
		return in, false
	}
	for _, name := range o.Names() {
		if name != "address" && name != "nat" && name != "id" {
			return in, false
		}
	}
	s, err := o.Get("address").Text()
	if err != nil {
		return in, false
	}
	if in.Addr, err = netip.ParseAddr(s); err != nil || in.Addr.Zone() != "" {
		return in, false
	}
	if v := o.Get("nat"); sent(v) {
		in.NAT, err = v.Bool()
	}
	return in, err == nil && idFits(o)
}

// idFits: the id of an address is ignored, but it must look like one.
func idFits(o wire.Object) bool {
	v := o.Get("id")
	_, err := v.Int()
	return !sent(v) || err == nil
}

// userdataMax is how long userdata may be.
const userdataMax = 16384

// userdataIn reads userdata. An empty text is none.
func userdataIn(p *problems, body wire.Object, long, header int) string {
	v := body.Get("userdata")
	if !sent(v) {
		return ""
	}
	s, err := v.Text()
	switch {
	case err != nil:
		p.add("userdata", header, "userdata must be text.")
	case s == "":
	case utf8.RuneCountInString(s) > userdataMax:
		p.add("userdata", long, "userdata has more than %d characters.", userdataMax)
	case !isUserdata(s):
		p.add("userdata", header, "userdata must begin with a header that cloud-init knows, such as #cloud-config or #!, or be a MIME document.")
	}
	return s
}

func isUserdata(s string) bool {
	for _, head := range []string{"#!", "#include", "#cloud-config", "#upstart-job", "#cloud-boothook"} {
		if strings.HasPrefix(s, head) {
			return true
		}
	}
	for line := range strings.Lines(s) {
		if strings.HasPrefix(line, "MIME-Version: ") {
			return true
		}
	}
	return false
}

package cloudcix

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// serverCreate reads a VMCreate (section 14).
func serverCreate(f *form) control.CreateServerIn {
	return control.CreateServerIn{
		Limits: limits, UniqueName: true, Cores: 1,
		Project:     f.ref("project_id", 101, 102),
		Image:       f.ref("image_id", 105, 106),
		StorageType: storageType(f),
		VCPU:        f.amount("cpu", 119, f.number("cpu", 117, 118), maxSmall, ""),
		RAM:         memoryIn(f),
		Name:        f.name("name", 126, 127, limits.NameMax),
		Disks:       storagesIn(f),
		DNS:         dnsIn(f),
		KeyTexts:    keysIn(f),
		GatewayNet:  gatewayIn(f),
		Addresses:   addressesIn(f),
		UserData:    userdataIn(f, 144, 145),
	}
}

// memoryIn reads ram: whole GB.
func memoryIn(f *form) int {
	return f.amount("ram", 122, f.number("ram", 120, 121), maxGB, " GB") * 1024
}

func storageType(f *form) int64 {
	n := f.number("storage_type_id", 109, 110)
	if control.StorageTypeName(n) == "" {
		f.add("storage_type_id", 111, "There is no storage type %d.", n)
	}
	return n
}

// storagesIn reads storages: at least one, exactly one of them primary.
func storagesIn(f *form) []control.DiskIn {
	items, ok := f.list("storages", 112, 113)
	if !ok {
		return nil
	}
	var disks []control.DiskIn
	mains := 0
	for i, item := range items {
		o, err := item.Object()
		if err != nil || !item.Given() {
			f.item("storages", i, f.group, "", 114, "A storage must be an object.")
			continue
		}
		d := storageIn(o, func(part string, n int, text string) { f.item("storages", i, "storage_create", part, n, "%s", text) })
		if d.Main {
			mains++
		}
		disks = append(disks, d)
	}
	if mains != 1 && !f.has("storages") {
		for i := range items {
			f.item("storages", i, f.group, "", 115, "Exactly one storage must be primary, %d are.", mains)
		}
	}
	return disks
}

// dnsIn reads the resolvers: addresses with commas between them.
func dnsIn(f *form) []string {
	s := f.text("dns")
	if s == "" {
		if f.body.Has("dns") && s != textOr(f.body, "dns", "-") {
			f.add("dns", 125, "dns must be text.")
		}
		f.add("dns", 124, "dns is required.")
		return nil
	}
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		addr, err := netip.ParseAddr(strings.TrimSpace(part))
		if err != nil || addr.Zone() != "" {
			f.add("dns", 125, "%q is not an IP address.", part)
			return nil
		}
		list = append(list, addr.String())
	}
	return list
}

// keysIn reads the public key.
func keysIn(f *form) []string {
	v := f.body.Get("public_key")
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
		f.add("public_key", 129, "The public key cannot be used: %v.", err)
		return nil
	}
	return []string{s}
}

// gatewayIn reads the text of the gateway's network, as it was sent when the
// network was made.
func gatewayIn(f *form) string {
	s := f.text("gateway_subnet")
	if _, err := netip.ParsePrefix(s); err != nil {
		f.add("gateway_subnet", 130, "gateway_subnet must be an address range such as 10.0.0.1/24.")
	}
	return s
}

// addressesIn reads ip_addresses of a creation.
func addressesIn(f *form) []control.AddressIn {
	items, ok := f.list("ip_addresses", 132, 133)
	if !ok {
		return nil
	}
	var list []control.AddressIn
	seen := map[netip.Addr]bool{}
	for _, item := range items {
		in, ok := addressIn(item)
		switch {
		case !ok:
			f.add("ip_addresses", 136, "An item must be an object with the keys address and nat.")
			return nil
		case seen[in.Addr]:
			f.add("ip_addresses", 134, "The address %s occurs twice.", in.Addr)
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
func userdataIn(f *form, long, header int) string {
	v := f.body.Get("userdata")
	if !sent(v) {
		return ""
	}
	s, err := v.Text()
	switch {
	case err != nil:
		f.add("userdata", header, "userdata must be text.")
	case s == "":
	case utf8.RuneCountInString(s) > userdataMax:
		f.add("userdata", long, "userdata has more than %d characters.", userdataMax)
	case !isUserdata(s):
		f.add("userdata", header, "userdata must begin with a header that cloud-init knows, such as #cloud-config or #!, or be a MIME document.")
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

package auth

import (
	"maps"
	"slices"
	"strings"
)

// Section is one section of the permission matrix of the 1&1 contract
// (section 10) with its flags in the contract's order.
type Section struct {
	Name  string
	Flags []string
}

// Sections is the whole matrix: 16 sections, 99 flags.
func Sections() []Section {
	var out []Section
	for _, line := range matrix {
		out = append(out, Section{Name: line[0], Flags: strings.Fields(line[1])})
	}
	return out
}

var matrix = [...][2]string{
	{"servers", "show create delete set_name set_description start restart shutdown " +
		"resize reinstall clone manage_snapshot assign_ip manage_dvd access_kvm_console"},
	{"images", "show create delete set_name set_description disable_automatic_creation"},
	{"shared_storages", "show create delete set_name set_description manage_attached_servers access resize"},
	{"firewall_policies", "show create delete set_name set_description manage_rules manage_attached_server_ips clone"},
	{"load_balancers", "show create delete set_name set_description manage_rules manage_attached_server_ips modify"},
	{"public_ips", "show create delete release set_reverse_dns"},
	{"private_networks", "show create delete set_name set_description set_network_info manage_attached_servers"},
	{"vpn", "show create delete set_name set_description download_file"},
	{"monitoring_center", "show"},
	{
		"monitoring_policies",
		"show create delete set_name set_description set_email modify_resources manage_ports manage_processes manage_attached_servers clone",
	},
	{"backups", "show create delete"},
	{"logs", "show"},
	{"users", "show create delete set_description set_email set_password manage_api enable disable change_role"},
	{"roles", "show create delete set_name set_description manage_users modify clone"},
	{"usages", "show"},
	{"interactive_invoices", "show"},
}

// AllFlags lists the 99 flags as "section.flag": what the default role of first
// users grants.
func AllFlags() []string { return flagsIf(func(string) bool { return true }) }

// ReadFlags lists what the read-only default role grants.
func ReadFlags() []string { return flagsIf(func(flag string) bool { return flag == "show" }) }

func flagsIf(want func(flag string) bool) []string {
	var out []string
	for _, s := range Sections() {
		for _, f := range s.Flags {
			if want(f) {
				out = append(out, s.Name+"."+f)
			}
		}
	}
	return out
}

// Default roles, made at the first start and owned by the operator (R31).
const (
	FullRole     = "Full access"
	ReadOnlyRole = "Read only"
)

// sectionNames are other spellings that clients send for a section.
var sectionNames = map[string]string{
	"sharedstorages": "shared_storages", "firewalls": "firewall_policies", "loadbalancers": "load_balancers",
	"ips": "public_ips", "private_network": "private_networks", "privatenetwork": "private_networks", "vpns": "vpn",
	"monitoringcenter": "monitoring_center", "monitoringpolicies": "monitoring_policies",
	"interactive_invoice": "interactive_invoices", "interactiveinvoice": "interactive_invoices",
}

// SectionName is the contract's name of a section that may be spelled otherwise;
// ok is false when there is no such section.
func SectionName(sent string) (name string, ok bool) {
	if to, ok := sectionNames[sent]; ok {
		return to, true
	}
	for _, line := range matrix {
		if line[0] == sent {
			return sent, true
		}
	}
	return "", false
}

// AnyRole guards what every user with a role may read: the catalogue, address
// management, names (R41, last lines).
const AnyRole = ""

// cloudcix is the table of R41: what a CloudCIX action asks of the role. Whoever
// carries out one asks for its flag by the name of the action.
var cloudcix = map[string]string{
	"vm.read": "servers.show", "vm.create": "servers.create", "vm.name": "servers.set_name", "vm.userdata": "servers.reinstall",
	"vm.state.5": "servers.shutdown", "vm.state.7": "servers.start", "vm.state.8": "servers.delete",
	"vm.resize": "servers.resize", "vm.nat": "servers.assign_ip",
	"snapshot.read": "servers.show", "snapshot.write": "servers.manage_snapshot",
	"backup.read": "backups.show", "backup.create": "backups.create", "backup.delete": "backups.delete",
	"ceph.read": "shared_storages.show", "ceph.create": "shared_storages.create", "ceph.delete": "shared_storages.delete",
	"ceph.name": "shared_storages.set_name", "ceph.description": "shared_storages.set_description",
	"ceph.resize": "shared_storages.resize", "ceph.attach": "shared_storages.manage_attached_servers",
	"project.read": "private_networks.show", "project.create": "private_networks.create",
	"project.name": "private_networks.set_name", "project.note": "private_networks.set_name", "project.grace": "private_networks.set_name",
	"project.state.8": "servers.delete", "project.state.4": "servers.start",
	"virtual_router.read": "private_networks.show", "virtual_router.write": "private_networks.set_network_info",
	"subnet.write": "private_networks.set_network_info", "allocation.write": "private_networks.set_network_info",
	"asn.write": "private_networks.set_network_info", "ip_address.write": "private_networks.set_network_info",
	"ip_address_group.write": "private_networks.set_network_info", "firewall_rule.write": "firewall_policies.manage_rules",
	"vpn.read": "vpn.show", "vpn.create": "vpn.create", "vpn.delete": "vpn.delete", "vpn.update": "vpn.set_description",
	"dns.write": "public_ips.set_reverse_dns", "history.read": "logs.show",
	"billing.read": "usages.show", "metrics.read": "usages.show",
	"catalogue.read": AnyRole, "membership.read": AnyRole,
}

// For is the flag that a CloudCIX action asks for. Actions that only the ownership
// table guards have none; asking for one that the table does not have is a mistake
// of the program.
func For(action string) string {
	flag, ok := cloudcix[action]
	if !ok {
		panic("auth: R41 has no action " + action)
	}
	return flag
}

// Actions are those of the table, sorted.
func Actions() []string { return slices.Sorted(maps.Keys(cloudcix)) }

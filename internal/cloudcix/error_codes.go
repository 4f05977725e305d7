package cloudcix

// numbers gives the numbers of the contract to codes of the core. Which status a
// number has and which field it is about is the contract's to say.
type numbers map[string]int

// codes is section C for what is built, by service and verb; "vm_update/storage_create"
// has what an error of vm_update takes from the numbers of another one: about an
// item of a list, or about a step. A code with "@" is for errors about that input
// of the core. "forbidden" stands for refusals that the contract has no number for
// (a flag that a role lacks, section 4 knows no roles); it takes the number of
// private users, who may not change anything either.
var codes = map[string]numbers{
	"image_read":        {"image.missing": 1},
	"server_type_read":  {"server_type.missing": 1},
	"storage_type_read": {"storage_type.missing": 1},

	"asn_read": {"asn.missing": 1},
	"asn_create": {
		"member.unreadable": 101, "number.range": 103, "number.used": 104, "asn.operator": 201, "asn.pseudo": 202, "forbidden": 201,
	},
	"asn_update": {
		"asn.missing": 1, "member.unreadable": 101, "number.range": 103, "number.used": 104, "asn.operator": 201, "asn.pseudo": 202,
		"forbidden": 201,
	},
	"asn_delete": {"asn.missing": 1, "asn.pseudo": 201, "asn.operator": 202, "asn.used": 203, "forbidden": 202},

	"allocation_read": {"allocation.missing": 1, "allocation.owner": 201, "forbidden": 201},
	"allocation_create": {
		"address.unreadable": 101, "allocation.asn": 103, "range.text": 104, "allocation.overlap": 105, "name.form": 106,
		"administrator": 201, "self_managed": 202, "forbidden": 201,
	},
	"allocation_update": {
		"allocation.missing": 1, "address.unreadable": 101, "allocation.asn": 103, "range.text": 104, "range.fixed": 105,
		"allocation.overlap": 105, "allocation.outside": 105, "name.form": 106,
		"administrator": 201, "self_managed": 202, "allocation.owner": 203, "forbidden": 201,
	},
	"allocation_delete": {
		"allocation.missing": 1, "administrator": 201, "self_managed": 202, "allocation.owner": 203, "allocation.used": 204, "forbidden": 201,
	},

	"subnet_list": {"forbidden": 1},
	"subnet_read": {
		"subnet.missing": 1, "subnet.robot": 201, "subnet.global": 202, "subnet.foreign": 203, "subnet.unreadable": 204, "subnet.managed": 205,
		"forbidden": 203,
	},
	"subnet_create": {
		"address.unreadable": 103, "subnet.allocation": 105, "subnet.parent": 107, "subnet.parent_allocation": 108, "subnet.parent_owner": 109,
		"range.text": 111, "range.nowhere": 112, "range.version": 113, "range.outside": 114, "range.taken": 115, "range.overlap": 116,
		"range.parent_version": 117, "range.parent_same": 118, "range.parent_outside": 119, "range.parent_taken": 120,
		"range.parent_overlap": 121, "name.form": 122, "vlan.range": 124, "vxlan.range": 126,
		"self_managed": 201, "forbidden": 201,
	},
	"subnet_update": {
		"subnet.missing": 1, "subnet.owner": 103, "address.unreadable": 104, "subnet.parent_fixed": 105, "subnet.parent": 107,
		"subnet.parent_allocation": 108, "subnet.parent_owner": 109,
		"range.text": 111, "range.child_outside": 112, "range.pool": 112, "range.version": 113, "range.outside": 114, "range.taken": 115,
		"range.overlap": 116, "range.parent_version": 117, "range.parent_same": 118, "range.parent_outside": 118, "range.parent_taken": 115,
		"range.parent_overlap": 116, "name.form": 119, "subnet.vlan": 121, "vlan.range": 122, "subnet.vxlan": 124, "vxlan.range": 125,
		"self_managed": 201, "subnet.project": 202, "subnet.unreadable": 203, "subnet.managed": 204, "forbidden": 201,
	},
	"subnet_delete": {
		"subnet.missing": 1, "self_managed": 201, "subnet.children": 202, "subnet.project": 203, "subnet.unreadable": 204, "subnet.managed": 205,
		"subnet.addresses": 206, "subnet.pool": 206, "forbidden": 201,
	},
	"subnet_space_list": {"space.allocation": 1},

	"ip_address_read": {
		"ip_address.missing": 1, "ip.robot": 201, "ip.elsewhere": 202, "ip.translated": 203, "ip.floating": 204, "ip.owner": 205,
		"forbidden": 205,
	},
	"ip_address_create": {
		"ip.subnet": 103, "ip.text": 105, "ip.outside": 106, "ip.recorded": 107, "name.form": 108, "location.form": 109,
		"ip.owner": 201, "forbidden": 201,
	},
	"ip_address_update": {
		"ip_address.missing": 1, "ip.text": 101, "ip.outside": 102, "ip.recorded": 103, "name.form": 104, "location.form": 105,
		"ip.project": 201, "ip.owner": 202, "ip.taken": 203, "forbidden": 202,
	},
	"ip_address_delete": {"ip_address.missing": 1, "ip.project": 201, "ip.owner": 202, "ip.taken": 203, "forbidden": 202},

	"ip_validator_list/ip_validator": {
		"validator.nothing": 1, "validator.form": 101, "validator.address": 102, "validator.mask": 103, "validator.mask4": 104,
		"validator.mask6": 105, "validator.ip": 106,
	},

	"ip_address_group_read": {"ip_address_group.missing": 1},
	"ip_address_group_create": {
		"name.form": 102, "name.used": 103, "version.range": 105, "cidrs.text": 108, "cidrs.version": 109,
		"self_managed": 201, "owner": 202, "global": 202, "robot": 202, "private": 202, "forbidden": 202,
	},
	"ip_address_group_update": writers(numbers{
		"ip_address_group.missing": 1,
		"name.form":                101, "name.used": 102, "version.range": 104, "cidrs.text": 107, "cidrs.version": 108,
	}, 201, 201, 201),
	"ip_address_group_delete": writers(numbers{"ip_address_group.missing": 1}, 201, 201, 201),

	"cix_blacklist_read":   {"feed_range.missing": 1},
	"cix_blacklist_create": ofOperator(numbers{"cidr.form": 101, "cidr.listed": 102}),
	"cix_blacklist_update": ofOperator(numbers{"feed_range.missing": 1, "cidr.form": 101, "cidr.listed": 102}),
	"cix_blacklist_delete": ofOperator(numbers{"feed_range.missing": 1}),
	"cix_whitelist_read":   {"feed_range.missing": 1},
	"cix_whitelist_create": ofOperator(numbers{"cidr.form": 101, "cidr.listed": 102}),
	"cix_whitelist_update": ofOperator(numbers{"feed_range.missing": 1, "cidr.form": 101, "cidr.listed": 102}),
	"cix_whitelist_delete": ofOperator(numbers{"feed_range.missing": 1}),

	"server_list": {"region.none": 201, "forbidden": 201},
	"server_read": {"host.missing": 1, "host.region": 201, "forbidden": 201},
	"server_create": {
		"host.type": 103, "host.storage_type": 115, "region.office": 201, "robot": 201, "private": 201,
		"forbidden": 201,
	},
	"server_update": {
		"host.missing": 1, "host.storage_type": 111, "host.type": 113, "host.region": 201,
		"robot": 201, "private": 201, "forbidden": 201,
	},

	"interface_list": {"region.none": 201, "forbidden": 201},
	"interface_read": {"interface.missing": 1, "host.region": 201, "forbidden": 201},
	"interface_create": {
		"host.missing": 103, "interface.region": 104, "mac.form": 106, "ip.form": 107, "region.office": 201, "robot": 201, "private": 201,
		"forbidden": 201,
	},
	"interface_update": {
		"interface.missing": 1, "mac.form": 105, "ip.form": 104, "host.region": 201, "robot": 201, "private": 201, "forbidden": 201,
	},
	"interface_delete": {"interface.missing": 1, "host.region": 201, "robot": 201, "private": 201, "forbidden": 201},

	"policy_log_list": {"project.missing": 1, "owner": 201, "forbidden": 201},

	"pool_ip_read":   {"pool_ip.missing": 1},
	"pool_ip_create": ofOperator(poolIPProblems(numbers{})),
	"pool_ip_update": ofOperator(poolIPProblems(numbers{"pool_ip.missing": 1})),
	"pool_ip_delete": ofOperator(numbers{"pool_ip.missing": 1}),

	"project_read": readers(numbers{"project.missing": 1}, 201, 202, 203),
	"project_create": {
		"region.link": 103, "region.office": 104,
		"name.empty": 105, "name.form": 105, "name.long": 106, "name.used": 107,
		"grace.negative": 108,
		"self_managed":   201, "private": 202, "forbidden": 202,
	},
	"project_create/virtual_router_create": {"pool.none": 109, "pool.exhausted": 109},
	"project_update": writers(numbers{
		"project.missing": 1,
		"closed":          108,
		"name.empty":      101, "name.form": 101, "name.long": 102, "name.used": 103,
		"project.early": 104, "project.state": 106, "project.unstable": 107,
		"project.down": 108, "state.snapshots": 110,
		"project.up": 111, "grace.negative": 112,
		// Work that began between the check of stability and the change.
		"server.busy": 107, "server.removing": 107,
	}, 201, 202, 203),

	"virtual_router_read": readers(numbers{"project.missing": 1, "router.missing": 1}, 201, 202, 203),
	"virtual_router_update": writers(numbers{
		"router.missing": 1, "project.missing": 1,
		"router.segments": 2,
		"state.stuck":     103, "state.transition": 104, "closed": 103,
		"subnets.asn": 107, "subnets.range": 108, "subnets.edge": 109,
		"subnets.overlap": 110, "subnets.outside": 112,
		"subnets.id": 113,
	}, 201, 202, 203),
	"virtual_router_update/subnet_create": {"subnets.same": 115, "subnets.taken": 116},
	"virtual_router_update/subnet_update": {
		"subnets.form": 119, "subnets.inside": 112, "subnets.owner": 103, "subnets.vlan": 121, "subnets.vxlan": 124,
	},

	"vm_read": readers(numbers{"server.missing": 1}, 201, 202, 203),
	"vm_create": {
		"project.missing": 103, "project.closed": 103,
		"owner": 104, "global": 104, "robot": 104,
		"image.missing": 107, "image.region": 108,
		"disks.main": 115, "disk.image": 116,
		"disks.many": 123, "vcpu.range": 119, "cores.range": 119, "ram.range": 122,
		"server.place": 123,
		"name.empty":   126, "name.form": 126, "name.long": 127, "name.used": 128,
		"public_key.bad": 129, "gateway.missing": 131,
		"address.twice": 134, "address.many": 135, "address.private": 137,
		"address.edge": 138, "address.used": 139, "address.outside": 140,
		"address.nat": 141, "pool.exhausted": 142, "pool.none": 142,
		"userdata.image": 143,
		"private":        201, "forbidden": 201,
	},
	"vm_create/storage_create": {"disk.range": 103},
	"vm_update": writers(busy(numbers{
		"server.missing": 1,
		"name.empty":     101, "name.form": 101, "name.long": 102, "name.used": 103,
		"state.stuck": 106, "state.transition": 107,
		"state.snapshots": 109, "snapshot.busy": 110,
		"address.nat": 113, "pool.exhausted": 114, "pool.none": 114,
		"address.foreign": 115,
		"vcpu.range":      117, "cores.range": 117, "ram.range": 122,
		"disks.main": 128, "disk.missing": 129, "disks.many": 130,
		"snapshot.exists": 131, "userdata.image": 133,
		"server.grow":      130,
		"server.grow@vcpu": 120, "server.grow@ram": 125,
	}), 201, 202, 203),
	"vm_update/storage_create": {"disk.range": 103},
	"vm_update/storage_update": {"disk.larger": 102, "disk.shrink": 102, "disk.form": 103},

	"storage_list": {
		"server.missing": 1, "global": 201, "owner": 202, "robot": 202, "forbidden": 202,
	},
	"storage_read": readers(numbers{"server.missing": 1, "disk.missing": 2}, 201, 202, 203),
	"storage_create": {
		"server.missing": 1, "closed": 2, "server.busy": 2, "server.removing": 2, "server.scrub": 2,
		"server.failed": 2, "snapshot.exists": 2, "disks.main": 3,
		"disk.range":  103,
		"server.grow": 4, "disks.many": 4, // (own): no room on the host
		"owner": 201, "global": 201, "robot": 201, "private": 202, "forbidden": 202,
	},

	"membership_token_create": {
		"login.missing": 1, "login.password": 2, "login.member": 3, "login.first_otp": 6, "login.otp": 8,
	},
	"membership_user_read":       {"user.missing": 1},
	"membership_address_read":    {"address.missing": 1, "owner": 201, "forbidden": 201},
	"membership_member_read":     {"member.missing": 1},
	"membership_cloud_bill_read": {"address.missing": 2, "owner": 201, "forbidden": 201},
}

// busy adds what a machine that cannot change now answers for each part that was
// asked for.
func busy(t numbers) numbers {
	for _, code := range []string{"closed", "server.busy", "server.scrub", "server.failed", "server.removing"} {
		t[code], t[code+"@vcpu"], t[code+"@ram"], t[code+"@disks"] = 106, 118, 123, 131
	}
	return t
}

// readers adds the refusals of a read: robot, global user, others.
func readers(t numbers, robot, global, owner int) numbers {
	t["robot"], t["global"], t["owner"], t["forbidden"] = robot, global, owner, owner
	return t
}

// writers adds the refusals of a change: robot, other owner, private user.
func writers(t numbers, robot, owner, private int) numbers {
	t["robot"], t["owner"], t["global"], t["private"], t["forbidden"] = robot, owner, owner, private, private
	return t
}

// ofOperator adds the refusal of what only the operator's member writes.
func ofOperator(t numbers) numbers {
	t["operator.only"], t["robot"], t["private"], t["forbidden"] = 201, 201, 201, 201
	return t
}

func poolIPProblems(t numbers) numbers {
	t["ip.form"], t["ip.pooled"], t["ip.recorded"] = 101, 102, 103
	t["domain.empty"], t["domain.long"], t["domain.label"], t["domain.end"], t["domain.used"] = 104, 105, 106, 107, 108
	return t
}

package cloudcix

// codes is section C for what is built: codes of the core to numbers and fields
// of the contract, by service and verb. "forbidden" stands for refusals that the
// contract has no number for (a flag that a role lacks, section 4 knows no
// roles); it takes the number of private users, who may not change anything
// either.
var codes = map[string]map[string]place{
	"image_read":        {"image.missing": missing(1)},
	"server_type_read":  {"server_type.missing": missing(1)},
	"storage_type_read": {"storage_type.missing": missing(1)},

	"project_read": readers(map[string]place{"project.missing": missing(1)}, 201, 202, 203),
	"project_create": {
		"region.link": bad(103, "region_id"), "region.none": bad(104, "region_id"), "region.customer": bad(104, "region_id"),
		"name.empty": bad(105, "name"), "name.long": bad(106, "name"), "name.used": bad(107, "name"),
		"grace.negative": bad(108, "grace_period"),
		// Errors of the router's step (section 11).
		"pool.none": {n: 109, field: "ip_address", status: 400, group: "virtual_router_create"}, "pool.exhausted": {n: 109, field: "ip_address", status: 400, group: "virtual_router_create"},
		"self_managed": refused(201), "private": refused(202), "forbidden": refused(202),
	},
	"project_update": writers(map[string]place{
		"project.missing": missing(1),
		"name.empty":      bad(101, "name"), "name.long": bad(102, "name"), "name.used": bad(103, "name"),
		"project.early": bad(104, "state"), "project.state": bad(106, "state"), "project.unstable": bad(107, "state"),
		"project.down": bad(108, "state"), "project.gpu": bad(109, "state"), "state.snapshots": bad(110, "state"),
		"project.up": bad(111, "state"), "grace.negative": bad(112, "grace_period"),
		// Work that began between the check of stability and the change.
		"server.busy": bad(107, "state"), "server.removing": bad(107, "state"),
	}, 201, 202, 203),

	"virtual_router_read": readers(map[string]place{"project.missing": missing(1), "router.missing": missing(1)}, 201, 202, 203),
	"virtual_router_update": writers(map[string]place{
		"router.missing": missing(1), "project.missing": missing(1),
		"router.segments": bad(2, ""), "router.machines": bad(3, ""),
		"state.stuck": bad(103, "state"), "state.transition": bad(104, "state"),
		"subnets.asn": bad(107, "subnets"), "subnets.range": bad(108, "subnets"), "subnets.edge": bad(109, "subnets"),
		"subnets.overlap": bad(110, "subnets"), "subnets.remote": bad(111, "subnets"), "subnets.outside": bad(112, "subnets"),
		"subnets.id": bad(113, "subnets"),
		// Errors about one range have the numbers of its own service; these two are
		// the same in both.
		"subnets.same":   inItem(115, "subnets", "address_range", "subnet_create"),
		"subnets.taken":  inItem(116, "subnets", "address_range", "subnet_create"),
		"subnets.inside": inItem(112, "subnets", "address_range", "subnet_update"),
		"subnets.owner":  inItem(103, "subnets", "address_id", "subnet_update"),
		"subnets.vlan":   inItem(121, "subnets", "vlan", "subnet_update"),
		"subnets.vxlan":  inItem(124, "subnets", "vxlan", "subnet_update"),
	}, 201, 202, 203),

	"vm_read": readers(map[string]place{"server.missing": missing(1)}, 201, 202, 203),
	"vm_create": {
		"project.missing": bad(103, "project_id"), "project.closed": bad(103, "project_id"),
		"owner": bad(104, "project_id"), "global": bad(104, "project_id"), "robot": bad(104, "project_id"),
		"image.missing": bad(107, "image_id"), "image.region": bad(108, "image_id"), "image.fetch": bad(108, "image_id"),
		"disks.main": bad(115, "storages"), "disk.image": bad(116, "storages"), "disk.range": inItem(103, "storages", "gb", "storage_create"),
		"disks.many": bad(123, "server"), "vcpu.range": bad(119, "cpu"), "cores.range": bad(119, "cpu"), "ram.range": bad(122, "ram"),
		"server.place": bad(123, "server"),
		"name.empty":   bad(126, "name"), "name.long": bad(127, "name"), "name.used": bad(128, "name"),
		"public_key.bad": bad(129, "public_key"), "gateway.missing": bad(131, "gateway_subnet"),
		"address.twice": bad(134, "ip_addresses"), "address.many": bad(135, "ip_addresses"), "address.private": bad(137, "ip_addresses"),
		"address.edge": bad(138, "ip_addresses"), "address.used": bad(139, "ip_addresses"), "address.outside": bad(140, "ip_addresses"),
		"address.nat": bad(141, "ip_addresses"), "pool.exhausted": bad(142, "ip_addresses"), "pool.none": bad(142, "ip_addresses"),
		"userdata.image": bad(143, "userdata"),
		"private":        refused(201), "forbidden": refused(201),
	},
	"vm_update": writers(busy(map[string]place{
		"server.missing": missing(1),
		"name.empty":     bad(101, "name"), "name.long": bad(102, "name"), "name.used": bad(103, "name"),
		"state.stuck": bad(106, "state"), "state.transition": bad(107, "state"), "state.gpu": bad(108, "state"),
		"state.snapshots": bad(109, "state"), "snapshot.busy": bad(110, "state"),
		"address.nat": bad(113, "ip_addresses"), "pool.exhausted": bad(114, "ip_addresses"), "pool.none": bad(114, "ip_addresses"),
		"address.foreign": bad(115, "ip_addresses"),
		"vcpu.range":      bad(117, "cpu"), "cores.range": bad(117, "cpu"), "ram.range": bad(122, "ram"),
		"disks.main": bad(128, "storages"), "disk.missing": bad(129, "storages"), "disks.many": bad(130, "storages"),
		"snapshot.exists": bad(131, "storages"), "userdata.image": bad(133, "userdata"),
		"disk.range":       inItem(103, "storages", "gb", "storage_create"),
		"disk.larger":      inItem(102, "storages", "gb", "storage_update"),
		"disk.shrink":      inItem(102, "storages", "gb", "storage_update"),
		"server.grow":      bad(130, "storages"),
		"server.grow@vcpu": bad(120, "cpu"), "server.grow@ram": bad(125, "ram"),
	}), 201, 202, 203),

	"storage_list": {
		"server.missing": missing(1), "global": refused(201), "owner": refused(202), "robot": refused(202), "forbidden": refused(202),
	},
	"storage_read": readers(map[string]place{"server.missing": missing(1), "disk.missing": missing(2)}, 201, 202, 203),
	"storage_create": {
		"server.missing": missing(1), "server.busy": bad(2, ""), "server.removing": bad(2, ""), "server.scrub": bad(2, ""),
		"server.failed": bad(2, ""), "snapshot.exists": bad(2, ""), "disks.main": bad(3, ""),
		"disk.range":  bad(103, "gb"),
		"server.grow": bad(4, ""), "disks.many": bad(4, ""), // (own): no room on the host
		"owner": refused(201), "global": refused(201), "robot": refused(201), "private": refused(202), "forbidden": refused(202),
	},
}

func bad(n int, field string) place { return place{n: n, field: field, status: 400} }

// inItem is an error about a part of one item, under the number of another service.
func inItem(n int, field, part, group string) place {
	return place{n: n, field: field, item: true, part: part, group: group, status: 400}
}

// busy adds what a machine that cannot change now answers for each part that was
// asked for.
func busy(t map[string]place) map[string]place {
	for _, code := range []string{"server.busy", "server.scrub", "server.failed", "server.removing"} {
		t[code], t[code+"@vcpu"], t[code+"@ram"], t[code+"@disks"] = bad(106, "state"), bad(118, "cpu"), bad(123, "ram"), bad(131, "storages")
	}
	return t
}

func missing(n int) place { return place{n: n, status: 404} }

func refused(n int) place { return place{n: n, status: 403} }

// readers adds the refusals of a read: robot, global user, others.
func readers(t map[string]place, robot, global, owner int) map[string]place {
	t["robot"], t["global"], t["owner"] = refused(robot), refused(global), refused(owner)
	t["forbidden"] = refused(owner)
	return t
}

// writers adds the refusals of a change: robot, other owner, private user.
func writers(t map[string]place, robot, owner, private int) map[string]place {
	t["robot"], t["owner"], t["global"] = refused(robot), refused(owner), refused(owner)
	t["private"], t["forbidden"] = refused(private), refused(private)
	return t
}

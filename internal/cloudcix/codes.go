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
		"region.link": {103, "region_id", 400}, "region.none": {104, "region_id", 400}, "region.customer": {104, "region_id", 400},
		"name.empty": {105, "name", 400}, "name.long": {106, "name", 400}, "name.used": {107, "name", 400},
		"grace.negative": {108, "grace_period", 400},
		"self_managed":   refused(201), "private": refused(202), "forbidden": refused(202),
	},
	"project_update": writers(map[string]place{
		"project.missing": missing(1),
		"name.empty":      {101, "name", 400}, "name.long": {102, "name", 400}, "name.used": {103, "name", 400},
		"project.early": {104, "state", 400}, "project.state": {106, "state", 400}, "project.unstable": {107, "state", 400},
		"project.down": {108, "state", 400}, "project.gpu": {109, "state", 400}, "state.snapshots": {110, "state", 400},
		"project.up": {111, "state", 400}, "grace.negative": {112, "grace_period", 400},
		// Work that began between the check of stability and the change.
		"server.busy": {107, "state", 400}, "server.removing": {107, "state", 400},
	}, 201, 202, 203),

	"virtual_router_read": readers(map[string]place{"project.missing": missing(1), "router.missing": missing(1)}, 201, 202, 203),
	"virtual_router_update": writers(map[string]place{
		"router.missing": missing(1), "project.missing": missing(1),
		"router.segments": {n: 2, status: 400}, "router.machines": {n: 3, status: 400},
		"state.stuck": {103, "state", 400}, "state.transition": {104, "state", 400},
		"subnets.asn": {107, "subnets", 400}, "subnets.range": {108, "subnets", 400}, "subnets.edge": {109, "subnets", 400},
		"subnets.overlap": {110, "subnets", 400}, "subnets.remote": {111, "subnets", 400}, "subnets.outside": {112, "subnets", 400},
		"subnets.id": {113, "subnets", 400},
	}, 201, 202, 203),

	"vm_read": readers(map[string]place{"server.missing": missing(1)}, 201, 202, 203),
	"vm_create": {
		"project.missing": {103, "project_id", 400}, "project.closed": {103, "project_id", 400},
		"owner": {104, "project_id", 400}, "global": {104, "project_id", 400}, "robot": {104, "project_id", 400},
		"image.missing": {107, "image_id", 400}, "image.region": {108, "image_id", 400}, "image.fetch": {108, "image_id", 400},
		"disks.main": {115, "storages", 400}, "disk.image": {116, "storages", 400}, "disk.range": {114, "storages", 400},
		"disks.many": {123, "server", 400}, "vcpu.range": {119, "cpu", 400}, "cores.range": {119, "cpu", 400}, "ram.range": {122, "ram", 400},
		"server.place": {123, "server", 400},
		"name.empty":   {126, "name", 400}, "name.long": {127, "name", 400}, "name.used": {128, "name", 400},
		"public_key.bad": {129, "public_key", 400}, "gateway.missing": {131, "gateway_subnet", 400},
		"address.twice": {134, "ip_addresses", 400}, "address.many": {135, "ip_addresses", 400}, "address.private": {137, "ip_addresses", 400},
		"address.edge": {138, "ip_addresses", 400}, "address.used": {139, "ip_addresses", 400}, "address.outside": {140, "ip_addresses", 400},
		"address.nat": {141, "ip_addresses", 400}, "pool.exhausted": {142, "ip_addresses", 400}, "pool.none": {142, "ip_addresses", 400},
		"userdata.image": {143, "userdata", 400},
		"private":        refused(201), "forbidden": refused(201),
	},
	"vm_update": writers(map[string]place{
		"server.missing": missing(1),
		"name.empty":     {101, "name", 400}, "name.long": {102, "name", 400}, "name.used": {103, "name", 400},
		"state.stuck": {106, "state", 400}, "state.transition": {107, "state", 400}, "state.gpu": {108, "state", 400},
		"state.snapshots": {109, "state", 400}, "snapshot.busy": {110, "state", 400},
		"address.nat": {113, "ip_addresses", 400}, "pool.exhausted": {114, "ip_addresses", 400}, "pool.none": {114, "ip_addresses", 400},
		"address.foreign": {115, "ip_addresses", 400},
		"vcpu.range":      {117, "cpu", 400}, "cores.range": {117, "cpu", 400}, "ram.range": {122, "ram", 400},
		"disks.main": {128, "storages", 400}, "disk.missing": {129, "storages", 400}, "disks.many": {130, "storages", 400},
		"snapshot.exists": {131, "storages", 400}, "userdata.image": {133, "userdata", 400},
	}, 201, 202, 203),

	"storage_list": {
		"server.missing": missing(1), "global": refused(201), "owner": refused(202), "robot": refused(202), "forbidden": refused(202),
	},
	"storage_read": readers(map[string]place{"server.missing": missing(1), "disk.missing": missing(2)}, 201, 202, 203),
	"storage_create": {
		"server.missing": missing(1), "server.busy": {n: 2, status: 400}, "server.removing": {n: 2, status: 400}, "server.scrub": {n: 2, status: 400},
		"server.failed": {n: 2, status: 400}, "snapshot.exists": {n: 2, status: 400}, "disks.main": {n: 3, status: 400},
		"disk.range":  {103, "gb", 400},
		"server.grow": {n: 4, status: 400}, "disks.many": {n: 4, status: 400}, // (own): no room on the host
		"owner": refused(201), "global": refused(201), "robot": refused(201), "private": refused(202), "forbidden": refused(202),
	},
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

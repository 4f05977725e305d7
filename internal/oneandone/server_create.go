package oneandone

import (
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// serverCreate reads the body of POST /servers. Form first, so that a caller hears
// about all wrong values at once; what ids name comes after.
func serverCreate(f *form) control.CreateServerIn {
	f.needed("appliance_id")
	in := control.CreateServerIn{
		Limits: limits, PublicIP: true,
		Name:        f.needed("name"),
		Description: f.text("description"),
		Hostname:    f.text("hostname"),
		UserData:    f.text("user_data"),
		Password:    password(f.body, &f.bad),
		KeyTexts:    keyTexts(f.body, &f.bad),
		Image:       f.id("appliance_id"),
		Region:      f.id("datacenter_id"),
		IP:          f.id("ip_id"),
		BlockAll:    f.text("firewall_policy_id") == "0",
		Network:     f.id("private_network_id"),
	}
	maximum(&f.bad, "description", in.Description, limits.Description)
	if on := boolean(f.body, &f.bad, "power_on"); on != nil {
		in.Off = !*on
	}
	if !in.BlockAll {
		in.Policy = f.id("firewall_policy_id")
	}
	for i, id := range keyIDs(f.body, &f.bad) {
		p, err := pickID(fmt.Sprintf("public_key[%d]", i), id)
		f.missed(err)
		in.KeyIDs = append(in.KeyIDs, p)
	}
	hardwareIn(f, &in)
	serverTypeIn(f, in.FlavorKind)
	notBuilt(f.body, &f.bad)
	known(f.body, &f.bad)
	return in
}

// hardwareIn reads one of the three forms of hardware. Beside a flavor, numbers
// that are 0 count as absent, because the Go client always sends them.
func hardwareIn(f *form, in *control.CreateServerIn) {
	p := &f.bad
	hw, ok := f.body.Object(p, "hardware")
	if !ok {
		if !p.Has("hardware") {
			p.Add(cloud.Errorf(cloud.Invalid, "required", "is required").On("hardware"))
		}
		return
	}
	in.VCPU, in.Cores = whole(hw, p, "vcore"), whole(hw, p, "cores_per_processor")
	in.RAM, in.RAMSent = memory(hw, p, "ram")
	in.Disks = disksIn(hw, p)
	flexible := in.VCPU != 0 || in.Cores != 0 || in.RAM != 0 || len(in.Disks) > 0
	small, metal := text(hw, p, "fixed_instance_size_id"), text(hw, p, "baremetal_model_id")
	if !hw.Has("cores_per_processor") {
		in.Cores = 1 // 0 is not absent here: clients send it beside a flavor only
	}
	forms := 0
	for _, given := range []bool{flexible, small != "", metal != ""} {
		if given {
			forms++
		}
	}
	if forms != 1 {
		p.Add(cloud.Errorf(cloud.Invalid, "hardware.form",
			"needs exactly one of fixed_instance_size_id, baremetal_model_id, or vcore with cores_per_processor, ram and hdds").On("hardware"))
	}
	switch {
	case small != "":
		in.FlavorKind, in.Flavor = fixed, f.idOf(hw, "fixed_instance_size_id")
	case metal != "":
		in.FlavorKind, in.Flavor = baremetal, f.idOf(hw, "baremetal_model_id")
	}
}

// serverTypeIn refuses a type that is not the one of the hardware, which decides.
func serverTypeIn(f *form, kind string) {
	is := "cloud"
	if kind == baremetal {
		is = baremetal
	}
	sent := oneOf(f.body, &f.bad, "server_type", is, "cloud", baremetal)
	if sent != is && !f.bad.Has("server_type") && !f.bad.Has("hardware") {
		f.bad.Add(cloud.Errorf(cloud.Invalid, "server_type.hardware", "is %q, but the hardware is that of type %q", sent, is).On("server_type"))
	}
}

// disksIn reads hdds.
func disksIn(o wire.Object, p *cloud.Problems) []control.DiskIn {
	var disks []control.DiskIn
	for _, d := range o.Objects(p, "hdds") {
		size := diskSize(d, p)
		main := boolean(d, p, "is_main")
		disks = append(disks, control.DiskIn{SizeGB: size, Main: main != nil && *main})
	}
	return disks
}

// diskSize reads the size of a disk, which is always needed.
func diskSize(d wire.Object, p *cloud.Problems) int {
	field := d.Get("size").At()
	if !d.Has("size") {
		p.Add(cloud.Errorf(cloud.Invalid, "required", "is required").On(field))
	}
	return whole(d, p, "size")
}

// notBuilt refuses what would otherwise be dropped in silence.
func notBuilt(body wire.Object, p *cloud.Problems) {
	for _, later := range []struct{ name, what string }{ // in the order in which it is said
		{"load_balancer_id", "load balancers"},
		{"monitoring_policy_id", "monitoring policies"},
	} {
		if text(body, p, later.name) != "" {
			p.Add(cloud.Errorf(cloud.NotBuilt, "not_built", "%s are not built yet", later.what).On(later.name))
		}
	}
}

// known checks the form of what is taken note of but changes nothing here.
func known(body wire.Object, p *cloud.Problems) {
	for _, name := range []string{"ipv6_range", "execution_group", "availability_zone_id"} {
		body.String(p, name)
	}
	for _, name := range []string{"ssh_password", "install_backup_agent"} {
		boolean(body, p, name)
	}
	oneOf(body, p, "user_data_content_type", "", "yaml", "cmd", "ps1", "txt", "sh")
}

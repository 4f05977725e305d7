package oneandone

import (
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// createIn reads the body of POST /servers. Form first, so that a caller hears
// about all wrong values at once; what ids name comes after.
func (a *api) createIn(r *wire.Request) (control.CreateServerIn, error) {
	body, err := r.Object()
	if err != nil {
		return control.CreateServerIn{}, err
	}
	var p cloud.Problems
	var ids ids
	in := control.CreateServerIn{
		Limits: limits, PublicIP: true,
		Name:        required(body, &p, "name"),
		Description: text(body, &p, "description"),
		Hostname:    text(body, &p, "hostname"),
		UserData:    text(body, &p, "user_data"),
		Password:    password(body, &p),
		KeyTexts:    keyTexts(body, &p),
	}
	maximum(&p, "description", in.Description, limits.Description)
	if on := boolean(body, &p, "power_on"); on != nil {
		in.Off = !*on
	}
	required(body, &p, "appliance_id")
	ids.read(body, &p, "appliance_id", &in.Image)
	ids.read(body, &p, "datacenter_id", &in.Region)
	ids.read(body, &p, "ip_id", &in.IP)
	if in.BlockAll = text(body, &p, "firewall_policy_id") == "0"; !in.BlockAll {
		ids.read(body, &p, "firewall_policy_id", &in.Policy)
	}
	for i, id := range keyIDs(body, &p) {
		in.KeyIDs = append(in.KeyIDs, control.Pick{})
		ids.parse(fmt.Sprintf("public_key[%d]", i), id, &in.KeyIDs[i])
	}
	hardware := a.hardwareIn(body, &p, &in)
	notBuilt(body, &p)
	known(body, &p)
	if err := firstOf(p.Err(), ids.err); err != nil {
		return in, err
	}
	if hardware.id != "" {
		in.Flavor, err = a.flavorPick(r, hardware.kind, "hardware."+hardware.name, hardware.id)
	}
	return in, err
}

// ids reads identities and remembers the first that names nothing.
type ids struct{ err error }

func (i *ids) read(o wire.Object, p *cloud.Problems, name string, to *control.Pick) {
	i.parse(o.Get(name).At(), text(o, p, name), to)
}

func (i *ids) parse(field, id string, to *control.Pick) {
	if id == "" {
		return
	}
	pick, err := pickID(field, id)
	if err != nil && i.err == nil {
		i.err = err
	}
	*to = pick
}

// flavorID is a flavor as a body names it.
type flavorID struct{ kind, name, id string }

// hardwareIn reads one of the three forms of hardware. Beside a flavor, numbers
// that are 0 count as absent, because the Go client always sends them.
func (a *api) hardwareIn(body wire.Object, p *cloud.Problems, in *control.CreateServerIn) flavorID {
	hw, ok := body.Object(p, "hardware")
	if !ok {
		if !p.Has("hardware") {
			p.Add(cloud.Errorf(cloud.Invalid, "required", "is required").On("hardware"))
		}
		return flavorID{}
	}
	in.VCPU, in.Cores = whole(hw, p, "vcore"), whole(hw, p, "cores_per_processor")
	if ram := hw.Float(p, "ram"); ram != nil {
		in.RAM = mebibytes(*ram)
	}
	in.Disks = disksIn(hw, p)
	flexible := in.VCPU != 0 || in.Cores != 0 || in.RAM != 0 || len(in.Disks) > 0
	small, metal := text(hw, p, "fixed_instance_size_id"), text(hw, p, "baremetal_model_id")
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
		return flavorID{fixed, "fixed_instance_size_id", small}
	case metal != "":
		return flavorID{baremetal, "baremetal_model_id", metal}
	}
	return flavorID{}
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
	for name, what := range map[string]string{
		"load_balancer_id":     "load balancers",
		"monitoring_policy_id": "monitoring policies",
		"private_network_id":   "private networks of this API",
	} {
		if text(body, p, name) != "" {
			p.Add(cloud.Errorf(cloud.NotBuilt, "not_built", "%s are not built yet", what).On(name))
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
	oneOf(body, p, "server_type", "", "cloud", "baremetal")
	oneOf(body, p, "user_data_content_type", "", "yaml", "cmd", "ps1", "txt", "sh")
}

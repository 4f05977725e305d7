package cloudcix

import (
	"reflect"
	"slices"
	"strings"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// projectRows is the way from a machine to its project.
var projectRows = &relation{via: "project_id", rows: reflect.TypeFor[cloud.Project]()}

var vms = listing{
	op: wirespec.ListVM.Spec, rows: reflect.TypeFor[cloud.Server](),
	named: map[string]column{
		"project__address_id": {field: "site_id", of: projectRows},
		"project__name":       {field: "name", of: projectRows},
		"project__region_id":  {field: "region_id", of: projectRows},
		"server_id":           {field: "host_id"},
		"server__type_id":     {field: "server_type"},
		"server__type__name":  {own: serverTypeNamed},
		"state":               {state: cloud.ServerState()},
	},
}

// serverTypeNamed turns a filter on the name of a server type into one on ids.
func serverTypeNamed(f searchFilter) (cloud.Cond, bool) {
	type row struct{ Name string }
	cond, err := column{field: "name", values: words}.compare(f)
	return cloud.In("server_type", control.ServerTypesNamed(func(n string) bool { return cond.Match(row{n}) })), err == nil
}

func (a *API) servers(h wire.Handlers) {
	h[wirespec.ListVM.ID] = a.listVM
	get(a, h, wirespec.ReadVM, (*control.Txn).Server, vmRead)
	write(h, wirespec.CreateVM, serverCreate, a.c.CreateServer, oneVM)
	write(h, wirespec.UpdateVM, serverChange, a.c.ChangeServer, oneVM)
	write(h, wirespec.PatchVM, serverChange, a.c.ChangeServer, oneVM)
}

func (a *API) listVM(r *wire.Request) (wire.Answer, error) {
	l, s := a.asked(r)
	q, err := l.query(s)
	if err != nil {
		return wire.Answer{}, err
	}
	q.Closed = true // machines stay readable in 99
	short, parts := !includeRelated(r), vmParts
	if short {
		parts = control.Show{Server: baseVMColumns}
	}
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, total, err := t.Servers(q, parts)
		if err != nil {
			return nil, err
		}
		if short {
			items := make([]wirespec.BaseVM, len(rows))
			for i, v := range rows {
				items[i] = baseVMOf(v)
			}
			return page(items, s, total), nil
		}
		sc, err := newScene(t, rows, nil)
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.VM, len(rows))
		for i, v := range rows {
			if items[i], err = sc.vmOf(v); err != nil {
				return nil, err
			}
		}
		return page(items, s, total), nil
	})
}

// vmRead is a machine with who is told about it: the project's manager and who
// asked last for something that the machine does (section 17).
func vmRead(t *control.Txn, v *control.View) (wirespec.VM, error) {
	vm, err := oneVM(t, v)
	if err != nil {
		return vm, err
	}
	var ids []int64
	if v.Project != nil {
		ids = append(ids, v.Project.ManagerID)
	}
	asked := func(h wirespec.VMHistory) bool { return h.ModifiedBy != 0 && slices.Contains(askedFor, *h.State) }
	if i := slices.IndexFunc(vm.History, asked); i >= 0 { // the newest stands first
		ids = append(ids, vm.History[i].ModifiedBy)
	}
	vm.Emails, err = t.Emails(ids...)
	return vm, err
}

// askedFor are the states into which a user asks a machine.
var askedFor = []int64{
	cloud.StateRequested, cloud.StateQuiesce, cloud.StateRestart, cloud.StateScrub, cloud.StateRunningUpdate, cloud.StateQuiescedUpdate,
}

// oneVM shows a single machine: with the name of its storage type.
func oneVM(t *control.Txn, v *control.View) (wirespec.VM, error) {
	sc, err := newScene(t, []*control.View{v}, nil)
	if err != nil {
		return wirespec.VM{}, err
	}
	vm, err := sc.vmOf(v)
	vm.StorageType = text(control.StorageTypeName(v.StorageType))
	return vm, err
}

// stateColumns is what the state number of a machine follows from.
var stateColumns = []string{"closed", "remove", "event_id", "taken", "failed", "change", "on"}

// baseVMColumns is what baseVMOf shows.
var baseVMColumns = append([]string{
	"uid", "created", "updated", "vcpu", "ram", "dns", "image_id", "name", "host_id", "user_data", "keys",
}, stateColumns...)

// vmParts is what vmOf shows, beside what a scene reads.
var vmParts = control.Show{
	Server: append([]string{"project_id", "region_id", "gateway_id", "storage_type"}, baseVMColumns...),
	Image: []string{
		"answer", "cloud_init", "created", "updated", "display_name", "name", "filename", "multiple_ips", "variant", "regions", "sku",
	},
	Volume: []string{"server_id", "kind", "remove", "main", "created", "updated", "size_gb", "name"},
	IP: []string{
		"server_id", "kind", "addr", "subnet_id", "private_id", "assigned_at", "created", "updated", "modified_by", "credentials",
		"location", "mac", "name",
	},
}

func baseVMOf(v *control.View) wirespec.BaseVM {
	s := v.Server
	state := cloud.StateNumber(s)
	out := wirespec.BaseVM{
		CPU: int64(s.VCPU), Created: stamp(s.Created), DNS: strings.Join(s.DNS, ","), GUID: guid(s.UID), ID: s.ID, ImageID: s.ImageID,
		Name: s.Name, RAM: gigabytes(s.RAM), ServerID: s.HostID, Stable: cloud.Stable(state), State: int64(state),
		Updated: stamp(s.Updated), URI: uri("vm", s.ID), Userdata: s.UserData,
	}
	if len(s.Keys) > 0 {
		out.PublicKey = &s.Keys[0].Text
	}
	return out
}

// scene is what the records of one answer share: read in a few queries, and shown
// once for all that name it.
type scene struct {
	t        *control.Txn
	subnets  map[int64]wirespec.Subnet
	projects map[int64]wirespec.Project
	images   map[[2]int64]wirespec.Image // by image and region
	history  map[int64][]wirespec.VMHistory
	storages map[int64][]wirespec.StorageHistory // by storage
}

func newScene(t *control.Txn, vms []*control.View, routers []*control.ProjectView) (*scene, error) {
	s := &scene{t: t, images: map[[2]int64]wirespec.Image{}}
	var subnets, projects []int64
	for _, v := range vms {
		subnets = append(subnets, v.GatewayID)
		for _, ip := range v.IPs {
			subnets = append(subnets, ip.SubnetID)
		}
		projects = append(projects, v.ProjectID)
	}
	for _, p := range routers {
		if p.Floating != nil {
			subnets = append(subnets, p.Floating.SubnetID)
		}
	}
	slices.Sort(subnets)
	slices.Sort(projects)
	details, err := t.Subnets(slices.Compact(subnets)...)
	if err != nil {
		return nil, err
	}
	s.subnets = make(map[int64]wirespec.Subnet, len(details))
	for id, d := range details {
		s.subnets[id] = subnetOf(d)
	}
	views, err := t.ProjectViews(slices.Compact(projects)...)
	if err != nil {
		return nil, err
	}
	s.projects = make(map[int64]wirespec.Project, len(views))
	for id, p := range views {
		s.projects[id] = projectOf(p)
	}
	if len(vms) > 0 {
		err = s.readHistory(vms)
	}
	return s, err
}

// subnet shows a subnet; one that is not there is shown empty.
func (s *scene) subnet(id int64) wirespec.Subnet {
	if d, ok := s.subnets[id]; ok {
		return d
	}
	return subnetOf(nil)
}

// image shows the image of a machine, which is there where the machine is.
func (s *scene) image(v *control.View) wirespec.Image {
	key := [2]int64{v.ImageID, v.RegionID}
	shown, ok := s.images[key]
	if !ok {
		shown = imageOf(v.Image, []int64{v.RegionID})
		s.images[key] = shown
	}
	return shown
}

func (s *scene) vmOf(v *control.View) (wirespec.VM, error) {
	b := baseVMOf(v)
	out := wirespec.VM{
		CPU: b.CPU, Created: b.Created, DNS: b.DNS, GUID: b.GUID, ID: b.ID, ImageID: b.ImageID, Name: b.Name, PublicKey: b.PublicKey,
		RAM: b.RAM, ServerID: b.ServerID, Stable: b.Stable, State: b.State, Updated: b.Updated, URI: b.URI, Userdata: b.Userdata,
		History: append([]wirespec.VMHistory{}, s.history[v.ID]...), Image: s.image(v), Storages: []wirespec.Storage{},
		Project: s.projects[v.ProjectID],
	}
	if d, ok := s.subnets[v.GatewayID]; ok {
		out.GatewaySubnet = &d
	}
	for _, vol := range v.Volumes {
		if vol.Kind == cloud.DiskVolume { // block volumes are resources of their own (R14)
			out.Storages = append(out.Storages, s.storageOf(vol))
		}
	}
	var err error
	out.IPAddresses, err = s.addressesOf(v)
	return out, err
}

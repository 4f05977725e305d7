package oneandone

import (
	"slices"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// serverList is GET /servers.
var serverList = long[oneandone.ServerSummary]{
	orders: map[string]func(*control.Txn) cloud.Order{
		"id":                      byColumn("uid"),
		"cloudpanel_id":           byColumn("uid"),
		"name":                    byColumn("name"),
		"description":             byColumn("description"),
		"hostname":                byColumn("hostname"),
		"creation_date":           byColumn("created"),
		"status.state":            byState,
		"hardware.ram":            byCase(cloud.ServerRAM()),
		"hardware.vcore":          byCase(cloud.ServerVCPU()),
		"datacenter.country_code": byColumn("country"),
	},
	find: func(t *control.Txn, q cloud.Query) ([]oneandone.ServerSummary, []int64, error) {
		views, _, err := t.Servers(q, summaryParts)
		if err != nil {
			return nil, nil, err
		}
		states := statesAt(t)
		list, keys := make([]oneandone.ServerSummary, len(views)), make([]int64, len(views))
		for i, v := range views {
			list[i], keys[i] = summary(states, v), v.ID
		}
		return list, keys, nil
	},
	keys: (*control.Txn).ServerIDs,
	sources: []source{
		{
			leaves: []string{
				"id", "cloudpanel_id", "name", "description", "hostname", "creation_date",
				"hardware.vcore", "hardware.cores_per_processor", "hardware.ram",
			},
			rows: own[cloud.Server],
		},
		{leaves: []string{"hardware.hdds.id", "hardware.hdds.size"}, rows: below[cloud.Volume]("server_id")},
		{leaves: []string{"ips.id", "ips.ip"}, rows: below[cloud.IP]("server_id")},
		{leaves: []string{"datacenter.id", "datacenter.country_code", "datacenter.location"}, rows: of[cloud.Site]("region_id")},
		{leaves: []string{"image.id", "image.name"}, rows: of[cloud.Image]("image_id")},
		{
			// The kind of the flavor, or the first of these.
			leaves: []string{"server_type", "hardware.fixed_instance_size_id", "hardware.baremetal_model_id"},
			rows:   of[cloud.Flavor]("flavor_id", "seen_flavor_id"),
		},
		{
			leaves: []string{"server_type", "hardware.unit", "hardware.hdds.unit", "hardware.hdds.is_main"},
			rows:   words("cloud", "GB", "true", "false"),
		},
		{leaves: []string{"status.state"}, rows: inState},
		// Two digits, and what nobody has yet.
		{leaves: []string{"status.percent", "alerts.count", "alerts.type", "ipv6_range"}, rows: words()},
	},
}

// server is the full form, the answer of every operation that returns one.
// While it is being made, addresses and disks are empty: one client takes the
// first address only inside its polling loop.
func server(t *control.Txn, v *control.View, fresh bool) oneandone.Server {
	return oneandone.Server{
		ID: v.UID.String(), CloudpanelID: panelID(v.UID), Name: v.Name, Description: textOrNull(v.Description),
		Datacenter: datacenterRef(v.Region), CreationDate: date(v.Created), FirstPassword: textOrNull(v.Password),
		ServerType: serverType(v), Hostname: textOrNull(v.Hostname),
		RSAKey: ptr(flag(len(v.Keys) > 0)), SSHPassword: len(v.Keys) == 0,
		Status: statusOf(statesAt(t), v.Server, fresh), Hardware: shape(t, v),
		Image: imageIdentity(v.Image), DVD: dvdIdentity(v.DVD), Snapshot: snapshot(v), Ips: addresses(t, v),
		PrivateNetworks: privateNetworks(v),
	}
}

// alerts say why something about a server is not done: what only waits is a
// warning, what failed is critical. Reading one server tells them.
func alerts(t *control.Txn, v *control.View) (a oneandone.ServerAlerts, err error) {
	waits, err := t.WaitsOf(v.Server)
	for _, w := range waits {
		alert := oneandone.ServerAlert{Type: "WAITING", Date: date(w.Since), Description: w.String()}
		if w.Mended {
			alert.Type = "REPAIRED"
		}
		if w.Failed {
			a.Critical = append(a.Critical, alert)
		} else {
			a.Warning = append(a.Warning, alert)
		}
	}
	return a, err
}

// summaryParts is what summary and the state of a server are made of.
var summaryParts = control.Show{
	Server: []string{
		"uid", "created", "name", "description", "hostname", "region_id", "image_id", "flavor_id", "seen_flavor_id",
		"vcpu", "cores", "ram", "seen_vcpu", "seen_cores", "seen_ram",
		"closed", "remove", "change", "change_at", "event_id", "step", "steps", "percent", "failed", "seen_on",
	},
	Region: []string{"uid", "country", "location"},
	Image:  []string{"uid", "name"},
	Flavor: []string{"uid", "kind"},
	Volume: []string{"uid", "server_id", "remove", "main", "seen_gb"},
	IP:     []string{"uid", "server_id", "kind", "addr", "assigned_at"}, PublicOnly: true,
}

// summary is the form of the list.
func summary(states *cloud.Case, v *control.View) oneandone.ServerSummary {
	status := statusOf(states, v.Server, false)
	ips := []oneandone.ServerIPBrief{}
	for _, ip := range shownAddresses(string(status.State), v) {
		ips = append(ips, oneandone.ServerIPBrief{ID: ip.UID.String(), IP: ip.Addr.String()})
	}
	return oneandone.ServerSummary{
		ID: v.UID.String(), CloudpanelID: ptr(panelID(v.UID)), Name: v.Name, Description: textOrNull(v.Description),
		Datacenter: datacenterRef(v.Region), CreationDate: date(v.Created), ServerType: serverType(v),
		Hostname: textOrNull(v.Hostname), Status: status, Hardware: shapeIn(string(status.State), v),
		Image: imageIdentity(v.Image), Ips: ips, Alerts: []oneandone.ServerAlertCount{},
	}
}

func serverType(v *control.View) string {
	if v.Flavor != nil && v.Flavor.Kind == baremetal {
		return "baremetal"
	}
	return "cloud"
}

// shape is the hardware as the host last carried it out (R4). What no host has
// made yet shows what is wanted.
func shape(t *control.Txn, v *control.View) oneandone.Hardware {
	return shapeIn(statesAt(t).Of(v.Server).(string), v)
}

func shapeIn(state string, v *control.View) oneandone.Hardware {
	vcpu, cores, ram := v.SeenVCPU, v.SeenCores, v.SeenRAM
	if vcpu == 0 {
		vcpu, cores, ram = v.VCPU, v.Cores, v.RAM
	}
	hw := oneandone.Hardware{Vcore: vcpu, CoresPerProcessor: cores, RAM: gigabytes(ram), Unit: ptr("GB"), Hdds: []oneandone.HDD{}}
	switch {
	case v.Flavor == nil:
	case v.Flavor.Kind == baremetal:
		hw.BaremetalModelID = ptr(v.Flavor.UID.String())
	default:
		hw.FixedInstanceSizeID = ptr(v.Flavor.UID.String())
	}
	if state == deploying {
		return hw
	}
	for _, d := range slices.Concat(v.Volumes, v.Leaving) {
		if d.SeenGB > 0 {
			hw.Hdds = append(hw.Hdds, oneandone.HDD{ID: d.UID.String(), Size: d.SeenGB, Unit: ptr("GB"), IsMain: d.Main})
		}
	}
	return hw
}

// shownAddresses are the public addresses, the oldest first: that is the source
// address of the server.
func shownAddresses(state string, v *control.View) []*cloud.IP {
	if state == deploying {
		return nil
	}
	var list []*cloud.IP
	for _, ip := range v.IPs {
		if ip.Kind == cloud.PublicIP {
			list = append(list, ip)
		}
	}
	return list
}

func addresses(t *control.Txn, v *control.View) []oneandone.ServerIP {
	list := []oneandone.ServerIP{}
	for i, ip := range shownAddresses(statesAt(t).Of(v.Server).(string), v) {
		out := oneandone.ServerIP{
			ID: ip.UID.String(), IP: ip.Addr.String(), Type: family(ip.Addr), Main: ptr(i == 0),
			ReverseDNS: textOrNull(ip.ReverseDNS), LoadBalancers: []oneandone.Identity{},
		}
		if p := v.Policies[ip.PolicyID]; p != nil {
			out.FirewallPolicy = &oneandone.Identity{ID: p.UID.String(), Name: p.Name}
		}
		list = append(list, out)
	}
	return list
}

// privateNetworks are the networks with a card of the server, except the one
// that leads to its public addresses, each with its first address (R16).
func privateNetworks(v *control.View) []oneandone.ServerPrivateNetwork {
	list := []oneandone.ServerPrivateNetwork{}
	for _, nic := range v.NICs {
		net := v.Networks[nic.NetworkID]
		if net == nil || net.Public || nic.Removing {
			continue
		}
		entry := oneandone.ServerPrivateNetwork{ID: net.UID.String(), Name: net.Name}
		for _, ip := range v.IPs {
			if ip.NICID == nic.ID && ip.Kind == cloud.PrivateIP {
				entry.ServerIP = ptr(ip.Addr.String())
				break
			}
		}
		list = append(list, entry)
	}
	return list
}

func serverIdentities(servers []*cloud.Server) []oneandone.Identity {
	list := make([]oneandone.Identity, len(servers))
	for i, s := range servers {
		list[i] = oneandone.Identity{ID: s.UID.String(), Name: s.Name}
	}
	return list
}

func imageIdentity(img *cloud.Image) oneandone.Identity {
	if img == nil {
		img = &cloud.Image{}
	}
	return oneandone.Identity{ID: img.UID.String(), Name: img.Name}
}

// dvdIdentity is nil for an empty drive.
func dvdIdentity(img *cloud.Image) *oneandone.Identity {
	if img == nil {
		return nil
	}
	return &oneandone.Identity{ID: img.UID.String(), Name: img.Name}
}

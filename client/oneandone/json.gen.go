// Code generated from api/oneandone.openapi.yaml by tools/gen. DO NOT EDIT.

package oneandone

import "github.com/virga-cloud/virga/client/op"

// WriteJSON writes a value as encoding/json would.
func (v AlertCounters) WriteJSON(w *op.JSON) {
	w.Raw(`{"critical":`)
	w.Int(int64(v.Critical))
	w.Key(`"ok":`)
	w.Int(int64(v.Ok))
	w.Key(`"warning":`)
	w.Int(int64(v.Warning))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BaremetalModel) WriteJSON(w *op.JSON) {
	w.Raw(`{"hardware":`)
	v.Hardware.WriteJSON(w)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	if v.State != nil {
		w.Key(`"state":`)
		w.String(*v.State)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BaremetalModelHardwareHdds) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DiskRaid != nil {
		w.Key(`"disk_raid":`)
		w.String(*v.DiskRaid)
	}
	if v.DiskRaidCount != nil {
		w.Key(`"disk_raid_count":`)
		w.Int(int64(*v.DiskRaidCount))
	}
	if v.DiskType != nil {
		w.Key(`"disk_type":`)
		w.String(*v.DiskType)
	}
	w.Key(`"is_main":`)
	w.Bool(v.IsMain)
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	w.Key(`"unit":`)
	w.String(v.Unit)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BaremetalModelHardware) WriteJSON(w *op.JSON) {
	w.Raw(`{"core":`)
	w.Int(int64(v.Core))
	if v.Cores != nil {
		w.Key(`"cores":`)
		w.Int(int64(*v.Cores))
	}
	w.Key(`"cores_per_processor":`)
	w.Int(int64(v.CoresPerProcessor))
	w.Key(`"hdds":`)
	if v.Hdds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Hdds {
			w.Next()
			v.Hdds[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"ram":`)
	w.Float(v.RAM)
	w.Key(`"unit":`)
	w.String(v.Unit)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BlockStorage) WriteJSON(w *op.JSON) {
	w.Raw(`{"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	if v.DiskID != nil {
		w.Key(`"disk_id":`)
		w.String(*v.DiskID)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"server":`)
	if v.Server == nil {
		w.Null()
	} else {
		v.Server.WriteJSON(w)
	}
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	w.Key(`"state":`)
	w.String(string(v.State))
	if v.UUID != nil {
		w.Key(`"uuid":`)
		w.String(*v.UUID)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BlockStorageAttach) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Server != nil {
		w.Key(`"server":`)
		w.String(*v.Server)
	}
	if v.ServerID != nil {
		w.Key(`"server_id":`)
		w.String(*v.ServerID)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BlockStorageCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.ExecutionGroup != nil {
		w.Key(`"execution_group":`)
		w.String(*v.ExecutionGroup)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Server != nil {
		w.Key(`"server":`)
		w.String(*v.Server)
	}
	if v.ServerID != nil {
		w.Key(`"server_id":`)
		w.String(*v.ServerID)
	}
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BlockStorageUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.Size != nil {
		w.Key(`"size":`)
		w.Int(int64(*v.Size))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Datacenter) WriteJSON(w *op.JSON) {
	w.Raw(`{"country_code":`)
	w.String(v.CountryCode)
	if v.Default != nil {
		w.Key(`"default":`)
		w.Int(int64(*v.Default))
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"location":`)
	w.String(v.Location)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DatacenterRef) WriteJSON(w *op.JSON) {
	w.Raw(`{"country_code":`)
	w.String(v.CountryCode)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"location":`)
	w.String(v.Location)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DVDISO) WriteJSON(w *op.JSON) {
	w.Raw(`{"available_datacenters":`)
	if v.AvailableDatacenters == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.AvailableDatacenters {
			w.Next()
			w.String(v.AvailableDatacenters[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"os":`)
	if v.OS == nil {
		w.Null()
	} else {
		w.String(*v.OS)
	}
	w.Key(`"os_architecture":`)
	if v.OSArchitecture == nil {
		w.Null()
	} else {
		w.Int(int64(*v.OSArchitecture))
	}
	w.Key(`"os_family":`)
	if v.OSFamily == nil {
		w.Null()
	} else {
		w.String(*v.OSFamily)
	}
	w.Key(`"os_version":`)
	if v.OSVersion == nil {
		w.Null()
	} else {
		w.String(*v.OSVersion)
	}
	w.Key(`"type":`)
	if v.Type == nil {
		w.Null()
	} else {
		w.String(*v.Type)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Error) WriteJSON(w *op.JSON) {
	w.Raw(`{"errors":`)
	if v.Errors == nil {
		w.Null()
	} else {
		w.String(*v.Errors)
	}
	w.Key(`"message":`)
	w.String(v.Message)
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FirewallPolicy) WriteJSON(w *op.JSON) {
	w.Raw(`{"cloudpanel_id":`)
	w.String(v.CloudpanelID)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"default":`)
	w.Int(int64(v.Default))
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"rules":`)
	if v.Rules == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Rules {
			w.Next()
			v.Rules[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"server_ips":`)
	if v.ServerIps == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.ServerIps {
			w.Next()
			v.ServerIps[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FirewallPolicyCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"rules":`)
	if v.Rules == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Rules {
			w.Next()
			v.Rules[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FirewallRule) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Action != nil {
		w.Key(`"action":`)
		w.String(*v.Action)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	if v.Port != nil {
		w.Key(`"port":`)
		w.String(*v.Port)
	}
	w.Key(`"port_from":`)
	if v.PortFrom == nil {
		w.Null()
	} else {
		w.Int(int64(*v.PortFrom))
	}
	w.Key(`"port_to":`)
	if v.PortTo == nil {
		w.Null()
	} else {
		w.Int(int64(*v.PortTo))
	}
	w.Key(`"protocol":`)
	w.String(v.Protocol)
	w.Key(`"source":`)
	w.String(v.Source)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FirewallRuleRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Action != nil {
		w.Key(`"action":`)
		w.String(*v.Action)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Port != nil {
		w.Key(`"port":`)
		w.Any(v.Port)
	}
	if v.PortFrom != nil {
		w.Key(`"port_from":`)
		w.Int(int64(*v.PortFrom))
	}
	if v.PortTo != nil {
		w.Key(`"port_to":`)
		w.Int(int64(*v.PortTo))
	}
	w.Key(`"protocol":`)
	w.String(v.Protocol)
	if v.Source != nil {
		w.Key(`"source":`)
		w.String(*v.Source)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FirewallRulesAdd) WriteJSON(w *op.JSON) {
	w.Raw(`{"rules":`)
	if v.Rules == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Rules {
			w.Next()
			v.Rules[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FixedInstanceSize) WriteJSON(w *op.JSON) {
	w.Raw(`{"hardware":`)
	v.Hardware.WriteJSON(w)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FixedInstanceSizeHardware) WriteJSON(w *op.JSON) {
	w.Raw(`{"cores_per_processor":`)
	w.Int(int64(v.CoresPerProcessor))
	w.Key(`"hdds":`)
	if v.Hdds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Hdds {
			w.Next()
			v.Hdds[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"ram":`)
	w.Float(v.RAM)
	w.Key(`"unit":`)
	w.String(v.Unit)
	w.Key(`"vcore":`)
	w.Int(int64(v.Vcore))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FixedServerPrice) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Hardware != nil {
		w.Key(`"hardware":`)
		v.Hardware.WriteJSON(w)
	}
	if v.ID != nil {
		w.Key(`"id":`)
		w.String(*v.ID)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"price_gross":`)
	w.Float(v.PriceGross)
	w.Key(`"price_net":`)
	w.Float(v.PriceNet)
	w.Key(`"unit":`)
	w.String(v.Unit)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FixedServerPriceHardware) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.CoresPerProcessor != nil {
		w.Key(`"cores_per_processor":`)
		w.Int(int64(*v.CoresPerProcessor))
	}
	if v.Hdds != nil {
		w.Key(`"hdds":`)
		if v.Hdds == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Hdds {
				w.Next()
				v.Hdds[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	if v.RAM != nil {
		w.Key(`"ram":`)
		w.Float(*v.RAM)
	}
	if v.Unit != nil {
		w.Key(`"unit":`)
		w.String(*v.Unit)
	}
	if v.Vcore != nil {
		w.Key(`"vcore":`)
		w.Int(int64(*v.Vcore))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FlavorHDD) WriteJSON(w *op.JSON) {
	w.Raw(`{"is_main":`)
	w.Bool(v.IsMain)
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	w.Key(`"unit":`)
	w.String(v.Unit)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Hardware) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.BaremetalModelID != nil {
		w.Key(`"baremetal_model_id":`)
		w.String(*v.BaremetalModelID)
	}
	w.Key(`"cores_per_processor":`)
	w.Int(int64(v.CoresPerProcessor))
	w.Key(`"fixed_instance_size_id":`)
	if v.FixedInstanceSizeID == nil {
		w.Null()
	} else {
		w.String(*v.FixedInstanceSizeID)
	}
	w.Key(`"hdds":`)
	if v.Hdds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Hdds {
			w.Next()
			v.Hdds[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"ram":`)
	w.Float(v.RAM)
	if v.Unit != nil {
		w.Key(`"unit":`)
		w.String(*v.Unit)
	}
	w.Key(`"vcore":`)
	w.Int(int64(v.Vcore))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v HardwareRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.BaremetalModelID != nil {
		w.Key(`"baremetal_model_id":`)
		w.String(*v.BaremetalModelID)
	}
	if v.CoresPerProcessor != nil {
		w.Key(`"cores_per_processor":`)
		w.Int(int64(*v.CoresPerProcessor))
	}
	if v.FixedInstanceSizeID != nil {
		w.Key(`"fixed_instance_size_id":`)
		w.String(*v.FixedInstanceSizeID)
	}
	if v.Hdds != nil {
		w.Key(`"hdds":`)
		if v.Hdds == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Hdds {
				w.Next()
				v.Hdds[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	if v.RAM != nil {
		w.Key(`"ram":`)
		w.Float(*v.RAM)
	}
	if v.Vcore != nil {
		w.Key(`"vcore":`)
		w.Int(int64(*v.Vcore))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v HardwareUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.CoresPerProcessor != nil {
		w.Key(`"cores_per_processor":`)
		w.Int(int64(*v.CoresPerProcessor))
	}
	if v.FixedInstanceSizeID != nil {
		w.Key(`"fixed_instance_size_id":`)
		w.String(*v.FixedInstanceSizeID)
	}
	if v.RAM != nil {
		w.Key(`"ram":`)
		w.Float(*v.RAM)
	}
	if v.Vcore != nil {
		w.Key(`"vcore":`)
		w.Int(int64(*v.Vcore))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v HDD) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"is_main":`)
	w.Bool(v.IsMain)
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	if v.Unit != nil {
		w.Key(`"unit":`)
		w.String(*v.Unit)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v HDDRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.IsMain != nil {
		w.Key(`"is_main":`)
		w.Bool(*v.IsMain)
	}
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v HDDUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.IsMain != nil {
		w.Key(`"is_main":`)
		w.Bool(*v.IsMain)
	}
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v HddsAdd) WriteJSON(w *op.JSON) {
	w.Raw(`{"hdds":`)
	if v.Hdds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Hdds {
			w.Next()
			v.Hdds[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IDRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Identity) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Image) WriteJSON(w *op.JSON) {
	w.Raw(`{"architecture":`)
	if v.Architecture == nil {
		w.Null()
	} else {
		w.Int(int64(*v.Architecture))
	}
	if v.AvailableSites != nil {
		w.Key(`"availableSites":`)
		if v.AvailableSites == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.AvailableSites {
				w.Next()
				w.String(v.AvailableSites[i])
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"cloudpanel_id":`)
	w.String(v.CloudpanelID)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"frequency":`)
	if v.Frequency == nil {
		w.Null()
	} else {
		w.String(*v.Frequency)
	}
	w.Key(`"hdds":`)
	if v.Hdds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Hdds {
			w.Next()
			v.Hdds[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"licenses":`)
	if v.Licenses == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Licenses {
			w.Next()
			v.Licenses[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"min_hdd_size":`)
	w.Int(int64(v.MinHDDSize))
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"num_images":`)
	if v.NumImages == nil {
		w.Null()
	} else {
		w.Int(int64(*v.NumImages))
	}
	w.Key(`"os":`)
	if v.OS == nil {
		w.Null()
	} else {
		w.String(*v.OS)
	}
	w.Key(`"os_family":`)
	if v.OSFamily == nil {
		w.Null()
	} else {
		w.String(*v.OSFamily)
	}
	if v.OSImageType != nil {
		w.Key(`"os_image_type":`)
		w.String(*v.OSImageType)
	}
	w.Key(`"os_version":`)
	if v.OSVersion == nil {
		w.Null()
	} else {
		w.String(*v.OSVersion)
	}
	w.Key(`"server_id":`)
	if v.ServerID == nil {
		w.Null()
	} else {
		w.String(*v.ServerID)
	}
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ImageLicenses) WriteJSON(w *op.JSON) {
	w.Raw(`{"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ImageCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Frequency != nil {
		w.Key(`"frequency":`)
		w.String(*v.Frequency)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.NumImages != nil {
		w.Key(`"num_images":`)
		w.Int(int64(*v.NumImages))
	}
	if v.OSID != nil {
		w.Key(`"os_id":`)
		w.String(*v.OSID)
	}
	if v.ServerID != nil {
		w.Key(`"server_id":`)
		w.String(*v.ServerID)
	}
	if v.Source != nil {
		w.Key(`"source":`)
		w.String(*v.Source)
	}
	if v.Type != nil {
		w.Key(`"type":`)
		w.String(*v.Type)
	}
	if v.URL != nil {
		w.Key(`"url":`)
		w.String(*v.URL)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ImageOS) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Architecture != nil {
		w.Key(`"architecture":`)
		w.Int(int64(*v.Architecture))
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"os":`)
	w.String(v.OS)
	w.Key(`"os_family":`)
	w.String(v.OSFamily)
	if v.OSVersion != nil {
		w.Key(`"os_version":`)
		w.String(*v.OSVersion)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ImageUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Frequency != nil {
		w.Key(`"frequency":`)
		w.String(*v.Frequency)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPTypeRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Type != nil {
		w.Key(`"type":`)
		w.String(*v.Type)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LoadBalancer) WriteJSON(w *op.JSON) {
	w.Raw(`{"cloudpanel_id":`)
	w.String(v.CloudpanelID)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"health_check_interval":`)
	if v.HealthCheckInterval == nil {
		w.Null()
	} else {
		w.Int(int64(*v.HealthCheckInterval))
	}
	w.Key(`"health_check_path":`)
	if v.HealthCheckPath == nil {
		w.Null()
	} else {
		w.String(*v.HealthCheckPath)
	}
	w.Key(`"health_check_path_parser":`)
	if v.HealthCheckPathParser == nil {
		w.Null()
	} else {
		w.String(*v.HealthCheckPathParser)
	}
	w.Key(`"health_check_test":`)
	w.String(v.HealthCheckTest)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"ip":`)
	if v.IP == nil {
		w.Null()
	} else {
		w.String(*v.IP)
	}
	w.Key(`"method":`)
	w.String(v.Method)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"persistence":`)
	w.Bool(v.Persistence)
	w.Key(`"persistence_time":`)
	if v.PersistenceTime == nil {
		w.Null()
	} else {
		w.Int(int64(*v.PersistenceTime))
	}
	w.Key(`"rules":`)
	if v.Rules == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Rules {
			w.Next()
			v.Rules[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"server_ips":`)
	if v.ServerIps == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.ServerIps {
			w.Next()
			v.ServerIps[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LoadBalancerCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.HealthCheckInterval != nil {
		w.Key(`"health_check_interval":`)
		w.Int(int64(*v.HealthCheckInterval))
	}
	if v.HealthCheckParse != nil {
		w.Key(`"health_check_parse":`)
		w.String(*v.HealthCheckParse)
	}
	if v.HealthCheckParser != nil {
		w.Key(`"health_check_parser":`)
		w.String(*v.HealthCheckParser)
	}
	if v.HealthCheckPath != nil {
		w.Key(`"health_check_path":`)
		w.String(*v.HealthCheckPath)
	}
	if v.HealthCheckPathParser != nil {
		w.Key(`"health_check_path_parser":`)
		w.String(*v.HealthCheckPathParser)
	}
	w.Key(`"health_check_test":`)
	if v.HealthCheckTest == nil {
		w.Null()
	} else {
		w.String(*v.HealthCheckTest)
	}
	w.Key(`"method":`)
	if v.Method == nil {
		w.Null()
	} else {
		w.String(*v.Method)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"persistence":`)
	if v.Persistence == nil {
		w.Null()
	} else {
		w.Bool(*v.Persistence)
	}
	if v.PersistenceTime != nil {
		w.Key(`"persistence_time":`)
		w.Int(int64(*v.PersistenceTime))
	}
	w.Key(`"rules":`)
	if v.Rules == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Rules {
			w.Next()
			v.Rules[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LoadBalancerIDRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"load_balancer_id":`)
	w.String(v.LoadBalancerID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LoadBalancerRule) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"port_balancer":`)
	w.Int(int64(v.PortBalancer))
	w.Key(`"port_server":`)
	w.Int(int64(v.PortServer))
	w.Key(`"protocol":`)
	w.String(v.Protocol)
	w.Key(`"source":`)
	w.String(v.Source)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LoadBalancerRuleRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"port_balancer":`)
	w.Int(int64(v.PortBalancer))
	w.Key(`"port_server":`)
	w.Int(int64(v.PortServer))
	w.Key(`"protocol":`)
	w.String(v.Protocol)
	if v.Source != nil {
		w.Key(`"source":`)
		w.String(*v.Source)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LoadBalancerRulesAdd) WriteJSON(w *op.JSON) {
	w.Raw(`{"rules":`)
	if v.Rules == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Rules {
			w.Next()
			v.Rules[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LoadBalancerUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.HealthCheckInterval != nil {
		w.Key(`"health_check_interval":`)
		w.Int(int64(*v.HealthCheckInterval))
	}
	if v.HealthCheckParse != nil {
		w.Key(`"health_check_parse":`)
		w.String(*v.HealthCheckParse)
	}
	if v.HealthCheckParser != nil {
		w.Key(`"health_check_parser":`)
		w.String(*v.HealthCheckParser)
	}
	if v.HealthCheckPath != nil {
		w.Key(`"health_check_path":`)
		w.String(*v.HealthCheckPath)
	}
	if v.HealthCheckPathParser != nil {
		w.Key(`"health_check_path_parser":`)
		w.String(*v.HealthCheckPathParser)
	}
	if v.HealthCheckTest != nil {
		w.Key(`"health_check_test":`)
		w.String(*v.HealthCheckTest)
	}
	if v.Method != nil {
		w.Key(`"method":`)
		w.String(*v.Method)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.Persistence != nil {
		w.Key(`"persistence":`)
		w.Bool(*v.Persistence)
	}
	if v.PersistenceTime != nil {
		w.Key(`"persistence_time":`)
		w.Int(int64(*v.PersistenceTime))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Log) WriteJSON(w *op.JSON) {
	w.Raw(`{"action":`)
	w.String(v.Action)
	if v.CloudpanelID != nil {
		w.Key(`"cloudpanel_id":`)
		w.String(*v.CloudpanelID)
	}
	if v.Details != nil {
		w.Key(`"details":`)
		w.Any(v.Details)
	}
	w.Key(`"duration":`)
	w.Int(int64(v.Duration))
	w.Key(`"end_date":`)
	if v.EndDate == nil {
		w.Null()
	} else {
		w.String(*v.EndDate)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"resource":`)
	v.Resource.WriteJSON(w)
	if v.SiteID != nil {
		w.Key(`"site_id":`)
		w.String(*v.SiteID)
	}
	w.Key(`"start_date":`)
	w.String(v.StartDate)
	w.Key(`"status":`)
	v.Status.WriteJSON(w)
	w.Key(`"type":`)
	w.String(v.Type)
	w.Key(`"user":`)
	v.User.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LogResource) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LogStatus) WriteJSON(w *op.JSON) {
	w.Raw(`{"percent":`)
	if v.Percent == nil {
		w.Null()
	} else {
		w.Int(int64(*v.Percent))
	}
	w.Key(`"state":`)
	w.String(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringAgent) WriteJSON(w *op.JSON) {
	w.Raw(`{"agent_installed":`)
	w.Bool(v.AgentInstalled)
	w.Key(`"missing_agent_alert":`)
	w.Bool(v.MissingAgentAlert)
	w.Key(`"monitoring_needs_agent":`)
	w.Bool(v.MonitoringNeedsAgent)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringAlerts) WriteJSON(w *op.JSON) {
	w.Raw(`{"ports":`)
	v.Ports.WriteJSON(w)
	w.Key(`"process":`)
	v.Process.WriteJSON(w)
	w.Key(`"resources":`)
	v.Resources.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringDetail) WriteJSON(w *op.JSON) {
	w.Raw(`{"agent":`)
	v.Agent.WriteJSON(w)
	if v.Alerts != nil {
		w.Key(`"alerts":`)
		v.Alerts.WriteJSON(w)
	}
	if v.AlertsCount != nil {
		w.Key(`"alerts_count":`)
		v.AlertsCount.WriteJSON(w)
	}
	w.Key(`"cpu":`)
	v.CPU.WriteJSON(w)
	if v.Disk != nil {
		w.Key(`"disk":`)
		v.Disk.WriteJSON(w)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"internal_ping":`)
	v.InternalPing.WriteJSON(w)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"ram":`)
	v.RAM.WriteJSON(w)
	w.Key(`"status":`)
	v.Status.WriteJSON(w)
	w.Key(`"transfer":`)
	v.Transfer.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringDetailStatus) WriteJSON(w *op.JSON) {
	w.Raw(`{"state":`)
	w.String(string(v.State))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringPolicy) WriteJSON(w *op.JSON) {
	w.Raw(`{"agent":`)
	w.Bool(v.Agent)
	w.Key(`"cloudpanel_id":`)
	w.String(v.CloudpanelID)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"default":`)
	w.Int(int64(v.Default))
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"email":`)
	if v.Email == nil {
		w.Null()
	} else {
		w.String(*v.Email)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"ports":`)
	if v.Ports == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Ports {
			w.Next()
			v.Ports[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"processes":`)
	if v.Processes == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Processes {
			w.Next()
			v.Processes[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"servers":`)
	if v.Servers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Servers {
			w.Next()
			v.Servers[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Key(`"thresholds":`)
	v.Thresholds.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringPolicyCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"agent":`)
	w.Bool(v.Agent)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Email != nil {
		w.Key(`"email":`)
		w.String(*v.Email)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Ports != nil {
		w.Key(`"ports":`)
		if v.Ports == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Ports {
				w.Next()
				v.Ports[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	if v.Processes != nil {
		w.Key(`"processes":`)
		if v.Processes == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Processes {
				w.Next()
				v.Processes[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"thresholds":`)
	v.Thresholds.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringPolicyUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Agent != nil {
		w.Key(`"agent":`)
		w.Bool(*v.Agent)
	}
	if v.Default != nil {
		w.Key(`"default":`)
		w.Any(v.Default)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Email != nil {
		w.Key(`"email":`)
		w.String(*v.Email)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.Thresholds != nil {
		w.Key(`"thresholds":`)
		v.Thresholds.WriteJSON(w)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringPort) WriteJSON(w *op.JSON) {
	w.Raw(`{"alert_if":`)
	w.String(v.AlertIf)
	w.Key(`"email_notification":`)
	w.Bool(v.EmailNotification)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"port":`)
	w.Int(int64(v.Port))
	w.Key(`"protocol":`)
	w.String(v.Protocol)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringPortRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"alert_if":`)
	w.String(v.AlertIf)
	w.Key(`"email_notification":`)
	w.Bool(v.EmailNotification)
	w.Key(`"port":`)
	w.Any(v.Port)
	w.Key(`"protocol":`)
	w.String(v.Protocol)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringPortUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{"ports":`)
	v.Ports.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringPortsAdd) WriteJSON(w *op.JSON) {
	w.Raw(`{"ports":`)
	if v.Ports == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Ports {
			w.Next()
			v.Ports[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringProcess) WriteJSON(w *op.JSON) {
	w.Raw(`{"alert_if":`)
	w.String(v.AlertIf)
	w.Key(`"email_notification":`)
	w.Bool(v.EmailNotification)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"process":`)
	w.String(v.Process)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringProcessRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"alert_if":`)
	w.String(v.AlertIf)
	w.Key(`"email_notification":`)
	w.Bool(v.EmailNotification)
	w.Key(`"process":`)
	w.String(v.Process)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringProcessUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{"processes":`)
	v.Processes.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringProcessesAdd) WriteJSON(w *op.JSON) {
	w.Raw(`{"processes":`)
	if v.Processes == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Processes {
			w.Next()
			v.Processes[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringSummary) WriteJSON(w *op.JSON) {
	w.Raw(`{"agent":`)
	v.Agent.WriteJSON(w)
	w.Key(`"alerts":`)
	v.Alerts.WriteJSON(w)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"status":`)
	v.Status.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringSummaryStatusCPU) WriteJSON(w *op.JSON) {
	w.Raw(`{"state":`)
	w.String(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringSummaryStatusDisk) WriteJSON(w *op.JSON) {
	w.Raw(`{"state":`)
	w.String(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringSummaryStatusInternalPing) WriteJSON(w *op.JSON) {
	w.Raw(`{"state":`)
	w.String(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringSummaryStatusRAM) WriteJSON(w *op.JSON) {
	w.Raw(`{"state":`)
	w.String(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringSummaryStatusTransfer) WriteJSON(w *op.JSON) {
	w.Raw(`{"state":`)
	w.String(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MonitoringSummaryStatus) WriteJSON(w *op.JSON) {
	w.Raw(`{"cpu":`)
	v.CPU.WriteJSON(w)
	if v.Disk != nil {
		w.Key(`"disk":`)
		v.Disk.WriteJSON(w)
	}
	w.Key(`"internal_ping":`)
	v.InternalPing.WriteJSON(w)
	w.Key(`"ram":`)
	v.RAM.WriteJSON(w)
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Key(`"transfer":`)
	v.Transfer.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v NameDescriptionUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v NameRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PasswordRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"password":`)
	w.String(v.Password)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermBackups) WriteJSON(w *op.JSON) {
	w.Raw(`{"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermFirewallPolicies) WriteJSON(w *op.JSON) {
	w.Raw(`{"clone":`)
	w.Bool(v.Clone)
	w.Key(`"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"manage_attached_server_ips":`)
	w.Bool(v.ManageAttachedServerIps)
	w.Key(`"manage_rules":`)
	w.Bool(v.ManageRules)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermImages) WriteJSON(w *op.JSON) {
	w.Raw(`{"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"disable_automatic_creation":`)
	w.Bool(v.DisableAutomaticCreation)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermInteractiveInvoices) WriteJSON(w *op.JSON) {
	w.Raw(`{"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermLoadBalancers) WriteJSON(w *op.JSON) {
	w.Raw(`{"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"manage_attached_server_ips":`)
	w.Bool(v.ManageAttachedServerIps)
	w.Key(`"manage_rules":`)
	w.Bool(v.ManageRules)
	w.Key(`"modify":`)
	w.Bool(v.Modify)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermLogs) WriteJSON(w *op.JSON) {
	w.Raw(`{"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermMonitoringCenter) WriteJSON(w *op.JSON) {
	w.Raw(`{"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermMonitoringPolicies) WriteJSON(w *op.JSON) {
	w.Raw(`{"clone":`)
	w.Bool(v.Clone)
	w.Key(`"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"manage_attached_servers":`)
	w.Bool(v.ManageAttachedServers)
	w.Key(`"manage_ports":`)
	w.Bool(v.ManagePorts)
	w.Key(`"manage_processes":`)
	w.Bool(v.ManageProcesses)
	w.Key(`"modify_resources":`)
	w.Bool(v.ModifyResources)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_email":`)
	w.Bool(v.SetEmail)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermPrivateNetworks) WriteJSON(w *op.JSON) {
	w.Raw(`{"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"manage_attached_servers":`)
	w.Bool(v.ManageAttachedServers)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"set_network_info":`)
	w.Bool(v.SetNetworkInfo)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermPublicIps) WriteJSON(w *op.JSON) {
	w.Raw(`{"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"release":`)
	w.Bool(v.Release)
	w.Key(`"set_reverse_dns":`)
	w.Bool(v.SetReverseDNS)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermRoles) WriteJSON(w *op.JSON) {
	w.Raw(`{"clone":`)
	w.Bool(v.Clone)
	w.Key(`"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"manage_users":`)
	w.Bool(v.ManageUsers)
	w.Key(`"modify":`)
	w.Bool(v.Modify)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermServers) WriteJSON(w *op.JSON) {
	w.Raw(`{"access_kvm_console":`)
	w.Bool(v.AccessKvmConsole)
	w.Key(`"assign_ip":`)
	w.Bool(v.AssignIP)
	w.Key(`"clone":`)
	w.Bool(v.Clone)
	w.Key(`"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"manage_dvd":`)
	w.Bool(v.ManageDVD)
	w.Key(`"manage_snapshot":`)
	w.Bool(v.ManageSnapshot)
	w.Key(`"reinstall":`)
	w.Bool(v.Reinstall)
	w.Key(`"resize":`)
	w.Bool(v.Resize)
	w.Key(`"restart":`)
	w.Bool(v.Restart)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Key(`"shutdown":`)
	w.Bool(v.Shutdown)
	w.Key(`"start":`)
	w.Bool(v.Start)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermSharedStorages) WriteJSON(w *op.JSON) {
	w.Raw(`{"access":`)
	w.Bool(v.Access)
	w.Key(`"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"manage_attached_servers":`)
	w.Bool(v.ManageAttachedServers)
	w.Key(`"resize":`)
	w.Bool(v.Resize)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermUsages) WriteJSON(w *op.JSON) {
	w.Raw(`{"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermUsers) WriteJSON(w *op.JSON) {
	w.Raw(`{"change_role":`)
	w.Bool(v.ChangeRole)
	w.Key(`"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"disable":`)
	w.Bool(v.Disable)
	w.Key(`"enable":`)
	w.Bool(v.Enable)
	w.Key(`"manage_api":`)
	w.Bool(v.ManageAPI)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_email":`)
	w.Bool(v.SetEmail)
	w.Key(`"set_password":`)
	w.Bool(v.SetPassword)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermVPN) WriteJSON(w *op.JSON) {
	w.Raw(`{"create":`)
	w.Bool(v.Create)
	w.Key(`"delete":`)
	w.Bool(v.Delete)
	w.Key(`"download_file":`)
	w.Bool(v.DownloadFile)
	w.Key(`"set_description":`)
	w.Bool(v.SetDescription)
	w.Key(`"set_name":`)
	w.Bool(v.SetName)
	w.Key(`"show":`)
	w.Bool(v.Show)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Permissions) WriteJSON(w *op.JSON) {
	w.Raw(`{"backups":`)
	v.Backups.WriteJSON(w)
	w.Key(`"firewall_policies":`)
	v.FirewallPolicies.WriteJSON(w)
	w.Key(`"images":`)
	v.Images.WriteJSON(w)
	w.Key(`"interactive_invoices":`)
	v.InteractiveInvoices.WriteJSON(w)
	w.Key(`"load_balancers":`)
	v.LoadBalancers.WriteJSON(w)
	w.Key(`"logs":`)
	v.Logs.WriteJSON(w)
	w.Key(`"monitoring_center":`)
	v.MonitoringCenter.WriteJSON(w)
	w.Key(`"monitoring_policies":`)
	v.MonitoringPolicies.WriteJSON(w)
	if v.PrivateNetwork != nil {
		w.Key(`"private_network":`)
		v.PrivateNetwork.WriteJSON(w)
	}
	w.Key(`"private_networks":`)
	v.PrivateNetworks.WriteJSON(w)
	w.Key(`"public_ips":`)
	v.PublicIps.WriteJSON(w)
	w.Key(`"roles":`)
	v.Roles.WriteJSON(w)
	w.Key(`"servers":`)
	v.Servers.WriteJSON(w)
	w.Key(`"shared_storages":`)
	v.SharedStorages.WriteJSON(w)
	w.Key(`"usages":`)
	v.Usages.WriteJSON(w)
	w.Key(`"users":`)
	v.Users.WriteJSON(w)
	w.Key(`"vpn":`)
	v.VPN.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Backups != nil {
		w.Key(`"backups":`)
		v.Backups.WriteJSON(w)
	}
	if v.FirewallPolicies != nil {
		w.Key(`"firewall_policies":`)
		v.FirewallPolicies.WriteJSON(w)
	}
	if v.Firewalls != nil {
		w.Key(`"firewalls":`)
		if (*v.Firewalls) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Firewalls)) {
				w.Name(k)
				w.Any((*v.Firewalls)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.Images != nil {
		w.Key(`"images":`)
		v.Images.WriteJSON(w)
	}
	if v.InteractiveInvoice != nil {
		w.Key(`"interactive_invoice":`)
		if (*v.InteractiveInvoice) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.InteractiveInvoice)) {
				w.Name(k)
				w.Any((*v.InteractiveInvoice)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.InteractiveInvoices != nil {
		w.Key(`"interactive_invoices":`)
		v.InteractiveInvoices.WriteJSON(w)
	}
	if v.Interactiveinvoice != nil {
		w.Key(`"interactiveinvoice":`)
		if (*v.Interactiveinvoice) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Interactiveinvoice)) {
				w.Name(k)
				w.Any((*v.Interactiveinvoice)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.Ips != nil {
		w.Key(`"ips":`)
		if (*v.Ips) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Ips)) {
				w.Name(k)
				w.Any((*v.Ips)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.LoadBalancers != nil {
		w.Key(`"load_balancers":`)
		v.LoadBalancers.WriteJSON(w)
	}
	if v.Loadbalancers != nil {
		w.Key(`"loadbalancers":`)
		if (*v.Loadbalancers) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Loadbalancers)) {
				w.Name(k)
				w.Any((*v.Loadbalancers)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.Logs != nil {
		w.Key(`"logs":`)
		v.Logs.WriteJSON(w)
	}
	if v.MonitoringCenter != nil {
		w.Key(`"monitoring_center":`)
		v.MonitoringCenter.WriteJSON(w)
	}
	if v.MonitoringPolicies != nil {
		w.Key(`"monitoring_policies":`)
		v.MonitoringPolicies.WriteJSON(w)
	}
	if v.Monitoringcenter != nil {
		w.Key(`"monitoringcenter":`)
		if (*v.Monitoringcenter) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Monitoringcenter)) {
				w.Name(k)
				w.Any((*v.Monitoringcenter)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.Monitoringpolicies != nil {
		w.Key(`"monitoringpolicies":`)
		if (*v.Monitoringpolicies) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Monitoringpolicies)) {
				w.Name(k)
				w.Any((*v.Monitoringpolicies)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.PrivateNetwork != nil {
		w.Key(`"private_network":`)
		if (*v.PrivateNetwork) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.PrivateNetwork)) {
				w.Name(k)
				w.Any((*v.PrivateNetwork)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.PrivateNetworks != nil {
		w.Key(`"private_networks":`)
		v.PrivateNetworks.WriteJSON(w)
	}
	if v.Privatenetwork != nil {
		w.Key(`"privatenetwork":`)
		if (*v.Privatenetwork) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Privatenetwork)) {
				w.Name(k)
				w.Any((*v.Privatenetwork)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.PublicIps != nil {
		w.Key(`"public_ips":`)
		v.PublicIps.WriteJSON(w)
	}
	if v.Roles != nil {
		w.Key(`"roles":`)
		v.Roles.WriteJSON(w)
	}
	if v.Servers != nil {
		w.Key(`"servers":`)
		v.Servers.WriteJSON(w)
	}
	if v.SharedStorages != nil {
		w.Key(`"shared_storages":`)
		v.SharedStorages.WriteJSON(w)
	}
	if v.Sharedstorages != nil {
		w.Key(`"sharedstorages":`)
		if (*v.Sharedstorages) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Sharedstorages)) {
				w.Name(k)
				w.Any((*v.Sharedstorages)[k])
			}
			w.Raw(`}`)
		}
	}
	if v.Usages != nil {
		w.Key(`"usages":`)
		v.Usages.WriteJSON(w)
	}
	if v.Users != nil {
		w.Key(`"users":`)
		v.Users.WriteJSON(w)
	}
	if v.VPN != nil {
		w.Key(`"vpn":`)
		v.VPN.WriteJSON(w)
	}
	if v.Vpns != nil {
		w.Key(`"vpns":`)
		if (*v.Vpns) == nil {
			w.Null()
		} else {
			w.Raw(`{`)
			for _, k := range op.Sorted((*v.Vpns)) {
				w.Name(k)
				w.Any((*v.Vpns)[k])
			}
			w.Raw(`}`)
		}
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateBackups) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateFirewallPolicies) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Clone != nil {
		w.Key(`"clone":`)
		w.Bool(*v.Clone)
	}
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.ManageAttachedServerIps != nil {
		w.Key(`"manage_attached_server_ips":`)
		w.Bool(*v.ManageAttachedServerIps)
	}
	if v.ManageRules != nil {
		w.Key(`"manage_rules":`)
		w.Bool(*v.ManageRules)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateImages) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.DisableAutomaticCreation != nil {
		w.Key(`"disable_automatic_creation":`)
		w.Bool(*v.DisableAutomaticCreation)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateInteractiveInvoices) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateLoadBalancers) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.ManageAttachedServerIps != nil {
		w.Key(`"manage_attached_server_ips":`)
		w.Bool(*v.ManageAttachedServerIps)
	}
	if v.ManageRules != nil {
		w.Key(`"manage_rules":`)
		w.Bool(*v.ManageRules)
	}
	if v.Modify != nil {
		w.Key(`"modify":`)
		w.Bool(*v.Modify)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateLogs) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateMonitoringCenter) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateMonitoringPolicies) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Clone != nil {
		w.Key(`"clone":`)
		w.Bool(*v.Clone)
	}
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.ManageAttachedServers != nil {
		w.Key(`"manage_attached_servers":`)
		w.Bool(*v.ManageAttachedServers)
	}
	if v.ManagePorts != nil {
		w.Key(`"manage_ports":`)
		w.Bool(*v.ManagePorts)
	}
	if v.ManageProcesses != nil {
		w.Key(`"manage_processes":`)
		w.Bool(*v.ManageProcesses)
	}
	if v.ModifyResources != nil {
		w.Key(`"modify_resources":`)
		w.Bool(*v.ModifyResources)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetEmail != nil {
		w.Key(`"set_email":`)
		w.Bool(*v.SetEmail)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdatePrivateNetworks) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.ManageAttachedServers != nil {
		w.Key(`"manage_attached_servers":`)
		w.Bool(*v.ManageAttachedServers)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.SetNetworkInfo != nil {
		w.Key(`"set_network_info":`)
		w.Bool(*v.SetNetworkInfo)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdatePublicIps) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.Release != nil {
		w.Key(`"release":`)
		w.Bool(*v.Release)
	}
	if v.SetReverseDNS != nil {
		w.Key(`"set_reverse_dns":`)
		w.Bool(*v.SetReverseDNS)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateRoles) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Clone != nil {
		w.Key(`"clone":`)
		w.Bool(*v.Clone)
	}
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.ManageUsers != nil {
		w.Key(`"manage_users":`)
		w.Bool(*v.ManageUsers)
	}
	if v.Modify != nil {
		w.Key(`"modify":`)
		w.Bool(*v.Modify)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateServers) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AccessKvmConsole != nil {
		w.Key(`"access_kvm_console":`)
		w.Bool(*v.AccessKvmConsole)
	}
	if v.AssignIP != nil {
		w.Key(`"assign_ip":`)
		w.Bool(*v.AssignIP)
	}
	if v.Clone != nil {
		w.Key(`"clone":`)
		w.Bool(*v.Clone)
	}
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.ManageDVD != nil {
		w.Key(`"manage_dvd":`)
		w.Bool(*v.ManageDVD)
	}
	if v.ManageSnapshot != nil {
		w.Key(`"manage_snapshot":`)
		w.Bool(*v.ManageSnapshot)
	}
	if v.Reinstall != nil {
		w.Key(`"reinstall":`)
		w.Bool(*v.Reinstall)
	}
	if v.Resize != nil {
		w.Key(`"resize":`)
		w.Bool(*v.Resize)
	}
	if v.Restart != nil {
		w.Key(`"restart":`)
		w.Bool(*v.Restart)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	if v.Shutdown != nil {
		w.Key(`"shutdown":`)
		w.Bool(*v.Shutdown)
	}
	if v.Start != nil {
		w.Key(`"start":`)
		w.Bool(*v.Start)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateSharedStorages) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Access != nil {
		w.Key(`"access":`)
		w.Bool(*v.Access)
	}
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.ManageAttachedServers != nil {
		w.Key(`"manage_attached_servers":`)
		w.Bool(*v.ManageAttachedServers)
	}
	if v.Resize != nil {
		w.Key(`"resize":`)
		w.Bool(*v.Resize)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateUsages) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateUsers) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.ChangeRole != nil {
		w.Key(`"change_role":`)
		w.Bool(*v.ChangeRole)
	}
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.Disable != nil {
		w.Key(`"disable":`)
		w.Bool(*v.Disable)
	}
	if v.Enable != nil {
		w.Key(`"enable":`)
		w.Bool(*v.Enable)
	}
	if v.ManageAPI != nil {
		w.Key(`"manage_api":`)
		w.Bool(*v.ManageAPI)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetEmail != nil {
		w.Key(`"set_email":`)
		w.Bool(*v.SetEmail)
	}
	if v.SetPassword != nil {
		w.Key(`"set_password":`)
		w.Bool(*v.SetPassword)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PermissionsUpdateVPN) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Create != nil {
		w.Key(`"create":`)
		w.Bool(*v.Create)
	}
	if v.Delete != nil {
		w.Key(`"delete":`)
		w.Bool(*v.Delete)
	}
	if v.DownloadFile != nil {
		w.Key(`"download_file":`)
		w.Bool(*v.DownloadFile)
	}
	if v.SetDescription != nil {
		w.Key(`"set_description":`)
		w.Bool(*v.SetDescription)
	}
	if v.SetName != nil {
		w.Key(`"set_name":`)
		w.Bool(*v.SetName)
	}
	if v.Show != nil {
		w.Key(`"show":`)
		w.Bool(*v.Show)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PingSeries) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Critical != nil {
		w.Key(`"critical":`)
		w.Int(int64(*v.Critical))
	}
	w.Key(`"data":`)
	if v.Data == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Data {
			w.Next()
			v.Data[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Status != nil {
		w.Key(`"status":`)
		w.String(*v.Status)
	}
	w.Key(`"unit":`)
	v.Unit.WriteJSON(w)
	if v.Warning != nil {
		w.Key(`"warning":`)
		w.Int(int64(*v.Warning))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PingSeriesData) WriteJSON(w *op.JSON) {
	w.Raw(`{"date":`)
	w.String(v.Date)
	w.Key(`"pl":`)
	w.Int(int64(v.Pl))
	w.Key(`"rta":`)
	w.Float(v.Rta)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PingSeriesUnit) WriteJSON(w *op.JSON) {
	w.Raw(`{"pl":`)
	w.Any(v.Pl)
	w.Key(`"rta":`)
	w.Any(v.Rta)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Pricing) WriteJSON(w *op.JSON) {
	w.Raw(`{"currency":`)
	w.String(v.Currency)
	w.Key(`"pricing_plans":`)
	v.PricingPlans.WriteJSON(w)
	w.Key(`"vat":`)
	w.Int(int64(v.VAT))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PricingPricingPlansServers) WriteJSON(w *op.JSON) {
	w.Raw(`{"fixed_servers":`)
	if v.FixedServers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.FixedServers {
			w.Next()
			v.FixedServers[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"flexible_server":`)
	if v.FlexibleServer == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.FlexibleServer {
			w.Next()
			v.FlexibleServer[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PricingPricingPlans) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Backups != nil {
		w.Key(`"backups":`)
		v.Backups.WriteJSON(w)
	}
	w.Key(`"image":`)
	v.Image.WriteJSON(w)
	w.Key(`"public_ips":`)
	if v.PublicIps == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.PublicIps {
			w.Next()
			v.PublicIps[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"servers":`)
	v.Servers.WriteJSON(w)
	w.Key(`"shared_storage":`)
	v.SharedStorage.WriteJSON(w)
	w.Key(`"software_licences":`)
	if v.SoftwareLicences == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.SoftwareLicences {
			w.Next()
			v.SoftwareLicences[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PricingItem) WriteJSON(w *op.JSON) {
	w.Raw(`{"name":`)
	w.String(v.Name)
	w.Key(`"price_gross":`)
	w.Float(v.PriceGross)
	w.Key(`"price_net":`)
	w.Float(v.PriceNet)
	w.Key(`"unit":`)
	w.String(v.Unit)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PrivateNetwork) WriteJSON(w *op.JSON) {
	w.Raw(`{"cloudpanel_id":`)
	w.String(v.CloudpanelID)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"network_address":`)
	if v.NetworkAddress == nil {
		w.Null()
	} else {
		w.String(*v.NetworkAddress)
	}
	w.Key(`"servers":`)
	if v.Servers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Servers {
			w.Next()
			v.Servers[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.SiteID != nil {
		w.Key(`"site_id":`)
		w.String(*v.SiteID)
	}
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Key(`"subnet_mask":`)
	if v.SubnetMask == nil {
		w.Null()
	} else {
		w.String(*v.SubnetMask)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PrivateNetworkCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.NetworkAddress != nil {
		w.Key(`"network_address":`)
		w.String(*v.NetworkAddress)
	}
	if v.SubnetMask != nil {
		w.Key(`"subnet_mask":`)
		w.String(*v.SubnetMask)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PrivateNetworkUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.NetworkAddress != nil {
		w.Key(`"network_address":`)
		w.String(*v.NetworkAddress)
	}
	if v.SubnetMask != nil {
		w.Key(`"subnet_mask":`)
		w.String(*v.SubnetMask)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PublicIP) WriteJSON(w *op.JSON) {
	w.Raw(`{"assigned_to":`)
	if v.AssignedTo == nil {
		w.Null()
	} else {
		v.AssignedTo.WriteJSON(w)
	}
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"ip":`)
	w.String(v.IP)
	w.Key(`"is_dhcp":`)
	w.Bool(v.IsDhcp)
	w.Key(`"reverse_dns":`)
	if v.ReverseDNS == nil {
		w.Null()
	} else {
		w.String(*v.ReverseDNS)
	}
	if v.SiteID != nil {
		w.Key(`"site_id":`)
		w.String(*v.SiteID)
	}
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PublicIPAssignedTo) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PublicIPCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	if v.ReverseDNS != nil {
		w.Key(`"reverse_dns":`)
		w.String(*v.ReverseDNS)
	}
	if v.Type != nil {
		w.Key(`"type":`)
		w.String(*v.Type)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PublicIPUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.ReverseDNS != nil {
		w.Key(`"reverse_dns":`)
		w.String(*v.ReverseDNS)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RecoveryAppliance) WriteJSON(w *op.JSON) {
	w.Raw(`{"architecture":`)
	if v.Architecture == nil {
		w.Null()
	} else {
		w.Int(int64(*v.Architecture))
	}
	if v.AvailableDatacenters != nil {
		w.Key(`"available_datacenters":`)
		if v.AvailableDatacenters == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.AvailableDatacenters {
				w.Next()
				w.String(v.AvailableDatacenters[i])
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"os":`)
	w.String(v.OS)
	w.Key(`"os_family":`)
	w.String(v.OSFamily)
	w.Key(`"os_version":`)
	if v.OSVersion == nil {
		w.Null()
	} else {
		w.String(*v.OSVersion)
	}
	if v.Type != nil {
		w.Key(`"type":`)
		w.String(*v.Type)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RecoveryApplianceSummary) WriteJSON(w *op.JSON) {
	w.Raw(`{"available_datacenters":`)
	if v.AvailableDatacenters == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.AvailableDatacenters {
			w.Next()
			w.String(v.AvailableDatacenters[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"os":`)
	v.OS.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RecoveryApplianceSummaryOS) WriteJSON(w *op.JSON) {
	w.Raw(`{"architecture":`)
	w.Int(int64(v.Architecture))
	w.Key(`"family":`)
	w.String(v.Family)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"subfamily":`)
	w.String(v.Subfamily)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Role) WriteJSON(w *op.JSON) {
	w.Raw(`{"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"default":`)
	w.Int(int64(v.Default))
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"permissions":`)
	v.Permissions.WriteJSON(w)
	w.Key(`"state":`)
	w.String(v.State)
	w.Key(`"users":`)
	if v.Users == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Users {
			w.Next()
			v.Users[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RoleUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.State != nil {
		w.Key(`"state":`)
		w.String(*v.State)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RoleUsersAdd) WriteJSON(w *op.JSON) {
	w.Raw(`{"users":`)
	if v.Users == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Users {
			w.Next()
			w.String(v.Users[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Server) WriteJSON(w *op.JSON) {
	w.Raw(`{"alerts":`)
	v.Alerts.WriteJSON(w)
	w.Key(`"cloudpanel_id":`)
	w.String(v.CloudpanelID)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"dvd":`)
	if v.DVD == nil {
		w.Null()
	} else {
		v.DVD.WriteJSON(w)
	}
	w.Key(`"first_password":`)
	if v.FirstPassword == nil {
		w.Null()
	} else {
		w.String(*v.FirstPassword)
	}
	w.Key(`"hardware":`)
	v.Hardware.WriteJSON(w)
	if v.Hostname != nil {
		w.Key(`"hostname":`)
		w.String(*v.Hostname)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"image":`)
	v.Image.WriteJSON(w)
	w.Key(`"ips":`)
	if v.Ips == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Ips {
			w.Next()
			v.Ips[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Ipv6Range != nil {
		w.Key(`"ipv6_range":`)
		w.String(*v.Ipv6Range)
	}
	w.Key(`"monitoring_policy":`)
	if v.MonitoringPolicy == nil {
		w.Null()
	} else {
		v.MonitoringPolicy.WriteJSON(w)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"private_networks":`)
	if v.PrivateNetworks == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.PrivateNetworks {
			w.Next()
			v.PrivateNetworks[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.RSAKey != nil {
		w.Key(`"rsa_key":`)
		w.Int(int64(*v.RSAKey))
	}
	w.Key(`"server_type":`)
	w.String(v.ServerType)
	w.Key(`"snapshot":`)
	if v.Snapshot == nil {
		w.Null()
	} else {
		v.Snapshot.WriteJSON(w)
	}
	if v.SSHPassword != nil {
		w.Key(`"ssh_password":`)
		w.Any(v.SSHPassword)
	}
	w.Key(`"status":`)
	v.Status.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerAlert) WriteJSON(w *op.JSON) {
	w.Raw(`{"date":`)
	w.String(v.Date)
	w.Key(`"description":`)
	w.String(v.Description)
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerAlertCount) WriteJSON(w *op.JSON) {
	w.Raw(`{"count":`)
	w.Int(int64(v.Count))
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerAppliance) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Architecture != nil {
		w.Key(`"architecture":`)
		w.Int(int64(*v.Architecture))
	}
	w.Key(`"available_datacenters":`)
	if v.AvailableDatacenters == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.AvailableDatacenters {
			w.Next()
			w.String(v.AvailableDatacenters[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"categories":`)
	if v.Categories == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Categories {
			w.Next()
			w.String(v.Categories[i])
		}
		w.Raw(`]`)
	}
	if v.EulaURL != nil {
		w.Key(`"eula_url":`)
		w.String(*v.EulaURL)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"licenses":`)
	if v.Licenses == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Licenses {
			w.Next()
			w.Any(v.Licenses[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"min_hdd_size":`)
	if v.MinHDDSize == nil {
		w.Null()
	} else {
		w.Int(int64(*v.MinHDDSize))
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"os":`)
	if v.OS == nil {
		w.Null()
	} else {
		w.String(*v.OS)
	}
	w.Key(`"os_architecture":`)
	if v.OSArchitecture == nil {
		w.Null()
	} else {
		w.Int(int64(*v.OSArchitecture))
	}
	w.Key(`"os_family":`)
	if v.OSFamily == nil {
		w.Null()
	} else {
		w.String(*v.OSFamily)
	}
	w.Key(`"os_image_type":`)
	if v.OSImageType == nil {
		w.Null()
	} else {
		w.String(*v.OSImageType)
	}
	w.Key(`"os_installation_base":`)
	if v.OSInstallationBase == nil {
		w.Null()
	} else {
		w.String(*v.OSInstallationBase)
	}
	w.Key(`"os_version":`)
	if v.OSVersion == nil {
		w.Null()
	} else {
		w.String(*v.OSVersion)
	}
	w.Key(`"server_type_compatibility":`)
	if v.ServerTypeCompatibility == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.ServerTypeCompatibility {
			w.Next()
			w.String(v.ServerTypeCompatibility[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"type":`)
	w.String(v.Type)
	w.Key(`"version":`)
	if v.Version == nil {
		w.Null()
	} else {
		w.String(*v.Version)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerClone) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"appliance_id":`)
	w.String(v.ApplianceID)
	if v.AvailabilityZoneID != nil {
		w.Key(`"availability_zone_id":`)
		w.String(*v.AvailabilityZoneID)
	}
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.ExecutionGroup != nil {
		w.Key(`"execution_group":`)
		w.String(*v.ExecutionGroup)
	}
	if v.FirewallPolicyID != nil {
		w.Key(`"firewall_policy_id":`)
		w.String(*v.FirewallPolicyID)
	}
	w.Key(`"hardware":`)
	v.Hardware.WriteJSON(w)
	if v.Hostname != nil {
		w.Key(`"hostname":`)
		w.String(*v.Hostname)
	}
	if v.InstallBackupAgent != nil {
		w.Key(`"install_backup_agent":`)
		w.Bool(*v.InstallBackupAgent)
	}
	if v.IPID != nil {
		w.Key(`"ip_id":`)
		w.String(*v.IPID)
	}
	if v.Ipv6Range != nil {
		w.Key(`"ipv6_range":`)
		w.String(*v.Ipv6Range)
	}
	if v.LoadBalancerID != nil {
		w.Key(`"load_balancer_id":`)
		w.String(*v.LoadBalancerID)
	}
	if v.MonitoringPolicyID != nil {
		w.Key(`"monitoring_policy_id":`)
		w.String(*v.MonitoringPolicyID)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Password != nil {
		w.Key(`"password":`)
		w.String(*v.Password)
	}
	if v.PowerOn != nil {
		w.Key(`"power_on":`)
		w.Bool(*v.PowerOn)
	}
	if v.PrivateNetworkID != nil {
		w.Key(`"private_network_id":`)
		w.String(*v.PrivateNetworkID)
	}
	if v.PublicKey != nil {
		w.Key(`"public_key":`)
		w.Any(v.PublicKey)
	}
	if v.RSAKey != nil {
		w.Key(`"rsa_key":`)
		w.Any(v.RSAKey)
	}
	if v.ServerType != nil {
		w.Key(`"server_type":`)
		w.String(*v.ServerType)
	}
	if v.SSHPassword != nil {
		w.Key(`"ssh_password":`)
		w.Bool(*v.SSHPassword)
	}
	if v.UserData != nil {
		w.Key(`"user_data":`)
		w.String(*v.UserData)
	}
	if v.UserDataContentType != nil {
		w.Key(`"user_data_content_type":`)
		w.String(*v.UserDataContentType)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerIdsRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"servers":`)
	if v.Servers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Servers {
			w.Next()
			w.String(v.Servers[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerImageUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.FirewallPolicy != nil {
		w.Key(`"firewall_policy":`)
		v.FirewallPolicy.WriteJSON(w)
	}
	if v.ID != nil {
		w.Key(`"id":`)
		w.String(*v.ID)
	}
	if v.Password != nil {
		w.Key(`"password":`)
		w.String(*v.Password)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerImageUpdateFirewallPolicy) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.ID != nil {
		w.Key(`"id":`)
		w.String(*v.ID)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerIP) WriteJSON(w *op.JSON) {
	w.Raw(`{"firewall_policy":`)
	if v.FirewallPolicy == nil {
		w.Null()
	} else {
		v.FirewallPolicy.WriteJSON(w)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"ip":`)
	w.String(v.IP)
	w.Key(`"load_balancers":`)
	if v.LoadBalancers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.LoadBalancers {
			w.Next()
			v.LoadBalancers[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Main != nil {
		w.Key(`"main":`)
		w.Bool(*v.Main)
	}
	w.Key(`"reverse_dns":`)
	if v.ReverseDNS == nil {
		w.Null()
	} else {
		w.String(*v.ReverseDNS)
	}
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerIPBrief) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"ip":`)
	w.String(v.IP)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerIPIdsRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"server_ips":`)
	if v.ServerIps == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.ServerIps {
			w.Next()
			w.String(v.ServerIps[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerIPInfo) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"ip":`)
	w.String(v.IP)
	w.Key(`"server_name":`)
	w.String(v.ServerName)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerPrivateNetwork) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	if v.ServerIP != nil {
		w.Key(`"server_ip":`)
		w.String(*v.ServerIP)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerStatusAction) WriteJSON(w *op.JSON) {
	w.Raw(`{"action":`)
	w.String(v.Action)
	if v.Method != nil {
		w.Key(`"method":`)
		w.String(*v.Method)
	}
	if v.RecoveryImageID != nil {
		w.Key(`"recovery_image_id":`)
		w.String(*v.RecoveryImageID)
	}
	if v.RecoveryMode != nil {
		w.Key(`"recovery_mode":`)
		w.Bool(*v.RecoveryMode)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerSummary) WriteJSON(w *op.JSON) {
	w.Raw(`{"alerts":`)
	if v.Alerts == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Alerts {
			w.Next()
			v.Alerts[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.CloudpanelID != nil {
		w.Key(`"cloudpanel_id":`)
		w.String(*v.CloudpanelID)
	}
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"hardware":`)
	v.Hardware.WriteJSON(w)
	if v.Hostname != nil {
		w.Key(`"hostname":`)
		w.String(*v.Hostname)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"image":`)
	v.Image.WriteJSON(w)
	w.Key(`"ips":`)
	if v.Ips == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Ips {
			w.Next()
			v.Ips[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Ipv6Range != nil {
		w.Key(`"ipv6_range":`)
		w.String(*v.Ipv6Range)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"server_type":`)
	w.String(v.ServerType)
	w.Key(`"status":`)
	v.Status.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SharedStorage) WriteJSON(w *op.JSON) {
	w.Raw(`{"cifs_path":`)
	if v.CifsPath == nil {
		w.Null()
	} else {
		w.String(*v.CifsPath)
	}
	w.Key(`"cloudpanel_id":`)
	w.String(v.CloudpanelID)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"minimum_size_allowed":`)
	w.Int(int64(v.MinimumSizeAllowed))
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"nfs_path":`)
	if v.NFSPath == nil {
		w.Null()
	} else {
		w.String(*v.NFSPath)
	}
	w.Key(`"servers":`)
	if v.Servers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Servers {
			w.Next()
			v.Servers[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"site_id":`)
	w.String(v.SiteID)
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	w.Key(`"size_used":`)
	w.String(v.SizeUsed)
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SharedStorageAccess) WriteJSON(w *op.JSON) {
	w.Raw(`{"kerberos_content_file":`)
	w.String(v.KerberosContentFile)
	w.Key(`"needs_password_reset":`)
	w.Int(int64(v.NeedsPasswordReset))
	w.Key(`"site_id":`)
	w.String(v.SiteID)
	w.Key(`"state":`)
	w.String(v.State)
	w.Key(`"user_domain":`)
	w.String(v.UserDomain)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SharedStorageCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"size":`)
	w.Int(int64(v.Size))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SharedStorageServer) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"rights":`)
	w.String(v.Rights)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SharedStorageServersAdd) WriteJSON(w *op.JSON) {
	w.Raw(`{"servers":`)
	if v.Servers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Servers {
			w.Next()
			v.Servers[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SharedStorageServersAddServers) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"rights":`)
	w.String(v.Rights)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SharedStorageUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.Size != nil {
		w.Key(`"size":`)
		w.Int(int64(*v.Size))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Snapshot) WriteJSON(w *op.JSON) {
	w.Raw(`{"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"deletion_date":`)
	w.String(v.DeletionDate)
	w.Key(`"id":`)
	w.String(v.ID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SSHKey) WriteJSON(w *op.JSON) {
	w.Raw(`{"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"md5":`)
	w.String(v.Md5)
	w.Key(`"name":`)
	w.String(v.Name)
	if v.PrivateKey != nil {
		w.Key(`"private_key":`)
		w.String(*v.PrivateKey)
	}
	w.Key(`"public_key":`)
	w.String(v.PublicKey)
	w.Key(`"servers":`)
	if v.Servers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Servers {
			w.Next()
			v.Servers[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SSHKeyCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.PublicKey != nil {
		w.Key(`"public_key":`)
		w.String(*v.PublicKey)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Status) WriteJSON(w *op.JSON) {
	w.Raw(`{"percent":`)
	if v.Percent == nil {
		w.Null()
	} else {
		w.Int(int64(*v.Percent))
	}
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Threshold) WriteJSON(w *op.JSON) {
	w.Raw(`{"critical":`)
	v.Critical.WriteJSON(w)
	w.Key(`"warning":`)
	v.Warning.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdLevel) WriteJSON(w *op.JSON) {
	w.Raw(`{"alert":`)
	w.Bool(v.Alert)
	w.Key(`"value":`)
	w.Int(int64(v.Value))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Thresholds) WriteJSON(w *op.JSON) {
	w.Raw(`{"cpu":`)
	v.CPU.WriteJSON(w)
	if v.Disk != nil {
		w.Key(`"disk":`)
		v.Disk.WriteJSON(w)
	}
	w.Key(`"internal_ping":`)
	v.InternalPing.WriteJSON(w)
	w.Key(`"ram":`)
	v.RAM.WriteJSON(w)
	w.Key(`"transfer":`)
	v.Transfer.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.CPU != nil {
		w.Key(`"cpu":`)
		v.CPU.WriteJSON(w)
	}
	if v.Disk != nil {
		w.Key(`"disk":`)
		v.Disk.WriteJSON(w)
	}
	if v.InternalPing != nil {
		w.Key(`"internal_ping":`)
		v.InternalPing.WriteJSON(w)
	}
	if v.RAM != nil {
		w.Key(`"ram":`)
		v.RAM.WriteJSON(w)
	}
	if v.Transfer != nil {
		w.Key(`"transfer":`)
		v.Transfer.WriteJSON(w)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestCPUCritical) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestCPUWarning) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestCPU) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Critical != nil {
		w.Key(`"critical":`)
		v.Critical.WriteJSON(w)
	}
	if v.Warning != nil {
		w.Key(`"warning":`)
		v.Warning.WriteJSON(w)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestDiskCritical) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestDiskWarning) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestDisk) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Critical != nil {
		w.Key(`"critical":`)
		v.Critical.WriteJSON(w)
	}
	if v.Warning != nil {
		w.Key(`"warning":`)
		v.Warning.WriteJSON(w)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestInternalPingCritical) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestInternalPingWarning) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestInternalPing) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Critical != nil {
		w.Key(`"critical":`)
		v.Critical.WriteJSON(w)
	}
	if v.Warning != nil {
		w.Key(`"warning":`)
		v.Warning.WriteJSON(w)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestRAMCritical) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestRAMWarning) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestRAM) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Critical != nil {
		w.Key(`"critical":`)
		v.Critical.WriteJSON(w)
	}
	if v.Warning != nil {
		w.Key(`"warning":`)
		v.Warning.WriteJSON(w)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestTransferCritical) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestTransferWarning) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Alert != nil {
		w.Key(`"alert":`)
		w.Bool(*v.Alert)
	}
	if v.Value != nil {
		w.Key(`"value":`)
		w.Int(int64(*v.Value))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ThresholdsRequestTransfer) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Critical != nil {
		w.Key(`"critical":`)
		v.Critical.WriteJSON(w)
	}
	if v.Warning != nil {
		w.Key(`"warning":`)
		v.Warning.WriteJSON(w)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v TransferSeries) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Critical != nil {
		w.Key(`"critical":`)
		w.Int(int64(*v.Critical))
	}
	w.Key(`"data":`)
	if v.Data == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Data {
			w.Next()
			v.Data[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Status != nil {
		w.Key(`"status":`)
		w.String(*v.Status)
	}
	w.Key(`"unit":`)
	v.Unit.WriteJSON(w)
	if v.Warning != nil {
		w.Key(`"warning":`)
		w.Int(int64(*v.Warning))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v TransferSeriesData) WriteJSON(w *op.JSON) {
	w.Raw(`{"date":`)
	w.String(v.Date)
	w.Key(`"downstream":`)
	w.Int(int64(v.Downstream))
	w.Key(`"upstream":`)
	w.Int(int64(v.Upstream))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v TransferSeriesUnit) WriteJSON(w *op.JSON) {
	w.Raw(`{"downstream":`)
	w.Any(v.Downstream)
	w.Key(`"upstream":`)
	w.Any(v.Upstream)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UsageDetail) WriteJSON(w *op.JSON) {
	w.Raw(`{"avg_amount":`)
	w.String(v.AvgAmount)
	w.Key(`"end_date":`)
	w.String(v.EndDate)
	w.Key(`"start_date":`)
	w.String(v.StartDate)
	w.Key(`"unit":`)
	w.String(v.Unit)
	w.Key(`"usage":`)
	w.Int(int64(v.Usage))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UsageResource) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"services":`)
	if v.Services == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Services {
			w.Next()
			v.Services[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"site":`)
	w.Int(int64(v.Site))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UsageService) WriteJSON(w *op.JSON) {
	w.Raw(`{"avg_amount":`)
	w.String(v.AvgAmount)
	w.Key(`"detail":`)
	if v.Detail == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Detail {
			w.Next()
			v.Detail[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Key(`"type":`)
	w.String(v.Type)
	w.Key(`"unit":`)
	w.String(v.Unit)
	w.Key(`"usage":`)
	w.Int(int64(v.Usage))
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Usages) WriteJSON(w *op.JSON) {
	w.Reflect(v)
}

// WriteJSON writes a value as encoding/json would.
func (v User) WriteJSON(w *op.JSON) {
	w.Raw(`{"api":`)
	v.API.WriteJSON(w)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"email":`)
	if v.Email == nil {
		w.Null()
	} else {
		w.String(*v.Email)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"role":`)
	if v.Role == nil {
		w.Null()
	} else {
		v.Role.WriteJSON(w)
	}
	w.Key(`"state":`)
	w.String(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UserAPI) WriteJSON(w *op.JSON) {
	w.Raw(`{"active":`)
	w.Bool(v.Active)
	w.Key(`"allowed_ips":`)
	if v.AllowedIps == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.AllowedIps {
			w.Next()
			w.String(v.AllowedIps[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"key":`)
	if v.Key == nil {
		w.Null()
	} else {
		w.String(*v.Key)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UserAPIKey) WriteJSON(w *op.JSON) {
	w.Raw(`{"key":`)
	if v.Key == nil {
		w.Null()
	} else {
		w.String(*v.Key)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UserAPIUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{"active":`)
	w.Bool(v.Active)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UserCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Email != nil {
		w.Key(`"email":`)
		w.String(*v.Email)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"password":`)
	w.String(v.Password)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UserIpsAdd) WriteJSON(w *op.JSON) {
	w.Raw(`{"ips":`)
	if v.Ips == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Ips {
			w.Next()
			w.String(v.Ips[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UserUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.Email != nil {
		w.Key(`"email":`)
		w.String(*v.Email)
	}
	if v.Password != nil {
		w.Key(`"password":`)
		w.String(*v.Password)
	}
	if v.State != nil {
		w.Key(`"state":`)
		w.String(*v.State)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UtilizationSeries) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Critical != nil {
		w.Key(`"critical":`)
		w.Int(int64(*v.Critical))
	}
	w.Key(`"data":`)
	if v.Data == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Data {
			w.Next()
			v.Data[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Status != nil {
		w.Key(`"status":`)
		w.String(*v.Status)
	}
	w.Key(`"unit":`)
	v.Unit.WriteJSON(w)
	if v.Warning != nil {
		w.Key(`"warning":`)
		w.Int(int64(*v.Warning))
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UtilizationSeriesData) WriteJSON(w *op.JSON) {
	w.Raw(`{"date":`)
	w.String(v.Date)
	w.Key(`"used_percent":`)
	w.Float(v.UsedPercent)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v UtilizationSeriesUnit) WriteJSON(w *op.JSON) {
	w.Raw(`{"used_percent":`)
	w.Any(v.UsedPercent)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPN) WriteJSON(w *op.JSON) {
	w.Raw(`{"cloudpanel_id":`)
	w.String(v.CloudpanelID)
	w.Key(`"creation_date":`)
	w.String(v.CreationDate)
	w.Key(`"datacenter":`)
	v.Datacenter.WriteJSON(w)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"id":`)
	w.String(v.ID)
	w.Key(`"ips":`)
	if v.Ips == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Ips {
			w.Next()
			w.String(v.Ips[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"state":`)
	w.String(string(v.State))
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPNConfig) WriteJSON(w *op.JSON) {
	w.Raw(`{"config_zip_file":`)
	w.String(v.ConfigZipFile)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPNCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DatacenterID != nil {
		w.Key(`"datacenter_id":`)
		w.String(*v.DatacenterID)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// Code generated from api/cloudcix.openapi.yaml by tools/gen. DO NOT EDIT.

package cloudcix

import "github.com/virga-cloud/virga/client/op"

// WriteJSON writes a value as encoding/json would.
func (v ASN) WriteJSON(w *op.JSON) {
	w.Raw(`{"allocations_in_use":`)
	w.Int(v.AllocationsInUse)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"member_id":`)
	if v.MemberID == nil {
		w.Null()
	} else {
		w.Int(*v.MemberID)
	}
	w.Key(`"number":`)
	w.Int(v.Number)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ASNPatch) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.MemberID != nil {
		w.Key(`"member_id":`)
		w.Int(*v.MemberID)
	}
	if v.Number != nil {
		w.Key(`"number":`)
		w.Int(*v.Number)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ASNRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.MemberID != nil {
		w.Key(`"member_id":`)
		w.Int(*v.MemberID)
	}
	w.Key(`"number":`)
	w.Int(v.Number)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Address) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Address1 != nil {
		w.Key(`"address1":`)
		w.String(*v.Address1)
	}
	if v.Address2 != nil {
		w.Key(`"address2":`)
		w.String(*v.Address2)
	}
	if v.Address3 != nil {
		w.Key(`"address3":`)
		w.String(*v.Address3)
	}
	if v.BillingAddressID != nil {
		w.Key(`"billing_address_id":`)
		w.Int(*v.BillingAddressID)
	}
	if v.City != nil {
		w.Key(`"city":`)
		w.String(*v.City)
	}
	w.Key(`"cloud_region":`)
	w.Bool(v.CloudRegion)
	if v.Country != nil {
		w.Key(`"country":`)
		w.Any(v.Country)
	}
	if v.Currency != nil {
		w.Key(`"currency":`)
		w.Any(v.Currency)
	}
	if v.Email != nil {
		w.Key(`"email":`)
		w.String(*v.Email)
	}
	w.Key(`"full_address":`)
	w.String(v.FullAddress)
	if v.Gln != nil {
		w.Key(`"gln":`)
		w.String(*v.Gln)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	if v.Language != nil {
		w.Key(`"language":`)
		w.Any(v.Language)
	}
	if v.Link != nil {
		w.Key(`"link":`)
		v.Link.WriteJSON(w)
	}
	if v.Linked != nil {
		w.Key(`"linked":`)
		w.Bool(*v.Linked)
	}
	w.Key(`"member":`)
	v.Member.WriteJSON(w)
	w.Key(`"member_id":`)
	w.Int(v.MemberID)
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Phones != nil {
		w.Key(`"phones":`)
		if v.Phones == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Phones {
				w.Next()
				if v.Phones[i] == nil {
					w.Null()
				} else {
					w.Raw(`{`)
					for _, kk := range op.Sorted(v.Phones[i]) {
						w.Name(kk)
						w.Any(v.Phones[i][kk])
					}
					w.Raw(`}`)
				}
			}
			w.Raw(`]`)
		}
	}
	if v.Postcode != nil {
		w.Key(`"postcode":`)
		w.String(*v.Postcode)
	}
	if v.Subdivision != nil {
		w.Key(`"subdivision":`)
		w.Any(v.Subdivision)
	}
	if v.URI != nil {
		w.Key(`"uri":`)
		w.String(*v.URI)
	}
	if v.VATNumber != nil {
		w.Key(`"vat_number":`)
		w.String(*v.VATNumber)
	}
	if v.Website != nil {
		w.Key(`"website":`)
		w.String(*v.Website)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v AddressLink) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	w.Int(v.AddressID)
	if v.Client != nil {
		w.Key(`"client":`)
		w.Bool(*v.Client)
	}
	if v.CloudBuilder != nil {
		w.Key(`"cloud_builder":`)
		w.Bool(*v.CloudBuilder)
	}
	w.Key(`"cloud_customer":`)
	w.Bool(v.CloudCustomer)
	if v.CloudDistributor != nil {
		w.Key(`"cloud_distributor":`)
		w.Bool(*v.CloudDistributor)
	}
	if v.CloudSeller != nil {
		w.Key(`"cloud_seller":`)
		w.Bool(*v.CloudSeller)
	}
	w.Key(`"contra_address_id":`)
	w.Int(v.ContraAddressID)
	if v.Customer != nil {
		w.Key(`"customer":`)
		w.Bool(*v.Customer)
	}
	if v.Reference != nil {
		w.Key(`"reference":`)
		w.String(*v.Reference)
	}
	if v.ServiceCentre != nil {
		w.Key(`"service_centre":`)
		w.Bool(*v.ServiceCentre)
	}
	if v.Supplier != nil {
		w.Key(`"supplier":`)
		w.Bool(*v.Supplier)
	}
	if v.Territory != nil {
		w.Key(`"territory":`)
		w.Any(v.Territory)
	}
	if v.URI != nil {
		w.Key(`"uri":`)
		w.String(*v.URI)
	}
	if v.Warrantor != nil {
		w.Key(`"warrantor":`)
		w.Bool(*v.Warrantor)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v AddressRangeDetails) WriteJSON(w *op.JSON) {
	w.Raw(`{"broadcast_address":`)
	w.String(v.BroadcastAddress)
	w.Key(`"cidr":`)
	w.String(v.CIDR)
	w.Key(`"hostmask_address":`)
	w.String(v.HostmaskAddress)
	w.Key(`"ipv4":`)
	w.Bool(v.Ipv4)
	w.Key(`"ipv6":`)
	w.Bool(v.Ipv6)
	w.Key(`"netmask_address":`)
	w.String(v.NetmaskAddress)
	w.Key(`"network_address":`)
	w.String(v.NetworkAddress)
	if v.PresentUse != nil {
		w.Key(`"present_use":`)
		w.String(*v.PresentUse)
	}
	if v.Reference != nil {
		w.Key(`"reference":`)
		w.String(*v.Reference)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Allocation) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	if v.AddressID == nil {
		w.Null()
	} else {
		w.Int(*v.AddressID)
	}
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	w.Key(`"asn":`)
	v.ASN.WriteJSON(w)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"subnets_in_use":`)
	w.Int(v.SubnetsInUse)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v AllocationPatch) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AddressID != nil {
		w.Key(`"address_id":`)
		w.Int(*v.AddressID)
	}
	if v.AddressRange != nil {
		w.Key(`"address_range":`)
		w.String(*v.AddressRange)
	}
	if v.ASNID != nil {
		w.Key(`"asn_id":`)
		w.Int(*v.ASNID)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v AllocationRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AddressID != nil {
		w.Key(`"address_id":`)
		w.Int(*v.AddressID)
	}
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	w.Key(`"asn_id":`)
	w.Int(v.ASNID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v AppSettings) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ipmi_credentials":`)
	if v.IPMICredentials == nil {
		w.Null()
	} else {
		w.String(*v.IPMICredentials)
	}
	w.Key(`"ipmi_host":`)
	if v.IPMIHost == nil {
		w.Null()
	} else {
		w.String(*v.IPMIHost)
	}
	w.Key(`"ipmi_username":`)
	if v.IPMIUsername == nil {
		w.Null()
	} else {
		w.String(*v.IPMIUsername)
	}
	w.Key(`"rage4_api_key":`)
	if v.Rage4APIKey == nil {
		w.Null()
	} else {
		w.String(*v.Rage4APIKey)
	}
	w.Key(`"rage4_email":`)
	if v.Rage4Email == nil {
		w.Null()
	} else {
		w.String(*v.Rage4Email)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v AppSettingsRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.IPMICredentials != nil {
		w.Key(`"ipmi_credentials":`)
		w.String(*v.IPMICredentials)
	}
	if v.IPMIHost != nil {
		w.Key(`"ipmi_host":`)
		w.String(*v.IPMIHost)
	}
	if v.IPMIUsername != nil {
		w.Key(`"ipmi_username":`)
		w.String(*v.IPMIUsername)
	}
	if v.Rage4APIKey != nil {
		w.Key(`"rage4_api_key":`)
		w.String(*v.Rage4APIKey)
	}
	if v.Rage4Email != nil {
		w.Key(`"rage4_email":`)
		w.String(*v.Rage4Email)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BOMLine) WriteJSON(w *op.JSON) {
	w.Raw(`{"quantity":`)
	w.Int(v.Quantity)
	w.Key(`"sku":`)
	w.String(v.SKU)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Backup) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	if v.Emails != nil {
		w.Key(`"emails":`)
		if v.Emails == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Emails {
				w.Next()
				w.String(v.Emails[i])
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"history":`)
	if v.History == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.History {
			w.Next()
			v.History[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	if v.Name == nil {
		w.Null()
	} else {
		w.String(*v.Name)
	}
	w.Key(`"repository":`)
	w.Int(v.Repository)
	w.Key(`"state":`)
	w.Int(v.State)
	w.Key(`"time_valid":`)
	if v.TimeValid == nil {
		w.Null()
	} else {
		w.String(*v.TimeValid)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"vm":`)
	v.VM.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BackupCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"name":`)
	w.String(v.Name)
	w.Key(`"repository":`)
	w.Int(v.Repository)
	w.Key(`"vm_id":`)
	w.Int(v.VMID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BackupHistory) WriteJSON(w *op.JSON) {
	w.Raw(`{"backup_id":`)
	w.Int(v.BackupID)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"customer_address":`)
	w.Int(v.CustomerAddress)
	w.Key(`"modified_by":`)
	w.Int(v.ModifiedBy)
	w.Key(`"project_id":`)
	w.Int(v.ProjectID)
	w.Key(`"state":`)
	if v.State == nil {
		w.Null()
	} else {
		w.Int(*v.State)
	}
	w.Key(`"vm_id":`)
	w.Int(v.VMID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BackupUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.State != nil {
		w.Key(`"state":`)
		w.Int(*v.State)
	}
	if v.TimeValid != nil {
		w.Key(`"time_valid":`)
		w.String(*v.TimeValid)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BaseVM) WriteJSON(w *op.JSON) {
	w.Raw(`{"available_devices":`)
	if v.AvailableDevices == nil {
		w.Null()
	} else {
		w.Int(*v.AvailableDevices)
	}
	w.Key(`"cpu":`)
	w.Int(v.CPU)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"dns":`)
	w.String(v.DNS)
	if v.Emails != nil {
		w.Key(`"emails":`)
		if v.Emails == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Emails {
				w.Next()
				w.String(v.Emails[i])
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"gpu":`)
	w.Int(v.GPU)
	w.Key(`"guid":`)
	w.String(v.GUID)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"image_id":`)
	w.Int(v.ImageID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"public_key":`)
	if v.PublicKey == nil {
		w.Null()
	} else {
		w.String(*v.PublicKey)
	}
	w.Key(`"ram":`)
	w.Int(v.RAM)
	w.Key(`"server_id":`)
	w.Int(v.ServerID)
	w.Key(`"stable":`)
	w.Bool(v.Stable)
	w.Key(`"state":`)
	w.Int(v.State)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"userdata":`)
	w.String(v.Userdata)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BaseVPN) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"dns":`)
	if v.DNS == nil {
		w.Null()
	} else {
		w.String(*v.DNS)
	}
	if v.Emails != nil {
		w.Key(`"emails":`)
		if v.Emails == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Emails {
				w.Next()
				w.String(v.Emails[i])
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ike_authentication":`)
	w.String(v.IKEAuthentication)
	w.Key(`"ike_dh_groups":`)
	w.String(v.IKEDhGroups)
	w.Key(`"ike_encryption":`)
	w.String(v.IKEEncryption)
	w.Key(`"ike_gateway_type":`)
	w.String(v.IKEGatewayType)
	w.Key(`"ike_gateway_value":`)
	w.String(v.IKEGatewayValue)
	w.Key(`"ike_lifetime":`)
	w.Int(v.IKELifetime)
	w.Key(`"ike_local_identifier":`)
	if v.IKELocalIdentifier == nil {
		w.Null()
	} else {
		w.String(*v.IKELocalIdentifier)
	}
	if v.IKEMode != nil {
		w.Key(`"ike_mode":`)
		w.String(*v.IKEMode)
	}
	w.Key(`"ike_pre_shared_key":`)
	w.String(v.IKEPreSharedKey)
	w.Key(`"ike_remote_identifier":`)
	if v.IKERemoteIdentifier == nil {
		w.Null()
	} else {
		w.String(*v.IKERemoteIdentifier)
	}
	w.Key(`"ike_version":`)
	w.String(v.IKEVersion)
	w.Key(`"ipsec_authentication":`)
	w.String(v.IpsecAuthentication)
	w.Key(`"ipsec_encryption":`)
	w.String(v.IpsecEncryption)
	w.Key(`"ipsec_establish_time":`)
	w.String(v.IpsecEstablishTime)
	w.Key(`"ipsec_lifetime":`)
	w.Int(v.IpsecLifetime)
	w.Key(`"ipsec_pfs_groups":`)
	if v.IpsecPfsGroups == nil {
		w.Null()
	} else {
		w.String(*v.IpsecPfsGroups)
	}
	w.Key(`"send_email":`)
	w.Bool(v.SendEmail)
	w.Key(`"stif_number":`)
	w.Int(v.STIFNumber)
	w.Key(`"traffic_selector":`)
	w.Bool(v.TrafficSelector)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"virtual_router_id":`)
	w.Int(v.VirtualRouterID)
	w.Key(`"vpn_type":`)
	w.String(v.VPNType)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v BaseVirtualRouter) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"router_id":`)
	w.Int(v.RouterID)
	w.Key(`"state":`)
	w.Int(v.State)
	w.Key(`"subnets":`)
	if v.Subnets == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Subnets {
			w.Next()
			v.Subnets[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CIXListEntry) WriteJSON(w *op.JSON) {
	w.Raw(`{"cidr":`)
	w.String(v.CIDR)
	w.Key(`"comment":`)
	w.String(v.Comment)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"modified_by":`)
	w.Int(v.ModifiedBy)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CIXListRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"cidr":`)
	w.String(v.CIDR)
	if v.Comment != nil {
		w.Key(`"comment":`)
		w.String(*v.Comment)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Capacity) WriteJSON(w *op.JSON) {
	if v == nil {
		w.Null()
	} else {
		w.Raw(`{`)
		for _, k := range op.Sorted(v) {
			w.Name(k)
			if v[k] == nil {
				w.Null()
			} else {
				w.Raw(`{`)
				for _, kk := range op.Sorted(v[k]) {
					w.Name(kk)
					if v[k][kk] == nil {
						w.Null()
					} else {
						w.Raw(`[`)
						for iii := range v[k][kk] {
							w.Next()
							v[k][kk][iii].WriteJSON(w)
						}
						w.Raw(`]`)
					}
				}
				w.Raw(`}`)
			}
		}
		w.Raw(`}`)
	}
}

// WriteJSON writes a value as encoding/json would.
func (v CapacityVM) WriteJSON(w *op.JSON) {
	w.Raw(`{"cpu":`)
	w.Int(v.CPU)
	w.Key(`"ram":`)
	w.Int(v.RAM)
	w.Key(`"storage":`)
	w.Int(v.Storage)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CephCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"CEPH_001":`)
	w.Int(v.CEPH001)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"project_id":`)
	w.Int(v.ProjectID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CephUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.CEPH001 != nil {
		w.Key(`"CEPH_001":`)
		w.Int(*v.CEPH001)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.State != nil {
		w.Key(`"state":`)
		w.Int(*v.State)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Cloud) WriteJSON(w *op.JSON) {
	w.Raw(`{"project":`)
	v.Project.WriteJSON(w)
	w.Key(`"virtual_router":`)
	v.VirtualRouter.WriteJSON(w)
	w.Key(`"vms":`)
	if v.Vms == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Vms {
			w.Next()
			v.Vms[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Vpns != nil {
		w.Key(`"vpns":`)
		if v.Vpns == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Vpns {
				w.Next()
				v.Vpns[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CloudBill) WriteJSON(w *op.JSON) {
	w.Raw(`{"reseller_id":`)
	if v.ResellerID == nil {
		w.Null()
	} else {
		w.Int(*v.ResellerID)
	}
	w.Key(`"skus":`)
	if v.Skus == nil {
		w.Null()
	} else {
		w.Raw(`{`)
		for _, k := range op.Sorted(v.Skus) {
			w.Name(k)
			if v.Skus[k] == nil {
				w.Null()
			} else {
				w.Raw(`{`)
				for _, kk := range op.Sorted(v.Skus[k]) {
					w.Name(kk)
					w.Int(v.Skus[k][kk])
				}
				w.Raw(`}`)
			}
		}
		w.Raw(`}`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CloudBillList) WriteJSON(w *op.JSON) {
	if v == nil {
		w.Null()
	} else {
		w.Raw(`{`)
		for _, k := range op.Sorted(v) {
			w.Name(k)
			w.Raw(`{"data":`)
			if v[k].Data == nil {
				w.Null()
			} else {
				w.Raw(`{`)
				for _, kk := range op.Sorted(v[k].Data) {
					w.Name(kk)
					v[k].Data[kk].WriteJSON(w)
				}
				w.Raw(`}`)
			}
			w.Key(`"name":`)
			w.String(v[k].Name)
			w.Raw(`}`)
		}
		w.Raw(`}`)
	}
}

// WriteJSON writes a value as encoding/json would.
func (v CloudBillProjectEntry) WriteJSON(w *op.JSON) {
	w.Raw(`{"data":`)
	if v.Data == nil {
		w.Null()
	} else {
		w.Raw(`{`)
		for _, k := range op.Sorted(v.Data) {
			w.Name(k)
			v.Data[k].WriteJSON(w)
		}
		w.Raw(`}`)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"region_id":`)
	w.Int(v.RegionID)
	w.Key(`"reseller_id":`)
	if v.ResellerID == nil {
		w.Null()
	} else {
		w.Int(*v.ResellerID)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CloudBillProjectEntryData) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"skus":`)
	if v.Skus == nil {
		w.Null()
	} else {
		w.Raw(`{`)
		for _, k := range op.Sorted(v.Skus) {
			w.Name(k)
			w.Int(v.Skus[k])
		}
		w.Raw(`}`)
	}
	w.Key(`"state":`)
	w.Int(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CloudCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.FirewallRules != nil {
		w.Key(`"firewall_rules":`)
		if v.FirewallRules == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.FirewallRules {
				w.Next()
				v.FirewallRules[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"project":`)
	v.Project.WriteJSON(w)
	w.Key(`"subnets":`)
	if v.Subnets == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Subnets {
			w.Next()
			v.Subnets[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"vms":`)
	if v.Vms == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Vms {
			w.Next()
			v.Vms[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Vpns != nil {
		w.Key(`"vpns":`)
		if v.Vpns == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Vpns {
				w.Next()
				v.Vpns[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CloudUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.FirewallRules != nil {
		w.Key(`"firewall_rules":`)
		if v.FirewallRules == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.FirewallRules {
				w.Next()
				v.FirewallRules[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"project":`)
	v.Project.WriteJSON(w)
	w.Key(`"subnets":`)
	if v.Subnets == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Subnets {
			w.Next()
			v.Subnets[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"vms":`)
	if v.Vms == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Vms {
			w.Next()
			if v.Vms[i] == nil {
				w.Null()
			} else {
				w.Raw(`{`)
				for _, kk := range op.Sorted(v.Vms[i]) {
					w.Name(kk)
					w.Any(v.Vms[i][kk])
				}
				w.Raw(`}`)
			}
		}
		w.Raw(`]`)
	}
	if v.Vpns != nil {
		w.Key(`"vpns":`)
		if v.Vpns == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Vpns {
				w.Next()
				v.Vpns[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CloudVMCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"cpu":`)
	w.Int(v.CPU)
	w.Key(`"dns":`)
	w.String(v.DNS)
	w.Key(`"gateway_subnet":`)
	w.String(v.GatewaySubnet)
	w.Key(`"image_id":`)
	w.Int(v.ImageID)
	w.Key(`"ip_addresses":`)
	if v.IPAddresses == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.IPAddresses {
			w.Next()
			v.IPAddresses[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.PublicKey != nil {
		w.Key(`"public_key":`)
		w.String(*v.PublicKey)
	}
	w.Key(`"ram":`)
	w.Int(v.RAM)
	w.Key(`"storage_type_id":`)
	w.Int(v.StorageTypeID)
	w.Key(`"storages":`)
	if v.Storages == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Storages {
			w.Next()
			v.Storages[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Userdata != nil {
		w.Key(`"userdata":`)
		w.String(*v.Userdata)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v CloudVPN) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.DNS != nil {
		w.Key(`"dns":`)
		w.String(*v.DNS)
	}
	if v.ID != nil {
		w.Key(`"id":`)
		w.Int(*v.ID)
	}
	if v.IKEAuthentication != nil {
		w.Key(`"ike_authentication":`)
		w.String(*v.IKEAuthentication)
	}
	if v.IKEDhGroups != nil {
		w.Key(`"ike_dh_groups":`)
		w.String(*v.IKEDhGroups)
	}
	if v.IKEEncryption != nil {
		w.Key(`"ike_encryption":`)
		w.String(*v.IKEEncryption)
	}
	if v.IKEGatewayType != nil {
		w.Key(`"ike_gateway_type":`)
		w.String(*v.IKEGatewayType)
	}
	if v.IKEGatewayValue != nil {
		w.Key(`"ike_gateway_value":`)
		w.String(*v.IKEGatewayValue)
	}
	if v.IKELifetime != nil {
		w.Key(`"ike_lifetime":`)
		w.Int(*v.IKELifetime)
	}
	if v.IKEMode != nil {
		w.Key(`"ike_mode":`)
		w.String(*v.IKEMode)
	}
	if v.IKEPreSharedKey != nil {
		w.Key(`"ike_pre_shared_key":`)
		w.String(*v.IKEPreSharedKey)
	}
	if v.IKEVersion != nil {
		w.Key(`"ike_version":`)
		w.String(*v.IKEVersion)
	}
	if v.IpsecAuthentication != nil {
		w.Key(`"ipsec_authentication":`)
		w.String(*v.IpsecAuthentication)
	}
	if v.IpsecEncryption != nil {
		w.Key(`"ipsec_encryption":`)
		w.String(*v.IpsecEncryption)
	}
	if v.IpsecEstablishTime != nil {
		w.Key(`"ipsec_establish_time":`)
		w.String(*v.IpsecEstablishTime)
	}
	if v.IpsecLifetime != nil {
		w.Key(`"ipsec_lifetime":`)
		w.Int(*v.IpsecLifetime)
	}
	if v.IpsecPfsGroups != nil {
		w.Key(`"ipsec_pfs_groups":`)
		w.String(*v.IpsecPfsGroups)
	}
	if v.Routes != nil {
		w.Key(`"routes":`)
		if v.Routes == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Routes {
				w.Next()
				v.Routes[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	if v.TrafficSelector != nil {
		w.Key(`"traffic_selector":`)
		w.Bool(*v.TrafficSelector)
	}
	if v.VPNClients != nil {
		w.Key(`"vpn_clients":`)
		if v.VPNClients == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.VPNClients {
				w.Next()
				v.VPNClients[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	if v.VPNType != nil {
		w.Key(`"vpn_type":`)
		w.String(*v.VPNType)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Detail) WriteJSON(w *op.JSON) {
	w.Raw(`{"detail":`)
	w.String(v.Detail)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Device) WriteJSON(w *op.JSON) {
	w.Raw(`{"device_type":`)
	v.DeviceType.WriteJSON(w)
	w.Key(`"device_type_id":`)
	w.Int(v.DeviceTypeID)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"id_on_host":`)
	w.String(v.IDOnHost)
	w.Key(`"server":`)
	v.Server.WriteJSON(w)
	w.Key(`"server_id":`)
	w.Int(v.ServerID)
	w.Key(`"vm_id":`)
	if v.VMID == nil {
		w.Null()
	} else {
		w.Int(*v.VMID)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DeviceCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"device_type_id":`)
	w.Int(v.DeviceTypeID)
	w.Key(`"id_on_host":`)
	w.String(v.IDOnHost)
	w.Key(`"server_id":`)
	w.Int(v.ServerID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DeviceType) WriteJSON(w *op.JSON) {
	w.Raw(`{"description":`)
	w.String(v.Description)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"sku":`)
	w.String(v.SKU)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DeviceUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.DeviceTypeID != nil {
		w.Key(`"device_type_id":`)
		w.Int(*v.DeviceTypeID)
	}
	if v.IDOnHost != nil {
		w.Key(`"id_on_host":`)
		w.String(*v.IDOnHost)
	}
	if v.ServerID != nil {
		w.Key(`"server_id":`)
		w.Int(*v.ServerID)
	}
	if v.VMID != nil {
		w.Key(`"vm_id":`)
		w.Int(*v.VMID)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Domain) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"member_id":`)
	w.Int(v.MemberID)
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DomainPatch) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DomainRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DriverLists) WriteJSON(w *op.JSON) {
	w.Raw(`{"build":`)
	if v.Build == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Build {
			w.Next()
			w.Int(v.Build[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"quiesce":`)
	if v.Quiesce == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Quiesce {
			w.Next()
			w.Int(v.Quiesce[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"quiesced_update":`)
	if v.QuiescedUpdate == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.QuiescedUpdate {
			w.Next()
			w.Int(v.QuiescedUpdate[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"restart":`)
	if v.Restart == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Restart {
			w.Next()
			w.Int(v.Restart[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"running_update":`)
	if v.RunningUpdate == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.RunningUpdate {
			w.Next()
			w.Int(v.RunningUpdate[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"scrub":`)
	if v.Scrub == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Scrub {
			w.Next()
			w.Int(v.Scrub[i])
		}
		w.Raw(`]`)
	}
	if v.Scrubprep != nil {
		w.Key(`"scrubprep":`)
		if v.Scrubprep == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Scrubprep {
				w.Next()
				w.Int(v.Scrubprep[i])
			}
			w.Raw(`]`)
		}
	}
	if v.Updatequiesced != nil {
		w.Key(`"updatequiesced":`)
		if v.Updatequiesced == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Updatequiesced {
				w.Next()
				w.Int(v.Updatequiesced[i])
			}
			w.Raw(`]`)
		}
	}
	if v.Updaterunning != nil {
		w.Key(`"updaterunning":`)
		if v.Updaterunning == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Updaterunning {
				w.Next()
				w.Int(v.Updaterunning[i])
			}
			w.Raw(`]`)
		}
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v DynamicRemoteSubnets) WriteJSON(w *op.JSON) {
	w.Raw(`{"dynamic_remote_subnets":`)
	if v.DynamicRemoteSubnets == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.DynamicRemoteSubnets {
			w.Next()
			w.String(v.DynamicRemoteSubnets[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Error) WriteJSON(w *op.JSON) {
	w.Raw(`{"detail":`)
	w.String(v.Detail)
	w.Key(`"error_code":`)
	w.String(v.ErrorCode)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FieldErrors) WriteJSON(w *op.JSON) {
	w.Raw(`{"detail":`)
	w.String(v.Detail)
	w.Key(`"errors":`)
	if v.Errors == nil {
		w.Null()
	} else {
		w.Raw(`{`)
		for _, k := range op.Sorted(v.Errors) {
			w.Name(k)
			w.Any(v.Errors[k])
		}
		w.Raw(`}`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FirewallRule) WriteJSON(w *op.JSON) {
	w.Raw(`{"allow":`)
	w.Bool(v.Allow)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"debug_logging":`)
	w.Bool(v.DebugLogging)
	w.Key(`"description":`)
	w.String(v.Description)
	w.Key(`"destination":`)
	w.String(v.Destination)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"order":`)
	w.Int(v.Order)
	w.Key(`"pci_logging":`)
	w.Bool(v.PciLogging)
	w.Key(`"port":`)
	if v.Port == nil {
		w.Null()
	} else {
		w.String(*v.Port)
	}
	w.Key(`"protocol":`)
	w.String(v.Protocol)
	w.Key(`"source":`)
	w.String(v.Source)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"virtual_router_id":`)
	w.Int(v.VirtualRouterID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v FirewallRuleRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"allow":`)
	w.Bool(v.Allow)
	if v.DebugLogging != nil {
		w.Key(`"debug_logging":`)
		w.Bool(*v.DebugLogging)
	}
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	w.Key(`"destination":`)
	w.String(v.Destination)
	if v.PciLogging != nil {
		w.Key(`"pci_logging":`)
		w.Bool(*v.PciLogging)
	}
	if v.Port != nil {
		w.Key(`"port":`)
		w.String(*v.Port)
	}
	w.Key(`"protocol":`)
	w.String(v.Protocol)
	w.Key(`"source":`)
	w.String(v.Source)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPAddress) WriteJSON(w *op.JSON) {
	w.Raw(`{"address":`)
	w.String(v.Address)
	if v.Cloud != nil {
		w.Key(`"cloud":`)
		w.Bool(*v.Cloud)
	}
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"credentials":`)
	w.String(v.Credentials)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"location":`)
	w.String(v.Location)
	w.Key(`"mac_address":`)
	if v.MACAddress == nil {
		w.Null()
	} else {
		w.String(*v.MACAddress)
	}
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"public_ip":`)
	if v.PublicIP == nil {
		w.Null()
	} else {
		v.PublicIP.WriteJSON(w)
	}
	w.Key(`"subnet":`)
	v.Subnet.WriteJSON(w)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"vm_id":`)
	if v.VMID == nil {
		w.Null()
	} else {
		w.Int(*v.VMID)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPAddressCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"address":`)
	w.String(v.Address)
	if v.Credentials != nil {
		w.Key(`"credentials":`)
		w.String(*v.Credentials)
	}
	if v.Location != nil {
		w.Key(`"location":`)
		w.String(*v.Location)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Key(`"subnet_id":`)
	w.Int(v.SubnetID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPAddressDetails) WriteJSON(w *op.JSON) {
	w.Raw(`{"ipv4":`)
	w.Bool(v.Ipv4)
	w.Key(`"ipv6":`)
	w.Bool(v.Ipv6)
	w.Key(`"is_loopback":`)
	w.Bool(v.IsLoopback)
	w.Key(`"is_private":`)
	w.Bool(v.IsPrivate)
	w.Key(`"is_reserved":`)
	w.Bool(v.IsReserved)
	w.Key(`"parent_network":`)
	if v.ParentNetwork == nil {
		w.Null()
	} else {
		w.String(*v.ParentNetwork)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPAddressGroup) WriteJSON(w *op.JSON) {
	w.Raw(`{"cidrs":`)
	if v.Cidrs == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Cidrs {
			w.Next()
			w.String(v.Cidrs[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"member_id":`)
	w.Int(v.MemberID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"version":`)
	w.Int(v.Version)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPAddressGroupCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"cidrs":`)
	if v.Cidrs == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Cidrs {
			w.Next()
			w.String(v.Cidrs[i])
		}
		w.Raw(`]`)
	}
	if v.MemberID != nil {
		w.Key(`"member_id":`)
		w.Int(*v.MemberID)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Version != nil {
		w.Key(`"version":`)
		w.Int(*v.Version)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPAddressGroupUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{"cidrs":`)
	if v.Cidrs == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Cidrs {
			w.Next()
			w.String(v.Cidrs[i])
		}
		w.Raw(`]`)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.Version != nil {
		w.Key(`"version":`)
		w.Int(*v.Version)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPAddressUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Address != nil {
		w.Key(`"address":`)
		w.String(*v.Address)
	}
	if v.Credentials != nil {
		w.Key(`"credentials":`)
		w.String(*v.Credentials)
	}
	if v.Location != nil {
		w.Key(`"location":`)
		w.String(*v.Location)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPMI) WriteJSON(w *op.JSON) {
	w.Raw(`{"client_ip":`)
	w.String(v.ClientIP)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"customer_ip":`)
	v.CustomerIP.WriteJSON(w)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"in_use":`)
	w.Bool(v.InUse)
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"pool_ip":`)
	v.PoolIP.WriteJSON(w)
	if v.Removed != nil {
		w.Key(`"removed":`)
		w.String(*v.Removed)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPMICreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"client_ip":`)
	w.String(v.ClientIP)
	w.Key(`"customer_ip_id":`)
	w.Int(v.CustomerIPID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPValidation) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_ranges":`)
	if v.AddressRanges == nil {
		w.Null()
	} else {
		w.Raw(`{`)
		for _, k := range op.Sorted(v.AddressRanges) {
			w.Name(k)
			v.AddressRanges[k].WriteJSON(w)
		}
		w.Raw(`}`)
	}
	w.Key(`"ip_addresses":`)
	if v.IPAddresses == nil {
		w.Null()
	} else {
		w.Raw(`{`)
		for _, k := range op.Sorted(v.IPAddresses) {
			w.Name(k)
			v.IPAddresses[k].WriteJSON(w)
		}
		w.Raw(`}`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v IPValidatorEntry) WriteJSON(w *op.JSON) {
	w.Raw(`{"details":`)
	w.Any(v.Details)
	w.Key(`"error":`)
	if v.Error == nil {
		w.Null()
	} else {
		v.Error.WriteJSON(w)
	}
	w.Key(`"valid":`)
	w.Bool(v.Valid)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Image) WriteJSON(w *op.JSON) {
	w.Raw(`{"answer_file_name":`)
	if v.AnswerFileName == nil {
		w.Null()
	} else {
		w.String(*v.AnswerFileName)
	}
	w.Key(`"cloud_init":`)
	w.Bool(v.CloudInit)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"display_name":`)
	w.String(v.DisplayName)
	w.Key(`"filename":`)
	w.String(v.Filename)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"multiple_ips":`)
	w.Bool(v.MultipleIps)
	w.Key(`"os_variant":`)
	w.String(v.OSVariant)
	w.Key(`"regions":`)
	if v.Regions == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Regions {
			w.Next()
			w.Int(v.Regions[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Interface) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"details":`)
	w.String(v.Details)
	w.Key(`"enabled":`)
	w.Bool(v.Enabled)
	w.Key(`"hostname":`)
	w.String(v.Hostname)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ip_address":`)
	if v.IPAddress == nil {
		w.Null()
	} else {
		w.String(*v.IPAddress)
	}
	w.Key(`"mac_address":`)
	w.String(v.MACAddress)
	w.Key(`"server_id":`)
	w.Int(v.ServerID)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v InterfaceCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Details != nil {
		w.Key(`"details":`)
		w.String(*v.Details)
	}
	if v.Enabled != nil {
		w.Key(`"enabled":`)
		w.Bool(*v.Enabled)
	}
	if v.Hostname != nil {
		w.Key(`"hostname":`)
		w.String(*v.Hostname)
	}
	if v.IPAddress != nil {
		w.Key(`"ip_address":`)
		w.String(*v.IPAddress)
	}
	w.Key(`"mac_address":`)
	w.String(v.MACAddress)
	w.Key(`"server_id":`)
	w.Int(v.ServerID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v InterfaceUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Details != nil {
		w.Key(`"details":`)
		w.String(*v.Details)
	}
	if v.Enabled != nil {
		w.Key(`"enabled":`)
		w.Bool(*v.Enabled)
	}
	if v.Hostname != nil {
		w.Key(`"hostname":`)
		w.String(*v.Hostname)
	}
	if v.IPAddress != nil {
		w.Key(`"ip_address":`)
		w.String(*v.IPAddress)
	}
	if v.MACAddress != nil {
		w.Key(`"mac_address":`)
		w.String(*v.MACAddress)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ListMetadata) WriteJSON(w *op.JSON) {
	w.Raw(`{"limit":`)
	w.Int(v.Limit)
	w.Key(`"order":`)
	w.String(v.Order)
	w.Key(`"page":`)
	w.Int(v.Page)
	w.Key(`"total_records":`)
	w.Int(v.TotalRecords)
	w.Key(`"warnings":`)
	if v.Warnings == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Warnings {
			w.Next()
			w.String(v.Warnings[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v LoginRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.APIKey != nil {
		w.Key(`"api_key":`)
		w.String(*v.APIKey)
	}
	w.Key(`"email":`)
	w.String(v.Email)
	if v.FirstOTP != nil {
		w.Key(`"first_otp":`)
		w.String(*v.FirstOTP)
	}
	if v.OTP != nil {
		w.Key(`"otp":`)
		w.String(*v.OTP)
	}
	w.Key(`"password":`)
	w.String(v.Password)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Member) WriteJSON(w *op.JSON) {
	w.Raw(`{"api_key":`)
	w.String(v.APIKey)
	if v.Currency != nil {
		w.Key(`"currency":`)
		v.Currency.WriteJSON(w)
	}
	if v.GlnPrefix != nil {
		w.Key(`"gln_prefix":`)
		w.String(*v.GlnPrefix)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Secret != nil {
		w.Key(`"secret":`)
		w.Bool(*v.Secret)
	}
	w.Key(`"self_managed":`)
	w.Bool(v.SelfManaged)
	if v.URI != nil {
		w.Key(`"uri":`)
		w.String(*v.URI)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MemberCurrency) WriteJSON(w *op.JSON) {
	w.Raw(`{"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"symbol":`)
	w.String(v.Symbol)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v MembershipCloudBill) WriteJSON(w *op.JSON) {
	w.Raw(`{"cloud_customer":`)
	w.Bool(v.CloudCustomer)
	w.Key(`"customer":`)
	w.Bool(v.Customer)
	w.Key(`"is_region":`)
	w.Bool(v.IsRegion)
	w.Key(`"reseller_id":`)
	w.Int(v.ResellerID)
	w.Key(`"tax_rate":`)
	if v.TaxRate == nil {
		w.Null()
	} else {
		w.String(*v.TaxRate)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Metrics) WriteJSON(w *op.JSON) {
	w.Raw(`{"routers":`)
	if v.Routers == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Routers {
			w.Next()
			v.Routers[i].WriteJSON(w)
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
	w.Key(`"subnets":`)
	if v.Subnets == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Subnets {
			w.Next()
			v.Subnets[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"vms":`)
	if v.Vms == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Vms {
			w.Next()
			v.Vms[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v NATIPAddress) WriteJSON(w *op.JSON) {
	w.Raw(`{"address":`)
	w.String(v.Address)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PTRRecordCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"content":`)
	w.String(v.Content)
	w.Key(`"ip_address":`)
	w.String(v.IPAddress)
	if v.TimeToLive != nil {
		w.Key(`"time_to_live":`)
		w.Int(*v.TimeToLive)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PTRRecordUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{"content":`)
	w.String(v.Content)
	if v.TimeToLive != nil {
		w.Key(`"time_to_live":`)
		w.Int(*v.TimeToLive)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PolicyLogItem) WriteJSON(w *op.JSON) {
	w.Raw(`{"access":`)
	w.String(v.Access)
	w.Key(`"destination_address":`)
	w.String(v.DestinationAddress)
	w.Key(`"destination_port":`)
	w.String(v.DestinationPort)
	w.Key(`"service_name":`)
	w.String(v.ServiceName)
	w.Key(`"source_address":`)
	w.String(v.SourceAddress)
	w.Key(`"source_port":`)
	w.String(v.SourcePort)
	w.Key(`"timestamp":`)
	w.String(v.Timestamp)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PoolIP) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"domain":`)
	w.String(v.Domain)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ip_address":`)
	w.String(v.IPAddress)
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v PoolIPRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"domain":`)
	w.String(v.Domain)
	w.Key(`"ip_address":`)
	w.String(v.IPAddress)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Project) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	w.Int(v.AddressID)
	w.Key(`"closed":`)
	w.Bool(v.Closed)
	w.Key(`"cloud_uri":`)
	w.String(v.CloudURI)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"grace_period":`)
	if v.GracePeriod == nil {
		w.Null()
	} else {
		w.Int(*v.GracePeriod)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"manager_id":`)
	w.Int(v.ManagerID)
	w.Key(`"min_state":`)
	w.Int(v.MinState)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"note":`)
	if v.Note == nil {
		w.Null()
	} else {
		w.String(*v.Note)
	}
	w.Key(`"region_id":`)
	w.Int(v.RegionID)
	w.Key(`"reseller_id":`)
	if v.ResellerID == nil {
		w.Null()
	} else {
		w.Int(*v.ResellerID)
	}
	w.Key(`"shut_down":`)
	w.Bool(v.ShutDown)
	w.Key(`"stable":`)
	w.Bool(v.Stable)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"virtual_router_id":`)
	w.Int(v.VirtualRouterID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ProjectCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.GracePeriod != nil {
		w.Key(`"grace_period":`)
		w.Int(*v.GracePeriod)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Note != nil {
		w.Key(`"note":`)
		w.String(*v.Note)
	}
	w.Key(`"region_id":`)
	w.Int(v.RegionID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ProjectPatch) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.GracePeriod != nil {
		w.Key(`"grace_period":`)
		w.Int(*v.GracePeriod)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.Note != nil {
		w.Key(`"note":`)
		w.String(*v.Note)
	}
	if v.State != nil {
		w.Key(`"state":`)
		w.Int(*v.State)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ProjectUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.GracePeriod != nil {
		w.Key(`"grace_period":`)
		w.Int(*v.GracePeriod)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Note != nil {
		w.Key(`"note":`)
		w.String(*v.Note)
	}
	if v.State != nil {
		w.Key(`"state":`)
		w.Int(*v.State)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Record) WriteJSON(w *op.JSON) {
	w.Raw(`{"content":`)
	w.String(v.Content)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"domain":`)
	if v.Domain == nil {
		w.Null()
	} else {
		v.Domain.WriteJSON(w)
	}
	w.Key(`"failover":`)
	w.Bool(v.Failover)
	w.Key(`"failover_content":`)
	w.String(v.FailoverContent)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ip_address":`)
	if v.IPAddress == nil {
		w.Null()
	} else {
		w.String(*v.IPAddress)
	}
	w.Key(`"member_id":`)
	if v.MemberID == nil {
		w.Null()
	} else {
		w.Int(*v.MemberID)
	}
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"pk":`)
	w.Int(v.Pk)
	w.Key(`"priority":`)
	if v.Priority == nil {
		w.Null()
	} else {
		w.Int(*v.Priority)
	}
	w.Key(`"time_to_live":`)
	w.Int(v.TimeToLive)
	w.Key(`"type":`)
	w.String(v.Type)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RecordCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"content":`)
	w.String(v.Content)
	w.Key(`"domain_id":`)
	w.Int(v.DomainID)
	if v.Failover != nil {
		w.Key(`"failover":`)
		w.Bool(*v.Failover)
	}
	if v.FailoverContent != nil {
		w.Key(`"failover_content":`)
		w.String(*v.FailoverContent)
	}
	if v.Georegion != nil {
		w.Key(`"georegion":`)
		w.Int(*v.Georegion)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Priority != nil {
		w.Key(`"priority":`)
		w.Int(*v.Priority)
	}
	if v.TimeToLive != nil {
		w.Key(`"time_to_live":`)
		w.Int(*v.TimeToLive)
	}
	w.Key(`"type":`)
	w.String(v.Type)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RecordUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{"content":`)
	w.String(v.Content)
	w.Key(`"domain_id":`)
	w.Int(v.DomainID)
	if v.Failover != nil {
		w.Key(`"failover":`)
		w.Bool(*v.Failover)
	}
	if v.FailoverContent != nil {
		w.Key(`"failover_content":`)
		w.String(*v.FailoverContent)
	}
	if v.Georegion != nil {
		w.Key(`"georegion":`)
		w.Int(*v.Georegion)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Priority != nil {
		w.Key(`"priority":`)
		w.Int(*v.Priority)
	}
	if v.TimeToLive != nil {
		w.Key(`"time_to_live":`)
		w.Int(*v.TimeToLive)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RegionImageCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"image_id":`)
	w.Int(v.ImageID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RegionStorageTypeCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"storage_type_id":`)
	w.Int(v.StorageTypeID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RegionsPatch) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Regions != nil {
		w.Key(`"regions":`)
		if v.Regions == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Regions {
				w.Next()
				w.Int(v.Regions[i])
			}
			w.Raw(`]`)
		}
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RegionsRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"regions":`)
	if v.Regions == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Regions {
			w.Next()
			w.Int(v.Regions[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RelatedSubnet) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	if v.AddressID == nil {
		w.Null()
	} else {
		w.Int(*v.AddressID)
	}
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	w.Key(`"allocation":`)
	v.Allocation.WriteJSON(w)
	if v.Cloud != nil {
		w.Key(`"cloud":`)
		w.Bool(*v.Cloud)
	}
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"gateway":`)
	if v.Gateway == nil {
		w.Null()
	} else {
		w.String(*v.Gateway)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ips_in_use":`)
	w.Int(v.IpsInUse)
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"subnets_in_use":`)
	w.Int(v.SubnetsInUse)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"virtual_router_id":`)
	if v.VirtualRouterID == nil {
		w.Null()
	} else {
		w.Int(*v.VirtualRouterID)
	}
	w.Key(`"vlan":`)
	if v.VLAN == nil {
		w.Null()
	} else {
		w.Int(*v.VLAN)
	}
	w.Key(`"vxlan":`)
	if v.VXLAN == nil {
		w.Null()
	} else {
		w.Int(*v.VXLAN)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Resource) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"parent_id":`)
	if v.ParentID == nil {
		w.Null()
	} else {
		w.Int(*v.ParentID)
	}
	w.Key(`"project_id":`)
	w.Int(v.ProjectID)
	w.Key(`"resource_type":`)
	w.Int(v.ResourceType)
	w.Key(`"specs":`)
	if v.Specs == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Specs {
			w.Next()
			v.Specs[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"state":`)
	w.Int(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Route) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"local_subnet":`)
	v.LocalSubnet.WriteJSON(w)
	w.Key(`"remote_subnet":`)
	w.String(v.RemoteSubnet)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RouteRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.ID != nil {
		w.Key(`"id":`)
		w.Int(*v.ID)
	}
	w.Key(`"local_subnet":`)
	w.String(v.LocalSubnet)
	w.Key(`"remote_subnet":`)
	w.String(v.RemoteSubnet)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Router) WriteJSON(w *op.JSON) {
	w.Raw(`{"asset_tag":`)
	if v.AssetTag == nil {
		w.Null()
	} else {
		w.Int(*v.AssetTag)
	}
	w.Key(`"capacity":`)
	if v.Capacity == nil {
		w.Null()
	} else {
		w.Int(*v.Capacity)
	}
	w.Key(`"capacity_available":`)
	w.Int(v.CapacityAvailable)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"credentials":`)
	if v.Credentials == nil {
		w.Null()
	} else {
		w.String(*v.Credentials)
	}
	w.Key(`"enabled":`)
	w.Bool(v.Enabled)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"management_interface":`)
	if v.ManagementInterface == nil {
		w.Null()
	} else {
		w.String(*v.ManagementInterface)
	}
	w.Key(`"management_ip":`)
	w.String(v.ManagementIP)
	w.Key(`"model":`)
	w.String(v.Model)
	w.Key(`"oob_interface":`)
	if v.OobInterface == nil {
		w.Null()
	} else {
		w.String(*v.OobInterface)
	}
	w.Key(`"private_interface":`)
	if v.PrivateInterface == nil {
		w.Null()
	} else {
		w.String(*v.PrivateInterface)
	}
	w.Key(`"public_interface":`)
	if v.PublicInterface == nil {
		w.Null()
	} else {
		w.String(*v.PublicInterface)
	}
	w.Key(`"public_port_ips":`)
	if v.PublicPortIps == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.PublicPortIps {
			w.Next()
			w.String(v.PublicPortIps[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"region_id":`)
	w.Int(v.RegionID)
	w.Key(`"router_oob_interface":`)
	if v.RouterOobInterface == nil {
		w.Null()
	} else {
		w.String(*v.RouterOobInterface)
	}
	w.Key(`"subnet_ids":`)
	if v.SubnetIds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.SubnetIds {
			w.Next()
			w.Int(v.SubnetIds[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"subnets":`)
	if v.Subnets == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Subnets {
			w.Next()
			w.String(v.Subnets[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"username":`)
	if v.Username == nil {
		w.Null()
	} else {
		w.String(*v.Username)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RouterCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AssetTag != nil {
		w.Key(`"asset_tag":`)
		w.Int(*v.AssetTag)
	}
	if v.Capacity != nil {
		w.Key(`"capacity":`)
		w.Int(*v.Capacity)
	}
	if v.Credentials != nil {
		w.Key(`"credentials":`)
		w.String(*v.Credentials)
	}
	if v.Enabled != nil {
		w.Key(`"enabled":`)
		w.Bool(*v.Enabled)
	}
	if v.ManagementInterface != nil {
		w.Key(`"management_interface":`)
		w.String(*v.ManagementInterface)
	}
	w.Key(`"model":`)
	w.String(v.Model)
	if v.OobInterface != nil {
		w.Key(`"oob_interface":`)
		w.String(*v.OobInterface)
	}
	if v.PrivateInterface != nil {
		w.Key(`"private_interface":`)
		w.String(*v.PrivateInterface)
	}
	if v.PublicInterface != nil {
		w.Key(`"public_interface":`)
		w.String(*v.PublicInterface)
	}
	w.Key(`"public_port_ips":`)
	if v.PublicPortIps == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.PublicPortIps {
			w.Next()
			w.String(v.PublicPortIps[i])
		}
		w.Raw(`]`)
	}
	if v.RouterOobInterface != nil {
		w.Key(`"router_oob_interface":`)
		w.String(*v.RouterOobInterface)
	}
	w.Key(`"subnet_ids":`)
	if v.SubnetIds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.SubnetIds {
			w.Next()
			w.Int(v.SubnetIds[i])
		}
		w.Raw(`]`)
	}
	if v.Username != nil {
		w.Key(`"username":`)
		w.String(*v.Username)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RouterMetrics) WriteJSON(w *op.JSON) {
	w.Raw(`{"asset_tag":`)
	if v.AssetTag == nil {
		w.Null()
	} else {
		w.Int(*v.AssetTag)
	}
	w.Key(`"capacity":`)
	if v.Capacity == nil {
		w.Null()
	} else {
		w.Int(*v.Capacity)
	}
	w.Key(`"enabled":`)
	w.Bool(v.Enabled)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"management_ip":`)
	w.String(v.ManagementIP)
	w.Key(`"model":`)
	w.String(v.Model)
	w.Key(`"region_id":`)
	w.Int(v.RegionID)
	w.Key(`"virtual_router_count":`)
	w.Int(v.VirtualRouterCount)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RouterUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AssetTag != nil {
		w.Key(`"asset_tag":`)
		w.Int(*v.AssetTag)
	}
	if v.Capacity != nil {
		w.Key(`"capacity":`)
		w.Int(*v.Capacity)
	}
	if v.Credentials != nil {
		w.Key(`"credentials":`)
		w.String(*v.Credentials)
	}
	if v.Enabled != nil {
		w.Key(`"enabled":`)
		w.Bool(*v.Enabled)
	}
	if v.ManagementInterface != nil {
		w.Key(`"management_interface":`)
		w.String(*v.ManagementInterface)
	}
	if v.Model != nil {
		w.Key(`"model":`)
		w.String(*v.Model)
	}
	if v.OobInterface != nil {
		w.Key(`"oob_interface":`)
		w.String(*v.OobInterface)
	}
	if v.PrivateInterface != nil {
		w.Key(`"private_interface":`)
		w.String(*v.PrivateInterface)
	}
	if v.PublicInterface != nil {
		w.Key(`"public_interface":`)
		w.String(*v.PublicInterface)
	}
	if v.PublicPortIps != nil {
		w.Key(`"public_port_ips":`)
		if v.PublicPortIps == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.PublicPortIps {
				w.Next()
				w.String(v.PublicPortIps[i])
			}
			w.Raw(`]`)
		}
	}
	if v.RouterOobInterface != nil {
		w.Key(`"router_oob_interface":`)
		w.String(*v.RouterOobInterface)
	}
	if v.SubnetIds != nil {
		w.Key(`"subnet_ids":`)
		if v.SubnetIds == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.SubnetIds {
				w.Next()
				w.Int(v.SubnetIds[i])
			}
			w.Raw(`]`)
		}
	}
	if v.Username != nil {
		w.Key(`"username":`)
		w.String(*v.Username)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RunRobot) WriteJSON(w *op.JSON) {
	w.Raw(`{"backups":`)
	v.Backups.WriteJSON(w)
	if v.Ceph != nil {
		w.Key(`"ceph":`)
		v.Ceph.WriteJSON(w)
	}
	w.Key(`"project_ids":`)
	if v.ProjectIds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.ProjectIds {
			w.Next()
			w.Int(v.ProjectIds[i])
		}
		w.Raw(`]`)
	}
	if v.Resource != nil {
		w.Key(`"resource":`)
		v.Resource.WriteJSON(w)
	}
	w.Key(`"snapshots":`)
	v.Snapshots.WriteJSON(w)
	w.Key(`"virtual_routers":`)
	v.VirtualRouters.WriteJSON(w)
	w.Key(`"vms":`)
	v.Vms.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RunRobotResource) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.BackupHyperv != nil {
		w.Key(`"backup_hyperv":`)
		v.BackupHyperv.WriteJSON(w)
	}
	if v.BackupKvm != nil {
		w.Key(`"backup_kvm":`)
		v.BackupKvm.WriteJSON(w)
	}
	if v.Ceph != nil {
		w.Key(`"ceph":`)
		v.Ceph.WriteJSON(w)
	}
	if v.GPU != nil {
		w.Key(`"gpu":`)
		v.GPU.WriteJSON(w)
	}
	if v.SnapshotHyperv != nil {
		w.Key(`"snapshot_hyperv":`)
		v.SnapshotHyperv.WriteJSON(w)
	}
	if v.SnapshotKvm != nil {
		w.Key(`"snapshot_kvm":`)
		v.SnapshotKvm.WriteJSON(w)
	}
	if v.VirtualRouter != nil {
		w.Key(`"virtual_router":`)
		v.VirtualRouter.WriteJSON(w)
	}
	if v.VirtualRouterPhantom != nil {
		w.Key(`"virtual_router_phantom":`)
		v.VirtualRouterPhantom.WriteJSON(w)
	}
	if v.VMHyperv != nil {
		w.Key(`"vm_hyperv":`)
		v.VMHyperv.WriteJSON(w)
	}
	if v.VMKvm != nil {
		w.Key(`"vm_kvm":`)
		v.VMKvm.WriteJSON(w)
	}
	if v.VMPhantom != nil {
		w.Key(`"vm_phantom":`)
		v.VMPhantom.WriteJSON(w)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v RunRobotTurnOff) WriteJSON(w *op.JSON) {
	w.Raw(`{"project_ids":`)
	if v.ProjectIds == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.ProjectIds {
			w.Next()
			w.Int(v.ProjectIds[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Server) WriteJSON(w *op.JSON) {
	w.Raw(`{"asset_tag":`)
	if v.AssetTag == nil {
		w.Null()
	} else {
		w.Int(*v.AssetTag)
	}
	w.Key(`"cores":`)
	w.Int(v.Cores)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"enabled":`)
	w.Bool(v.Enabled)
	w.Key(`"gb":`)
	w.Int(v.Gb)
	w.Key(`"hostname":`)
	w.String(v.Hostname)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"interfaces":`)
	if v.Interfaces == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Interfaces {
			w.Next()
			v.Interfaces[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"model":`)
	w.String(v.Model)
	w.Key(`"ram":`)
	w.Int(v.RAM)
	w.Key(`"region_id":`)
	w.Int(v.RegionID)
	w.Key(`"storage_type":`)
	v.StorageType.WriteJSON(w)
	w.Key(`"type":`)
	v.Type.WriteJSON(w)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"vcpus":`)
	w.Int(v.Vcpus)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AssetTag != nil {
		w.Key(`"asset_tag":`)
		w.Int(*v.AssetTag)
	}
	w.Key(`"cores":`)
	w.Int(v.Cores)
	if v.Enabled != nil {
		w.Key(`"enabled":`)
		w.Bool(*v.Enabled)
	}
	w.Key(`"gb":`)
	w.Int(v.Gb)
	if v.Model != nil {
		w.Key(`"model":`)
		w.String(*v.Model)
	}
	w.Key(`"ram":`)
	w.Int(v.RAM)
	w.Key(`"storage_type_id":`)
	w.Int(v.StorageTypeID)
	w.Key(`"type_id":`)
	w.Int(v.TypeID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerMetrics) WriteJSON(w *op.JSON) {
	w.Raw(`{"asset_tag":`)
	if v.AssetTag == nil {
		w.Null()
	} else {
		w.Int(*v.AssetTag)
	}
	w.Key(`"enabled":`)
	w.Bool(v.Enabled)
	w.Key(`"gb":`)
	w.Int(v.Gb)
	w.Key(`"gb_in_use":`)
	w.Int(v.GbInUse)
	w.Key(`"hostname":`)
	w.String(v.Hostname)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"model":`)
	w.String(v.Model)
	w.Key(`"ram":`)
	w.Int(v.RAM)
	w.Key(`"ram_in_use":`)
	w.Int(v.RAMInUse)
	w.Key(`"region_id":`)
	w.Int(v.RegionID)
	w.Key(`"storage_type":`)
	w.String(v.StorageType)
	w.Key(`"type":`)
	w.String(v.Type)
	w.Key(`"vcpus":`)
	w.Int(v.Vcpus)
	w.Key(`"vcpus_in_use":`)
	w.Int(v.VcpusInUse)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerType) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v ServerUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AssetTag != nil {
		w.Key(`"asset_tag":`)
		w.Int(*v.AssetTag)
	}
	if v.Cores != nil {
		w.Key(`"cores":`)
		w.Int(*v.Cores)
	}
	if v.Enabled != nil {
		w.Key(`"enabled":`)
		w.Bool(*v.Enabled)
	}
	if v.Gb != nil {
		w.Key(`"gb":`)
		w.Int(*v.Gb)
	}
	if v.Model != nil {
		w.Key(`"model":`)
		w.String(*v.Model)
	}
	if v.RAM != nil {
		w.Key(`"ram":`)
		w.Int(*v.RAM)
	}
	if v.StorageTypeID != nil {
		w.Key(`"storage_type_id":`)
		w.Int(*v.StorageTypeID)
	}
	if v.TypeID != nil {
		w.Key(`"type_id":`)
		w.Int(*v.TypeID)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Snapshot) WriteJSON(w *op.JSON) {
	w.Raw(`{"active":`)
	w.Bool(v.Active)
	w.Key(`"created":`)
	w.String(v.Created)
	if v.Emails != nil {
		w.Key(`"emails":`)
		if v.Emails == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Emails {
				w.Next()
				w.String(v.Emails[i])
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"history":`)
	if v.History == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.History {
			w.Next()
			v.History[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"parent_id":`)
	if v.ParentID == nil {
		w.Null()
	} else {
		w.Int(*v.ParentID)
	}
	w.Key(`"remove_subtree":`)
	w.Bool(v.RemoveSubtree)
	w.Key(`"state":`)
	w.Int(v.State)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"vm":`)
	v.VM.WriteJSON(w)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SnapshotCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"name":`)
	w.String(v.Name)
	w.Key(`"vm_id":`)
	w.Int(v.VMID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SnapshotHistory) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"customer_address":`)
	w.Int(v.CustomerAddress)
	w.Key(`"modified_by":`)
	w.Int(v.ModifiedBy)
	w.Key(`"project_id":`)
	w.Int(v.ProjectID)
	w.Key(`"snapshot_id":`)
	w.Int(v.SnapshotID)
	w.Key(`"state":`)
	if v.State == nil {
		w.Null()
	} else {
		w.Int(*v.State)
	}
	w.Key(`"vm_id":`)
	w.Int(v.VMID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SnapshotTree) WriteJSON(w *op.JSON) {
	w.Raw(`{"branches":`)
	if v.Branches == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Branches {
			w.Next()
			v.Branches[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SnapshotTreeNode) WriteJSON(w *op.JSON) {
	w.Raw(`{"active":`)
	w.Bool(v.Active)
	w.Key(`"children":`)
	if v.Children == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Children {
			w.Next()
			v.Children[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"history":`)
	if v.History == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.History {
			w.Next()
			v.History[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"remove_subtree":`)
	w.Bool(v.RemoveSubtree)
	w.Key(`"state":`)
	w.Int(v.State)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SnapshotUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.RemoveSubtree != nil {
		w.Key(`"remove_subtree":`)
		w.Bool(*v.RemoveSubtree)
	}
	if v.State != nil {
		w.Key(`"state":`)
		w.Int(*v.State)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Storage) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"gb":`)
	w.Int(v.Gb)
	w.Key(`"history":`)
	if v.History == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.History {
			w.Next()
			v.History[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"primary":`)
	w.Bool(v.Primary)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"vm_id":`)
	w.Int(v.VMID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v StorageCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"gb":`)
	w.Int(v.Gb)
	w.Key(`"name":`)
	w.String(v.Name)
	if v.Primary != nil {
		w.Key(`"primary":`)
		w.Bool(*v.Primary)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v StorageHistory) WriteJSON(w *op.JSON) {
	w.Raw(`{"gb_quantity":`)
	if v.GbQuantity == nil {
		w.Null()
	} else {
		w.Int(*v.GbQuantity)
	}
	w.Key(`"gb_sku":`)
	if v.GbSKU == nil {
		w.Null()
	} else {
		w.String(*v.GbSKU)
	}
	w.Key(`"storage_id":`)
	w.Int(v.StorageID)
	w.Key(`"storage_name":`)
	w.String(v.StorageName)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v StorageType) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"regions":`)
	if v.Regions == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Regions {
			w.Next()
			w.Int(v.Regions[i])
		}
		w.Raw(`]`)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v StorageUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Gb != nil {
		w.Key(`"gb":`)
		w.Int(*v.Gb)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Subnet) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	if v.AddressID == nil {
		w.Null()
	} else {
		w.Int(*v.AddressID)
	}
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	w.Key(`"allocation":`)
	v.Allocation.WriteJSON(w)
	w.Key(`"children":`)
	if v.Children == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Children {
			w.Next()
			v.Children[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Cloud != nil {
		w.Key(`"cloud":`)
		w.Bool(*v.Cloud)
	}
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"gateway":`)
	if v.Gateway == nil {
		w.Null()
	} else {
		w.String(*v.Gateway)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ips_in_use":`)
	w.Int(v.IpsInUse)
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"parent":`)
	if v.Parent == nil {
		w.Null()
	} else {
		v.Parent.WriteJSON(w)
	}
	w.Key(`"subnets_in_use":`)
	w.Int(v.SubnetsInUse)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"virtual_router_id":`)
	if v.VirtualRouterID == nil {
		w.Null()
	} else {
		w.Int(*v.VirtualRouterID)
	}
	w.Key(`"vlan":`)
	if v.VLAN == nil {
		w.Null()
	} else {
		w.Int(*v.VLAN)
	}
	w.Key(`"vxlan":`)
	if v.VXLAN == nil {
		w.Null()
	} else {
		w.Int(*v.VXLAN)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SubnetCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	w.Int(v.AddressID)
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	if v.AllocationID != nil {
		w.Key(`"allocation_id":`)
		w.Int(*v.AllocationID)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.ParentID != nil {
		w.Key(`"parent_id":`)
		w.Int(*v.ParentID)
	}
	if v.VLAN != nil {
		w.Key(`"vlan":`)
		w.Int(*v.VLAN)
	}
	if v.VXLAN != nil {
		w.Key(`"vxlan":`)
		w.Int(*v.VXLAN)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SubnetMetrics) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_range":`)
	w.String(v.AddressRange)
	w.Key(`"capacity":`)
	w.Int(v.Capacity)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ips_in_use":`)
	w.Int(v.IpsInUse)
	w.Key(`"name":`)
	w.String(v.Name)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SubnetPatch) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AddressID != nil {
		w.Key(`"address_id":`)
		w.Int(*v.AddressID)
	}
	if v.AddressRange != nil {
		w.Key(`"address_range":`)
		w.String(*v.AddressRange)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.ParentID != nil {
		w.Key(`"parent_id":`)
		w.Int(*v.ParentID)
	}
	if v.VLAN != nil {
		w.Key(`"vlan":`)
		w.Int(*v.VLAN)
	}
	if v.VXLAN != nil {
		w.Key(`"vxlan":`)
		w.Int(*v.VXLAN)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SubnetSpace) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	if v.AddressID == nil {
		w.Null()
	} else {
		w.Int(*v.AddressID)
	}
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	w.Key(`"id":`)
	if v.ID == nil {
		w.Null()
	} else {
		w.Int(*v.ID)
	}
	w.Key(`"ips_in_use":`)
	w.Int(v.IpsInUse)
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"subnets_in_use":`)
	w.Int(v.SubnetsInUse)
	w.Key(`"virtual_router_id":`)
	if v.VirtualRouterID == nil {
		w.Null()
	} else {
		w.Int(*v.VirtualRouterID)
	}
	w.Key(`"vlan":`)
	if v.VLAN == nil {
		w.Null()
	} else {
		w.Int(*v.VLAN)
	}
	w.Key(`"vxlan":`)
	if v.VXLAN == nil {
		w.Null()
	} else {
		w.Int(*v.VXLAN)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SubnetSpaceMetadata) WriteJSON(w *op.JSON) {
	w.Raw(`{"limit":`)
	w.Int(v.Limit)
	w.Key(`"page":`)
	w.Int(v.Page)
	w.Key(`"total_records":`)
	w.Int(v.TotalRecords)
	w.Key(`"warnings":`)
	if v.Warnings == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Warnings {
			w.Next()
			w.String(v.Warnings[i])
		}
		w.Raw(`]`)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v SubnetUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	w.Int(v.AddressID)
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.ParentID != nil {
		w.Key(`"parent_id":`)
		w.Int(*v.ParentID)
	}
	if v.VLAN != nil {
		w.Key(`"vlan":`)
		w.Int(*v.VLAN)
	}
	if v.VXLAN != nil {
		w.Key(`"vxlan":`)
		w.Int(*v.VXLAN)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v Token) WriteJSON(w *op.JSON) {
	w.Raw(`{"token":`)
	w.String(v.Token)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v User) WriteJSON(w *op.JSON) {
	w.Raw(`{"address":`)
	v.Address.WriteJSON(w)
	w.Key(`"address_id":`)
	w.Int(v.AddressID)
	w.Key(`"administrator":`)
	w.Bool(v.Administrator)
	if v.Department != nil {
		w.Key(`"department":`)
		w.Any(v.Department)
	}
	w.Key(`"email":`)
	w.String(v.Email)
	if v.EmailValidated != nil {
		w.Key(`"email_validated":`)
		w.Bool(*v.EmailValidated)
	}
	w.Key(`"expiry_date":`)
	w.String(v.ExpiryDate)
	if v.ExternalNotifications != nil {
		w.Key(`"external_notifications":`)
		if v.ExternalNotifications == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.ExternalNotifications {
				w.Next()
				if v.ExternalNotifications[i] == nil {
					w.Null()
				} else {
					w.Raw(`{`)
					for _, kk := range op.Sorted(v.ExternalNotifications[i]) {
						w.Name(kk)
						w.Any(v.ExternalNotifications[i][kk])
					}
					w.Raw(`}`)
				}
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"first_name":`)
	w.String(v.FirstName)
	if v.FirstOTP != nil {
		w.Key(`"first_otp":`)
		w.Int(*v.FirstOTP)
	}
	w.Key(`"global_active":`)
	w.Bool(v.GlobalActive)
	w.Key(`"global_user":`)
	w.Bool(v.GlobalUser)
	w.Key(`"id":`)
	w.Int(v.ID)
	if v.Image != nil {
		w.Key(`"image":`)
		w.String(*v.Image)
	}
	if v.InternalNotifications != nil {
		w.Key(`"internal_notifications":`)
		if v.InternalNotifications == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.InternalNotifications {
				w.Next()
				if v.InternalNotifications[i] == nil {
					w.Null()
				} else {
					w.Raw(`{`)
					for _, kk := range op.Sorted(v.InternalNotifications[i]) {
						w.Name(kk)
						w.Any(v.InternalNotifications[i][kk])
					}
					w.Raw(`}`)
				}
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"is_private":`)
	w.Bool(v.IsPrivate)
	if v.JobTitle != nil {
		w.Key(`"job_title":`)
		w.String(*v.JobTitle)
	}
	w.Key(`"language":`)
	w.Any(v.Language)
	if v.LastLogin != nil {
		w.Key(`"last_login":`)
		w.String(*v.LastLogin)
	}
	w.Key(`"member":`)
	v.Member.WriteJSON(w)
	w.Key(`"member_id":`)
	w.Int(v.MemberID)
	if v.OTP != nil {
		w.Key(`"otp":`)
		w.Bool(*v.OTP)
	}
	if v.Phones != nil {
		w.Key(`"phones":`)
		if v.Phones == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Phones {
				w.Next()
				if v.Phones[i] == nil {
					w.Null()
				} else {
					w.Raw(`{`)
					for _, kk := range op.Sorted(v.Phones[i]) {
						w.Name(kk)
						w.Any(v.Phones[i][kk])
					}
					w.Raw(`}`)
				}
			}
			w.Raw(`]`)
		}
	}
	if v.Profile != nil {
		w.Key(`"profile":`)
		w.Any(v.Profile)
	}
	w.Key(`"robot":`)
	w.Bool(v.Robot)
	if v.Signature != nil {
		w.Key(`"signature":`)
		w.String(*v.Signature)
	}
	if v.StartDate != nil {
		w.Key(`"start_date":`)
		w.String(*v.StartDate)
	}
	w.Key(`"surname":`)
	w.String(v.Surname)
	if v.Timezone != nil {
		w.Key(`"timezone":`)
		w.String(*v.Timezone)
	}
	if v.URI != nil {
		w.Key(`"uri":`)
		w.String(*v.URI)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VM) WriteJSON(w *op.JSON) {
	w.Raw(`{"available_devices":`)
	if v.AvailableDevices == nil {
		w.Null()
	} else {
		w.Int(*v.AvailableDevices)
	}
	w.Key(`"cpu":`)
	w.Int(v.CPU)
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"dns":`)
	w.String(v.DNS)
	if v.Emails != nil {
		w.Key(`"emails":`)
		if v.Emails == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Emails {
				w.Next()
				w.String(v.Emails[i])
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"gateway_subnet":`)
	if v.GatewaySubnet == nil {
		w.Null()
	} else {
		v.GatewaySubnet.WriteJSON(w)
	}
	w.Key(`"gpu":`)
	w.Int(v.GPU)
	w.Key(`"guid":`)
	w.String(v.GUID)
	w.Key(`"history":`)
	if v.History == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.History {
			w.Next()
			v.History[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"image":`)
	v.Image.WriteJSON(w)
	w.Key(`"image_id":`)
	w.Int(v.ImageID)
	w.Key(`"ip_addresses":`)
	if v.IPAddresses == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.IPAddresses {
			w.Next()
			v.IPAddresses[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"project":`)
	v.Project.WriteJSON(w)
	w.Key(`"public_key":`)
	if v.PublicKey == nil {
		w.Null()
	} else {
		w.String(*v.PublicKey)
	}
	w.Key(`"ram":`)
	w.Int(v.RAM)
	w.Key(`"server_id":`)
	w.Int(v.ServerID)
	w.Key(`"stable":`)
	w.Bool(v.Stable)
	w.Key(`"state":`)
	w.Int(v.State)
	w.Key(`"storage_type":`)
	if v.StorageType == nil {
		w.Null()
	} else {
		w.String(*v.StorageType)
	}
	w.Key(`"storages":`)
	if v.Storages == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Storages {
			w.Next()
			v.Storages[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"userdata":`)
	w.String(v.Userdata)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VMCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{"cpu":`)
	w.Int(v.CPU)
	w.Key(`"dns":`)
	w.String(v.DNS)
	w.Key(`"gateway_subnet":`)
	w.String(v.GatewaySubnet)
	w.Key(`"image_id":`)
	w.Int(v.ImageID)
	w.Key(`"ip_addresses":`)
	if v.IPAddresses == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.IPAddresses {
			w.Next()
			v.IPAddresses[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"project_id":`)
	w.Int(v.ProjectID)
	if v.PublicKey != nil {
		w.Key(`"public_key":`)
		w.String(*v.PublicKey)
	}
	w.Key(`"ram":`)
	w.Int(v.RAM)
	w.Key(`"storage_type_id":`)
	w.Int(v.StorageTypeID)
	w.Key(`"storages":`)
	if v.Storages == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Storages {
			w.Next()
			v.Storages[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	if v.Userdata != nil {
		w.Key(`"userdata":`)
		w.String(*v.Userdata)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VMHistory) WriteJSON(w *op.JSON) {
	w.Raw(`{"cpu_quantity":`)
	if v.CPUQuantity == nil {
		w.Null()
	} else {
		w.Int(*v.CPUQuantity)
	}
	w.Key(`"cpu_sku":`)
	if v.CPUSKU == nil {
		w.Null()
	} else {
		w.String(*v.CPUSKU)
	}
	w.Key(`"created":`)
	w.String(v.Created)
	w.Key(`"customer_address":`)
	w.Int(v.CustomerAddress)
	w.Key(`"gpu_quantity":`)
	if v.GPUQuantity == nil {
		w.Null()
	} else {
		w.Int(*v.GPUQuantity)
	}
	w.Key(`"gpu_sku":`)
	if v.GPUSKU == nil {
		w.Null()
	} else {
		w.String(*v.GPUSKU)
	}
	w.Key(`"image_quantity":`)
	if v.ImageQuantity == nil {
		w.Null()
	} else {
		w.Int(*v.ImageQuantity)
	}
	w.Key(`"image_sku":`)
	if v.ImageSKU == nil {
		w.Null()
	} else {
		w.String(*v.ImageSKU)
	}
	w.Key(`"modified_by":`)
	w.Int(v.ModifiedBy)
	w.Key(`"nat_quantity":`)
	if v.NATQuantity == nil {
		w.Null()
	} else {
		w.Int(*v.NATQuantity)
	}
	w.Key(`"nat_sku":`)
	if v.NATSKU == nil {
		w.Null()
	} else {
		w.String(*v.NATSKU)
	}
	w.Key(`"project_id":`)
	w.Int(v.ProjectID)
	w.Key(`"project_vm_name":`)
	w.String(v.ProjectVMName)
	w.Key(`"ram_quantity":`)
	if v.RAMQuantity == nil {
		w.Null()
	} else {
		w.Int(*v.RAMQuantity)
	}
	w.Key(`"ram_sku":`)
	if v.RAMSKU == nil {
		w.Null()
	} else {
		w.String(*v.RAMSKU)
	}
	w.Key(`"state":`)
	if v.State == nil {
		w.Null()
	} else {
		w.Int(*v.State)
	}
	w.Key(`"storage_histories":`)
	if v.StorageHistories == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.StorageHistories {
			w.Next()
			v.StorageHistories[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"storages":`)
	if v.Storages == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Storages {
			w.Next()
			v.Storages[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"vm_id":`)
	w.Int(v.VMID)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VMIPAddressRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{"address":`)
	w.String(v.Address)
	if v.ID != nil {
		w.Key(`"id":`)
		w.Int(*v.ID)
	}
	if v.NAT != nil {
		w.Key(`"nat":`)
		w.Bool(*v.NAT)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VMMetrics) WriteJSON(w *op.JSON) {
	w.Raw(`{"count":`)
	w.Int(v.Count)
	w.Key(`"server_id":`)
	w.Int(v.ServerID)
	w.Key(`"state":`)
	w.Int(v.State)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VMUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.CPU != nil {
		w.Key(`"cpu":`)
		w.Int(*v.CPU)
	}
	if v.GPU != nil {
		w.Key(`"gpu":`)
		w.Int(*v.GPU)
	}
	if v.IPAddresses != nil {
		w.Key(`"ip_addresses":`)
		if v.IPAddresses == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.IPAddresses {
				w.Next()
				v.IPAddresses[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.RAM != nil {
		w.Key(`"ram":`)
		w.Int(*v.RAM)
	}
	if v.State != nil {
		w.Key(`"state":`)
		w.Int(*v.State)
	}
	if v.Storages != nil {
		w.Key(`"storages":`)
		if v.Storages == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Storages {
				w.Next()
				if v.Storages[i] == nil {
					w.Null()
				} else {
					w.Raw(`{`)
					for _, kk := range op.Sorted(v.Storages[i]) {
						w.Name(kk)
						w.Any(v.Storages[i][kk])
					}
					w.Raw(`}`)
				}
			}
			w.Raw(`]`)
		}
	}
	if v.Userdata != nil {
		w.Key(`"userdata":`)
		w.String(*v.Userdata)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPN) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"description":`)
	if v.Description == nil {
		w.Null()
	} else {
		w.String(*v.Description)
	}
	w.Key(`"dns":`)
	if v.DNS == nil {
		w.Null()
	} else {
		w.String(*v.DNS)
	}
	if v.Emails != nil {
		w.Key(`"emails":`)
		if v.Emails == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Emails {
				w.Next()
				w.String(v.Emails[i])
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ike_authentication":`)
	w.String(v.IKEAuthentication)
	w.Key(`"ike_dh_groups":`)
	w.String(v.IKEDhGroups)
	w.Key(`"ike_encryption":`)
	w.String(v.IKEEncryption)
	w.Key(`"ike_gateway_type":`)
	w.String(v.IKEGatewayType)
	w.Key(`"ike_gateway_value":`)
	w.String(v.IKEGatewayValue)
	w.Key(`"ike_lifetime":`)
	w.Int(v.IKELifetime)
	w.Key(`"ike_local_identifier":`)
	if v.IKELocalIdentifier == nil {
		w.Null()
	} else {
		w.String(*v.IKELocalIdentifier)
	}
	if v.IKEMode != nil {
		w.Key(`"ike_mode":`)
		w.String(*v.IKEMode)
	}
	w.Key(`"ike_pre_shared_key":`)
	w.String(v.IKEPreSharedKey)
	w.Key(`"ike_remote_identifier":`)
	if v.IKERemoteIdentifier == nil {
		w.Null()
	} else {
		w.String(*v.IKERemoteIdentifier)
	}
	w.Key(`"ike_version":`)
	w.String(v.IKEVersion)
	w.Key(`"ipsec_authentication":`)
	w.String(v.IpsecAuthentication)
	w.Key(`"ipsec_encryption":`)
	w.String(v.IpsecEncryption)
	w.Key(`"ipsec_establish_time":`)
	w.String(v.IpsecEstablishTime)
	w.Key(`"ipsec_lifetime":`)
	w.Int(v.IpsecLifetime)
	w.Key(`"ipsec_pfs_groups":`)
	if v.IpsecPfsGroups == nil {
		w.Null()
	} else {
		w.String(*v.IpsecPfsGroups)
	}
	w.Key(`"routes":`)
	if v.Routes == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Routes {
			w.Next()
			v.Routes[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"send_email":`)
	w.Bool(v.SendEmail)
	w.Key(`"stif_number":`)
	w.Int(v.STIFNumber)
	w.Key(`"traffic_selector":`)
	w.Bool(v.TrafficSelector)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Key(`"virtual_router_id":`)
	w.Int(v.VirtualRouterID)
	w.Key(`"vpn_clients":`)
	if v.VPNClients == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.VPNClients {
			w.Next()
			v.VPNClients[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"vpn_type":`)
	w.String(v.VPNType)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPNClient) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"password":`)
	w.String(v.Password)
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"username":`)
	w.String(v.Username)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPNClientRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.ID != nil {
		w.Key(`"id":`)
		w.Int(*v.ID)
	}
	w.Key(`"password":`)
	w.String(v.Password)
	w.Key(`"username":`)
	w.String(v.Username)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPNCreate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.DNS != nil {
		w.Key(`"dns":`)
		w.String(*v.DNS)
	}
	if v.IKEAuthentication != nil {
		w.Key(`"ike_authentication":`)
		w.String(*v.IKEAuthentication)
	}
	if v.IKEDhGroups != nil {
		w.Key(`"ike_dh_groups":`)
		w.String(*v.IKEDhGroups)
	}
	if v.IKEEncryption != nil {
		w.Key(`"ike_encryption":`)
		w.String(*v.IKEEncryption)
	}
	if v.IKEGatewayType != nil {
		w.Key(`"ike_gateway_type":`)
		w.String(*v.IKEGatewayType)
	}
	if v.IKEGatewayValue != nil {
		w.Key(`"ike_gateway_value":`)
		w.String(*v.IKEGatewayValue)
	}
	if v.IKELifetime != nil {
		w.Key(`"ike_lifetime":`)
		w.Int(*v.IKELifetime)
	}
	if v.IKEMode != nil {
		w.Key(`"ike_mode":`)
		w.String(*v.IKEMode)
	}
	if v.IKEPreSharedKey != nil {
		w.Key(`"ike_pre_shared_key":`)
		w.String(*v.IKEPreSharedKey)
	}
	if v.IKEVersion != nil {
		w.Key(`"ike_version":`)
		w.String(*v.IKEVersion)
	}
	if v.IpsecAuthentication != nil {
		w.Key(`"ipsec_authentication":`)
		w.String(*v.IpsecAuthentication)
	}
	if v.IpsecEncryption != nil {
		w.Key(`"ipsec_encryption":`)
		w.String(*v.IpsecEncryption)
	}
	if v.IpsecEstablishTime != nil {
		w.Key(`"ipsec_establish_time":`)
		w.String(*v.IpsecEstablishTime)
	}
	if v.IpsecLifetime != nil {
		w.Key(`"ipsec_lifetime":`)
		w.Int(*v.IpsecLifetime)
	}
	if v.IpsecPfsGroups != nil {
		w.Key(`"ipsec_pfs_groups":`)
		w.String(*v.IpsecPfsGroups)
	}
	if v.Routes != nil {
		w.Key(`"routes":`)
		if v.Routes == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Routes {
				w.Next()
				v.Routes[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	if v.TrafficSelector != nil {
		w.Key(`"traffic_selector":`)
		w.Bool(*v.TrafficSelector)
	}
	w.Key(`"virtual_router_id":`)
	w.Int(v.VirtualRouterID)
	if v.VPNClients != nil {
		w.Key(`"vpn_clients":`)
		if v.VPNClients == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.VPNClients {
				w.Next()
				v.VPNClients[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Key(`"vpn_type":`)
	w.String(v.VPNType)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPNHistory) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"customer_address":`)
	w.Int(v.CustomerAddress)
	w.Key(`"modified_by":`)
	w.Int(v.ModifiedBy)
	w.Key(`"project_name":`)
	w.String(v.ProjectName)
	w.Key(`"vpn_id":`)
	w.Int(v.VPNID)
	w.Key(`"vpn_quantity":`)
	if v.VPNQuantity == nil {
		w.Null()
	} else {
		w.Int(*v.VPNQuantity)
	}
	w.Key(`"vpn_sku":`)
	if v.VPNSKU == nil {
		w.Null()
	} else {
		w.String(*v.VPNSKU)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPNStatus) WriteJSON(w *op.JSON) {
	w.Raw(`{"ike":`)
	w.Bool(v.IKE)
	w.Key(`"ike_info":`)
	w.String(v.IKEInfo)
	w.Key(`"ipsec":`)
	w.Bool(v.Ipsec)
	w.Key(`"ipsec_info":`)
	w.String(v.IpsecInfo)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VPNUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.Description != nil {
		w.Key(`"description":`)
		w.String(*v.Description)
	}
	if v.DNS != nil {
		w.Key(`"dns":`)
		w.String(*v.DNS)
	}
	if v.IKEAuthentication != nil {
		w.Key(`"ike_authentication":`)
		w.String(*v.IKEAuthentication)
	}
	if v.IKEDhGroups != nil {
		w.Key(`"ike_dh_groups":`)
		w.String(*v.IKEDhGroups)
	}
	if v.IKEEncryption != nil {
		w.Key(`"ike_encryption":`)
		w.String(*v.IKEEncryption)
	}
	if v.IKEGatewayType != nil {
		w.Key(`"ike_gateway_type":`)
		w.String(*v.IKEGatewayType)
	}
	if v.IKEGatewayValue != nil {
		w.Key(`"ike_gateway_value":`)
		w.String(*v.IKEGatewayValue)
	}
	if v.IKELifetime != nil {
		w.Key(`"ike_lifetime":`)
		w.Int(*v.IKELifetime)
	}
	if v.IKEMode != nil {
		w.Key(`"ike_mode":`)
		w.String(*v.IKEMode)
	}
	if v.IKEPreSharedKey != nil {
		w.Key(`"ike_pre_shared_key":`)
		w.String(*v.IKEPreSharedKey)
	}
	if v.IKERemoteIdentifier != nil {
		w.Key(`"ike_remote_identifier":`)
		w.String(*v.IKERemoteIdentifier)
	}
	if v.IKEVersion != nil {
		w.Key(`"ike_version":`)
		w.String(*v.IKEVersion)
	}
	if v.IpsecAuthentication != nil {
		w.Key(`"ipsec_authentication":`)
		w.String(*v.IpsecAuthentication)
	}
	if v.IpsecEncryption != nil {
		w.Key(`"ipsec_encryption":`)
		w.String(*v.IpsecEncryption)
	}
	if v.IpsecEstablishTime != nil {
		w.Key(`"ipsec_establish_time":`)
		w.String(*v.IpsecEstablishTime)
	}
	if v.IpsecLifetime != nil {
		w.Key(`"ipsec_lifetime":`)
		w.Int(*v.IpsecLifetime)
	}
	if v.IpsecPfsGroups != nil {
		w.Key(`"ipsec_pfs_groups":`)
		w.String(*v.IpsecPfsGroups)
	}
	if v.Routes != nil {
		w.Key(`"routes":`)
		if v.Routes == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Routes {
				w.Next()
				v.Routes[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	if v.SendEmail != nil {
		w.Key(`"send_email":`)
		w.Bool(*v.SendEmail)
	}
	if v.TrafficSelector != nil {
		w.Key(`"traffic_selector":`)
		w.Bool(*v.TrafficSelector)
	}
	if v.VPNClients != nil {
		w.Key(`"vpn_clients":`)
		if v.VPNClients == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.VPNClients {
				w.Next()
				v.VPNClients[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VirtualRouter) WriteJSON(w *op.JSON) {
	w.Raw(`{"created":`)
	w.String(v.Created)
	w.Key(`"firewall_rules":`)
	if v.FirewallRules == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.FirewallRules {
			w.Next()
			v.FirewallRules[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"ip_address":`)
	v.IPAddress.WriteJSON(w)
	w.Key(`"project":`)
	v.Project.WriteJSON(w)
	w.Key(`"router_id":`)
	w.Int(v.RouterID)
	w.Key(`"state":`)
	w.Int(v.State)
	w.Key(`"subnets":`)
	if v.Subnets == nil {
		w.Null()
	} else {
		w.Raw(`[`)
		for i := range v.Subnets {
			w.Next()
			v.Subnets[i].WriteJSON(w)
		}
		w.Raw(`]`)
	}
	w.Key(`"updated":`)
	w.String(v.Updated)
	w.Key(`"uri":`)
	w.String(v.URI)
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VirtualRouterSubnet) WriteJSON(w *op.JSON) {
	w.Raw(`{"address_id":`)
	if v.AddressID == nil {
		w.Null()
	} else {
		w.Int(*v.AddressID)
	}
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	w.Key(`"id":`)
	w.Int(v.ID)
	w.Key(`"modified_by":`)
	if v.ModifiedBy == nil {
		w.Null()
	} else {
		w.Int(*v.ModifiedBy)
	}
	w.Key(`"name":`)
	w.String(v.Name)
	w.Key(`"vlan":`)
	if v.VLAN == nil {
		w.Null()
	} else {
		w.Int(*v.VLAN)
	}
	w.Key(`"vxlan":`)
	if v.VXLAN == nil {
		w.Null()
	} else {
		w.Int(*v.VXLAN)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VirtualRouterSubnetRequest) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.AddressID != nil {
		w.Key(`"address_id":`)
		w.Int(*v.AddressID)
	}
	w.Key(`"address_range":`)
	w.String(v.AddressRange)
	if v.ID != nil {
		w.Key(`"id":`)
		w.Int(*v.ID)
	}
	if v.Name != nil {
		w.Key(`"name":`)
		w.String(*v.Name)
	}
	if v.VLAN != nil {
		w.Key(`"vlan":`)
		w.Int(*v.VLAN)
	}
	if v.VXLAN != nil {
		w.Key(`"vxlan":`)
		w.Int(*v.VXLAN)
	}
	w.Raw(`}`)
}

// WriteJSON writes a value as encoding/json would.
func (v VirtualRouterUpdate) WriteJSON(w *op.JSON) {
	w.Raw(`{`)
	if v.State != nil {
		w.Key(`"state":`)
		w.Int(*v.State)
	}
	if v.Subnets != nil {
		w.Key(`"subnets":`)
		if v.Subnets == nil {
			w.Null()
		} else {
			w.Raw(`[`)
			for i := range v.Subnets {
				w.Next()
				v.Subnets[i].WriteJSON(w)
			}
			w.Raw(`]`)
		}
	}
	w.Raw(`}`)
}

// Code generated from api/cloudcix.openapi.yaml by tools/gen. DO NOT EDIT.

package cloudcix

// ASN defines model for ASN.
type ASN struct {
	AllocationsInUse int64 `json:"allocations_in_use"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created  string `json:"created"`
	ID       int64  `json:"id"`
	MemberID *int64 `json:"member_id"`
	Number   int64  `json:"number"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// ASNPatch As ASNRequest with nothing required; PATCH validates only the keys present.
type ASNPatch struct {
	MemberID *int64 `json:"member_id,omitempty"`
	Number   *int64 `json:"number,omitempty"`
}

// ASNRequest member_id defaults to the caller's member.
type ASNRequest struct {
	MemberID *int64 `json:"member_id,omitempty"`
	Number   int64  `json:"number"`
}

// Address The IaaS side needs id, name, full_address, cloud_region, member.self_managed and member_id.
type Address struct {
	Address1         *string                  `json:"address1,omitempty"`
	Address2         *string                  `json:"address2,omitempty"`
	Address3         *string                  `json:"address3,omitempty"`
	BillingAddressID *int64                   `json:"billing_address_id,omitempty"`
	City             *string                  `json:"city,omitempty"`
	CloudRegion      bool                     `json:"cloud_region"`
	Country          interface{}              `json:"country,omitempty"`
	Currency         interface{}              `json:"currency,omitempty"`
	Email            *string                  `json:"email,omitempty"`
	FullAddress      string                   `json:"full_address"`
	Gln              *string                  `json:"gln,omitempty"`
	ID               int64                    `json:"id"`
	Language         interface{}              `json:"language,omitempty"`
	Link             *AddressLink             `json:"link,omitempty"`
	Linked           *bool                    `json:"linked,omitempty"`
	Member           Member                   `json:"member"`
	MemberID         int64                    `json:"member_id"`
	Name             string                   `json:"name"`
	Phones           []map[string]interface{} `json:"phones,omitzero"`
	Postcode         *string                  `json:"postcode,omitempty"`
	Subdivision      interface{}              `json:"subdivision,omitempty"`
	URI              *string                  `json:"uri,omitempty"`
	VATNumber        *string                  `json:"vat_number,omitempty"`
	Website          *string                  `json:"website,omitempty"`
}

// AddressLink defines model for AddressLink.
type AddressLink struct {
	AddressID        int64       `json:"address_id"`
	Client           *bool       `json:"client,omitempty"`
	CloudBuilder     *bool       `json:"cloud_builder,omitempty"`
	CloudCustomer    bool        `json:"cloud_customer"`
	CloudDistributor *bool       `json:"cloud_distributor,omitempty"`
	CloudSeller      *bool       `json:"cloud_seller,omitempty"`
	ContraAddressID  int64       `json:"contra_address_id"`
	Customer         *bool       `json:"customer,omitempty"`
	Reference        *string     `json:"reference,omitempty"`
	ServiceCentre    *bool       `json:"service_centre,omitempty"`
	Supplier         *bool       `json:"supplier,omitempty"`
	Territory        interface{} `json:"territory,omitempty"`
	URI              *string     `json:"uri,omitempty"`
	Warrantor        *bool       `json:"warrantor,omitempty"`
}

// AddressRangeDetails defines model for AddressRangeDetails.
type AddressRangeDetails struct {
	BroadcastAddress string `json:"broadcast_address"`

	// CIDR CIDR text
	CIDR string `json:"cidr"`

	// HostmaskAddress IPv4 or IPv6 address
	HostmaskAddress string `json:"hostmask_address"`
	Ipv4            bool   `json:"ipv4"`
	Ipv6            bool   `json:"ipv6"`

	// NetmaskAddress IPv4 or IPv6 address
	NetmaskAddress string `json:"netmask_address"`

	// NetworkAddress IPv4 or IPv6 address
	NetworkAddress string  `json:"network_address"`
	PresentUse     *string `json:"present_use,omitempty"`
	Reference      *string `json:"reference,omitempty"`
}

// Allocation defines model for Allocation.
type Allocation struct {
	AddressID *int64 `json:"address_id"`

	// AddressRange CIDR text
	AddressRange string `json:"address_range"`
	ASN          ASN    `json:"asn"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created      string `json:"created"`
	ID           int64  `json:"id"`
	ModifiedBy   *int64 `json:"modified_by"`
	Name         string `json:"name"`
	SubnetsInUse int64  `json:"subnets_in_use"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// AllocationPatch As AllocationRequest with nothing required; PATCH validates only the keys present.
type AllocationPatch struct {
	AddressID *int64 `json:"address_id,omitempty"`

	// AddressRange CIDR text
	AddressRange *string `json:"address_range,omitempty"`
	ASNID        *int64  `json:"asn_id,omitempty"`
	Name         *string `json:"name,omitempty"`
}

// AllocationRequest address_id defaults to the caller's address.
type AllocationRequest struct {
	AddressID *int64 `json:"address_id,omitempty"`

	// AddressRange CIDR text
	AddressRange string `json:"address_range"`
	ASNID        int64  `json:"asn_id"`
	Name         string `json:"name"`
}

// AppSettings defines model for AppSettings.
type AppSettings struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created         string  `json:"created"`
	ID              int64   `json:"id"`
	IPMICredentials *string `json:"ipmi_credentials"`

	// IPMIHost IPv4 or IPv6 address
	IPMIHost     *string `json:"ipmi_host"`
	IPMIUsername *string `json:"ipmi_username"`
	Rage4APIKey  *string `json:"rage4_api_key"`
	Rage4Email   *string `json:"rage4_email"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// AppSettingsRequest defines model for AppSettingsRequest.
type AppSettingsRequest struct {
	IPMICredentials *string `json:"ipmi_credentials,omitempty"`

	// IPMIHost IPv4 or IPv6 address
	IPMIHost     *string `json:"ipmi_host,omitempty"`
	IPMIUsername *string `json:"ipmi_username,omitempty"`
	Rage4APIKey  *string `json:"rage4_api_key,omitempty"`
	Rage4Email   *string `json:"rage4_email,omitempty"`
}

// BOMLine defines model for BOMLine.
type BOMLine struct {
	Quantity int64  `json:"quantity"`
	SKU      string `json:"sku"`
}

// Backup defines model for Backup.
type Backup struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created    string          `json:"created"`
	Emails     []string        `json:"emails,omitzero"`
	History    []BackupHistory `json:"history"`
	ID         int64           `json:"id"`
	Name       *string         `json:"name"`
	Repository int64           `json:"repository"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State State `json:"state"`

	// TimeValid ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	TimeValid *string `json:"time_valid"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
	VM      VM     `json:"vm"`
}

// BackupCreate repository 1 = primary, 2 = secondary
type BackupCreate struct {
	Name       string `json:"name"`
	Repository int64  `json:"repository"`
	VMID       int64  `json:"vm_id"`
}

// BackupHistory defines model for BackupHistory.
type BackupHistory struct {
	BackupID int64 `json:"backup_id"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created         string `json:"created"`
	CustomerAddress int64  `json:"customer_address"`
	ModifiedBy      int64  `json:"modified_by"`
	ProjectID       int64  `json:"project_id"`
	State           *int64 `json:"state"`
	VMID            int64  `json:"vm_id"`
}

// BackupUpdate time_valid by the robot only
type BackupUpdate struct {
	Name *string `json:"name,omitempty"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State     *State  `json:"state,omitempty"`
	TimeValid *string `json:"time_valid,omitempty"`
}

// BaseVM emails is only present on a single read.
type BaseVM struct {
	AvailableDevices *int64 `json:"available_devices"`
	CPU              int64  `json:"cpu"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created   string   `json:"created"`
	DNS       string   `json:"dns"`
	Emails    []string `json:"emails,omitzero"`
	GPU       int64    `json:"gpu"`
	GUID      string   `json:"guid"`
	ID        int64    `json:"id"`
	ImageID   int64    `json:"image_id"`
	Name      string   `json:"name"`
	PublicKey *string  `json:"public_key"`
	RAM       int64    `json:"ram"`
	ServerID  int64    `json:"server_id"`
	Stable    bool     `json:"stable"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State State `json:"state"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated  string `json:"updated"`
	URI      string `json:"uri"`
	Userdata string `json:"userdata"`
}

// BaseVPN ike_mode only on servers before 1.0.12. emails only on a read while send_email is true.
type BaseVPN struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created     string  `json:"created"`
	Description *string `json:"description"`

	// DNS IPv4 or IPv6 address
	DNS                 *string  `json:"dns"`
	Emails              []string `json:"emails,omitzero"`
	ID                  int64    `json:"id"`
	IKEAuthentication   string   `json:"ike_authentication"`
	IKEDhGroups         string   `json:"ike_dh_groups"`
	IKEEncryption       string   `json:"ike_encryption"`
	IKEGatewayType      string   `json:"ike_gateway_type"`
	IKEGatewayValue     string   `json:"ike_gateway_value"`
	IKELifetime         int64    `json:"ike_lifetime"`
	IKELocalIdentifier  *string  `json:"ike_local_identifier"`
	IKEMode             *string  `json:"ike_mode,omitempty"`
	IKEPreSharedKey     string   `json:"ike_pre_shared_key"`
	IKERemoteIdentifier *string  `json:"ike_remote_identifier"`
	IKEVersion          string   `json:"ike_version"`
	IpsecAuthentication string   `json:"ipsec_authentication"`
	IpsecEncryption     string   `json:"ipsec_encryption"`
	IpsecEstablishTime  string   `json:"ipsec_establish_time"`
	IpsecLifetime       int64    `json:"ipsec_lifetime"`
	IpsecPfsGroups      *string  `json:"ipsec_pfs_groups"`
	SendEmail           bool     `json:"send_email"`
	STIFNumber          int64    `json:"stif_number"`
	TrafficSelector     bool     `json:"traffic_selector"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated         string `json:"updated"`
	URI             string `json:"uri"`
	VirtualRouterID int64  `json:"virtual_router_id"`
	VPNType         string `json:"vpn_type"`
}

// BaseVirtualRouter defines model for BaseVirtualRouter.
type BaseVirtualRouter struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created  string `json:"created"`
	ID       int64  `json:"id"`
	RouterID int64  `json:"router_id"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State   State                 `json:"state"`
	Subnets []VirtualRouterSubnet `json:"subnets"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// CIXListEntry defines model for CIXListEntry.
type CIXListEntry struct {
	// CIDR CIDR text
	CIDR    string `json:"cidr"`
	Comment string `json:"comment"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created    string `json:"created"`
	ModifiedBy int64  `json:"modified_by"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// CIXListRequest defines model for CIXListRequest.
type CIXListRequest struct {
	// CIDR CIDR text
	CIDR    string  `json:"cidr"`
	Comment *string `json:"comment,omitempty"`
}

// Capacity server type name to storage type name to list of largest VMs
type Capacity map[string]map[string][]CapacityVM

// CapacityVM defines model for CapacityVM.
type CapacityVM struct {
	CPU     int64 `json:"cpu"`
	RAM     int64 `json:"ram"`
	Storage int64 `json:"storage"`
}

// CephCreate CEPH_001 is the size in GB
type CephCreate struct {
	CEPH001   int64  `json:"CEPH_001"`
	Name      string `json:"name"`
	ProjectID int64  `json:"project_id"`
}

// CephUpdate defines model for CephUpdate.
type CephUpdate struct {
	CEPH001 *int64  `json:"CEPH_001,omitempty"`
	Name    *string `json:"name,omitempty"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State *State `json:"state,omitempty"`
}

// Cloud vpns is sent by servers before 1.3.0 and expected by existing validation clients; sending it is compatible with newer clients.
type Cloud struct {
	Project       Project       `json:"project"`
	VirtualRouter VirtualRouter `json:"virtual_router"`
	Vms           []VM          `json:"vms"`
	Vpns          []VPN         `json:"vpns,omitzero"`
}

// CloudBill defines model for CloudBill.
type CloudBill struct {
	ResellerID *int64 `json:"reseller_id"`

	// Skus product label to SKU to unit-hours
	Skus map[string]map[string]int64 `json:"skus"`
}

// CloudBillList keyed by address id
type CloudBillList map[string]struct {
	// Data keyed by project id
	Data map[string]CloudBillProjectEntry `json:"data"`
	Name string                           `json:"name"`
}

// CloudBillProjectEntry defines model for CloudBillProjectEntry.
type CloudBillProjectEntry struct {
	// Data keyed by product label
	Data       map[string]CloudBillProjectEntryData `json:"data"`
	Name       string                               `json:"name"`
	RegionID   int64                                `json:"region_id"`
	ResellerID *int64                               `json:"reseller_id"`
}

// CloudBillProjectEntryData defines model for CloudBillProjectEntry.Data.
type CloudBillProjectEntryData struct {
	// Created date and time separated by a space
	Created string           `json:"created"`
	Skus    map[string]int64 `json:"skus"`
	State   int64            `json:"state"`
}

// CloudCreate defines model for CloudCreate.
type CloudCreate struct {
	FirewallRules []FirewallRuleRequest `json:"firewall_rules,omitzero"`

	// Project grace_period in hours, default 168
	Project ProjectCreate                `json:"project"`
	Subnets []VirtualRouterSubnetRequest `json:"subnets"`
	Vms     []CloudVMCreate              `json:"vms"`
	Vpns    []CloudVPN                   `json:"vpns,omitzero"`
}

// CloudUpdate vms items with id are VMUpdate (state is overwritten with the current one), without id CloudVMCreate. firewall_rules replaces the whole rule set. vpns, where supported, replaces the whole VPN set.
type CloudUpdate struct {
	FirewallRules []FirewallRuleRequest `json:"firewall_rules,omitzero"`

	// Project state 8 shuts the whole project down, 4 restores it. name is required on PUT.
	Project ProjectUpdate                `json:"project"`
	Subnets []VirtualRouterSubnetRequest `json:"subnets"`
	Vms     []map[string]interface{}     `json:"vms"`
	Vpns    []CloudVPN                   `json:"vpns,omitzero"`
}

// CloudVMCreate VMCreate without project_id
type CloudVMCreate struct {
	CPU int64  `json:"cpu"`
	DNS string `json:"dns"`

	// GatewaySubnet CIDR text
	GatewaySubnet string               `json:"gateway_subnet"`
	ImageID       int64                `json:"image_id"`
	IPAddresses   []VMIPAddressRequest `json:"ip_addresses"`
	Name          string               `json:"name"`
	PublicKey     *string              `json:"public_key,omitempty"`
	RAM           int64                `json:"ram"`
	StorageTypeID int64                `json:"storage_type_id"`
	Storages      []StorageCreate      `json:"storages"`
	Userdata      *string              `json:"userdata,omitempty"`
}

// CloudVPN defines model for CloudVPN.
type CloudVPN struct {
	Description *string `json:"description,omitempty"`

	// DNS IPv4 or IPv6 address
	DNS                 *string            `json:"dns,omitempty"`
	ID                  *int64             `json:"id,omitempty"`
	IKEAuthentication   *string            `json:"ike_authentication,omitempty"`
	IKEDhGroups         *string            `json:"ike_dh_groups,omitempty"`
	IKEEncryption       *string            `json:"ike_encryption,omitempty"`
	IKEGatewayType      *string            `json:"ike_gateway_type,omitempty"`
	IKEGatewayValue     *string            `json:"ike_gateway_value,omitempty"`
	IKELifetime         *int64             `json:"ike_lifetime,omitempty"`
	IKEMode             *string            `json:"ike_mode,omitempty"`
	IKEPreSharedKey     *string            `json:"ike_pre_shared_key,omitempty"`
	IKEVersion          *string            `json:"ike_version,omitempty"`
	IpsecAuthentication *string            `json:"ipsec_authentication,omitempty"`
	IpsecEncryption     *string            `json:"ipsec_encryption,omitempty"`
	IpsecEstablishTime  *string            `json:"ipsec_establish_time,omitempty"`
	IpsecLifetime       *int64             `json:"ipsec_lifetime,omitempty"`
	IpsecPfsGroups      *string            `json:"ipsec_pfs_groups,omitempty"`
	Routes              []RouteRequest     `json:"routes,omitzero"`
	TrafficSelector     *bool              `json:"traffic_selector,omitempty"`
	VPNClients          []VPNClientRequest `json:"vpn_clients,omitzero"`
	VPNType             *string            `json:"vpn_type,omitempty"`
}

// Detail Error without a code (framework level).
type Detail struct {
	Detail string `json:"detail"`
}

// Device defines model for Device.
type Device struct {
	DeviceType   DeviceType `json:"device_type"`
	DeviceTypeID int64      `json:"device_type_id"`
	ID           int64      `json:"id"`
	IDOnHost     string     `json:"id_on_host"`

	// Server vcpus is cores times 8. hostname is "ip / name", ip, name or empty, from the interfaces.
	Server   Server `json:"server"`
	ServerID int64  `json:"server_id"`
	VMID     *int64 `json:"vm_id"`
}

// DeviceCreate defines model for DeviceCreate.
type DeviceCreate struct {
	DeviceTypeID int64  `json:"device_type_id"`
	IDOnHost     string `json:"id_on_host"`
	ServerID     int64  `json:"server_id"`
}

// DeviceType defines model for DeviceType.
type DeviceType struct {
	Description string `json:"description"`
	ID          int64  `json:"id"`
	SKU         string `json:"sku"`
}

// DeviceUpdate defines model for DeviceUpdate.
type DeviceUpdate struct {
	DeviceTypeID *int64  `json:"device_type_id,omitempty"`
	IDOnHost     *string `json:"id_on_host,omitempty"`
	ServerID     *int64  `json:"server_id,omitempty"`
	VMID         *int64  `json:"vm_id,omitempty"`
}

// Domain defines model for Domain.
type Domain struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created    string `json:"created"`
	ID         int64  `json:"id"`
	MemberID   int64  `json:"member_id"`
	ModifiedBy *int64 `json:"modified_by"`
	Name       string `json:"name"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// DomainPatch As DomainRequest with nothing required; PATCH validates only the keys present.
type DomainPatch struct {
	Name *string `json:"name,omitempty"`
}

// DomainRequest defines model for DomainRequest.
type DomainRequest struct {
	Name string `json:"name"`
}

// DriverLists scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
type DriverLists struct {
	Build          []int64 `json:"build"`
	Quiesce        []int64 `json:"quiesce"`
	QuiescedUpdate []int64 `json:"quiesced_update"`
	Restart        []int64 `json:"restart"`
	RunningUpdate  []int64 `json:"running_update"`
	Scrub          []int64 `json:"scrub"`
	Scrubprep      []int64 `json:"scrubprep,omitzero"`
	Updatequiesced []int64 `json:"updatequiesced,omitzero"`
	Updaterunning  []int64 `json:"updaterunning,omitzero"`
}

// DynamicRemoteSubnets defines model for DynamicRemoteSubnets.
type DynamicRemoteSubnets struct {
	DynamicRemoteSubnets []string `json:"dynamic_remote_subnets"`
}

// Error One error. detail is human text and may differ between implementations; error_code is stable.
type Error struct {
	Detail    string `json:"detail"`
	ErrorCode string `json:"error_code"`
}

// FieldErrors Validation failure. Each key is the name of a validated field. For list fields (storages, subnets, vms, routes, vpn_clients, firewall_rules) the value may be an array with one entry per sent item: null where the item was fine, else an Error or a nested object of field to Error. For cloud the value may be a nested object of field to Error.
type FieldErrors struct {
	Detail string         `json:"detail"`
	Errors map[string]any `json:"errors"`
}

// FirewallRule defines model for FirewallRule.
type FirewallRule struct {
	Allow bool `json:"allow"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created      string `json:"created"`
	DebugLogging bool   `json:"debug_logging"`
	Description  string `json:"description"`

	// Destination CIDR text
	Destination string  `json:"destination"`
	ID          int64   `json:"id"`
	Order       int64   `json:"order"`
	PciLogging  bool    `json:"pci_logging"`
	Port        *string `json:"port"`
	Protocol    string  `json:"protocol"`

	// Source CIDR text
	Source string `json:"source"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated         string `json:"updated"`
	VirtualRouterID int64  `json:"virtual_router_id"`
}

// FirewallRuleRequest The position in the list becomes order (from 0).
type FirewallRuleRequest struct {
	Allow        bool    `json:"allow"`
	DebugLogging *bool   `json:"debug_logging,omitempty"`
	Description  *string `json:"description,omitempty"`
	Destination  string  `json:"destination"`
	PciLogging   *bool   `json:"pci_logging,omitempty"`
	Port         *string `json:"port,omitempty"`
	Protocol     string  `json:"protocol"`
	Source       string  `json:"source"`
}

// IPAddress defines model for IPAddress.
type IPAddress struct {
	// Address IPv4 or IPv6 address
	Address string `json:"address"`
	Cloud   *bool  `json:"cloud,omitempty"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created     string        `json:"created"`
	Credentials string        `json:"credentials"`
	ID          int64         `json:"id"`
	Location    string        `json:"location"`
	MACAddress  *string       `json:"mac_address"`
	ModifiedBy  *int64        `json:"modified_by"`
	Name        string        `json:"name"`
	PublicIP    *NATIPAddress `json:"public_ip"`
	Subnet      Subnet        `json:"subnet"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	VMID    *int64 `json:"vm_id"`
}

// IPAddressCreate defines model for IPAddressCreate.
type IPAddressCreate struct {
	// Address IPv4 or IPv6 address
	Address     string  `json:"address"`
	Credentials *string `json:"credentials,omitempty"`
	Location    *string `json:"location,omitempty"`
	Name        *string `json:"name,omitempty"`
	SubnetID    int64   `json:"subnet_id"`
}

// IPAddressDetails defines model for IPAddressDetails.
type IPAddressDetails struct {
	Ipv4       bool `json:"ipv4"`
	Ipv6       bool `json:"ipv6"`
	IsLoopback bool `json:"is_loopback"`
	IsPrivate  bool `json:"is_private"`
	IsReserved bool `json:"is_reserved"`

	// ParentNetwork CIDR text
	ParentNetwork *string `json:"parent_network"`
}

// IPAddressGroup defines model for IPAddressGroup.
type IPAddressGroup struct {
	Cidrs []string `json:"cidrs"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created  string `json:"created"`
	ID       int64  `json:"id"`
	MemberID int64  `json:"member_id"`
	Name     string `json:"name"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
	Version int64  `json:"version"`
}

// IPAddressGroupCreate defines model for IPAddressGroupCreate.
type IPAddressGroupCreate struct {
	Cidrs    []string `json:"cidrs"`
	MemberID *int64   `json:"member_id,omitempty"`
	Name     string   `json:"name"`
	Version  *int64   `json:"version,omitempty"`
}

// IPAddressGroupUpdate defines model for IPAddressGroupUpdate.
type IPAddressGroupUpdate struct {
	Cidrs   []string `json:"cidrs"`
	Name    *string  `json:"name,omitempty"`
	Version *int64   `json:"version,omitempty"`
}

// IPAddressUpdate defines model for IPAddressUpdate.
type IPAddressUpdate struct {
	// Address IPv4 or IPv6 address
	Address     *string `json:"address,omitempty"`
	Credentials *string `json:"credentials,omitempty"`
	Location    *string `json:"location,omitempty"`
	Name        *string `json:"name,omitempty"`
}

// IPMI defines model for IPMI.
type IPMI struct {
	// ClientIP IPv4 or IPv6 address
	ClientIP string `json:"client_ip"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created    string    `json:"created"`
	CustomerIP IPAddress `json:"customer_ip"`
	ID         int64     `json:"id"`
	InUse      bool      `json:"in_use"`
	ModifiedBy *int64    `json:"modified_by"`
	PoolIP     PoolIP    `json:"pool_ip"`

	// Removed ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Removed *string `json:"removed,omitempty"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// IPMICreate defines model for IPMICreate.
type IPMICreate struct {
	// ClientIP IPv4 or IPv6 address
	ClientIP     string `json:"client_ip"`
	CustomerIPID int64  `json:"customer_ip_id"`
}

// IPValidation NOT wrapped in content. Keys are the texts exactly as sent.
type IPValidation struct {
	AddressRanges map[string]IPValidatorEntry `json:"address_ranges"`
	IPAddresses   map[string]IPValidatorEntry `json:"ip_addresses"`
}

// IPValidatorEntry defines model for IPValidatorEntry.
type IPValidatorEntry struct {
	Details any    `json:"details"`
	Error   *Error `json:"error"`
	Valid   bool   `json:"valid"`
}

// Image defines model for Image.
type Image struct {
	AnswerFileName *string `json:"answer_file_name"`
	CloudInit      bool    `json:"cloud_init"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created     string  `json:"created"`
	DisplayName string  `json:"display_name"`
	Filename    string  `json:"filename"`
	ID          int64   `json:"id"`
	MultipleIps bool    `json:"multiple_ips"`
	OSVariant   string  `json:"os_variant"`
	Regions     []int64 `json:"regions"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// Interface defines model for Interface.
type Interface struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created  string `json:"created"`
	Details  string `json:"details"`
	Enabled  bool   `json:"enabled"`
	Hostname string `json:"hostname"`
	ID       int64  `json:"id"`

	// IPAddress IPv4 or IPv6 address
	IPAddress  *string `json:"ip_address"`
	MACAddress string  `json:"mac_address"`
	ServerID   int64   `json:"server_id"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// InterfaceCreate defines model for InterfaceCreate.
type InterfaceCreate struct {
	Details  *string `json:"details,omitempty"`
	Enabled  *bool   `json:"enabled,omitempty"`
	Hostname *string `json:"hostname,omitempty"`

	// IPAddress IPv4 or IPv6 address
	IPAddress  *string `json:"ip_address,omitempty"`
	MACAddress string  `json:"mac_address"`
	ServerID   int64   `json:"server_id"`
}

// InterfaceUpdate defines model for InterfaceUpdate.
type InterfaceUpdate struct {
	Details  *string `json:"details,omitempty"`
	Enabled  *bool   `json:"enabled,omitempty"`
	Hostname *string `json:"hostname,omitempty"`

	// IPAddress IPv4 or IPv6 address
	IPAddress  *string `json:"ip_address,omitempty"`
	MACAddress *string `json:"mac_address,omitempty"`
}

// ListMetadata Always present on list answers. total_records counts all matches, not the page.
type ListMetadata struct {
	Limit        int64    `json:"limit"`
	Order        string   `json:"order"`
	Page         int64    `json:"page"`
	TotalRecords int64    `json:"total_records"`
	Warnings     []string `json:"warnings"`
}

// LoginRequest defines model for LoginRequest.
type LoginRequest struct {
	APIKey   *string `json:"api_key,omitempty"`
	Email    string  `json:"email"`
	FirstOTP *string `json:"first_otp,omitempty"`
	OTP      *string `json:"otp,omitempty"`
	Password string  `json:"password"`
}

// Member defines model for Member.
type Member struct {
	APIKey      string          `json:"api_key"`
	Currency    *MemberCurrency `json:"currency,omitempty"`
	GlnPrefix   *string         `json:"gln_prefix,omitempty"`
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	Secret      *bool           `json:"secret,omitempty"`
	SelfManaged bool            `json:"self_managed"`
	URI         *string         `json:"uri,omitempty"`
}

// MemberCurrency defines model for MemberCurrency.
type MemberCurrency struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Symbol string `json:"symbol"`
	URI    string `json:"uri"`
}

// MembershipCloudBill defines model for MembershipCloudBill.
type MembershipCloudBill struct {
	CloudCustomer bool    `json:"cloud_customer"`
	Customer      bool    `json:"customer"`
	IsRegion      bool    `json:"is_region"`
	ResellerID    int64   `json:"reseller_id"`
	TaxRate       *string `json:"tax_rate"`
}

// Metrics defines model for Metrics.
type Metrics struct {
	Routers []RouterMetrics `json:"routers"`
	Servers []ServerMetrics `json:"servers"`
	Subnets []SubnetMetrics `json:"subnets"`
	Vms     []VMMetrics     `json:"vms"`
}

// NATIPAddress defines model for NATIPAddress.
type NATIPAddress struct {
	// Address IPv4 or IPv6 address
	Address string `json:"address"`
	ID      int64  `json:"id"`
}

// PTRRecordCreate defines model for PTRRecordCreate.
type PTRRecordCreate struct {
	Content string `json:"content"`

	// IPAddress IPv4 or IPv6 address
	IPAddress  string `json:"ip_address"`
	TimeToLive *int64 `json:"time_to_live,omitempty"`
}

// PTRRecordUpdate defines model for PTRRecordUpdate.
type PTRRecordUpdate struct {
	Content    string `json:"content"`
	TimeToLive *int64 `json:"time_to_live,omitempty"`
}

// PolicyLogItem access is ALLOWED or BLOCKED; ports are text; timestamp is the log text with trailing Z.
type PolicyLogItem struct {
	Access string `json:"access"`

	// DestinationAddress IPv4 or IPv6 address
	DestinationAddress string `json:"destination_address"`
	DestinationPort    string `json:"destination_port"`
	ServiceName        string `json:"service_name"`

	// SourceAddress IPv4 or IPv6 address
	SourceAddress string `json:"source_address"`
	SourcePort    string `json:"source_port"`
	Timestamp     string `json:"timestamp"`
}

// PoolIP defines model for PoolIP.
type PoolIP struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created string `json:"created"`
	Domain  string `json:"domain"`
	ID      int64  `json:"id"`

	// IPAddress IPv4 or IPv6 address
	IPAddress  string `json:"ip_address"`
	ModifiedBy *int64 `json:"modified_by"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// PoolIPRequest defines model for PoolIPRequest.
type PoolIPRequest struct {
	Domain string `json:"domain"`

	// IPAddress IPv4 or IPv6 address
	IPAddress string `json:"ip_address"`
}

// Project defines model for Project.
type Project struct {
	AddressID int64  `json:"address_id"`
	Closed    bool   `json:"closed"`
	CloudURI  string `json:"cloud_uri"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created     string  `json:"created"`
	GracePeriod *int64  `json:"grace_period"`
	ID          int64   `json:"id"`
	ManagerID   int64   `json:"manager_id"`
	MinState    int64   `json:"min_state"`
	Name        string  `json:"name"`
	Note        *string `json:"note"`
	RegionID    int64   `json:"region_id"`
	ResellerID  *int64  `json:"reseller_id"`
	ShutDown    bool    `json:"shut_down"`
	Stable      bool    `json:"stable"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated         string `json:"updated"`
	URI             string `json:"uri"`
	VirtualRouterID int64  `json:"virtual_router_id"`
}

// ProjectCreate grace_period in hours, default 168
type ProjectCreate struct {
	GracePeriod *int64  `json:"grace_period,omitempty"`
	Name        string  `json:"name"`
	Note        *string `json:"note,omitempty"`
	RegionID    int64   `json:"region_id"`
}

// ProjectPatch state 8 shuts the whole project down, 4 restores it. As ProjectUpdate with nothing required; PATCH validates only the keys present.
type ProjectPatch struct {
	GracePeriod *int64  `json:"grace_period,omitempty"`
	Name        *string `json:"name,omitempty"`
	Note        *string `json:"note,omitempty"`
	State       *int64  `json:"state,omitempty"`
}

// ProjectUpdate state 8 shuts the whole project down, 4 restores it. name is required on PUT.
type ProjectUpdate struct {
	GracePeriod *int64  `json:"grace_period,omitempty"`
	Name        string  `json:"name"`
	Note        *string `json:"note,omitempty"`
	State       *int64  `json:"state,omitempty"`
}

// Record Used for forward records (domain set, ip_address null) and for PTR records (domain null, ip_address and member_id set). georegion is never sent.
type Record struct {
	Content string `json:"content"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created         string  `json:"created"`
	Domain          *Domain `json:"domain"`
	Failover        bool    `json:"failover"`
	FailoverContent string  `json:"failover_content"`
	ID              int64   `json:"id"`

	// IPAddress IPv4 or IPv6 address
	IPAddress  *string `json:"ip_address"`
	MemberID   *int64  `json:"member_id"`
	ModifiedBy *int64  `json:"modified_by"`
	Name       string  `json:"name"`
	Pk         int64   `json:"pk"`
	Priority   *int64  `json:"priority"`
	TimeToLive int64   `json:"time_to_live"`
	Type       string  `json:"type"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// RecordCreate defines model for RecordCreate.
type RecordCreate struct {
	Content         string  `json:"content"`
	DomainID        int64   `json:"domain_id"`
	Failover        *bool   `json:"failover,omitempty"`
	FailoverContent *string `json:"failover_content,omitempty"`

	// Georegion accepted and ignored; always stored as 0
	Georegion  *int64 `json:"georegion,omitempty"`
	Name       string `json:"name"`
	Priority   *int64 `json:"priority,omitempty"`
	TimeToLive *int64 `json:"time_to_live,omitempty"`
	Type       string `json:"type"`
}

// RecordUpdate Always validated in full, also on PATCH. The type cannot change.
type RecordUpdate struct {
	Content         string  `json:"content"`
	DomainID        int64   `json:"domain_id"`
	Failover        *bool   `json:"failover,omitempty"`
	FailoverContent *string `json:"failover_content,omitempty"`
	Georegion       *int64  `json:"georegion,omitempty"`
	Name            string  `json:"name"`
	Priority        *int64  `json:"priority,omitempty"`
	TimeToLive      *int64  `json:"time_to_live,omitempty"`
}

// RegionImageCreate defines model for RegionImageCreate.
type RegionImageCreate struct {
	ImageID int64 `json:"image_id"`
}

// RegionStorageTypeCreate defines model for RegionStorageTypeCreate.
type RegionStorageTypeCreate struct {
	StorageTypeID int64 `json:"storage_type_id"`
}

// RegionsPatch As RegionsRequest with nothing required; PATCH validates only the keys present.
type RegionsPatch struct {
	Regions []int64 `json:"regions,omitzero"`
}

// RegionsRequest defines model for RegionsRequest.
type RegionsRequest struct {
	Regions []int64 `json:"regions"`
}

// RelatedSubnet cloud is only sent by servers older than 1.0.17 (true for project networks).
type RelatedSubnet struct {
	AddressID *int64 `json:"address_id"`

	// AddressRange CIDR text
	AddressRange string     `json:"address_range"`
	Allocation   Allocation `json:"allocation"`
	Cloud        *bool      `json:"cloud,omitempty"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created string `json:"created"`

	// Gateway IPv4 or IPv6 address
	Gateway      *string `json:"gateway"`
	ID           int64   `json:"id"`
	IpsInUse     int64   `json:"ips_in_use"`
	ModifiedBy   *int64  `json:"modified_by"`
	Name         string  `json:"name"`
	SubnetsInUse int64   `json:"subnets_in_use"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated         string `json:"updated"`
	URI             string `json:"uri"`
	VirtualRouterID *int64 `json:"virtual_router_id"`
	VLAN            *int64 `json:"vlan"`
	VXLAN           *int64 `json:"vxlan"`
}

// Resource defines model for Resource.
type Resource struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created      string    `json:"created"`
	ID           int64     `json:"id"`
	Name         string    `json:"name"`
	ParentID     *int64    `json:"parent_id"`
	ProjectID    int64     `json:"project_id"`
	ResourceType int64     `json:"resource_type"`
	Specs        []BOMLine `json:"specs"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State State `json:"state"`
}

// Route defines model for Route.
type Route struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created     string `json:"created"`
	ID          int64  `json:"id"`
	LocalSubnet Subnet `json:"local_subnet"`

	// RemoteSubnet CIDR text
	RemoteSubnet string `json:"remote_subnet"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
}

// RouteRequest defines model for RouteRequest.
type RouteRequest struct {
	ID *int64 `json:"id,omitempty"`

	// LocalSubnet CIDR text
	LocalSubnet string `json:"local_subnet"`

	// RemoteSubnet CIDR text
	RemoteSubnet string `json:"remote_subnet"`
}

// Router defines model for Router.
type Router struct {
	AssetTag          *int64 `json:"asset_tag"`
	Capacity          *int64 `json:"capacity"`
	CapacityAvailable int64  `json:"capacity_available"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created             string   `json:"created"`
	Credentials         *string  `json:"credentials"`
	Enabled             bool     `json:"enabled"`
	ID                  int64    `json:"id"`
	ManagementInterface *string  `json:"management_interface"`
	ManagementIP        string   `json:"management_ip"`
	Model               string   `json:"model"`
	OobInterface        *string  `json:"oob_interface"`
	PrivateInterface    *string  `json:"private_interface"`
	PublicInterface     *string  `json:"public_interface"`
	PublicPortIps       []string `json:"public_port_ips"`
	RegionID            int64    `json:"region_id"`
	RouterOobInterface  *string  `json:"router_oob_interface"`
	SubnetIds           []int64  `json:"subnet_ids"`
	Subnets             []string `json:"subnets"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated  string  `json:"updated"`
	URI      string  `json:"uri"`
	Username *string `json:"username"`
}

// RouterCreate defines model for RouterCreate.
type RouterCreate struct {
	AssetTag            *int64   `json:"asset_tag,omitempty"`
	Capacity            *int64   `json:"capacity,omitempty"`
	Credentials         *string  `json:"credentials,omitempty"`
	Enabled             *bool    `json:"enabled,omitempty"`
	ManagementInterface *string  `json:"management_interface,omitempty"`
	Model               string   `json:"model"`
	OobInterface        *string  `json:"oob_interface,omitempty"`
	PrivateInterface    *string  `json:"private_interface,omitempty"`
	PublicInterface     *string  `json:"public_interface,omitempty"`
	PublicPortIps       []string `json:"public_port_ips"`
	RouterOobInterface  *string  `json:"router_oob_interface,omitempty"`
	SubnetIds           []int64  `json:"subnet_ids"`
	Username            *string  `json:"username,omitempty"`
}

// RouterMetrics defines model for RouterMetrics.
type RouterMetrics struct {
	AssetTag           *int64 `json:"asset_tag"`
	Capacity           *int64 `json:"capacity"`
	Enabled            bool   `json:"enabled"`
	ID                 int64  `json:"id"`
	ManagementIP       string `json:"management_ip"`
	Model              string `json:"model"`
	RegionID           int64  `json:"region_id"`
	VirtualRouterCount int64  `json:"virtual_router_count"`
}

// RouterUpdate defines model for RouterUpdate.
type RouterUpdate struct {
	AssetTag            *int64   `json:"asset_tag,omitempty"`
	Capacity            *int64   `json:"capacity,omitempty"`
	Credentials         *string  `json:"credentials,omitempty"`
	Enabled             *bool    `json:"enabled,omitempty"`
	ManagementInterface *string  `json:"management_interface,omitempty"`
	Model               *string  `json:"model,omitempty"`
	OobInterface        *string  `json:"oob_interface,omitempty"`
	PrivateInterface    *string  `json:"private_interface,omitempty"`
	PublicInterface     *string  `json:"public_interface,omitempty"`
	PublicPortIps       []string `json:"public_port_ips,omitzero"`
	RouterOobInterface  *string  `json:"router_oob_interface,omitempty"`
	SubnetIds           []int64  `json:"subnet_ids,omitzero"`
	Username            *string  `json:"username,omitempty"`
}

// RunRobot defines model for RunRobot.
type RunRobot struct {
	// Backups scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	Backups DriverLists `json:"backups"`

	// Ceph scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	Ceph       *DriverLists `json:"ceph,omitempty"`
	ProjectIds []int64      `json:"project_ids"`

	// Resource the same ids split by driver
	Resource *RunRobotResource `json:"resource,omitempty"`

	// Snapshots scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	Snapshots DriverLists `json:"snapshots"`

	// VirtualRouters scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	VirtualRouters DriverLists `json:"virtual_routers"`

	// Vms scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	Vms DriverLists `json:"vms"`
}

// RunRobotResource the same ids split by driver
type RunRobotResource struct {
	// BackupHyperv scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	BackupHyperv *DriverLists `json:"backup_hyperv,omitempty"`

	// BackupKvm scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	BackupKvm *DriverLists `json:"backup_kvm,omitempty"`

	// Ceph scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	Ceph *DriverLists `json:"ceph,omitempty"`

	// GPU scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	GPU *DriverLists `json:"gpu,omitempty"`

	// SnapshotHyperv scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	SnapshotHyperv *DriverLists `json:"snapshot_hyperv,omitempty"`

	// SnapshotKvm scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	SnapshotKvm *DriverLists `json:"snapshot_kvm,omitempty"`

	// VirtualRouter scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	VirtualRouter *DriverLists `json:"virtual_router,omitempty"`

	// VirtualRouterPhantom scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	VirtualRouterPhantom *DriverLists `json:"virtual_router_phantom,omitempty"`

	// VMHyperv scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	VMHyperv *DriverLists `json:"vm_hyperv,omitempty"`

	// VMKvm scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	VMKvm *DriverLists `json:"vm_kvm,omitempty"`

	// VMPhantom scrubprep, updatequiesced and updaterunning exist since server 2.x; updatequiesced equals quiesced_update and updaterunning equals running_update.
	VMPhantom *DriverLists `json:"vm_phantom,omitempty"`
}

// RunRobotTurnOff defines model for RunRobotTurnOff.
type RunRobotTurnOff struct {
	ProjectIds []int64 `json:"project_ids"`
}

// Server vcpus is cores times 8. hostname is "ip / name", ip, name or empty, from the interfaces.
type Server struct {
	AssetTag *int64 `json:"asset_tag"`
	Cores    int64  `json:"cores"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created     string      `json:"created"`
	Enabled     bool        `json:"enabled"`
	Gb          int64       `json:"gb"`
	Hostname    string      `json:"hostname"`
	ID          int64       `json:"id"`
	Interfaces  []Interface `json:"interfaces"`
	Model       string      `json:"model"`
	RAM         int64       `json:"ram"`
	RegionID    int64       `json:"region_id"`
	StorageType StorageType `json:"storage_type"`
	Type        ServerType  `json:"type"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
	Vcpus   int64  `json:"vcpus"`
}

// ServerCreate defines model for ServerCreate.
type ServerCreate struct {
	AssetTag      *int64  `json:"asset_tag,omitempty"`
	Cores         int64   `json:"cores"`
	Enabled       *bool   `json:"enabled,omitempty"`
	Gb            int64   `json:"gb"`
	Model         *string `json:"model,omitempty"`
	RAM           int64   `json:"ram"`
	StorageTypeID int64   `json:"storage_type_id"`
	TypeID        int64   `json:"type_id"`
}

// ServerMetrics defines model for ServerMetrics.
type ServerMetrics struct {
	AssetTag    *int64 `json:"asset_tag"`
	Enabled     bool   `json:"enabled"`
	Gb          int64  `json:"gb"`
	GbInUse     int64  `json:"gb_in_use"`
	Hostname    string `json:"hostname"`
	ID          int64  `json:"id"`
	Model       string `json:"model"`
	RAM         int64  `json:"ram"`
	RAMInUse    int64  `json:"ram_in_use"`
	RegionID    int64  `json:"region_id"`
	StorageType string `json:"storage_type"`
	Type        string `json:"type"`
	Vcpus       int64  `json:"vcpus"`
	VcpusInUse  int64  `json:"vcpus_in_use"`
}

// ServerType defines model for ServerType.
type ServerType struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created string `json:"created"`
	ID      int64  `json:"id"`
	Name    string `json:"name"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// ServerUpdate defines model for ServerUpdate.
type ServerUpdate struct {
	AssetTag      *int64  `json:"asset_tag,omitempty"`
	Cores         *int64  `json:"cores,omitempty"`
	Enabled       *bool   `json:"enabled,omitempty"`
	Gb            *int64  `json:"gb,omitempty"`
	Model         *string `json:"model,omitempty"`
	RAM           *int64  `json:"ram,omitempty"`
	StorageTypeID *int64  `json:"storage_type_id,omitempty"`
	TypeID        *int64  `json:"type_id,omitempty"`
}

// Snapshot defines model for Snapshot.
type Snapshot struct {
	Active bool `json:"active"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created       string            `json:"created"`
	Emails        []string          `json:"emails,omitzero"`
	History       []SnapshotHistory `json:"history"`
	ID            int64             `json:"id"`
	Name          string            `json:"name"`
	ParentID      *int64            `json:"parent_id"`
	RemoveSubtree bool              `json:"remove_subtree"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State State `json:"state"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
	VM      VM     `json:"vm"`
}

// SnapshotCreate defines model for SnapshotCreate.
type SnapshotCreate struct {
	Name string `json:"name"`
	VMID int64  `json:"vm_id"`
}

// SnapshotHistory defines model for SnapshotHistory.
type SnapshotHistory struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created         string `json:"created"`
	CustomerAddress int64  `json:"customer_address"`
	ModifiedBy      int64  `json:"modified_by"`
	ProjectID       int64  `json:"project_id"`
	SnapshotID      int64  `json:"snapshot_id"`
	State           *int64 `json:"state"`
	VMID            int64  `json:"vm_id"`
}

// SnapshotTree defines model for SnapshotTree.
type SnapshotTree struct {
	Branches []SnapshotTreeNode `json:"branches"`
}

// SnapshotTreeNode defines model for SnapshotTreeNode.
type SnapshotTreeNode struct {
	Active   bool               `json:"active"`
	Children []SnapshotTreeNode `json:"children"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created       string            `json:"created"`
	History       []SnapshotHistory `json:"history"`
	ID            int64             `json:"id"`
	Name          string            `json:"name"`
	RemoveSubtree bool              `json:"remove_subtree"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State State `json:"state"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// SnapshotUpdate defines model for SnapshotUpdate.
type SnapshotUpdate struct {
	Name          *string `json:"name,omitempty"`
	RemoveSubtree *bool   `json:"remove_subtree,omitempty"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State *State `json:"state,omitempty"`
}

// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
type State = int64

// Storage defines model for Storage.
type Storage struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created string           `json:"created"`
	Gb      int64            `json:"gb"`
	History []StorageHistory `json:"history"`
	ID      int64            `json:"id"`
	Name    string           `json:"name"`
	Primary bool             `json:"primary"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
	VMID    int64  `json:"vm_id"`
}

// StorageCreate defines model for StorageCreate.
type StorageCreate struct {
	Gb      int64  `json:"gb"`
	Name    string `json:"name"`
	Primary *bool  `json:"primary,omitempty"`
}

// StorageHistory defines model for StorageHistory.
type StorageHistory struct {
	GbQuantity  *int64  `json:"gb_quantity"`
	GbSKU       *string `json:"gb_sku"`
	StorageID   int64   `json:"storage_id"`
	StorageName string  `json:"storage_name"`
}

// StorageType defines model for StorageType.
type StorageType struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created string  `json:"created"`
	ID      int64   `json:"id"`
	Name    string  `json:"name"`
	Regions []int64 `json:"regions"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// StorageUpdate defines model for StorageUpdate.
type StorageUpdate struct {
	Gb   *int64  `json:"gb,omitempty"`
	ID   int64   `json:"id"`
	Name *string `json:"name,omitempty"`
}

// Subnet defines model for Subnet.
type Subnet struct {
	AddressID *int64 `json:"address_id"`

	// AddressRange CIDR text
	AddressRange string          `json:"address_range"`
	Allocation   Allocation      `json:"allocation"`
	Children     []RelatedSubnet `json:"children"`
	Cloud        *bool           `json:"cloud,omitempty"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created string `json:"created"`

	// Gateway IPv4 or IPv6 address
	Gateway      *string        `json:"gateway"`
	ID           int64          `json:"id"`
	IpsInUse     int64          `json:"ips_in_use"`
	ModifiedBy   *int64         `json:"modified_by"`
	Name         string         `json:"name"`
	Parent       *RelatedSubnet `json:"parent"`
	SubnetsInUse int64          `json:"subnets_in_use"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated         string `json:"updated"`
	URI             string `json:"uri"`
	VirtualRouterID *int64 `json:"virtual_router_id"`
	VLAN            *int64 `json:"vlan"`
	VXLAN           *int64 `json:"vxlan"`
}

// SubnetCreate At least one of allocation_id and parent_id.
type SubnetCreate struct {
	AddressID int64 `json:"address_id"`

	// AddressRange CIDR text
	AddressRange string  `json:"address_range"`
	AllocationID *int64  `json:"allocation_id,omitempty"`
	Name         *string `json:"name,omitempty"`
	ParentID     *int64  `json:"parent_id,omitempty"`
	VLAN         *int64  `json:"vlan,omitempty"`
	VXLAN        *int64  `json:"vxlan,omitempty"`
}

// SubnetMetrics defines model for SubnetMetrics.
type SubnetMetrics struct {
	// AddressRange CIDR text
	AddressRange string `json:"address_range"`
	Capacity     int64  `json:"capacity"`
	ID           int64  `json:"id"`
	IpsInUse     int64  `json:"ips_in_use"`
	Name         string `json:"name"`
}

// SubnetPatch As SubnetUpdate with nothing required; PATCH validates only the keys present.
type SubnetPatch struct {
	AddressID *int64 `json:"address_id,omitempty"`

	// AddressRange CIDR text
	AddressRange *string `json:"address_range,omitempty"`
	Name         *string `json:"name,omitempty"`
	ParentID     *int64  `json:"parent_id,omitempty"`
	VLAN         *int64  `json:"vlan,omitempty"`
	VXLAN        *int64  `json:"vxlan,omitempty"`
}

// SubnetSpace A free block has id null, name empty and counters 0; only address_range is meaningful.
type SubnetSpace struct {
	AddressID *int64 `json:"address_id"`

	// AddressRange CIDR text
	AddressRange    string `json:"address_range"`
	ID              *int64 `json:"id"`
	IpsInUse        int64  `json:"ips_in_use"`
	ModifiedBy      *int64 `json:"modified_by"`
	Name            string `json:"name"`
	SubnetsInUse    int64  `json:"subnets_in_use"`
	VirtualRouterID *int64 `json:"virtual_router_id"`
	VLAN            *int64 `json:"vlan"`
	VXLAN           *int64 `json:"vxlan"`
}

// SubnetSpaceMetadata As ListMetadata but without order.
type SubnetSpaceMetadata struct {
	Limit        int64    `json:"limit"`
	Page         int64    `json:"page"`
	TotalRecords int64    `json:"total_records"`
	Warnings     []string `json:"warnings"`
}

// SubnetUpdate defines model for SubnetUpdate.
type SubnetUpdate struct {
	AddressID int64 `json:"address_id"`

	// AddressRange CIDR text
	AddressRange string  `json:"address_range"`
	Name         *string `json:"name,omitempty"`
	ParentID     *int64  `json:"parent_id,omitempty"`
	VLAN         *int64  `json:"vlan,omitempty"`
	VXLAN        *int64  `json:"vxlan,omitempty"`
}

// Token defines model for Token.
type Token struct {
	Token string `json:"token"`
}

// User defines model for User.
type User struct {
	// Address The IaaS side needs id, name, full_address, cloud_region, member.self_managed and member_id.
	Address        Address     `json:"address"`
	AddressID      int64       `json:"address_id"`
	Administrator  bool        `json:"administrator"`
	Department     interface{} `json:"department,omitempty"`
	Email          string      `json:"email"`
	EmailValidated *bool       `json:"email_validated,omitempty"`

	// ExpiryDate ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	ExpiryDate            string                   `json:"expiry_date"`
	ExternalNotifications []map[string]interface{} `json:"external_notifications,omitzero"`
	FirstName             string                   `json:"first_name"`
	FirstOTP              *int64                   `json:"first_otp,omitempty"`
	GlobalActive          bool                     `json:"global_active"`
	GlobalUser            bool                     `json:"global_user"`
	ID                    int64                    `json:"id"`
	Image                 *string                  `json:"image,omitempty"`
	InternalNotifications []map[string]interface{} `json:"internal_notifications,omitzero"`
	IsPrivate             bool                     `json:"is_private"`
	JobTitle              *string                  `json:"job_title,omitempty"`
	Language              interface{}              `json:"language"`

	// LastLogin ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	LastLogin *string                  `json:"last_login,omitempty"`
	Member    Member                   `json:"member"`
	MemberID  int64                    `json:"member_id"`
	OTP       *bool                    `json:"otp,omitempty"`
	Phones    []map[string]interface{} `json:"phones,omitzero"`
	Profile   interface{}              `json:"profile,omitempty"`
	Robot     bool                     `json:"robot"`
	Signature *string                  `json:"signature,omitempty"`

	// StartDate ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	StartDate *string `json:"start_date,omitempty"`
	Surname   string  `json:"surname"`
	Timezone  *string `json:"timezone,omitempty"`
	URI       *string `json:"uri,omitempty"`
}

// VM defines model for VM.
type VM struct {
	AvailableDevices *int64 `json:"available_devices"`
	CPU              int64  `json:"cpu"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created       string      `json:"created"`
	DNS           string      `json:"dns"`
	Emails        []string    `json:"emails,omitzero"`
	GatewaySubnet *Subnet     `json:"gateway_subnet"`
	GPU           int64       `json:"gpu"`
	GUID          string      `json:"guid"`
	History       []VMHistory `json:"history"`
	ID            int64       `json:"id"`
	Image         Image       `json:"image"`
	ImageID       int64       `json:"image_id"`
	IPAddresses   []IPAddress `json:"ip_addresses"`
	Name          string      `json:"name"`
	Project       Project     `json:"project"`
	PublicKey     *string     `json:"public_key"`
	RAM           int64       `json:"ram"`
	ServerID      int64       `json:"server_id"`
	Stable        bool        `json:"stable"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State       State     `json:"state"`
	StorageType *string   `json:"storage_type"`
	Storages    []Storage `json:"storages"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated  string `json:"updated"`
	URI      string `json:"uri"`
	Userdata string `json:"userdata"`
}

// VMCreate dns is a comma separated list of addresses. ram in GB.
type VMCreate struct {
	CPU int64  `json:"cpu"`
	DNS string `json:"dns"`

	// GatewaySubnet CIDR text
	GatewaySubnet string               `json:"gateway_subnet"`
	ImageID       int64                `json:"image_id"`
	IPAddresses   []VMIPAddressRequest `json:"ip_addresses"`
	Name          string               `json:"name"`
	ProjectID     int64                `json:"project_id"`
	PublicKey     *string              `json:"public_key,omitempty"`
	RAM           int64                `json:"ram"`
	StorageTypeID int64                `json:"storage_type_id"`
	Storages      []StorageCreate      `json:"storages"`
	Userdata      *string              `json:"userdata,omitempty"`
}

// VMHistory storages and storage_histories carry the same list.
type VMHistory struct {
	CPUQuantity *int64  `json:"cpu_quantity"`
	CPUSKU      *string `json:"cpu_sku"`

	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created          string           `json:"created"`
	CustomerAddress  int64            `json:"customer_address"`
	GPUQuantity      *int64           `json:"gpu_quantity"`
	GPUSKU           *string          `json:"gpu_sku"`
	ImageQuantity    *int64           `json:"image_quantity"`
	ImageSKU         *string          `json:"image_sku"`
	ModifiedBy       int64            `json:"modified_by"`
	NATQuantity      *int64           `json:"nat_quantity"`
	NATSKU           *string          `json:"nat_sku"`
	ProjectID        int64            `json:"project_id"`
	ProjectVMName    string           `json:"project_vm_name"`
	RAMQuantity      *int64           `json:"ram_quantity"`
	RAMSKU           *string          `json:"ram_sku"`
	State            *int64           `json:"state"`
	StorageHistories []StorageHistory `json:"storage_histories"`
	Storages         []StorageHistory `json:"storages"`
	VMID             int64            `json:"vm_id"`
}

// VMIPAddressRequest id is ignored
type VMIPAddressRequest struct {
	// Address IPv4 or IPv6 address
	Address string `json:"address"`
	ID      *int64 `json:"id,omitempty"`
	NAT     *bool  `json:"nat,omitempty"`
}

// VMMetrics defines model for VMMetrics.
type VMMetrics struct {
	Count    int64 `json:"count"`
	ServerID int64 `json:"server_id"`
	State    int64 `json:"state"`
}

// VMUpdate storages items with id are StorageUpdate, without id StorageCreate. On PUT ip_addresses is required.
type VMUpdate struct {
	CPU         *int64               `json:"cpu,omitempty"`
	GPU         *int64               `json:"gpu,omitempty"`
	IPAddresses []VMIPAddressRequest `json:"ip_addresses,omitzero"`
	Name        *string              `json:"name,omitempty"`
	RAM         *int64               `json:"ram,omitempty"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State    *State                   `json:"state,omitempty"`
	Storages []map[string]interface{} `json:"storages,omitzero"`
	Userdata *string                  `json:"userdata,omitempty"`
}

// VPN defines model for VPN.
type VPN struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created     string  `json:"created"`
	Description *string `json:"description"`

	// DNS IPv4 or IPv6 address
	DNS                 *string  `json:"dns"`
	Emails              []string `json:"emails,omitzero"`
	ID                  int64    `json:"id"`
	IKEAuthentication   string   `json:"ike_authentication"`
	IKEDhGroups         string   `json:"ike_dh_groups"`
	IKEEncryption       string   `json:"ike_encryption"`
	IKEGatewayType      string   `json:"ike_gateway_type"`
	IKEGatewayValue     string   `json:"ike_gateway_value"`
	IKELifetime         int64    `json:"ike_lifetime"`
	IKELocalIdentifier  *string  `json:"ike_local_identifier"`
	IKEMode             *string  `json:"ike_mode,omitempty"`
	IKEPreSharedKey     string   `json:"ike_pre_shared_key"`
	IKERemoteIdentifier *string  `json:"ike_remote_identifier"`
	IKEVersion          string   `json:"ike_version"`
	IpsecAuthentication string   `json:"ipsec_authentication"`
	IpsecEncryption     string   `json:"ipsec_encryption"`
	IpsecEstablishTime  string   `json:"ipsec_establish_time"`
	IpsecLifetime       int64    `json:"ipsec_lifetime"`
	IpsecPfsGroups      *string  `json:"ipsec_pfs_groups"`
	Routes              []Route  `json:"routes"`
	SendEmail           bool     `json:"send_email"`
	STIFNumber          int64    `json:"stif_number"`
	TrafficSelector     bool     `json:"traffic_selector"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated         string      `json:"updated"`
	URI             string      `json:"uri"`
	VirtualRouterID int64       `json:"virtual_router_id"`
	VPNClients      []VPNClient `json:"vpn_clients"`
	VPNType         string      `json:"vpn_type"`
}

// VPNClient password is the stored reversible $9$ form, not the clear text.
type VPNClient struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created  string `json:"created"`
	ID       int64  `json:"id"`
	Password string `json:"password"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated  string `json:"updated"`
	Username string `json:"username"`
}

// VPNClientRequest defines model for VPNClientRequest.
type VPNClientRequest struct {
	ID       *int64 `json:"id,omitempty"`
	Password string `json:"password"`
	Username string `json:"username"`
}

// VPNCreate Which fields are required depends on vpn_type, see the prose part. ike_mode is accepted from old clients and ignored.
type VPNCreate struct {
	Description *string `json:"description,omitempty"`

	// DNS IPv4 or IPv6 address
	DNS                 *string            `json:"dns,omitempty"`
	IKEAuthentication   *string            `json:"ike_authentication,omitempty"`
	IKEDhGroups         *string            `json:"ike_dh_groups,omitempty"`
	IKEEncryption       *string            `json:"ike_encryption,omitempty"`
	IKEGatewayType      *string            `json:"ike_gateway_type,omitempty"`
	IKEGatewayValue     *string            `json:"ike_gateway_value,omitempty"`
	IKELifetime         *int64             `json:"ike_lifetime,omitempty"`
	IKEMode             *string            `json:"ike_mode,omitempty"`
	IKEPreSharedKey     *string            `json:"ike_pre_shared_key,omitempty"`
	IKEVersion          *string            `json:"ike_version,omitempty"`
	IpsecAuthentication *string            `json:"ipsec_authentication,omitempty"`
	IpsecEncryption     *string            `json:"ipsec_encryption,omitempty"`
	IpsecEstablishTime  *string            `json:"ipsec_establish_time,omitempty"`
	IpsecLifetime       *int64             `json:"ipsec_lifetime,omitempty"`
	IpsecPfsGroups      *string            `json:"ipsec_pfs_groups,omitempty"`
	Routes              []RouteRequest     `json:"routes,omitzero"`
	TrafficSelector     *bool              `json:"traffic_selector,omitempty"`
	VirtualRouterID     int64              `json:"virtual_router_id"`
	VPNClients          []VPNClientRequest `json:"vpn_clients,omitzero"`
	VPNType             string             `json:"vpn_type"`
}

// VPNHistory defines model for VPNHistory.
type VPNHistory struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created         string  `json:"created"`
	CustomerAddress int64   `json:"customer_address"`
	ModifiedBy      int64   `json:"modified_by"`
	ProjectName     string  `json:"project_name"`
	VPNID           int64   `json:"vpn_id"`
	VPNQuantity     *int64  `json:"vpn_quantity"`
	VPNSKU          *string `json:"vpn_sku"`
}

// VPNStatus defines model for VPNStatus.
type VPNStatus struct {
	IKE       bool   `json:"ike"`
	IKEInfo   string `json:"ike_info"`
	Ipsec     bool   `json:"ipsec"`
	IpsecInfo string `json:"ipsec_info"`
}

// VPNUpdate defines model for VPNUpdate.
type VPNUpdate struct {
	Description *string `json:"description,omitempty"`

	// DNS IPv4 or IPv6 address
	DNS                 *string            `json:"dns,omitempty"`
	IKEAuthentication   *string            `json:"ike_authentication,omitempty"`
	IKEDhGroups         *string            `json:"ike_dh_groups,omitempty"`
	IKEEncryption       *string            `json:"ike_encryption,omitempty"`
	IKEGatewayType      *string            `json:"ike_gateway_type,omitempty"`
	IKEGatewayValue     *string            `json:"ike_gateway_value,omitempty"`
	IKELifetime         *int64             `json:"ike_lifetime,omitempty"`
	IKEMode             *string            `json:"ike_mode,omitempty"`
	IKEPreSharedKey     *string            `json:"ike_pre_shared_key,omitempty"`
	IKERemoteIdentifier *string            `json:"ike_remote_identifier,omitempty"`
	IKEVersion          *string            `json:"ike_version,omitempty"`
	IpsecAuthentication *string            `json:"ipsec_authentication,omitempty"`
	IpsecEncryption     *string            `json:"ipsec_encryption,omitempty"`
	IpsecEstablishTime  *string            `json:"ipsec_establish_time,omitempty"`
	IpsecLifetime       *int64             `json:"ipsec_lifetime,omitempty"`
	IpsecPfsGroups      *string            `json:"ipsec_pfs_groups,omitempty"`
	Routes              []RouteRequest     `json:"routes,omitzero"`
	SendEmail           *bool              `json:"send_email,omitempty"`
	TrafficSelector     *bool              `json:"traffic_selector,omitempty"`
	VPNClients          []VPNClientRequest `json:"vpn_clients,omitzero"`
}

// VirtualRouter defines model for VirtualRouter.
type VirtualRouter struct {
	// Created ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Created       string         `json:"created"`
	FirewallRules []FirewallRule `json:"firewall_rules"`
	ID            int64          `json:"id"`
	IPAddress     IPAddress      `json:"ip_address"`
	Project       Project        `json:"project"`
	RouterID      int64          `json:"router_id"`

	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State   State                 `json:"state"`
	Subnets []VirtualRouterSubnet `json:"subnets"`

	// Updated ISO 8601 date-time in UTC without zone suffix, e.g. 2023-02-03T10:11:12.123456
	Updated string `json:"updated"`
	URI     string `json:"uri"`
}

// VirtualRouterSubnet defines model for VirtualRouterSubnet.
type VirtualRouterSubnet struct {
	AddressID *int64 `json:"address_id"`

	// AddressRange CIDR text
	AddressRange string `json:"address_range"`
	ID           int64  `json:"id"`
	ModifiedBy   *int64 `json:"modified_by"`
	Name         string `json:"name"`
	VLAN         *int64 `json:"vlan"`
	VXLAN        *int64 `json:"vxlan"`
}

// VirtualRouterSubnetRequest Without id a new subnet is made (address_id, vlan, vxlan are set by the server); with id the subnet is updated and address_id is required. The address part of address_range is the gateway.
type VirtualRouterSubnetRequest struct {
	AddressID *int64 `json:"address_id,omitempty"`

	// AddressRange CIDR text
	AddressRange string  `json:"address_range"`
	ID           *int64  `json:"id,omitempty"`
	Name         *string `json:"name,omitempty"`
	VLAN         *int64  `json:"vlan,omitempty"`
	VXLAN        *int64  `json:"vxlan,omitempty"`
}

// VirtualRouterUpdate On PUT subnets is required and must not be empty; on PATCH only the sent keys are looked at. Subnets left out of the list are kept.
type VirtualRouterUpdate struct {
	// State -1 IN_API, 0 IGNORE, 1 REQUESTED, 2 BUILDING, 3 UNRESOURCED, 4 RUNNING, 5 QUIESCE, 6 QUIESCED, 7 RESTART, 8 SCRUB, 9 SCRUB_QUEUE, 10 RUNNING_UPDATE, 11 RUNNING_UPDATING, 12 QUIESCING, 13 RESTARTING, 14 SCRUB_PREP, 15 QUIESCED_UPDATE, 16 QUIESCED_UPDATING, 17 SCRUBBING, 99 CLOSED
	State   *State                       `json:"state,omitempty"`
	Subnets []VirtualRouterSubnetRequest `json:"subnets,omitzero"`
}

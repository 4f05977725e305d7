// Code generated from api/oneandone.openapi.yaml by tools/gen. DO NOT EDIT.

package oneandone

import (
	"encoding/json"
	"fmt"
)

// Defines values for DiskState.
const (
	DiskStateACTIVE      DiskState = "ACTIVE"
	DiskStateCONFIGURING DiskState = "CONFIGURING"
	DiskStatePOWEREDOFF  DiskState = "POWERED_OFF"
	DiskStatePOWEREDON   DiskState = "POWERED_ON"
	DiskStateREMOVING    DiskState = "REMOVING"
)

// Valid indicates whether the value is a known member of the DiskState enum.
func (e DiskState) Valid() bool {
	switch e {
	case DiskStateACTIVE:
		return true
	case DiskStateCONFIGURING:
		return true
	case DiskStatePOWEREDOFF:
		return true
	case DiskStatePOWEREDON:
		return true
	case DiskStateREMOVING:
		return true
	default:
		return false
	}
}

// Defines values for ImageState.
const (
	ImageStateACTIVE      ImageState = "ACTIVE"
	ImageStateCONFIGURING ImageState = "CONFIGURING"
	ImageStateCREATING    ImageState = "CREATING"
	ImageStateDEPLOYING   ImageState = "DEPLOYING"
	ImageStateENABLED     ImageState = "ENABLED"
	ImageStateREMOVING    ImageState = "REMOVING"
)

// Valid indicates whether the value is a known member of the ImageState enum.
func (e ImageState) Valid() bool {
	switch e {
	case ImageStateACTIVE:
		return true
	case ImageStateCONFIGURING:
		return true
	case ImageStateCREATING:
		return true
	case ImageStateDEPLOYING:
		return true
	case ImageStateENABLED:
		return true
	case ImageStateREMOVING:
		return true
	default:
		return false
	}
}

// Defines values for KeyState.
const (
	KeyStateACTIVE      KeyState = "ACTIVE"
	KeyStateCONFIGURING KeyState = "CONFIGURING"
	KeyStateDELETING    KeyState = "DELETING"
	KeyStatePOWEREDON   KeyState = "POWERED_ON"
	KeyStateREMOVING    KeyState = "REMOVING"
)

// Valid indicates whether the value is a known member of the KeyState enum.
func (e KeyState) Valid() bool {
	switch e {
	case KeyStateACTIVE:
		return true
	case KeyStateCONFIGURING:
		return true
	case KeyStateDELETING:
		return true
	case KeyStatePOWEREDON:
		return true
	case KeyStateREMOVING:
		return true
	default:
		return false
	}
}

// Defines values for Period.
const (
	CUSTOM   Period = "CUSTOM"
	LAST24H  Period = "LAST_24H"
	LAST30D  Period = "LAST_30D"
	LAST365D Period = "LAST_365D"
	LAST7D   Period = "LAST_7D"
	LASTHOUR Period = "LAST_HOUR"
)

// Valid indicates whether the value is a known member of the Period enum.
func (e Period) Valid() bool {
	switch e {
	case CUSTOM:
		return true
	case LAST24H:
		return true
	case LAST30D:
		return true
	case LAST365D:
		return true
	case LAST7D:
		return true
	case LASTHOUR:
		return true
	default:
		return false
	}
}

// Defines values for ResourceState.
const (
	ResourceStateACTIVE      ResourceState = "ACTIVE"
	ResourceStateCONFIGURING ResourceState = "CONFIGURING"
	ResourceStateCREATING    ResourceState = "CREATING"
	ResourceStateREMOVING    ResourceState = "REMOVING"
)

// Valid indicates whether the value is a known member of the ResourceState enum.
func (e ResourceState) Valid() bool {
	switch e {
	case ResourceStateACTIVE:
		return true
	case ResourceStateCONFIGURING:
		return true
	case ResourceStateCREATING:
		return true
	case ResourceStateREMOVING:
		return true
	default:
		return false
	}
}

// Defines values for ServerState.
const (
	ServerStateCONFIGURING ServerState = "CONFIGURING"
	ServerStateDEPLOYING   ServerState = "DEPLOYING"
	ServerStateONRECOVERY  ServerState = "ON_RECOVERY"
	ServerStatePOWEREDOFF  ServerState = "POWERED_OFF"
	ServerStatePOWEREDON   ServerState = "POWERED_ON"
	ServerStatePOWERINGOFF ServerState = "POWERING_OFF"
	ServerStatePOWERINGON  ServerState = "POWERING_ON"
	ServerStateREBOOTING   ServerState = "REBOOTING"
	ServerStateREMOVING    ServerState = "REMOVING"
)

// Valid indicates whether the value is a known member of the ServerState enum.
func (e ServerState) Valid() bool {
	switch e {
	case ServerStateCONFIGURING:
		return true
	case ServerStateDEPLOYING:
		return true
	case ServerStateONRECOVERY:
		return true
	case ServerStatePOWEREDOFF:
		return true
	case ServerStatePOWEREDON:
		return true
	case ServerStatePOWERINGOFF:
		return true
	case ServerStatePOWERINGON:
		return true
	case ServerStateREBOOTING:
		return true
	case ServerStateREMOVING:
		return true
	default:
		return false
	}
}

// AlertCounters defines model for AlertCounters.
type AlertCounters struct {
	Critical int `json:"critical"`
	Ok       int `json:"ok"`
	Warning  int `json:"warning"`
}

// BaremetalModel defines model for BaremetalModel.
type BaremetalModel struct {
	Hardware BaremetalModelHardware `json:"hardware"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID    ID      `json:"id"`
	Name  string  `json:"name"`
	State *string `json:"state,omitempty"`
}

// BaremetalModelHardwareHdds defines model for BaremetalModel.Hardware.Hdds.
type BaremetalModelHardwareHdds struct {
	DiskRaid      *string `json:"disk_raid,omitempty"`
	DiskRaidCount *int    `json:"disk_raid_count,omitempty"`
	DiskType      *string `json:"disk_type,omitempty"`
	IsMain        bool    `json:"is_main"`
	Size          int     `json:"size"`
	Unit          string  `json:"unit"`
}

// BaremetalModelHardware defines model for BaremetalModel.Hardware.
type BaremetalModelHardware struct {
	// Core Physical cores; the key the Go, Java and .NET clients read.
	Core int `json:"core"`

	// Cores Same figure under the key of the documentation mock; send both.
	Cores             *int                         `json:"cores,omitempty"`
	CoresPerProcessor int                          `json:"cores_per_processor"`
	Hdds              []BaremetalModelHardwareHdds `json:"hdds"`
	RAM               float64                      `json:"ram"`
	Unit              string                       `json:"unit"`
}

// BlockStorage defines model for BlockStorage.
type BlockStorage struct {
	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime      `json:"creation_date"`
	Datacenter   DatacenterRef `json:"datacenter"`
	Description  *string       `json:"description"`

	// DiskID Optional; a string when present.
	DiskID *string `json:"disk_id,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID     ID        `json:"id"`
	Name   string    `json:"name"`
	Server *Identity `json:"server"`

	// Size GB
	Size int `json:"size"`

	// State Block storages settle in POWERED_ON (not ACTIVE).
	State DiskState `json:"state"`

	// UUID Optional; a string when present.
	UUID *string `json:"uuid,omitempty"`
}

// BlockStorageAttach One of the two keys is required.
type BlockStorageAttach struct {
	Server *string `json:"server,omitempty"`

	// ServerID Alias of server.
	ServerID *string `json:"server_id,omitempty"`
}

// BlockStorageCreate defines model for BlockStorageCreate.
type BlockStorageCreate struct {
	DatacenterID   *string `json:"datacenter_id,omitempty"`
	Description    *string `json:"description,omitempty"`
	ExecutionGroup *string `json:"execution_group,omitempty"`
	Name           string  `json:"name"`

	// Server Server to attach to.
	Server *string `json:"server,omitempty"`

	// ServerID Alias of server.
	ServerID *string `json:"server_id,omitempty"`
	Size     int     `json:"size"`
}

// BlockStorageUpdate defines model for BlockStorageUpdate.
type BlockStorageUpdate struct {
	Description *string `json:"description,omitempty"`
	Name        *string `json:"name,omitempty"`

	// Size Growing only.
	Size *int `json:"size,omitempty"`
}

// Datacenter defines model for Datacenter.
type Datacenter struct {
	// CountryCode ISO 3166 code, two letters; regions elsewhere are possible.
	CountryCode string `json:"country_code"`

	// Default 1 for the data centre used when a request names none, else 0.
	Default *int `json:"default,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID       ID     `json:"id"`
	Location string `json:"location"`
}

// DatacenterRef defines model for DatacenterRef.
type DatacenterRef struct {
	CountryCode string `json:"country_code"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID       ID     `json:"id"`
	Location string `json:"location"`
}

// DateTime RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
type DateTime = string

// DiskState Block storages settle in POWERED_ON (not ACTIVE).
type DiskState string

// DVDISO defines model for DvdIso.
type DVDISO struct {
	AvailableDatacenters []ID `json:"available_datacenters"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID             ID      `json:"id"`
	Name           string  `json:"name"`
	OS             *string `json:"os"`
	OSArchitecture *int    `json:"os_architecture"`
	OSFamily       *string `json:"os_family"`
	OSVersion      *string `json:"os_version"`
	Type           *string `json:"type"`
}

// Error Body of every non-2xx answer. It must always be a JSON object: the Go SDK reports a JSON syntax error instead of the status when it is not.
type Error struct {
	// Errors Detail. null when there is none; otherwise a single string (one client decodes it as a nullable string, so never an array or object).
	Errors *string `json:"errors"`

	// Message Sentence for a human.
	Message string `json:"message"`

	// Type Upper-snake error class. UNAUTHORIZED and NOT_FOUND are attested on the wire; the other values of this enumeration are this project's choice (no client compares them).
	Type string `json:"type"`
}

// FirewallPolicy defines model for FirewallPolicy.
type FirewallPolicy struct {
	CloudpanelID string `json:"cloudpanel_id"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime `json:"creation_date"`
	Default      int      `json:"default"`
	Description  *string  `json:"description"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID        ID             `json:"id"`
	Name      string         `json:"name"`
	Rules     []FirewallRule `json:"rules"`
	ServerIps []ServerIPInfo `json:"server_ips"`

	// State Life-cycle state of a networking, storage or policy resource. CREATING appears in documentation mocks only; CONFIGURING serves creation as well.
	State ResourceState `json:"state"`
}

// FirewallPolicyCreate defines model for FirewallPolicyCreate.
type FirewallPolicyCreate struct {
	Description *string               `json:"description,omitempty"`
	Name        string                `json:"name"`
	Rules       []FirewallRuleRequest `json:"rules"`
}

// FirewallRule defines model for FirewallRule.
type FirewallRule struct {
	Action      *string `json:"action,omitempty"`
	Description *string `json:"description,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID ID `json:"id"`

	// Port Text form: 80 or 22-40 style list as given. A string, never a number.
	Port *string `json:"port,omitempty"`

	// PortFrom Always filled for TCP and UDP, also when the rule was created with port.
	PortFrom *int   `json:"port_from"`
	PortTo   *int   `json:"port_to"`
	Protocol string `json:"protocol"`

	// Source 0.0.0.0 means anywhere.
	Source string `json:"source"`
}

// FirewallRuleRequest defines model for FirewallRuleRequest.
type FirewallRuleRequest struct {
	// Action allow (default) or deny; deny only with protocol ANY. An empty string counts as absent.
	Action      *string `json:"action,omitempty"`
	Description *string `json:"description,omitempty"`

	// Port One port, a range a-b or a comma list; number or string.
	Port any `json:"port,omitempty"`

	// PortFrom Older form; 0 counts as absent.
	PortFrom *int   `json:"port_from,omitempty"`
	PortTo   *int   `json:"port_to,omitempty"`
	Protocol string `json:"protocol"`

	// Source IPv4, CIDR, range or list. Default 0.0.0.0. An empty string counts as absent.
	Source *string `json:"source,omitempty"`
}

// FirewallRulesAdd defines model for FirewallRulesAdd.
type FirewallRulesAdd struct {
	Rules []FirewallRuleRequest `json:"rules"`
}

// FixedInstanceSize defines model for FixedInstanceSize.
type FixedInstanceSize struct {
	Hardware FixedInstanceSizeHardware `json:"hardware"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID   ID     `json:"id"`
	Name string `json:"name"`
}

// FixedInstanceSizeHardware defines model for FixedInstanceSize.Hardware.
type FixedInstanceSizeHardware struct {
	CoresPerProcessor int         `json:"cores_per_processor"`
	Hdds              []FlavorHDD `json:"hdds"`
	RAM               float64     `json:"ram"`
	Unit              string      `json:"unit"`
	Vcore             int         `json:"vcore"`
}

// FixedServerPrice defines model for FixedServerPrice.
type FixedServerPrice struct {
	Hardware *FixedServerPriceHardware `json:"hardware,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID         *ID     `json:"id,omitempty"`
	Name       string  `json:"name"`
	PriceGross float64 `json:"price_gross"`

	// PriceNet JSON number, not a string.
	PriceNet float64 `json:"price_net"`
	Unit     string  `json:"unit"`
}

// FixedServerPriceHardware defines model for FixedServerPrice.Hardware.
type FixedServerPriceHardware struct {
	CoresPerProcessor *int        `json:"cores_per_processor,omitempty"`
	Hdds              []FlavorHDD `json:"hdds,omitzero"`
	RAM               *float64    `json:"ram,omitempty"`
	Unit              *string     `json:"unit,omitempty"`
	Vcore             *int        `json:"vcore,omitempty"`
}

// FlavorHDD defines model for FlavorHdd.
type FlavorHDD struct {
	IsMain bool   `json:"is_main"`
	Size   int    `json:"size"`
	Unit   string `json:"unit"`
}

// Hardware defines model for Hardware.
type Hardware struct {
	BaremetalModelID  *string `json:"baremetal_model_id,omitempty"`
	CoresPerProcessor int     `json:"cores_per_processor"`

	// FixedInstanceSizeID Flavor id; null for flexible and bare-metal servers. Never the number 0 (a documentation mock shows it; it breaks the Go SDK).
	FixedInstanceSizeID *string `json:"fixed_instance_size_id"`

	// Hdds Empty until the disks exist. Attached block storages also appear here, under the block storage id, is_main false.
	Hdds []HDD `json:"hdds"`

	// RAM GB, in steps of 0.5; must be a JSON number.
	RAM float64 `json:"ram"`

	// Unit Optional: GB.
	Unit  *string `json:"unit,omitempty"`
	Vcore int     `json:"vcore"`
}

// HardwareRequest Exactly one of three forms: fixed (fixed_instance_size_id), bare metal (baremetal_model_id) or flexible (vcore, cores_per_processor, ram and hdds with exactly one is_main). Zeros and nulls mean absent: the Go SDK sends cores_per_processor 0 and ram 0 next to a flavor id and the Python SDK sends null for every unused key.
type HardwareRequest struct {
	BaremetalModelID    *string      `json:"baremetal_model_id,omitempty"`
	CoresPerProcessor   *int         `json:"cores_per_processor,omitempty"`
	FixedInstanceSizeID *string      `json:"fixed_instance_size_id,omitempty"`
	Hdds                []HDDRequest `json:"hdds,omitzero"`
	RAM                 *float64     `json:"ram,omitempty"`
	Vcore               *int         `json:"vcore,omitempty"`
}

// HardwareUpdate null, 0 and absent mean unchanged.
type HardwareUpdate struct {
	CoresPerProcessor   *int     `json:"cores_per_processor,omitempty"`
	FixedInstanceSizeID *string  `json:"fixed_instance_size_id,omitempty"`
	RAM                 *float64 `json:"ram,omitempty"`
	Vcore               *int     `json:"vcore,omitempty"`
}

// HDD defines model for Hdd.
type HDD struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID     ID   `json:"id"`
	IsMain bool `json:"is_main"`

	// Size GB
	Size int `json:"size"`

	// Unit GB; optional in responses.
	Unit *string `json:"unit,omitempty"`
}

// HDDRequest defines model for HddRequest.
type HDDRequest struct {
	IsMain *bool `json:"is_main,omitempty"`

	// Size GB. 20..2000; documented step 20, see the prose contract for why 10 must be accepted.
	Size int `json:"size"`
}

// HDDUpdate defines model for HddUpdate.
type HDDUpdate struct {
	// IsMain Ignored; the Go SDK always sends false.
	IsMain *bool `json:"is_main,omitempty"`
	Size   int   `json:"size"`
}

// HddsAdd defines model for HddsAdd.
type HddsAdd struct {
	Hdds []HDDRequest `json:"hdds"`
}

// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
type ID = string

// IDInput Identifier as a client sends it, in a path or in a body. Either letter case is accepted. No pattern on purpose: a malformed identifier in a path is answered like an unknown one, 404, never 400.
type IDInput = string

// IDRequest defines model for IdRequest.
type IDRequest struct {
	// ID Identifier as a client sends it, in a path or in a body. Either letter case is accepted. No pattern on purpose: a malformed identifier in a path is answered like an unknown one, 404, never 400.
	ID IDInput `json:"id"`
}

// Identity defines model for Identity.
type Identity struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID   ID     `json:"id"`
	Name string `json:"name"`
}

// Image defines model for Image.
type Image struct {
	Architecture *int `json:"architecture"`

	// AvailableSites Old mocks only; optional.
	AvailableSites []string `json:"availableSites,omitzero"`
	CloudpanelID   string   `json:"cloudpanel_id"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime      `json:"creation_date"`
	Datacenter   DatacenterRef `json:"datacenter"`
	Description  *string       `json:"description"`
	Frequency    *string       `json:"frequency"`
	Hdds         []HDD         `json:"hdds"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID         ID              `json:"id"`
	Licenses   []ImageLicenses `json:"licenses"`
	MinHDDSize int             `json:"min_hdd_size"`

	// Name The given name plus _YYYYMMDD of its creation (the real service appended the date).
	Name        string  `json:"name"`
	NumImages   *int    `json:"num_images"`
	OS          *string `json:"os"`
	OSFamily    *string `json:"os_family"`
	OSImageType *string `json:"os_image_type,omitempty"`
	OSVersion   *string `json:"os_version"`
	ServerID    *string `json:"server_id"`

	// State The final state is ENABLED; ACTIVE appears in old documents only. Emit ENABLED.
	State ImageState `json:"state"`

	// Type Recordings: MY_IMAGE.
	Type string `json:"type"`
}

// ImageLicenses defines model for Image.Licenses.
type ImageLicenses struct {
	Name string `json:"name"`
}

// ImageCreate defines model for ImageCreate.
type ImageCreate struct {
	DatacenterID *string `json:"datacenter_id,omitempty"`
	Description  *string `json:"description,omitempty"`
	Frequency    *string `json:"frequency,omitempty"`
	Name         string  `json:"name"`
	NumImages    *int    `json:"num_images,omitempty"`

	// OSID Required for image, and for iso of type os.
	OSID *string `json:"os_id,omitempty"`

	// ServerID Required when source is server or absent.
	ServerID *string `json:"server_id,omitempty"`

	// Source Default server.
	Source *string `json:"source,omitempty"`

	// Type Only for iso.
	Type *string `json:"type,omitempty"`

	// URL Required for image and iso.
	URL *string `json:"url,omitempty"`
}

// ImageOS defines model for ImageOs.
type ImageOS struct {
	Architecture *int `json:"architecture,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID        ID      `json:"id"`
	OS        string  `json:"os"`
	OSFamily  string  `json:"os_family"`
	OSVersion *string `json:"os_version,omitempty"`
}

// ImageState The final state is ENABLED; ACTIVE appears in old documents only. Emit ENABLED.
type ImageState string

// ImageUpdate defines model for ImageUpdate.
type ImageUpdate struct {
	Description *string `json:"description,omitempty"`

	// Frequency Only ONCE is accepted (stops automatic creation).
	Frequency *string `json:"frequency,omitempty"`
	Name      *string `json:"name,omitempty"`
}

// IPTypeRequest A body of null counts as absent.
type IPTypeRequest struct {
	// Type Default IPV4.
	Type *string `json:"type,omitempty"`
}

// KeyState defines model for KeyState.
type KeyState string

// LoadBalancer defines model for LoadBalancer.
type LoadBalancer struct {
	CloudpanelID string `json:"cloudpanel_id"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate          DateTime      `json:"creation_date"`
	Datacenter            DatacenterRef `json:"datacenter"`
	Description           *string       `json:"description"`
	HealthCheckInterval   *int          `json:"health_check_interval"`
	HealthCheckPath       *string       `json:"health_check_path"`
	HealthCheckPathParser *string       `json:"health_check_path_parser"`
	HealthCheckTest       string        `json:"health_check_test"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID ID `json:"id"`

	// IP null until the address is allocated.
	IP              *string            `json:"ip"`
	Method          string             `json:"method"`
	Name            string             `json:"name"`
	Persistence     bool               `json:"persistence"`
	PersistenceTime *int               `json:"persistence_time"`
	Rules           []LoadBalancerRule `json:"rules"`
	ServerIps       []ServerIPInfo     `json:"server_ips"`

	// State Life-cycle state of a networking, storage or policy resource. CREATING appears in documentation mocks only; CONFIGURING serves creation as well.
	State ResourceState `json:"state"`
}

// LoadBalancerCreate defines model for LoadBalancerCreate.
type LoadBalancerCreate struct {
	DatacenterID *string `json:"datacenter_id,omitempty"`
	Description  *string `json:"description,omitempty"`

	// HealthCheckInterval Seconds. Documented 5..300; 1 must be accepted (live tests used it) and 0 counts as absent.
	HealthCheckInterval *int `json:"health_check_interval,omitempty"`

	// HealthCheckParse Alias some clients send for health_check_path_parser.
	HealthCheckParse *string `json:"health_check_parse,omitempty"`

	// HealthCheckParser Alias some clients send for health_check_path_parser.
	HealthCheckParser     *string `json:"health_check_parser,omitempty"`
	HealthCheckPath       *string `json:"health_check_path,omitempty"`
	HealthCheckPathParser *string `json:"health_check_path_parser,omitempty"`
	HealthCheckTest       *string `json:"health_check_test"`
	Method                *string `json:"method"`
	Name                  string  `json:"name"`
	Persistence           *bool   `json:"persistence"`

	// PersistenceTime Seconds, 30..1200; required when persistence is true, 0 counts as absent.
	PersistenceTime *int                      `json:"persistence_time,omitempty"`
	Rules           []LoadBalancerRuleRequest `json:"rules"`
}

// LoadBalancerIDRequest defines model for LoadBalancerIdRequest.
type LoadBalancerIDRequest struct {
	// LoadBalancerID Identifier as a client sends it, in a path or in a body. Either letter case is accepted. No pattern on purpose: a malformed identifier in a path is answered like an unknown one, 404, never 400.
	LoadBalancerID IDInput `json:"load_balancer_id"`
}

// LoadBalancerRule defines model for LoadBalancerRule.
type LoadBalancerRule struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID           ID     `json:"id"`
	PortBalancer int    `json:"port_balancer"`
	PortServer   int    `json:"port_server"`
	Protocol     string `json:"protocol"`

	// Source 0.0.0.0 means anywhere.
	Source string `json:"source"`
}

// LoadBalancerRuleRequest defines model for LoadBalancerRuleRequest.
type LoadBalancerRuleRequest struct {
	PortBalancer int    `json:"port_balancer"`
	PortServer   int    `json:"port_server"`
	Protocol     string `json:"protocol"`

	// Source Default 0.0.0.0; an empty string counts as absent.
	Source *string `json:"source,omitempty"`
}

// LoadBalancerRulesAdd defines model for LoadBalancerRulesAdd.
type LoadBalancerRulesAdd struct {
	Rules []LoadBalancerRuleRequest `json:"rules"`
}

// LoadBalancerUpdate defines model for LoadBalancerUpdate.
type LoadBalancerUpdate struct {
	Description *string `json:"description,omitempty"`

	// HealthCheckInterval Seconds. Documented 5..300; 1 must be accepted (live tests used it) and 0 counts as absent.
	HealthCheckInterval *int `json:"health_check_interval,omitempty"`

	// HealthCheckParse Alias some clients send for health_check_path_parser.
	HealthCheckParse *string `json:"health_check_parse,omitempty"`

	// HealthCheckParser Alias some clients send for health_check_path_parser.
	HealthCheckParser     *string `json:"health_check_parser,omitempty"`
	HealthCheckPath       *string `json:"health_check_path,omitempty"`
	HealthCheckPathParser *string `json:"health_check_path_parser,omitempty"`
	HealthCheckTest       *string `json:"health_check_test,omitempty"`
	Method                *string `json:"method,omitempty"`
	Name                  *string `json:"name,omitempty"`
	Persistence           *bool   `json:"persistence,omitempty"`

	// PersistenceTime Seconds, 30..1200; required when persistence is true, 0 counts as absent.
	PersistenceTime *int `json:"persistence_time,omitempty"`
}

// Log defines model for Log.
type Log struct {
	Action       string  `json:"action"`
	CloudpanelID *string `json:"cloudpanel_id,omitempty"`

	// Details Free object; an empty array when there is nothing.
	Details any `json:"details,omitempty"`

	// Duration Seconds.
	Duration int       `json:"duration"`
	EndDate  *DateTime `json:"end_date"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID       ID          `json:"id"`
	Resource LogResource `json:"resource"`
	SiteID   *string     `json:"site_id,omitempty"`

	// StartDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	StartDate DateTime  `json:"start_date"`
	Status    LogStatus `json:"status"`
	Type      string    `json:"type"`
	User      Identity  `json:"user"`
}

// LogResource defines model for Log.Resource.
type LogResource struct {
	ID   string  `json:"id"`
	Name *string `json:"name,omitempty"`
}

// LogStatus defines model for Log.Status.
type LogStatus struct {
	Percent *int   `json:"percent"`
	State   string `json:"state"`
}

// MonitoringAgent defines model for MonitoringAgent.
type MonitoringAgent struct {
	AgentInstalled       bool `json:"agent_installed"`
	MissingAgentAlert    bool `json:"missing_agent_alert"`
	MonitoringNeedsAgent bool `json:"monitoring_needs_agent"`
}

// MonitoringAlerts defines model for MonitoringAlerts.
type MonitoringAlerts struct {
	Ports     AlertCounters `json:"ports"`
	Process   AlertCounters `json:"process"`
	Resources AlertCounters `json:"resources"`
}

// MonitoringDetail defines model for MonitoringDetail.
type MonitoringDetail struct {
	Agent       MonitoringAgent    `json:"agent"`
	Alerts      *MonitoringAlerts  `json:"alerts,omitempty"`
	AlertsCount *MonitoringAlerts  `json:"alerts_count,omitempty"`
	CPU         UtilizationSeries  `json:"cpu"`
	Disk        *UtilizationSeries `json:"disk,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID           ID                     `json:"id"`
	InternalPing PingSeries             `json:"internal_ping"`
	Name         string                 `json:"name"`
	RAM          UtilizationSeries      `json:"ram"`
	Status       MonitoringDetailStatus `json:"status"`
	Transfer     TransferSeries         `json:"transfer"`
}

// MonitoringDetailStatus defines model for MonitoringDetail.Status.
type MonitoringDetailStatus struct {
	State ServerState `json:"state"`
}

// MonitoringPolicy defines model for MonitoringPolicy.
type MonitoringPolicy struct {
	Agent        bool   `json:"agent"`
	CloudpanelID string `json:"cloudpanel_id"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime `json:"creation_date"`
	Default      int      `json:"default"`
	Description  *string  `json:"description"`
	Email        *string  `json:"email"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID        ID                  `json:"id"`
	Name      string              `json:"name"`
	Ports     []MonitoringPort    `json:"ports"`
	Processes []MonitoringProcess `json:"processes"`
	Servers   []Identity          `json:"servers"`

	// State Life-cycle state of a networking, storage or policy resource. CREATING appears in documentation mocks only; CONFIGURING serves creation as well.
	State ResourceState `json:"state"`

	// Thresholds cpu, ram, disk in percent; transfer in kbps; internal_ping in ms. disk is recorded as missing in the agentless default policy, but always sending it is safer (the Python SDK indexes it when it modifies a policy).
	Thresholds Thresholds `json:"thresholds"`
}

// MonitoringPolicyCreate defines model for MonitoringPolicyCreate.
type MonitoringPolicyCreate struct {
	Agent       bool                       `json:"agent"`
	Description *string                    `json:"description,omitempty"`
	Email       *string                    `json:"email,omitempty"`
	Name        string                     `json:"name"`
	Ports       []MonitoringPortRequest    `json:"ports,omitzero"`
	Processes   []MonitoringProcessRequest `json:"processes,omitzero"`
	Thresholds  ThresholdsRequest          `json:"thresholds"`
}

// MonitoringPolicyUpdate defines model for MonitoringPolicyUpdate.
type MonitoringPolicyUpdate struct {
	Agent *bool `json:"agent,omitempty"`

	// Default Echoed by a client; ignored.
	Default     interface{}        `json:"default,omitempty"`
	Description *string            `json:"description,omitempty"`
	Email       *string            `json:"email,omitempty"`
	Name        *string            `json:"name,omitempty"`
	Thresholds  *ThresholdsRequest `json:"thresholds,omitempty"`
}

// MonitoringPort defines model for MonitoringPort.
type MonitoringPort struct {
	AlertIf           string `json:"alert_if"`
	EmailNotification bool   `json:"email_notification"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID ID `json:"id"`

	// Port JSON integer (old documents show a string; the Go SDK needs a number).
	Port     int    `json:"port"`
	Protocol string `json:"protocol"`
}

// MonitoringPortRequest defines model for MonitoringPortRequest.
type MonitoringPortRequest struct {
	AlertIf           string `json:"alert_if"`
	EmailNotification bool   `json:"email_notification"`
	Port              any    `json:"port"`
	Protocol          string `json:"protocol"`
}

// MonitoringPortUpdate One OBJECT under the plural key. protocol and port must equal the stored values.
type MonitoringPortUpdate struct {
	Ports MonitoringPortRequest `json:"ports"`
}

// MonitoringPortsAdd defines model for MonitoringPortsAdd.
type MonitoringPortsAdd struct {
	Ports []MonitoringPortRequest `json:"ports"`
}

// MonitoringProcess defines model for MonitoringProcess.
type MonitoringProcess struct {
	AlertIf           string `json:"alert_if"`
	EmailNotification bool   `json:"email_notification"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID      ID     `json:"id"`
	Process string `json:"process"`
}

// MonitoringProcessRequest defines model for MonitoringProcessRequest.
type MonitoringProcessRequest struct {
	AlertIf           string `json:"alert_if"`
	EmailNotification bool   `json:"email_notification"`
	Process           string `json:"process"`
}

// MonitoringProcessUpdate One OBJECT under the plural key. process must equal the stored value.
type MonitoringProcessUpdate struct {
	Processes MonitoringProcessRequest `json:"processes"`
}

// MonitoringProcessesAdd defines model for MonitoringProcessesAdd.
type MonitoringProcessesAdd struct {
	Processes []MonitoringProcessRequest `json:"processes"`
}

// MonitoringState Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
type MonitoringState = string

// MonitoringSummary defines model for MonitoringSummary.
type MonitoringSummary struct {
	Agent  MonitoringAgent  `json:"agent"`
	Alerts MonitoringAlerts `json:"alerts"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID     ID                      `json:"id"`
	Name   string                  `json:"name"`
	Status MonitoringSummaryStatus `json:"status"`
}

// MonitoringSummaryStatusCPU defines model for MonitoringSummary.Status.CPU.
type MonitoringSummaryStatusCPU struct {
	// State Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
	State MonitoringState `json:"state"`
}

// MonitoringSummaryStatusDisk defines model for MonitoringSummary.Status.Disk.
type MonitoringSummaryStatusDisk struct {
	// State Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
	State MonitoringState `json:"state"`
}

// MonitoringSummaryStatusInternalPing defines model for MonitoringSummary.Status.InternalPing.
type MonitoringSummaryStatusInternalPing struct {
	// State Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
	State MonitoringState `json:"state"`
}

// MonitoringSummaryStatusRAM defines model for MonitoringSummary.Status.RAM.
type MonitoringSummaryStatusRAM struct {
	// State Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
	State MonitoringState `json:"state"`
}

// MonitoringSummaryStatusTransfer defines model for MonitoringSummary.Status.Transfer.
type MonitoringSummaryStatusTransfer struct {
	// State Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
	State MonitoringState `json:"state"`
}

// MonitoringSummaryStatus defines model for MonitoringSummary.Status.
type MonitoringSummaryStatus struct {
	CPU          MonitoringSummaryStatusCPU          `json:"cpu"`
	Disk         *MonitoringSummaryStatusDisk        `json:"disk,omitempty"`
	InternalPing MonitoringSummaryStatusInternalPing `json:"internal_ping"`
	RAM          MonitoringSummaryStatusRAM          `json:"ram"`
	State        ServerState                         `json:"state"`
	Transfer     MonitoringSummaryStatusTransfer     `json:"transfer"`
}

// NameDescriptionUpdate An absent or null field keeps its value.
type NameDescriptionUpdate struct {
	Description *string `json:"description,omitempty"`
	Name        *string `json:"name,omitempty"`
}

// NameRequest defines model for NameRequest.
type NameRequest struct {
	Name string `json:"name"`
}

// PasswordRequest defines model for PasswordRequest.
type PasswordRequest struct {
	Password string `json:"password"`
}

// Period defines model for Period.
type Period string

// PermBackups defines model for PermBackups.
type PermBackups struct {
	Create bool `json:"create"`
	Delete bool `json:"delete"`
	Show   bool `json:"show"`
}

// PermFirewallPolicies defines model for PermFirewallPolicies.
type PermFirewallPolicies struct {
	Clone                   bool `json:"clone"`
	Create                  bool `json:"create"`
	Delete                  bool `json:"delete"`
	ManageAttachedServerIps bool `json:"manage_attached_server_ips"`
	ManageRules             bool `json:"manage_rules"`
	SetDescription          bool `json:"set_description"`
	SetName                 bool `json:"set_name"`
	Show                    bool `json:"show"`
}

// PermImages defines model for PermImages.
type PermImages struct {
	Create                   bool `json:"create"`
	Delete                   bool `json:"delete"`
	DisableAutomaticCreation bool `json:"disable_automatic_creation"`
	SetDescription           bool `json:"set_description"`
	SetName                  bool `json:"set_name"`
	Show                     bool `json:"show"`
}

// PermInteractiveInvoices defines model for PermInteractiveInvoices.
type PermInteractiveInvoices struct {
	Show bool `json:"show"`
}

// PermLoadBalancers defines model for PermLoadBalancers.
type PermLoadBalancers struct {
	Create                  bool `json:"create"`
	Delete                  bool `json:"delete"`
	ManageAttachedServerIps bool `json:"manage_attached_server_ips"`
	ManageRules             bool `json:"manage_rules"`
	Modify                  bool `json:"modify"`
	SetDescription          bool `json:"set_description"`
	SetName                 bool `json:"set_name"`
	Show                    bool `json:"show"`
}

// PermLogs defines model for PermLogs.
type PermLogs struct {
	Show bool `json:"show"`
}

// PermMonitoringCenter defines model for PermMonitoringCenter.
type PermMonitoringCenter struct {
	Show bool `json:"show"`
}

// PermMonitoringPolicies defines model for PermMonitoringPolicies.
type PermMonitoringPolicies struct {
	Clone                 bool `json:"clone"`
	Create                bool `json:"create"`
	Delete                bool `json:"delete"`
	ManageAttachedServers bool `json:"manage_attached_servers"`
	ManagePorts           bool `json:"manage_ports"`
	ManageProcesses       bool `json:"manage_processes"`
	ModifyResources       bool `json:"modify_resources"`
	SetDescription        bool `json:"set_description"`
	SetEmail              bool `json:"set_email"`
	SetName               bool `json:"set_name"`
	Show                  bool `json:"show"`
}

// PermPrivateNetworks defines model for PermPrivateNetworks.
type PermPrivateNetworks struct {
	Create                bool `json:"create"`
	Delete                bool `json:"delete"`
	ManageAttachedServers bool `json:"manage_attached_servers"`
	SetDescription        bool `json:"set_description"`
	SetName               bool `json:"set_name"`
	SetNetworkInfo        bool `json:"set_network_info"`
	Show                  bool `json:"show"`
}

// PermPublicIps defines model for PermPublicIps.
type PermPublicIps struct {
	Create        bool `json:"create"`
	Delete        bool `json:"delete"`
	Release       bool `json:"release"`
	SetReverseDNS bool `json:"set_reverse_dns"`
	Show          bool `json:"show"`
}

// PermRoles defines model for PermRoles.
type PermRoles struct {
	Clone          bool `json:"clone"`
	Create         bool `json:"create"`
	Delete         bool `json:"delete"`
	ManageUsers    bool `json:"manage_users"`
	Modify         bool `json:"modify"`
	SetDescription bool `json:"set_description"`
	SetName        bool `json:"set_name"`
	Show           bool `json:"show"`
}

// PermServers defines model for PermServers.
type PermServers struct {
	AccessKvmConsole bool `json:"access_kvm_console"`
	AssignIP         bool `json:"assign_ip"`
	Clone            bool `json:"clone"`
	Create           bool `json:"create"`
	Delete           bool `json:"delete"`
	ManageDVD        bool `json:"manage_dvd"`
	ManageSnapshot   bool `json:"manage_snapshot"`
	Reinstall        bool `json:"reinstall"`
	Resize           bool `json:"resize"`
	Restart          bool `json:"restart"`
	SetDescription   bool `json:"set_description"`
	SetName          bool `json:"set_name"`
	Show             bool `json:"show"`
	Shutdown         bool `json:"shutdown"`
	Start            bool `json:"start"`
}

// PermSharedStorages defines model for PermSharedStorages.
type PermSharedStorages struct {
	Access                bool `json:"access"`
	Create                bool `json:"create"`
	Delete                bool `json:"delete"`
	ManageAttachedServers bool `json:"manage_attached_servers"`
	Resize                bool `json:"resize"`
	SetDescription        bool `json:"set_description"`
	SetName               bool `json:"set_name"`
	Show                  bool `json:"show"`
}

// PermUsages defines model for PermUsages.
type PermUsages struct {
	Show bool `json:"show"`
}

// PermUsers defines model for PermUsers.
type PermUsers struct {
	ChangeRole     bool `json:"change_role"`
	Create         bool `json:"create"`
	Delete         bool `json:"delete"`
	Disable        bool `json:"disable"`
	Enable         bool `json:"enable"`
	ManageAPI      bool `json:"manage_api"`
	SetDescription bool `json:"set_description"`
	SetEmail       bool `json:"set_email"`
	SetPassword    bool `json:"set_password"`
	Show           bool `json:"show"`
}

// PermVPN defines model for PermVpn.
type PermVPN struct {
	Create         bool `json:"create"`
	Delete         bool `json:"delete"`
	DownloadFile   bool `json:"download_file"`
	SetDescription bool `json:"set_description"`
	SetName        bool `json:"set_name"`
	Show           bool `json:"show"`
}

// Permissions All sixteen sections and all flags are always present.
type Permissions struct {
	Backups             PermBackups             `json:"backups"`
	FirewallPolicies    PermFirewallPolicies    `json:"firewall_policies"`
	Images              PermImages              `json:"images"`
	InteractiveInvoices PermInteractiveInvoices `json:"interactive_invoices"`
	LoadBalancers       PermLoadBalancers       `json:"load_balancers"`
	Logs                PermLogs                `json:"logs"`
	MonitoringCenter    PermMonitoringCenter    `json:"monitoring_center"`
	MonitoringPolicies  PermMonitoringPolicies  `json:"monitoring_policies"`
	PrivateNetwork      *PermPrivateNetworks    `json:"private_network,omitempty"`
	PrivateNetworks     PermPrivateNetworks     `json:"private_networks"`
	PublicIps           PermPublicIps           `json:"public_ips"`
	Roles               PermRoles               `json:"roles"`
	Servers             PermServers             `json:"servers"`
	SharedStorages      PermSharedStorages      `json:"shared_storages"`
	Usages              PermUsages              `json:"usages"`
	Users               PermUsers               `json:"users"`
	VPN                 PermVPN                 `json:"vpn"`
}

// PermissionsUpdate Partial: absent or null sections and flags keep their value. No envelope key.
type PermissionsUpdate struct {
	Backups          *PermissionsUpdateBackups          `json:"backups,omitempty"`
	FirewallPolicies *PermissionsUpdateFirewallPolicies `json:"firewall_policies,omitempty"`

	// Firewalls Alias of firewall_policies on input.
	Firewalls *map[string]interface{}  `json:"firewalls,omitempty"`
	Images    *PermissionsUpdateImages `json:"images,omitempty"`

	// InteractiveInvoice Alias of interactive_invoices on input.
	InteractiveInvoice  *map[string]interface{}               `json:"interactive_invoice,omitempty"`
	InteractiveInvoices *PermissionsUpdateInteractiveInvoices `json:"interactive_invoices,omitempty"`

	// Interactiveinvoice Alias of interactive_invoices on input.
	Interactiveinvoice *map[string]interface{} `json:"interactiveinvoice,omitempty"`

	// Ips Alias of public_ips on input.
	Ips           *map[string]interface{}         `json:"ips,omitempty"`
	LoadBalancers *PermissionsUpdateLoadBalancers `json:"load_balancers,omitempty"`

	// Loadbalancers Alias of load_balancers on input.
	Loadbalancers      *map[string]interface{}              `json:"loadbalancers,omitempty"`
	Logs               *PermissionsUpdateLogs               `json:"logs,omitempty"`
	MonitoringCenter   *PermissionsUpdateMonitoringCenter   `json:"monitoring_center,omitempty"`
	MonitoringPolicies *PermissionsUpdateMonitoringPolicies `json:"monitoring_policies,omitempty"`

	// Monitoringcenter Alias of monitoring_center on input.
	Monitoringcenter *map[string]interface{} `json:"monitoringcenter,omitempty"`

	// Monitoringpolicies Alias of monitoring_policies on input.
	Monitoringpolicies *map[string]interface{} `json:"monitoringpolicies,omitempty"`

	// PrivateNetwork Alias of private_networks on input.
	PrivateNetwork  *map[string]interface{}           `json:"private_network,omitempty"`
	PrivateNetworks *PermissionsUpdatePrivateNetworks `json:"private_networks,omitempty"`

	// Privatenetwork Alias of private_networks on input.
	Privatenetwork *map[string]interface{}          `json:"privatenetwork,omitempty"`
	PublicIps      *PermissionsUpdatePublicIps      `json:"public_ips,omitempty"`
	Roles          *PermissionsUpdateRoles          `json:"roles,omitempty"`
	Servers        *PermissionsUpdateServers        `json:"servers,omitempty"`
	SharedStorages *PermissionsUpdateSharedStorages `json:"shared_storages,omitempty"`

	// Sharedstorages Alias of shared_storages on input.
	Sharedstorages *map[string]interface{}  `json:"sharedstorages,omitempty"`
	Usages         *PermissionsUpdateUsages `json:"usages,omitempty"`
	Users          *PermissionsUpdateUsers  `json:"users,omitempty"`
	VPN            *PermissionsUpdateVPN    `json:"vpn,omitempty"`

	// Vpns Alias of vpn on input.
	Vpns *map[string]interface{} `json:"vpns,omitempty"`
}

// PermissionsUpdateBackups defines model for PermissionsUpdate.Backups.
type PermissionsUpdateBackups struct {
	Create *bool `json:"create,omitempty"`
	Delete *bool `json:"delete,omitempty"`
	Show   *bool `json:"show,omitempty"`
}

// PermissionsUpdateFirewallPolicies defines model for PermissionsUpdate.FirewallPolicies.
type PermissionsUpdateFirewallPolicies struct {
	Clone                   *bool `json:"clone,omitempty"`
	Create                  *bool `json:"create,omitempty"`
	Delete                  *bool `json:"delete,omitempty"`
	ManageAttachedServerIps *bool `json:"manage_attached_server_ips,omitempty"`
	ManageRules             *bool `json:"manage_rules,omitempty"`
	SetDescription          *bool `json:"set_description,omitempty"`
	SetName                 *bool `json:"set_name,omitempty"`
	Show                    *bool `json:"show,omitempty"`
}

// PermissionsUpdateImages defines model for PermissionsUpdate.Images.
type PermissionsUpdateImages struct {
	Create                   *bool `json:"create,omitempty"`
	Delete                   *bool `json:"delete,omitempty"`
	DisableAutomaticCreation *bool `json:"disable_automatic_creation,omitempty"`
	SetDescription           *bool `json:"set_description,omitempty"`
	SetName                  *bool `json:"set_name,omitempty"`
	Show                     *bool `json:"show,omitempty"`
}

// PermissionsUpdateInteractiveInvoices defines model for PermissionsUpdate.InteractiveInvoices.
type PermissionsUpdateInteractiveInvoices struct {
	Show *bool `json:"show,omitempty"`
}

// PermissionsUpdateLoadBalancers defines model for PermissionsUpdate.LoadBalancers.
type PermissionsUpdateLoadBalancers struct {
	Create                  *bool `json:"create,omitempty"`
	Delete                  *bool `json:"delete,omitempty"`
	ManageAttachedServerIps *bool `json:"manage_attached_server_ips,omitempty"`
	ManageRules             *bool `json:"manage_rules,omitempty"`
	Modify                  *bool `json:"modify,omitempty"`
	SetDescription          *bool `json:"set_description,omitempty"`
	SetName                 *bool `json:"set_name,omitempty"`
	Show                    *bool `json:"show,omitempty"`
}

// PermissionsUpdateLogs defines model for PermissionsUpdate.Logs.
type PermissionsUpdateLogs struct {
	Show *bool `json:"show,omitempty"`
}

// PermissionsUpdateMonitoringCenter defines model for PermissionsUpdate.MonitoringCenter.
type PermissionsUpdateMonitoringCenter struct {
	Show *bool `json:"show,omitempty"`
}

// PermissionsUpdateMonitoringPolicies defines model for PermissionsUpdate.MonitoringPolicies.
type PermissionsUpdateMonitoringPolicies struct {
	Clone                 *bool `json:"clone,omitempty"`
	Create                *bool `json:"create,omitempty"`
	Delete                *bool `json:"delete,omitempty"`
	ManageAttachedServers *bool `json:"manage_attached_servers,omitempty"`
	ManagePorts           *bool `json:"manage_ports,omitempty"`
	ManageProcesses       *bool `json:"manage_processes,omitempty"`
	ModifyResources       *bool `json:"modify_resources,omitempty"`
	SetDescription        *bool `json:"set_description,omitempty"`
	SetEmail              *bool `json:"set_email,omitempty"`
	SetName               *bool `json:"set_name,omitempty"`
	Show                  *bool `json:"show,omitempty"`
}

// PermissionsUpdatePrivateNetworks defines model for PermissionsUpdate.PrivateNetworks.
type PermissionsUpdatePrivateNetworks struct {
	Create                *bool `json:"create,omitempty"`
	Delete                *bool `json:"delete,omitempty"`
	ManageAttachedServers *bool `json:"manage_attached_servers,omitempty"`
	SetDescription        *bool `json:"set_description,omitempty"`
	SetName               *bool `json:"set_name,omitempty"`
	SetNetworkInfo        *bool `json:"set_network_info,omitempty"`
	Show                  *bool `json:"show,omitempty"`
}

// PermissionsUpdatePublicIps defines model for PermissionsUpdate.PublicIps.
type PermissionsUpdatePublicIps struct {
	Create        *bool `json:"create,omitempty"`
	Delete        *bool `json:"delete,omitempty"`
	Release       *bool `json:"release,omitempty"`
	SetReverseDNS *bool `json:"set_reverse_dns,omitempty"`
	Show          *bool `json:"show,omitempty"`
}

// PermissionsUpdateRoles defines model for PermissionsUpdate.Roles.
type PermissionsUpdateRoles struct {
	Clone          *bool `json:"clone,omitempty"`
	Create         *bool `json:"create,omitempty"`
	Delete         *bool `json:"delete,omitempty"`
	ManageUsers    *bool `json:"manage_users,omitempty"`
	Modify         *bool `json:"modify,omitempty"`
	SetDescription *bool `json:"set_description,omitempty"`
	SetName        *bool `json:"set_name,omitempty"`
	Show           *bool `json:"show,omitempty"`
}

// PermissionsUpdateServers defines model for PermissionsUpdate.Servers.
type PermissionsUpdateServers struct {
	AccessKvmConsole *bool `json:"access_kvm_console,omitempty"`
	AssignIP         *bool `json:"assign_ip,omitempty"`
	Clone            *bool `json:"clone,omitempty"`
	Create           *bool `json:"create,omitempty"`
	Delete           *bool `json:"delete,omitempty"`
	ManageDVD        *bool `json:"manage_dvd,omitempty"`
	ManageSnapshot   *bool `json:"manage_snapshot,omitempty"`
	Reinstall        *bool `json:"reinstall,omitempty"`
	Resize           *bool `json:"resize,omitempty"`
	Restart          *bool `json:"restart,omitempty"`
	SetDescription   *bool `json:"set_description,omitempty"`
	SetName          *bool `json:"set_name,omitempty"`
	Show             *bool `json:"show,omitempty"`
	Shutdown         *bool `json:"shutdown,omitempty"`
	Start            *bool `json:"start,omitempty"`
}

// PermissionsUpdateSharedStorages defines model for PermissionsUpdate.SharedStorages.
type PermissionsUpdateSharedStorages struct {
	Access                *bool `json:"access,omitempty"`
	Create                *bool `json:"create,omitempty"`
	Delete                *bool `json:"delete,omitempty"`
	ManageAttachedServers *bool `json:"manage_attached_servers,omitempty"`
	Resize                *bool `json:"resize,omitempty"`
	SetDescription        *bool `json:"set_description,omitempty"`
	SetName               *bool `json:"set_name,omitempty"`
	Show                  *bool `json:"show,omitempty"`
}

// PermissionsUpdateUsages defines model for PermissionsUpdate.Usages.
type PermissionsUpdateUsages struct {
	Show *bool `json:"show,omitempty"`
}

// PermissionsUpdateUsers defines model for PermissionsUpdate.Users.
type PermissionsUpdateUsers struct {
	ChangeRole     *bool `json:"change_role,omitempty"`
	Create         *bool `json:"create,omitempty"`
	Delete         *bool `json:"delete,omitempty"`
	Disable        *bool `json:"disable,omitempty"`
	Enable         *bool `json:"enable,omitempty"`
	ManageAPI      *bool `json:"manage_api,omitempty"`
	SetDescription *bool `json:"set_description,omitempty"`
	SetEmail       *bool `json:"set_email,omitempty"`
	SetPassword    *bool `json:"set_password,omitempty"`
	Show           *bool `json:"show,omitempty"`
}

// PermissionsUpdateVPN defines model for PermissionsUpdate.VPN.
type PermissionsUpdateVPN struct {
	Create         *bool `json:"create,omitempty"`
	Delete         *bool `json:"delete,omitempty"`
	DownloadFile   *bool `json:"download_file,omitempty"`
	SetDescription *bool `json:"set_description,omitempty"`
	SetName        *bool `json:"set_name,omitempty"`
	Show           *bool `json:"show,omitempty"`
}

// PingSeries defines model for PingSeries.
type PingSeries struct {
	Critical *int             `json:"critical,omitempty"`
	Data     []PingSeriesData `json:"data"`

	// Status Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
	Status *MonitoringState `json:"status,omitempty"`
	Unit   PingSeriesUnit   `json:"unit"`

	// Warning Threshold of the policy.
	Warning *int `json:"warning,omitempty"`
}

// PingSeriesData defines model for PingSeries.Data.
type PingSeriesData struct {
	// Date RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	Date DateTime `json:"date"`

	// Pl Packet loss, integer percent.
	Pl int `json:"pl"`

	// Rta Round-trip time.
	Rta float64 `json:"rta"`
}

// PingSeriesUnit defines model for PingSeries.Unit.
type PingSeriesUnit struct {
	Pl  interface{} `json:"pl"`
	Rta interface{} `json:"rta"`
}

// Pong Exactly ["PONG"], serialized without white space and without a trailing newline (the tests of one client compare the raw text).
type Pong = []interface{}

// Pricing defines model for Pricing.
type Pricing struct {
	Currency     string              `json:"currency"`
	PricingPlans PricingPricingPlans `json:"pricing_plans"`
	VAT          int                 `json:"vat"`
}

// PricingPricingPlansServers defines model for Pricing.PricingPlans.Servers.
type PricingPricingPlansServers struct {
	FixedServers   []FixedServerPrice `json:"fixed_servers"`
	FlexibleServer []PricingItem      `json:"flexible_server"`
}

// PricingPricingPlans defines model for Pricing.PricingPlans.
type PricingPricingPlans struct {
	Backups          *PricingItem               `json:"backups,omitempty"`
	Image            PricingItem                `json:"image"`
	PublicIps        []PricingItem              `json:"public_ips"`
	Servers          PricingPricingPlansServers `json:"servers"`
	SharedStorage    PricingItem                `json:"shared_storage"`
	SoftwareLicences []PricingItem              `json:"software_licences"`
}

// PricingItem defines model for PricingItem.
type PricingItem struct {
	Name       string  `json:"name"`
	PriceGross float64 `json:"price_gross"`

	// PriceNet JSON number, not a string.
	PriceNet float64 `json:"price_net"`
	Unit     string  `json:"unit"`
}

// PrivateNetwork defines model for PrivateNetwork.
type PrivateNetwork struct {
	CloudpanelID string `json:"cloudpanel_id"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime      `json:"creation_date"`
	Datacenter   DatacenterRef `json:"datacenter"`
	Description  *string       `json:"description"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID             ID         `json:"id"`
	Name           string     `json:"name"`
	NetworkAddress *string    `json:"network_address"`
	Servers        []Identity `json:"servers"`
	SiteID         *string    `json:"site_id,omitempty"`

	// State Life-cycle state of a networking, storage or policy resource. CREATING appears in documentation mocks only; CONFIGURING serves creation as well.
	State      ResourceState `json:"state"`
	SubnetMask *string       `json:"subnet_mask"`
}

// PrivateNetworkCreate defines model for PrivateNetworkCreate.
type PrivateNetworkCreate struct {
	DatacenterID *string `json:"datacenter_id,omitempty"`
	Description  *string `json:"description,omitempty"`
	Name         string  `json:"name"`

	// NetworkAddress Needs subnet_mask and the other way round.
	NetworkAddress *string `json:"network_address,omitempty"`
	SubnetMask     *string `json:"subnet_mask,omitempty"`
}

// PrivateNetworkUpdate defines model for PrivateNetworkUpdate.
type PrivateNetworkUpdate struct {
	Description    *string `json:"description,omitempty"`
	Name           *string `json:"name,omitempty"`
	NetworkAddress *string `json:"network_address,omitempty"`
	SubnetMask     *string `json:"subnet_mask,omitempty"`
}

// PublicIP defines model for PublicIp.
type PublicIP struct {
	AssignedTo *PublicIPAssignedTo `json:"assigned_to"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime      `json:"creation_date"`
	Datacenter   DatacenterRef `json:"datacenter"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID         ID      `json:"id"`
	IP         string  `json:"ip"`
	IsDhcp     bool    `json:"is_dhcp"`
	ReverseDNS *string `json:"reverse_dns"`
	SiteID     *string `json:"site_id,omitempty"`

	// State Life-cycle state of a networking, storage or policy resource. CREATING appears in documentation mocks only; CONFIGURING serves creation as well.
	State ResourceState `json:"state"`
	Type  string        `json:"type"`
}

// PublicIPAssignedTo defines model for PublicIP.AssignedTo.
type PublicIPAssignedTo struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID   ID     `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// PublicIPCreate A body of null counts as absent.
type PublicIPCreate struct {
	DatacenterID *string `json:"datacenter_id,omitempty"`

	// ReverseDNS A host name; a final dot is cut.
	ReverseDNS *string `json:"reverse_dns,omitempty"`

	// Type Default IPV4. Allocating an unassigned IPV6 may be refused.
	Type *string `json:"type,omitempty"`
}

// PublicIPUpdate defines model for PublicIpUpdate.
type PublicIPUpdate struct {
	// ReverseDNS A host name; a final dot is cut. null, empty or absent removes the entry.
	ReverseDNS *string `json:"reverse_dns,omitempty"`
}

// RecoveryAppliance defines model for RecoveryAppliance.
type RecoveryAppliance struct {
	Architecture         *int `json:"architecture"`
	AvailableDatacenters []ID `json:"available_datacenters,omitzero"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID   ID     `json:"id"`
	Name string `json:"name"`

	// OS A STRING in the single answer.
	OS        string  `json:"os"`
	OSFamily  string  `json:"os_family"`
	OSVersion *string `json:"os_version"`
	Type      *string `json:"type,omitempty"`
}

// RecoveryApplianceSummary defines model for RecoveryApplianceSummary.
type RecoveryApplianceSummary struct {
	AvailableDatacenters []ID `json:"available_datacenters"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID   ID     `json:"id"`
	Name string `json:"name"`

	// OS An OBJECT in the list.
	OS RecoveryApplianceSummaryOS `json:"os"`
}

// RecoveryApplianceSummaryOS An OBJECT in the list.
type RecoveryApplianceSummaryOS struct {
	Architecture int    `json:"architecture"`
	Family       string `json:"family"`
	Name         string `json:"name"`
	Subfamily    string `json:"subfamily"`
}

// ResourceState Life-cycle state of a networking, storage or policy resource. CREATING appears in documentation mocks only; CONFIGURING serves creation as well.
type ResourceState string

// Role defines model for Role.
type Role struct {
	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime `json:"creation_date"`
	Default      int      `json:"default"`
	Description  *string  `json:"description"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID   ID     `json:"id"`
	Name string `json:"name"`

	// Permissions All sixteen sections and all flags are always present.
	Permissions Permissions `json:"permissions"`
	State       string      `json:"state"`
	Users       []Identity  `json:"users"`
}

// RoleUpdate defines model for RoleUpdate.
type RoleUpdate struct {
	Description *string `json:"description,omitempty"`
	Name        *string `json:"name,omitempty"`
	State       *string `json:"state,omitempty"`
}

// RoleUsersAdd defines model for RoleUsersAdd.
type RoleUsersAdd struct {
	Users []IDInput `json:"users"`
}

// Server Answer of every operation that returns one server, mutations included.
type Server struct {
	// Alerts Full form: an empty array when there is none, otherwise an object of two lists.
	Alerts ServerAlerts `json:"alerts"`

	// CloudpanelID Short panel code, e.g. FE7ED7D; may be the empty string.
	CloudpanelID string `json:"cloudpanel_id"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime      `json:"creation_date"`
	Datacenter   DatacenterRef `json:"datacenter"`
	Description  *string       `json:"description"`
	DVD          *Identity     `json:"dvd"`

	// FirstPassword Generated root / Administrator password; null when the caller chose a password or a key.
	FirstPassword *string  `json:"first_password"`
	Hardware      Hardware `json:"hardware"`
	Hostname      *string  `json:"hostname,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID    ID       `json:"id"`
	Image Identity `json:"image"`

	// Ips Empty while deploying; never null (two SDKs take its length).
	Ips              []ServerIP `json:"ips"`
	Ipv6Range        *string    `json:"ipv6_range,omitempty"`
	MonitoringPolicy *Identity  `json:"monitoring_policy"`
	Name             string     `json:"name"`

	// PrivateNetworks null or an array; an empty array is also fine.
	PrivateNetworks []ServerPrivateNetwork `json:"private_networks"`

	// RSAKey 1 when a public key was installed.
	RSAKey      *int      `json:"rsa_key,omitempty"`
	ServerType  string    `json:"server_type"`
	Snapshot    *Snapshot `json:"snapshot"`
	SSHPassword any       `json:"ssh_password,omitempty"`
	Status      Status    `json:"status"`
}

// ServerAlert defines model for ServerAlert.
type ServerAlert struct {
	Date        string `json:"date"`
	Description string `json:"description"`
	Type        string `json:"type"`
}

// ServerAlertCount defines model for ServerAlertCount.
type ServerAlertCount struct {
	Count int    `json:"count"`
	Type  string `json:"type"`
}

// ServerAppliance defines model for ServerAppliance.
type ServerAppliance struct {
	// Architecture Alias of os_architecture kept for older readers.
	Architecture         *int     `json:"architecture,omitempty"`
	AvailableDatacenters []ID     `json:"available_datacenters"`
	Categories           []string `json:"categories"`
	EulaURL              *string  `json:"eula_url,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID         ID            `json:"id"`
	Licenses   []interface{} `json:"licenses"`
	MinHDDSize *int          `json:"min_hdd_size"`
	Name       string        `json:"name"`
	OS         *string       `json:"os"`

	// OSArchitecture 32 or 64.
	OSArchitecture          *int     `json:"os_architecture"`
	OSFamily                *string  `json:"os_family"`
	OSImageType             *string  `json:"os_image_type"`
	OSInstallationBase      *string  `json:"os_installation_base"`
	OSVersion               *string  `json:"os_version"`
	ServerTypeCompatibility []string `json:"server_type_compatibility"`
	Type                    string   `json:"type"`
	Version                 *string  `json:"version"`
}

// ServerClone defines model for ServerClone.
type ServerClone struct {
	DatacenterID *string `json:"datacenter_id,omitempty"`
	Name         string  `json:"name"`
}

// ServerCreate Unknown keys are ignored (the Python SDK sends server_id, api_token and others).
type ServerCreate struct {
	// ApplianceID Identifier as a client sends it, in a path or in a body. Either letter case is accepted. No pattern on purpose: a malformed identifier in a path is answered like an unknown one, 404, never 400.
	ApplianceID IDInput `json:"appliance_id"`

	// AvailabilityZoneID Later addition.
	AvailabilityZoneID *string `json:"availability_zone_id,omitempty"`
	DatacenterID       *string `json:"datacenter_id,omitempty"`
	Description        *string `json:"description,omitempty"`
	ExecutionGroup     *string `json:"execution_group,omitempty"`

	// FirewallPolicyID Absent or null: the default policy for the OS family. The string 0: block everything.
	FirewallPolicyID *string `json:"firewall_policy_id,omitempty"`

	// Hardware Exactly one of three forms: fixed (fixed_instance_size_id), bare metal (baremetal_model_id) or flexible (vcore, cores_per_processor, ram and hdds with exactly one is_main). Zeros and nulls mean absent: the Go SDK sends cores_per_processor 0 and ram 0 next to a flavor id and the Python SDK sends null for every unused key.
	Hardware HardwareRequest `json:"hardware"`
	Hostname *string         `json:"hostname,omitempty"`

	// InstallBackupAgent Later addition.
	InstallBackupAgent *bool `json:"install_backup_agent,omitempty"`

	// IPID Existing unassigned public IP to use.
	IPID               *string `json:"ip_id,omitempty"`
	Ipv6Range          *string `json:"ipv6_range,omitempty"`
	LoadBalancerID     *string `json:"load_balancer_id,omitempty"`
	MonitoringPolicyID *string `json:"monitoring_policy_id,omitempty"`
	Name               string  `json:"name"`
	Password           *string `json:"password,omitempty"`

	// PowerOn null counts as absent. The Go SDK always sends it, false included.
	PowerOn          *bool   `json:"power_on,omitempty"`
	PrivateNetworkID *string `json:"private_network_id,omitempty"`

	// PublicKey Ids of stored SSH keys; a lone string is tolerated.
	PublicKey any `json:"public_key,omitempty"`

	// RSAKey OpenSSH public key text (a later client generation sends a boolean).
	RSAKey      any     `json:"rsa_key,omitempty"`
	ServerType  *string `json:"server_type,omitempty"`
	SSHPassword *bool   `json:"ssh_password,omitempty"`

	// UserData Later addition.
	UserData *string `json:"user_data,omitempty"`

	// UserDataContentType Later addition.
	UserDataContentType *string `json:"user_data_content_type,omitempty"`
}

// ServerIdsRequest defines model for ServerIdsRequest.
type ServerIdsRequest struct {
	Servers []IDInput `json:"servers"`
}

// ServerImageUpdate defines model for ServerImageUpdate.
type ServerImageUpdate struct {
	FirewallPolicy *ServerImageUpdateFirewallPolicy `json:"firewall_policy,omitempty"`

	// ID Appliance or own image; absent or null reinstalls the current one.
	ID       *string `json:"id,omitempty"`
	Password *string `json:"password,omitempty"`
}

// ServerImageUpdateFirewallPolicy defines model for ServerImageUpdate.FirewallPolicy.
type ServerImageUpdateFirewallPolicy struct {
	ID *string `json:"id,omitempty"`
}

// ServerIP defines model for ServerIp.
type ServerIP struct {
	FirewallPolicy *Identity `json:"firewall_policy"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID            ID         `json:"id"`
	IP            string     `json:"ip"`
	LoadBalancers []Identity `json:"load_balancers"`

	// Main Optional in later responses.
	Main       *bool   `json:"main,omitempty"`
	ReverseDNS *string `json:"reverse_dns"`
	Type       string  `json:"type"`
}

// ServerIPBrief defines model for ServerIpBrief.
type ServerIPBrief struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID ID     `json:"id"`
	IP string `json:"ip"`
}

// ServerIPIdsRequest defines model for ServerIpIdsRequest.
type ServerIPIdsRequest struct {
	// ServerIps Ids of public IPs that are assigned to servers (not server ids).
	ServerIps []IDInput `json:"server_ips"`
}

// ServerIPInfo defines model for ServerIpInfo.
type ServerIPInfo struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID         ID     `json:"id"`
	IP         string `json:"ip"`
	ServerName string `json:"server_name"`
}

// ServerPrivateNetwork defines model for ServerPrivateNetwork.
type ServerPrivateNetwork struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID   ID     `json:"id"`
	Name string `json:"name"`

	// ServerIP Address of the server inside the network, once known.
	ServerIP *string `json:"server_ip,omitempty"`
}

// ServerState defines model for ServerState.
type ServerState string

// ServerStatusAction defines model for ServerStatusAction.
type ServerStatusAction struct {
	Action string `json:"action"`

	// Method Default SOFTWARE.
	Method          *string `json:"method,omitempty"`
	RecoveryImageID *string `json:"recovery_image_id,omitempty"`
	RecoveryMode    *bool   `json:"recovery_mode,omitempty"`
}

// ServerSummary Element of the server list. A server that returns full Server elements here is accepted by every client too, provided alerts keeps the list form.
type ServerSummary struct {
	Alerts       []ServerAlertCount `json:"alerts"`
	CloudpanelID *string            `json:"cloudpanel_id,omitempty"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime      `json:"creation_date"`
	Datacenter   DatacenterRef `json:"datacenter"`
	Description  *string       `json:"description"`
	Hardware     Hardware      `json:"hardware"`
	Hostname     *string       `json:"hostname,omitempty"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID         ID              `json:"id"`
	Image      Identity        `json:"image"`
	Ips        []ServerIPBrief `json:"ips"`
	Ipv6Range  *string         `json:"ipv6_range,omitempty"`
	Name       string          `json:"name"`
	ServerType string          `json:"server_type"`
	Status     Status          `json:"status"`
}

// SharedStorage defines model for SharedStorage.
type SharedStorage struct {
	CifsPath     *string `json:"cifs_path"`
	CloudpanelID string  `json:"cloudpanel_id"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime      `json:"creation_date"`
	Datacenter   DatacenterRef `json:"datacenter"`
	Description  *string       `json:"description"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID ID `json:"id"`

	// MinimumSizeAllowed GB; the smallest size a resize may ask for.
	MinimumSizeAllowed int                   `json:"minimum_size_allowed"`
	Name               string                `json:"name"`
	NFSPath            *string               `json:"nfs_path"`
	Servers            []SharedStorageServer `json:"servers"`
	SiteID             string                `json:"site_id"`

	// Size GB
	Size int `json:"size"`

	// SizeUsed A decimal STRING such as 0.00 (GB).
	SizeUsed string `json:"size_used"`

	// State Life-cycle state of a networking, storage or policy resource. CREATING appears in documentation mocks only; CONFIGURING serves creation as well.
	State ResourceState `json:"state"`
}

// SharedStorageAccess defines model for SharedStorageAccess.
type SharedStorageAccess struct {
	// KerberosContentFile Base64 text; non-empty.
	KerberosContentFile string `json:"kerberos_content_file"`
	NeedsPasswordReset  int    `json:"needs_password_reset"`
	SiteID              string `json:"site_id"`
	State               string `json:"state"`
	UserDomain          string `json:"user_domain"`
}

// SharedStorageCreate defines model for SharedStorageCreate.
type SharedStorageCreate struct {
	DatacenterID *string `json:"datacenter_id,omitempty"`
	Description  *string `json:"description,omitempty"`
	Name         string  `json:"name"`
	Size         int     `json:"size"`
}

// SharedStorageServer defines model for SharedStorageServer.
type SharedStorageServer struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID     ID     `json:"id"`
	Name   string `json:"name"`
	Rights string `json:"rights"`
}

// SharedStorageServersAdd defines model for SharedStorageServersAdd.
type SharedStorageServersAdd struct {
	Servers []SharedStorageServersAddServers `json:"servers"`
}

// SharedStorageServersAddServers defines model for SharedStorageServersAdd.Servers.
type SharedStorageServersAddServers struct {
	// ID Identifier as a client sends it, in a path or in a body. Either letter case is accepted. No pattern on purpose: a malformed identifier in a path is answered like an unknown one, 404, never 400.
	ID     IDInput `json:"id"`
	Rights string  `json:"rights"`
}

// SharedStorageUpdate defines model for SharedStorageUpdate.
type SharedStorageUpdate struct {
	Description *string `json:"description,omitempty"`
	Name        *string `json:"name,omitempty"`
	Size        *int    `json:"size,omitempty"`
}

// Snapshot defines model for Snapshot.
type Snapshot struct {
	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime `json:"creation_date"`

	// DeletionDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	DeletionDate DateTime `json:"deletion_date"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID ID `json:"id"`
}

// SSHKey defines model for SshKey.
type SSHKey struct {
	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime `json:"creation_date"`
	Description  *string  `json:"description"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID ID `json:"id"`

	// Md5 Fingerprint: 32 hexadecimal digits.
	Md5  string `json:"md5"`
	Name string `json:"name"`

	// PrivateKey Present only in the answer to a creation without public_key.
	PrivateKey *string `json:"private_key,omitempty"`

	// PublicKey Key body without the leading algorithm word.
	PublicKey string `json:"public_key"`

	// Servers Never null.
	Servers []Identity `json:"servers"`
	State   KeyState   `json:"state"`
}

// SSHKeyCreate defines model for SshKeyCreate.
type SSHKeyCreate struct {
	Description *string `json:"description,omitempty"`
	Name        string  `json:"name"`

	// PublicKey Absent: the service generates a pair and returns private_key once.
	PublicKey *string `json:"public_key,omitempty"`
}

// Status defines model for Status.
type Status struct {
	// Percent Progress of the running job; null as soon as no job runs. A GET during a job should never answer 0 (the Go SDK reads 0 and null as "finished").
	Percent *int        `json:"percent"`
	State   ServerState `json:"state"`
}

// Threshold defines model for Threshold.
type Threshold struct {
	Critical ThresholdLevel `json:"critical"`
	Warning  ThresholdLevel `json:"warning"`
}

// ThresholdLevel defines model for ThresholdLevel.
type ThresholdLevel struct {
	Alert bool `json:"alert"`
	Value int  `json:"value"`
}

// Thresholds cpu, ram, disk in percent; transfer in kbps; internal_ping in ms. disk is recorded as missing in the agentless default policy, but always sending it is safer (the Python SDK indexes it when it modifies a policy).
type Thresholds struct {
	CPU          Threshold  `json:"cpu"`
	Disk         *Threshold `json:"disk,omitempty"`
	InternalPing Threshold  `json:"internal_ping"`
	RAM          Threshold  `json:"ram"`
	Transfer     Threshold  `json:"transfer"`
}

// ThresholdsRequest defines model for ThresholdsRequest.
type ThresholdsRequest struct {
	CPU          *ThresholdsRequestCPU          `json:"cpu,omitempty"`
	Disk         *ThresholdsRequestDisk         `json:"disk,omitempty"`
	InternalPing *ThresholdsRequestInternalPing `json:"internal_ping,omitempty"`
	RAM          *ThresholdsRequestRAM          `json:"ram,omitempty"`
	Transfer     *ThresholdsRequestTransfer     `json:"transfer,omitempty"`
}

// ThresholdsRequestCPUCritical defines model for ThresholdsRequest.CPU.Critical.
type ThresholdsRequestCPUCritical struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestCPUWarning defines model for ThresholdsRequest.CPU.Warning.
type ThresholdsRequestCPUWarning struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestCPU defines model for ThresholdsRequest.CPU.
type ThresholdsRequestCPU struct {
	Critical *ThresholdsRequestCPUCritical `json:"critical,omitempty"`
	Warning  *ThresholdsRequestCPUWarning  `json:"warning,omitempty"`
}

// ThresholdsRequestDiskCritical defines model for ThresholdsRequest.Disk.Critical.
type ThresholdsRequestDiskCritical struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestDiskWarning defines model for ThresholdsRequest.Disk.Warning.
type ThresholdsRequestDiskWarning struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestDisk defines model for ThresholdsRequest.Disk.
type ThresholdsRequestDisk struct {
	Critical *ThresholdsRequestDiskCritical `json:"critical,omitempty"`
	Warning  *ThresholdsRequestDiskWarning  `json:"warning,omitempty"`
}

// ThresholdsRequestInternalPingCritical defines model for ThresholdsRequest.InternalPing.Critical.
type ThresholdsRequestInternalPingCritical struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestInternalPingWarning defines model for ThresholdsRequest.InternalPing.Warning.
type ThresholdsRequestInternalPingWarning struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestInternalPing defines model for ThresholdsRequest.InternalPing.
type ThresholdsRequestInternalPing struct {
	Critical *ThresholdsRequestInternalPingCritical `json:"critical,omitempty"`
	Warning  *ThresholdsRequestInternalPingWarning  `json:"warning,omitempty"`
}

// ThresholdsRequestRAMCritical defines model for ThresholdsRequest.RAM.Critical.
type ThresholdsRequestRAMCritical struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestRAMWarning defines model for ThresholdsRequest.RAM.Warning.
type ThresholdsRequestRAMWarning struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestRAM defines model for ThresholdsRequest.RAM.
type ThresholdsRequestRAM struct {
	Critical *ThresholdsRequestRAMCritical `json:"critical,omitempty"`
	Warning  *ThresholdsRequestRAMWarning  `json:"warning,omitempty"`
}

// ThresholdsRequestTransferCritical defines model for ThresholdsRequest.Transfer.Critical.
type ThresholdsRequestTransferCritical struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestTransferWarning defines model for ThresholdsRequest.Transfer.Warning.
type ThresholdsRequestTransferWarning struct {
	Alert *bool `json:"alert,omitempty"`
	Value *int  `json:"value,omitempty"`
}

// ThresholdsRequestTransfer defines model for ThresholdsRequest.Transfer.
type ThresholdsRequestTransfer struct {
	Critical *ThresholdsRequestTransferCritical `json:"critical,omitempty"`
	Warning  *ThresholdsRequestTransferWarning  `json:"warning,omitempty"`
}

// TransferSeries defines model for TransferSeries.
type TransferSeries struct {
	Critical *int                 `json:"critical,omitempty"`
	Data     []TransferSeriesData `json:"data"`

	// Status Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
	Status *MonitoringState   `json:"status,omitempty"`
	Unit   TransferSeriesUnit `json:"unit"`

	// Warning Threshold of the policy.
	Warning *int `json:"warning,omitempty"`
}

// TransferSeriesData defines model for TransferSeries.Data.
type TransferSeriesData struct {
	// Date RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	Date DateTime `json:"date"`

	// Downstream Integer.
	Downstream int `json:"downstream"`

	// Upstream Integer.
	Upstream int `json:"upstream"`
}

// TransferSeriesUnit defines model for TransferSeries.Unit.
type TransferSeriesUnit struct {
	Downstream interface{} `json:"downstream"`
	Upstream   interface{} `json:"upstream"`
}

// UsageDetail defines model for UsageDetail.
type UsageDetail struct {
	// AvgAmount Decimal string.
	AvgAmount string `json:"avg_amount"`

	// EndDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	EndDate DateTime `json:"end_date"`

	// StartDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	StartDate DateTime `json:"start_date"`
	Unit      string   `json:"unit"`
	Usage     int      `json:"usage"`
}

// UsageResource defines model for UsageResource.
type UsageResource struct {
	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID       ID             `json:"id"`
	Name     string         `json:"name"`
	Services []UsageService `json:"services"`

	// Site JSON integer.
	Site int `json:"site"`
}

// UsageService defines model for UsageService.
type UsageService struct {
	// AvgAmount Decimal string.
	AvgAmount string        `json:"avg_amount"`
	Detail    []UsageDetail `json:"detail"`
	Name      *string       `json:"name,omitempty"`
	Type      string        `json:"type"`
	Unit      string        `json:"unit"`
	Usage     int           `json:"usage"`
}

// Usages One key per resource class; the keys contain a space.
// Old documentation mocks spell some of them PUBLIC_IPS and SHARED_STORAGES; the recordings and the Go SDK use the spaced form.
type Usages struct {
	BLOCKSTORAGE         []UsageResource            `json:"BLOCK STORAGE,omitzero"`
	IMAGES               []UsageResource            `json:"IMAGES"`
	LOADBALANCERS        []UsageResource            `json:"LOAD BALANCERS"`
	PUBLICIP             []UsageResource            `json:"PUBLIC IP"`
	SERVERS              []UsageResource            `json:"SERVERS"`
	SHAREDSTORAGE        []UsageResource            `json:"SHARED STORAGE"`
	AdditionalProperties map[string][]UsageResource `json:"-"`
}

// User defines model for User.
type User struct {
	API UserAPI `json:"api"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime `json:"creation_date"`
	Description  *string  `json:"description"`
	Email        *string  `json:"email"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID    ID        `json:"id"`
	Name  string    `json:"name"`
	Role  *Identity `json:"role"`
	State string    `json:"state"`
}

// UserAPI defines model for UserApi.
type UserAPI struct {
	Active     bool     `json:"active"`
	AllowedIps []string `json:"allowed_ips"`

	// Key 32 lower-case hexadecimal digits; null when the user has no API access.
	Key *string `json:"key"`
}

// UserAPIKey defines model for UserApiKey.
type UserAPIKey struct {
	Key *string `json:"key"`
}

// UserAPIUpdate defines model for UserApiUpdate.
type UserAPIUpdate struct {
	Active bool `json:"active"`
}

// UserCreate defines model for UserCreate.
type UserCreate struct {
	Description *string `json:"description,omitempty"`
	Email       *string `json:"email,omitempty"`
	Name        string  `json:"name"`
	Password    string  `json:"password"`
}

// UserIpsAdd defines model for UserIpsAdd.
type UserIpsAdd struct {
	Ips []string `json:"ips"`
}

// UserUpdate The name cannot change.
type UserUpdate struct {
	Description *string `json:"description,omitempty"`
	Email       *string `json:"email,omitempty"`
	Password    *string `json:"password,omitempty"`

	// State DISABLED is an alias of DISABLE.
	State *string `json:"state,omitempty"`
}

// UtilizationSeries defines model for UtilizationSeries.
type UtilizationSeries struct {
	Critical *int                    `json:"critical,omitempty"`
	Data     []UtilizationSeriesData `json:"data"`

	// Status Free text of the check, for instance "CPU usage: OK - CPU_Total 0% used"; the words OK, WARNING or CRITICAL inside it carry the verdict. Not an enumeration.
	Status *MonitoringState      `json:"status,omitempty"`
	Unit   UtilizationSeriesUnit `json:"unit"`

	// Warning Threshold of the policy.
	Warning *int `json:"warning,omitempty"`
}

// UtilizationSeriesData defines model for UtilizationSeries.Data.
type UtilizationSeriesData struct {
	// Date RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	Date        DateTime `json:"date"`
	UsedPercent float64  `json:"used_percent"`
}

// UtilizationSeriesUnit defines model for UtilizationSeries.Unit.
type UtilizationSeriesUnit struct {
	UsedPercent interface{} `json:"used_percent"`
}

// VPN defines model for Vpn.
type VPN struct {
	CloudpanelID string `json:"cloudpanel_id"`

	// CreationDate RFC 3339 with explicit numeric offset and no fraction, e.g. 2015-05-06T08:33:25+00:00. No format date-time on purpose, so that generated models hold the text as it is printed; a time type would print Z and fractions.
	CreationDate DateTime      `json:"creation_date"`
	Datacenter   DatacenterRef `json:"datacenter"`
	Description  *string       `json:"description"`

	// ID Resource identifier: 32 upper-case hexadecimal digits. Clients treat it as opaque; the server matches it case-insensitively on input (IdInput) and always prints upper case.
	ID   ID       `json:"id"`
	Ips  []string `json:"ips"`
	Name string   `json:"name"`

	// State Life-cycle state of a networking, storage or policy resource. CREATING appears in documentation mocks only; CONFIGURING serves creation as well.
	State ResourceState `json:"state"`
	Type  string        `json:"type"`
}

// VPNConfig defines model for VpnConfig.
type VPNConfig struct {
	// ConfigZipFile Base64 (standard alphabet, padded, no line breaks) of a ZIP archive.
	ConfigZipFile string `json:"config_zip_file"`
}

// VPNCreate defines model for VpnCreate.
type VPNCreate struct {
	DatacenterID *string `json:"datacenter_id,omitempty"`
	Description  *string `json:"description,omitempty"`
	Name         string  `json:"name"`
}

// Getter for additional properties for Usages. Returns the specified
// element and whether it was found
func (a Usages) Get(fieldName string) (value []UsageResource, found bool) {
	if a.AdditionalProperties != nil {
		value, found = a.AdditionalProperties[fieldName]
	}
	return
}

// Setter for additional properties for Usages
func (a *Usages) Set(fieldName string, value []UsageResource) {
	if a.AdditionalProperties == nil {
		a.AdditionalProperties = make(map[string][]UsageResource)
	}
	a.AdditionalProperties[fieldName] = value
}

// Override default JSON handling for Usages to handle AdditionalProperties
func (a *Usages) UnmarshalJSON(b []byte) error {
	object := make(map[string]json.RawMessage)
	err := json.Unmarshal(b, &object)
	if err != nil {
		return err
	}

	if raw, found := object["BLOCK STORAGE"]; found {
		err = json.Unmarshal(raw, &a.BLOCKSTORAGE)
		if err != nil {
			return fmt.Errorf("error reading 'BLOCK STORAGE': %w", err)
		}
		delete(object, "BLOCK STORAGE")
	}

	if raw, found := object["IMAGES"]; found {
		err = json.Unmarshal(raw, &a.IMAGES)
		if err != nil {
			return fmt.Errorf("error reading 'IMAGES': %w", err)
		}
		delete(object, "IMAGES")
	}

	if raw, found := object["LOAD BALANCERS"]; found {
		err = json.Unmarshal(raw, &a.LOADBALANCERS)
		if err != nil {
			return fmt.Errorf("error reading 'LOAD BALANCERS': %w", err)
		}
		delete(object, "LOAD BALANCERS")
	}

	if raw, found := object["PUBLIC IP"]; found {
		err = json.Unmarshal(raw, &a.PUBLICIP)
		if err != nil {
			return fmt.Errorf("error reading 'PUBLIC IP': %w", err)
		}
		delete(object, "PUBLIC IP")
	}

	if raw, found := object["SERVERS"]; found {
		err = json.Unmarshal(raw, &a.SERVERS)
		if err != nil {
			return fmt.Errorf("error reading 'SERVERS': %w", err)
		}
		delete(object, "SERVERS")
	}

	if raw, found := object["SHARED STORAGE"]; found {
		err = json.Unmarshal(raw, &a.SHAREDSTORAGE)
		if err != nil {
			return fmt.Errorf("error reading 'SHARED STORAGE': %w", err)
		}
		delete(object, "SHARED STORAGE")
	}

	if len(object) != 0 {
		a.AdditionalProperties = make(map[string][]UsageResource)
		for fieldName, fieldBuf := range object {
			var fieldVal []UsageResource
			err := json.Unmarshal(fieldBuf, &fieldVal)
			if err != nil {
				return fmt.Errorf("error unmarshaling field %s: %w", fieldName, err)
			}
			a.AdditionalProperties[fieldName] = fieldVal
		}
	}
	return nil
}

// Override default JSON handling for Usages to handle AdditionalProperties
func (a Usages) MarshalJSON() ([]byte, error) {
	var err error
	object := make(map[string]json.RawMessage)

	if a.BLOCKSTORAGE != nil {
		object["BLOCK STORAGE"], err = json.Marshal(a.BLOCKSTORAGE)
		if err != nil {
			return nil, fmt.Errorf("error marshaling 'BLOCK STORAGE': %w", err)
		}
	}

	if a.IMAGES != nil {
		object["IMAGES"], err = json.Marshal(a.IMAGES)
		if err != nil {
			return nil, fmt.Errorf("error marshaling 'IMAGES': %w", err)
		}
	}

	if a.LOADBALANCERS != nil {
		object["LOAD BALANCERS"], err = json.Marshal(a.LOADBALANCERS)
		if err != nil {
			return nil, fmt.Errorf("error marshaling 'LOAD BALANCERS': %w", err)
		}
	}

	if a.PUBLICIP != nil {
		object["PUBLIC IP"], err = json.Marshal(a.PUBLICIP)
		if err != nil {
			return nil, fmt.Errorf("error marshaling 'PUBLIC IP': %w", err)
		}
	}

	if a.SERVERS != nil {
		object["SERVERS"], err = json.Marshal(a.SERVERS)
		if err != nil {
			return nil, fmt.Errorf("error marshaling 'SERVERS': %w", err)
		}
	}

	if a.SHAREDSTORAGE != nil {
		object["SHARED STORAGE"], err = json.Marshal(a.SHAREDSTORAGE)
		if err != nil {
			return nil, fmt.Errorf("error marshaling 'SHARED STORAGE': %w", err)
		}
	}

	for fieldName, field := range a.AdditionalProperties {
		object[fieldName], err = json.Marshal(field)
		if err != nil {
			return nil, fmt.Errorf("error marshaling '%s': %w", fieldName, err)
		}
	}
	return json.Marshal(object)
}
